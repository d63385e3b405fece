"""Checks of hand-written derivatives for test suites: assertions that show the report."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Literal, TypeAlias, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike

from numdiff._checks.check import check_derivative, check_gradient, check_hessian, check_jacobian
from numdiff._checks.report import CheckReport
from numdiff._kernels.points import shown
from numdiff._options import (
    CheckOptions,
    Derivative,
    Differentiable,
    DirectedOptions,
    as_lines,
    as_point,
    integer_between,
    public,
)
from numdiff._result import NumdiffWarning, Status

__all__ = ["assert_derivative", "assert_gradient", "assert_hessian", "assert_jacobian", "sample_near"]

# unittest leaves the frames of this module out of the traceback of a failed assertion; pytest does so by function.
__unittest = True

Array = np.ndarray[Any, Any]
Inconclusive: TypeAlias = Literal["fail", "ok", "warn"]

DEFAULT_SAMPLES = 10
MOST_SAMPLES = 1_000_000
# How far a sample is from the point, at most, in sizes of each variable: signs stay.
REACH = 0.5
# Of several points that do not pass: those shown with their reports, and then those with the first line of it.
IN_FULL = 3
IN_LINES = 7


@overload
def assert_derivative(
    f: Differentiable,
    df: Derivative,
    x: ArrayLike,
    *,
    inconclusive: Inconclusive = ...,
    **options: Unpack[CheckOptions],
) -> CheckReport: ...
@overload
def assert_derivative(
    f: Differentiable,
    df: Derivative,
    x: ArrayLike | None = ...,
    *,
    near: ArrayLike,
    samples: int | None = ...,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[CheckOptions],
) -> list[CheckReport]: ...
@public(CheckOptions, __name__)
def assert_derivative(
    f: Differentiable,
    df: Derivative,
    x: ArrayLike | None = None,
    *,
    near: ArrayLike | None = None,
    samples: int | None = None,
    seed: int = 0,
    inconclusive: Inconclusive = "fail",
    **options: Unpack[CheckOptions],
) -> CheckReport | list[CheckReport]:
    """Assert that the derivative of a function of one number is right.

    Parameters
    ----------
    f, df, x
        As for `check_derivative`.
    near, samples, seed, inconclusive
        As for `assert_gradient`.
    **options

    Returns
    -------
    CheckReport or list of CheckReport
        As `assert_gradient`.

    Raises
    ------
    AssertionError, TypeError, ValueError
        As `assert_gradient`.

    Warns
    -----
    NumdiffWarning
        As `assert_gradient`.

    See Also
    --------
    assert_gradient : more on all of them.

    Examples
    --------
    >>> import math
    >>> from numdiff.testing import assert_derivative
    >>> report = assert_derivative(math.sin, math.cos, [0.0, 1.0, 2.0])
    >>> reports = assert_derivative(math.log, lambda t: 1 / t, near=1e-3, samples=5)
    >>> [report.verdict for report in reports]
    ['pass', 'pass', 'pass', 'pass', 'pass']
    """
    __tracebackhide__ = True
    check = partial(check_derivative, f, df, **options)
    return _assert("assert_derivative", check, x, near, samples, seed, options.get("bounds"), inconclusive)


@overload
def assert_gradient(
    f: Differentiable,
    grad: Derivative,
    x: ArrayLike,
    *,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[DirectedOptions],
) -> CheckReport: ...
@overload
def assert_gradient(
    f: Differentiable,
    grad: Derivative,
    x: ArrayLike | None = ...,
    *,
    near: ArrayLike,
    samples: int | None = ...,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[DirectedOptions],
) -> list[CheckReport]: ...
@public(DirectedOptions, __name__)
def assert_gradient(
    f: Differentiable,
    grad: Derivative,
    x: ArrayLike | None = None,
    *,
    near: ArrayLike | None = None,
    samples: int | None = None,
    seed: int = 0,
    inconclusive: Inconclusive = "fail",
    **options: Unpack[DirectedOptions],
) -> CheckReport | list[CheckReport]:
    """Assert that the gradient of a function of an array is right: at a point, at random points near one, or both.

    Parameters
    ----------
    f, grad
        As for `check_gradient`.
    x : array_like, optional
        The point. It may be left out if `near` is given.
    near : array_like, optional
        Check at random points around this one, those of `sample_near`; not at this one itself, unless it is `x` too.
        The points lie within `bounds`, if given.
    samples : int, optional
        How many random points; 10 by default.
    seed : int, optional
        Of the random points, and of the directions: the same seed gives the same ones.
    inconclusive : {"fail", "ok", "warn"}, optional
        What to do where the check can't tell: because f is noisy at `resolution`, or has a kink. A test that can't fail
        is worth nothing, so by default that is an error too.
    **options

    Returns
    -------
    CheckReport or list of CheckReport
        The report; with `near` a list of all reports, that of `x` first if it is given.

    Raises
    ------
    AssertionError
        If the gradient is wrong at one of the points. The message is the report; with `near` those of the first points
        that fail, with the points and how to have them again. Also if a check is inconclusive and `inconclusive` is
        "fail".
    TypeError, ValueError
        As `check_gradient`; if there is neither `x` nor `near`, or `samples` without `near`; if `near` is not finite,
        or an argument is out of its range.
    Exception
        Whatever f or grad raise at a point.

    Warns
    -----
    NumdiffWarning
        If a check is inconclusive and `inconclusive` is "warn".

    See Also
    --------
    check_gradient : states the rules.

    Examples
    --------
    >>> import numpy as np
    >>> from numdiff.testing import assert_gradient
    >>> f = lambda x: np.sum(x**2) + x[0] * x[1]
    >>> report = assert_gradient(f, lambda x: 2 * x + [x[1], x[0], 0], [1.0, 2.0, 3.0])
    >>> assert_gradient(f, lambda x: 2 * x + [x[1], 0, 0], [1.0, 2.0, 3.0])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: check_gradient: FAIL (1 of 3 entries fails, 2 pass; ... evaluations)
      entry  analytic  numerical  difference  error bound  difference/bound
      [1]    4         5          1           ...

    At several points:

    >>> reports = assert_gradient(f, lambda x: 2 * x + [x[1], x[0], 0], near=[1.0, 2.0, 3.0], samples=20)
    >>> len(reports), all(reports)
    (20, True)

    At a kink no test can tell, beyond that a value lies between the slopes:

    >>> assert_gradient(lambda x: abs(x[0]), np.sign, [0.0])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: check_gradient: INCONCLUSIVE (1 of 1 entries is inconclusive; ... evaluations)
      ...
      assert_gradient is inconclusive; pass inconclusive='ok' or 'warn', or allow_subgradient=True, to accept that
    >>> bool(assert_gradient(lambda x: abs(x[0]), np.sign, [0.0], allow_subgradient=True))
    True
    """
    __tracebackhide__ = True
    check = partial(check_gradient, f, grad, seed=seed, **options)
    return _assert("assert_gradient", check, x, near, samples, seed, options.get("bounds"), inconclusive)


@overload
def assert_jacobian(
    f: Differentiable,
    jac: Derivative,
    x: ArrayLike,
    *,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[DirectedOptions],
) -> CheckReport: ...
@overload
def assert_jacobian(
    f: Differentiable,
    jac: Derivative,
    x: ArrayLike | None = ...,
    *,
    near: ArrayLike,
    samples: int | None = ...,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[DirectedOptions],
) -> list[CheckReport]: ...
@public(DirectedOptions, __name__)
def assert_jacobian(
    f: Differentiable,
    jac: Derivative,
    x: ArrayLike | None = None,
    *,
    near: ArrayLike | None = None,
    samples: int | None = None,
    seed: int = 0,
    inconclusive: Inconclusive = "fail",
    **options: Unpack[DirectedOptions],
) -> CheckReport | list[CheckReport]:
    """Assert that the Jacobian of a function of an array that returns an array is right.

    Parameters
    ----------
    f, jac
        As for `check_jacobian`.
    x, near, samples, seed, inconclusive
        As for `assert_gradient`.
    **options

    Returns
    -------
    CheckReport or list of CheckReport
        As `assert_gradient`.

    Raises
    ------
    AssertionError, TypeError, ValueError
        As `assert_gradient`.

    Warns
    -----
    NumdiffWarning
        As `assert_gradient`.

    See Also
    --------
    assert_gradient : more on all of them.

    Examples
    --------
    >>> import numpy as np
    >>> from numdiff.testing import assert_jacobian
    >>> f = lambda x: np.array([x[0] * x[1], np.sin(x[1])])
    >>> report = assert_jacobian(f, lambda x: [[x[1], x[0]], [0, np.cos(x[1])]], [2.0, 0.5])
    """
    __tracebackhide__ = True
    check = partial(check_jacobian, f, jac, seed=seed, **options)
    return _assert("assert_jacobian", check, x, near, samples, seed, options.get("bounds"), inconclusive)


@overload
def assert_hessian(
    grad: Differentiable,
    hess: Derivative,
    x: ArrayLike,
    *,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[DirectedOptions],
) -> CheckReport: ...
@overload
def assert_hessian(
    grad: Differentiable,
    hess: Derivative,
    x: ArrayLike | None = ...,
    *,
    near: ArrayLike,
    samples: int | None = ...,
    seed: int = ...,
    inconclusive: Inconclusive = ...,
    **options: Unpack[DirectedOptions],
) -> list[CheckReport]: ...
@public(DirectedOptions, __name__)
def assert_hessian(
    grad: Differentiable,
    hess: Derivative,
    x: ArrayLike | None = None,
    *,
    near: ArrayLike | None = None,
    samples: int | None = None,
    seed: int = 0,
    inconclusive: Inconclusive = "fail",
    **options: Unpack[DirectedOptions],
) -> CheckReport | list[CheckReport]:
    """Assert that the Hessian of a function is right, as the Jacobian of its gradient, and symmetric.

    Parameters
    ----------
    grad, hess
        As for `check_hessian`.
    x, near, samples, seed, inconclusive
        As for `assert_gradient`.
    **options

    Returns
    -------
    CheckReport or list of CheckReport
        As `assert_gradient`.

    Raises
    ------
    AssertionError, TypeError, ValueError
        As `assert_gradient`.

    Warns
    -----
    NumdiffWarning
        As `assert_gradient`.

    See Also
    --------
    assert_gradient : more on all of them.

    Examples
    --------
    >>> from scipy.optimize import rosen_der, rosen_hess
    >>> from numdiff.testing import assert_hessian
    >>> reports = assert_hessian(rosen_der, rosen_hess, near=[1.0, 1.0, 1.0], samples=3)
    """
    __tracebackhide__ = True
    check = partial(check_hessian, grad, hess, seed=seed, **options)
    return _assert("assert_hessian", check, x, near, samples, seed, options.get("bounds"), inconclusive)


def sample_near(near: ArrayLike, number: int, *, seed: int = 0, bounds: Any = None) -> Any:
    """Return one of the random points at which `assert_gradient` and the others check if they are given `near`.

    Every variable is displaced by up to half of its size, to either side and uniformly. Its size is its absolute
    value or, where that is 0, the median of the others, or 1 if all are 0. So it does not matter in which units the
    variables are, and none changes its sign.

    Parameters
    ----------
    near : array_like
        The point.
    number : int
        Which one, from 0. It depends on the seed and its number only, not on how many there are.
    seed : int, optional
        As it was given.
    bounds : (lb, ub), object with ``lb`` and ``ub``, or list of pairs, optional
        The point returned lies within. The range of each variable is cut off there.

    Returns
    -------
    float or ndarray
        Of the shape of `near`; float32 if that is, else float64.

    Raises
    ------
    TypeError, ValueError
        If `near` is not a finite point within bounds, or an argument is out of its range.

    Examples
    --------
    >>> from numdiff.testing import sample_near
    >>> x = sample_near([1e-6, 0.0, 1e6], 3, seed=0)
    >>> bool(0.5e-6 <= x[0] <= 1.5e-6), bool(0.5e6 <= x[2] <= 1.5e6)
    (True, True)
    """
    try:
        point = as_point(near)
        within = as_lines(point, False, bounds).bounds
    except (TypeError, ValueError) as error:
        # they speak of x
        raise type(error)(f"near: {error}") from None
    number = integer_between(number, 0, MOST_SAMPLES - 1, "number")
    seed = integer_between(seed, 0, 2**63 - 1, "seed")
    if not np.isfinite(point).all():
        raise ValueError(f"near must be finite; got {shown(point)}")
    x = point.reshape(-1).astype(np.float64)
    reach, largest = _reach(x), float(np.finfo(point.dtype).max)
    with np.errstate(over="ignore"):
        low, high = np.maximum(x - reach, -largest), np.minimum(x + reach, largest)
    if within is not None:
        low, high = np.maximum(low, within[0]), np.minimum(high, within[1])
    part = np.random.default_rng((seed, number)).random(x.size)
    # the mean of both ends cannot overflow, and no rounding leads out of them
    sample = np.clip((1 - part) * low + part * high, low, high).astype(point.dtype)
    if within is not None:
        sample = np.clip(sample, *(bound.astype(point.dtype) for bound in within))
    return sample.reshape(point.shape)[()]


def _reach(x: Array) -> Array:
    """How far every variable is displaced at most."""
    # not by the sizes of directions, which are never small beside the others: each variable has its own units
    reach = REACH * np.abs(x)
    seen = reach[x != 0]
    return np.where(x != 0, reach, np.median(seen) if seen.size else REACH)


@dataclass(frozen=True)
class Checked:
    """A point, the number of the sample that it is, None for the user's own, and what was found there."""

    point: Any
    number: int | None
    report: CheckReport


