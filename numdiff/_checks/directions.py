"""Directions through x that see every variable, and the search for the variables at fault."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from numdiff._checks.analytic import length_of
from numdiff._checks.verdicts import Comparison
from numdiff._kernels.lines import Lines

__all__ = ["Displacements", "search"]

Array = np.ndarray[Any, Any]

# Part of the typical size of the variables that every one of them is taken to have at least. Units may lie many orders
# of magnitude apart; what is displaced by more than its size loses as many digits.
LEAST_SIZE = 1e-9
LARGEST = float(np.finfo(np.float64).max)
# Faults looked for; each takes the logarithm of the number of variables, in directional derivatives.
MOST_FAULTS = 5


def sizes_of(x: Array) -> Array:
    """Typical sizes of the variables: |x|, where that is not very much smaller than the others' geometric median."""
    sizes = np.abs(x.reshape(-1).astype(np.float64))
    seen = sizes[(sizes > 0) & np.isfinite(sizes)]
    typical = min(float(np.exp(np.median(np.log(seen)))), LARGEST) if seen.size else 1.0
    zero = sizes == 0
    sizes[~(sizes >= LEAST_SIZE * typical)] = LEAST_SIZE * typical
    sizes[zero] = typical
    # there f is not looked at
    sizes[~np.isfinite(sizes)] = 0.0
    return sizes


@dataclass(frozen=True)
class Displacements:
    """Random vectors, each component between half the size of its variable and all of it, of random sign.

    Errors of several entries thus cancel with probability 0, and none is hidden behind a small component. At a bound
    the sign is the one that leads inside; where there is no room at all the component is 0. Each vector depends on
    seed and number only, and is made when it is asked for.
    """

    lines: Lines
    seed: int

    def __call__(self, number: int) -> Array:
        """The vector of this number."""
        random = np.random.default_rng((self.seed, number))
        x = self.lines.x.reshape(-1)
        u = sizes_of(x) * random.uniform(0.5, 1.0, x.size) * random.choice((-1.0, 1.0), x.size)
        if self.lines.bounds is not None:
            lb, ub = self.lines.bounds
            u = np.where(x <= lb, np.abs(u), np.where(x >= ub, -np.abs(u), u))
            u[lb == ub] = 0.0
        while not np.isfinite(length_of(u)):
            u = u / 2
        return np.asarray(u)


def search(
    examine: Callable[[Array], Comparison], variables: int
) -> tuple[list[tuple[int, Comparison]], list[Array], bool, int]:
    """Find the variables at fault in a direction that fails, by halving.

    `examine` compares along the direction restricted to the variables given. Returns the variables found, each with its
    comparison; sets of variables that fail together, but not in halves; whether all were found; and the evaluations.
    """
    found: list[tuple[int, Comparison]] = []
    lost: list[Array] = []
    nfev = 0
    stack = [np.arange(variables)]
    while stack and len(found) + len(lost) < MOST_FAULTS:
        suspects = stack.pop()
        halves = [half for half in np.array_split(suspects, 2) if half.size]
        failing = []
        for half in halves:
            comparison = examine(half)
            nfev += comparison.nfev
            if (comparison.verdicts == "fail").any():
                failing.append((half, comparison))
        if not failing:
            lost.append(suspects)
        found += [(int(half[0]), comparison) for half, comparison in failing if half.size == 1]
        stack += [half for half, _ in reversed(failing) if half.size > 1]
    complete = not stack and len(found) <= MOST_FAULTS
    return sorted(found[:MOST_FAULTS], key=lambda fault: fault[0]), lost, complete, nfev
