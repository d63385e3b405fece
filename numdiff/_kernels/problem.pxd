from numdiff._kernels.function cimport Function
from numdiff._kernels.lines cimport Lines


cdef class Problem:
    cdef readonly Function function
    cdef readonly Lines lines
    cdef readonly object f0          # f at the origins, if it is known
    cdef readonly object noise       # the absolute accuracy of f, if it is known
    cdef readonly bint one_output    # more than one is an error
    cdef int wanted                  # quantities of every entry that somebody will ask the answer for


cdef Problem new_problem(Function function, Lines lines, object f0, object noise, bint one_output, int wanted)
