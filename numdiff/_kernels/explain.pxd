from numdiff._kernels.entry cimport Entry, Transition, View

cdef Transition explain(Entry* e, const View* view) noexcept nogil
cdef Transition bisect(Entry* e, const View* view) noexcept nogil
cdef Transition shape(Entry* e, const View* view) noexcept nogil
