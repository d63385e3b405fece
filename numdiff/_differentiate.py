"""The road of every public function: check the arguments, run the kernel, hand over value or result."""

import warnings
from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from numdiff._kernels.function import Function
from numdiff._kernels.quotient import fixed_step
from numdiff._kernels.richardson import Richardson, adaptive
from numdiff._options import adaptive_options, as_function, as_order, as_point, fixed_step_options
from numdiff._result import DerivativeResult, NumdiffWarning, Status

__all__ = ["differentiate", "results_of", "warn_of"]


def differentiate(
    f: Callable[..., Any] | Function,
    x: Any,
    pointwise: bool,
    one_output: bool,
    order: int,
    method: str,
    accuracy: int | None,
    step: Any,
    scale: Any,
    bounds: Any,
    rtol: float | None,
    atol: float | None,
    max_nfev: int | None,
    f0: Any,
    vectorized: bool,
    args: tuple[Any, ...],
    full_output: bool,
) -> Any:
    """Differentiate f at x.

    `pointwise`: f takes one number, and every entry of x is a point of its own; the result has x's shape. Else f takes
    x; with `one_output` the result has x's shape, and without it at least one dimension for outputs and inputs each.
    """
    function = as_function(f, vectorized, args)
    point = as_point(x)
    order = as_order(order)
    if isinstance(method, str) and method == "richardson":
        options = adaptive_options(point, accuracy, step, scale, bounds, rtol, atol, max_nfev)
        answers = adaptive(function, point, pointwise, one_output, (order,), *options, f0)
        single = answers.single if one_output and not point.ndim and point.itemsize == 8 else None
        if single is not None:
            # by far the most frequent, and the long way takes longer than the evaluations
            value, error, status, step = single
            if not full_output and error < inf:
                return value
            result = DerivativeResult(value, error, Status(status), step, answers.nfev)
        else:
            result = results_of(answers, point, pointwise, one_output)[0]
        if not full_output:
            warn_of(result, stacklevel=4)
            return result.value
        return result
    fixed = fixed_step_options(point, method, order, accuracy, step, scale, bounds, rtol, atol, max_nfev)
    quotients, steps, statuses, nfev = fixed_step(function, point, pointwise, one_output, *fixed, f0)
    if not (pointwise or one_output):
        inputs = point.shape or (1,)
        quotients = quotients.reshape((quotients.shape[: quotients.ndim - point.ndim] or (1,)) + inputs)
        steps, statuses = steps.reshape(inputs), statuses.reshape(inputs)
    if not full_output:
        return quotients if quotients.ndim else _number(quotients)
    statuses = np.array(np.broadcast_to(statuses, quotients.shape))
    statuses[(statuses == Status.NOT_ESTIMATED) & ~np.isfinite(quotients)] = Status.NONFINITE
    return _result(quotients, np.full(quotients.shape, np.inf), statuses, steps, nfev)


def results_of(answers: Richardson, point: Any, pointwise: bool, one_output: bool) -> list[DerivativeResult]:
    """Results of the adaptive method for each order, from what the kernel returns."""
    value: Any
    error: Any
    step: Any
    status: Any
    value, error, step, status = answers.arrays
    outputs, nfev = answers.output_shape, answers.nfev
    if value.shape[3] == 2:
        value = value.view(np.complex128)
        error = np.hypot(error[..., :1], error[..., 1:])
        step = np.fmax(step[..., :1], step[..., 1:])
        # the worse of both parts
        status = np.where(status.min(-1) < 0, status.min(-1), status.max(-1))
    if point.dtype == np.float32:
        # the result is rounded once more
        error = error + np.abs(value) * 2.0**-24
        with np.errstate(over="ignore"):
            value = value.astype(np.complex64 if value.dtype.kind == "c" else np.float32)
        error[~np.isfinite(value)] = np.inf
    shape = point.shape if pointwise or one_output else (outputs or (1,)) + (point.shape or (1,))
    return [
        _result(
            value[i].reshape(shape), error[i].reshape(shape), status[i].reshape(shape), step[i].reshape(shape), nfev
        )
        for i in range(value.shape[0])
    ]


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
