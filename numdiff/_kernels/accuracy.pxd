from numdiff._kernels.entry cimport Entry, View

cdef void gauge(Entry* e, const View* view) noexcept nogil