def _assert(
    name: str,
    check: Callable[[Any], CheckReport],
    x: ArrayLike | None,
    near: ArrayLike | None,
    samples: int | None,
    seed: int,
    bounds: Any,
    inconclusive: str,
) -> CheckReport | list[CheckReport]:
    """Check at all points, and raise, warn or return. What users call calls this, which the warning relies on."""
    __tracebackhide__ = True
    if inconclusive not in ("fail", "ok", "warn"):
        raise ValueError(f"inconclusive must be 'fail', 'ok' or 'warn'; got {inconclusive!r}")
    points: list[tuple[Any, int | None]] = [] if x is None else [(x, None)]
    if near is not None:
        count = integer_between(DEFAULT_SAMPLES if samples is None else samples, 1, MOST_SAMPLES, "samples")
        points += [(sample_near(near, number, seed=seed, bounds=bounds), number) for number in range(count)]
    elif x is None:
        raise TypeError(f"{name} needs a point: x, or near for random points around it")
    elif samples is not None:
        raise TypeError(f"samples belongs to near, the point to sample around; got samples={samples!r} without it")
    found = [Checked(point, number, _report_at(check, point, number, seed)) for point, number in points]
    reports = [one.report for one in found]
    verdicts = {report.verdict for report in reports}
    if "fail" in verdicts or (inconclusive == "fail" and "inconclusive" in verdicts):
        raise AssertionError(_message(name, found, inconclusive, seed, bounds))
    if inconclusive == "warn" and "inconclusive" in verdicts:
        warnings.warn(_message(name, found, inconclusive, seed, bounds), NumdiffWarning, stacklevel=3)
    return reports[0] if near is None else reports


