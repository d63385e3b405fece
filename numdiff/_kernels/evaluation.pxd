cimport numpy as cnp

from numdiff._kernels.callers cimport FEW, Caller, Role
from numdiff._kernels.lines cimport Lines
from numdiff._kernels.outputs cimport Outputs
from numdiff._kernels.points cimport Points
from numdiff._kernels.problem cimport Problem
from numdiff._kernels.values cimport Values


cdef class Evaluation:
    cdef Lines lines
    cdef Caller caller
    cdef Outputs outputs
    cdef Points points               # the block that is being made up
    cdef Values values               # of the last block
    cdef Values center               # f(x): one point, or every point if each is an origin
    cdef bint center_known
    cdef double[FEW] few             # memory of the center
    cdef double* memory
    cdef object owner
    cdef Values alone                # values of a vectorized f at x, evaluated on its own
    cdef object alone_owner
    cdef object verified_owner
    cdef bint vectorized
    cdef bint verified               # x alone and x inside a block have been compared
    cdef Py_ssize_t first            # line that has room
    cdef object silence              # what ends it
    cdef object given_noise          # the absolute accuracy of f
    cdef double* noise               # of every output, or at every origin; NULL: none is given, or not yet told apart
    cdef Py_ssize_t noises

    cdef int accept_center(self, object f0) except -1
    cdef int know_center(self) except -1
    cdef int know_origins(self) except -1
    cdef int know_noise(self) except -1
    cdef double noise_at(self, Py_ssize_t origin, Py_ssize_t output) noexcept nogil
    cdef int evaluate(self, Points points, Role role) except -1
    cdef object keep(self, Values* values)
    cdef Py_ssize_t overhead(self) noexcept nogil
    cdef Py_ssize_t width(self) noexcept nogil
    cdef Py_ssize_t left(self) noexcept nogil
    cdef int call_alone(self) except -1
    cdef double x(self) noexcept nogil
    cdef Points copies_of_x(self, Py_ssize_t number)
    cdef int verify(self, Py_ssize_t row) except -1
    cdef int quiet(self) except -1
    cdef int loud(self) except -1


cdef Evaluation new_evaluation(Problem problem)
