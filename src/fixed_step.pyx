"""Fixed-step difference quotients: plan the displaced points, evaluate them block by block, reduce to derivatives.

Each line gets a stencil that stays within its bounds, realised on the floating-point grid; the points of many lines
form one block; the values of a block are reduced to derivatives, all outputs of f at a time.
"""
cimport cython
cimport numpy as cnp
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.float cimport DBL_MAX, DBL_MIN, FLT_MAX, FLT_MIN
from libc.math cimport INFINITY, NAN, copysign, fabs, isfinite, nextafter, nextafterf

from numdiff._kernels.answer cimport REACH, Answer, new_answer
from numdiff._kernels.callers cimport DISPLACED
from numdiff._kernels.evaluation cimport Evaluation, new_evaluation
from numdiff._kernels.lines cimport Line, Lines, numbers_of
from numdiff._kernels.method cimport Method
from numdiff._kernels.outputs cimport Outputs
from numdiff._kernels.points cimport Points
from numdiff._kernels.problem cimport Problem
from numdiff._kernels.status cimport EDGE, NOT_ESTIMATED
from numdiff._kernels.stencil cimport MAX_ORDER, MAX_POINTS, Stencil, fornberg_weights, usual_stencil
from numdiff._kernels.values cimport Values, number_at, value_at

cnp.import_array()

# the weights belong to the displacements as they come out in floating point, unless these are as good as exact
cdef double DISPLACEMENT_TOLERANCE = 2.0**-49
# of numbers about x, relative to x, whatever their type
cdef double COARSEST_SPACING = 2.0**-22
# Where nobody tells the scale of f, the step of a high accuracy suits any scale from max(|x|, 1) down to this part of
# it. The longer a stencil, the longer is its best step, and the worse its error if f varies over less than was guessed:
# at margins from 30 to 100 accuracies 3 to 8 have most digits on the functions that numdiff is tested with, 4 to 6 more
# in the median for accuracy 8 than without; the farther up, the fewer digits are left where the guess is right.
cdef double MARGIN = 64
# But there a higher accuracy has to be worth its points: its round-off is at most this part of the default accuracy's
# error. This shortens the margin where the order of the derivative is 3 or more.
cdef double WORTH = 0.1
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

cdef struct Layout:
    double h
    int count
    bint center                 # f(x) is a point of the stencil, known beforehand
    double t[MAX_POINTS]
    double weight[MAX_POINTS]

cdef struct Placed:             # a stencil on a line
    Py_ssize_t line
    Py_ssize_t first            # of its points in the block
    int count
    bint center
    double h


cdef inline int default_accuracy(bint central) noexcept nogil:
    """What reaches least: the step is that of the textbooks."""
    return 2 if central else 1


cdef double displaced(double x, double offset, double h) noexcept nogil:
    """x + offset h, also where the product overflows and the sum does not."""
    cdef double t = x + offset * h
    return t if isfinite(t) else (0.5 * x + offset * (0.5 * h)) * 2


cdef double share(double a, double b, double parts) noexcept nogil:
    """(b - a)/parts, also where the difference overflows."""
    return (b - a) / parts if isfinite(b - a) else (b / parts - a / parts)


cdef inline void accumulate(
        double* total, const double* value, Py_ssize_t stride, const double* reference, Py_ssize_t reference_stride,
        double weight, Py_ssize_t count) noexcept nogil:
    """Add a point of the stencil to the sums of neighbouring outputs."""
    cdef Py_ssize_t j
    for j in range(count):
        total[j] += weight * (value[j * stride] - reference[j * reference_stride])


