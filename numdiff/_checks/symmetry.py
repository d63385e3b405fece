"""Whether a Hessian is symmetric, and the numerical one, which tells of the gradient that it was computed from."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from numdiff._checks.report import ComparedEntry, Hint, both_told, entry_name
from numdiff._checks.targets import Directions, Target
from numdiff._checks.verdicts import SEVERAL, Comparison, Rules, compare
from numdiff._result import Status

__all__ = ["asymmetry_of"]

Array = np.ndarray[Any, Any]
Place = Callable[[int, int], tuple[int, ...]]


def asymmetry_of(
    matrix: Any, compared: Comparison, rules: Rules, target: Target, place: Place, max_nfev: int
) -> tuple[tuple[Hint, ...], tuple[ComparedEntry, ...], int]:
    """Hints at a matrix that is not symmetric, or at a numerical one; the two entries that differ; evaluations."""
    hints: list[Hint] = []
    entries: tuple[ComparedEntry, ...] = ()
    nfev = 0
    pair = _analytic_pair(matrix, rules)
    if pair is not None:
        names = _names(place, pair)
        values = both_told(matrix[pair], matrix[pair[::-1]])
        hints.append(Hint("asymmetric", f"not symmetric: H{names[0]} is {values[0]}, H{names[1]} is {values[1]}"))
        if isinstance(target, Directions):
            entries, nfev = _along_axes(matrix, target, rules, place, pair)
        else:
            entries = tuple(compared.entry(*at, place(*at)) for at in (pair, pair[::-1]))
    if isinstance(target, Directions):
        return tuple(hints), entries, nfev
    pair, values, nfev = _numerical_pair(compared, rules, target, max_nfev)
    if pair is not None:
        names = _names(place, pair)
        text = (
            f"grad is not the gradient of a function: its numerical Jacobian is {values[0]} at {names[0]} and "
            f"{values[1]} at {names[1]}"
        )
        hints.append(Hint("asymmetric", text))
        entries = entries or tuple(compared.entry(*at, place(*at)) for at in (pair, pair[::-1]))
    return tuple(hints), entries, nfev


def _analytic_pair(matrix: Any, rules: Rules) -> tuple[int, int] | None:
    """The entry of the Hessian given that differs most from its mirror image."""
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
    return None if worst is None else (int(i[worst]), int(j[worst]))


def _numerical_pair(
    compared: Comparison, rules: Rules, target: Target, max_nfev: int
) -> tuple[tuple[int, int] | None, tuple[str, str], int]:
    """The entry of the numerical Hessian that differs most from its mirror image, and both; evaluations.

    The values are as rough as the verdicts allow. Of a difference that is not several times its bounds the columns are
    computed again, as well as can be, and it then has to be twice the bounds.
    """
    numerical, bound = compared.numerical.copy(), compared.bound.copy()
    sharp = np.zeros(len(numerical), dtype=bool)
    i, j = np.triu_indices(len(numerical), 1)
    nfev = 0
    while True:
        here, there = numerical[i, j], numerical[j, i]
        with np.errstate(all="ignore"):
            factor = np.where(sharp[i] & sharp[j], 2.0, 1.0)
            tolerance = rules.rtol * np.fmax(np.abs(here), np.abs(there)) + rules.atol
            bounds = bound[i, j] + bound[j, i]
            difference = np.abs(here - there) - tolerance
            worst = _largest(difference - factor * bounds)
        if worst is None:
            return None, ("", ""), nfev
        pair = int(i[worst]), int(j[worst])
        if (sharp[[*pair]]).all() or difference[worst] > SEVERAL * bounds[worst]:
            return pair, both_told(here[worst], there[worst]), nfev
        columns = np.array([column for column in pair if not sharp[column]])
        left = max_nfev - compared.nfev - nfev if max_nfev else 0
        sharp[columns] = True
        if max_nfev and left <= 0:
            # what cannot be looked at again is not said
            bound[:, columns] = np.inf
            continue
        again = target.estimate(columns, 0.0, left)
        nfev += again.nfev
        numerical[:, columns] = again.value
        bound[:, columns] = np.where(again.status == Status.BUDGET, np.inf, again.bound)


def _along_axes(
    matrix: Any, target: Directions, rules: Rules, place: Place, pair: tuple[int, int]
) -> tuple[tuple[ComparedEntry, ...], int]:
    """Both entries of a pair, compared by themselves."""
    entries, nfev = [], 0
    for row, column in (pair, pair[::-1]):
        # in the units of the variable and to the side where there is room, as directions are
        u = np.where(np.arange(matrix.shape[1]) == column, target.displacement(0), 0.0)
        way = float(np.sign(u[column]))
        analytic = np.asarray(matrix[:, [column]].toarray() if hasattr(matrix, "tocoo") else matrix[:, [column]])
        comparison = compare(target.along(u), way * analytic, rules, 0)
        values = replace(comparison, analytic=way * comparison.analytic, numerical=way * comparison.numerical)
        entries.append(values.entry(row, 0, place(row, column)))
        nfev += comparison.nfev
    return tuple(entries), nfev


def _names(place: Place, pair: tuple[int, int]) -> tuple[str, str]:
    """Of an entry and of the one that it should be equal to."""
    return entry_name(place(*pair)), entry_name(place(*pair[::-1]))


def _largest(excess: Array) -> int | None:
    """Where a vector is largest, if it is positive anywhere."""
    excess = np.where(np.isnan(excess), -np.inf, excess)
    return int(np.argmax(excess)) if (excess > 0).any() else None
