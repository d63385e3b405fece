"""Hard points are what they claim to be."""

import math
from math import inf

import numpy as np
import pytest

from tests.bank.differences import disagreeing
from tests.bank.hard import HARD
from tests.bank.named import named
from tests.bank.problem import exact, roundoff
from tests.bank.rounding import EPS

SMALLEST = 5e-324


def evaluated(f, x, bounds):
    """f at x, NaN off its domain."""
    if not bounds[0] <= x <= bounds[1]:
        return math.nan
    try:
        value = f(x)
    except (ArithmeticError, ValueError):
        return math.nan
    return math.nan if isinstance(value, complex) else value


def one_sided_quotients(case, sign):
    """Difference quotients of the case's order to one side, finest step last; NaN where f is not defined."""
    f0, k, quotients = evaluated(case.f, case.x, case.bounds), case.order, []
    for level in range(52):
        h = sign * (abs(case.x) or 1.0) * 2.0**-level
        if case.x + h != case.x and math.isfinite(case.x + k * h):
            nodes = [f0] + [evaluated(case.f, case.x + j * h, (-inf, inf)) for j in range(1, k + 1)]
            total = sum((-1) ** (k - j) * math.comb(k, j) * v for j, v in enumerate(nodes))
            # steps come as they are rounded
            quotients.append(total / ((case.x + h) - case.x) ** k if math.isfinite(total) else math.nan)
    return np.array(quotients)


@named([case for case in HARD if case.problem is None])
def test_hard_slopes(case):
    for sign, claimed in ((-1, case.left), (1, case.right)):
        quotients = one_sided_quotients(case, sign)
        if claimed is None:
            fine = quotients[len(quotients) // 2 :]
            assert np.all(np.isnan(fine)) or np.ptp(fine) > 0.1 * np.max(np.abs(fine))
        elif math.isinf(claimed):
            # still growing, with the claimed sign, over ten octaves where rounding does not matter yet
            assert np.sign(quotients[30]) == np.sign(claimed)
            assert abs(quotients[30]) > 8 * abs(quotients[20]) > 64 * abs(quotients[10])
        else:
            assert np.nanmin(np.abs(quotients - claimed)) <= 2e-4 * (abs(claimed) or 1)


@named([case for case in HARD if case.problem is not None])
def test_hard_smooth_points(case):
    assert disagreeing(case.problem, case.x) == set()
    for claimed, order in ((case.f(case.x), 0), (case.exact, case.order), (case.left, case.order)):
        truth = exact(case.problem, case.x, order)
        rounding = roundoff(case.problem, case.x) if order == 0 else EPS * abs(truth)
        assert abs(claimed - truth) <= rounding + SMALLEST


@named(HARD)
def test_hard_claims_are_consistent(case):
    lower, upper = case.bounds
    if case.exact is not None:
        assert math.isfinite(case.exact)
        assert case.exact in (case.left, case.right)
        assert case.left in (case.exact, None)
        assert case.right in (case.exact, None)
    assert lower <= case.x <= upper


@named([case for case in HARD if case.trend is not None])
def test_hard_trend(case):
    h = 0.1 * abs(case.x) if case.name != "integer-part" else 2.0
    assert (case.f(case.x + h) - case.f(case.x - h)) / (2 * h) == pytest.approx(case.trend, rel=1e-3, abs=0)
