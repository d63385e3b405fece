"""What a differentiation returns: the result, and the status of each of its entries."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

__all__ = ["DerivativeResult", "NumdiffWarning", "Status"]


class Status(IntEnum):
    """What is known of one entry of a result. Negative: no derivative to be trusted, or not as good as was asked.

    The arrays of a result hold these as int8.

    Examples
    --------
    >>> import numdiff
    >>> r = numdiff.derivative(abs, [0.0, 1.0], full_output=True)
    >>> [numdiff.Status(s).name for s in r.status]
    ['KINK', 'CONVERGED']
    """

    CONVERGED = 0
    """The bound holds what was asked or, if nothing was, about what can be had. Nothing to do."""
    NOISY = 1
    """f is noisy, or computes in single precision. The noise was measured and the bound includes it. For more digits
    make f smoother: tighter inner tolerances, float64, no random numbers."""
    ONE_SIDED = 2
    """f could be had only on one side of x. The bound holds for the derivative from that side. Nothing to do, if x lies
    at the edge of the domain."""
    FLAT = 3
    """f is constant as far as one can see, and the derivative 0. If it should not be, look at f."""
    NOT_ESTIMATED = 4
    """A fixed step was used, which says nothing of its error: the bound is infinite. For a bound use the adaptive
    method."""
    KINK = -1
    """The slopes to the left and right of x differ. The value is the mean of both, not a derivative. Use one of the
    sides (`bounds`), or a smooth f."""
    JUMP = -2
    """f jumps at x. There is no derivative."""
    UNRELIABLE = -3
    """f varies at every scale that was looked at, or is lost in its own noise. Give a `step` at which f is smooth, or
    look at f."""
    EDGE = -4
    """There is no room for displaced points, or f ends at x and the derivative from inside cannot be bounded: it may be
    infinite. Widen the bounds, or leave the entry out."""
    NONFINITE = -5
    """x or f(x) is NaN or infinite, or with a fixed step a value that was used. Look at f there, or give bounds."""
    BUDGET = -6
    """Evaluations were used up. The bound, where finite, holds, but may be larger than was asked. Raise `max_nfev`, or
    look at f if none was given: no entry may take more than 110."""


class NumdiffWarning(UserWarning):
    """A result has entries without an error bound.

    Examples
    --------
    >>> import warnings, numdiff
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", numdiff.NumdiffWarning)
    ...     numdiff.derivative(abs, 0.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    numdiff._result.NumdiffWarning: derivative without an error bound: KINK, value 0.0 ...
    """


@dataclass(frozen=True, eq=False, slots=True)
class DerivativeResult:
    """A derivative, and what is known of it.

    Attributes
    ----------
    value : ndarray or float
        What the function returns without ``full_output``.
    error : ndarray or float
        Bound of the absolute error of each entry, of the shape of `value`; infinite where nothing is known. It is an
        estimate: `derivative` says how often it held.
    status : ndarray of int8, or Status
        A `Status` for each entry, of the shape of `value`.
    step : ndarray or float
        Adaptive: the largest displacement that each entry rests on, of the shape of `value`. Fixed step: the step of
        each entry of x, of the shape of x; it broadcasts against `value`. NaN where there was none.
    nfev : int
        Points at which f was evaluated, every one counted.

    Examples
    --------
    >>> import math, numdiff
    >>> r = numdiff.derivative(math.sin, 0.5, full_output=True)
    >>> r.status, r.nfev, r.success, abs(r.value - math.cos(0.5)) <= r.error < 1e-11
    (<Status.CONVERGED: 0>, 17, True, True)
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
