"""The chain rule as a product of Jacobians."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numdiff._tour.examples import Example
from numdiff._tour.parts import Row, RowTable, Section, Verbatim


def _outer(x: Any) -> Any:
    return x[0] ** 2 + 2 * x[1]


def _circle(t: Any) -> Any:
    return np.array([np.sin(t), np.cos(t)])


def _polar(p: Any) -> Any:
    return np.array([p[0] * np.cos(p[1]), p[0] * np.sin(p[1])])


def _product_in_print(factors: Sequence[tuple[str, NDArray[np.float64]]]) -> Verbatim:
    """Matrices side by side, `A . B = C`, each under its name."""
    height = max(len(matrix) for _, matrix in factors)
    blocks = []
    for k, (name, matrix) in enumerate(factors):
        operator = ("", " . ", " = ")[k]
        body = ["[ " + "  ".join(f"{v:9.6f}" for v in row) + " ]" for row in matrix]
        width = max(len(name), len(body[0]))
        lines = [name.center(width), *(line.center(width) for line in body)]
        lines += [" " * width] * (height + 1 - len(lines))
        blocks.append([(operator if i == 1 else " " * len(operator)) + line for i, line in enumerate(lines)])
    return Verbatim(tuple("  " + "".join(parts).rstrip() for parts in zip(*blocks, strict=True)))


@dataclass(frozen=True)
class Composition:
    """A composition outer(inner): the two Jacobians, whose product is that of the whole, and what they are called."""

    symbols: tuple[str, str, str]
    outer: Example
    inner: Example
    whole: Example


def compositions(t: float = 0.75, s: float = 1.5) -> tuple[Composition, Composition]:
    """x1^2 + 2 x2 along a circle, and over the plane in polar coordinates."""
    sine, cosine = math.sin(t), math.cos(t)
    polar = np.array([s, t])
    return (
        Composition(
            ("df/dx", "dx/dt", "df/dt"),
            Example(("df/dx1", "df/dx2"), _outer, _circle(t), [[2 * sine, 2]]),
            Example(("dx1/dt", "dx2/dt"), _circle, t, [[cosine], [-sine]]),
            Example(("df/dt",), lambda u: _outer(_circle(u)), t, [[2 * sine * (cosine - 1)]]),
        ),
        Composition(
            ("df/dx", "dx/d(s,t)", "df/d(s,t)"),
            Example(("df/dx1", "df/dx2"), _outer, _polar(polar), [[2 * s * cosine, 2]]),
            Example(
                ("dx1/ds", "dx1/dt", "dx2/ds", "dx2/dt"),
                _polar,
                polar,
                [[cosine, -s * sine], [sine, s * cosine]],
            ),
            Example(
                ("df/ds", "df/dt"),
                lambda p: _outer(_polar(p)),
                polar,
                [[2 * s * cosine**2 + 2 * sine, -2 * s**2 * cosine * sine + 2 * s * cosine]],
            ),
        ),
    )


def _multiplied(composition: Composition) -> tuple[Verbatim, RowTable]:
    """The product of the Jacobians in print, and that and the whole beside the analytic derivative."""
    outer, inner, whole = composition.outer.central(), composition.inner.central(), composition.whole
    product = outer @ inner
    values = (outer.value, inner.value, product.value)
    sizes = [f"({rows} x {columns})" for rows, columns in map(np.shape, values)]
    names = [f"{symbol} {size}" for symbol, size in zip(composition.symbols, sizes, strict=True)]
    shape = Row(f"shape of the product, {sizes[0]}{sizes[1]}", product.value.shape, np.shape(whole.analytic), 0.0)
    rows = (
        shape,
        *whole.called("of the composition").beside(whole.central()),
        *whole.called("product of Jacobians").beside(product),
    )
    return _product_in_print(list(zip(names, values, strict=True))), RowTable(rows)


def chain(t: float = 0.75, s: float = 1.5) -> Section:
    """The chain rule: the Jacobian of a composition is the product of the Jacobians."""
    circle, polar = compositions(t, s)
    return Section(
        "The chain rule as a product of Jacobians",
        (
            f"f(x1, x2) = x1^2 + 2 x2 with x1 = sin t, x2 = cos t at t = {t:g}. The composition t -> "
            "f(x(t)) has the derivative df/dx dx/dt = 2 sin t (cos t - 1). The Jacobians, computed one by "
            "one:",
            *_multiplied(circle),
            f"The same f with x1 = s cos t, x2 = s sin t at (s, t) = ({s:g}, {t:g}): two inner variables, "
            "so the inner Jacobian is 2 x 2 and the product a 1 x 2 row:",
            *_multiplied(polar),
        ),
    )
