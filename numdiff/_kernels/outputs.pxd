cimport numpy as cnp

from numdiff._kernels.values cimport Values


cdef class Outputs:
    cdef readonly tuple shape        # of f(x); None until something is known of f
    cdef readonly Py_ssize_t m       # numbers in it
    cdef readonly int parts          # 2 if they are complex, else 1
    cdef readonly double eps         # relative spacing of the coarser of x and f(x)
    cdef readonly double spacing     # of what f has returned; 0 before that
    cdef bint one                    # more than one is an error
    cdef bint numbers                # the shape is ()
    cdef str source                  # of what is known
    cdef str shape_from              # likewise of the shape

    cdef int describe(self, tuple shape, bint is_complex, str source) except -1
    cdef bint take(self, tuple shape, cnp.ndarray out, bint tentative) except -1
    cdef int take_number(self) except -1
    cdef int change_shape(self, tuple shape) except -1


cdef Outputs new_outputs(bint single, bint one)
cdef cnp.ndarray as_numbers(object out, str name)
cdef cnp.ndarray as_doubles(cnp.ndarray out, int parts)
cdef double relative_spacing(cnp.ndarray out) noexcept nogil
cdef Values rows_of(double* data, Py_ssize_t points, Py_ssize_t outputs, Py_ssize_t parts) noexcept nogil
