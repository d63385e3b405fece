"""What would explain a wrong derivative: the slips that people make, each tried against the error bounds.

A hypothesis says what the analytic values of some entries would be if they were right. It becomes a hint only if the
numerical values then agree to within twice their bounds, for all the entries that it speaks of at once. Where no slip
explains them so, a difference of SLACK of the scale is allowed also: an f that is computed to a tolerance, as by a
solver of differential equations, is smooth within its own error, which no bound can see.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf, pi
from typing import Any

import numpy as np

from numdiff._checks.report import Hint

__all__ = ["Evidence", "hints_of", "nonfinite_hint", "shape_hint"]

Array = np.ndarray[Any, Any]

# Beyond, only shifts by a few places are tried: matching all with all takes memory and time with the square.
MOST_TO_MATCH = 1000
FURTHEST_SHIFT = 3
# How well a ratio has to be known, relative to it, to be recognised as a named one, and to be called constant.
SHARP = 2e-3
# How far a factor has to be from 1, relatively, to be recognised as one, and two variables from each other.
TELLING = 1e-2
# What an f computed to a tolerance may differ by, relative to the scale, and never more than the resolution: of wrong
# values at random one in some thousands is so near to one of the slips.
SLACK = 1e-4
# Entries listed in a text.
LISTED = 4


@dataclass(frozen=True)
class Evidence:
    """The values compared, as matrices of outputs by variables.

    `allowed` is the bound of the difference, infinite or NaN where nothing is known; `failing` are the entries to be
    explained. `name` gives an entry of the matrix its name. `variables` is the number of variables of f. `shape` is
    that of the derivative, whose rows and columns are outputs and variables; None if the columns are directions. `x`
    has the variable of each column, and is empty where they are directions. `scale` is what `resolution` is relative
    to.
    """

    analytic: Array
    numerical: Array
    allowed: Array
    failing: Array
    name: Callable[[int, int], str]
    variables: int
    shape: tuple[int, ...] | None
    x: Array
    scale: Array
    resolution: float

    @property
    def known(self) -> Array:
        """The entries that say something."""
        return (self.allowed < inf) & np.isfinite(self.analytic) & np.isfinite(self.numerical)

    @property
    def significant(self) -> Array:
        """The entries whose numerical value is not 0 to within its bound."""
        return self.known & (np.abs(self.numerical) > self.allowed)

    @property
    def near(self) -> Array:
        """The failing entries that differ by less than the resolution, which is what a pass would have told."""
        with np.errstate(all="ignore"):
            difference = np.abs(self.analytic - self.numerical)
            return np.asarray(self.failing & self.known & (difference <= self.resolution * self.scale))

    def with_slack(self) -> "Evidence":
        """As if f were computed to a tolerance, with its near entries explained by that."""
        with np.errstate(all="ignore"):
            slack = min(self.resolution, SLACK) * self.scale
        return replace(self, allowed=np.fmax(self.allowed, slack), failing=self.failing & ~self.near)


def hints_of(evidence: Evidence, together: bool = True) -> tuple[Hint, ...]:
    """Hints for the failing entries: one for all of them if there is one and they are taken together, else one for each
    kind of slip."""
    hints, explained = _slips(evidence, together)
    near = evidence.near
    if not hints:
        hints, _ = _slips(evidence.with_slack(), together)
    if explained or not near.any():
        return hints
    return (*hints, _tolerance(evidence, near, together and evidence.shape is None))


def _slips(evidence: Evidence, together: bool) -> tuple[tuple[Hint, ...], bool]:
    """Hints at slips, and whether they explain all entries at once."""
    failing = evidence.failing & evidence.known
    # what is off by hardly more than its bound would be explained by anything
    failing &= np.abs(evidence.analytic - evidence.numerical) > evidence.allowed
    if not failing.any():
        return (), False
    if not together:
        return tuple(_each(evidence, failing)), False
    for hypothesis in (_all_zero, _all_by_one_factor, _transposed, _shifted, _permuted):
        hint = hypothesis(evidence, failing)
        if hint is not None:
            return (hint,), True
    return tuple(_each(evidence, failing)) if evidence.shape is not None else (), False


def _tolerance(evidence: Evidence, near: Array, directional: bool) -> Hint:
    """For differences so small that the accuracy of f itself is the first to be asked about."""
    with np.errstate(all="ignore"):
        part = float((np.abs(evidence.analytic - evidence.numerical) / evidence.scale)[near].max())
    count = int(np.count_nonzero(near))
    if count == 1:
        row, column = (int(i) for i in np.argwhere(near)[0])
        subject = "one directional derivative" if directional else _subject(evidence.name(row, column))
        said = f"{subject} differs by only {part:.1g} of its scale"
    else:
        what = "directional derivatives" if directional else "entries"
        said = f"{count:,} {what} differ by only {part:.1g} of their scale or less"
    return Hint("tolerance", f"{said}; if f is computed to a tolerance, pass noise= or rtol=")


def _explains(evidence: Evidence, candidate: Array) -> bool:
    """Whether all entries known would be right with these numbers."""
    with np.errstate(all="ignore"):
        right = np.abs(candidate - evidence.numerical) <= evidence.allowed
    return bool(right[evidence.known].all())


# --------------------------------------------------------------------------- all entries at once


def _all_zero(evidence: Evidence, failing: Array) -> Hint | None:
    significant = evidence.significant
    if np.count_nonzero(significant) < 2 or np.any(evidence.analytic != 0):
        return None
    return Hint("zeroed", "every entry is 0", 0.0)


def _all_by_one_factor(evidence: Evidence, failing: Array) -> Hint | None:
    """One constant between all entries; for a single one the constant has to be one that people get wrong."""
    significant = evidence.significant
    count = int(np.count_nonzero(significant))
    if not count or (significant & ~failing).any() or (count == 1 and evidence.shape is None):
        return None
    # along several lines the only variable of a function has the same ratio whatever it is
    several = count > 1 and not (evidence.shape is None and evidence.variables == 1)
    factor = _common_factor(evidence, significant, any_ratio=several)
    if factor is None or not _explains(evidence, evidence.analytic / factor):
        return None
    if count == 1:
        row, column = (int(i) for i in np.argwhere(significant)[0])
        subject = _subject(evidence.name(row, column))
        if factor == -1:
            return Hint("sign", f"{subject} has the wrong sign", -1.0)
        return Hint("factor", f"{subject} is {_factor_name(factor, evidence.variables)}", factor)
    every = "every entry" if evidence.known.all() else "every entry that could be compared"
    if factor == -1:
        return Hint("sign", f"{every} has the wrong sign", -1.0)
    return Hint("factor", f"{every} is {_factor_name(factor, evidence.variables)}", factor)


def _transposed(evidence: Evidence, failing: Array) -> Hint | None:
    """A square matrix: the Jacobian, or the gradient with respect to a matrix."""
    shape = evidence.shape
    if shape is None or len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
        return None
    a = evidence.analytic
    if not _explains(evidence, a.reshape(shape).T.reshape(a.shape)):
        return None
    return Hint("transposed", "the matrix is transposed")


def _shifted(evidence: Evidence, failing: Array) -> Hint | None:
    if evidence.shape is None:
        return None
    for axis, what in ((1, "variable"), (0, "output")):
        length = evidence.analytic.shape[axis]
        if length < 2:
            continue
        nearest = min(FURTHEST_SHIFT, length // 2)
        shifts = range(-(length // 2), length // 2 + 1) if length <= MOST_TO_MATCH else range(-nearest, nearest + 1)
        for shift in sorted(shifts, key=abs):
            if shift and _explains(evidence, np.roll(evidence.analytic, -shift, axis=axis)):
                if length == 2:
                    return Hint("shifted", f"shifted: the entries of both {what}s are exchanged")
                return Hint("shifted", f"shifted: the entries of every {what} stand {_way(shift)}, cyclically")
        for shift in range(-nearest, nearest + 1):
            if shift and length > abs(shift) + 1 and _overlaps(evidence, shift, axis):
                return Hint("shifted", f"shifted: the entries of every {what} stand {_way(shift)}")
    return None


def _way(shift: int) -> str:
    return f"{abs(shift)} place{'s' * (abs(shift) > 1)} {'later' if shift > 0 else 'earlier'}"


def _overlaps(evidence: Evidence, shift: int, axis: int) -> bool:
    """Whether all entries that are still there after a shift without wrapping are right, and one of them is not 0."""
    length = evidence.analytic.shape[axis]
    here = slice(max(shift, 0), length + min(shift, 0))
    there = slice(max(-shift, 0), length + min(-shift, 0))
    at = (slice(None), here) if axis else (here, slice(None))
    of = (slice(None), there) if axis else (there, slice(None))
    if not (evidence.known[of].all() and evidence.failing[at].any() and evidence.significant[of].any()):
        return False
    if np.count_nonzero(evidence.significant[of]) < 2:
        return False
    with np.errstate(all="ignore"):
        return bool((np.abs(evidence.analytic[at] - evidence.numerical[of]) <= evidence.allowed[of]).all())


def _permuted(evidence: Evidence, failing: Array) -> Hint | None:
    if evidence.shape is None:
        return None
    for axis, what in ((1, "variable"), (0, "output")):
        length = evidence.analytic.shape[axis]
        if not 2 <= length <= MOST_TO_MATCH:
            continue
        match = _matching(evidence, axis)
        if match is None:
            continue
        moved = np.flatnonzero(match != np.arange(length))
        if moved.size < 2:
            continue
        if moved.size == 2:
            names = " and ".join(_place(evidence, int(i), axis) for i in moved)
            return Hint("permuted", f"permuted: {names} are exchanged")
        return Hint("permuted", f"permuted: the entries of {moved.size} {what}s stand in each other's place")
    return None


def _matching(evidence: Evidence, axis: int) -> Array | None:
    """Which numerical column (axis 0: row) each analytic one is, if all of them are one; its own where it can be."""
    matrices = (evidence.analytic, evidence.numerical, evidence.allowed, evidence.known)
    a, v, allowed, known = matrices if axis else (q.T for q in matrices)
    if not known.all():
        return None
    possible = np.ones((a.shape[1], a.shape[1]), dtype=bool)
    for row in range(a.shape[0]):
        possible &= np.abs(a[row][:, np.newaxis] - v[row]) <= allowed[row]
        if not possible.any(axis=1).all():
            return None
    right = possible.diagonal()
    # what is right where it stands is left there, if the others can be matched without it
    from scipy.sparse import csr_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import maximum_bipartite_matching  # type: ignore[import-untyped]

    others = np.flatnonzero(~right)
    match = np.arange(a.shape[1])
    found = maximum_bipartite_matching(csr_array(possible[np.ix_(others, others)]), perm_type="column")
    if (found >= 0).all():
        match[others] = others[found]
        return match
    found = maximum_bipartite_matching(csr_array(possible), perm_type="column")
    return np.asarray(found) if (found >= 0).all() else None


def _place(evidence: Evidence, i: int, axis: int) -> str:
    if 1 in evidence.analytic.shape:
        return f"entry {evidence.name(0, i) if axis else evidence.name(i, 0)}"
    return f"{'column' if axis else 'row'} {i}"


# --------------------------------------------------------------------------- entries one by one


def _each(evidence: Evidence, failing: Array) -> Iterator[Hint]:
    """Slips of single entries, those of a kind together."""
    left = failing & evidence.significant
    zeroed = left & (evidence.analytic == 0)
    if zeroed.any():
        yield Hint("zeroed", f"{_entries(evidence, zeroed, 'is', 'are')} 0", 0.0)
    left &= ~zeroed
    flipped = left & _right_with(evidence, -1.0) & _sharp(evidence)
    if flipped.any():
        yield Hint("sign", f"{_entries(evidence, flipped, 'has', 'have')} the wrong sign", -1.0)
    left &= ~flipped
    for name, wrong in _logarithms(evidence, left):
        # two different numbers in the same relation to their variables are no chance
        if _several(evidence, wrong):
            yield Hint("logarithm", f"{_entries(evidence, wrong, 'is', 'are')} {name}")
            left &= ~wrong
    if np.count_nonzero(left) > 2:
        factor = _common_factor(evidence, left, any_ratio=True)
        if factor is not None:
            name = _factor_name(factor, evidence.variables)
            yield Hint("factor", f"{_entries(evidence, left, 'is', 'are')} {name}", factor)
            return
    for factor in _named_factors(evidence.variables):
        wrong = left & _right_with(evidence, factor) & _sharp(evidence)
        if wrong.any():
            name = _factor_name(factor, evidence.variables)
            yield Hint("factor", f"{_entries(evidence, wrong, 'is', 'are')} {name}", factor)
            left &= ~wrong
    for name, wrong in _logarithms(evidence, left):
        if wrong.any():
            yield Hint("logarithm", f"{_entries(evidence, wrong, 'is', 'are')} {name}")
            left &= ~wrong


def _entries(evidence: Evidence, which: Array, singular: str, plural: str) -> str:
    """Subject and verb for some entries: a whole column or row, one, or a list."""
    rows, columns = which.shape
    for axis, length, what in ((0, rows, "column"), (1, columns, "row")):
        lines = np.flatnonzero(which.any(axis=axis))
        if evidence.shape is not None and length > 1 and lines.size == 1:
            line = (slice(None), lines[0]) if axis == 0 else (lines[0], slice(None))
            if (which[line] | ~evidence.significant[line]).all() and np.count_nonzero(which) > 1:
                if 1 not in which.shape:
                    return f"every entry of {what} {lines[0]} {singular}"
                if which.all():
                    return f"every entry {singular}"
    places = np.argwhere(which)
    names = [evidence.name(int(r), int(c)) for r, c in places[:LISTED]]
    if len(places) == 1:
        return f"{_subject(names[0])} {singular}"
    more = f" and {len(places) - LISTED:,} more" if len(places) > LISTED else ""
    return f"entries {', '.join(names)}{more} {plural}"


# --------------------------------------------------------------------------- factors


def _named_factors(n: int) -> tuple[float, ...]:
    named = (-1.0, 2.0, 0.5, pi / 180, 180 / pi)
    return (*named, float(n), 1 / n) if n > 2 else named


def _factor_name(factor: float, n: int) -> str:
    names = {
        2.0: "2 times what it should be",
        0.5: "half of what it should be",
        pi / 180: "pi/180 of what it should be: radians for degrees",
        180 / pi: "180/pi times what it should be: degrees for radians",
    }
    if factor in names:
        return names[factor]
    if n > 2 and factor == n:
        return f"{n} times what it should be, the number of variables"
    if n > 2 and factor == 1 / n:
        return f"1/{n} of what it should be, where {n} is the number of variables"
    return f"{factor:.6g} times what it should be"


def _logarithms(evidence: Evidence, left: Array) -> Iterator[tuple[str, Array]]:
    """What entries are where a parameter was confused with its logarithm, and the entries that are so."""
    if evidence.x.size != left.shape[1]:
        return
    with np.errstate(all="ignore"):
        forms = (
            ("x_i times what it should be, as the derivative by log(x_i) is", evidence.x),
            ("exp(-x_i) times what it should be, as the derivative by exp(x_i) is", np.exp(-evidence.x)),
            ("1/x_i of what it should be: a factor x_i is missing", 1 / evidence.x),
            ("exp(x_i) times what it should be: there is a factor exp(x_i) too much", np.exp(evidence.x)),
        )
        for name, factor in forms:
            telling = np.isfinite(factor) & (factor != 0) & (np.abs(np.log(np.abs(factor))) > TELLING)
            yield name, left & telling & _right_with(evidence, factor) & _sharp(evidence)


def _several(evidence: Evidence, wrong: Array) -> bool:
    """Whether entries belong to variables of different value."""
    x = evidence.x[wrong.any(axis=0)]
    return bool(x.size > 1 and np.ptp(x) > TELLING * np.abs(x).max())


def _right_with(evidence: Evidence, factor: float | Array) -> Array:
    """The entries that would be right if the factor were taken out."""
    with np.errstate(all="ignore"):
        return evidence.known & (np.abs(evidence.analytic / factor - evidence.numerical) <= evidence.allowed)


def _sharp(evidence: Evidence) -> Array:
    """The entries whose ratio is known well enough for a factor to be recognised."""
    with np.errstate(all="ignore"):
        return evidence.known & (evidence.allowed <= SHARP * np.abs(evidence.numerical))


def _common_factor(evidence: Evidence, which: Array, any_ratio: bool) -> float | None:
    """The factor between analytic and numerical values that all of some entries have; a named one if there is one."""
    if np.iscomplexobj(evidence.analytic) or np.iscomplexobj(evidence.numerical):
        named = _named_factors(evidence.variables)
        return next((f for f in named if (which <= _right_with(evidence, f)).all()), None)
    a, v, allowed = (q[which] for q in (evidence.analytic, evidence.numerical, evidence.allowed))
    with np.errstate(all="ignore"):
        ends = np.array([a / (v - allowed), a / (v + allowed)])
    low, high = float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
    if not (low <= high and low * high > 0 and high - low <= SHARP * min(abs(low), abs(high))):
        return None
    # the named ones have to be exact, to within the rounding of the analytic values
    for factor in _named_factors(evidence.variables):
        if low - 1e-12 * abs(low) <= factor <= high + 1e-12 * abs(high):
            return factor
    # the sum of both may overflow
    return float(np.clip((low + high) / 2, low, high)) if any_ratio else None


def shape_hint(given: tuple[int, ...], expected: tuple[int, ...]) -> Hint:
    """For a derivative that does not fit."""
    return Hint("shape", f"wrong shape: the derivative has shape {given}, and {expected} was expected")


def nonfinite_hint(failing: Array, analytic: Array, name: Callable[[int, int], str]) -> Hint | None:
    """For failing entries that are NaN or infinite."""
    bad = np.argwhere(failing & ~np.isfinite(analytic))
    if not len(bad):
        return None
    row, column = (int(i) for i in bad[0])
    if len(bad) == 1:
        return Hint("nonfinite", f"{_subject(name(row, column))} is not finite: {analytic[row, column]}")
    return Hint(
        "nonfinite", f"{len(bad):,} entries are not finite, the first {name(row, column)}: {analytic[row, column]}"
    )


def _subject(name: str) -> str:
    """An entry as the subject of a sentence; the only one is not called an entry."""
    return f"entry {name}" if name[0] == "[" else name
