"""Points at which f is evaluated, and the arrays in which f gets to see them.

A point is a line and a position on it, so that n-dimensional points need never be stored, unless an f that takes
many at once asks for them.
"""
cimport cython
cimport numpy as cnp
from cpython.list cimport PyList_GET_ITEM
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.ref cimport Py_REFCNT
from libc.string cimport memcmp, memcpy

import numpy as np

from numdiff._kernels.lines cimport Lines
from numdiff._kernels.values cimport integer_at, number_at

cnp.import_array()

cdef extern from *:
    """
    #include <numpy/arrayobject.h>

    /* Whether an array still has its memory, and the shape, strides, type and flags of its twin, and nobody keeps a
       weak reference by which to find it later. */
    static inline int numdiff_same_layout(PyArrayObject *x, const char *data, PyArrayObject *twin)
    {
        int axis, ndim = PyArray_NDIM(twin);
        PyObject *weak = *(PyObject **)((char *)x + Py_TYPE(x)->tp_weaklistoffset);
        if (weak || PyArray_BYTES(x) != data || PyArray_NDIM(x) != ndim || PyArray_FLAGS(x) != PyArray_FLAGS(twin)
                || PyArray_DESCR(x) != PyArray_DESCR(twin)) {
            return 0;
        }
        for (axis = 0; axis < ndim; axis++) {
            if (PyArray_DIMS(x)[axis] != PyArray_DIMS(twin)[axis]
                    || PyArray_STRIDES(x)[axis] != PyArray_STRIDES(twin)[axis]) {
                return 0;
            }
        }
        return 1;
    }

    /* Without the global lock a reference count read here says nothing of other threads. */
    #ifdef Py_GIL_DISABLED
    #define NUMDIFF_REUSE_BUFFERS 0
    #else
    #define NUMDIFF_REUSE_BUFFERS 1
    #endif
    """
    const bint NUMDIFF_REUSE_BUFFERS
    bint numdiff_same_layout(cnp.ndarray x, const char* data, cnp.ndarray twin) noexcept

cdef enum:
    SMALL_BUFFER = 8192           # base and buffer both stay in the first-level cache: one buffer will do
    POOL_BYTES = 512 * 1024       # buffers that are restored together should stay in the second-level cache
    RESTORE_CHUNK = 4096          # bytes of the base compared with every buffer while they are in the first level
    FEWEST_POINTS = 64
    MOST_SHOWN = 6                # numbers of a point that a message lists, with all digits


@cython.final
@cython.freelist(4)
cdef class Points:
    """Points on lines, to be evaluated together."""

    def __dealloc__(self):
        PyMem_Free(self.points)

    cdef int reserve(self, Py_ssize_t capacity) except -1:
        """Make room for so many."""
        if capacity > self.capacity:
            capacity = max(capacity, FEWEST_POINTS)
            self.points = <Point*>PyMem_Realloc(self.points, capacity * sizeof(Point))
            if self.points is NULL:
                raise MemoryError
            self.capacity = capacity
        return 0


