"""The promise of the adaptive method, measured on the bank: how often the bounds hold, and what that costs.

The floors are what is promised to users. Where the method does better than its floor that is slack for functions that
are not in the bank; where it lies, the function stands in `KNOWN_DISHONEST` of `tests.bank.dishonest`. The same tests
run on a few points of every function, and, with the marker ``slow``, on many.
"""

import math
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from mpmath import mp, mpf

from numdiff import Status, derivative
from tests.bank.dishonest import KNOWN_DISHONEST
from tests.bank.hard import HARD
from tests.bank.noisy import NOISY
from tests.bank.primitives import NUMPY
from tests.bank.problem import exact
from tests.bank.scalar import BY_NAME, PROBLEMS, sample

LARGEST = mpf(float(np.finfo(np.float64).max))
SMALLEST_NORMAL = mpf(2) ** -1022

ORDERS = (1, 2, 3, 4)
every_order = pytest.mark.parametrize("order", ORDERS, ids="order-{}".format)
# seed, points of every function
sizes = pytest.mark.parametrize(
    "size", [(101, 2), pytest.param((2024, 40), marks=pytest.mark.slow)], ids=["few", "many"]
)


class Outcome(NamedTuple):
    """One answer beside the truth."""

    name: str
    x: float
    order: int
    value: float
    bound: float
    truth: float
    error: float
    nfev: int
    status: str

    @property
    def covered(self):
        return self.error <= self.bound

    @property
    def lies(self):
        return self.error > 10 * self.bound

    @property
    def digits(self):
        """Of the value; 0 if it has none."""
        return -math.log10(min(max(self.error / abs(self.truth), 1e-17), 1))


def outcome(name, f, x, order, truth, **options):
    result = derivative(f, x, order=order, full_output=True, **options)
    value = float(result.value)
    error = float(abs(mpf(value) - truth)) if math.isfinite(value) else math.inf
    # without a bound nothing is claimed: inf <= inf
    return Outcome(
        name, float(x), order, value, result.error, float(truth), error, result.nfev, Status(result.status).name
    )


def representable(truth):
    return truth == 0 or SMALLEST_NORMAL <= abs(truth) <= LARGEST


@cache
def outcomes(size, order, **options):
    """All of a sample but the points where the derivative over- or underflows."""
    truths = [(p, x, exact(p, x, order)) for p, x in sample(*size)]
    return tuple(outcome(p.name, p.f, x, order, d, **options) for p, x, d in truths if representable(d))


# Lies of the cheap ways out, with a tolerance or a budget: one in so many.
RARELY = 5000


def coverage(results):
    """Share, in percent, of answers within their bound."""
    return 100 * sum(r.covered for r in results) / len(results)


def lies(results, allowed=KNOWN_DISHONEST):
    return [r for r in results if r.lies and r.name not in allowed]


# ----------------------------------------------------------------------------
# Bounds
# ----------------------------------------------------------------------------


@sizes
@every_order
def test_coverage(size, order):
    assert coverage(outcomes(size, order)) >= {1: 99.7, 2: 99.5, 3: 99.5, 4: 99.5}[order]


@sizes
@every_order
def test_no_lies(size, order):
    assert lies(outcomes(size, order)) == []


@sizes
@every_order
def test_bounds_are_not_padded(size, order):
    results = [r for r in outcomes(size, order) if 0 < r.error <= r.bound < math.inf]
    assert np.median([r.bound / r.error for r in results]) <= 40


@sizes
@every_order
def test_few_answers_are_withheld(size, order):
    results = outcomes(size, order)
    assert sum(math.isinf(r.bound) for r in results) <= 0.008 * len(results)


@pytest.mark.parametrize("name", KNOWN_DISHONEST)
def test_known_dishonest_are_dishonest(name):
    """The list may only shrink: one that has become honest is to be taken off."""
    example = KNOWN_DISHONEST[name]
    noisy = {n.name: n.reseeded(example.seed) for n in NOISY}.get(name)
    f, problem = (noisy.f, noisy.problem) if noisy else (BY_NAME[name].f, BY_NAME[name])
    truth = exact(problem, example.x, example.order)
    assert outcome(name, f, example.x, example.order, truth).lies


def test_known_dishonest_names_and_reasons():
    assert set(KNOWN_DISHONEST) <= set(BY_NAME) | {n.name for n in NOISY}
    assert all(len(example.reason) > 40 for example in KNOWN_DISHONEST.values())


@pytest.mark.parametrize("size", [(11, 1), pytest.param((12, 10), marks=pytest.mark.slow)], ids=["few", "many"])
@pytest.mark.parametrize("order", range(5, 11), ids="order-{}".format)
def test_high_orders(size, order):
    """Each order costs a digit or so; there are few differences left to judge by."""
    results = outcomes(size, order)
    assert coverage(results) >= 97
    assert len(lies(results)) <= 0.01 * len(results)
    assert max(r.nfev for r in results) <= 110


