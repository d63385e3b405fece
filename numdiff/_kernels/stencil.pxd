cdef enum:
    MAX_POINTS = 32  # one-sided, order 10 and accuracy 8 take 18
    MAX_ORDER = 10
    MAX_ACCURACY = 8


cdef class Stencil:
    cdef readonly int order
    cdef readonly int accuracy
    cdef readonly int size
    cdef readonly double truncation
    cdef readonly double roundoff
    cdef double offset[MAX_POINTS]
    cdef double weight[MAX_POINTS]

    cdef void complete(self, int n, int order) noexcept nogil
    cdef double best_step(self, double eps, double margin) noexcept nogil
    cdef double guarded_step(self, double eps, double margin, double most) noexcept nogil
    cdef double model_error(self, double h, double eps, double margin) noexcept nogil


cdef int fornberg_weights(const double* offset, int size, int order, double* weight) noexcept nogil
cdef Stencil usual_stencil(str method, int order, int accuracy)
