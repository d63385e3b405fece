"""Functions that people came across: covered, and by a bound that is of use."""

import math

import pytest

from numdiff import Status, derivative
from tests.bank.reported import REPORTED


@pytest.mark.parametrize("row", REPORTED, ids=lambda row: row.name)
def test_reported(row):
    called = []

    def f(t):
        called.append(t)
        return row.f(t)

    result = derivative(f, row.x, order=row.order, full_output=True, **row.options)
    assert abs(result.value - row.truth) <= result.error <= row.useful
    assert max(abs(t - row.x) for t in called) <= row.farthest * (abs(row.x) or 1)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_second_derivative_that_jumps(sign):
    result = derivative(lambda t: math.exp(t) + sign * 0.1 * (t - 1) * abs(t - 1), 1.0, order=2, full_output=True)
    assert result.status == Status.KINK
    assert result.error == math.inf
