"""Origins, and the lines through them along which f is differentiated.

A line is x + h v, where v is an axis or a vector. The univariate methods see one number of it, its coordinate t. Along
an axis that is the entry of the point, so that x lies at t = x[i], and points are realised as exactly as t is. Along a
vector x lies at t = 1, and the point is x + (t - 1) v: about 1 the rounding of t is to t what that of the entries of x
is to them, and the methods allow for that.

What room a line has within the bounds of x, and on which side, is decided here and nowhere else.
"""
cimport cython
cimport numpy as cnp

import numpy as np

from numdiff._kernels.status cimport EDGE, NONFINITE
from numdiff._kernels.values cimport integer_at, number_at

cnp.import_array()


@cython.final
@cython.freelist(4)
@cython.auto_pickle(False)
cdef class Lines:
    """Every axis of x in turn; `only`, `along` and `on_side` give others through the same origins.

    Parameters
    ----------
    x : ndarray of float64 or float32
    pointwise : bool
        Whether f is a function of one number, and every entry of x an origin of its own.
    lower, upper : ndarray of float64, shape (x.size,), optional
        Bounds of x: both or none.
    """

    def __cinit__(self, cnp.ndarray x=None, bint pointwise=False, lower=None, upper=None):
        if x is not None:
            take(self, x, False, pointwise, lower, upper)

    @property
    def bounds(self):
        """Lower and upper bounds of x, or None."""
        return None if self.lb is None else (self.lb, self.ub)

    def only(self, columns):
        """The axes of these variables.

        Parameters
        ----------
        columns : ndarray of int, shape (k,)
        """
        cdef Lines other = self.copy()
        cdef cnp.ndarray axis = np.ascontiguousarray(columns, dtype=np.intp)
        if axis.size and not (0 <= axis.min() and axis.max() < self.variables):
            raise IndexError(f"columns must be from 0 to {self.variables - 1}; got {columns!r}")
        other.axis = <Py_ssize_t*>cnp.PyArray_DATA(axis)
        other.start = other.entry = NULL
        other.component = other.ends = NULL
        other.components = 0
        other.count = cnp.PyArray_SIZE(axis)
        other.owner = axis
        return other

    def along(self, vectors):
        """Lines along vectors, which need not have length 1.

        Parameters
        ----------
        vectors : sequence of ndarray, each of shape (x.size,)
            What is 0 in them is not displaced.
        """
        cdef Lines other = self.copy()
        cdef list entries = [np.flatnonzero(vector) for vector in vectors]
        cdef cnp.ndarray start = np.cumsum([0, *map(len, entries)], dtype=np.intp)
        cdef cnp.ndarray entry = np.concatenate([np.empty(0, np.intp), *entries])
        cdef cnp.ndarray component = np.concatenate(
            [np.empty(0), *(vector[nonzero] for vector, nonzero in zip(vectors, entries))])
        cdef cnp.ndarray ends = np.array([self.room_along(*v) for v in zip(vectors, entries)], dtype=np.float64)
        other.axis = NULL
        other.start = <Py_ssize_t*>cnp.PyArray_DATA(start)
        other.entry = <Py_ssize_t*>cnp.PyArray_DATA(entry)
        other.component = <double*>cnp.PyArray_DATA(component)
        other.ends = <double*>cnp.PyArray_DATA(ends)
        other.components = cnp.PyArray_SIZE(component)
        other.count = len(entries)
        other.finite = np.isfinite(self.x).all()
        other.owner = (start, entry, component, ends)
        return other

    def on_side(self, int side):
        """The same lines, with room on the right (1) or on the left (-1) of x only."""
        cdef Lines other = self.copy()
        other.side = side
        return other

    def room(self, Py_ssize_t line):
        """Displacements along a line between which it is within bounds.

        Returns
        -------
        low, high : float
        """
        cdef Line found
        self.line(line, &found)
        if self.start is not NULL:
            # about 1 they have lost digits
            return (0.0 if self.side > 0 else self.ends[2 * line]), (0.0 if self.side < 0 else self.ends[2 * line + 1])
        return found.lower - found.at, found.upper - found.at

    def points(self, Py_ssize_t line, displacements):
        """The points displaced along a line, as f gets to see them.

        Parameters
        ----------
        line : int
        displacements : ndarray, shape (k,)

        Returns
        -------
        ndarray, shape (k, x.size)
        """
        cdef cnp.ndarray points = np.repeat((<object>self.doubles).reshape(1, -1), len(displacements), axis=0)
        cdef double* number = <double*>cnp.PyArray_DATA(points)
        cdef Py_ssize_t p, k
        for p in range(cnp.PyArray_DIM(points, 0)):
            if self.start is NULL:
                number[p * self.variables + self.variable(line)] = self.within(line, displacements[p])
            else:
                for k in range(self.start[line], self.start[line + 1]):
                    number[p * self.variables + self.entry[k]] = self.displaced(k, displacements[p])
        return (<object>points).astype((<object>self.x).dtype, copy=False)

    cdef Lines copy(self):
        cdef Lines other = Lines.__new__(Lines)
        other.x = self.x
        other.pointwise, other.number, other.single = self.pointwise, self.number, self.single
        other.variables, other.count, other.side = self.variables, self.count, self.side
        other.numbers, other.lower, other.upper = self.numbers, self.lower, self.upper
        other.axis, other.start, other.entry = self.axis, self.start, self.entry
        other.component, other.ends, other.components = self.component, self.ends, self.components
        other.finite = self.finite
        other.doubles, other.lb, other.ub = self.doubles, self.lb, self.ub
        other.owner = self.owner
        return other

    def room_along(self, vector, nonzero):
        """The displacements along a vector between which it is within bounds."""
        if self.lower is NULL:
            return -np.inf, np.inf
        x, v = (<object>self.doubles).reshape(-1)[nonzero], vector[nonzero]
        with np.errstate(all="ignore"):
            ends = np.array([(self.lb[nonzero] - x) / v, (self.ub[nonzero] - x) / v])
        return ends.min(axis=0).max(initial=-np.inf), ends.max(axis=0).min(initial=np.inf)

    cdef int vector(self, Py_ssize_t i, Line* line) noexcept nogil:
        line.at = 1
        line.lower = 1 + number_at(self.ends, 2 * self.count, 2 * i)[0]
        line.upper = 1 + number_at(self.ends, 2 * self.count, 2 * i + 1)[0]
        if not self.finite:
            return NONFINITE
        # nothing may be displaced along it
        return EDGE if integer_at(self.start, self.count + 1, i)[0] == integer_at(
            self.start, self.count + 1, i + 1)[0] else 0

    cdef Py_ssize_t first_with_room(self) noexcept nogil:
        """The first line that has room; their number, if there is none and f need not be called at all."""
        cdef Line line
        cdef Py_ssize_t i = 0
        while i < self.count and self.line(i, &line):
            i += 1
        return i

    cdef double within(self, Py_ssize_t line, double h) noexcept nogil:
        """What a `Point` says of x displaced by h along a line, within its bounds."""
        cdef Line found
        if self.start is not NULL:
            return h
        self.line(line, &found)
        return min(max(found.at + h, found.lower), found.upper)


