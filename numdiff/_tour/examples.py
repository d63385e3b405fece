"""Examples: what is differentiated by fixed steps first, by the adaptive method afterwards, and is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import numdiff
from numdiff import CheckReport, DerivativeResult, Status
from numdiff._tour.measured import EPS, SAFETY, Measured, entrywise, measured_derivative, measured_jacobian
from numdiff._tour.parts import AdaptiveRow, Row

# What the adaptive method's bounds may be, relative to the largest entry of a derivative of a smooth function.
SHARP = 1e-9


def adaptive_rows(
    names: Sequence[str],
    result: DerivativeResult,
    analytic: Any,
    largest_bound: Any,
    expected: Status = Status.CONVERGED,
) -> tuple[AdaptiveRow, ...]:
    """Rows of the adaptive method entry by entry; a result of another shape than the analytic one agrees nowhere."""
    exact = np.asarray(analytic, dtype=np.float64)
    found = entrywise(exact.shape, result.value, result.error, result.status)
    entries = zip(names, exact.flat, np.broadcast_to(largest_bound, exact.shape).flat, *found, strict=True)
    return tuple(
        AdaptiveRow(
            quantity=name,
            numerical=float(v),
            analytic=float(a),
            tolerance=float(b + SAFETY * EPS * abs(a)),
            bound=float(b),
            largest_bound=float(most),
            status=Status.NONFINITE if np.isnan(s) else Status(int(s)),
            expected=expected,
            nfev=None if i else result.nfev,
        )
        for i, (name, a, most, v, b, s) in enumerate(entries)
    )


@dataclass(frozen=True)
class Example:
    """A function, a point and the analytic derivative there, with a name for each of its entries.

    The derivative has the shape () of a function of one number, (D,) of a gradient or (E, D) of a Jacobian.
    """

    names: tuple[str, ...]
    f: Callable[[Any], Any]
    x: Any
    analytic: Any

    def called(self, how: str) -> Example:
        """The same, with the names followed by how it is computed."""
        return replace(self, names=tuple(f"{name}, {how}" for name in self.names))

    def central(self) -> Measured:
        """The derivative by central differences."""
        match np.ndim(self.analytic):
            case 0:
                return measured_derivative(self.f, self.x)
            case 1:
                gradient = numdiff.gradient(self.f, self.x, method="central", accuracy=2)
                return Measured(np.asarray(gradient), measured_jacobian(self.f, self.x).allowed[0])
            case _:
                return measured_jacobian(self.f, self.x)

    def adaptive(self) -> DerivativeResult:
        """The derivative and what is known of it; no step, no method is given."""
        match np.ndim(self.analytic):
            case 0:
                return numdiff.derivative(self.f, self.x, full_output=True)
            case 1:
                return numdiff.gradient(self.f, self.x, full_output=True)
            case _:
                return numdiff.jacobian(self.f, self.x, full_output=True)

    def check(self) -> CheckReport:
        """The verdict on the analytic derivative."""

        def analytic(_: Any) -> Any:
            return self.analytic

        match np.ndim(self.analytic):
            case 0:
                return numdiff.check_derivative(self.f, analytic, self.x)
            case 1:
                return numdiff.check_gradient(self.f, analytic, self.x)
            case _:
                return numdiff.check_jacobian(self.f, analytic, self.x)

    def beside(self, measured: Measured) -> tuple[Row, ...]:
        """Rows of what fixed steps gave."""
        return measured.beside(self.names, self.analytic)

    def beside_adaptive(self, result: DerivativeResult) -> tuple[AdaptiveRow, ...]:
        """Rows of what the adaptive method gave."""
        return adaptive_rows(self.names, result, self.analytic, SHARP * float(np.max(np.abs(self.analytic))))
