"""What a hand-written derivative returns, brought into one form: a matrix of outputs by variables."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

import numpy as np

from numdiff._kernels.function import Function
from numdiff._kernels.plain import require_plain
from numdiff._options import as_function

__all__ = ["Analytic", "argument_of", "call_analytic", "f_and_derivative", "length_of"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Analytic:
    """A derivative as it was given.

    `matrix` has the shape (outputs, variables), and is sparse (CSR) if it was given so; it is None where what was
    returned does not fit. `given` is the shape of what was returned, and `dtype` its type. `turned` is the matrix, if
    what was returned fits once it is transposed.
    """

    matrix: Any
    given: tuple[int, ...]
    dtype: np.dtype[Any]
    turned: Any = None

    @property
    def stored(self) -> Array | None:
        """Which entries a sparse matrix holds; None for a dense one."""
        if not hasattr(self.matrix, "tocoo"):
            return None
        held = np.zeros(self.matrix.shape, dtype=bool)
        coordinates = self.matrix.tocoo()
        held[coordinates.row, coordinates.col] = True
        return held

    @property
    def usable(self) -> Any:
        """The matrix, transposed if it only fits so; None if it does not fit at all."""
        return self.turned if self.matrix is None else self.matrix

    def dense(self) -> Array:
        """All entries."""
        return np.asarray(self.usable.toarray() if hasattr(self.usable, "toarray") else self.usable)

    def along(self, u: Array) -> Array:
        """Derivatives of all outputs along u, per unit of its length."""
        # not those in which nothing is displaced, since 0 times infinity is not 0
        moved = np.flatnonzero(u)
        with np.errstate(all="ignore"):
            return np.asarray(self.usable[:, moved] @ (u[moved] / length_of(u)))

    def nonfinite(self) -> Array:
        """Row and column of the entries that are NaN or infinite."""
        if not hasattr(self.matrix, "tocoo"):
            return np.argwhere(~np.isfinite(self.matrix))
        coordinates = self.matrix.tocoo()
        bad = ~np.isfinite(coordinates.data)
        return np.stack([coordinates.row[bad], coordinates.col[bad]], axis=1)


def call_analytic(
    derivative: Any, name: str, function: Function, x: Array, pointwise: bool, expected: tuple[int, ...], rows: int
) -> Analytic:
    """Call the derivative as f is called, on an argument of its own, and bring what it returns into form.

    `expected` is the shape that it should have, and `rows` how many outputs it is the derivative of.
    """
    if not isinstance(derivative, Function):
        derivative = partial(_called, derivative, function.args, function.kwargs)
    if not pointwise:
        return in_form(derivative(argument_of(x)), name, expected, (rows, x.size))
    if function.vectorized:
        return in_form(derivative(x.reshape(-1).copy()), name, expected, (rows, x.size))
    if not x.ndim:
        return in_form(derivative(argument_of(x)), name, expected, (rows, x.size))
    values = [_as_float(_second(derivative(argument_of(t)), ())) for t in x.reshape(-1)]
    try:
        array = np.array(values)
    except ValueError:
        raise ValueError(f"{name} must return one number at every point; got {values!r}") from None
    return in_form(array.reshape(x.shape) if array.size == x.size else array, name, expected, (rows, x.size))


def length_of(u: Array) -> float:
    """The norm of a vector whose squares may overflow; 1 for a zero one, which has no direction."""
    largest = float(np.abs(u).max(initial=0.0))
    return largest * float(np.linalg.norm(u / largest)) if largest > 0 else 1.0


def f_and_derivative(
    f: Any, derivative: Any, name: str, options: dict[str, Any], pointwise: bool
) -> tuple[Function, Callable[..., Any]]:
    """f and its derivative, from what the user gave: one each, or an f of pairs and True."""
    function = as_function(f, options["vectorized"], options["args"], options["kwargs"])
    if derivative is True:
        value, derivative = split_pair(function.f, function.vectorized and not pointwise, name)
        return Function(value, function.vectorized, function.args, function.kwargs, function.noise), derivative
    if not callable(derivative):
        raise TypeError(f"{name} must be callable, or True if f returns pairs (value, derivative); got {derivative!r}")
    return function, derivative


def split_pair(f: Any, blocks: bool, name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The two functions in an f that returns (value, derivative); `blocks` tells that f takes points in blocks even
    where the derivative is asked for at one of them."""

    def both(x: Any, *args: Any, **kwargs: Any) -> Any:
        pair = f(x, *args, **kwargs)
        if not (isinstance(pair, tuple | list) and len(pair) == 2):
            raise TypeError(
                f"f must return pairs (value, derivative) if no derivative is given ({name}=True); got {pair!r}"
            )
        return pair

    def value(x: Any, *args: Any, **kwargs: Any) -> Any:
        return both(x, *args, **kwargs)[0]

    def derivative(x: Any, *args: Any, **kwargs: Any) -> Any:
        if not blocks:
            return both(x, *args, **kwargs)[1]
        return np.asarray(both(np.asarray(x)[..., np.newaxis], *args, **kwargs)[1])[..., 0]

    return value, derivative