# ----------------------------------------------------------------------------
# Digits, and what they cost
# ----------------------------------------------------------------------------


@sizes
@every_order
def test_digits(size, order):
    """The bank holds more hard functions than smooth ones: the best of all stencils, told the answer, has 14.3, 12.1,
    9.8 and 8.3 digits in the median, and in a tenth of all cases less than 11.9, 9.9, 7.7 and 6.6.
    """
    digits = [r.digits for r in outcomes(size, order) if r.truth]
    assert np.median(digits) >= {1: 13.6, 2: 11.6, 3: 9.4, 4: 7.8}[order]
    assert np.percentile(digits, 10) >= {1: 10.5, 2: 8.7, 3: 6.5, 4: 5.5}[order]


@sizes
@every_order
def test_evaluations(size, order):
    nfev = [r.nfev for r in outcomes(size, order)]
    median, mean = {1: (19, 23), 2: (22, 26), 3: (24, 28), 4: (26, 30)}[order]
    assert np.median(nfev) <= median
    assert np.mean(nfev) <= mean
    assert max(nfev) <= 110


@pytest.mark.parametrize(
    ("rtol", "order", "evaluations"),
    [(1e-4, 1, 10), (1e-4, 2, 16), (1e-4, 3, 18), (1e-4, 4, 18), (1e-8, 1, 10), (1e-8, 2, 19)],
)
@sizes
def test_loose_tolerances(size, rtol, order, evaluations):
    """Cheaper, and as honest."""
    results = outcomes(size, order, rtol=rtol)
    assert np.median([r.nfev for r in results]) <= evaluations
    assert coverage(results) >= 99.5
    assert len(lies(results)) <= len(results) / RARELY


@pytest.mark.parametrize("rtol", [1e-4, 1e-8])
@sizes
@every_order
def test_a_tolerance_is_met(size, order, rtol):
    """Or it cannot be: without it the bound is no smaller to speak of. Verification may enlarge a bound a little."""
    pairs = zip(outcomes(size, order, rtol=rtol), outcomes(size, order), strict=True)
    missed = [
        (loose, best)
        for loose, best in pairs
        if loose.status == "CONVERGED" and loose.bound > max(rtol * abs(loose.value), 4 * best.bound)
    ]
    assert len(missed) <= 0.025 * len(outcomes(size, order))


@pytest.mark.parametrize("max_nfev", [14, 20, 30])
@pytest.mark.parametrize("order", [1, 3])
@sizes
def test_short_budgets(size, order, max_nfev):
    """What is known when evaluations are used up is told with a bound that holds."""
    results = outcomes(size, order, max_nfev=max_nfev)
    assert max(r.nfev for r in results) <= max_nfev
    assert coverage(results) >= 99.5
    assert len(lies(results)) <= len(results) / RARELY


# ----------------------------------------------------------------------------
# Noise and single precision
# ----------------------------------------------------------------------------

# Seeds of noise: in the normal run, and in all.
SEEDS = [range(3), pytest.param(range(30), marks=pytest.mark.slow)]


@cache
def noisy_outcomes(seeds, order):
    def seen(noisy):
        random = noisy.kind in ("uniform", "gaussian")
        return [noisy.reseeded(seed) for seed in seeds] if random else [noisy]

    return tuple(outcome(n.name, n.f, n.x, order, exact(n.problem, n.x, order)) for base in NOISY for n in seen(base))


@pytest.mark.parametrize("seeds", SEEDS, ids=["few", "many"])
@every_order
def test_noise(seeds, order):
    """Levels from 1e-12 to 1e-3. At 1e-4 and above little is left of third and fourth derivatives, and a window that
    reaches beyond the scale of f may look converged: tanh and runge.
    """
    results = noisy_outcomes(seeds, order)
    assert coverage(results) >= {1: 99.2, 2: 97.5, 3: 92, 4: 93}[order]
    assert lies(results) == []


@pytest.mark.parametrize("seeds", SEEDS, ids=["few", "many"])
def test_noise_is_told(seeds):
    """From 1e-10 on, where it takes most of the digits, the status is not CONVERGED."""
    results = noisy_outcomes(seeds, 1)
    told = Counter(r.status for r in results if r.name.endswith(("1e-08", "1e-06", "0.0001", "0.001", "float32")))
    assert set(told) <= {"NOISY"}


@pytest.mark.parametrize("seeds", SEEDS, ids=["few", "many"])
def test_noise_costs_no_more(seeds):
    assert np.mean([r.nfev for r in noisy_outcomes(seeds, 1)]) <= 35


# f there is finite, and its digits survive single precision
IN_SINGLE_PRECISION = ("smooth", "special", "physics")


