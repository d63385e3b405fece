"""Partial derivatives, gradients, Jacobians."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from numdiff._tour.examples import Example
from numdiff._tour.parts import Row, RowTable, Section


def _square_of_sum(x: Any) -> Any:
    return (x[0] + 2 * x[1] ** 3) ** 2


def mixed_powers(x: Any) -> Any:
    return x[0] ** 2 * x[1] + x[0] * x[1] ** 3


def _curve(t: Any) -> Any:
    return np.array([t**2, np.sin(t), np.exp(t)])


def _map(x: Any) -> Any:
    return np.array([x[0] * x[1], x[0] + x[1] ** 2, np.exp(x[0] - x[1])])


MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def partial_examples(x: float = 2.0, y: float = 1.0) -> tuple[Example, ...]:
    """Two partial derivatives, a gradient, the Jacobians of a curve, of a map and of a linear map."""
    point = np.array([x, y])
    e = math.exp(x - y)
    return (
        Example(("d/dx (x + 2y^3)^2",), lambda t: _square_of_sum((t, y)), x, 2 * (x + 2 * y**3)),
        Example(("d/dy (x + 2y^3)^2",), lambda t: _square_of_sum((x, t)), y, 12 * (x + 2 * y**3) * y**2),
        Example(
            ("d/dx1 (x1^2 x2 + x1 x2^3)", "d/dx2 (x1^2 x2 + x1 x2^3)"),
            mixed_powers,
            point,
            (2 * x * y + y**3, x**2 + 3 * x * y**2),
        ),
        Example(
            ("d(t^2)/dt", "d(sin t)/dt", "d(e^t)/dt"),
            _curve,
            x,
            [[2 * x], [math.cos(x)], [math.exp(x)]],
        ),
        Example(
            tuple(f"dF{i + 1}/dx{j + 1}" for i in range(3) for j in range(2)),
            _map,
            point,
            [[y, x], [1, 2 * y], [e, -e]],
        ),
        Example(
            tuple(f"A{i + 1}{j + 1}" for i in range(2) for j in range(3)),
            lambda v: MATRIX @ v,
            np.array([x, y, 1.0]),
            MATRIX,
        ),
    )


def _with_shape(quantity: str, example: Example) -> tuple[Row, ...]:
    """The shape of a derivative, and its entries."""
    measured = example.central()
    shape = Row(quantity, measured.value.shape, np.shape(example.analytic), 0.0)
    return (shape, *example.beside(measured))


def partials(x: float = 2.0, y: float = 1.0) -> Section:
    """Partial derivatives, the gradient as a row, columns and matrices, with their shapes."""
    by_x, by_y, mixed, curve, mapping, linear = partial_examples(x, y)
    as_row = replace(mixed, analytic=[mixed.analytic])
    gradient = _with_shape("gradient, of the shape of x", mixed)
    row = _with_shape("Jacobian of f, a 1 x D row", as_row)
    return Section(
        "Partial derivatives, gradients, Jacobians",
        (
            f"A partial derivative varies one variable and holds the others fixed. At (x, y) = ({x:g}, {y:g}):",
            RowTable((*by_x.beside(by_x.central()), *by_y.beside(by_y.central()))),
            f"The gradient collects the partial derivatives. At (x1, x2) = ({x:g}, {y:g}); in numerator "
            "layout, one row for each output and one column for each input, it is the 1 x D Jacobian of f: "
            "R^D -> R:",
            RowTable(gradient + row),
            f"A curve, R -> R^E, has a column of derivatives. For t -> (t^2, sin t, e^t) at t = {x:g}:",
            RowTable(_with_shape("Jacobian of the curve, an E x 1 column", curve)),
            f"F(x1, x2) = (x1 x2, x1 + x2^2, e^(x1 - x2)) at ({x:g}, {y:g}) has a matrix, one row for each output:",
            RowTable(_with_shape("Jacobian of F, an E x D matrix", mapping)),
            "The Jacobian of a linear map is its own matrix, wherever it is taken; here A = (1 2 3; 4 5 6):",
            RowTable(_with_shape("Jacobian of v -> A v, E x D", linear)),
        ),
    )
