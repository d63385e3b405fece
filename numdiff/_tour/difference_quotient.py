"""The limit of the difference quotient."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

import numdiff
from numdiff._tour.examples import Example
from numdiff._tour.measured import measured_derivative
from numdiff._tour.parts import Part, Row, RowTable, Section, TextTable


@dataclass(frozen=True)
class Quotient:
    """A difference quotient and the constants of its error, c |f^(p+1)| h^p + w u / h.

    p is `accuracy`; c, `truncation`, follows from the Taylor series at the points of the stencil; w,
    `weights`, is the sum of the |weights|; u is the rounding error of one value of f.
    """

    name: str
    method: Literal["forward", "central"]
    accuracy: int
    truncation: float
    weights: float


QUOTIENTS = (
    Quotient("forward", "forward", 1, truncation=1 / 2, weights=2.0),
    Quotient("central", "central", 2, truncation=1 / 6, weights=1.0),
    Quotient("4th order", "central", 4, truncation=1 / 30, weights=1.5),
)


@dataclass(frozen=True)
class Smooth:
    """A function with all its derivatives at one point: nth(k) is the k-th, nth(0) the value."""

    name: str
    f: Callable[[float], float]
    x: float
    nth: Callable[[int], float]

    def example(self) -> Example:
        return Example((f"({self.name})' at {self.x:g}",), self.f, self.x, self.nth(1))

    def error(self, quotient: Quotient, h: float) -> float:
        """The error that is observed."""
        told = numdiff.derivative(self.f, self.x, method=quotient.method, accuracy=quotient.accuracy, step=h)
        return abs(told - self.nth(1))

    def truncation(self, quotient: Quotient, h: float) -> float:
        p = quotient.accuracy
        return float(quotient.truncation * abs(self.nth(p + 1)) * h**p)

    def roundoff(self, quotient: Quotient, h: float) -> float:
        """The bound for values of f that are correctly rounded, to half a unit in their last place."""
        return quotient.weights * math.ulp(self.nth(0)) / 2 / h

    def best_step(self, quotient: Quotient) -> float:
        """The h at which truncation + round-off is least: its derivative with respect to h vanishes there."""
        p = quotient.accuracy
        return float((self.roundoff(quotient, 1.0) / (p * self.truncation(quotient, 1.0))) ** (1 / (p + 1)))


POWER = Smooth("x^5", lambda x: x**5, 1.5, lambda k: math.perm(5, k) * 1.5 ** (5 - k))
EXPONENTIAL = Smooth("e^x", math.exp, 1.0, lambda k: math.e)
# Ten steps a decade; the tables show one of them.
STEPS = tuple(float(f"1e-{k // 10}") * 10 ** (-(k % 10) / 10) for k in range(10, 131))
SHOWN = range(0, len(STEPS), 10)


def _observed_lines(smooth: Smooth, quotient: Quotient, errors: Sequence[float]) -> tuple[float, float, float]:
    """The V as observed: slopes of log error over log h on its two sides, and log10 of the h of its bottom.

    Where truncation rules: the line over the last decade in which round-off is below a hundredth of it. Where
    round-off rules it is erratic: the median slope over all pairs of steps below a third of the best one. The
    bottom is where A h^p + B / h is least, with A and B from those same errors; the best single error would
    be luck. NaN if there are not enough errors to tell.
    """
    p = quotient.accuracy
    points = [(h, e) for h, e in zip(STEPS, errors, strict=True) if e > 0]
    falling = [(h, e) for h, e in points if smooth.roundoff(quotient, h) < smooth.truncation(quotient, h) / 100]
    rising = [(h, e) for h, e in points if h < smooth.best_step(quotient) / 3]
    if len(falling) < 11 or len(rising) < 2:
        return math.nan, math.nan, math.nan
    (h_1, e_1), (h_2, e_2) = falling[-11], falling[-1]
    slopes = [math.log(e / d) / math.log(h / g) for (g, d), (h, e) in itertools.combinations(rising, 2)]
    a = e_2 / h_2**p
    b = float(np.median([e * h for h, e in rising]))
    bottom = math.log10(b / (p * a)) / (p + 1)
    return math.log(e_1 / e_2) / math.log(h_1 / h_2), float(np.median(slopes)), bottom


def _picture(errors: Sequence[float], low: int = -14, high: int = 1, per_decade: int = 3) -> str:
    """The errors of one row as marks on a logarithmic axis; a mark is the accuracy of its quotient."""
    line = [" "] * ((high - low) * per_decade + 1)
    for quotient, error in zip(QUOTIENTS, errors, strict=True):
        if not math.isnan(error):
            exponent = min(max(math.log10(error) if error > 0 else low, low), high)
            line[round((exponent - low) * per_decade)] = str(quotient.accuracy)
    return "|" + "".join(line).rstrip()


def _sweep(smooth: Smooth) -> tuple[TextTable, RowTable]:
    """The errors of every quotient at every step, and what theory predicts about them."""
    columns = [[smooth.error(q, h) for h in STEPS] for q in QUOTIENTS]
    best = [min(SHOWN, key=column.__getitem__) for column in columns]
    texts = []
    for i in SHOWN:
        errors = [column[i] for column in columns]
        marked = [f"{e:.1e}" + (" <" if i == b else "  ") for e, b in zip(errors, best, strict=True)]
        texts.append((f"{STEPS[i]:.0e}", *marked, _picture(errors).ljust(47)))
    axis = f" {'1e-14':<12}{'1e-10':<15}{'1e-5':<15}{'1':<4}"
    table = TextTable(("h", *(f"{q.name}  " for q in QUOTIENTS), axis), tuple(texts))

    rows = []
    for q, column in zip(QUOTIENTS, columns, strict=True):
        falling, rising, bottom = _observed_lines(smooth, q, column)
        rows += [
            # All that bends this line is the next term of the series, smaller by the order of h.
            Row(f"{q.name}: slope, truncation", falling, float(q.accuracy), 0.05),
            # Medians of erratic values; and theory takes the bound of round-off, which is seldom reached.
            Row(f"{q.name}: slope, round-off", rising, -1.0, 0.5),
            Row(f"{q.name}: log10 of the best h", bottom, math.log10(smooth.best_step(q)), 0.5),
        ]
    for q in QUOTIENTS:
        measured = measured_derivative(smooth.f, smooth.x, method=q.method, accuracy=q.accuracy)
        rows += measured.beside([f"{q.name}: f'(x), h by numdiff"], smooth.nth(1))
    return table, RowTable(tuple(rows), names=("observed", "theory"))


def limit(examples: Sequence[Smooth] = (POWER, EXPONENTIAL)) -> Section:
    """The difference quotient as h goes to 0, where truncation and round-off meet."""
    parts: list[Part] = [
        "The derivative is the limit of (f(x + h) - f(x)) / h for h -> 0. For x^n the binomial theorem "
        "gives the quotient as n x^(n-1) + (n choose 2) x^(n-2) h + ..., and every term but the first "
        "vanishes with h. A computer cannot follow the limit to its end: f is rounded to 16 digits, and "
        "dividing by h magnifies that.",
        "Below, the error of three quotients: forward, (f(x+h) - f(x)) / h; central, (f(x+h) - f(x-h)) / "
        "2h; and the central one of 4th order from f at x +- h and x +- 2h. The picture shows log error "
        "from left to right, marked 1, 2 or 4 by the order of the stencil (where marks meet, the highest): "
        "first it falls like h, h^2, h^4 (truncation), then rises like 1/h (round-off): a V lying on its "
        "side. '<' marks the best of each column.",
    ]
    for smooth in examples:
        errors, predictions = _sweep(smooth)
        parts += [f"f(x) = {smooth.name} at x = {smooth.x:g}, where f'(x) = {smooth.nth(1):.12g}:", errors]
        parts += [
            "Theory bounds the error by c |f^(p+1)| h^p + u sum|w| / h (p: order of the stencil, c: its "
            "truncation constant, w: its weights, u: half a unit in the last place of f). Hence the slopes "
            "of log error over log h and the h of the least error, which may be off by the amounts "
            "allowed; they are observed in ten steps a decade. Without a given h, numdiff chooses it:",
            predictions,
        ]
    return Section("The limit of the difference quotient", tuple(parts))
