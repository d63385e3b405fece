"""Checks of arguments, each in one place, with messages that name the argument, the value and what is accepted."""

import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from numdiff._kernels.function import Function

__all__ = [
    "AdaptiveOptions",
    "FixedStepOptions",
    "Method",
    "adaptive_options",
    "as_function",
    "as_order",
    "as_point",
    "fixed_step_options",
    "integer_between",
    "tolerance",
]

_DOUBLE = np.dtype(np.float64)
_METHODS = ("richardson", "central", "forward", "backward")
_MAX_ORDER = 10
_MAX_ACCURACY = 8

_WHY_NOT = {
    "b": "booleans cannot be displaced",
    "c": "derivatives with respect to complex variables are not supported; pass real and imaginary part",
    "O": "objects are not converted, since precision could get lost; pass float64",
    "S": "not a number",
    "U": "not a number",
    "M": "convert dates to numbers first",
    "m": "convert time spans to numbers first",
    "V": "structured arrays are not numbers",
    "T": "not a number",
}


def as_function(f: Callable[..., Any] | Function, vectorized: bool, args: tuple[Any, ...]) -> Function:
    """The `Function` to differentiate, from what the user gave."""
    if type(f) is Function:
        if vectorized or type(args) is not tuple or args:
            raise TypeError(
                "vectorized and args belong to the Function when f is one; "
                f"got vectorized={vectorized!r}, args={args!r} beside {f!r}"
            )
        return f
    return Function(f, vectorized, args)


def as_point(x: Any) -> np.ndarray[Any, Any]:
    """x as a float64 or float32 array."""
    try:
        point = np.asarray(x)
    except ValueError:
        raise ValueError(f"x must be a number or a rectangular array of numbers; got {x!r}") from None
    dtype = point.dtype
    if dtype is _DOUBLE:
        return point
    if dtype.type in (np.float64, np.float32):
        return point.astype(dtype.type, copy=False)
    if dtype.kind in "iu":
        return point.astype(np.float64)
    if dtype.kind == "f":
        reason = "half precision is too coarse" if dtype.itemsize == 2 else "kernels compute in float64"
    else:
        reason = _WHY_NOT.get(dtype.kind, "not a number")
    raise TypeError(f"x must hold float64, float32 or integers; got dtype {dtype}: {reason}")


def integer_between(value: Any, low: int, high: int, name: str) -> int:
    """An integer argument within its range."""
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        raise TypeError(f"{name} must be an integer from {low} to {high}; got {value!r}") from None
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"{name} must be an integer from {low} to {high}; got {value!r}")
    return int(number)


Method: TypeAlias = Literal["richardson", "central", "forward", "backward"]
Vector: TypeAlias = np.ndarray[Any, Any] | None
FixedStepOptions: TypeAlias = tuple[str, int, int, Vector, Vector, Vector, Vector]
AdaptiveOptions: TypeAlias = tuple[Vector, Vector, Vector, float, float, int]


def as_order(order: Any) -> int:
    """Order of the derivative."""
    if type(order) is int and 1 <= order <= _MAX_ORDER:
        return order
    return integer_between(order, 1, _MAX_ORDER, "order")


def fixed_step_options(
    x: np.ndarray[Any, Any],
    method: str,
    order: int,
    accuracy: int | None,
    step: Any,
    scale: Any,
    bounds: Any,
    rtol: Any,
    atol: Any,
    max_nfev: Any,
) -> FixedStepOptions:
    """Method, order, accuracy, step, scale, lower and upper bound, checked; the last four of the length of x."""
    if not isinstance(method, str) or method not in _METHODS:
        raise ValueError(f"method must be one of {', '.join(map(repr, _METHODS))}; got {method!r}")
    for name, value in (("rtol", rtol), ("atol", atol), ("max_nfev", max_nfev)):
        if value is not None:
            raise TypeError(f"{name} belongs to method='richardson', which adapts; got {name}={value!r}, {method=}")
    if accuracy is None:
        accuracy = 2 if method == "central" else 1
    else:
        accuracy = integer_between(accuracy, 1, _MAX_ACCURACY, "accuracy")
        if method == "central" and accuracy % 2:
            raise ValueError(f"accuracy must be even (2, 4, 6 or 8) for method='central'; got {accuracy}")
    step, scale = _positive(step, x, "step"), _positive(scale, x, "scale")
    lower, upper = _bounds(bounds, x)
    return str(method), order, accuracy, step, scale, lower, upper