@cython.final
@cython.freelist(4)
cdef class Buffers:
    """The arrays that f gets to see, each a copy of x that is displaced along a line.

    Copying x for every call would cost more than many an f, so a buffer is used again if f gave it back unharmed.
    f may keep it (reference count), reshape, resize or lock it (all compared), or write into it. For the last there
    is no cheap sign: the bytes are compared with a private base. That reads as much memory as a copy writes,
    so a large x has a few buffers, and they are compared together, with one reading of the base.
    """

    cdef int fresh(self, Py_ssize_t slot) except -1:
        cdef cnp.ndarray x = cnp.PyArray_SimpleNew(
            cnp.PyArray_NDIM(self.base), cnp.PyArray_DIMS(self.base), cnp.PyArray_TYPE(self.base))
        memcpy(cnp.PyArray_DATA(x), cnp.PyArray_DATA(self.base), self.nbytes)
        self.data[slot] = cnp.PyArray_BYTES(x)
        if slot < len(self.arrays):
            self.arrays[slot] = x
        else:
            self.arrays.append(x)
        return 0

    cdef void rewrite(self, Py_ssize_t filled) noexcept nogil:
        """Bring every buffer back to the base, so many as there are."""
        cdef char* base = cnp.PyArray_BYTES(self.base)
        cdef Py_ssize_t slot, start = 0, count
        while start < self.nbytes:
            count = min(RESTORE_CHUNK, self.nbytes - start)
            for slot in range(filled):
                if memcmp(self.data[slot] + start, base + start, count) != 0:
                    memcpy(self.data[slot] + start, base + start, count)
            start += count

    cdef cnp.ndarray displaced(self, const Point* point):
        """A buffer that holds this point."""
        cdef Py_ssize_t k
        if self.used == self.size:
            self.rewrite(len(self.arrays))
            self.used = 0
        if self.used == len(self.arrays):
            self.fresh(self.used)
        if point.line < 0:
            pass
        elif self.lines.start is NULL:
            self.write(self.lines.variable(point.line), point.position)
        else:
            for k in range(start_of(self.lines, point.line), start_of(self.lines, point.line + 1)):
                self.write(
                    integer_at(self.lines.entry, self.lines.components, k)[0], self.lines.displaced(k, point.position))
        return <cnp.ndarray>PyList_GET_ITEM(self.arrays, self.used)

    cdef int recall(self, cnp.ndarray x, const Point* point) except -1:
        """Take back the buffer last handed out, or put a new one in its place if f has made it its own.

        The caller must have dropped whatever f returned. The list and the caller's variable hold a reference each.
        """
        cdef Py_ssize_t k
        if not (NUMDIFF_REUSE_BUFFERS and Py_REFCNT(x) == 2
                and numdiff_same_layout(x, self.data[self.used], self.base)):
            self.fresh(self.used)
        elif point.line < 0:
            pass
        elif self.lines.start is NULL:
            self.restore(self.lines.variable(point.line))
        else:
            for k in range(start_of(self.lines, point.line), start_of(self.lines, point.line + 1)):
                self.restore(integer_at(self.lines.entry, self.lines.components, k)[0])
        self.used += 1
        return 0

    cdef inline void write(self, Py_ssize_t i, double value) noexcept nogil:
        """An entry of the buffer in use."""
        if self.lines.single:
            (<float*>self.data[self.used])[i] = <float>value
        else:
            number_at(<double*>self.data[self.used], self.lines.variables, i)[0] = value

    cdef inline void restore(self, Py_ssize_t i) noexcept nogil:
        """An entry of the buffer in use, as it is at x."""
        self.write(i, number_at(self.lines.numbers, self.lines.variables, i)[0])


cdef inline Py_ssize_t start_of(Lines lines, Py_ssize_t line) noexcept nogil:
    return integer_at(lines.start, lines.count + 1, line)[0]


cdef Buffers new_buffers(Lines lines):
    cdef Buffers self = Buffers.__new__(Buffers)
    self.lines = lines
    self.base = lines.x
    self.nbytes = cnp.PyArray_NBYTES(self.base)
    self.size = 1
    if self.nbytes > SMALL_BUFFER:
        self.size = min(max(POOL_BYTES // self.nbytes, 1), MAX_BUFFERS)
    self.arrays = []
    self.used = self.size
    return self


cpdef str shown(object x):
    """A point as messages show it: what there is of it or, if that is much, both of its ends and the shape.

    Parameters
    ----------
    x : array_like
    """
    cdef object array = np.asarray(x)
    if array.size <= MOST_SHOWN:
        return str(array.tolist())
    ends = np.array2string(array.reshape(-1), separator=", ", threshold=1, edgeitems=2)
    return f"{ends} of shape {array.shape}"


cdef void fill_block(double* block, Py_ssize_t total, Lines lines, const double* x, Points points) noexcept nogil:
    """Lay out points on the last axis, and x itself to make up the total: every row is one entry of x.

    `x` is that of numbers: x itself, or any of the origins.
    """
    cdef Py_ssize_t i, p, k, n = 1 if lines.number else lines.variables
    cdef const Point* point
    for i in range(n):
        for p in range(total):
            block[i * total + p] = x[i]
    for p in range(points.size):
        point = &points.points[p]
        if lines.number:
            number_at(block, total, p)[0] = lines.number_of(point.line, point.position)
        elif point.line < 0:
            continue
        elif lines.start is NULL:
            number_at(block, n * total, lines.variable(point.line) * total + p)[0] = point.position
        else:
            for k in range(start_of(lines, point.line), start_of(lines, point.line + 1)):
                number_at(block, n * total, integer_at(lines.entry, lines.components, k)[0] * total + p)[0] = (
                    lines.displaced(k, point.position))
