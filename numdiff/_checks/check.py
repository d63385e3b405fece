"""Checks of hand-written derivatives: analytic against numerical, judged by error bounds."""

from typing import Unpack

from numpy.typing import ArrayLike

from numdiff._checks.procedure import check
from numdiff._checks.report import CheckReport
from numdiff._options import CheckOptions, Derivative, Differentiable, DirectedOptions, public

__all__ = ["check_derivative", "check_gradient", "check_hessian", "check_jacobian"]


@public(CheckOptions)
def check_derivative(f: Differentiable, df: Derivative, x: ArrayLike, **options: Unpack[CheckOptions]) -> CheckReport:
    """Check the derivative of a function of one number, at one point or at many.

    Parameters
    ----------
    f : callable or Function
        ``f(t, *args, **kwargs)``, from a number to a number, as for `derivative`.
    df : callable or True
        ``df(t, *args, **kwargs)``, its derivative, called as f is: at one point after the other or, with
        `vectorized`, on an array of shape ``(k,)``. It may return a pair (value, derivative). True, if f itself
        returns such pairs.
    x : float or array_like
        The point, or points.
    **options

    Returns
    -------
    CheckReport
        Its arrays have the shape of x.

    Raises
    ------
    TypeError, ValueError
        As `check_gradient`.

    See Also
    --------
    check_gradient : states the rules.

    Examples
    --------
    >>> import math, numdiff
    >>> print(numdiff.check_derivative(math.sin, math.cos, 1.0))
    check_derivative: PASS (1 of 1 entries passes; 10 evaluations)
    >>> print(numdiff.check_derivative(abs, lambda t: 0.5, 0.0))  # doctest: +ELLIPSIS
    check_derivative: INCONCLUSIVE (1 of 1 entries is inconclusive; ... evaluations)
      ...
      the value is inconclusive: a subgradient; f has a kink at x, with slope -1 to the left and 1 to the right
    """
    return check("derivative", "df", f, df, x, 0, options)


@public(DirectedOptions)
def check_gradient(
    f: Differentiable, grad: Derivative, x: ArrayLike, *, seed: int = 0, **options: Unpack[DirectedOptions]
) -> CheckReport:
    """Check the gradient of a function of an array that returns one number.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args, **kwargs)``, as for `gradient`.
    grad : callable or True
        ``grad(x, *args, **kwargs)``, its gradient, called with one point also if f is vectorized. It may write into its
        argument and return an array of x's shape, a list, a row of shape (1, n), single precision, or a pair (value,
        gradient). True, if f itself returns such pairs, as with scipy's ``jac=True``.
    x : array_like
        The point, of any shape.
    seed : int, optional
        Of the directions. It is in the report: the same seed gives the same directions.
    **options

    Returns
    -------
    CheckReport
        True if, and only if, the verdict is "pass": ``assert check_gradient(...)`` means what it says.
        `numdiff.testing.assert_gradient` shows the report if it fails.

    Raises
    ------
    TypeError
        If x is not real, f or grad can't be called or do not return numbers, or `vectorized`, `args` or `kwargs` are
        given beside a `Function`.
    ValueError
        If an argument is out of its range, x lies outside `bounds`, f returns more than one number (`check_jacobian` is
        for that), or a vectorized f does not treat points independently.
    Exception
        Whatever f or grad raise at x.

    See Also
    --------
    check_jacobian : f with several outputs.
    taylor_test : rates of convergence along one direction.

    Notes
    -----
    **The rules.** Every entry has a numerical value v with an error bound b, a scale s, the larger of |v| and the range
    of the values of f seen along the entry over the distance sampled, and a tolerance t = rtol s + atol, for the
    rounding of the analytic value a.

    - It *fails* if |a - v| > b + t, or if a is not finite and b is.
    - It *passes* if it does not fail and an error of `resolution` would have been seen: 2 b + t < resolution s; or if f
      does not depend on the variable at all.
    - Else it is *inconclusive*, and the report says why: noise or round-off of f, a kink, a jump, the edge of the
      domain.

    At a kink, v is the middle between the slopes on both sides, and b half their distance plus their bounds: outside
    of that a value fails, inside it is a subgradient. Nothing in this depends on the units of f or, where x is not 0,
    on those of x, and no tolerance has to be guessed. (At 0 nothing tells the units of x: give `step` if they are not
    of the order of 1.)

    The adaptive method (see `derivative`) is asked for 1% of the resolution first, which takes 9 evaluations per
    variable in the median. What cannot be told then, or fails by less than the resolution, is computed again as well
    as can be before it is judged; and where noise of f still hides the answer, from polynomials fitted to 192 values
    of f, unless `max_nfev` is given. That limits what the comparison takes: evaluations at x itself, at jumps, and of
    the search for entries at fault are not among them.

    **Directions.** A component of a direction is between half the size of its variable and all of it, where the size
    is |x|, or the geometric median of the others where x is 0. Sign and size are random.
    Values are per unit of length. The verdict is about the directions: an error in one entry is seen if it matters to
    their sum. If one fails, the variables at fault are searched for by halving the set of variables; that takes about
    20 evaluations times the binary logarithm of n for each of them, and ends with the fifth.

    **Hints.** When entries fail, these slips are tried, and reported if they explain all that is known to within twice
    the bounds: a wrong sign, a constant factor (named if it is 2, 1/2, n, 1/n, pi/180 or its inverse), entries
    transposed, permuted or shifted, or left at 0; a wrong shape; values that are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from numdiff import check_gradient
    >>> f = lambda x: np.log(np.sum(np.exp(x)))
    >>> print(check_gradient(f, lambda x: np.exp(x) / np.sum(np.exp(x)), [1.0, 2.0, 3.0]))
    check_gradient: PASS (3 of 3 entries pass; 26 evaluations)
    >>> report = check_gradient(f, lambda x: np.exp(x), [1.0, 2.0, 3.0])
    >>> report.verdict, report.hints[0].kind, round(report.hints[0].factor, 6)
    ('fail', 'factor', 30.192875)
    """
    return check("gradient", "grad", f, grad, x, seed, options)


