"""Fixed-step difference quotients: plan the displaced points, evaluate them block by block, reduce to derivatives.

Each entry of x (each point, for `derivative`) gets a stencil that stays within its bounds, realised on the floating-
point grid; the points of many entries form one block; the values of a block are reduced to derivatives, all
outputs of f at a time.
"""
cimport cython
cimport numpy as cnp
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.float cimport DBL_MAX, DBL_MIN, FLT_MAX, FLT_MIN
from libc.math cimport INFINITY, NAN, copysign, fabs, isfinite, nextafter, nextafterf

import numpy as np

from numdiff._kernels.function cimport DISPLACED, Evaluation, Function, Points, new_evaluation, numbers_of
from numdiff._kernels.status cimport EDGE, NONFINITE, NOT_ESTIMATED
from numdiff._kernels.stencil cimport MAX_POINTS, Stencil, fornberg_weights, usual_stencil
from numdiff._kernels.values cimport Values, number_at, value_at

cnp.import_array()

# the weights belong to the displacements as they come out in floating point, unless these are as good as exact
cdef double DISPLACEMENT_TOLERANCE = 2.0**-49
# of numbers about x, relative to x, whatever their type
cdef double COARSEST_SPACING = 2.0**-22
# f near the largest numbers: differences are taken of f scaled by this
cdef double OVERFLOW_GUARD = 2.0**-40

# where the stencil of a method does not fit between the bounds, these are tried as well
cdef dict ALTERNATIVES = {
    "central": ("forward", "backward"),
    "forward": ("backward",),
    "backward": ("forward",),
}

cdef enum:
    OUTPUT_TILE = 128           # outputs whose values at all points of a block stay in the cache

cdef struct Placement:
    double h
    int count
    bint center                 # f(x) is a point of the stencil, known beforehand
    double t[MAX_POINTS]
    double weight[MAX_POINTS]

cdef struct Entry:
    Py_ssize_t i                # of x
    Py_ssize_t first            # of its points in the block
    int count
    bint center
    double h


cdef double displaced(double x, double offset, double h) noexcept:
    """x + offset h, also where the product overflows and the sum does not."""
    cdef double t = x + offset * h
    return t if isfinite(t) else (0.5 * x + offset * (0.5 * h)) * 2


cdef double share(double a, double b, double parts) noexcept:
    """(b - a)/parts, also where the difference overflows."""
    return (b - a) / parts if isfinite(b - a) else (b / parts - a / parts)


