from numdiff._kernels.entry cimport Entry, View

cdef double slow_tail(const Entry* e, const View* view) noexcept nogil
cdef double hidden_kink(const Entry* e, const View* view) noexcept nogil
cdef bint has_knot(const Entry* e, const View* view, int k) noexcept nogil
cdef bint has_knot_at_probes(const Entry* e, const View* view, int order) noexcept nogil
