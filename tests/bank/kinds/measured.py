"""What the adaptive method makes of the functions of a kind: covered or not, digits, evaluations, how far from x."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from mpmath import mpf

import numdiff
from tests.bank.kinds import cases
from tests.bank.kinds.case import Case

LIE = 10  # a lie errs by so many bounds
FEWEST_DIGITS, MOST_DIGITS = -9.0, 17.0


class Watched:
    """f, with the points that it was called at counted and how far from x they were kept."""

    def __init__(self, f: Callable[[Any], Any], x: Any) -> None:
        self.f, self.x = f, np.asarray(x, dtype=float)
        self.calls, self.farthest, self.crossed = 0, 0.0, False

    def __call__(self, t: Any) -> Any:
        self.calls += 1
        away = np.abs(np.asarray(t) - self.x)
        nonzero = (self.x != 0) & (away > 0)
        if nonzero.any():
            self.farthest = max(self.farthest, float(np.max((away / np.abs(np.where(self.x, self.x, 1)))[nonzero])))
            self.crossed = self.crossed or bool(np.any((np.sign(t) != np.sign(self.x)) & nonzero))
        return self.f(t)


@dataclass
class Entry:
    """What came out for one derivative, or one entry of a Jacobian."""

    case: Case
    index: int
    value: float
    error: float
    status: int
    truth: mpf | None
    scale: float
    nfev: int
    where: str = ""

    @cached_property
    def off(self) -> float:
        """How far the value is from the nearest one that is right, or from the farther side where there is none."""
        if not math.isfinite(self.value):
            return math.inf
        if self.truth is None:
            sides = self.case.sides or (math.inf,)
            return max(abs(self.value - float(s)) for s in sides)
        distance = self._distance((self.truth, *self.case.also))
        if distance > self.error and self.case.leniency is not None:
            # a solver's own derivative, where that is better: its bound is small, and holds or does not
            distance = min([distance, *(self._distance((t,)) for t in self.case.leniency().also)])
        return distance

    def _distance(self, right: tuple[mpf, ...]) -> float:
        return min(float(abs(mpf(self.value) - t)) for t in right)

    @cached_property
    def excess(self) -> float:
        """How far it is off but for what the truth does not tell."""
        excess = max(0.0, self.off - self.case.slack)
        if excess > self.error and self.case.leniency is not None:
            excess = max(0.0, excess - self.case.leniency().slack)
        return excess

    @property
    def covered(self) -> bool:
        return self.excess <= self.error or (self.truth is None and not math.isfinite(self.error))

    @property
    def given(self) -> bool:
        return math.isfinite(self.error)

    @property
    def lies(self) -> bool:
        return self.given and self.status >= 0 and self.excess > LIE * self.error

    @property
    def digits(self) -> float:
        if self.truth is None:
            return math.nan
        return digits(self.off, self.scale)

    @property
    def badness(self) -> float:
        """What the worst cases are sorted by: bounds off, then no bound at all."""
        if self.covered:
            return 0.0 if self.given else 0.5
        return self.excess / self.error if self.error else math.inf


def digits(off: float, scale: float) -> float:
    """Digits that are right, relative to a scale."""
    if off == 0:
        return MOST_DIGITS
    if not (math.isfinite(off) and scale):
        return FEWEST_DIGITS
    return min(MOST_DIGITS, max(FEWEST_DIGITS, math.log10(scale) - math.log10(off)))


@dataclass
class Tally:
    """All that was measured of one kind."""

    entries: list[Entry] = field(default_factory=list)
    raised: list[tuple[int, Case, Exception]] = field(default_factory=list)
    evaluations: list[float] = field(default_factory=list)
    farthest: list[float] = field(default_factory=list)
    crossed: list[bool] = field(default_factory=list)
    cost_beside: list[float] = field(default_factory=list)
    digits_beside: list[float] = field(default_factory=list)
    seconds: float = 0.0


def answer(case: Case, f: Callable[[Any], Any], given: dict[str, Any]) -> numdiff.DerivativeResult:
    """What numdiff says, with the case's own options and those given."""
    options = {**case.options, **given}
    if case.is_jacobian:
        return numdiff.jacobian(f, case.x, full_output=True, **options)
    return numdiff.derivative(f, case.x, order=case.order, full_output=True, **options)


def entries_of(case: Case, index: int, result: numdiff.DerivativeResult) -> Iterator[Entry]:
    if not case.is_jacobian:
        truth, value = case.truth, float(result.value)
        scale = case.scale or (float(abs(truth)) if truth is not None else 1.0)
        yield Entry(case, index, value, float(result.error), int(result.status), truth, scale, result.nfev)
        return
    values, errors, statuses = (np.asarray(a) for a in (result.value, result.error, result.status))
    scales = np.broadcast_to(np.asarray(case.scale, dtype=float), values.shape)
    each = result.nfev // max(1, case.x.size)
    for at in np.ndindex(values.shape):
        truth = case.truth[at]
        scale = float(scales[at]) or float(abs(truth))
        yield Entry(
            case, index, float(values[at]), float(errors[at]), int(statuses[at]), truth, scale, each, f"{list(at)}"
        )


def measure(name: str, seed: int, n: int, given: dict[str, Any] | None = None) -> Tally:
    """Differentiate all cases of a kind, with the options given."""
    given = given or {}
    tally = Tally()
    for i, made in enumerate(cases(name, seed, n)):
        variables = made.x.size if made.is_jacobian else 1
        watched = Watched(made.f, made.x)
        try:
            result = answer(made, watched, given)
        except Exception as error:
            tally.raised.append((i, made, error))
            result = None
        each = watched.calls / variables
        tally.evaluations.append(each)
        if np.any(np.asarray(made.x) != 0):
            tally.farthest.append(watched.farthest)
            tally.crossed.append(watched.crossed)
        if result is None:
            continue
        found = list(entries_of(made, i, result))
        tally.entries += found
        if made.beside is not None:
            beside = Watched(made.beside.f, made.beside.x)
            others = list(entries_of(made.beside, i, answer(made.beside, beside, given)))
            tally.cost_beside.append(each / (beside.calls / variables))
            tally.digits_beside += [a.digits - b.digits for a, b in zip(found, others, strict=True)]
    return tally
