"""Checks of hand-written derivatives: analytic against numerical, judged by error bounds."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from numdiff._checks.analytic import Analytic, call_analytic, f_and_derivative
from numdiff._checks.directions import Displacements
from numdiff._checks.faults import asymmetry_of, blind_spots, faults_of, hints_for, jumps_of, nondeterminism, places
from numdiff._checks.report import CheckReport, Entry
from numdiff._checks.targets import Lines, Variables, value_at
from numdiff._checks.verdicts import Comparison, Rules, compare
from numdiff._kernels.function import Function
from numdiff._kernels.richardson import adaptive
from numdiff._options import adaptive_options, as_point, integer_between, tolerance

__all__ = ["check_derivative", "check_gradient", "check_hessian", "check_jacobian"]

Array = np.ndarray[Any, Any]

# With directions="auto": up to so many variables every entry is compared, beyond so many directions are.
ALL_ENTRIES = 500
AUTO_DIRECTIONS = 8
MOST_DIRECTIONS = 1_000_000


def check_derivative(
    f: Callable[..., Any] | Function,
    df: Callable[..., Any] | Literal[True],
    x: ArrayLike,
    *,
    resolution: float = 1e-4,
    rtol: float | None = None,
    atol: float = 0.0,
    allow_subgradient: bool = False,
    step: ArrayLike | None = None,
    bounds: Any = None,
    max_nfev: int | None = None,
    vectorized: bool = False,
    args: tuple[Any, ...] = (),
) -> CheckReport:
    """Check the derivative of a function of one number, at one point or at many.

    Parameters
    ----------
    f : callable or Function
        ``f(t, *args)``, from a number to a number, as for `derivative`.
    df : callable or True
        ``df(t, *args)``, its derivative, called as f is: at one point after the other or, with `vectorized`, on an
        array of shape ``(k,)``. It may return a pair (value, derivative). True, if f itself returns such pairs.
    x : float or array_like
        The point, or points.
    resolution, rtol, atol, allow_subgradient, step, bounds, max_nfev, vectorized, args
        As for `check_gradient`.

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
    return _check(
        "derivative",
        "df",
        f,
        df,
        x,
        (resolution, rtol, atol, allow_subgradient),
        (step, bounds, max_nfev),
        vectorized,
        args,
        None,
        0,
    )


def check_gradient(
    f: Callable[..., Any] | Function,
    grad: Callable[..., Any] | Literal[True],
    x: ArrayLike,
    *,
    resolution: float = 1e-4,
    rtol: float | None = None,
    atol: float = 0.0,
    allow_subgradient: bool = False,
    directions: int | Literal["auto"] | None = None,
    seed: int = 0,
    step: ArrayLike | None = None,
    bounds: Any = None,
    max_nfev: int | None = None,
    vectorized: bool = False,
    args: tuple[Any, ...] = (),
) -> CheckReport:
    """Check the gradient of a function of an array that returns one number.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args)``, as for `gradient`.
    grad : callable or True
        ``grad(x, *args)``, its gradient, called with one point also if f is vectorized. It may write into its
        argument and return an array of x's shape, a list, a row of shape (1, n), single precision, or a pair (value,
        gradient). True, if f itself returns such pairs, as with scipy's ``jac=True``.
    x : array_like
        The point, of any shape.
    resolution : float, optional
        Size of the errors, relative to the entry's scale, that a pass excludes.
    rtol, atol : float, optional
        What is allowed for the rounding of the analytic values: ``rtol * scale + atol``. By default `rtol` is
        ``eps**0.75`` of the type that they are returned in: 1.8e-12 for float64, 6.4e-6 for float32.
    allow_subgradient : bool, optional
        Whether a value between the slopes on both sides of a kink is a pass instead of inconclusive.
    directions : int or "auto", optional
        Compare directional derivatives along so many random directions instead of every entry: for large n. "auto":
        every entry up to n = 500, 8 directions beyond; a note in the report says which.
    seed : int, optional
        Of the directions. It is in the report: the same seed gives the same directions.
    step : float or array_like, optional
        The first step to try, in the units of x, if you know the length over which f changes. Not with directions.
    bounds : (lb, ub) or object with ``lb`` and ``ub``, optional
        f is never evaluated outside.
    max_nfev : int, optional
        Most evaluations that the comparison may take. Those at x itself, at jumps, and of the search for entries at
        fault are not among them.
    vectorized : bool, optional
        Whether f takes many points in one call, as for `gradient`.
    args : tuple, optional
        Further arguments of f and of grad.

    Returns
    -------
    CheckReport
        True if, and only if, the verdict is "pass": ``assert check_gradient(...)`` means what it says.
        `numdiff.testing.assert_gradient` shows the report if it fails.

    Raises
    ------
    TypeError
        If x is not real, f or grad can't be called or do not return numbers, or `vectorized` or `args` are given
        beside a `Function`.
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
    of f, unless `max_nfev` is given.

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
    return _check(
        "gradient",
        "grad",
        f,
        grad,
        x,
        (resolution, rtol, atol, allow_subgradient),
        (step, bounds, max_nfev),
        vectorized,
        args,
        directions,
        seed,
    )


def check_jacobian(
    f: Callable[..., Any] | Function,
    jac: Callable[..., Any] | Literal[True],
    x: ArrayLike,
    *,
    resolution: float = 1e-4,
    rtol: float | None = None,
    atol: float = 0.0,
    allow_subgradient: bool = False,
    directions: int | Literal["auto"] | None = None,
    seed: int = 0,
    step: ArrayLike | None = None,
    bounds: Any = None,
    max_nfev: int | None = None,
    vectorized: bool = False,
    args: tuple[Any, ...] = (),
) -> CheckReport:
    """Check the Jacobian of a function of an array that returns an array.

    Parameters
    ----------
    f : callable or Function
        ``f(x, *args)``, as for `jacobian`.
    jac : callable or True
        ``jac(x, *args)``, its Jacobian: an array of shape ``atleast_1d(f(x)).shape + atleast_1d(x).shape``, or a
        matrix, array or scipy.sparse, with a row for each output and a column for each variable. One row or column
        may be a vector. It may return a pair (value, Jacobian). True, if f itself returns such pairs.
    x : array_like
        The point, of any shape.
    resolution, rtol, atol, allow_subgradient, directions, seed, step, bounds, max_nfev, vectorized, args
        As for `check_gradient`.

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
    return _check(
        "jacobian",
        "jac",
        f,
        jac,
        x,
        (resolution, rtol, atol, allow_subgradient),
        (step, bounds, max_nfev),
        vectorized,
        args,
        directions,
        seed,
    )