def single(problem):
    return lambda t: np.float32(problem.body(NUMPY, t))


# of f, by which its values are rounded: at several hundred of them over |x| a plateau is much narrower than |x|
QUANTA = (1e-3, 1e-5, 1e-7, 1e-10)


@cache
def rounded_values(seed, count):
    """Offset sines, exponentials and logarithms whose values lie on a grid: result and truth of each."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        name = ("sin", "exp", "log")[random.integers(3)]
        x = float(np.exp(random.uniform(-3, 1)))
        f, slope = {
            "sin": (math.sin, math.cos(x)),
            "exp": (math.exp, math.exp(x)),
            "log": (math.log, 1 / x),
        }[name]
        quantum = random.choice(QUANTA) * abs(slope) * x / random.uniform(1, 3)
        offset = random.uniform(100, 1000) * quantum / min(QUANTA[1], quantum) * random.choice((-1, 1))

        def grid(t, f=f, quantum=quantum, offset=offset):
            return round((offset + f(t)) / quantum) * quantum

        found.append((derivative(grid, x, full_output=True), slope, (name, x, float(quantum), float(offset))))
    return found


@pytest.mark.parametrize("size", [(5, 200), pytest.param((6, 4000), marks=pytest.mark.slow)], ids=["few", "many"])
def test_plateaus_of_rounded_values(size):
    """Between two values of a table f is constant, and 0 not its derivative.

    Hardly ever x lies so near to the end of a plateau that its other end is out of sight: that is a single jump.
    """
    found = rounded_values(*size)
    lies = [case for result, slope, case in found if abs(result.value - slope) > 10 * result.error]
    missed = [case for result, slope, case in found if abs(result.value - slope) > result.error]
    assert len(lies) <= 0.001 * len(found)
    assert len(missed) <= 0.01 * len(found)


@cache
def single_outcomes(size, order):
    found = []
    for p, x in sample(*size, groups=IN_SINGLE_PRECISION):
        t = np.float32(x)
        with np.errstate(all="ignore"):
            y = p.body(NUMPY, t)
        inside = p.bounds[0] < t < p.bounds[1]
        if inside and type(y) is np.float32 and 1e-30 < abs(t) < 1e30 and 1e-30 < abs(y) < 1e30:
            truth = exact(p, float(t), order)
            if 1e-37 < abs(truth) < 1e37:
                found.append(outcome(p.name, single(p), t, order, truth))
    return tuple(found)


@pytest.mark.parametrize("size", [(5, 3), pytest.param((6, 30), marks=pytest.mark.slow)], ids=["few", "many"])
@every_order
def test_float32(size, order):
    results = single_outcomes(size, order)
    assert len(results) >= 100
    assert coverage(results) >= {1: 98.5, 2: 97, 3: 94, 4: 90}[order]
    assert np.median([r.digits for r in results]) >= {1: 5.5, 2: 4.3, 3: 3, 4: 2.3}[order]
    assert np.median([r.nfev for r in results]) <= 25
    assert {r.status for r in results if r.bound < math.inf} <= {"NOISY", "ONE_SIDED", "FLAT", "BUDGET"}


# ----------------------------------------------------------------------------
# Hard points
# ----------------------------------------------------------------------------

STATUSES = {
    "KINK": [
        "abs-at-0",
        "relu-at-0",
        "leaky-relu-at-0",
        "abs-x-minus-1",
        "max-of-powers-at-1",
        "exp-minus-abs-at-0",
        "abs-on-1e6",
        "clip-at-1",
        "interpolated-at-node",
    ],
    "JUMP": ["step-at-x", "sign-at-0"],
    "UNRELIABLE": ["x-sin-reciprocal", "cbrt-at-0", "sqrt-abs-at-0", "weierstrass"],
    "NONFINITE": ["nan-everywhere", "inf-everywhere", "nan-at-x-only"],
    "EDGE": ["sqrt-nan-at-0"],
    "FLAT": ["constant-7", "constant-7-second-at-0", "constant-0-at-0", "constant-at-1e12"],
    "ONE_SIDED": [
        "exp-nan-below",
        "exp-nan-below-1e-9",
        "exp-nan-below-1e-12",
        "exp-divides-by-zero-below",
        "sine-nan-above",
        "sine-nan-above-second",
        "exp-bounded-below",
        "cosine-bounded-above",
        "identity-at-largest",
    ],
    "CONVERGED": ["sine-at-0-fourth", "step-1e-6-below", "abs-x-minus-1-above-1e-3", "sine-1e8-undersampled"],
}
# A derivative exists, and no bound is given. The list may only shrink.
WITHHELD = {
    "x-abs-x": "the quotient is |h|: an odd part that seems to be even, whatever the scale",
    "abs-cubed-second": "f'' = 6 |x| has a kink at 0",
    "abs-power-1.5": "f'' is infinite",
    "smoothstep-at-0": "f'' jumps",
    "step-1e-13-below": "the jump is nearer than the coarsest node of any window",
    "x2-sin-reciprocal": "oscillates at every scale",
    "power-1.5-at-0": "f'' is infinite",
    "power-1.5-complex-at-0": "f'' is infinite",
    "integer-part": "a plateau of a table with few values, or of f itself: both look alike",
    "cosine-in-narrow-bounds": "all probes but the deepest lie outside of the bounds",
}
hard_points = pytest.mark.parametrize("hard", HARD, ids=lambda hard: hard.name)


def at_hard_point(hard):
    """The result; None where f raises an error on both sides, or wherever it can be had at all."""
    try:
        return derivative(hard.f, hard.x, order=hard.order, bounds=hard.bounds, full_output=True)
    except (ArithmeticError, ValueError):
        return None


@hard_points
def test_hard_points_are_not_lied_about(hard):
    result = at_hard_point(hard)
    if result is None:
        assert hard.exact is None
        return
    if not math.isfinite(result.error):
        assert result.status < 0
        assert result.success is False
        assert hard.exact is None or hard.name in WITHHELD
        return
    if hard.exact is None:
        # a bound may be so wide that it holds for both sides
        acceptable = [hard.left, hard.right]
        assert all(d is not None and abs(result.value - d) <= result.error for d in acceptable)
    else:
        # of a table of values both are right, the slope of a step and the slope of all
        acceptable = [d for d in (hard.exact, hard.trend) if d is not None]
        assert any(abs(result.value - d) <= result.error for d in acceptable)
    assert result.nfev <= 110


@pytest.mark.parametrize(("status", "name"), [(status, name) for status, names in STATUSES.items() for name in names])
def test_status_of_hard_points(status, name):
    hard = next(h for h in HARD if h.name == name)
    assert Status(at_hard_point(hard).status).name == status


def test_withheld_names():
    assert set(WITHHELD) <= {h.name for h in HARD}


# ----------------------------------------------------------------------------
# Scales
# ----------------------------------------------------------------------------

EXPONENTS = (-1074, -1073, -1060, -1030, -1022, -600, -100, 0, 100, 600, 1000, 1022)


def sine_in_units(amplitude, length):
    """amplitude sin(t / length), NaN where the argument overflows."""

    def f(t):
        u = t / length
        return amplitude * math.sin(u) if math.isfinite(u) else math.nan

    return f


@pytest.mark.parametrize("order", [1, 2, 3, 4, 7, 10], ids="order-{}".format)
@pytest.mark.parametrize("u", [0.0, 0.7, -2.3])
def test_every_scale_of_x_and_f(u, order):
    """From subnormal numbers to the largest: neither an exception nor a warning, and bounds that hold.

    They are not asked to where f is a few units of the smallest number, a table of steps, or where at x = 0 the
    largest t / length is finite are so fine that no rule of thumb for the first step could find them.
    """
    failures = []
    for a in EXPONENTS:
        for s in EXPONENTS:
            amplitude, length = math.ldexp(1.0, a), math.ldexp(1.0, s)
            x = u * length
            result = derivative(sine_in_units(amplitude, length), x, order=order, full_output=True)
            assert result.error >= 0
            assert math.isfinite(result.value) or math.isinf(result.error)
            with mp.workdps(40):
                slope = (mp.sin, mp.cos, lambda t: -mp.sin(t), lambda t: -mp.cos(t))[order % 4]
                truth = mpf(2) ** (a - s * order) * slope(mpf(x) / mpf(2) ** s)
                unseen = a < -1030 or (u == 0 and s < -1022)
                if not unseen and representable(truth) and math.isfinite(result.error):
                    error = abs(mpf(result.value) - truth)
                    if not error <= result.error:
                        failures.append((a, s, result.value, result.error, float(truth)))
    assert failures == []


@pytest.mark.parametrize("x", [5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1.0, 1e300, 1.7976931348623157e308])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "f",
    [lambda t: t, lambda t: t * t, lambda t: 3.0, lambda t: 0.0, lambda t: 1 / t, lambda t: -0.0 * t, abs, math.atan],
    ids=["t", "t^2", "3", "0", "1/t", "-0", "abs", "atan"],
)
def test_no_exception_at_the_ends_of_the_range(f, x, sign):
    """1/t and t*t overflow there at x itself or on one side."""
    for order in (1, 2, 3, 4, 10):
        result = derivative(f, sign * x, order=order, full_output=True)
        assert result.error >= 0
        assert result.nfev <= 110


def test_the_sample_holds_every_problem():
    """So that no part of the bank drops out unnoticed, apart from derivatives outside of the range of float64."""
    names = {r.name for r in outcomes((101, 2), 1)}
    assert len(names) >= len(PROBLEMS) - 2