def _report_at(check: Callable[[Any], CheckReport], point: Any, number: int | None, seed: int) -> CheckReport:
    __tracebackhide__ = True
    where = "" if number is None else f" at sample {number} (seed={seed}), x = {shown(point)}"
    try:
        return check(point)
    except AssertionError as error:
        # not the verdict, but an assertion of f's own: unittest cuts its traceback at this module, unless it is a cause
        raise AssertionError(f"f or its derivative raised AssertionError{where}: {error}") from error
    except Exception as error:
        if where:
            error.add_note(f"raised{where}")
        raise


# --------------------------------------------------------------------------- what the assertions say


def _message(name: str, found: list[Checked], inconclusive: str, seed: int, bounds: Any) -> str:
    """The report or, of several points, the reports of the first; failures first."""
    failing = [one for one in found if one.report.verdict == "fail"]
    open_ = [one for one in found if one.report.verdict == "inconclusive"]
    alone = len(found) == 1 and found[0].number is None
    if alone:
        lines = [str(found[0].report)]
    else:
        shown = failing + open_ if inconclusive == "fail" or not failing else failing
        lines = list(_of_several(name, found, shown, seed, bounds))
    if inconclusive == "fail" and not failing:
        lines.append(f"{'  ' * alone}{name} is inconclusive; pass {_remedy(open_)} to accept that")
    return "\n".join(lines)


