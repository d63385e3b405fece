from numdiff._kernels.answer cimport Answer
from numdiff._kernels.problem cimport Problem


cdef class Method:
    cdef Answer solve(self, Problem problem, tuple orders)
