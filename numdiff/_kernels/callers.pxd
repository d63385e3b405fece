cimport numpy as cnp

from numdiff._kernels.function cimport Function
from numdiff._kernels.lines cimport Lines
from numdiff._kernels.outputs cimport Outputs
from numdiff._kernels.points cimport Buffers, Point, Points
from numdiff._kernels.values cimport Values

cdef enum Role:
    AT_X            # numpy warns, and whatever f raises is raised
    DISPLACED       # numpy is quiet
    TENTATIVE       # and what f raises there may mean the end of its domain

cdef enum:
    FEW = 32        # numbers that need no memory of their own


cdef class Memory:
    cdef double* numbers


cdef class Caller:
    cdef Function function
    cdef Lines lines
    cdef Outputs outputs
    cdef Role role                   # of the points that are being evaluated
    cdef Py_ssize_t origin           # that stands for x in a block of numbers
    cdef long long nfev              # points at which f was evaluated
    cdef Py_ssize_t most             # evaluations that are allowed
    cdef object first_error          # that f raised at a point that need not be in its domain
    cdef Values values               # of the last block

    cdef bint call(self, Points points) except -1
    cdef Py_ssize_t padding(self) noexcept nogil
    cdef Py_ssize_t bytes_of_point(self) noexcept nogil
    cdef inline void count(self, Py_ssize_t points) noexcept nogil:
        """Count evaluations, before they are made."""
        self.nfev += points
        self.function.count(points)

    cdef object give_up(self)
    cdef int forgive(self, object error, const Point* point, Py_ssize_t points) except -1
    cdef int tell(self, object error, const Point* point, Py_ssize_t points) except -1


cdef class OneByOne(Caller):
    cdef Buffers buffers
    cdef bint interruptible          # f itself notices Ctrl-C
    cdef bint in_f                   # f has been called and has not returned
    cdef double* memory              # of the values
    cdef Py_ssize_t capacity
    cdef double[FEW] few

    cdef int call_one(self, Py_ssize_t row, Points points) except -1
    cdef object call_tentatively(self, object argument, const Point* point)
    cdef int keep_nan(self, Py_ssize_t row, Py_ssize_t rows) except -1
    cdef int reserve(self, Py_ssize_t rows) except -1


cdef class InBlocks(Caller):
    cdef object owner                # of the values

    cdef int call_each(self, Points points) except -1


cdef Caller new_caller(Function function, Lines lines, Outputs outputs)