@cython.final
cdef class FixedStep:
    """The plan of a block of entries of x, and its reduction."""

    cdef Evaluation evaluation
    cdef Stencil preferred
    cdef list others                # stencils for entries near a bound; None until there is one
    cdef str method
    cdef int order
    cdef int accuracy
    cdef double* step               # one for each entry; NULL: the best for the stencil
    cdef double* scale              # NULL: 1
    cdef double* lower              # NULL: none
    cdef double* upper
    cdef double limit               # largest number of the points' type
    cdef double eps
    cdef double relative_step       # the best for the preferred stencil, in units of max(|x|, scale)
    cdef Points points
    cdef double* weight             # of each point
    cdef Py_ssize_t weights         # that fit
    cdef Entry* entries
    cdef Py_ssize_t capacity
    cdef Py_ssize_t room
    cdef Py_ssize_t planned
    cdef bint center_wanted
    cdef double* h                  # results, one for each entry
    cdef signed char* status

    def __dealloc__(self):
        PyMem_Free(self.weight)
        PyMem_Free(self.entries)

    cdef int begin(self, Py_ssize_t width, Py_ssize_t entries) except -1:
        """Start a block of about `width` points, for so many entries at most."""
        # near a bound the stencil may be one-sided, which takes the most points
        cdef Py_ssize_t most = self.preferred.size if self.lower is NULL else self.order + self.accuracy + 1
        cdef Py_ssize_t capacity = max(min(width // most, entries), 1)
        self.room = capacity
        self.planned = 0
        self.center_wanted = False
        self.points.reserve(capacity * most)
        if capacity > self.capacity:
            self.entries = <Entry*>PyMem_Realloc(self.entries, capacity * sizeof(Entry))
            if self.entries is NULL:
                raise MemoryError
            self.capacity = capacity
        return 0

    cdef int plan(self, Py_ssize_t i) except -1:
        """Add the points of entry i to the block; none if there is no room for any."""
        cdef Placement best, other
        cdef Stencil stencil
        cdef double x = number_at(self.evaluation.x, self.evaluation.n, i)[0]
        cdef double lower = -self.limit, upper = self.limit, unit, wanted, error, least
        cdef bint given = self.step is not NULL, fits
        cdef int p
        self.h[i] = NAN
        self.status[i] = NOT_ESTIMATED
        if not isfinite(x):
            self.status[i] = NONFINITE
            return 0
        if self.lower is not NULL:
            lower, upper = max(lower, self.lower[i]), min(upper, self.upper[i])
        unit = max(fabs(x), self.scale[i] if self.scale is not NULL else 1.0)
        stencil = self.preferred
        wanted = self.step[i] if given else self.best_step(self.preferred, unit)
        best.count = 0
        fits = self.place(&best, stencil, x, wanted, lower, upper)
        if not fits:
            # an explicit step is kept by going to the other side, where that is possible; else the model decides
            least = stencil.model_error(best.h / unit, self.eps) if best.count else INFINITY
            for stencil in self.alternatives():
                wanted = self.step[i] if given else self.best_step(stencil, unit)
                fits = self.place(&other, stencil, x, wanted, lower, upper)
                error = stencil.model_error(other.h / unit, self.eps) if other.count else INFINITY
                if other.count and (best.count == 0 or error < least or (given and fits)):
                    best, least = other, error
                    if given and fits:
                        break
        if best.count == 0:
            self.status[i] = EDGE
            return 0
        self.h[i] = best.h
        self.center_wanted = self.center_wanted or best.center
        self.entries[self.planned] = Entry(
            i=i, first=self.points.size, count=best.count, center=best.center, h=best.h)
        self.planned += 1
        if self.points.size + best.count > self.weights:
            self.weights = 2 * (self.points.size + best.count)
            self.weight = <double*>PyMem_Realloc(self.weight, self.weights * sizeof(double))
            if self.weight is NULL:
                raise MemoryError
        for p in range(best.count):
            self.weight[self.points.size] = best.weight[p]
            self.points.add(i, best.t[p])
        return 0

    cdef double best_step(self, Stencil stencil, double unit) noexcept:
        """The step that suits the stencil; not so small that f loses digits to gradual underflow."""
        cdef double relative = self.relative_step if stencil is self.preferred else stencil.best_step(self.eps)
        return max(relative * unit, FLT_MIN if self.evaluation.single else DBL_MIN)

    cdef list alternatives(self):
        if self.others is None:
            self.others = [usual_stencil(method, self.order, self.accuracy) for method in ALTERNATIVES[self.method]]
        return self.others

    cdef bint place(
            self, Placement* place, Stencil stencil, double x, double wanted, double lower, double upper) except -1:
        """Lay the stencil about x with the wanted step, or the largest that stays within the bounds.

        Returns whether the wanted step fits. No points are placed where they would not be distinct.
        """
        cdef double first = stencil.offset[0], last = stencil.offset[stencil.size - 1]
        cdef double h = wanted, o, previous
        cdef double[MAX_POINTS] t
        cdef double[MAX_POINTS] realised
        cdef double[MAX_POINTS] weight
        cdef bint uniform = True, fits
        # f(x) need not be a point of the block where all entries share it, or it is given
        cdef bint shared = not self.evaluation.pointwise or self.evaluation.center_known
        cdef int p
        if first < 0:
            h = min(h, share(lower, x, -first))
        if last > 0:
            h = min(h, share(x, upper, last))
        fits = h >= wanted
        place.count = 0
        place.center = False
        if h < COARSEST_SPACING * fabs(x) or h < FLT_MIN:
            h = max(h, self.spacing(x))
        h = self.representable(x, h)
        while displaced(x, last, h) > upper or displaced(x, first, h) < lower:
            # rounding has led out of the bounds
            previous = h
            h = self.representable(x, min(h - self.spacing(x), h * (1 - 2.0**-20)))
            if not 0 < h < previous:
                return False
        place.h = h
        for p in range(stencil.size):
            o = stencil.offset[p]
            t[p] = min(max(self.rounded(displaced(x, o, h)), lower), upper)
            if p and not t[p] > t[p - 1]:
                return False
            uniform = uniform and fabs((t[p] - x) - o * h) <= DISPLACEMENT_TOLERANCE * fabs(o * h)
        if not uniform:
            for p in range(stencil.size):
                realised[p] = (0.5 * t[p] - 0.5 * x) / h * 2
            fornberg_weights(realised, stencil.size, stencil.order, weight)
        for p in range(stencil.size):
            if stencil.offset[p] == 0 and shared:
                place.center = True
                continue
            place.t[place.count] = t[p]
            place.weight[place.count] = stencil.weight[p] if uniform else weight[p]
            place.count += 1
        return fits

    cdef double rounded(self, double t) noexcept:
        """The nearest number of the points' type."""
        return <double><float>t if self.evaluation.single else t

    cdef double spacing(self, double x) noexcept:
        """The distance of x to the next number of the points' type, away from 0 unless that overflows."""
        cdef double next
        if self.evaluation.single:
            next = <double>nextafterf(<float>x, <float>copysign(INFINITY, x))
        else:
            next = nextafter(x, copysign(INFINITY, x))
        if fabs(next) > self.limit:
            return 2 * self.spacing(0.5 * x)
        return fabs(next - x)

    cdef double representable(self, double x, double h) noexcept:
        """A step near h for which x + h and x - h are exact.

        Going away from 0 the grid is no finer than about x itself, and the difference is exact (Sterbenz). Steps
        larger than |x| need nothing: there the rounding of x + h is relative to h.
        """
        cdef double outward
        if h > fabs(x):
            return self.rounded(h)
        outward = self.rounded(x + copysign(h, x))
        if fabs(outward) > self.limit:
            outward = self.rounded(x - copysign(h, x))
        return fabs(outward - x)

    cdef void reduce(self, const Values* result) noexcept:
        """Derivatives of all outputs with respect to the entries of the block.

        A weighted sum is taken over differences from one value of the stencil: as the weights sum to 0 this is the
        same, it is exact where values agree in their leading digits, and the derivative of a constant is exactly 0.
        """
        cdef Values values = self.evaluation.values, center = self.evaluation.center
        cdef Py_ssize_t first, j, part, e
        cdef double reference
        cdef Entry* entry
        for first in range(0, result.outputs, OUTPUT_TILE):
            for e in range(self.planned):
                entry = &self.entries[e]
                for j in range(first, min(first + OUTPUT_TILE, result.outputs)):
                    for part in range(result.parts):
                        if entry.center:
                            reference = value_at(&center, entry.i if self.evaluation.pointwise else 0, j, part)[0]
                        else:
                            reference = value_at(&values, entry.first, j, part)[0]
                        value_at(result, entry.i, j, part)[0] = self.quotient(&values, entry, j, part, reference)

    cdef double quotient(
            self, const Values* values, const Entry* entry, Py_ssize_t j, Py_ssize_t part, double reference) noexcept:
        cdef double total = 0, guard = 1
        cdef Py_ssize_t p
        for p in range(entry.first, entry.first + entry.count):
            total += self.weight[p] * (value_at(values, p, j, part)[0] - reference)
        if not isfinite(total):
            # where only the sum overflows, the derivative need not
            total, guard = 0, OVERFLOW_GUARD
            for p in range(entry.first, entry.first + entry.count):
                total += self.weight[p] * (guard * value_at(values, p, j, part)[0] - guard * reference)
        for _power in range(self.order):
            total /= entry.h
        return total / guard

    cdef void withhold(self, const Values* result) noexcept:
        """NaN where there was no room for points."""
        cdef Py_ssize_t i, j, part
        for i in range(result.points):
            if self.status[i] != NOT_ESTIMATED:
                for j in range(result.outputs):
                    for part in range(result.parts):
                        value_at(result, i, j, part)[0] = NAN


def fixed_step(
        Function function, cnp.ndarray x, bint pointwise, bint one_output, str method, int order, int accuracy,
        step=None, scale=None, lower=None, upper=None, f0=None):
    """Difference quotients of `function` at x.

    Parameters
    ----------
    function : Function
    x : ndarray of float64 or float32
    pointwise : bool
        Whether f is a function of one number and every entry of x a point of its own.
    one_output : bool
        Whether more than one output is an error.
    method, order, accuracy
        As `Stencil.usual`.
    step, scale, lower, upper : ndarray of float64, shape (x.size,), optional
    f0 : optional
        f(x); if `pointwise`, at every point.

    Returns
    -------
    value : ndarray, shape f.shape + x.shape, or x.shape if `pointwise`
    step : ndarray, shape x.shape
    status : ndarray of int8, shape x.shape
    nfev : int
    """
    cdef Evaluation evaluation = new_evaluation(function, x, pointwise, one_output, f0)
    cdef FixedStep quotient = FixedStep.__new__(FixedStep)
    cdef Py_ssize_t n = evaluation.n, i = 0, start
    cdef cnp.ndarray value = None
    cdef cnp.ndarray steps = cnp.PyArray_SimpleNew(cnp.PyArray_NDIM(x), cnp.PyArray_DIMS(x), cnp.NPY_DOUBLE)
    cdef cnp.ndarray status = cnp.PyArray_SimpleNew(cnp.PyArray_NDIM(x), cnp.PyArray_DIMS(x), cnp.NPY_INT8)
    cdef Values result
    quotient.evaluation = evaluation
    quotient.method = method
    quotient.order = order
    quotient.accuracy = accuracy
    quotient.preferred = usual_stencil(method, order, accuracy)
    quotient.step = numbers_of(step, n)
    quotient.scale = numbers_of(scale, n)
    quotient.lower = numbers_of(lower, n)
    quotient.upper = numbers_of(upper, n)
    quotient.limit = FLT_MAX if evaluation.single else DBL_MAX
    quotient.points = Points()
    quotient.h = <double*>cnp.PyArray_DATA(steps)
    quotient.status = <signed char*>cnp.PyArray_DATA(status)
    evaluation.find_anchor(quotient.lower, quotient.upper)
    try:
        if evaluation.anchor < n:
            if not pointwise and (method != "central" or order % 2 == 0):
                evaluation.know_center()
            elif evaluation.vectorized:
                evaluation.call_alone()
        while i < n:
            # a first block of one entry shows what f returns, unless that is known
            if evaluation.eps != quotient.eps:
                quotient.eps = evaluation.eps
                quotient.relative_step = quotient.preferred.best_step(quotient.eps)
            quotient.begin(1 if evaluation.output_shape is None else evaluation.width(), n - i)
            start = i
            while i < n and quotient.planned < quotient.room:
                quotient.plan(i)
                i += 1
            if quotient.center_wanted:
                evaluation.know_center()
            evaluation.evaluate(quotient.points, DISPLACED)
            if evaluation.eps > quotient.eps and step is None:
                i = start  # f turned out to compute in single precision: other steps are better
            elif quotient.planned:
                if value is None:
                    value = new_result(&result, evaluation.m, n, evaluation.parts)
                quotient.reduce(&result)
        if value is None:
            # nothing to differentiate, or no room anywhere: only a Jacobian needs to know the shape of f(x)
            if not (pointwise or one_output):
                evaluation.know_center()
                value = new_result(&result, evaluation.m, n, evaluation.parts)
            else:
                value = new_result(&result, 1, n, 1)
        quotient.withhold(&result)
    finally:
        evaluation.loud()
    return finished(value, result.parts == 2, evaluation), steps, status, evaluation.nfev


cdef cnp.ndarray new_result(Values* result, Py_ssize_t outputs, Py_ssize_t n, Py_ssize_t parts):
    """Room for the derivatives, the entries of x on the last axis."""
    cdef cnp.npy_intp size = outputs * n * parts
    cdef cnp.ndarray value = cnp.PyArray_SimpleNew(1, &size, cnp.NPY_DOUBLE)
    result[0] = Values(
        data=<double*>cnp.PyArray_DATA(value), points=n, outputs=outputs, parts=parts, point_stride=parts,
        output_stride=n * parts)
    return value


cdef object finished(object value, bint is_complex, Evaluation evaluation):
    """The derivatives in the shape and type that the caller gets."""
    cdef tuple shape = (<object>evaluation.base).shape
    if is_complex:
        value = value.view(np.complex128)
    if evaluation.single:
        with np.errstate(over="ignore"):
            value = value.astype(np.complex64 if is_complex else np.float32)
    if not (evaluation.pointwise or evaluation.one_output):
        shape = evaluation.output_shape + shape
    return value.reshape(shape)
