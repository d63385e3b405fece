"""Gradients and Jacobians."""

from collections.abc import Callable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numdiff._differentiate import differentiate
from numdiff._kernels.function import Function
from numdiff._result import DerivativeResult

__all__ = ["gradient", "jacobian"]


@overload
def gradient(
    f: Callable[..., Any] | Function,
    x: float,
    *,
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
def gradient(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
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
def gradient(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
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
def gradient(
    f: Callable[..., Any] | Function,
    x: Any,
    *,
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
    """Differentiate a function of an array that returns one number.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args)``, from an array of x's shape to a number (an array of size 1 is accepted). It is called with a
        float64 array of its own (float32 where x is float32), or with a Python float where x is a number.
        With `vectorized`, on arrays of shape ``x.shape + (k,)``, k points on the last axis, to shape ``(k,)``.
    x : array_like
        The point, of any shape.
    method : {"central", "forward", "backward"}
        Difference quotient with a fixed step: symmetric about x, on x and to its right, on x and to its left.
    accuracy : int, optional
        Order p of the truncation error, which is proportional to ``step**p``: 1 to 8; 2, 4, 6 or 8 for "central".
        By default 2 for "central", 1 for the others.
    step : float or array_like, optional
        Distance between the points of the quotient, in the units of x; broadcast to x. By default
        ``c * max(abs(x), scale)``, where c minimises truncation plus round-off of an f of unit scale.
    scale : float or array_like, optional
        Typical size of each x, in its units, by default 1: keeps the step from vanishing with x. It only makes steps larger;
        where f changes over less than max(abs(x), 1), give `step`.
    bounds : (lb, ub) or object with ``lb`` and ``ub``, optional
        f is never evaluated outside, each broadcast to x. Near a bound the quotient goes to the other side, shrinks,
        or becomes one-sided with the same accuracy, whichever errs least.
    f0 : float, optional
        f(x), if it is known: saves its evaluation where the quotient uses it ("forward" and "backward").
    vectorized : bool, optional
        Whether f takes many points in one call.
    args : tuple, optional
        Further arguments of f.
    full_output : bool, optional
        Whether to return a `DerivativeResult`: value, error, status, step, nfev.

    Returns
    -------
    ndarray or float or DerivativeResult
        The partial derivatives of f, of the shape of x; a float where x is a number. For x of shape (D,) this is the
        1 x D row of the Jacobian as a vector.

    Raises
    ------
    TypeError
        If x is not real (bool, float16, longdouble, complex and objects are refused), f is not callable, f does not
        return numbers, or `vectorized` or `args` are given beside a `Function`.
    ValueError
        If an argument is out of its range, x lies outside `bounds`, f returns more than one number (`jacobian` is for
        that), or a vectorized f does not treat points independently.

    See Also
    --------
    jacobian : f with several outputs.
    derivative : f of one number, at many points; there steps, weights and error are described.

    Examples
    --------
    >>> from numdiff import gradient
    >>> gradient(lambda x: (x[0] + 2 * x[1]**3)**2, [1.0, 2.0], method="central").round(4)
    array([ 34., 816.])

    As the ``jac`` of a minimiser; one that passes `args` positionally needs a lambda:

    >>> from functools import partial
    >>> from scipy.optimize import minimize, rosen
    >>> minimize(rosen, [-1.2, 1.0], jac=partial(gradient, rosen, method="central")).x.round(4)
    array([1., 1.])
    >>> f = lambda x, a: (x[0] - a)**2
    >>> jac = lambda x, *args: gradient(f, x, method="central", args=args)
    >>> minimize(f, [0.0], args=(3.0,), jac=jac).x.round(4)
    array([3.])
    """
    return differentiate(
        f,
        x,
        pointwise=False,
        one_output=True,
        order=1,
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


@overload
def jacobian(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
    method: str,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    f0: ArrayLike | None = ...,
    vectorized: bool = ...,
    args: tuple[Any, ...] = ...,
    full_output: Literal[False] = ...,
) -> NDArray[np.inexact[Any]]: ...
@overload
def jacobian(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
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
def jacobian(
    f: Callable[..., Any] | Function,
    x: Any,
    *,
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
    """Differentiate a function of an array that returns an array.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args)``, from an array of x's shape to a number or an array of any shape, always the same. Called as
        for `gradient`; with `vectorized`, on arrays of shape ``x.shape + (k,)`` to arrays of shape ``f.shape + (k,)``.
    x : array_like
        The point, of any shape.
    method, accuracy, step, scale, bounds, vectorized, args, full_output
        As for `gradient`.
    f0 : array_like, optional
        f(x), if it is known, of f's shape.

    Returns
    -------
    ndarray or DerivativeResult
        Of shape ``atleast_1d(f(x)).shape + atleast_1d(x).shape``, in numerator layout and never squeezed: an E x D
        matrix for R^D -> R^E, a 1 x D row for one output, an E x 1 column for one variable. Complex where f is.

    Raises
    ------
    TypeError, ValueError
        As for `gradient`, but for the number of outputs; also if f changes the shape of its output between calls.

    See Also
    --------
    gradient : one output, in the shape of x.

    Notes
    -----
    Columns are computed in blocks, so that beside the result only a few MiB are needed.

    Examples
    --------
    >>> import numpy as np
    >>> from numdiff import jacobian
    >>> polar = lambda x: np.array([x[0] * np.cos(x[1]), x[0] * np.sin(x[1])])
    >>> abs(jacobian(polar, [2.0, 0.0], method="central").round(6))
    array([[1., 0.],
           [0., 2.]])
    >>> jacobian(np.sum, [1.0, 2.0, 3.0], method="forward").shape
    (1, 3)
    """
    return differentiate(
        f,
        x,
        pointwise=False,
        one_output=False,
        order=1,
        method=method,
        accuracy=accuracy,
        step=step,
        scale=scale,
        bounds=bounds,
        f0=f0,
        vectorized=vectorized,
        args=args,
        full_output=full_output,
        at_least_1d=True,
    )
