"""Derivatives of functions of one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from numdiff._kernels.engine import POINTS, differentiate
from numdiff._options import Differentiable, Options, public
from numdiff._result import DerivativeResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ["derivative"]


@overload
def derivative(
    f: Differentiable, x: float, *, order: int = ..., full_output: Literal[False] = ..., **options: Unpack[Options]
) -> float: ...
@overload
def derivative(
    f: Differentiable, x: ArrayLike, *, order: int = ..., full_output: Literal[False] = ..., **options: Unpack[Options]
) -> NDArray[np.floating[Any]]: ...
@overload
def derivative(
    f: Differentiable, x: ArrayLike, *, order: int = ..., full_output: Literal[True], **options: Unpack[Options]
) -> DerivativeResult: ...
@public(Options)
def derivative(f: Differentiable, x: Any, *, order: int = 1, full_output: bool = False, **options: Any) -> Any:
    """Differentiate a function of one number, at one point or at many.

    Parameters
    ----------
    f : callable or Function
        ``f(t, *args, **kwargs)``, from a number to a number. It is called with Python floats (float32 scalars where x
        is float32), one point at a time; with `vectorized`, on arrays of shape ``(k,)``.
    x : float or array_like
        The point, or points: each entry is a point of its own.
    order : int, optional
        Order of the derivative, 1 to 10.
    **options
    full_output : bool, optional
        Whether to return a `DerivativeResult`: value, error, status, step, nfev.

    Returns
    -------
    float or ndarray or DerivativeResult
        The derivative, of the shape of x; a float where x is a number. float32 where x is, complex where f is. Where
        there is no derivative to be trusted, still the best guess there is, or NaN.

    Raises
    ------
    TypeError
        If x is not real (bool, float16, longdouble, complex and objects are refused), f is not callable, f does not
        return numbers, x or f(x) has units or masked entries, which are not dropped, an option does not belong to the
        method, or `vectorized`, `args` or `kwargs` are given beside a `Function`.
    ValueError
        If an argument is out of its range, x lies outside `bounds`, f returns more than one number, or a vectorized f
        does not treat points independently.
    Exception
        Whatever f raises at x; a note at it says where. Away from x the adaptive method takes ArithmeticError,
        ValueError and RuntimeError (but not RecursionError and NotImplementedError), like NaN and infinity, for the
        end of the domain of f, and raises the first of them again if that leaves nothing.

    Warns
    -----
    NumdiffWarning
        Once, if entries of the adaptive method have no bound. With `full_output` never: look at the status.

    Notes
    -----
    **What the bound promises.** ``error`` of the adaptive method is an estimate, as any that rests on finitely many
    samples must be. At 31,000 points and orders of the 400 functions that numdiff is tested with (scales from 1e-300
    to 1e300, poles, branch points, near-kinks, oscillation, offsets) the error was within it in 99.9% of the cases
    for orders 1 and 2 and in 99.8% for orders 3 and 4, and more than 10 times larger in 4 cases; in the median it is 20
    to 40 times the true error. For orders 5 to 10 the share is 97% or more. It cannot see what no sample sees: a bump
    narrower than the distance of the points, or values that are rounded so that none changes within 2 abs(x); and
    where the computed f is smoothly wrong, as ``(1 - cos(x)) / x**2`` at 1e-7, it bounds the derivative of what is
    computed.

    **How accurate f is** gets measured: the digits of its values, what they are multiples of, how large f is around x
    where f(x) is a difference of such numbers, and what fine pairs add to what wide ones predict, if it does not
    shrink with h. It enters every bound; where it is much more than rounding the status is NOISY.

    **Where f is called.** On x's own side of 0, at displacements below abs(x), as long as that gives a bound of 2^-36
    of the value, or the tolerance that was asked, or f is linear or constant there; for digits that are missing
    outwards in steps, to 64 abs(x) or 1, whichever is more, or to `step`. An x below 2^-26 counts as 0, about which
    f may be called at any distance up to 1. Never out of `bounds`.

    **How it works.** Pairs x - h, x + h on a ladder of steps give the odd part (f(x+h) - f(x-h))/2h and the even part
    (f(x+h) + f(x-h) - 2f(x))/2h^2 of f, both smooth functions of h^2. A fine pair sees the curvature of f and places
    a block of steps; polynomial extrapolation to h = 0 [1]_ over each window of neighbouring steps gives a value, its
    truncation error by the rate at which such values contract [2]_ [3]_, and its worst-case rounding; the window with
    the smallest bound asks for further steps until nothing is gained. Finer pairs, off the ladder, must then be
    predicted by it; where they are not, deeper ones tell noise, which is measured and enters the bound, from kinks,
    jumps, edges and finer structure.

    The fixed-step quotients have weights by Fornberg [4]_, for the displacements as they come out in floating point.
    With step h the error is about ``C h**p |f^(order + p)| + eps S |f| / h**order``, C and S constants of the
    stencil; a fixed step can't tell it, so the error is inf and the status NOT_ESTIMATED.

    References
    ----------
    .. [1] L. F. Richardson, "The approximate arithmetical solution by finite differences of physical problems",
       Phil. Trans. Roy. Soc. A 210 (1911) 307-357.
    .. [2] J. N. Lyness and C. B. Moler, "Numerical differentiation of analytic functions", SIAM J. Numer. Anal. 4
       (1967) 202-210.
    .. [3] C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng. Software 4 (1982) 75-76.
    .. [4] B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids", Math. Comp. 51 (1988)
       699-706.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> from numdiff import derivative
    >>> derivative(math.exp, 0.0).__round__(12)
    1.0
    >>> derivative(lambda t: t**3, [1.0, 2.0], order=2).round(9)
    array([ 6., 12.])
    >>> r = derivative(math.log, 1e-6, full_output=True)
    >>> abs(r.value - 1e6) <= r.error < 1e-5
    True

    Where f has a kink there is a derivative from the left and one from the right:

    >>> derivative(abs, [0.0, 0.0], side=["left", "right"]).round(12)
    array([-1.,  1.])

    f known to six decimals, and no better:

    >>> r = derivative(lambda t: round(math.sin(t), 6), 0.7, noise=5e-7, full_output=True)
    >>> bool(abs(r.value - math.cos(0.7)) <= r.error < 1e-4), r.status
    (True, <Status.NOISY: 1>)

    At the edge of the domain, and with a fixed step:

    >>> derivative(lambda t: t * math.sqrt(t), 1.0, bounds=(1.0, 2.0), full_output=True).status
    <Status.ONE_SIDED: 2>
    >>> round(derivative(math.exp, 0.0, method="central", accuracy=4), 9)
    1.0
    """
    return differentiate("derivative", f, x, POINTS, order, full_output, options)
