"""What a check differentiates: f with respect to its variables, or along directions.

Both are lines through x, here called columns: those of the derivative that is checked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from numdiff._checks.analytic import length_of
from numdiff._kernels.evaluation import Evaluation
from numdiff._kernels.problem import Problem
from numdiff._kernels.rounds import Adaptive
from numdiff._result import quotients

__all__ = ["Directions", "Estimates", "Target", "Variables"]

Array = np.ndarray[Any, Any]

# To see how far f jumps, in sizes of x.
NEAR = 2.0**-40
Side = Literal[-1, 0, 1]
# of `Estimates`, what has an entry for each output and column
ARRAYS = ("value", "bound", "status", "reach", "slope")


@dataclass(frozen=True)
class Estimates:
    """What is known of some columns: arrays of shape (outputs, columns).

    `reach` is the largest displacement that a value rests on, `slope` the range of the values of f over that distance.
    """

    value: Array
    bound: Array
    status: Array
    reach: Array
    slope: Array
    nfev: int

    @classmethod
    def empty(cls, outputs: int) -> "Estimates":
        """Of no columns at all."""
        nothing = np.empty((outputs, 0))
        return cls(nothing, nothing, nothing.astype(np.int8), nothing, nothing, 0)

    @classmethod
    def of(cls, method: Adaptive, problem: Problem) -> "Estimates":
        """First derivatives along the lines of a problem; it may turn out that none has a bound."""
        answer = method.answer(problem)
        return cls(**{name: getattr(answer, name)[0] for name in ARRAYS}, nfev=answer.nfev)

    def per(self, length: float) -> "Estimates":
        """In units of length."""
        with np.errstate(over="ignore"):
            # each entry of a displacement is finite, the length of all of them need not be
            reach = np.minimum(self.reach * length, np.finfo(np.float64).max)
        return Estimates(
            quotients(self.value, length), self.bound / length, self.status, reach, self.slope / length, self.nfev
        )

    def merged(self, other: "Estimates", columns: Array, entries: Array) -> "Estimates":
        """With those `entries` of some `columns` that another has found."""
        changed = {}
        for name in ARRAYS:
            mine, its = getattr(self, name), getattr(other, name)
            changed[name] = mine.astype(np.result_type(mine, its))
            changed[name][:, columns] = np.where(entries[:, columns], its, mine[:, columns])
        return Estimates(**changed, nfev=self.nfev + other.nfev)

    @classmethod
    def beside(cls, parts: "Sequence[Estimates]") -> "Estimates":
        """Columns side by side."""
        columns = {name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ARRAYS}
        return cls(**columns, nfev=sum(part.nfev for part in parts))


class Variables:
    """f as a function of each of its variables, or of one variable at many points.

    `noise` is what the values of each output, or at each point, are known to; 0 where nothing is given.
    """

    def __init__(self, problem: Problem, step: Array | None, noise: Array) -> None:
        self.problem, self.step = problem, step
        self.outputs = int(np.prod(problem.outputs))
        self.columns = problem.lines.count
        by_output = noise.reshape((1, -1) if problem.lines.pointwise else (-1, 1))
        self.noise = np.broadcast_to(by_output, (self.outputs, self.columns))

    def estimate(self, columns: Array, rtol: float, max_nfev: int = 0, side: Side = 0) -> Estimates:
        """Derivatives with respect to the variables `columns`, on one side of x only if asked."""
        if columns.size == 0:
            return Estimates.empty(self.outputs)
        problem = self.problem if columns.size == self.columns else self.problem.only(columns)
        return Estimates.of(Adaptive(self.step, rtol, 0.0, max_nfev), problem.on_side(side))

    def values(self, column: int, displacements: Array) -> tuple[Array, int]:
        """f with one variable displaced: a row for each displacement, NaN where f is not defined; evaluations."""
        evaluation = Evaluation(self.problem)
        return evaluation.along(column, displacements), evaluation.nfev

    def values_beside(self, column: int) -> tuple[Array, int]:
        """f on the left and on the right of x in one variable; evaluations."""
        size = abs(float(self.problem.lines.x.reshape(-1)[column])) or 1.0
        return self.values(column, np.array([-NEAR, NEAR]) * size)


class Directions:
    """f along lines through x, each with its own displacement u; derivatives are per unit of length of u.

    `known_to` is what the values of each output are known to; 0 where nothing is given.
    """

    def __init__(self, problem: Problem, displacement: Callable[[int], Array], columns: int, known_to: Array) -> None:
        self.problem, self.displacement, self.known_to = problem, displacement, known_to
        self.outputs = int(np.prod(problem.outputs))
        self.columns = columns
        self.noise = np.broadcast_to(known_to.reshape(-1, 1), (self.outputs, columns))

    def estimate(self, columns: Array, rtol: float, max_nfev: int = 0, side: Side = 0) -> Estimates:
        """Derivatives along the lines `columns`, on one side of x only if asked."""
        parts: list[Estimates] = []
        used = 0
        for column in columns:
            # made one at a time, since there may be many and each is as long as x
            u = self.displacement(int(column))
            left = max(max_nfev - used, 1) if max_nfev else 0
            found = Estimates.of(Adaptive(None, rtol, 0.0, left), self.problem.along([u]).on_side(side))
            parts.append(found.per(length_of(u)))
            used += found.nfev
        return Estimates.beside(parts) if parts else Estimates.empty(self.outputs)

    def along(self, u: Array) -> "Directions":
        """Another line."""
        return Directions(self.problem, lambda _: u, 1, self.known_to)

    def values(self, column: int, displacements: Array) -> tuple[Array, int]:
        """f along a line: a row for each displacement, NaN where f is not defined; evaluations."""
        u = self.displacement(column)
        evaluation = Evaluation(self.problem.along([u]))
        return evaluation.along(0, displacements / length_of(u)), evaluation.nfev

    def values_beside(self, column: int) -> tuple[Array, int]:
        """f on both sides of x along a line; evaluations."""
        return self.values(column, np.array([-NEAR, NEAR]) * length_of(self.displacement(column)))


Target = Variables | Directions
