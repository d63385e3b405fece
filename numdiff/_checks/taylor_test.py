"""The Taylor test: how fast the remainders of Taylor's formula vanish along a direction tells whether grad is right."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from numdiff._checks.analytic import Analytic, call_analytic, f_and_derivative, length_of
from numdiff._checks.directions import Displacements, sizes_of
from numdiff._kernels.evaluation import Evaluation
from numdiff._kernels.function import Function
from numdiff._kernels.plain import require_plain
from numdiff._kernels.problem import Problem
from numdiff._options import (
    Derivative,
    Differentiable,
    LineOptions,
    as_lines,
    as_point,
    complete,
    integer_between,
    public,
)

__all__ = ["TaylorTestReport", "taylor_test"]

Array = np.ndarray[Any, Any]

RATIO = 4.0
# Points of the sweep. More follow as long as f can still be told from f(x): variables may be displaced by many times
# their size, if the others are that much larger, and then all of this is too coarse for them.
POINTS = 21
MOST_POINTS = 41
# Part of the step that the rounding of x may change.
STEP_ERROR = 2.0**-6
# Points that a rate is fitted to: the finest above the floor.
FEWEST = 3
MARGIN = 0.25
# Beside the edge of the domain f may be far from any polynomial, and there is no other side to tell.
ONE_SIDED_MARGIN = 0.1
# A pass excludes errors of this part of what grad says of the direction.
RESOLUTION = 1e-2
# Measured noise is about a standard deviation, rounding about a unit in the last place.
NOISE_FACTOR = 6.0
ROUNDING_FACTOR = 4.0
# Standard deviation of the third difference of values on a grid of ratio 4, for noise of 1.
THIRD = float(np.sqrt(1.0 + 20.0**2 + 64.0**2 + 45.0**2))
NOISE_POINTS = 6
# So many third differences in a row, each less than a fourth of the one before, are hardly ever noise.
FALLING = 4
BISECTIONS = 12
# After that many bisections a continuous change has become this part of what it was, or less.
SMOOTH_ONSET = 2.0**-8
# From step to step the third differences of a smooth f grow by 4^3 or more; where it begins to jump, by any factor.
SUDDEN = 1e-4
# How far the exponent of h between two steps may be from that of finer steps, if the same term is to lead.
REGULAR = 0.5
# How far the slopes on the other side may be from a constant.
CONSTANCY = 0.3
# Rows of the text: as many as there can be in the window, and what comes before and after.
BEFORE, AFTER = 3, 2


@dataclass(frozen=True, eq=False)
class TaylorTestReport:
    """What a Taylor test found. It is true if, and only if, the verdict is "pass".

    Attributes
    ----------
    verdict : {"pass", "fail", "inconclusive"}
        "fail" if a remainder vanishes too slowly, and nothing but the derivative explains it.
    reason : str
        Why.
    h : ndarray
        The steps, falling: the points are ``x + h * direction``.
    remainders : ndarray
        Of shape (2, len(h)), or (3, len(h)) with a Hessian: absolute values of the remainders after the terms of order
        0, 1 and 2. NaN where f was not available.
    floor : ndarray
        Of the same shape: what rounding and noise may contribute to the remainders.
    rates : ndarray
        The exponents of h that were observed; NaN where a remainder is at the noise level, or has too few points above.
    expected : tuple of int
        The exponents of a right derivative: 1, 2 and, with a Hessian, 3.
    direction : ndarray
        Of the shape of x. The opposite of what was asked for, if f was available on that side only.
    seed : int or None
        What to pass again to have the same direction; None if it was given.
    nfev : int
        Points at which f was evaluated, every one counted.

    Examples
    --------
    >>> import numpy as np
    >>> import numdiff
    >>> report = numdiff.taylor_test(lambda x: np.sum(x**3), lambda x: 3.1 * x**2, [1.0, 2.0])
    >>> report.verdict, bool(report), report.rates.round(1).tolist()
    ('fail', False, [1.0, 1.0])
    """

    __module__ = "numdiff"

    verdict: str
    reason: str
    h: Array
    remainders: Array
    floor: Array
    rates: Array
    expected: tuple[int, ...]
    direction: Array
    seed: int | None
    nfev: int

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    def __str__(self) -> str:
        seed = "" if self.seed is None else f"; seed {self.seed}"
        head = f"taylor_test: {self.verdict.upper()} ({self.nfev:,} evaluations{seed})"
        return "\n".join([head, *self._table(), f"  {self.reason}"])

    def _table(self) -> Iterator[str]:
        rows = [("h", *(f"R{p}" for p in range(len(self.remainders))))]
        rows += [(f"{self.h[k]:.2e}", *(self._cell(p, k) for p in range(len(rows[0]) - 1))) for k in self._shown()]
        rows += [("rate", *("-" if np.isnan(rate) else f"{rate:.2f}" for rate in self.rates))]
        rows += [("expected", *map(str, self.expected))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

    def _cell(self, p: int, k: int) -> str:
        remainder = self.remainders[p, k]
        if np.isnan(remainder):
            return "not available"
        return f"{remainder:.2e}" + ("" if remainder > self.floor[p, k] else " (noise)")

    def _shown(self) -> Array:
        """The steps about those at which the last remainders reach the noise."""
        with np.errstate(invalid="ignore"):
            visible = np.flatnonzero((self.remainders[1:] > self.floor[1:]).any(axis=0))
        last = int(visible[-1]) if visible.size else BEFORE
        return np.arange(max(last - FEWEST - BEFORE, 0), min(last + AFTER + 1, self.h.size))


@public(LineOptions)
def taylor_test(
    f: Differentiable,
    grad: Derivative,
    x: ArrayLike,
    direction: ArrayLike | None = None,
    hess: Any = None,
    *,
    seed: int = 0,
    **given: Unpack[LineOptions],
) -> TaylorTestReport:
    """Test a gradient, and a Hessian, by the rates at which the remainders of Taylor's formula vanish.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args, **kwargs)``, from an array to a number, as for `gradient`.
    grad : callable or True
        ``grad(x, *args, **kwargs)``, its gradient, as for `check_gradient`; it is called at x only. True, if f itself
        returns pairs (value, gradient).
    x : array_like
        The point, of any shape.
    direction : array_like, optional
        The direction d, of the shape of x. By default it is random: each component is between half the size of its
        variable and all of it, of random sign.
    hess : callable or array_like, optional
        ``hess(x, *args, **kwargs)``, the Hessian, or its value at x: of shape ``x.shape + x.shape``, or a matrix, array
        or scipy.sparse. The remainders of order 2 are looked at also.
    seed : int, optional
        Of the random direction. It is in the report: the same seed gives the same direction.
    **options

    Returns
    -------
    TaylorTestReport
        True if, and only if, the verdict is "pass"; `print` shows a table.

    Raises
    ------
    TypeError
        If x, direction, grad(x) or hess(x) are not real, f or grad can't be called, or `vectorized`, `args` or `kwargs`
        are given beside a `Function`.
    ValueError
        If direction, grad(x) or hess(x) have not the shape that they should have, direction is zero or not finite, x is
        empty or outside of `bounds`, or f returns more than one number.
    Exception
        Whatever f, grad or hess raise at x. Elsewhere an error that may mean the end of the domain, as `derivative`
        says, means that f is not available.

    See Also
    --------
    check_gradient : every entry of a gradient, compared with error bounds.

    Notes
    -----
    **The remainders.** With g = grad(x) and H = hess(x),

    - R0 = ``|f(x + h d) - f(x)|`` is of order h,
    - R1 = ``|f(x + h d) - f(x) - h g.d|`` is of order h^2 if g is right, else of order h,
    - R2 = ``|f(x + h d) - f(x) - h g.d - h^2/2 d.Hd|`` is of order h^3 if H is right also, else of order h^2.

    h falls from where a variable changes by half of its size or less, by factors of 4, to where the rounding of x
    shows. What is subtracted is computed for the step that is left of ``h d`` when ``x + h d`` has been rounded. The
    rates are fitted, by least squares, to the finest three points above the noise, and a fourth if it is in line.

    **The noise floor** has three parts: the rounding of f(x) and of x, the rounding of g and H (eps^(3/4) of the type
    that they are returned in, relative to their terms), and noise that is measured: in third differences of f along the
    line, in the values at x of a second evaluation, and in the smallest change of an f with rounded values. No error
    of g touches those. What `noise` gives is added to them.

    **The rules.** R1 *passes* if its rate is at least 1.75, or if it is at the noise level (as it is for linear f), and
    an error of 1% of the scale would have been seen; the reason says what would. The scale is the larger of the norm of
    what the entries of g contribute to g.d, and of R0/h where f is like its Taylor polynomial. It *fails* if the rate
    is 1, to within 0.25, on both sides of x, or to within 0.1 where f is available on one side only. All else is
    *inconclusive*: a kink along d where g is a subgradient, rates in between as of an f without second derivatives,
    noise that leaves less than three points. R2 is judged likewise, one order higher. No rule depends on the units of f
    or of x.

    That takes 25 to 50 evaluations of f, whatever the number of variables.

    An error is seen if it matters to g.d: along a direction that is orthogonal to it no test can tell. Take several
    seeds, or `check_gradient`.

    References
    ----------
    .. [1] P. E. Farrell, D. A. Ham, S. W. Funke, M. E. Rognes, "Automated derivation of the adjoint of high-level
       transient finite element programs", SIAM J. Sci. Comput. 35 (2013) C369-C393: the test, in section 6.
    .. [2] J. J. Moré, S. M. Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011) 1292-1314: noise
       from differences.

    Examples
    --------
    >>> import numpy as np
    >>> import numdiff
    >>> from scipy.optimize import rosen, rosen_der, rosen_hess
    >>> report = numdiff.taylor_test(rosen, rosen_der, [-1.2, 1.0, 0.7], hess=rosen_hess)
    >>> report.verdict, report.rates.round(1).tolist(), report.expected
    ('pass', [1.0, 2.0, 3.0], (1, 2, 3))
    >>> wrong = lambda x: rosen_der(x) * [1, 1, 1.0001]
    >>> numdiff.taylor_test(rosen, wrong, [-1.2, 1.0, 0.7]).rates.round(1).tolist()
    [1.0, 1.0]
    """
    options = complete("taylor_test", given, LineOptions, "direction", "hess", "seed")
    pairs = grad is True
    function, grad = f_and_derivative(f, grad, "grad", options, pointwise=False)
    point = as_point(x)
    if not point.size:
        raise ValueError(f"x must not be empty; got shape {point.shape}")
    lines = as_lines(point, False, options["bounds"], options["side"])
    seed = integer_between(seed, 0, 2**63 - 1, "seed")
    asked = None if direction is None else _direction(direction, point)
    before = Evaluation(Problem(function, lines, None, True, options["noise"]))
    f0 = before.at_x()
    real_number(f0)
    slope = _derivative(grad, "grad", function, point, 1)
    curvature = None if hess is None else _derivative(hess, "hess", function, point, 2)

    d = np.asarray(Displacements(lines, seed)(0) if asked is None else asked)
    line = Line(Problem(function, lines, f0, True), d, before.spacing, float(before.known_to()[0]))
    orders = 2 if curvature is None else 3
    told = None if asked is not None else seed

    def report(
        verdict: str, reason: str, found: "Remainders | None" = None, rates: Array | None = None
    ) -> TaylorTestReport:
        nothing = np.empty((orders, 0))
        return TaylorTestReport(
            verdict,
            reason,
            np.empty(0) if found is None else found.h,
            nothing if found is None else np.abs(found.signed),
            nothing if found is None else found.floor,
            np.full(orders, nan) if rates is None else rates,
            tuple(range(1, orders + 1)),
            (d if found is None else found.way * d).reshape(point.shape),
            told,
            before.nfev + pairs + line.evaluation.nfev,
        )

    if not (np.isfinite(point).all() and np.isfinite(line.f0)):
        return report("inconclusive", "x or f(x) is not finite")
    for name, numbers in (("grad", slope.matrix), ("hess", None if curvature is None else curvature.matrix)):
        if numbers is not None and not np.isfinite(numbers).all():
            return report("fail", f"{name}(x) is not finite")
    # only f, grad and hess may warn of the sizes of their numbers, and have done so
    with np.errstate(all="ignore"):
        terms = Terms.of(slope, curvature, d, point)
        samples = line.sweep()
        if samples is None:
            return report("inconclusive", "there is no room along the direction within bounds where f is available")
        found = Remainders.of(line, samples, terms)
        verdicts = [judge(line, found, terms, p) for p in range(1, orders)]
        rates = np.array([found.rate(found.window(0), 0), *(v.rate for v in verdicts)])
    first = next((v for word in ("fail", "inconclusive") for v in verdicts if v.verdict == word), None)
    if first is not None:
        return report(first.verdict, first.reason, found, rates)
    return report("pass", "; ".join(v.reason for v in verdicts), found, rates)


def _direction(direction: Any, x: Array) -> Array:
    """A direction as it was given, as a vector."""
    require_plain(direction, "direction")
    try:
        d = np.asarray(direction)
    except ValueError as error:
        raise ValueError(f"direction must be a rectangular array of numbers; got {direction!r}") from error
    if d.dtype.kind not in "iuf":
        raise TypeError(f"direction must hold real numbers; got dtype {d.dtype}")
    if d.shape != x.shape:
        raise ValueError(f"direction must have the shape of x, {x.shape}; got shape {d.shape}")
    d = d.reshape(-1).astype(np.float64)
    if not np.isfinite(d).all():
        raise ValueError(f"direction must be finite; got {direction!r}")
    if not d.any():
        raise ValueError(f"direction must not be zero; got {direction!r}")
    return np.asarray(d)


def _derivative(derivative: Any, name: str, function: Function, x: Array, order: int) -> Analytic:
    """The gradient, as a row, or the Hessian, as a matrix."""
    call = derivative if callable(derivative) else lambda *_: derivative
    expected = x.shape * order
    found = call_analytic(call, name, function, x, False, expected, x.size if order == 2 else 1)
    if found.matrix is None:
        kind = "be or return" if order == 2 else "return"
        raise ValueError(f"{name} must {kind} an array of shape {expected}; got shape {found.given}")
    if found.matrix.dtype.kind == "c":
        raise TypeError(f"{name} must return real numbers; got {found.dtype}")
    return replace(found, matrix=found.dense())


def real_number(values: Array) -> float:
    """What f returned at one point."""
    if values.dtype.kind == "c":
        raise TypeError(f"f must return a real number; got {values.dtype} at x")
    return float(values.reshape(-1)[0])


def norm(v: Array) -> float:
    """The norm of an array whose squares may overflow."""
    return length_of(v.reshape(-1)) if v.any() else 0.0


class Line:
    """f along a direction d through x, to both sides."""

    def __init__(self, problem: Problem, d: Array, eps: float, noise: float) -> None:
        self.lines, self.d, self.eps, self.noise = problem.lines.along([d]), d, eps, noise
        self.f0 = float(problem.f0.reshape(-1)[0])
        self.evaluation = Evaluation(Problem(problem.function, self.lines, problem.f0, True))
        self.sizes = sizes_of(self.lines.x)

    def again(self) -> float:
        """f(x) once more."""
        return self.value(0.0)[0]

    def value(self, h: float) -> tuple[float, Array]:
        """f at x + h d, NaN where it is not available, and the step that rounding and bounds have left."""
        displacement = np.array([h])
        with np.errstate(over="ignore"):
            y = self.lines.points(0, displacement)[0]
        left = y.astype(np.float64) - self.lines.x.reshape(-1)
        if not np.isfinite(y).all():
            return nan, left
        value = real_number(self.evaluation.along(0, displacement))
        self.eps = max(self.eps, self.evaluation.spacing)
        return value if np.isfinite(value - self.f0) else nan, left

    def sweep(self) -> "Samples | None":
        """Samples along d or, if f is not available there, along -d; None if it is on neither side."""
        for way in (1.0, -1.0):
            samples = self._samples(way)
            if samples is not None:
                return samples
        return None

    def _samples(self, way: float) -> "Samples | None":
        u = way * self.d
        h = 2.0 ** np.floor(np.log2(0.5 / float(np.max(np.abs(u) / self.sizes, initial=0.0)))) if u.any() else 0.0
        while h > self.room(way):
            h /= RATIO
        steps: list[float] = []
        values: list[float] = []
        left: list[Array] = []
        while h > 0 and len(steps) < MOST_POINTS:
            value, step = self.value(way * h)
            off = norm((step - h * u) / self.sizes) > STEP_ERROR * norm(h * u / self.sizes)
            lost = abs(value - self.f0) <= ROUNDING_FACTOR * self.eps * abs(self.f0)
            if off or (lost and len(steps) >= POINTS):
                break
            steps.append(h)
            values.append(value)
            left.append(step)
            h /= RATIO
        if np.isfinite(values[-POINTS // 2 :]).sum() < FEWEST:
            return None
        return Samples(way, np.array(steps), np.array(values), np.array(left))

    def room(self, way: float) -> float:
        """The largest step within bounds."""
        low, high = self.lines.room(0)
        return high if way > 0 else -low


@dataclass(frozen=True)
class Samples:
    """Values of f at x + h d or, if the way is -1, x - h d, and the steps that they were really taken at."""

    way: float
    h: Array
    values: Array
    steps: Array


@dataclass(frozen=True)
class Terms:
    """Taylor's terms; of each order the scale of what its entries contribute, and how much of it is rounding.

    `rounding` is what the rounding of x makes of f.
    """

    gradient: Array
    hessian: Array | None
    scales: tuple[float, ...]
    tolerances: tuple[float, ...]
    rounding: float

    @classmethod
    def of(cls, slope: Analytic, curvature: Analytic | None, d: Array, x: Array) -> "Terms":
        """From what was given."""
        with np.errstate(all="ignore"):
            g = slope.matrix.reshape(-1)
            contributions = [g * d]
            if curvature is not None:
                contributions.append(curvature.matrix * np.outer(d, d))
            eps = float(np.finfo(x.dtype).eps)
            return cls(
                g,
                None if curvature is None else curvature.matrix,
                tuple(map(norm, contributions)),
                tuple(
                    float(np.finfo(a.dtype).eps) ** 0.75 * float(np.abs(c).sum())
                    for a, c in zip((slope, curvature), contributions, strict=False)
                    if a is not None
                ),
                eps * norm(g * x.reshape(-1).astype(np.float64)),
            )

    def signed(self, difference: float, step: Array) -> Array:
        """The remainders of f(x + step) - f(x)."""
        remainders: list[Any] = [difference]
        with np.errstate(all="ignore"):
            remainders.append(difference - self.gradient @ step)
            if self.hessian is not None:
                remainders.append(remainders[1] - step @ self.hessian @ step / 2)
        # what has overflowed tells nothing
        return np.where(np.isfinite(remainders), remainders, nan)


@dataclass(frozen=True)
class Remainders:
    """Remainders with their signs, of shape (orders, steps), with the floor of each; `noise` is what was measured."""

    way: float
    h: Array
    signed: Array
    floor: Array
    noise: Array

    @classmethod
    def of(cls, line: Line, samples: Samples, terms: Terms) -> "Remainders":
        """From samples, and some more to see the noise."""
        differences = samples.values - line.f0
        signed = np.stack([terms.signed(a, s) for a, s in zip(differences, samples.steps, strict=True)], axis=1)
        rounding = line.eps * np.fmax(abs(line.f0), np.abs(samples.values)) + terms.rounding
        rounding *= ROUNDING_FACTOR
        onset, jump = quantum(line, samples, differences, rounding)
        noise = np.fmax(noise_of(differences, onset), abs(line.again() - line.f0))
        # of both values
        floor = rounding + NOISE_FACTOR * noise + 2 * line.noise + jump
        floors = [floor, floor + samples.h * terms.tolerances[0]]
        if terms.hessian is not None:
            floors.append(floors[1] + samples.h**2 / 2 * terms.tolerances[1])
        return cls(samples.way, samples.h, signed, np.array(floors), noise)

    def window(self, p: int) -> Array:
        """The finest steps at which a remainder is above its floor, several in a row; empty if there are none."""
        available = np.flatnonzero(~np.isnan(self.signed[p]))
        above = np.abs(self.signed[p, available]) > self.floor[p, available]
        for last in range(available.size - 1, FEWEST - 2, -1):
            if above[last - FEWEST + 1 : last + 1].all():
                steps = np.asarray(available[last - FEWEST + 1 : last + 1])
                if last < FEWEST or not above[last - FEWEST]:
                    return steps
                # one more, unless other terms have taken over there
                more = np.insert(steps, 0, available[last - FEWEST])
                return more if abs(self.rate(more[:2], p) - self.rate(steps, p)) <= REGULAR else steps
        return available[:0]

    def rate(self, window: Array, p: int) -> float:
        """The exponent of h."""
        if not window.size:
            return nan
        with np.errstate(over="ignore"):
            sizes = np.clip(np.abs(self.signed[p, window] / self.signed[p, window[-1]]), 1e-300, 1e300)
        return float(np.polynomial.polynomial.polyfit(np.log(self.h[window] / self.h[window[-1]]), np.log(sizes), 1)[1])

    def seen(self, p: int, window: Array) -> float:
        """The smallest error of the derivative of order p that its remainders would have shown."""
        with np.errstate(over="ignore"):
            error = p * np.maximum(np.abs(self.signed[p]), self.floor[p]) / self.h**p
        if window.size:
            # twice, since an error of the other sign than the next term may hide in their difference
            return float(2 * (error[window] * (self.h[window[-1]] / self.h[window])).max())
        # several of them, since at one step two terms may cancel
        return float(np.sort(error)[FEWEST - 1])


def noise_of(differences: Array, onset: int) -> Array:
    """The noise at each step: the largest third difference of this step and all finer ones, at least `NOISE_POINTS`.

    On a grid of ratio 4 that is free of the value at x, of slope and curvature, but for what rounding makes of them. Of
    a smooth f it is a hundredth of R2. At steps from `onset` on f does not change, which does not mean that it is
    without noise.
    """
    with np.errstate(all="ignore"):
        third = np.abs(differences[:-2] - 20 * differences[1:-1] + 64 * differences[2:])
    noise = np.where(np.isfinite(third), third / THIRD, 0.0)
    largest = np.maximum.accumulate(noise[::-1])[::-1]
    # all the way down these are terms of a smooth f, for which no step is small enough
    falling = bool((noise[1:] < noise[:-1] / RATIO)[-FALLING:].all())
    last = noise.size - 1 if falling else max(min(noise.size, onset) - NOISE_POINTS, 0)
    return np.asarray(largest[np.minimum(np.arange(differences.size), last)])


def quantum(line: Line, samples: Samples, differences: Array, rounding: Array) -> tuple[int, float]:
    """The step from which on f does not change at all, and how far it jumps there: 0 if it begins to change smoothly.

    If there is no such step, the number of steps.
    """
    known = np.flatnonzero(~np.isnan(differences))
    changed = np.flatnonzero(differences[known] != 0)
    if not changed.size or known.size - changed[-1] <= FEWEST:
        return differences.size, 0.0
    k, onset = known[changed[-1]], known[changed[-1] + 1]
    high, low, jump = samples.h[k], samples.h[onset], abs(differences[k])
    for _ in range(BISECTIONS):
        if jump <= max(rounding[k], SMOOTH_ONSET * abs(differences[k])):
            return differences.size, 0.0
        middle = (low + high) / 2
        change = abs(line.value(samples.way * middle)[0] - line.f0)
        if change > 0:
            high, jump = middle, change
        else:
            low = middle
    return int(onset), float(jump)


# --------------------------------------------------------------------------- verdicts

DERIVATIVE = {1: "grad", 2: "hess"}


@dataclass(frozen=True)
class Judgement:
    """The verdict on the remainders of one order."""

    verdict: str
    reason: str
    rate: float


def judge(line: Line, found: Remainders, terms: Terms, p: int) -> Judgement:
    """What the remainders of order p say of the derivative of order p, those of lower order having been judged."""
    window = found.window(p)
    rate = found.rate(window, p)
    name = DERIVATIVE[p]
    if window.size and rate < p + 1 - MARGIN:
        if not vanishes(found, p, window):
            return slow(line, found, terms, p, window, rate)
        window = window[:0]
    seen = found.seen(p, window)
    scale = scale_of(found, terms, p, window)
    sharp = seen < RESOLUTION * scale or not np.nan_to_num(found.signed[: p + 1]).any()
    told = f"an error of {name} along d above {seen / scale:.1g} of its scale would have been seen" if scale else ""
    if not window.size:
        above = np.count_nonzero(np.abs(found.signed[p]) > found.floor[p])
        if not sharp:
            return Judgement(
                "inconclusive",
                f"R{p} has {above} points above the noise, of which it takes {FEWEST} in a row to see a rate",
                nan,
            )
        rate = nan
        reason = f"R{p} is at the noise level" + (", but for the largest h" if above else "")
    elif not sharp:
        reason = f"R{p} falls with rate {rate:.2f} down to the noise, which hides errors of {name} along d below"
        return Judgement("inconclusive", f"{reason} {seen / scale if scale else inf:.1g} of its scale", rate)
    else:
        reason = f"R{p} falls with rate {rate:.2f}"
    kink = other_side(line, found, terms, p, window, RESOLUTION * scale)
    if kink:
        return Judgement("inconclusive", f"{reason} along d, but {kink}", rate)
    return Judgement("pass", f"{reason}; {told or 'f does not change along d'}", rate)


def scale_of(found: Remainders, terms: Terms, p: int, window: Array) -> float:
    """What errors of the derivative of order p are relative to."""
    steps = regime(found, p, window)
    below = np.abs(found.signed[p - 1, steps]) - found.floor[p - 1, steps]
    with np.errstate(over="ignore"):
        ranges = p * below / found.h[steps] ** p
    scale = max(terms.scales[p - 1], float(ranges.max(initial=0.0)))
    if p == 2 and not found.window(1).size:
        # f is linear as far as one can see: curvature is measured by the slope
        scale = max(scale, scale_of(found, terms, 1, window[:0]) / (2 * found.h[0]))
    return scale


def regime(found: Remainders, p: int, window: Array) -> Array:
    """The steps at which f is like its polynomial: beyond, it may be anything."""
    available = np.flatnonzero(~np.isnan(found.signed[p]))
    if not window.size:
        return np.asarray(available[np.abs(found.signed[p, available]) <= found.floor[p, available]])
    first = int(np.searchsorted(available, window[0]))
    rate = found.rate(window, p)
    while first and abs(found.rate(available[first - 1 : first + 1], p) - rate) <= REGULAR:
        first -= 1
    return np.asarray(available[first : int(np.searchsorted(available, window[-1])) + 1])


def vanishes(found: Remainders, p: int, window: Array) -> bool:
    """Whether a remainder falls below the noise all at once at the finest steps, where f is another polynomial."""
    finer = np.arange(window[-1] + 1, found.h.size)
    if finer.size < 2:
        return False
    expected = abs(found.signed[p, window[-1]]) * (found.h[finer[:2]] / found.h[window[-1]]) ** p
    with np.errstate(invalid="ignore"):
        return bool(
            (4 * found.floor[p, finer[:2]] < expected).all()
            and (np.abs(found.signed[p, finer[:2]]) <= found.floor[p, finer[:2]]).all()
        )


def slow(line: Line, found: Remainders, terms: Terms, p: int, window: Array, rate: float) -> Judgement:
    """A remainder that vanishes too slowly: by an error of the derivative, or because f is not smooth."""
    order = max(round(rate), 1)
    finest = window[-FEWEST:]
    here = found.signed[p, finest]
    one_sign = bool((np.sign(here) == np.sign(here[-1])).all())
    told = f"R{p} falls with rate {rate:.2f} instead of {p + 1}"
    if abs(rate - order) > MARGIN or order > p or not one_sign:
        return Judgement("inconclusive", f"{told}: f is not smooth enough near x, or noise leaves too little", rate)
    if staircase(found, p, finest):
        return Judgement("inconclusive", f"{told}, but larger steps agree with grad: f has rounded values", rate)
    # for one derivative the remainders of odd order are opposite on the other side, those of even order the same
    there = opposite(line, found, terms, p, finest)[-1] * (-1.0) ** order
    if np.isnan(there) and abs(rate - order) > ONE_SIDED_MARGIN:
        return Judgement("inconclusive", f"{told}: f is not smooth enough near x, on the side where it is known", rate)
    if there / here[-1] <= 0.1:
        what = "a kink at x along d" if order == 1 else "second derivatives that differ on both sides of x along d"
        return Judgement("inconclusive", f"{told}, but not on both sides alike: f has {what}", rate)
    error = here[-1] / found.h[finest[-1]] ** order * (1 if order == 1 else 2)
    product = "g.d" if order == 1 else "d.Hd"
    return Judgement(
        "fail", f"{told}: {DERIVATIVE[order]} is wrong along d; {product} should be larger by {error:.6g}", rate
    )


def staircase(found: Remainders, p: int, finest: Array) -> bool:
    """Whether a slope seen at the finest steps is none at larger ones, where noise sets in that was not seen before."""
    with np.errstate(over="ignore"):
        error = found.signed[p] / found.h**p
    coarser = np.flatnonzero(~np.isnan(error[: finest[0]]))[::-1]
    away = coarser[np.abs(error[coarser] - error[finest[-1]]) > abs(error[finest[-1]]) / 2][:FEWEST]
    small = np.count_nonzero(np.abs(error[away]) < abs(error[finest[-1]]) / 4)
    if small < FEWEST - 1:
        return False
    onset = found.noise[away[0] : away[0] + 3]
    return bool((onset[1:] < SUDDEN * onset[:-1]).any())


def opposite(line: Line, found: Remainders, terms: Terms, p: int, steps: Array) -> Array:
    """The remainders on the other side of x, NaN where f is not available."""
    room = line.room(-found.way)
    remainders = np.full(steps.size, nan)
    for i, h in enumerate(found.h[steps]):
        if h <= room:
            value, step = line.value(-found.way * h)
            remainders[i] = terms.signed(value - line.f0, step)[p]
    return remainders


def other_side(line: Line, found: Remainders, terms: Terms, p: int, window: Array, least: float) -> str:
    """What a derivative that is right along d is along -d, if it is wrong there by more than `least`."""
    if window.size:
        steps = window[-FEWEST:]
    else:
        visible = found.floor[p] / found.h**p < least / 4
        steps = np.flatnonzero(visible & ~np.isnan(found.signed[p]))[-FEWEST:]
    if steps.size < FEWEST:
        return ""
    h = found.h[steps]
    error = opposite(line, found, terms, p, steps) / h**p
    constant = np.ptp(error) <= CONSTANCY * abs(error[-1])
    if not (constant and abs(error[-1]) > max(least, 2 * float((found.floor[p, steps] / h**p).max()))):
        return ""
    what = "a kink at x" if p == 1 else "second derivatives that differ on both sides of x"
    return f"not along -d: f has {what}"
