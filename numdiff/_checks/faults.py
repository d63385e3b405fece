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
from numdiff._result import Status

__all__ = ["asymmetry_of", "blind_spots", "faults_of", "hints_for", "jumps_of", "nondeterminism", "places"]

Array = np.ndarray[Any, Any]

MOST_JUMPS = 3


def places(matrix: tuple[int, ...], shape: tuple[int, ...]) -> Callable[[int, int], tuple[int, ...]]:
    """Where the entries of a matrix are in an array of another shape."""

    def place(row: int, column: int) -> tuple[int, ...]:
        return tuple(int(i) for i in np.unravel_index(row * matrix[1] + column, shape)) if shape else ()

    return place


def hints_for(
    analytic: Analytic, compared: Comparison, expected: tuple[int, ...], shape: tuple[int, ...], n: int, every: bool
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
    named = _evidence(compared, failing, lambda r, c: entry_name(place(r, c)), n, expected if every else None)
    return (*hints, *hints_of(named))


def _evidence(
    compared: Comparison, failing: Array, name: Callable[[int, int], str], n: int, shape: tuple[int, ...] | None
) -> Evidence:
    # twice the bound, since a hint has to hold for all entries at once
    allowed = 2 * compared.bound + compared.tolerance
    return Evidence(compared.analytic, compared.numerical, allowed, failing, name, n, shape)


def asymmetry_of(
    matrix: Any, compared: Comparison, rules: Rules, every: bool, place: Callable[[int, int], tuple[int, ...]]
) -> tuple[Hint, ...]:
    """Whether the Hessian is not symmetric, or the numerical one, which tells of the gradient."""
    hints = []
    with np.errstate(all="ignore"):
        diagonal = np.sqrt(np.abs(matrix.diagonal()))
        if hasattr(matrix, "tocoo"):
            # where either half has an entry, and nowhere else
            held = (abs(matrix) + abs(matrix.T)).tocoo()
            i, j = held.row, held.col
        else:
            i, j = np.triu_indices(len(matrix), 1)
        # of no places at all a sparse matrix returns another one
        here, there = (np.asarray(matrix[k]).reshape(-1) if i.size else np.empty(0) for k in ((i, j), (j, i)))
        size = np.fmax(np.fmax(np.abs(here), np.abs(there)), diagonal[i] * diagonal[j])
        worst = _largest(np.abs(here - there) - rules.rtol * size - rules.atol)
        if worst is not None:
            names = _names(place, i[worst], j[worst])
            values = both_told(here[worst], there[worst])
            text = f"not symmetric: H{names[0]} is {values[0]}, H{names[1]} is {values[1]}"
            hints.append(Hint("asymmetric", text))
        if not every:
            return tuple(hints)
        i, j = np.triu_indices(len(compared.numerical), 1)
        here, there = compared.numerical[i, j], compared.numerical[j, i]
        allowed = rules.rtol * np.fmax(np.abs(here), np.abs(there)) + compared.bound[i, j] + compared.bound[j, i]
        worst = _largest(np.abs(here - there) - allowed - rules.atol)
    if worst is not None:
        names = _names(place, i[worst], j[worst])
        values = both_told(here[worst], there[worst])
        text = (
            f"grad is not the gradient of a function: its numerical Jacobian is {values[0]} at {names[0]} and "
            f"{values[1]} at {names[1]}"
        )
        hints.append(Hint("asymmetric", text))
    return tuple(hints)


def _names(place: Callable[[int, int], tuple[int, ...]], i: Any, j: Any) -> tuple[str, str]:
    """Of an entry and of the one that it should be equal to."""
    return entry_name(place(int(i), int(j))), entry_name(place(int(j), int(i)))


def _largest(excess: Array) -> int | None:
    """Where a vector is largest, if it is positive anywhere."""
    excess = np.where(np.isnan(excess), -np.inf, excess)
    return int(np.argmax(excess)) if (excess > 0).any() else None


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
    with np.errstate(all="ignore"):
        excess = np.abs(compared.analytic - compared.numerical) / (compared.bound + compared.tolerance)
    excess = np.where(compared.verdicts == "fail", np.where(np.isnan(excess), np.inf, excess), -1.0)
    u = lines.displacement(int(np.argmax(excess.max(axis=0))))
    n = u.size

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
            evidence = _evidence(values, values.failing & held[:, np.newaxis], _named(place, variable), n, None)
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
