"""Taylor polynomials."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

import numdiff
from numdiff._tour.examples import Example, adaptive_rows
from numdiff._tour.measured import EPS, SAFETY
from numdiff._tour.parts import AdaptiveTable, Part, Row, RowTable, Section


@dataclass(frozen=True)
class Expansion:
    """A function, its Taylor coefficients about x0, a point nearby, and a bound of the rest of the expansion."""

    name: str
    f: Callable[[float], float]
    x0: float
    coefficients: tuple[float, ...]
    nearby: float
    remainder: float

    def example(self) -> Example:
        """The first derivative, which is a coefficient."""
        return Example((f"({self.name})' at {self.x0:g}",), self.f, self.x0, self.coefficients[1])


EXPANSIONS = (
    Expansion("x^4", lambda x: x**4, 1.0, (1, 4, 6, 4, 1, 0, 0), nearby=1.5, remainder=0.0),
    Expansion(
        "sin x + cos x",
        lambda x: math.sin(x) + math.cos(x),
        0.0,
        (1, 1, -1 / math.factorial(2), -1 / math.factorial(3), 1 / math.factorial(4), 1 / math.factorial(5)),
        nearby=0.1,
        # no derivative of it is larger than sqrt(2)
        remainder=math.sqrt(2) * 0.1**6 / math.factorial(6),
    ),
)


def _power(k: int, x0: float) -> str:
    base = f"(x - {x0:g})" if x0 else "x"
    return ("1", base)[k] if k < 2 else f"{base}^{k}"


def expansions(table: Sequence[Expansion] = EXPANSIONS, sharp: float = 1e-7) -> Section:
    """Taylor polynomials: the coefficients with their bounds, and a value nearby."""
    parts: list[Part] = [
        "The Taylor polynomial of f about x0 has the coefficients f^(k)(x0) / k!. numdiff.taylor computes all of "
        "them from the same evaluations of f, and gives each a bound. A quotient of order k divides rounding "
        f"by h^k, so digits get fewer from degree to degree: to agree, a bound may be {sharp:g} of the largest "
        "coefficient.",
    ]
    for expansion in table:
        degree = len(expansion.coefficients) - 1
        result = numdiff.taylor(expansion.f, expansion.x0, degree, full_output=True)
        found = result.coefficients
        largest = max(map(abs, expansion.coefficients))
        names = [_power(k, expansion.x0) for k in range(degree + 1)]
        # what the bounds of the coefficients let the polynomial be wrong by, and the rounding of both values
        distances = abs(expansion.nearby - expansion.x0) ** np.arange(degree + 1)
        exact = expansion.f(expansion.nearby)
        allowed = float(found.error @ distances) + expansion.remainder + SAFETY * EPS * abs(exact)
        value = Row(f"at x = {expansion.nearby:g}", float(result.polynomial(expansion.nearby)), exact, allowed)
        parts += [
            f"{expansion.name} about {expansion.x0:g} to degree {degree}; the coefficients of the powers of "
            f"{_power(1, expansion.x0)}:",
            AdaptiveTable(adaptive_rows(names, found, expansion.coefficients, sharp * largest)),
            f"The polynomial beside f itself; allowed is what the bounds add up to there, and the rest of the series, "
            f"{f'at most {expansion.remainder:.1e}' if expansion.remainder else 'which is 0'}:",
            RowTable((value,), names=("polynomial", "f")),
        ]
    return Section("Taylor polynomials", tuple(parts))
