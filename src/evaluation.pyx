"""The evaluations of one differentiation, whatever the way f is called: f at x, blocks of points, verification.

A vectorized f that mixes the points of a block returns the right shape and the wrong values, so that x alone is
compared with x inside of a block before anything is believed.
"""
cimport cython
cimport numpy as cnp
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport INFINITY, NAN, fabs, isfinite
from libc.string cimport memcpy

from contextvars import copy_context

import numpy as np

from numdiff._kernels.callers cimport AT_X, TENTATIVE, Role, new_caller
from numdiff._kernels.lines cimport Line
from numdiff._kernels.outputs cimport as_numbers, new_outputs, relative_spacing, rows_of
from numdiff._kernels.points cimport Points
from numdiff._kernels.values cimport Values, number_at, value_at

cnp.import_array()

cdef extern from "Python.h":
    object PyContextVar_Set(object variable, object value)
    int PyContextVar_Reset(object variable, object token) except -1

cdef enum:
    BLOCK_BYTES = 384 * 1024      # points and values of a block: 256 to 512 KiB run 2 to 3 times faster than MiBs
    BLOCK_POINTS = 64             # fewer would let the cost of a call show
    BLOCK_CEILING = 64 * 1024 * 1024
    ROUNDING_OF_BLOCKS = 4        # an elementwise f rounds the same in every block, or nearly so
    NOISE_FACTOR = 16             # the largest of many differences by noise is hardly ever 16 times less than another

cdef double GROSS = 1e-3        # relative difference that rounding does not make