@public(DirectedOptions)
def check_jacobian(
    f: Differentiable, jac: Derivative, x: ArrayLike, *, seed: int = 0, **options: Unpack[DirectedOptions]
) -> CheckReport:
    """Check the Jacobian of a function of an array that returns an array.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args, **kwargs)``, as for `jacobian`.
    jac : callable or True
        ``jac(x, *args, **kwargs)``, its Jacobian: an array of shape ``atleast_1d(f(x)).shape + atleast_1d(x).shape``,
        or a matrix, array or scipy.sparse, with a row for each output and a column for each variable. One row or column
        may be a vector. It may return a pair (value, Jacobian). True, if f itself returns such pairs.
    x : array_like
        The point, of any shape.
    seed : int, optional
        Of the directions.
    **options

    Returns
    -------
    CheckReport
        Its arrays have the shape of the Jacobian; with directions the shape of f(x), and a last axis for the
        directions.

    Raises
    ------
    TypeError, ValueError
        As `check_gradient`, but for the number of outputs.

    See Also
    --------
    check_gradient : states the rules.

    Notes
    -----
    What a sparse Jacobian does not hold is 0. Entries outside of its pattern that turn out not to be fail, and a hint
    says so.

    Examples
    --------
    >>> import numpy as np
    >>> from numdiff import check_jacobian
    >>> polar = lambda x: np.array([x[0] * np.cos(x[1]), x[0] * np.sin(x[1])])
    >>> def jac(x):
    ...     return [[np.cos(x[1]), np.sin(x[1])], [-x[0] * np.sin(x[1]), x[0] * np.cos(x[1])]]
    >>> print(check_jacobian(polar, jac, [2.0, 0.5]).hints[0])
    the matrix is transposed
    """
    return check("jacobian", "jac", f, jac, x, seed, options)


@public(DirectedOptions)
def check_hessian(
    grad: Differentiable, hess: Derivative, x: ArrayLike, *, seed: int = 0, **options: Unpack[DirectedOptions]
) -> CheckReport:
    """Check the Hessian of a function, as the Jacobian of its gradient, and that it is symmetric.

    Parameters
    ----------
    grad : callable or Function
        ``grad(x, *args, **kwargs)``, the gradient, of the shape of x. Check it first, by `check_gradient`.
    hess : callable or True
        ``hess(x, *args, **kwargs)``, the Hessian: of shape ``x.shape + x.shape``, or a matrix, array or scipy.sparse.
        It may return a pair (gradient, Hessian). True, if grad itself returns such pairs.
    x : array_like
        The point, of any shape.
    seed : int, optional
        Of the directions.
    **options

    Returns
    -------
    CheckReport
        As `check_jacobian`. The verdict is also "fail" if the Hessian is not symmetric: if
        ``|H[i, j] - H[j, i]| > rtol * max(|H[i, j]|, |H[j, i]|, sqrt(|H[i, i] H[j, j]|)) + atol``. That the numerical
        Jacobian is not symmetric, to within its bounds, means that grad is the gradient of no function; a hint says
        so.

    Raises
    ------
    TypeError, ValueError
        As `check_gradient`; also if grad(x) has not the shape of x.

    See Also
    --------
    check_gradient : states the rules.

    Examples
    --------
    >>> from scipy.optimize import rosen_der, rosen_hess
    >>> from numdiff import check_hessian
    >>> print(check_hessian(rosen_der, rosen_hess, [-1.2, 1.0, 0.7]))
    check_hessian: PASS (9 of 9 entries pass; 46 evaluations)
    """
    return check("hessian", "hess", grad, hess, x, seed, options)
