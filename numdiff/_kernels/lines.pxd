cimport numpy as cnp
from libc.math cimport INFINITY, isfinite

from numdiff._kernels.status cimport EDGE, NONFINITE
from numdiff._kernels.values cimport integer_at, number_at

cdef struct Line:
    double at                   # where x lies on it
    double lower                # between these it is within bounds
    double upper


cdef class Lines:
    cdef readonly cnp.ndarray x          # a private copy: nobody else can write into it
    cdef readonly bint pointwise         # every entry of x is an origin of its own, of a function of one number
    cdef readonly bint number            # f is called with numbers
    cdef readonly bint single            # of float32
    cdef readonly Py_ssize_t variables   # entries of x
    cdef readonly Py_ssize_t count       # lines, those of all origins together
    cdef readonly int side               # 0, or the only one on which lines have room: 1 the right, -1 the left
    cdef double* numbers                 # of x, in float64
    cdef double* lower                   # of every variable; NULL: none
    cdef double* upper
    cdef Py_ssize_t* axis                # the variable of each line; NULL: all of them in turn
    cdef Py_ssize_t* start               # along vectors: where the components of each begin; NULL: along axes
    cdef Py_ssize_t* entry               # of x, that a component displaces
    cdef double* component
    cdef double* ends                    # of each vector: the displacements between which it is within bounds
    cdef Py_ssize_t components           # of all vectors together
    cdef bint finite                     # all of x, where lines are vectors
    cdef object lb                       # bounds of x, or None
    cdef object ub
    cdef cnp.ndarray doubles             # owners of the memory
    cdef object owner

    cdef inline Py_ssize_t variable(self, Py_ssize_t line) noexcept nogil:
        """Of a line along an axis."""
        return integer_at(self.axis, self.count, line)[0] if self.axis is not NULL else line

    cdef inline bint bounded(self) noexcept nogil:
        return self.lower is not NULL or self.side != 0

    cdef inline Py_ssize_t origin(self, Py_ssize_t line) noexcept nogil:
        """The number of the origin that a line goes through."""
        return self.variable(line) if self.pointwise else 0

    cdef inline double position(self, double t) noexcept nogil:
        """Of what is at t on a line, what a `Point` says: t on an axis, the displacement along a vector."""
        return t if self.start is NULL else t - 1.0

    cdef inline double displaced(self, Py_ssize_t component, double h) noexcept nogil:
        """An entry of the point displaced by h along a vector; rounding does not lead out of the bounds."""
        cdef Py_ssize_t i = integer_at(self.entry, self.components, component)[0]
        cdef double y = number_at(self.numbers, self.variables, i)[0] + (
            h * number_at(self.component, self.components, component)[0])
        if self.single:
            y = <double><float>y
        if self.lower is not NULL:
            y = min(max(y, number_at(self.lower, self.variables, i)[0]), number_at(self.upper, self.variables, i)[0])
        return y

    cdef inline int line(self, Py_ssize_t i, Line* line) noexcept nogil:
        """Look at a line: 0 if there is room to displace x along it, else the status that says why there is not."""
        cdef Py_ssize_t variable
        cdef int refused
        if self.start is NULL:
            variable = self.variable(i)
            line.at = number_at(self.numbers, self.variables, variable)[0]
            line.lower, line.upper = -INFINITY, INFINITY
            if self.lower is not NULL:
                line.lower = number_at(self.lower, self.variables, variable)[0]
                line.upper = number_at(self.upper, self.variables, variable)[0]
            refused = 0 if isfinite(line.at) else NONFINITE
        else:
            refused = self.vector(i, line)
        if self.side > 0:
            line.lower = line.at
        elif self.side < 0:
            line.upper = line.at
        if refused:
            return refused
        return 0 if line.lower < line.upper else EDGE

    cdef int vector(self, Py_ssize_t i, Line* line) noexcept nogil
    cdef Py_ssize_t first_with_room(self) noexcept nogil
    cdef Lines copy(self)
    cdef double within(self, Py_ssize_t line, double h) noexcept nogil
    cdef inline double number_of(self, Py_ssize_t line, double position) noexcept nogil:
        """A point where points are numbers: x itself, and what lies on an axis, is its position."""
        if self.start is NULL or line < 0:
            return position
        return self.displaced(integer_at(self.start, self.count + 1, line)[0], position)


cdef Lines new_lines(cnp.ndarray x, bint fresh, bint pointwise, object lower, object upper)
cdef double* numbers_of(cnp.ndarray vector, Py_ssize_t n) except? NULL
