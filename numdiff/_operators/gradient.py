"""Gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from numdiff._kernels.engine import GRADIENT, differentiate
from numdiff._options import Differentiable, Options, public
from numdiff._result import DerivativeResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["gradient"]


@overload
def gradient(
    f: Differentiable, x: float, *, full_output: Literal[False] = ..., **options: Unpack[Options]
) -> float: ...
@overload
def gradient(
    f: Differentiable, x: ArrayLike, *, full_output: Literal[False] = ..., **options: Unpack[Options]
) -> NDArray[np.floating[Any]]: ...
@overload
def gradient(
    f: Differentiable, x: ArrayLike, *, full_output: Literal[True], **options: Unpack[Options]
) -> DerivativeResult: ...
@public(Options)
def gradient(f: Differentiable, x: Any, *, full_output: bool = False, **options: Any) -> Any:
    """Differentiate a function of an array that returns one number.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args, **kwargs)``, from an array of x's shape to a number (an array of size 1 is accepted). It is called
        with a float64 array of its own (float32 where x is float32), also where x is a pandas Series or a list; with a
        Python float where x is a number.
        With `vectorized`, on arrays of shape ``x.shape + (k,)``, k points on the last axis, to shape ``(k,)``.
    x : array_like
        The point, of any shape.
    **options
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
        return numbers, x or f(x) has units or masked entries, which are not dropped, an option does not belong to the
        method, or `vectorized`, `args` or `kwargs` are given beside a `Function`.
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

    From the right in one variable, where f has a kink:

    >>> gradient(lambda x: abs(x[0]) + x[1]**2, [0.0, 1.0], side=["right", None]).round(9)
    array([1., 2.])

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
    return differentiate("gradient", f, x, GRADIENT, 1, full_output, options)
