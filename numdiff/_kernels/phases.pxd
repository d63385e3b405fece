from numdiff._kernels.entry cimport Entry, Transition, View

cdef void begin(Entry* e, int refused) noexcept nogil
cdef Transition step(Entry* e, View* view) noexcept nogil
cdef void advance(Entry* e) noexcept nogil
cdef void stop_for_budget(Entry* e) noexcept nogil
cdef bint finished(const Entry* e) noexcept nogil
