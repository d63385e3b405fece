"""What a check says beside its verdicts: hints at what is wrong, entries at fault, and remarks about f."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from numdiff._checks.analytic import Analytic
from numdiff._checks.directions import MOST_FAULTS, search
from numdiff._checks.hints import Evidence, hints_of, nonfinite_hint, shape_hint
from numdiff._checks.report import ComparedEntry, Hint, both_told, entry_name
from numdiff._checks.targets import Directions, Target
from numdiff._checks.verdicts import Comparison, Rules, compare
from numdiff._kernels.lines import Lines
from numdiff._result import Status

__all__ = ["blind_spots", "failing_entries", "faults_of", "hints_for", "jumps_of", "nondeterminism", "places"]

Array = np.ndarray[Any, Any]

MOST_JUMPS = 3
# Failing entries that a report keeps by themselves.
MOST_LISTED = 100


def places(matrix: tuple[int, ...], shape: tuple[int, ...]) -> Callable[[int, int], tuple[int, ...]]:
    """Where the entries of a matrix are in an array of another shape."""

    def place(row: int, column: int) -> tuple[int, ...]:
        return tuple(int(i) for i in np.unravel_index(row * matrix[1] + column, shape)) if shape else ()

    return place


def hints_for(
    analytic: Analytic,
    compared: Comparison,
    expected: tuple[int, ...],
    shape: tuple[int, ...],
    lines: Lines,
    every: bool,
    resolution: float,
) -> tuple[Hint, ...]:
    """What would explain the failures; `every` tells that every entry was compared, and not directions."""
    failing = compared.failing
    if analytic.matrix is None:
        fits = analytic.turned is not None and (compared.verdicts == "pass").any() and not failing.any()
        turned = (Hint("transposed", "transposed, it would be right"),) if fits else ()
        return (shape_hint(analytic.given, expected), *turned)
    place = places(failing.shape, shape)
    hints: list[Hint] = []
    stored = analytic.stored if every else None
    if stored is not None:
        outside = np.argwhere(failing & ~stored)
        if len(outside):
            first = entry_name(place(int(outside[0, 0]), int(outside[0, 1])))
            number = "1 entry" if len(outside) == 1 else f"{len(outside):,} entries"
            verb = "is" if len(outside) == 1 else "are"
            hints.append(Hint("pattern", f"{number} outside of the sparsity pattern {verb} not 0, the first {first}"))
            failing = failing & stored
    if every:
        lost = nonfinite_hint(failing, compared.analytic, lambda row, column: entry_name(place(row, column)))
        hints += [lost] if lost is not None else []
    x = lines.x.reshape(-1).astype(np.float64)
    evidence = _evidence(
        compared,
        failing,
        lambda r, c: entry_name(place(r, c)),
        variables=1 if lines.pointwise else x.size,
        shape=expected if every else None,
        x=x if every else x[:0],
        resolution=resolution,
    )
    return (*hints, *hints_of(evidence))


def _evidence(compared: Comparison, failing: Array, name: Callable[[int, int], str], **known: Any) -> Evidence:
    # twice the bound, since a hint has to hold for all entries at once
    allowed = 2 * compared.bound + compared.tolerance
    return Evidence(compared.analytic, compared.numerical, allowed, failing, name, scale=compared.scale, **known)


def failing_entries(compared: Comparison, place: Callable[[int, int], tuple[int, ...]]) -> tuple[ComparedEntry, ...]:
    """The entries that fail, from the worst on."""
    places = np.argwhere(compared.failing)
    excess = excess_of(compared)[compared.failing]
    worst = np.argsort(-excess, kind="stable")[:MOST_LISTED]
    return tuple(compared.entry(int(row), int(column), place(int(row), int(column))) for row, column in places[worst])


def excess_of(compared: Comparison) -> Array:
    """Differences over what they are allowed to be; infinite where there is none."""
    with np.errstate(all="ignore"):
        excess = np.abs(compared.analytic - compared.numerical) / (compared.bound + compared.tolerance)
    return np.where(np.isnan(excess), np.inf, excess)


def faults_of(
    lines: Directions,
    analytic: Analytic,
    compared: Comparison,
    rules: Rules,
    expected: tuple[int, ...],
    explained: bool,
) -> tuple[tuple[ComparedEntry, ...], tuple[Hint, ...], tuple[str, ...], int]:
    """The entries at fault in the direction that fails most, with hints if there are none yet; notes; evaluations."""
    matrix = analytic.matrix
    excess = np.where(compared.failing, excess_of(compared), -1.0)
    u = lines.displacement(int(np.argmax(excess.max(axis=0))))
    n = u.size
    x = lines.problem.lines.x.reshape(-1).astype(np.float64)

    def examine(variables: Array) -> Comparison:
        part = np.zeros(n)
        part[variables] = u[variables]
        return compare(lines.along(part), analytic.along(part)[:, np.newaxis], rules, 0)

    place = places((lines.outputs, n), expected)
    entries: list[ComparedEntry] = []
    outside, sparse = False, hasattr(matrix, "tocoo")
    hints: tuple[Hint, ...] = ()
    lost: list[Array] = []
    bad = analytic.nonfinite()
    if len(bad):
        # no need to search, and no sum could tell where they are
        variables = [int(column) for column in dict.fromkeys(bad[:, 1])]
        found = [(variable, examine(np.array([variable]))) for variable in variables[:MOST_FAULTS]]
        complete, nfev = len(variables) <= MOST_FAULTS, sum(comparison.nfev for _, comparison in found)
        first = entry_name(place(int(bad[0, 0]), int(bad[0, 1])))
        what = f"entry {first} is not finite" if len(bad) == 1 else f"{len(bad):,} entries are not finite, as {first}"
        hints = (Hint("nonfinite", what),)
        explained = True
    else:
        found, lost, complete, nfev = search(examine, n)
    for variable, comparison in found:
        # along -u the derivative has the other sign
        way = float(np.sign(u[variable]))
        values = replace(comparison, analytic=way * comparison.analytic, numerical=way * comparison.numerical)
        rows = [int(row) for row in np.flatnonzero(values.failing[:, 0])]
        entries += [values.entry(row, 0, place(row, variable)) for row in rows]
        held = ~np.isin(np.arange(lines.outputs), [row for row in rows if sparse and matrix[row, variable] == 0])
        outside = outside or not held.all()
        if not explained:
            evidence = _evidence(
                values,
                values.failing & held[:, np.newaxis],
                _named(place, variable),
                variables=n,
                shape=None,
                x=x[variable : variable + 1],
                resolution=rules.resolution,
            )
            hints += hints_of(evidence, together=False)
    notes = tuple(
        f"among the variables {part[0]} to {part[-1]} there is a fault that cannot be seen in either half of them"
        for part in lost
    )
    if not complete:
        notes += (f"the search for variables at fault ended with the first {len(found)}: there are more",)
    if outside:
        hints += (Hint("pattern", "entries outside of the sparsity pattern are not 0"),)
    return tuple(entries), hints, notes, nfev


def _named(place: Callable[[int, int], tuple[int, ...]], variable: int) -> Callable[[int, int], str]:
    return lambda row, _: entry_name(place(row, variable))


# --------------------------------------------------------------------------- what is wrong with f


def blind_spots(compared: Comparison, verdict: str, target: Target) -> tuple[str, ...]:
    """What a verdict does not cover, although it looks as if it did."""
    notes = []
    bounds = target.problem.lines.bounds
    stuck = 0 if bounds is None else np.count_nonzero(bounds[0] == bounds[1])
    if isinstance(target, Directions) and stuck:
        notes.append(f"{stuck:,} variables have no room between their bounds: not compared")
    if verdict == "pass" and compared.scale.any() and (np.abs(compared.numerical) <= compared.bound).all():
        notes.append("all derivatives are 0 here, so that any multiple of them would pass: check at another point too")
    return tuple(notes)


def jumps_of(
    target: Target, compared: Comparison, place: Callable[[int, int], tuple[int, ...]]
) -> tuple[tuple[str, ...], int]:
    """How far f jumps, for the first of the entries where it does; evaluations."""
    notes, nfev = [], 0
    for row, column in np.argwhere(compared.status == Status.JUMP)[:MOST_JUMPS]:
        values, used = target.values_beside(int(column))
        left, right = values[:, row]
        nfev += used
        name = entry_name(place(int(row), int(column)))
        notes.append(f"f jumps at x along {name}: from {left:.9g} to {right:.9g}")
    return tuple(notes), nfev


def nondeterminism(first: Array, again: Array) -> tuple[str, ...]:
    """Whether f returned the same at x before and after."""
    if first.shape != again.shape:
        return (f"f is not deterministic: at the same x it returned shape {first.shape}, then {again.shape}",)
    if np.array_equal(first, again, equal_nan=True):
        return ()
    with np.errstate(all="ignore"):
        difference = np.abs(first - again).reshape(-1)
    worst = int(np.argmax(np.where(np.isnan(difference), np.inf, difference)))
    before, after = both_told(first.reshape(-1)[worst], again.reshape(-1)[worst])
    return (
        f"f is not deterministic: at the same x it returned {before} and {after}, "
        f"a difference of {difference[worst]:.2g}",
    )