@cython.final
@cython.auto_pickle(False)
cdef class FixedStep(Method):
    """Difference quotients with one step.

    Parameters
    ----------
    method : {"central", "forward", "backward"}
    accuracy : int, optional
        Order of the truncation error; 2 for "central" and 1 for the others by default.
    step, scale : ndarray of float64, optional
        One for each variable of x; along vectors, for each of them.
    """

    cdef readonly str method
    cdef readonly int accuracy
    cdef readonly object step
    cdef readonly object scale
    cdef list stencils

    def __init__(self, str method, accuracy=None, step=None, scale=None):
        if method not in ALTERNATIVES:
            raise ValueError(f"method must be 'central', 'forward' or 'backward'; got {method!r}")
        self.method = method
        self.accuracy = accuracy or default_accuracy(method == "central")
        self.step, self.scale = step, scale
        self.stencils = [None] * (MAX_ORDER + 1)
        # fails where there is no such stencil
        self.stencil(1)

    cdef Stencil stencil(self, int order):
        """The stencil of an order, kept because it takes longer to make than to use."""
        cdef Stencil stencil = self.stencils[order]
        if stencil is None:
            stencil = self.stencils[order] = Stencil.usual(self.method, order, self.accuracy)
        return stencil

    cdef Answer solve(self, Problem problem, tuple orders):
        cdef Quotients quotients = Quotients.__new__(Quotients)
        if len(orders) != 1:
            raise ValueError(f"orders must be one, since a step that suits one suits no other; got {orders}")
        quotients.prepare(self, problem, orders[0])
        try:
            quotients.run()
        finally:
            quotients.evaluation.loud()
        return quotients.answer