@cython.final
@cython.freelist(4)
@cython.auto_pickle(False)
cdef class Evaluation:
    """The calls of f for one problem. `values` holds the last block; it must be used before the next is evaluated.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, Problem problem):
        prepare(self, problem)

    def __dealloc__(self):
        PyMem_Free(self.memory)

    @property
    def nfev(self):
        """Points at which f was evaluated."""
        return self.caller.nfev

    @property
    def spacing(self):
        """Relative spacing of the numbers that f has returned."""
        return self.outputs.spacing

    def at_x(self):
        """f at the origins.

        Returns
        -------
        ndarray
            Of f's shape; where every entry of x is an origin, of x's shape if f has one output.
        """
        cdef Py_ssize_t i, points = 1
        cdef Values* values = &self.center
        try:
            if self.lines.pointwise:
                self.points.reserve(self.lines.variables)
                for i in range(self.lines.variables):
                    self.points.add(-1, self.lines.numbers[i])
                self.loud()
                self.caller.role = AT_X
                if self.points.size:
                    self.caller.call(self.points)
                points = self.points.size
                self.points.size = 0
                values = &self.caller.values
            else:
                self.know_center()
        finally:
            self.loud()
        shape = self.outputs.shape or ()
        if self.lines.pointwise and self.outputs.m == 1:
            shape = ()
        # a block may hold more points than it was asked for
        return array_of(values)[:points].reshape(
            (<object>self.lines.x).shape + shape if self.lines.pointwise else shape)

    def along(self, Py_ssize_t line, displacements):
        """f displaced along a line: NaN where it raises as it may outside of its domain.

        Parameters
        ----------
        line : int
        displacements : ndarray, shape (k,)

        Returns
        -------
        ndarray, shape (k, outputs)
        """
        try:
            for h in displacements:
                self.points.add(line, self.lines.within(line, h))
            self.evaluate(self.points, TENTATIVE)
            values = array_of(&self.values)[:self.points.size]
        finally:
            self.points.size = 0
            self.loud()
        return values

    def known_to(self):
        """The noise of f as it is given, now that it is known what f returns.

        Returns
        -------
        ndarray, shape (outputs,)
            Where every entry of x is an origin, at each of them.
        """
        cdef Py_ssize_t i
        self.know_noise()
        return np.array([
            self.noise_at(i, i) for i in range(self.lines.variables if self.lines.pointwise else self.outputs.m)])

    cdef int accept_center(self, object f0) except -1:
        """f(x) as the caller knows it: one value, or one at every origin."""
        cdef Lines lines = self.lines
        cdef cnp.ndarray given = as_numbers(f0, "f0")
        cdef bint is_complex = cnp.PyArray_ISCOMPLEX(given)
        cdef cnp.ndarray values = np.array(given, dtype=np.complex128 if is_complex else np.float64, order="C")
        cdef tuple shape = (<object>values).shape
        if lines.pointwise and shape != (<object>lines.x).shape:
            raise ValueError(f"f0 must have the shape of x, {(<object>lines.x).shape}; got shape {shape}")
        self.outputs.describe(() if lines.pointwise else shape, is_complex, "f0")
        self.outputs.spacing = relative_spacing(given)
        self.outputs.eps = max(self.outputs.eps, self.outputs.spacing)
        self.center = rows_of(
            <double*>cnp.PyArray_DATA(values), lines.variables if lines.pointwise else 1, self.outputs.m,
            self.outputs.parts)
        self.owner = values
        self.center_known = True
        return 0

    cdef int know_center(self) except -1:
        """Evaluate f(x), unless it is known."""
        cdef Points point
        cdef Py_ssize_t width
        if self.center_known:
            return 0
        self.loud()
        self.caller.role = AT_X
        if self.vectorized:
            self.call_alone()
            self.center, self.owner = self.alone, self.alone_owner
        else:
            # the block that is being made up may be waiting
            point = self.points if self.points.size == 0 else Points()
            point.add(-1, self.x())
            self.caller.call(point)
            point.size = 0
            self.center = self.caller.values
            width = self.center.outputs * self.center.parts
            if width <= FEW:
                self.center.data = self.few
            else:
                self.center.data = self.memory = <double*>PyMem_Malloc(width * sizeof(double))
                if self.memory is NULL:
                    raise MemoryError
            if width:
                memcpy(self.center.data, self.caller.values.data, width * sizeof(double))
        self.center_known = True
        return 0

    cdef int know_origins(self) except -1:
        """f at every origin that a line with room goes through, unless it is known."""
        cdef cnp.ndarray values, known
        cdef Points points = self.points
        cdef Line line
        cdef Py_ssize_t i
        if self.center_known or not self.lines.pointwise:
            return self.know_center()
        rows = []
        for i in range(self.lines.count):
            if not self.lines.line(i, &line):
                points.add(-1, line.at)
                rows.append(self.lines.origin(i))
        self.evaluate(points, AT_X)
        known = array_of(&self.values)[:points.size]
        points.size = 0
        values = np.full((self.lines.variables, cnp.PyArray_DIM(known, 1)), NAN, dtype=known.dtype)
        values[rows] = known
        self.center = rows_of(
            <double*>cnp.PyArray_DATA(values), self.lines.variables, self.outputs.m, self.outputs.parts)
        self.owner = values
        self.center_known = True
        return 0

    cdef int know_noise(self) except -1:
        """The noise of f as it is given, of every output or, where every entry of x is an origin, at each of them.

        Its shape can be told once it is known what f returns.
        """
        cdef tuple shape = (<object>self.lines.x).shape if self.lines.pointwise else self.outputs.shape
        cdef cnp.ndarray noise
        if self.given_noise is None or self.noise is not NULL:
            return 0
        noise = np.asarray(self.given_noise)
        if cnp.PyArray_SIZE(noise) == 1:
            noise = noise.reshape(())
        try:
            noise = np.ascontiguousarray(np.broadcast_to(noise, shape)).reshape(-1)
        except ValueError:
            whose = "x" if self.lines.pointwise else "f(x)"
            raise ValueError(
                f"noise must be a number or broadcast to the shape of {whose}, {shape}; got shape {np.shape(noise)}"
            ) from None
        self.noise, self.noises = <double*>cnp.PyArray_DATA(noise), cnp.PyArray_SIZE(noise)
        self.given_noise = noise
        return 0

    cdef double noise_at(self, Py_ssize_t origin, Py_ssize_t output) noexcept nogil:
        """The noise of an output as it is given; 0 if it is not."""
        if self.noise is NULL:
            return 0
        return number_at(self.noise, self.noises, origin if self.lines.pointwise else output)[0]

    cdef int evaluate(self, Points points, Role role) except -1:
        """Evaluate a block of points into `values`."""
        cdef bint whole
        if points.size == 0:
            return 0
        if self.vectorized:
            self.call_alone()
        self.caller.role = role
        if role == AT_X:
            self.loud()
        else:
            self.quiet()
        if self.vectorized and not self.verified:
            points.add(-1, self.x())
            whole = self.caller.call(points)
            points.size -= 1
            self.values = self.caller.values
            if whole:
                self.verify(points.size)
        else:
            self.caller.call(points)
            self.values = self.caller.values
        return 0

    cdef object keep(self, Values* values):
        """The last block, for longer than until the next is evaluated: as long as what is returned lives."""
        # what was verified is a copy already
        cdef object owner = (
            self.caller.give_up() if self.values.data is self.caller.values.data else self.verified_owner)
        values[0] = self.values
        return owned(&self.values, values) if owner is None else owner

    cdef Py_ssize_t overhead(self) noexcept nogil:
        """How many points more than it is asked for the next evaluation may take."""
        if not self.vectorized:
            return 0
        # as long as it is not verified: x alone, and x inside the block
        return self.caller.padding() + (0 if self.verified else self.caller.padding() + 2)

    cdef Py_ssize_t left(self) noexcept nogil:
        """Evaluations that are still allowed."""
        return self.caller.most - self.caller.nfev

    cdef Py_ssize_t width(self) noexcept nogil:
        """How many points make a good block."""
        cdef Py_ssize_t nbytes = max(self.caller.bytes_of_point(), 8)
        return max(min(max(BLOCK_BYTES // nbytes, BLOCK_POINTS), BLOCK_CEILING // nbytes), 1)

    cdef int call_alone(self) except -1:
        """f(x) of a vectorized f, in a block of its own: what every later block is measured by."""
        if self.alone_owner is None:
            self.loud()
            self.caller.role = AT_X
            self.caller.call(self.copies_of_x(1))
            self.alone_owner = owned(&self.caller.values, &self.alone)
        return 0

    cdef double x(self) noexcept nogil:
        """The position of x itself: what it is, where points are numbers."""
        return self.lines.numbers[self.caller.origin] if self.lines.number else 0

    cdef Points copies_of_x(self, Py_ssize_t number):
        cdef Points points = Points()
        points.reserve(number)
        while points.size < number:
            points.add(-1, self.x())
        return points

    cdef int verify(self, Py_ssize_t row) except -1:
        """Compare x alone with x inside a block, where it is this point.

        A function such as ``x / np.linalg.norm(x)`` returns the right shape and the wrong values. But blocks of
        different width may round differently (matrix products do), so in doubt x inside the block is compared with x
        inside a block of the same width that holds nothing else: a matrix product then gives the same bits, and mixed
        points do not. A noisy f differs there as well, by as much as between copies of x.
        """
        cdef double worst = largest_difference(&self.alone, 0, &self.values, row), noise = 0
        cdef Values first, second
        cdef Points copies
        cdef Py_ssize_t p
        self.verified = True
        if worst <= ROUNDING_OF_BLOCKS * self.outputs.eps * largest_value(&self.values):
            return 0
        if 2 * self.values.points <= self.left():
            # f may use its arrays again
            self.verified_owner = owned(&self.values, &self.values)
            self.loud()
            self.caller.role = AT_X
            copies = self.copies_of_x(self.values.points)
            self.caller.call(copies)
            _owner = owned(&self.caller.values, &first)
            self.caller.call(copies)
            second = self.caller.values
            self.quiet()
            for p in range(first.points):
                noise = max(noise, largest_difference(&first, p, &second, p))
                noise = max(noise, largest_difference(&self.alone, 0, &second, p) if noise > 0 else 0)
            if worst <= GROSS * largest_value(&self.values) or worst <= NOISE_FACTOR * noise:
                worst = largest_difference(&first, row, &self.values, row)
                if worst <= NOISE_FACTOR * noise:
                    return 0
        elif worst <= GROSS * largest_value(&self.values):
            return 0    # there are no evaluations left to tell noise from a mixture
        raise ValueError(
            f"f must treat each point of a block on its own when vectorized=True (points on the last axis, shape "
            f"x.shape + (k,)); f(x) differs by {worst:.3g} between x alone and x among other points")

    cdef int quiet(self) except -1:
        """Displaced points may lie where f is not defined; numpy's warnings about it would be nobody's business."""
        if self.silence is None:
            self.silence = PyContextVar_Set(ERRSTATE, IGNORE_ALL)
        return 0

    cdef int loud(self) except -1:
        if self.silence is not None:
            PyContextVar_Reset(ERRSTATE, self.silence)
            self.silence = None
        return 0


cdef int prepare(Evaluation self, Problem problem) except -1:
    self.lines = problem.lines
    self.outputs = new_outputs(self.lines.single, problem.one_output)
    self.caller = new_caller(problem.function, self.lines, self.outputs)
    self.vectorized = problem.function.vectorized
    self.points = Points.__new__(Points)
    self.first = self.lines.first_with_room()
    if self.lines.pointwise and self.first < self.lines.count:
        self.caller.origin = self.lines.variable(self.first)
    if problem.f0 is not None:
        self.accept_center(problem.f0)
    self.given_noise = problem.noise
    return 0


cdef Evaluation new_evaluation(Problem problem):
    cdef Evaluation self = Evaluation.__new__(Evaluation)
    prepare(self, problem)
    return self


cdef object array_of(const Values* values):
    """A copy of the values, of shape (points, outputs)."""
    cdef cnp.npy_intp[2] shape = [values.points, values.outputs]
    cdef cnp.ndarray array = cnp.PyArray_SimpleNew(
        2, shape, cnp.NPY_CDOUBLE if values.parts == 2 else cnp.NPY_DOUBLE)
    cdef double* number = <double*>cnp.PyArray_DATA(array)
    cdef Py_ssize_t p, output, part
    for p in range(values.points):
        for output in range(values.outputs):
            for part in range(values.parts):
                number[(p * values.outputs + output) * values.parts + part] = value_at(values, p, output, part)[0]
    return array


cdef object owned(const Values* values, Values* copy):
    """Values in memory that f does not know and may not use again."""
    cdef cnp.ndarray array = array_of(values)
    copy[0] = rows_of(<double*>cnp.PyArray_DATA(array), values.points, values.outputs, values.parts)
    return array


cdef double largest_difference(const Values* a, Py_ssize_t point, const Values* b, Py_ssize_t other) noexcept nogil:
    """Over all outputs of one point; infinite where only one is a number."""
    cdef double worst = 0, u, v
    cdef Py_ssize_t j, part
    for j in range(a.outputs):
        for part in range(a.parts):
            u = value_at(a, point, j, part)[0]
            v = value_at(b, other, j, part)[0]
            if u != v and not (u != u and v != v):
                worst = max(worst, fabs(u - v) if isfinite(u - v) else INFINITY)
    return worst


cdef double largest_value(const Values* a) noexcept nogil:
    cdef double largest = 0, v
    cdef Py_ssize_t p, j, part
    for j in range(a.outputs):
        for p in range(a.points):
            for part in range(a.parts):
                v = fabs(value_at(a, p, j, part)[0])
                if isfinite(v):
                    largest = max(largest, v)
    return largest


cdef tuple context_variable_of_errstate():
    """The context variable behind ``np.errstate``, and its value in ``np.errstate(all="ignore")``.

    Entering np.errstate takes as long as 25 calls of a small f; setting the variable itself, that of one. Which one
    it is shows in what np.errstate changes in a context.
    """
    context = copy_context()
    quiet = copy_context()
    quiet.run(np.seterr, all="ignore")
    changed = [(variable, quiet[variable]) for variable in quiet if context.get(variable) is not quiet[variable]]
    if len(changed) != 1:
        raise ImportError(f"numpy {np.__version__} keeps its error state in {len(changed)} context variables")
    return changed[0]


cdef object ERRSTATE, IGNORE_ALL
ERRSTATE, IGNORE_ALL = context_variable_of_errstate()
