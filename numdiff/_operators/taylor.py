"""Taylor polynomials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

import numpy as np

from numdiff._kernels.engine import POINTS, solve
from numdiff._kernels.stencil import MAX_ORDER
from numdiff._options import Differentiable, TaylorOptions, as_point, integer_between, public, refuse_unknown
from numdiff._result import DerivativeResult, quotients, results_of, warn_of

if TYPE_CHECKING:
    from numpy.polynomial import Polynomial

__all__ = ["TaylorResult", "taylor"]


@dataclass(frozen=True, eq=False, slots=True)
class TaylorResult:
    """A Taylor polynomial, and what is known of its coefficients.

    Attributes
    ----------
    polynomial : numpy.polynomial.Polynomial
        In powers of x - x0: its domain is [x0 - 1, x0 + 1], its window [-1, 1], so that calling it with x is right.
    coefficients : DerivativeResult
        value, error (bound), status and step of every coefficient, of shape (degree + 1,); nfev.

    Examples
    --------
    >>> import math, numdiff
    >>> r = numdiff.taylor(math.exp, 0.0, 3, full_output=True)
    >>> bool((abs(r.coefficients.value - [1, 1, 1 / 2, 1 / 6]) <= r.coefficients.error).all())
    True
    """

    __module__ = "numdiff"

    polynomial: Polynomial
    coefficients: DerivativeResult


@overload
def taylor(
    f: Differentiable, x0: float, degree: int, *, full_output: Literal[False] = ..., **options: Unpack[TaylorOptions]
) -> Polynomial: ...
@overload
def taylor(
    f: Differentiable, x0: float, degree: int, *, full_output: Literal[True], **options: Unpack[TaylorOptions]
) -> TaylorResult: ...
@public(TaylorOptions)
def taylor(f: Differentiable, x0: float, degree: int, *, full_output: bool = False, **options: Any) -> Any:
    """Return the Taylor polynomial of a function of one number.

    Parameters
    ----------
    f : callable or Function
        ``f(t, *args, **kwargs)``, from a number to a number, as for `derivative`.
    x0 : float
        The point about which f is expanded.
    degree : int
        Degree of the polynomial, 0 to 10.
    **options
    full_output : bool, optional
        Whether to return a `TaylorResult`.

    Returns
    -------
    numpy.polynomial.Polynomial or TaylorResult
        The sum of f^(k)(x0)/k! (x - x0)^k; ``polynomial.coef`` are these coefficients. All derivatives are computed
        from the same evaluations of f.

    Raises
    ------
    TypeError, ValueError
        As `derivative`, and if `degree` is out of range or x0 is not a number.

    Warns
    -----
    NumdiffWarning
        If a coefficient has no error bound.

    See Also
    --------
    derivative : describes the method and what its bounds promise.

    Examples
    --------
    x^4 about 1 is 1 + 4 (x-1) + 6 (x-1)^2 + 4 (x-1)^3 + (x-1)^4:

    >>> from numdiff import taylor
    >>> p = taylor(lambda x: x**4, 1.0, 6)
    >>> bool(abs(p.coef - [1, 4, 6, 4, 1, 0, 0]).max() < 1e-6)
    True
    >>> bool(abs(p(1.5) - 1.5**4) < 1e-6)
    True
    """
    from numpy.polynomial import Polynomial  # here, because it takes a fifth of the time of importing numdiff

    refuse_unknown("taylor", options, TaylorOptions)
    point = as_point(x0)
    if point.ndim:
        raise TypeError(f"x0 must be a number; got an array of shape {point.shape}")
    degree = integer_between(degree, 0, MAX_ORDER, "degree")
    results = results_of(solve("taylor", f, point, POINTS, tuple(range(degree + 1)), options, True))
    factorial = np.cumprod([1.0, *range(1, degree + 1)])
    coefficients = DerivativeResult(
        quotients(np.array([r.value for r in results]), factorial),
        quotients(np.array([r.error for r in results]), factorial),
        np.array([r.status for r in results], dtype=np.int8),
        np.array([r.step for r in results]),
        results[0].nfev,
    )
    center = float(point)
    polynomial = Polynomial(coefficients.value, domain=[center - 1, center + 1], window=[-1, 1], symbol="x")
    if full_output:
        return TaylorResult(polynomial, coefficients)
    warn_of(coefficients, stacklevel=3)
    return polynomial