@cython.final
@cython.freelist(4)
cdef class Quotients:
    """The plan of a block of lines, and its reduction."""

    cdef FixedStep how
    cdef int order
    cdef Lines lines
    cdef Evaluation evaluation
    cdef Answer answer
    cdef bint reserved              # the values of the answer have their memory
    cdef Stencil preferred
    cdef list others                # stencils for lines near a bound; None until there is one
    cdef double* step               # one for each variable; NULL: the best for the stencil
    cdef double* scale              # NULL: 1
    cdef double limit               # largest number of the points' type
    cdef double eps
    cdef Stencil lowest             # the default's: the margin of the preferred stencil is limited by its error
    cdef Stencil lowest_beside      # that of the others
    cdef double relative_step       # the best for the preferred stencil and eps, in units of max(|x|, scale)
    cdef bint noisy                 # steps depend on the noise that is given
    cdef double noise               # of f at x, over f, where that is shared
    cdef Points points
    cdef double* weight             # of each point
    cdef Py_ssize_t weights         # that fit
    cdef Placed* placed
    cdef Py_ssize_t capacity
    cdef Py_ssize_t room
    cdef Py_ssize_t planned
    cdef bint center_wanted
    cdef double* reach              # of the answer
    cdef signed char* status

    def __dealloc__(self):
        PyMem_Free(self.weight)
        PyMem_Free(self.placed)

    cdef int prepare(self, FixedStep how, Problem problem, int order) except -1:
        cdef Lines lines = problem.lines
        cdef Py_ssize_t n = lines.variables if lines.start is NULL else lines.count
        self.how, self.lines = how, lines
        self.order = order
        self.preferred = how.stencil(order)
        self.step = numbers_of(how.step, n)
        self.scale = numbers_of(how.scale, n)
        self.lowest = self.preferred
        if self.margin(self.preferred) != 1:
            self.lowest = usual_stencil(how.method, order, default_accuracy(how.method == "central"))
        self.limit = FLT_MAX if lines.single else DBL_MAX
        self.evaluation = new_evaluation(problem)
        self.points = self.evaluation.points
        self.noisy = problem.noise is not None and self.step is NULL
        self.answer = new_answer(lines, problem.one_output, False, problem.wanted)
        self.answer.reserve_lines()
        self.reach, self.status = self.answer.quantity[REACH], self.answer.status
        return 0

    cdef int run(self) except -1:
        cdef Evaluation evaluation = self.evaluation
        cdef Py_ssize_t i = 0, start, n = self.lines.count
        if evaluation.first < n:
            if not self.lines.pointwise and (self.how.method != "central" or self.order % 2 == 0):
                evaluation.know_center()
            elif evaluation.vectorized:
                evaluation.call_alone()
            if self.noisy:
                evaluation.know_origins()
                evaluation.know_noise()
                self.noise = 0 if self.lines.pointwise else self.noise_over_f(0)
        while i < n:
            # a first block of one line shows what f returns, unless that is known
            if evaluation.outputs.eps != self.eps:
                self.eps = evaluation.outputs.eps
                self.relative_step = self.suitable(self.preferred, self.eps)
            self.begin(1 if evaluation.outputs.shape is None else evaluation.width(), n - i)
            start = i
            while i < n and self.planned < self.room:
                self.plan(i)
                i += 1
            if self.center_wanted:
                evaluation.know_center()
            evaluation.evaluate(self.points, DISPLACED)
            if evaluation.outputs.eps > self.eps and self.step is NULL:
                i = start  # f turned out to compute in single precision: other steps are better
            elif self.planned:
                self.reserve()
                self.reduce()
        if not self.reserved and self.answer.one_output:
            # no room anywhere: a number, whatever f is
            self.answer.reserve(1, (), 1)
        elif not self.reserved:
            # but the shape of f(x) has to be known
            evaluation.know_center()
            self.reserve()
        self.withhold()
        self.answer.nfev = evaluation.caller.nfev
        return 0

    cdef int reserve(self) except -1:
        """Room for the answer, as soon as it is known what f returns."""
        cdef Outputs outputs = self.evaluation.outputs
        if not self.reserved:
            self.reserved = True
            self.evaluation.know_noise()
            self.answer.reserve(1, outputs.shape, outputs.parts)
        return 0

    cdef int begin(self, Py_ssize_t width, Py_ssize_t lines) except -1:
        """Start a block of about `width` points, for so many lines at most."""
        # near a bound the stencil may be one-sided, which takes the most points
        cdef Py_ssize_t most = self.order + self.how.accuracy + 1 if self.lines.bounded() else self.preferred.size
        cdef Py_ssize_t capacity = max(min(width // most, lines), 1)
        self.room = capacity
        self.planned = 0
        self.center_wanted = False
        self.points.size = 0
        self.points.reserve(capacity * most)
        if capacity > self.capacity:
            self.placed = <Placed*>PyMem_Realloc(self.placed, capacity * sizeof(Placed))
            if self.placed is NULL:
                raise MemoryError
            self.capacity = capacity
        return 0

    cdef int plan(self, Py_ssize_t i) except -1:
        """Add the points of line i to the block; none if there is no room for any."""
        cdef Layout best, other
        cdef Stencil stencil
        cdef Line line
        cdef int p, refused = self.lines.line(i, &line)
        cdef Py_ssize_t variable = self.lines.variable(i)
        cdef double x = line.at, lower = max(line.lower, -self.limit), upper = min(line.upper, self.limit)
        cdef double unit, wanted, error, least, eps
        cdef bint given = self.step is not NULL, fits
        self.reach[i] = NAN
        self.status[i] = refused if refused else <int>NOT_ESTIMATED
        if refused:
            return 0
        unit = max(fabs(x), self.scale[variable] if self.scale is not NULL else 1.0)
        stencil = self.preferred
        eps = max(self.eps, self.noise_over_f(variable) if self.noisy and self.lines.pointwise else self.noise)
        wanted = self.step[variable] if given else self.best_step(self.preferred, unit, eps)
        best.count = 0
        fits = self.lay(&best, stencil, x, wanted, lower, upper)
        if not fits:
            # an explicit step is kept by going to the other side, where that is possible; else the model decides
            least = stencil.model_error(best.h / unit, eps, self.margin(stencil)) if best.count else INFINITY
            for stencil in self.alternatives():
                wanted = self.step[variable] if given else self.best_step(stencil, unit, eps)
                fits = self.lay(&other, stencil, x, wanted, lower, upper)
                error = INFINITY
                if other.count:
                    error = stencil.model_error(other.h / unit, eps, self.margin(stencil))
                if other.count and (best.count == 0 or error < least or (given and fits)):
                    best, least = other, error
                    if given and fits:
                        break
        if best.count == 0:
            self.status[i] = <int>EDGE
            return 0
        self.reach[i] = best.h
        self.center_wanted = self.center_wanted or best.center
        self.placed[self.planned] = Placed(
            line=i, first=self.points.size, count=best.count, center=best.center, h=best.h)
        self.planned += 1
        if self.points.size + best.count > self.weights:
            self.weights = 2 * (self.points.size + best.count)
            self.weight = <double*>PyMem_Realloc(self.weight, self.weights * sizeof(double))
            if self.weight is NULL:
                raise MemoryError
        for p in range(best.count):
            self.weight[self.points.size] = best.weight[p]
            self.points.add(i, self.lines.position(best.t[p]))
        return 0

    cdef double noise_over_f(self, Py_ssize_t origin) noexcept nogil:
        """The noise that is given at an origin, over the size of f there; 1 where f is lost in it."""
        cdef const Values* f = &self.evaluation.center
        cdef double noise = 0, size = 0, v
        cdef Py_ssize_t j, part
        for j in range(f.outputs):
            noise = max(noise, self.evaluation.noise_at(origin, j))
            for part in range(f.parts):
                v = fabs(value_at(f, origin, j, part)[0])
                if isfinite(v):
                    size = max(size, v)
        return noise / size if noise < size else 1.0 if noise > 0 else 0.0

    cdef double best_step(self, Stencil stencil, double unit, double eps) except -1:
        """The step that suits the stencil; not so small that f loses digits to gradual underflow."""
        cdef bint usual = stencil is self.preferred and eps == self.eps
        cdef double relative = self.relative_step if usual else self.suitable(stencil, eps)
        return max(relative * unit, FLT_MIN if self.lines.single else DBL_MIN)

    cdef double margin(self, Stencil stencil) noexcept nogil:
        """By which max(|x|, 1) may exceed the scale of f: where that is a guess, and the stencil none of those that
        reach least."""
        cdef bint guessed = self.scale is NULL and self.step is NULL
        cdef bint central = stencil.offset[0] < 0 < stencil.offset[stencil.size - 1]
        return MARGIN if guessed and stencil.accuracy > default_accuracy(central) else 1

    cdef double suitable(self, Stencil stencil, double eps) except -1:
        """The step for an f of unit scale, or for one whose scale is a guess."""
        cdef Stencil lowest = self.lowest if stencil is self.preferred else self.lowest_beside
        if self.margin(stencil) == 1:
            return stencil.best_step(eps, 1)
        return stencil.guarded_step(
            eps, self.margin(stencil), WORTH * lowest.model_error(lowest.best_step(eps, 1), eps, 1))

    cdef list alternatives(self):
        if self.others is None:
            self.others = [
                usual_stencil(method, self.order, self.how.accuracy) for method in ALTERNATIVES[self.how.method]]
            # all of them are one-sided
            self.lowest_beside = usual_stencil("forward", self.order, default_accuracy(False))
        return self.others

    cdef bint lay(
            self, Layout* layout, Stencil stencil, double x, double wanted, double lower, double upper) except -1:
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
        cdef bint shared = not self.lines.pointwise or self.evaluation.center_known
        cdef int p
        if first < 0:
            h = min(h, share(lower, x, -first))
        if last > 0:
            h = min(h, share(x, upper, last))
        fits = h >= wanted
        layout.count = 0
        layout.center = False
        if h < COARSEST_SPACING * fabs(x) or h < FLT_MIN:
            h = max(h, self.spacing(x))
        h = self.representable(x, h)
        while displaced(x, last, h) > upper or displaced(x, first, h) < lower:
            # rounding has led out of the bounds
            previous = h
            h = self.representable(x, min(h - self.spacing(x), h * (1 - 2.0**-20)))
            if not 0 < h < previous:
                return False
        layout.h = h
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
                layout.center = True
                continue
            layout.t[layout.count] = t[p]
            layout.weight[layout.count] = stencil.weight[p] if uniform else weight[p]
            layout.count += 1
        return fits

    cdef double rounded(self, double t) noexcept nogil:
        """The nearest number of the points' type."""
        return <double><float>t if self.lines.single else t

    cdef double spacing(self, double x) noexcept nogil:
        """The distance of x to the next number of the points' type, away from 0 unless that overflows."""
        cdef double next
        if self.lines.single:
            next = <double>nextafterf(<float>x, <float>copysign(INFINITY, x))
        else:
            next = nextafter(x, copysign(INFINITY, x))
        if fabs(next) > self.limit:
            return 2 * self.spacing(0.5 * x)
        return fabs(next - x)

    cdef double representable(self, double x, double h) noexcept nogil:
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

    cdef void reduce(self) noexcept nogil:
        """Derivatives of all outputs along the lines of the block.

        A weighted sum is taken over differences from one value of the stencil: as the weights sum to 0 this is the
        same, it is exact where values agree in their leading digits, and the derivative of a constant is exactly 0.
        """
        cdef Values values = self.evaluation.values, center = self.evaluation.center, result = self.answer.values(0)
        cdef Py_ssize_t first = 0, part, e
        cdef Placed* entry
        # a range with a constant step would be one of Python objects
        while first < result.outputs:
            for e in range(self.planned):
                entry = &self.placed[e]
                for part in range(result.parts):
                    if entry.center:
                        self.reduce_tile(
                            &result, &values, &center, self.lines.origin(entry.line), entry, first, part)
                    else:
                        self.reduce_tile(&result, &values, &values, entry.first, entry, first, part)
            first += OUTPUT_TILE

    cdef void reduce_tile(
            self, const Values* result, const Values* values, const Values* references, Py_ssize_t reference,
            const Placed* entry, Py_ssize_t first, Py_ssize_t part) noexcept nogil:
        """Derivatives of some neighbouring outputs, side by side, which the compiler makes vectors of."""
        cdef double[OUTPUT_TILE] total
        cdef Py_ssize_t count = min(<Py_ssize_t>OUTPUT_TILE, result.outputs - first), j, p
        cdef const double* from_ = value_at(references, reference, first, part)
        cdef double* derivative = value_at(result, entry.line, first, part)
        if count == 1:
            derivative[0] = self.quotient(values, entry, first, part, from_[0], 1)
            return
        for j in range(count):
            total[j] = 0
        for p in range(entry.first, entry.first + entry.count):
            if values.output_stride == 1 and references.output_stride == 1:
                accumulate(
                    total, value_at(values, p, first, part), 1, from_, 1,
                    number_at(self.weight, self.weights, p)[0], count)
            else:
                accumulate(
                    total, value_at(values, p, first, part), values.output_stride, from_, references.output_stride,
                    number_at(self.weight, self.weights, p)[0], count)
        for j in range(count):
            if isfinite(total[j]):
                derivative[j * result.output_stride] = self.over_powers_of_step(total[j], entry)
            else:
                # where only the sum overflows, the derivative need not
                derivative[j * result.output_stride] = self.quotient(
                    values, entry, first + j, part, from_[j * references.output_stride], OVERFLOW_GUARD)

    cdef double quotient(
            self, const Values* values, const Placed* entry, Py_ssize_t j, Py_ssize_t part, double reference,
            double guard) noexcept nogil:
        """The derivative of one output, with values of f scaled by `guard`."""
        cdef double total = 0
        cdef Py_ssize_t p
        for p in range(entry.first, entry.first + entry.count):
            total += number_at(self.weight, self.weights, p)[0] * (
                guard * value_at(values, p, j, part)[0] - guard * reference)
        if guard == 1 and not isfinite(total):
            return self.quotient(values, entry, j, part, reference, OVERFLOW_GUARD)
        return self.over_powers_of_step(total, entry) / guard

    cdef double over_powers_of_step(self, double total, const Placed* entry) noexcept nogil:
        for _power in range(self.order):
            total /= entry.h
        return total

    cdef void withhold(self) noexcept nogil:
        """NaN where there was no room for points."""
        cdef Values result = self.answer.values(0)
        cdef Py_ssize_t i, j, part
        for i in range(result.points):
            if self.status[i] != <int>NOT_ESTIMATED:
                for j in range(result.outputs):
                    for part in range(result.parts):
                        value_at(&result, i, j, part)[0] = NAN
