from numdiff._kernels.entry cimport Entry, Reason, Transition, View
from numdiff._kernels.sample cimport SampledLine

cdef void start(Entry* e) noexcept nogil
cdef Transition finish(Entry* e, const View* view, int status, Reason why) noexcept nogil
cdef void keep(Entry* e, const View* view, int status) noexcept nogil
cdef void guess(Entry* e, const View* view) noexcept nogil
cdef int defect(Entry* e, const View* view) noexcept nogil
cdef double reach_of(const Entry* e, const View* view) noexcept nogil
cdef double in_units_of_f(const Entry* e, double derivative) noexcept nogil
cdef double to_the_right(const Entry* e, double V, int side) noexcept nogil
cdef double derivative_of(const Entry* e, double coefficient, int side) noexcept nogil
cdef void result(const Entry* e, double* value, double* error, double* step, double* slope) noexcept nogil


cdef inline double room(const Entry* e) noexcept nogil:
    """How far x may be displaced within the bounds, in units of length: to the side of the pass, or to both."""
    cdef const SampledLine* c = e.line
    cdef double right = (c.upper - c.x) * c.per_unit, left = (c.x - c.lower) * c.per_unit
    return right if e.side > 0 else left if e.side < 0 else min(right, left)
