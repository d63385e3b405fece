"""The road of every public function: check the arguments, run the kernel, hand over value or result."""

from collections.abc import Callable
from typing import Any

import numpy as np

from numdiff._kernels.function import Function
from numdiff._kernels.quotient import fixed_step
from numdiff._result import DerivativeResult, Status
from numdiff._validate import as_function, as_point, fixed_step_options

__all__ = ["differentiate"]


def differentiate(
    f: Callable[..., Any] | Function,
    x: Any,
    *,
    pointwise: bool,
    one_output: bool,
    order: int,
    method: str,
    accuracy: int | None,
    step: Any,
    scale: Any,
    bounds: Any,
    f0: Any,
    vectorized: bool,
    args: tuple[Any, ...],
    full_output: bool,
    at_least_1d: bool = False,
) -> Any:
    """Differentiate f at x.

    `pointwise`: f takes one number, and every entry of x is a point of its own; the result has x's shape. Else f takes
    x, and the result has shape f.shape + x.shape, or x.shape if `one_output`. `at_least_1d` gives a number x, and
    the value of an f that returns a number, one dimension.
    """
    function = as_function(f, vectorized, args)
    point = as_point(x)
    options = fixed_step_options(point, method, order, accuracy, step, scale, bounds)
    value, steps, status, nfev = fixed_step(function, point, pointwise, one_output, *options, f0)
    if at_least_1d:
        inputs = point.shape or (1,)
        value = value.reshape((value.shape[: value.ndim - point.ndim] or (1,)) + inputs)
        steps, status = steps.reshape(inputs), status.reshape(inputs)
    if not full_output:
        return value if value.ndim else _number(value)
    status = np.array(np.broadcast_to(status, value.shape))
    status[(status == Status.NOT_ESTIMATED) & ~np.isfinite(value)] = Status.NONFINITE
    error = np.full(value.shape, np.inf)
    if value.ndim:
        return DerivativeResult(value, error, status, steps, nfev)
    return DerivativeResult(_number(value), float(error), Status(int(status)), float(steps), nfev)


def _number(value: Any) -> Any:
    """A 0-d array as a Python number; as a numpy scalar where Python has no such type."""
    return value.item() if value.dtype in (np.float64, np.complex128) else value[()]
