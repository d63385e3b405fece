"""The functions of fewer variables that a check differentiates: f of some entries of x, or of the way along a line.

Both kinds have columns, the derivatives of all outputs of f with respect to one of them, and answer for any of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from numdiff._checks.analytic import argument_of, length_of
from numdiff._differentiate import results_of
from numdiff._kernels.function import Function
from numdiff._kernels.richardson import adaptive
from numdiff._result import Status

__all__ = ["Answers", "Lines", "Variables", "value_at"]

Array = np.ndarray[Any, Any]

# To see how far f jumps, in sizes of x.
NEAR = 2.0**-40
Side = Literal[-1, 0, 1]
# of `Answers`, what has an entry for each output and column
ARRAYS = ("value", "bound", "status", "step", "slope")


@dataclass(frozen=True)
class Answers:
    """What is known of some columns: arrays of shape (outputs, columns).

    `slope` is the range of the values of f over the distance sampled.
    """

    value: Array
    bound: Array
    status: Array
    step: Array
    slope: Array
    nfev: int

    @classmethod
    def empty(cls, outputs: int) -> "Answers":
        """Of no columns at all."""
        nothing = np.empty((outputs, 0))
        return cls(nothing, nothing, nothing.astype(np.int8), nothing, nothing, 0)

    @classmethod
    def unknown(cls, outputs: int, status: Status) -> "Answers":
        """Of one column, which could not be differentiated."""
        nothing = np.full((outputs, 1), np.nan)
        return cls(nothing, np.full_like(nothing, np.inf), np.full((outputs, 1), status, np.int8), nothing, nothing, 0)

    def per(self, length: float) -> "Answers":
        """In units of length."""
        return Answers(
            self.value / length, self.bound / length, self.status, self.step * length, self.slope / length, self.nfev
        )

    def merged(self, other: "Answers", columns: Array, entries: Array) -> "Answers":
        """With those `entries` of some `columns` that another has found."""
        changed = {}
        for name in ARRAYS:
            mine, its = getattr(self, name), getattr(other, name)
            changed[name] = mine.astype(np.result_type(mine, its))
            changed[name][:, columns] = np.where(entries[:, columns], its, mine[:, columns])
        return Answers(**changed, nfev=self.nfev + other.nfev)

    @classmethod
    def beside(cls, parts: "Sequence[Answers]") -> "Answers":
        """Columns side by side."""
        columns = {name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ARRAYS}
        return cls(**columns, nfev=sum(part.nfev for part in parts))


def differentiate(
    function: Function,
    point: Array,
    pointwise: bool,
    one_output: bool,
    outputs: int,
    step: Array | None,
    lower: Array | None,
    upper: Array | None,
    rtol: float,
    max_nfev: int,
    f0: Any,
) -> Answers:
    """The adaptive method, for first derivatives that may all turn out to have no bound."""
    found = adaptive(function, point, pointwise, one_output, (1,), step, lower, upper, rtol, 0.0, max_nfev, f0, True)
    result = results_of(found, point, pointwise, one_output)[0]
    slope = found.slope[0]
    shape = (outputs, point.size)
    return Answers(
        np.asarray(result.value).reshape(shape),
        np.asarray(result.error).reshape(shape),
        np.asarray(result.status, dtype=np.int8).reshape(shape),
        np.asarray(result.step).reshape(shape),
        np.hypot.reduce(slope, axis=-1).reshape(shape),
        found.nfev,
    )


def value_at(function: Function, x: Array) -> Any:
    """f at one point, called as a differentiation calls it."""
    if function.vectorized:
        values = np.asarray(function(x[..., np.newaxis].copy()))
        if values.shape[-1:] != (1,):
            raise ValueError(
                "f must return an array of shape f.shape + (k,) when vectorized=True; got shape "
                f"{values.shape} for an argument of shape {(*x.shape, 1)}, which is k = 1 points"
            )
        return values[..., 0]
    return function(argument_of(x))


def values_at(function: Function, points: Iterable[Array], outputs: int) -> Array:
    """f at some points, a row for each: NaN where it raises as it may outside of its domain."""
    if function.vectorized:
        block = np.stack(list(points), axis=-1)
        return np.asarray(function.block(block, block.shape[-1])).reshape(outputs, block.shape[-1]).T
    rows = []
    for x in points:
        try:
            with np.errstate(all="ignore"):
                rows.append(np.asarray(value_at(function, x)).reshape(outputs))
        except (ArithmeticError, ValueError):
            rows.append(np.full(outputs, np.nan))
    return np.array(rows)


class Variables:
    """f as a function of each of its variables; `pointwise`, of one variable at many points."""

    def __init__(
        self,
        function: Function,
        point: Array,
        pointwise: bool,
        one_output: bool,
        f0: Array,
        step: Array | None,
        lower: Array | None,
        upper: Array | None,
    ) -> None:
        self.function, self.point, self.pointwise, self.one_output = function, point, pointwise, one_output
        self.f0, self.step, self.lower, self.upper = f0, step, lower, upper
        self.outputs = 1 if pointwise else f0.size
        self.columns = point.size

    def differentiate(self, columns: Array, rtol: float, max_nfev: int = 0, side: Side = 0) -> Answers:
        """Derivatives with respect to the variables `columns`, on one side of x only if asked."""
        if columns.size == 0:
            return Answers.empty(self.outputs)
        values = self.point.reshape(-1)[columns]
        step, lower, upper = (None if v is None else v[columns] for v in (self.step, self.lower, self.upper))
        if side > 0:
            lower = values.astype(np.float64)
        elif side < 0:
            upper = values.astype(np.float64)
        # what is not given is no bound
        if side and lower is None:
            lower = np.full(columns.size, -np.inf)
        if side and upper is None:
            upper = np.full(columns.size, np.inf)
        function, point, f0 = self.function, self.point, self.f0
        if self.pointwise:
            point, f0 = values, f0.reshape(-1)[columns]
        elif columns.size < self.columns:
            function, point = self._restricted(columns), values
        return differentiate(
            function, point, self.pointwise, self.one_output, self.outputs, step, lower, upper, rtol, max_nfev, f0
        )

    def values(self, column: int, displacements: Array) -> Array:
        """f with one variable displaced: a row for each displacement, NaN where f is not defined."""
        x = self.point.reshape(-1)

        def point(h: float) -> Array:
            if self.pointwise:
                return np.asarray(x[column] + h, dtype=x.dtype)
            moved = x.copy()
            moved[column] += h
            return moved.reshape(self.point.shape)

        return values_at(self.function, map(point, displacements), self.outputs)

    def values_beside(self, column: int) -> Array:
        """f on the left and on the right of x in one variable."""
        size = abs(float(self.point.reshape(-1)[column])) or 1.0
        return self.values(column, np.array([-NEAR, NEAR]) * size)

    def _restricted(self, columns: Array) -> Function:
        """f of some of its variables, the others as in x."""
        function, x = self.function, self.point
        size, flat = x.size, x.reshape(-1)

        def one(t: Array) -> Any:
            y = flat.copy()
            y[columns] = t
            return function(y.reshape(x.shape))

        def many(t: Array) -> Any:
            y = np.empty((size, t.shape[-1]), dtype=flat.dtype)
            y[...] = flat[:, np.newaxis]
            y[columns] = t
            return function.block(y.reshape(*x.shape, -1), t.shape[-1])

        return Function(many if function.vectorized else one, function.vectorized)


class Lines:
    """f along lines through x: with respect to t at t = 1, where the point is x + (t - 1) u.

    About t = 1 the rounding of x and that of t are alike, which the kernel allows for. Each column is a line, with its
    own displacement u; derivatives are per unit of length of u.
    """

    def __init__(
        self,
        function: Function,
        point: Array,
        one_output: bool,
        f0: Array,
        displacement: Callable[[int], Array],
        columns: int,
        lower: Array | None,
        upper: Array | None,
    ) -> None:
        self.function, self.point, self.f0, self.one_output = function, point, f0, one_output
        self.displacement, self.lower, self.upper = displacement, lower, upper
        self.outputs = f0.size
        self.columns = columns

    def differentiate(self, columns: Array, rtol: float, max_nfev: int = 0, side: Side = 0) -> Answers:
        """Derivatives along the lines `columns`, on one side of x only if asked."""
        parts: list[Answers] = []
        used = 0
        for column in columns:
            left = max(max_nfev - used, 1) if max_nfev else 0
            parts.append(self._along(self.displacement(int(column)), rtol, left, side))
            used += parts[-1].nfev
        return Answers.beside(parts) if parts else Answers.empty(self.outputs)

    def along(self, u: Array) -> "Lines":
        """Another line."""
        return Lines(self.function, self.point, self.one_output, self.f0, lambda _: u, 1, self.lower, self.upper)

    def values(self, column: int, displacements: Array) -> Array:
        """f along a line: a row for each displacement, NaN where f is not defined."""
        u = self.displacement(column)
        u = u / length_of(u)
        points = (np.asarray(self.point + h * u.reshape(self.point.shape), self.point.dtype) for h in displacements)
        return values_at(self.function, points, self.outputs)

    def values_beside(self, column: int) -> Array:
        """f on both sides of x along a line."""
        return self.values(column, np.array([-NEAR, NEAR]) * length_of(self.displacement(column)))

    def _along(self, u: Array, rtol: float, max_nfev: int, side: Side) -> Answers:
        function, x, lower, upper = self.function, self.point, self.lower, self.upper
        flat = x.reshape(-1)
        low, high = self._room(u)
        if side > 0:
            low = 1.0
        elif side < 0:
            high = 1.0

        def at(t: Any, u: Array, flat: Array, lower: Array | None, upper: Array | None) -> Array:
            y = (flat + (t - 1.0) * u).astype(x.dtype, copy=False)
            # rounding must not lead out of the bounds
            if lower is not None:
                y = np.clip(y, lower, upper).astype(x.dtype, copy=False)
            return np.asarray(y)

        def column(v: Array | None) -> Array | None:
            return None if v is None else v[:, np.newaxis]

        def one(t: float) -> Any:
            return function(at(t, u, flat, lower, upper).reshape(x.shape))

        def many(t: Array) -> Any:
            y = at(t, u[:, np.newaxis], flat[:, np.newaxis], column(lower), column(upper))
            return function.block(y.reshape(*x.shape, -1), t.shape[-1])

        if not np.isfinite(flat).all():
            return Answers.unknown(self.outputs, Status.NONFINITE)
        if not u.any():
            return Answers.unknown(self.outputs, Status.EDGE)
        length = length_of(u)
        return differentiate(
            Function(many if function.vectorized else one, function.vectorized),
            # where x is float32, t has no more digits either
            np.array(1.0, dtype=x.dtype),
            False,
            self.one_output,
            self.outputs,
            None,
            np.array([low]),
            np.array([high]),
            rtol,
            max_nfev,
            self.f0,
        ).per(length)

    def _room(self, u: Array) -> tuple[float, float]:
        """The t between which the line is within bounds."""
        if self.lower is None or self.upper is None:
            return -np.inf, np.inf
        x = self.point.reshape(-1)
        with np.errstate(all="ignore"):
            ends = np.array([(self.lower - x) / u, (self.upper - x) / u])
        ends[:, u == 0] = np.array([[-np.inf], [np.inf]])
        return 1 + float(ends.min(axis=0).max(initial=-np.inf)), 1 + float(ends.max(axis=0).min(initial=np.inf))
