"""What is promised of functions that are not smooth to rounding: how often bounds hold, kind by kind.

The floors stand below what was measured on thousands of functions of each kind, by what a hundred of them vary. The
functions are made from seeds that the method was not tuned on; ``python -m benchmarks.kinds`` prints all figures.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from tests.bank.kinds import KINDS
from tests.bank.kinds.measured import measure

sizes = pytest.mark.parametrize(
    "size", [(2024, 60), pytest.param((2025, 600), marks=pytest.mark.slow)], ids=["few", "many"]
)


class Floor(NamedTuple):
    """In per cent: entries covered, lies, entries without a bound; evaluations in the mean."""

    covered: float
    lies: float
    unbounded: float
    evaluations: float


FLOORS = {
    "cancel-at-root": Floor(97, 1.7, 1, 22),
    # a curvature that rounding hides over x's own side of 0
    "cancel-near-root": Floor(91, 7, 2, 36),
    "residuals": Floor(99, 0, 0.5, 22),
    "constant-to-rounding": Floor(98, 0, 1, 23),
    "rounded-values": Floor(93, 3.4, 1, 27),
    "rounded-arguments": Floor(97, 0, 1, 34),
    "solvers-ode": Floor(85, 9, 17, 40),
    "solvers-iterative": Floor(91, 5, 9, 32),
    "small-rough-part": Floor(93, 3.4, 2, 36),
    "kink-under-noise": Floor(96, 1.7, 16, 38),
    "relu-net-float32": Floor(97, 0, 2, 31),
    "relu-net-float64": Floor(98, 0, 1, 21),
    # where f(x) itself is lost no window sees the limit
    "removable": Floor(90, 9, 10, 38),
    "long-sums": Floor(99.5, 0, 0.1, 19),
    "reach-linear": Floor(99.5, 0, 0.5, 18),
    "reach-positive": Floor(98, 0, 1, 22),
    "near-bounds": Floor(98, 0, 1, 37),
    "critical-points": Floor(98, 0, 1, 19),
    "parity": Floor(97, 1.7, 1, 31),
    "knots": Floor(95, 3.4, 5, 33),
    "tables": Floor(98, 0, 1, 27),
    "tiny-x": Floor(98, 0, 9, 24),
    "flat": Floor(98, 0, 16, 33),
    "smooth": Floor(98.5, 0, 1, 22),
    "smooth-hard": Floor(98, 0, 6, 32),
}


@cache
def measured(kind, size):
    return measure(kind, *size)


@pytest.mark.filterwarnings("ignore")
@sizes
@pytest.mark.parametrize("kind", FLOORS)
def test_floors(kind, size):
    with np.errstate(all="ignore"):
        tally = measured(kind, size)
    entries, floor = tally.entries, FLOORS[kind]
    assert not tally.raised
    assert 100 * np.mean([e.covered for e in entries]) >= floor.covered
    assert 100 * np.mean([e.lies for e in entries]) <= floor.lies
    assert 100 * np.mean([not e.given for e in entries if e.truth is not None]) <= floor.unbounded
    assert np.mean(tally.evaluations) <= floor.evaluations


def test_every_kind_has_a_floor():
    """But values that are rounded so much that f is constant over 2|x|: nothing tells them from a constant."""
    assert set(KINDS) - set(FLOORS) == {"rounded-values-lost"}


@pytest.mark.filterwarnings("ignore")
@sizes
def test_linear_and_constant_entries_stay_near(size):
    """f is called within 2|x| where it is linear, constant or zero, whatever its noise."""
    assert max(measured("reach-linear", size).farthest) <= 2


@pytest.mark.filterwarnings("ignore")
@sizes
def test_few_points_change_the_sign_of_a_positive_variable(size):
    """Of smooth functions of scale |x|: digits may be missing there."""
    assert np.mean(measured("reach-positive", size).crossed) <= 0.15