def _of_several(name: str, found: list[Checked], shown: list[Checked], seed: int, bounds: Any) -> Iterator[str]:
    counts = {v: sum(one.report.verdict == v for one in found) for v in ("fail", "inconclusive", "pass")}
    told = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items() if count)
    yield f"{name} at {len(found):,} points: {told}"
    for one in shown[:IN_FULL]:
        yield f"{_label(one)}:"
        yield from (f"  {line}" for line in str(one.report).splitlines())
    for one in shown[IN_FULL : IN_FULL + IN_LINES]:
        yield f"{_label(one)}: {str(one.report).splitlines()[0]}"
    if len(shown) > IN_FULL + IN_LINES:
        yield f"and {len(shown) - IN_FULL - IN_LINES:,} more points"
    first = next((one.number for one in shown if one.number is not None), None)
    if first is not None:
        more = "" if bounds is None else ", bounds=bounds"
        yield f"to have a sample again: numdiff.testing.sample_near(near, {first}, seed={seed}{more})"


def _label(one: Checked) -> str:
    what = "x" if one.number is None else f"sample {one.number}, x"
    return f"{what} = {shown(one.point)}"


def _remedy(inconclusive: list[Checked]) -> str:
    """The options that accept what is inconclusive."""
    for one in inconclusive:
        told = np.asarray(one.report.verdicts) != "inconclusive"
        subgradient = (np.asarray(one.report.status) == Status.KINK) & (np.asarray(one.report.bound) < inf)
        if not (told | subgradient).all():
            return "inconclusive='ok' or 'warn'"
    return "inconclusive='ok' or 'warn', or allow_subgradient=True,"
