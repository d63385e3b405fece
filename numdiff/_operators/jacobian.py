"""Gradients and Jacobians."""

from collections.abc import Callable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numdiff._differentiate import differentiate
from numdiff._kernels.function import Function
from numdiff._options import Method
from numdiff._result import DerivativeResult

__all__ = ["gradient", "jacobian"]


@overload
def gradient(
    f: Callable[..., Any] | Function,
    x: float,
    *,
    method: Method = ...,
    accuracy: int | None = ...,
    step: float | None = ...,
    scale: float | None = ...,
    bounds: Any = ...,
    rtol: float | None = ...,
    atol: float | None = ...,
    max_nfev: int | None = ...,
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
    method: Method = ...,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    rtol: float | None = ...,
    atol: float | None = ...,
    max_nfev: int | None = ...,
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
    method: Method = ...,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    rtol: float | None = ...,
    atol: float | None = ...,
    max_nfev: int | None = ...,
    f0: ArrayLike | None = ...,
    vectorized: bool = ...,
    args: tuple[Any, ...] = ...,
    full_output: Literal[True],
) -> DerivativeResult: ...
def gradient(
    f: Callable[..., Any] | Function,
    x: Any,
    *,
    method: Method = "richardson",
    accuracy: int | None = None,
    step: Any = None,
    scale: Any = None,
    bounds: Any = None,
    rtol: float | None = None,
    atol: float | None = None,
    max_nfev: int | None = None,
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
    method : {"richardson", "central", "forward", "backward"}, optional
        By default the adaptive method: it chooses its steps, extrapolates, and gives an error bound. The others are
        difference quotients with one fixed step and no bound: symmetric about x, on x and to its right, on x and to
        its left.
    accuracy : int, optional
        Fixed step only: order p of the truncation error, which is proportional to ``step**p``: 1 to 8; 2, 4, 6 or 8
        for "central". By default 2 for "central", 1 for the others.
    step : float or array_like, optional
        In the units of x; broadcast to x. Adaptive: the first step to try, if you know the length over which f
        changes. Fixed: distance between the points of the quotient, by default ``c * max(abs(x), scale)``, where c
        minimises truncation plus round-off of an f of unit scale.
    scale : float or array_like, optional
        Fixed step only: typical size of x, in its units, by default 1, which keeps the step from vanishing with x. It
        only makes steps larger; where f changes over less than max(abs(x), 1), give `step`.
    bounds : (lb, ub) or object with ``lb`` and ``ub``, optional
        f is never evaluated outside [lb, ub], each a number or broadcast to x. Near a bound the adaptive method works
        with what there is, on one side if need be; a fixed step goes to the other side, shrinks, or becomes one-sided
        with the same accuracy, whichever errs least.
    rtol, atol : float, optional
        Adaptive only: stop as soon as the bound is below ``max(rtol * abs(value), atol)``. By default 0: as good as
        can be had. With rtol=1e-8 a first derivative takes 9 evaluations in the median instead of 19. Verification
        may leave a bound a little above what was asked, and rounding may allow no better.
    max_nfev : int, optional
        Adaptive only: most evaluations of f in the whole call. Entries that are not finished then have the status
        BUDGET.
    f0 : float, optional
        f(x), if it is known: saves its evaluation ("central" makes none).
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
        return numbers, an option does not belong to the method, or `vectorized` or `args` are given beside a
        `Function`.
    ValueError
        If an argument is out of its range, x lies outside `bounds`, f returns more than one number (`jacobian` is for
        that), or a vectorized f does not treat points independently.
    Exception
        Whatever f raises at x; away from x as `derivative` says.

    Warns
    -----
    NumdiffWarning
        Once, if entries of the adaptive method have no bound. With `full_output` never: look at the status.

    See Also
    --------
    jacobian : f with several outputs.
    derivative : f of one number, at many points; describes the methods and what the bound promises.

    Examples
    --------
    >>> from numdiff import gradient
    >>> gradient(lambda x: (x[0] + 2 * x[1]**3)**2, [1.0, 2.0]).round(9)
    array([ 34., 816.])

    As the ``jac`` of a minimiser; one that passes `args` positionally needs a lambda:

    >>> from functools import partial
    >>> from scipy.optimize import minimize, rosen
    >>> minimize(rosen, [-1.2, 1.0], jac=partial(gradient, rosen, rtol=1e-8)).x.round(4)
    array([1., 1.])
    >>> f = lambda x, a: (x[0] - a)**2
    >>> jac = lambda x, *args: gradient(f, x, method="central", args=args)
    >>> minimize(f, [0.0], args=(3.0,), jac=jac).x.round(4)
    array([3.])
    """
    return differentiate(
        f,
        x,
        False,
        True,
        1,
        method,
        accuracy,
        step,
        scale,
        bounds,
        rtol,
        atol,
        max_nfev,
        f0,
        vectorized,
        args,
        full_output,
    )


@overload
def jacobian(
    f: Callable[..., Any] | Function,
    x: ArrayLike,
    *,
    method: Method = ...,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    rtol: float | None = ...,
    atol: float | None = ...,
    max_nfev: int | None = ...,
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
    method: Method = ...,
    accuracy: int | None = ...,
    step: ArrayLike | None = ...,
    scale: ArrayLike | None = ...,
    bounds: Any = ...,
    rtol: float | None = ...,
    atol: float | None = ...,
    max_nfev: int | None = ...,
    f0: ArrayLike | None = ...,
    vectorized: bool = ...,
    args: tuple[Any, ...] = ...,
    full_output: Literal[True],
) -> DerivativeResult: ...
def jacobian(
    f: Callable[..., Any] | Function,
    x: Any,
    *,
    method: Method = "richardson",
    accuracy: int | None = None,
    step: Any = None,
    scale: Any = None,
    bounds: Any = None,
    rtol: float | None = None,
    atol: float | None = None,
    max_nfev: int | None = None,
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
        for `gradient`; with `vectorized`, on arrays of shape ``x.shape + (k,)`` to arrays of shape ``f.shape +
        (k,)``.
    x : array_like
        The point, of any shape.
    method, accuracy, step, scale, bounds, rtol, atol, max_nfev, vectorized, args, full_output
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
    >>> abs(jacobian(polar, [2.0, 0.0]).round(9))
    array([[1., 0.],
           [0., 2.]])
    >>> jacobian(np.sum, [1.0, 2.0, 3.0], method="forward").shape
    (1, 3)
    """
    return differentiate(
        f,
        x,
        False,
        False,
        1,
        method,
        accuracy,
        step,
        scale,
        bounds,
        rtol,
        atol,
        max_nfev,
        f0,
        vectorized,
        args,
        full_output,
    )
