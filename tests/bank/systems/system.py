"""What is known of a published system of residuals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numdiff._tour.nist import CertifiedFit


@dataclass(frozen=True, eq=False)
class System:
    """Functions r_i of several variables, of which the sum of squares is to be made small.

    ``residuals(m, x)`` and ``jacobian(m, x)`` return lists; entries of the Jacobian may be plain numbers. ``starts``
    are published starting points. ``minimum`` is a published local minimum of the sum of squares, to which the first
    start leads, and ``solution`` a place of the smallest sum, where that is known in closed form or certified.
    ``even`` tells that the functions vary on the scale of max(|x|, 1), as steps without a known scale suppose.
    """

    name: str
    source: str
    residuals: Callable[[Any, Any], list]
    jacobian: Callable[[Any, Any], list]
    starts: tuple[tuple[float, ...], ...]
    minimum: float | None = None
    solution: tuple[float, ...] | None = None
    data: CertifiedFit | None = None
    even: bool = True

    def sum_of_squares(self, m, x):
        return sum(r * r for r in self.residuals(m, x))

    def gradient(self, m, x):
        """Of the sum of squares, 2 J^T r."""
        r, rows = self.residuals(m, x), self.jacobian(m, x)
        return [2 * sum(a * row[j] for a, row in zip(r, rows, strict=True)) for j in range(len(x))]

    def __repr__(self):
        return f"<System {self.name}>"
