"""Derivatives of functions of one number."""

from collections.abc import Callable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numdiff._differentiate import differentiate
from numdiff._kernels.function import Function
from numdiff._result import DerivativeResult

__all__ = ["derivative"]


@overload
def derivative(
    f: Callable[..., Any] | Function,
    x: float,
    *,
    order: int = ...,
    method: str,
    accuracy: int | None = ...,
    step: float | None = ...,
    scale: float | None = ...,
    bounds: Any = ...,
    f0: ArrayLike | None = ...,
    vectorized: bool = ...,
    args: tuple[Any, ...] = ...,
    full_output: Literal[False] = ...,
) -> float: ...
@overload
def derivative(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
    order: int = ...,
    method: str,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    f0: ArrayLike | None = ...,
    vectorized: bool = ...,
    args: tuple[Any, ...] = ...,
    full_output: Literal[False] = ...,
) -> NDArray[np.floating[Any]]: ...
@overload
def derivative(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
    order: int = ...,
    method: str,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    f0: ArrayLike | None = ...,
    vectorized: bool = ...,
    args: tuple[Any, ...] = ...,
    full_output: Literal[True],
) -> DerivativeResult: ...
def derivative(
    f: Callable[..., Any] | Function,
    x: Any,
    *,
    order: int = 1,
    method: str,
    accuracy: int | None = None,
    step: Any = None,
    scale: Any = None,
    bounds: Any = None,
    f0: Any = None,
    vectorized: bool = False,
    args: tuple[Any, ...] = (),
    full_output: bool = False,
) -> Any:
    """Differentiate a function of one number, at one point or at many.

    Parameters
    ----------
    f : callable or Function
        ``f(t, *args)``, from a number to a number. It is called with Python floats (float32 scalars where x is
        float32), one point at a time; with `vectorized`, on arrays of shape ``(k,)``.
    x : float or array_like
        The point, or points: each entry is a point of its own.
    order : int, optional
        Order of the derivative, 1 to 10.
    method : {"central", "forward", "backward"}
        Difference quotient with a fixed step: symmetric about x, on x and to its right, on x and to its left.
    accuracy : int, optional
        Order p of the truncation error, which is proportional to ``step**p``: 1 to 8; 2, 4, 6 or 8 for "central".
        By default 2 for "central", 1 for the others.
    step : float or array_like, optional
        Distance between the points of the quotient, in the units of x; broadcast to x. By default
        ``c * max(abs(x), scale)``, where c minimises truncation plus round-off of an f of unit scale.
    scale : float or array_like, optional
        Typical size of x, in its units, by default 1: keeps the step from vanishing with x. It only makes steps larger;
        where f changes over less than max(abs(x), 1), give `step`.
    bounds : (lb, ub) or object with ``lb`` and ``ub``, optional
        f is never evaluated outside [lb, ub], each a number or broadcast to x. Near a bound the quotient goes to
        the other side, shrinks, or becomes one-sided with the same accuracy, whichever errs least.
    f0 : float or array_like, optional
        f(x), if it is known, of the shape of x: saves its evaluation where the quotient uses it ("forward",
        "backward" and even orders).
    vectorized : bool, optional
        Whether f takes many points in one call.
    args : tuple, optional
        Further arguments of f.
    full_output : bool, optional
        Whether to return a `DerivativeResult`: value, error, status, step, nfev.

    Returns
    -------
    float or ndarray or DerivativeResult
        The derivative, of the shape of x; a float where x is a number. float32 where x is, complex where f is. NaN
        where lb == ub, and where x or f at a point of the quotient is not finite.

    Raises
    ------
    TypeError
        If x is not real (bool, float16, longdouble, complex and objects are refused), f is not callable, f does not
        return numbers, or `vectorized` or `args` are given beside a `Function`.
    ValueError
        If an argument is out of its range, x lies outside `bounds`, f returns more than one number, or a vectorized f
        does not treat points independently.

    Notes
    -----
    The weights of the quotient are Fornberg's [1]_. Displacements are realised: the quotient uses ``(x + h) - x``,
    not ``h``. With step h the error is about ``C h**p |f^(order + p)| + eps S |f| / h**order``, C and S constants of
    the stencil; a fixed step can't tell it, so the result's error is inf and its status NOT_ESTIMATED.

    References
    ----------
    .. [1] B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids", Mathematics of
       Computation 51 (1988) 699-706.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> from numdiff import derivative
    >>> round(derivative(math.exp, 0.0, method="central"), 9)
    1.0
    >>> derivative(lambda t: t**3, [1.0, 2.0], order=2, method="central", accuracy=4).round(6)
    array([ 6., 12.])
    >>> derivative(np.sqrt, 0.0, method="central", bounds=(0.0, np.inf), step=1e-4) > 0
    True
    """
    return differentiate(
        f,
        x,
        pointwise=True,
        one_output=True,
        order=order,
        method=method,
        accuracy=accuracy,
        step=step,
        scale=scale,
        bounds=bounds,
        f0=f0,
        vectorized=vectorized,
        args=args,
        full_output=full_output,
    )
