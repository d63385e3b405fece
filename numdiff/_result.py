"""What a differentiation returns: the result, and the status of each of its entries."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

__all__ = ["DerivativeResult", "Status"]


class Status(IntEnum):
    """What is known of one entry of a result. Negative: there is no derivative to be trusted.

    The arrays of a result hold these as int8; ``Status(result.status[i]).name`` is the name.
    """

    NOT_ESTIMATED = 4
    """A fixed step was used, which says nothing of its error: the bound is infinite."""
    EDGE = -4
    """The bounds leave no room for displaced points; the value is NaN. Widen the bounds, or leave the entry out."""
    NONFINITE = -5
    """x or f near it is NaN or infinite, and so is the value. Look at f there, or give bounds that exclude it."""


@dataclass(frozen=True, eq=False, slots=True)
class DerivativeResult:
    """A derivative, and what is known of it.

    Attributes
    ----------
    value : ndarray or float
        What the function returns without ``full_output``.
    error : ndarray or float
        Bound of the absolute error of each entry, of the shape of `value`; infinite where nothing is known.
    status : ndarray of int8, or Status
        A `Status` for each entry, of the shape of `value`.
    step : ndarray or float
        The step of each entry of x, of the shape of x; it broadcasts against `value`. NaN where there was none.
    nfev : int
        Points at which f was evaluated, every one counted.

    Examples
    --------
    >>> import math, numdiff
    >>> r = numdiff.derivative(math.sin, 0.5, method="central", full_output=True)
    >>> r.status, r.nfev, r.success
    (<Status.NOT_ESTIMATED: 4>, 2, True)
    """

    value: Any
    error: Any
    status: Any
    step: Any
    nfev: int

    @property
    def success(self) -> bool:
        """Whether no entry has a negative status."""
        return bool(np.all(np.asarray(self.status) >= 0))

    def __str__(self) -> str:
        status = np.asarray(self.status)
        names = ", ".join(f"{Status(s).name} ({np.count_nonzero(status == s)})" for s in np.unique(status))
        rows = [("value", self.value), ("error", self.error), ("step", self.step)]
        lines = [f"{name:>7}: {_indented(v)}" for name, v in rows]
        return "\n".join([*lines, f" status: {names or 'no entries'}", f"   nfev: {self.nfev}"])


def _indented(value: Any) -> str:
    return np.array2string(np.asarray(value), prefix=" " * 9, threshold=50, edgeitems=3, max_line_width=100)