def check_hessian(
    grad: Callable[..., Any] | Function,
    hess: Callable[..., Any] | Literal[True],
    x: ArrayLike,
    *,
    resolution: float = 1e-4,
    rtol: float | None = None,
    atol: float = 0.0,
    allow_subgradient: bool = False,
    directions: int | Literal["auto"] | None = None,
    seed: int = 0,
    step: ArrayLike | None = None,
    bounds: Any = None,
    max_nfev: int | None = None,
    vectorized: bool = False,
    args: tuple[Any, ...] = (),
) -> CheckReport:
    """Check the Hessian of a function, as the Jacobian of its gradient, and that it is symmetric.

    Parameters
    ----------
    grad : callable or Function
        ``grad(x, *args)``, the gradient, of the shape of x. Check it first, by `check_gradient`.
    hess : callable or True
        ``hess(x, *args)``, the Hessian: of shape ``x.shape + x.shape``, or a matrix, array or scipy.sparse. It may
        return a pair (gradient, Hessian). True, if grad itself returns such pairs.
    x : array_like
        The point, of any shape.
    resolution, rtol, atol, allow_subgradient, directions, seed, step, bounds, max_nfev, vectorized, args
        As for `check_gradient`.

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
    check_hessian: PASS (9 of 9 entries pass; 50 evaluations)
    """
    return _check(
        "hessian",
        "hess",
        grad,
        hess,
        x,
        (resolution, rtol, atol, allow_subgradient),
        (step, bounds, max_nfev),
        vectorized,
        args,
        directions,
        seed,
    )