def adaptive_options(
    x: np.ndarray[Any, Any],
    accuracy: int | None,
    step: Any,
    scale: Any,
    bounds: Any,
    rtol: Any,
    atol: Any,
    max_nfev: Any,
) -> AdaptiveOptions:
    """Step, lower and upper bound, rtol, atol and max_nfev (0: no limit), checked."""
    if accuracy is step is scale is bounds is rtol is atol is max_nfev is None:
        return None, None, None, 0.0, 0.0, 0
    for name, value in (("accuracy", accuracy), ("scale", scale)):
        if value is not None:
            raise TypeError(
                f"{name} belongs to the fixed-step methods; method='richardson' finds it by itself; "
                f"got {name}={value!r}"
            )
    step = _positive(step, x, "step")
    lower, upper = _bounds(bounds, x)
    rtol = 0.0 if rtol is None else tolerance(rtol, "rtol")
    atol = 0.0 if atol is None else tolerance(atol, "atol")
    max_nfev = 0 if max_nfev is None else integer_between(max_nfev, 1, sys.maxsize, "max_nfev")
    return step, lower, upper, rtol, atol, max_nfev


def tolerance(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number that is not negative; got {value!r}") from None
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} must be finite and not negative; got {value!r}")
    return number


def _spread(value: Any, x: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    """A real argument broadcast to x, as a vector of float64."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a real number or an array of them; got {value!r}") from None
    try:
        return np.ascontiguousarray(np.broadcast_to(array, x.shape)).reshape(-1)
    except ValueError:
        raise ValueError(
            f"{name} must be a number or broadcast to the shape of x, {x.shape}; got shape {array.shape}"
        ) from None


def _positive(value: Any, x: np.ndarray[Any, Any], name: str) -> Vector:
    if value is None:
        return None
    array = _spread(value, x, name)
    bad = ~((array > 0) & (array < np.inf))
    if bad.any():
        raise ValueError(f"{name} must be positive and finite; got {array[bad][0]}")
    return array


def _bounds(bounds: Any, x: np.ndarray[Any, Any]) -> tuple[Vector, Vector]:
    if bounds is None:
        return None, None
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        low, high = bounds.lb, bounds.ub
    else:
        try:
            low, high = bounds
        except (TypeError, ValueError):
            raise TypeError(f"bounds must be a pair (lb, ub) or an object with .lb and .ub; got {bounds!r}") from None
    lower, upper = _spread(low, x, "bounds (lb)"), _spread(high, x, "bounds (ub)")
    if x.dtype == np.float32:
        # a float32 x on its bound is on it, and a bound beyond float32 is none
        with np.errstate(over="ignore"):
            lower, upper = (bound.astype(np.float32).astype(np.float64) for bound in (lower, upper))
    values = x.reshape(-1)
    for bad, what in (
        (np.isnan(lower) | np.isnan(upper), "bounds must not be NaN; got lb = {lb}, ub = {ub}"),
        (lower > upper, "bounds must satisfy lb <= ub; got lb = {lb}, ub = {ub}"),
        (values < lower, "x must lie within bounds; got x = {x} < lb = {lb}"),
        (values > upper, "x must lie within bounds; got x = {x} > ub = {ub}"),
    ):
        if bad.any():
            i = int(np.argmax(bad))
            where = f" at index {tuple(int(j) for j in np.unravel_index(i, x.shape))}" if x.ndim else ""
            raise ValueError(what.format(x=values[i], lb=lower[i], ub=upper[i]) + where)
    return lower, upper
