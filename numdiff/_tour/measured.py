"""Derivatives by fixed steps, with the errors that theory allows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import numdiff
from numdiff._tour.parts import Row

EPS = float(np.finfo(np.float64).eps)

# A model of an error gives its order of magnitude; the constants that it leaves out are below this factor.
SAFETY = 4.0


@dataclass(frozen=True)
class Measured:
    """An array of computed derivatives and, entry by entry, the error that theory allows them.

    Sums, products and quotients carry the allowed error along to first order, so that the right-hand side of
    a rule is written as in the textbook and its tolerance follows.

    Examples
    --------
    >>> product = Measured(np.array(3.0), np.array(0.1)) * Measured(np.array(2.0), np.array(0.2))
    >>> float(product.value), round(float(product.allowed), 12)
    (6.0, 0.8)
    """

    value: NDArray[np.float64]
    allowed: NDArray[np.float64]

    def __add__(self, other: Measured) -> Measured:
        return Measured(self.value + other.value, self.allowed + other.allowed)

    def __sub__(self, other: Measured) -> Measured:
        return Measured(self.value - other.value, self.allowed + other.allowed)

    def __mul__(self, other: Measured | float) -> Measured:
        value, allowed = _value_and_allowed(other)
        return Measured(self.value * value, self.allowed * abs(value) + abs(self.value) * allowed)

    def __truediv__(self, other: float) -> Measured:
        return Measured(self.value / other, self.allowed / abs(other))

    def __matmul__(self, other: Measured) -> Measured:
        return Measured(self.value @ other.value, self.allowed @ abs(other.value) + abs(self.value) @ other.allowed)

    def beside(self, names: Sequence[str], analytic: Any) -> tuple[Row, ...]:
        """Rows entry by entry; values of another shape than the analytic ones agree nowhere."""
        exact = np.asarray(analytic, dtype=np.float64)
        values, allowed = entrywise(exact.shape, self.value, self.allowed)
        entries = zip(names, values, exact.flat, allowed, strict=True)
        return tuple(Row(name, float(v), float(a), float(t)) for name, v, a, t in entries)


def _value_and_allowed(number: Measured | float) -> tuple[Any, Any]:
    return (number.value, number.allowed) if isinstance(number, Measured) else (number, 0.0)


def entrywise(shape: tuple[int, ...], value: Any, *others: Any) -> list[Iterator[Any]]:
    """A value and what goes with it, entry by entry of a shape; all NaN if the value has another shape."""
    arrays = (value, *others) if np.shape(value) == shape else (np.nan,) * (1 + len(others))
    return [iter(np.broadcast_to(array, shape).flat) for array in arrays]


def size_about(f: Callable[[Any], Any], x: Any, length: Any) -> NDArray[np.float64]:
    """Size of f about x: max of |f(x)|, |f(x + L_j e_j)|, |f(x - L_j e_j)|, of shape (outputs, inputs)."""
    x = np.asarray(x, dtype=np.float64)
    lengths = np.broadcast_to(np.asarray(length, dtype=np.float64), x.shape)

    def outputs(displacement: Any) -> NDArray[np.float64]:
        point = x + displacement
        return np.abs(np.atleast_1d(np.asarray(f(point if x.ndim else float(point)), dtype=np.float64)))

    columns = []
    for unit in np.eye(x.size):
        shift = (unit * lengths.ravel()).reshape(x.shape)
        columns.append(np.max([outputs(0.0), outputs(shift), outputs(-shift)], axis=0))
    return np.stack(columns, axis=-1)


def _allowed(size: NDArray[np.float64], length: Any, step: Any, accuracy: int) -> NDArray[np.float64]:
    """The allowed error of a difference quotient: truncation plus round-off, times `SAFETY`.

    A function that is analytic with |f| <= S within L of x has |f^(k)| / k! <= S / L^k (Cauchy), so the
    truncation error of a stencil of accuracy p is of the order S/L (h/L)^p; values of f that are exact to one
    unit in the last place contribute eps S / h.
    """
    return np.asarray(SAFETY * (size / length * (step / length) ** accuracy + EPS * size / step))


def measured_jacobian(
    f: Callable[[Any], Any], x: Any, length: Any = 1.0, size: NDArray[np.float64] | None = None
) -> Measured:
    """The Jacobian by central differences; L is a number or, with a vector x, one length for each input."""
    result = numdiff.jacobian(f, x, method="central", accuracy=2, full_output=True)
    if size is None:
        size = size_about(f, x, length)
    return Measured(result.value, _allowed(size, length, result.step, accuracy=2))


def measured_derivative(
    f: Callable[[Any], Any], x: float, method: Literal["forward", "central"] = "central", accuracy: int = 2
) -> Measured:
    """The derivative of a function of one number that varies over a length of 1."""
    result = numdiff.derivative(f, x, method=method, accuracy=accuracy, full_output=True)
    allowed = _allowed(size_about(f, x, 1.0)[0, 0], 1.0, result.step, accuracy)
    return Measured(np.asarray(result.value), allowed)