def _check(
    check: str,
    name: str,
    f: Any,
    derivative: Any,
    x: Any,
    allowances: tuple[Any, Any, Any, bool],
    options: tuple[Any, Any, Any],
    vectorized: bool,
    args: tuple[Any, ...],
    directions: Any,
    seed: Any,
) -> CheckReport:
    """All checks: f and its derivative at x, compared."""
    pointwise, one_output = check == "derivative", check in ("derivative", "gradient")
    pairs = derivative is True
    function, derivative = f_and_derivative(f, derivative, name, vectorized, args, pointwise)
    point = as_point(x)
    step, bounds, max_nfev = options
    step, lower, upper, _, _, max_nfev = adaptive_options(point, None, step, None, bounds, None, None, max_nfev)
    resolution = tolerance(allowances[0], "resolution")
    if not 0 < resolution < 1:
        raise ValueError(f"resolution must lie between 0 and 1; got {allowances[0]!r}")
    rtol = None if allowances[1] is None else tolerance(allowances[1], "rtol")
    atol = tolerance(allowances[2], "atol")
    chosen, notes = _directions(directions, point.size)
    seed = integer_between(seed, 0, 2**63 - 1, "seed")
    if chosen is not None and step is not None:
        raise TypeError(f"step belongs to checks of every entry, not to directions={directions!r}")

    if not isinstance(allowances[3], bool | np.bool):
        raise TypeError(f"allow_subgradient must be True or False; got {allowances[3]!r}")

    f0, at_x = _values(function, point, pointwise)
    if not _usable(f0, point, pointwise, one_output):
        # the kernel says what is wrong with f
        adaptive(function, point, pointwise, one_output, (1,))
    outputs = () if one_output else (f0.shape or (1,))
    expected = outputs + (point.shape if one_output else point.shape or (1,))
    if check == "hessian" and f0.shape != point.shape:
        raise ValueError(f"grad must return an array of the shape of x, {point.shape}; got shape {f0.shape}")
    rows = int(np.prod(outputs))
    analytic = call_analytic(derivative, name, function, point, pointwise, expected, rows)
    rtol = float(np.finfo(analytic.dtype).eps) ** 0.75 if rtol is None else rtol
    rules = Rules(rtol, atol, resolution, bool(allowances[3]))
    nfev = 2 * at_x if pairs else at_x

    every = chosen is None
    target: Variables | Lines
    if chosen is None:
        shape = expected
        target = Variables(function, point, pointwise, one_output, f0, step, lower, upper)
    else:
        shape = (*outputs, chosen)
        displacement = Displacements(point, lower, upper, seed)
        target = Lines(function, point, one_output, f0, displacement, chosen, lower, upper)
    if rows * point.size:
        compared = compare(target, _columns(analytic, target, rows), rules, max_nfev)
    else:
        # no outputs or no variables: there is nothing to compare
        shape = expected
        compared = Comparison.empty((rows, point.size))
    nfev += compared.nfev
    place = places(compared.verdicts.shape, shape)

    hints = hints_for(analytic, compared, expected, shape, 1 if pointwise else point.size, every)
    if check == "hessian" and analytic.matrix is not None:
        # it should be its own transpose
        hints = tuple(hint for hint in hints if hint.kind != "transposed")
    faults: tuple[Entry, ...] = ()
    verdict = _verdict(compared.verdicts)
    if analytic.matrix is None:
        verdict = "fail"
    elif isinstance(target, Lines) and verdict == "fail":
        faults, more, remarks, used = faults_of(target, analytic, compared, rules, expected, bool(hints))
        hints, notes, nfev = hints + more, notes + remarks, nfev + used
    if check == "hessian" and analytic.matrix is not None:
        asymmetry = asymmetry_of(analytic.matrix, compared, rules, every, places((rows, point.size), expected))
        hints += asymmetry
        verdict = "fail" if asymmetry else verdict
    notes += blind_spots(compared, verdict, target, lower, upper)
    remarks, used = jumps_of(target, compared, place)
    again, at_x = _values(function, point, pointwise)
    notes += remarks + nondeterminism(f0, again)
    arrays = ("verdicts", "analytic", "numerical", "bound", "tolerance", "scale", "status")
    return CheckReport(
        check=check,
        verdict=verdict,
        # a number where there is one entry only
        **{name: getattr(compared, name).reshape(shape)[()] for name in arrays},
        resolution=resolution,
        nfev=nfev + used + at_x,
        hints=hints,
        notes=notes,
        slopes={place(row, column): pair for (row, column), pair in compared.slopes.items()},
        faults=faults,
        directions=chosen,
        seed=None if every else seed,
    )


def _directions(directions: Any, n: int) -> tuple[int | None, tuple[str, ...]]:
    """How many directions, None for every entry; and what there is to say of the choice."""
    if directions is None:
        return None, ()
    if isinstance(directions, str):
        if directions != "auto":
            raise ValueError(f"directions must be a number, 'auto' or None; got {directions!r}")
        if n <= ALL_ENTRIES:
            return None, (f"every entry was compared, as directions='auto' has it up to n = {ALL_ENTRIES}; n is {n:,}",)
        return AUTO_DIRECTIONS, (
            f"{AUTO_DIRECTIONS} directions were compared and not every entry, as directions='auto' has it beyond "
            f"n = {ALL_ENTRIES}; n is {n:,}",
        )
    return integer_between(directions, 1, MOST_DIRECTIONS, "directions"), ()


def _values(function: Function, point: Array, pointwise: bool) -> tuple[Array, int]:
    """f at x, and the number of points that it was evaluated at."""
    if not pointwise or not point.ndim:
        return np.asarray(value_at(function, point)), 1
    flat = point.reshape(-1)
    if function.vectorized:
        values = np.asarray(function.block(flat.copy(), flat.size))
    else:
        values = np.asarray([value_at(function, t) for t in flat])
    return values.reshape(point.shape) if values.size == flat.size else values, flat.size


def _usable(f0: Array, point: Array, pointwise: bool, one_output: bool) -> bool:
    """Whether f(x) is what a function of this kind returns."""
    if f0.dtype.kind not in "iufc":
        return False
    return f0.shape == point.shape if pointwise else f0.size == 1 or not one_output


def _columns(analytic: Analytic, target: Variables | Lines, rows: int) -> Array:
    """The analytic values of the columns of the target; NaN if they do not fit."""
    if analytic.usable is None:
        return np.full((rows, target.columns), np.nan)
    if isinstance(target, Lines):
        return np.stack([analytic.along(target.displacement(i)) for i in range(target.columns)], axis=1)
    return analytic.dense()


def _verdict(verdicts: Array) -> str:
    return next((v for v in ("fail", "inconclusive") if (verdicts == v).any()), "pass")