def in_form(returned: Any, name: str, expected: tuple[int, ...], matrix: tuple[int, int]) -> Analytic:
    """A derivative of `expected` shape, as a matrix."""
    returned = _as_float(_second(returned, expected))
    if hasattr(returned, "tocoo"):
        return _from_sparse(returned, name, matrix)
    if np.ma.isMaskedArray(returned):
        # what is masked was not given
        returned = np.ma.filled(returned, np.nan)
    require_plain(returned, f"{name}(x)")
    try:
        array = np.asarray(returned)
    except ValueError as error:
        raise ValueError(f"{name} must return a rectangular array of numbers; got {returned!r}") from error
    if array.dtype.kind not in "iufc":
        raise TypeError(f"{name} must return an array of numbers, or a sparse one; got {array.dtype} from {returned!r}")
    precision = array.dtype if array.dtype.kind in "fc" else np.dtype(np.float64)
    wide = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    if _fits(array.shape, expected, matrix):
        return Analytic(wide.reshape(matrix), array.shape, precision)
    turned = wide.T.reshape(matrix) if len(expected) == 2 and array.shape == expected[::-1] else None
    return Analytic(None, array.shape, precision, turned)


def _called(derivative: Any, args: tuple[Any, ...], kwargs: dict[str, Any], x: Any) -> Any:
    """The derivative at a point, with the further arguments of f."""
    return derivative(x, *args, **kwargs)


def argument_of(x: Any) -> Any:
    """x as a function of one point gets it: an array of its own to change or keep, or a number."""
    x = np.asarray(x)
    return x.copy() if x.ndim else x.item() if x.dtype == np.float64 else x[()]


def _as_float(returned: Any) -> Any:
    """A Python integer as a float, infinite beyond the largest, as f's are; anything else as it is."""
    if type(returned) is not int:
        return returned
    try:
        return float(returned)
    except OverflowError:
        return inf if returned > 0 else -inf


def _second(returned: Any, expected: tuple[int, ...]) -> Any:
    """The second of a pair (value, derivative), if it is one: a tuple that is no derivative by itself."""
    if not (isinstance(returned, tuple) and len(returned) == 2):
        return returned
    if hasattr(returned[1], "tocoo"):
        return returned[1]
    try:
        itself = np.shape(returned)
    except ValueError:  # of different shapes, as a value and its derivative are
        return returned[1]
    shape = returned[1].shape if hasattr(returned[1], "shape") else np.shape(returned[1])
    a_pair = _without_ones(itself) != _without_ones(expected) == _without_ones(shape)
    return returned[1] if a_pair else returned


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def _fits(shape: tuple[int, ...], expected: tuple[int, ...], matrix: tuple[int, int]) -> bool:
    """Whether an array of this shape can only mean the derivative: rows and columns of size 1 may be left out."""
    if shape in (expected, matrix):
        return True
    if 1 in matrix and len(shape) < 2:
        return int(np.prod(shape)) == matrix[0] * matrix[1]
    # a gradient is a row, however many dimensions x has
    return len(expected) != 2 and _without_ones(shape) == _without_ones(expected)


def _from_sparse(returned: Any, name: str, matrix: tuple[int, int]) -> Analytic:
    if returned.dtype.kind not in "iufc":
        raise TypeError(f"{name} must return numbers; got a sparse array of {returned.dtype}")
    precision = returned.dtype if returned.dtype.kind in "fc" else np.dtype(np.float64)
    given = tuple(int(n) for n in returned.shape)
    rows = returned.reshape(1, -1) if len(given) == 1 and matrix[0] == 1 else returned
    wide = rows.tocsr().astype(np.complex128 if returned.dtype.kind == "c" else np.float64)
    if wide.shape == matrix:
        return Analytic(wide, given, precision)
    return Analytic(None, given, precision, wide.T.tocsr() if given == matrix[::-1] else None)