cdef int take(Lines self, cnp.ndarray x, bint fresh, bint pointwise, object lower, object upper) except -1:
    cdef Py_ssize_t n = cnp.PyArray_SIZE(x)
    self.single = cnp.PyArray_TYPE(x) == cnp.NPY_FLOAT
    # a private copy, unless it is one: f may hold the caller's x and write into it
    self.x = x if fresh else cnp.PyArray_NewCopy(x, cnp.NPY_CORDER)
    self.doubles = cnp.PyArray_Cast(self.x, cnp.NPY_DOUBLE) if self.single else self.x
    self.pointwise = pointwise
    self.number = pointwise or cnp.PyArray_NDIM(x) == 0
    self.variables = self.count = n
    self.numbers = <double*>cnp.PyArray_DATA(self.doubles)
    self.lower = numbers_of(lower, n)
    self.upper = numbers_of(upper, n)
    self.lb, self.ub = lower, upper
    return 0


cdef Lines new_lines(cnp.ndarray x, bint fresh, bint pointwise, object lower, object upper):
    """All axes of x; `fresh` tells that nobody else has this array."""
    cdef Lines self = Lines.__new__(Lines)
    take(self, x, fresh, pointwise, lower, upper)
    return self


cdef double* numbers_of(cnp.ndarray vector, Py_ssize_t n) except? NULL:
    """The numbers of a contiguous float64 vector; NULL for None."""
    if vector is None:
        return NULL
    if not (cnp.PyArray_SIZE(vector) == n and cnp.PyArray_TYPE(vector) == cnp.NPY_DOUBLE
            and cnp.PyArray_ISCARRAY_RO(vector)):
        raise ValueError(f"a contiguous float64 vector of length {n} is needed; got {vector!r}")
    return <double*>cnp.PyArray_DATA(vector)
