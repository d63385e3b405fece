cimport numpy as cnp

from numdiff._kernels.lines cimport Lines
from numdiff._kernels.values cimport Values

cdef enum:                      # quantities of every entry, beside the status; of what need not be known the first few
    VALUE
    BOUND
    REACH
    SLOPE
    QUANTITIES


cdef class Answer:
    cdef readonly Lines lines
    cdef readonly tuple output_shape   # of f(x)
    cdef readonly bint one_output      # which is a number, whatever its shape
    cdef readonly long long nfev
    cdef readonly object first_error   # that f raised away from x, which was taken for the end of its domain
    cdef readonly bint estimated       # each entry has all quantities; else a value, and its line step and status
    cdef int kept                      # quantities of every entry
    cdef bint bounded                  # some entry has a bound
    cdef bint out_of_budget            # some entry has ended for want of evaluations
    cdef int orders
    cdef Py_ssize_t outputs
    cdef int parts                     # 2 if f is complex, else 1
    cdef Py_ssize_t size               # numbers that make the values
    cdef double* quantity[QUANTITIES]  # by order, output, line, part; NULL where there are none
    cdef signed char* status           # likewise
    cdef double[QUANTITIES] few        # memory, if there is one entry only
    cdef signed char one_status
    cdef cnp.ndarray memory            # of values, which the caller of the library may get to keep
    cdef cnp.ndarray others            # of all else, the statuses at the end; of every line, where outputs share them

    cdef object exact_value(self)
    cdef object combined(self, object combine, int quantity)
    cdef object numbers(self, int quantity)
    cdef object statuses(self)
    cdef int reserve(self, int orders, tuple output_shape, int parts) except -1
    cdef int reserve_lines(self) except -1
    cdef int reserve_others(self, Py_ssize_t entries, int first, int last) except -1
    cdef Values values(self, int order) noexcept nogil


cdef Answer new_answer(Lines lines, bint one_output, bint estimated, int kept)
