"""The rules of a check: analytic values against numerical ones, and the accuracy that is asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any

import numpy as np

from numdiff._checks.regression import slopes_of
from numdiff._checks.report import ComparedEntry
from numdiff._checks.targets import Estimates, Target
from numdiff._result import Status

__all__ = ["Comparison", "Rules", "compare"]

Array = np.ndarray[Any, Any]

# The accuracy first asked of the numerical values, as part of the resolution. Stopping there, an entry has not always
# seen the noise of f, or a kink nearby: what cannot be told then, and what fails by little, is looked at again, as well
# as can be. Where the difference is larger than the resolution, and several times the bound, it makes none.
FIRST_ASKED = 1e-2
SEVERAL = 16.0


@dataclass(frozen=True)
class Rules:
    """What is allowed: `rtol` of an entry's scale and `atol` for the rounding of the analytic value."""

    rtol: float
    atol: float
    resolution: float
    allow_subgradient: bool


@dataclass(frozen=True)
class Comparison:
    """Matrices of outputs by columns; `slopes` at kinks, from the left and from the right, by row and column."""

    analytic: Array
    numerical: Array
    bound: Array
    tolerance: Array
    scale: Array
    status: Array
    verdicts: Array
    slopes: Mapping[tuple[int, int], tuple[float, float]]
    nfev: int

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> "Comparison":
        """Of no entries."""
        nothing = np.empty(shape)
        status = np.empty(shape, dtype=np.int8)
        return cls(nothing, nothing, nothing, nothing, nothing, status, np.empty(shape, dtype="<U12"), {}, 0)

    @property
    def failing(self) -> Array:
        """Which entries fail."""
        return np.asarray(self.verdicts == "fail")

    def entry(self, row: int, column: int, index: tuple[int, ...]) -> ComparedEntry:
        """An entry for the report."""
        at = (row, column)
        names = ("analytic", "numerical", "bound", "tolerance", "scale")
        numbers = {name: getattr(self, name)[at].item() for name in names}
        return ComparedEntry(index, str(self.verdicts[at]), status=Status(int(self.status[at])), **numbers)


def compare(target: Target, analytic: Array, rules: Rules, max_nfev: int) -> Comparison:
    """Differentiate as well as it takes to judge every entry."""
    columns = np.arange(target.columns)
    found = target.estimate(columns, FIRST_ASKED * rules.resolution, max_nfev)
    failing, passing, tolerance, scale = judge(analytic, found, rules)
    with np.errstate(all="ignore"):
        allowed = np.fmax(SEVERAL * (found.bound + tolerance), rules.resolution * scale)
        clear = failing & ~(np.abs(analytic - found.value) <= allowed)
    doubtful = ~passing & ~clear & (found.status != Status.BUDGET)
    doubtful &= (found.bound < inf) | (found.status == Status.UNRELIABLE)
    again = np.flatnonzero(doubtful.any(axis=0))
    if again.size and (not max_nfev or found.nfev < max_nfev):
        best = target.estimate(again, 0.0, max_nfev - found.nfev if max_nfev else 0)
        # what evaluations did not suffice for is left as it was
        entries = doubtful.copy()
        entries[:, again] &= best.status != Status.BUDGET
        found = found.merged(best, again, entries)
    _, passing, *_ = judge(analytic, found, rules)
    if not max_nfev:
        noisy = (found.status == Status.NOISY) & (found.bound < inf)
        found = averaged(target, found, doubtful & noisy & ~passing)
    slopes: dict[tuple[int, int], tuple[float, float]] = {}
    if (found.status == Status.KINK).any() and not np.iscomplexobj(found.value):
        found, slopes = between_slopes(target, found, max_nfev)
    failing, passing, tolerance, scale = judge(analytic, found, rules)
    verdicts = np.where(passing, "pass", np.where(failing, "fail", "inconclusive"))
    return Comparison(
        np.broadcast_to(analytic, found.value.shape),
        found.value,
        found.bound,
        tolerance,
        scale,
        found.status,
        verdicts,
        slopes,
        found.nfev,
    )


def judge(analytic: Array, found: Estimates, rules: Rules) -> tuple[Array, Array, Array, Array]:
    """Which entries fail, which pass, with what tolerance, and on what scale."""
    bounded = found.bound < inf
    with np.errstate(all="ignore"):
        scale = np.fmax(np.abs(found.value), found.slope)
        tolerance = rules.rtol * scale + rules.atol
        # NaN fails wherever there is something to compare it with
        failing = bounded & ~(np.abs(analytic - found.value) <= found.bound + tolerance)
        # where f does not change at all there is no scale, and no error too small to be seen
        sharp = (2 * found.bound + tolerance < rules.resolution * scale) | (scale == 0)
    kink = found.status == Status.KINK
    sharp = np.where(kink, rules.allow_subgradient & bounded, sharp)
    return failing, bounded & ~failing & sharp, tolerance, scale


def averaged(target: Target, found: Estimates, entries: Array) -> Estimates:
    """With better bounds for noisy `entries`, where averaging over many values gives them."""
    if np.iscomplexobj(found.value):
        return found
    value, bound, nfev = found.value.copy(), found.bound.copy(), found.nfev
    for column in np.flatnonzero(entries.any(axis=0)):
        rows = np.flatnonzero(entries[:, column])
        for reach in np.unique(found.reach[rows, column]):
            here = rows[found.reach[rows, column] == reach]
            noise = target.noise[:, column]
            slope, error, used = slopes_of(partial(target.values, int(column)), float(reach), noise)
            slope, error = slope[here], error[here]
            nfev += used
            # what contradicts the adaptive method's answer is not believed
            better = (error < bound[here, column]) & (np.abs(slope - value[here, column]) <= bound[here, column])
            value[here, column] = np.where(better, slope, value[here, column])
            bound[here, column] = np.where(better, error, bound[here, column])
    return replace(found, value=value, bound=bound, nfev=nfev)


def between_slopes(
    target: Target, found: Estimates, max_nfev: int
) -> tuple[Estimates, dict[tuple[int, int], tuple[float, float]]]:
    """At kinks, put the middle between the slopes of both sides for the value and half their distance for the bound."""
    kinks = found.status == Status.KINK
    columns = np.flatnonzero(kinks.any(axis=0))
    sides: list[Estimates] = []
    nfev = found.nfev
    for side in (-1, 1):
        if max_nfev and nfev >= max_nfev:
            return found, {}
        sides.append(target.estimate(columns, 0.0, max_nfev - nfev if max_nfev else 0, side))
        nfev += sides[-1].nfev
    left, right = sides
    low = np.minimum(left.value - left.bound, right.value - right.bound)
    high = np.maximum(left.value + left.bound, right.value + right.bound)
    known = (left.bound < inf) & (right.bound < inf)
    with np.errstate(all="ignore"):
        middle = Estimates(
            np.where(known, low + (high - low) / 2, found.value[:, columns]),
            np.where(known, (high - low) / 2, inf),
            np.full(known.shape, Status.KINK, dtype=np.int8),
            np.fmin(left.reach, right.reach),
            np.fmax(left.slope, right.slope),
            left.nfev + right.nfev,
        )
    slopes = {}
    for row, j in np.argwhere(kinks[:, columns]):
        pair = [float(s.value[row, j]) if s.bound[row, j] < inf else np.nan for s in sides]
        slopes[int(row), int(columns[j])] = (pair[0], pair[1])
    return found.merged(middle, columns, kinks), slopes
