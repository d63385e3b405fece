"""What a differentiation returns: the result, the status of each of its entries, the warning."""

import warnings
from dataclasses import dataclass
from enum import IntEnum
from math import inf
from typing import Any

import numpy as np

from numdiff._kernels.answer import Answer

__all__ = ["DerivativeResult", "NumdiffWarning", "Status", "quotients", "results_of", "values_of", "warn_of"]


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

    __module__ = "numdiff"

    CONVERGED = 0
    """The bound holds what was asked or, if nothing was, about what can be had. Nothing to do."""
    NOISY = 1
    """f is noisy, or computes in single precision. The noise was measured and the bound includes it. For more digits
    make f smoother: tighter inner tolerances, float64, no random numbers."""
    ONE_SIDED = 2
    """f could be had only on one side of x, or `side` asked for it. The bound holds for the derivative from that side.
    Nothing to do, if it was asked for or x lies at the edge of the domain."""
    FLAT = 3
    """f is constant as far as one can see, and the derivative 0. If it should not be, look at f."""
    NOT_ESTIMATED = 4
    """A fixed step was used, which says nothing of its error: the bound is infinite. For a bound use the adaptive
    method."""
    KINK = -1
    """The slopes to the left and right of x differ. The value is the mean of both, not a derivative. Ask for one of
    the sides (`side`), or take a smooth f."""
    JUMP = -2
    """f jumps at x. There is no derivative."""
    UNRELIABLE = -3
    """f varies at every scale that was looked at, or is lost in its own noise. Give a `step` at which f is smooth, or
    look at f."""
    EDGE = -4
    """There is no room for displaced points; or f ends at x, or `side` was given, and the derivative from there cannot
    be bounded: it may be infinite. Widen the bounds, or leave the entry out."""
    NONFINITE = -5
    """x or f(x) is NaN or infinite, or the derivative or its bound is beyond the largest number; with a fixed step, a
    value that was used. Look at f there, give bounds, or scale f."""
    BUDGET = -6
    """Evaluations were used up. The bound, where finite, holds, but may be larger than was asked. Raise `max_nfev`, or
    look at f if none was given: no entry may take more than 110, nor all outputs together more than 250 steps along one
    variable."""


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
    numdiff.NumdiffWarning: derivative without an error bound: KINK, value 0.0 ...
    """

    __module__ = "numdiff"


@dataclass(frozen=True, eq=False, slots=True)
class DerivativeResult:
    """A derivative, and what is known of it.

    Attributes
    ----------
    value : ndarray or float
        What the function returns without ``full_output``.
    error : ndarray or float
        Bound of the absolute error of each entry, of the shape of `value`; infinite where nothing is known. It is an
        estimate: `derivative` says how often it held. Always float64: where x, and so `value`, is float32, it bounds
        the error of the rounded value, the rounding to float32 included; of a complex entry it is that of the modulus.
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
    (<Status.CONVERGED: 0>, 15, True, True)
    """

    __module__ = "numdiff"

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


# --------------------------------------------------------------------------- from what a method answers


def results_of(answer: Answer) -> list[DerivativeResult]:
    """A result for each order, in the shape that the caller gets."""
    shape, inputs = _shapes(answer)
    value, error, status = (v.reshape(len(v), *shape) for v in (answer.value, answer.bound, answer.status))
    step = answer.reach.reshape(len(value), *(shape if answer.estimated else inputs))
    return [_result(value[i], error[i], status[i], step[i], answer.nfev) for i in range(len(value))]


def values_of(answer: Answer) -> Any:
    """The values of the first order alone."""
    value = answer.value[0].reshape(_shapes(answer)[0])
    return value if value.ndim else _number(value)


def _shapes(answer: Answer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of derivatives, and of what there is for each entry of x."""
    x = answer.lines.x.shape
    if answer.one_output:
        return x, x
    return (answer.output_shape or (1,)) + (x or (1,)), x or (1,)


def quotients(values: Any, divisor: Any) -> Any:
    """Values over real numbers; of complex ones each part, since numpy's division makes NaN of all that is infinite."""
    with np.errstate(all="ignore"):
        if values.dtype.kind != "c":
            return values / divisor
        divided = values.copy()
        divided.real /= divisor
        divided.imag /= divisor
        return divided


def warn_of(result: DerivativeResult, stacklevel: int) -> None:
    """One warning for all entries of an adaptive result that have no bound: nobody takes |x| at 0 for a trusted 0."""
    if type(result.error) is float:
        if result.error < inf:
            return
        which = f"{Status(result.status).name}, value {result.value}"
    else:
        bad = ~(result.error < inf)
        if not bad.any():
            return
        first = tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), bad.shape))
        worst = Status(int(result.status[bad].min()))
        which = (
            f"{np.count_nonzero(bad)} of {bad.size} entries, the first at index {first}: "
            f"{Status(int(result.status[first])).name}, value {result.value[first]}; the worst status: {worst.name}"
        )
    warnings.warn(
        f"derivative without an error bound: {which} (full_output=True returns statuses instead of warning)",
        NumdiffWarning,
        stacklevel=stacklevel,
    )


def _result(value: Any, error: Any, status: Any, step: Any, nfev: int) -> DerivativeResult:
    """A result, with numbers instead of 0-d arrays."""
    if value.ndim:
        return DerivativeResult(value, error, status, step, nfev)
    return DerivativeResult(_number(value), float(error), Status(int(status)), float(step), nfev)


def _number(value: Any) -> Any:
    """A 0-d array as a Python number; as a numpy scalar where Python has no such type."""
    return value.item() if value.dtype in (np.float64, np.complex128) else value[()]
