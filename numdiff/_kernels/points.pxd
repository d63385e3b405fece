cimport numpy as cnp

from numdiff._kernels.lines cimport Lines

cdef enum:
    MAX_BUFFERS = 8

cdef struct Point:
    Py_ssize_t line             # that it lies on; -1: x itself
    double position              # on it: the entry itself on an axis, the displacement along a vector


cdef class Points:
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef Point* points

    cdef int reserve(self, Py_ssize_t capacity) except -1
    cdef inline int add(self, Py_ssize_t line, double position) except -1:
        cdef Py_ssize_t size = self.size
        if size == self.capacity:
            self.reserve(max(2 * size, 16))
        self.points[size] = Point(line=line, position=position)
        self.size = size + 1
        return 0


cdef class Buffers:
    cdef Lines lines
    cdef cnp.ndarray base
    cdef list arrays
    cdef char* data[MAX_BUFFERS]
    cdef Py_ssize_t nbytes
    cdef Py_ssize_t size
    cdef Py_ssize_t used

    cdef int fresh(self, Py_ssize_t slot) except -1
    cdef void rewrite(self, Py_ssize_t filled) noexcept nogil
    cdef cnp.ndarray displaced(self, const Point* point)
    cdef int recall(self, cnp.ndarray x, const Point* point) except -1
    cdef void restore(self, Py_ssize_t i) noexcept nogil
    cdef void write(self, Py_ssize_t i, double value) noexcept nogil


cdef Buffers new_buffers(Lines lines)
cdef void fill_block(double* block, Py_ssize_t total, Lines lines, const double* x, Points points) noexcept nogil
cpdef str shown(object x)
