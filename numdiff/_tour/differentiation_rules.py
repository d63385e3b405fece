"""The rules of differentiation."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from numdiff._tour.examples import Example
from numdiff._tour.measured import Measured
from numdiff._tour.measured import measured_derivative as d
from numdiff._tour.parts import Row, RowTable, Section


@dataclass(frozen=True)
class DifferentiationRule:
    """A rule: the function to be differentiated as a whole, and what its derivative is, from those of its parts."""

    name: str
    left: tuple[str, Callable[[float], float]]
    right: tuple[str, Callable[[float], Measured]]
    analytic: Callable[[float], float]

    def example(self, x: float) -> Example:
        """The left side."""
        name, function = self.left
        return Example((name,), function, x, self.analytic(x))


def _f(x: float) -> float:
    return math.sin(x)


def _g(x: float) -> float:
    return x**2 + 1


RULES = (
    DifferentiationRule(
        "sum",
        ("(f + g)'", lambda t: _f(t) + _g(t)),
        ("f' + g'", lambda x: d(_f, x) + d(_g, x)),
        lambda x: math.cos(x) + 2 * x,
    ),
    DifferentiationRule(
        "product",
        ("(f g)'", lambda t: _f(t) * _g(t)),
        ("f' g + f g'", lambda x: d(_f, x) * _g(x) + d(_g, x) * _f(x)),
        lambda x: math.cos(x) * (x**2 + 1) + math.sin(x) * 2 * x,
    ),
    DifferentiationRule(
        "quotient",
        ("(f / g)'", lambda t: _f(t) / _g(t)),
        (
            "(f' g - f g') / g^2",
            lambda x: (d(_f, x) * _g(x) - d(_g, x) * _f(x)) / _g(x) ** 2,
        ),
        lambda x: (math.cos(x) * (x**2 + 1) - math.sin(x) * 2 * x) / (x**2 + 1) ** 2,
    ),
    DifferentiationRule(
        "chain",
        ("(f o g)'", lambda t: _f(_g(t))),
        ("f'(g(x)) g'(x)", lambda x: d(_f, _g(x)) * d(_g, x)),
        lambda x: math.cos(x**2 + 1) * 2 * x,
    ),
    DifferentiationRule(
        "chain, (2x+1)^4",
        ("((2x+1)^4)'", lambda t: (2 * t + 1) ** 4),
        (
            "4 u^3 u', u = 2x+1",
            lambda x: d(lambda u: u**4, 2 * x + 1) * d(lambda t: 2 * t + 1, x),
        ),
        lambda x: 8 * (2 * x + 1) ** 3,
    ),
)


def rules(x: float = 0.5, table: Sequence[DifferentiationRule] = RULES) -> Section:
    """The sum, product, quotient and chain rules, each side computed numerically."""
    rows: list[Row] = []
    for rule in table:
        (whole, function), (combined, right) = rule.left, rule.right
        rows += d(function, x).beside([f"{rule.name}: {whole}"], rule.analytic(x))
        rows += right(x).beside([f"{rule.name}: {combined}"], rule.analytic(x))
    return Section(
        "The rules of differentiation",
        (
            f"f(x) = sin x and g(x) = x^2 + 1 at x = {x:g}. The left side of each rule is the difference "
            "quotient of the combined function; the right side combines the difference quotients of its "
            "parts.",
            RowTable(tuple(rows)),
        ),
    )
