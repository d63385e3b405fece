"""Some thousand random calls, the same every time. ``python -m tests.fuzz`` makes as many as one likes."""

import pytest

from tests.fuzz.calls import random_call
from tests.fuzz.invariants import broken
from tests.fuzz.smallest import smallest

SEED = 1
CHUNK = 500


def check(seed, numbers):
    for number in numbers:
        call = random_call(seed, number)
        for kind in broken(call):
            pytest.fail(f"{' '.join(kind)}, in call {number} of seed {seed}:\n{smallest(call, kind)}", pytrace=False)


@pytest.mark.parametrize("first", range(0, 3000, CHUNK))
def test_invariants(first):
    check(SEED, range(first, first + CHUNK))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 280_000, 10_000))
def test_invariants_of_many_calls(first):
    check(SEED, range(first, first + 10_000))


def test_the_same_calls_every_time():
    assert [str(random_call(SEED, n)) for n in range(50)] == [str(random_call(SEED, n)) for n in range(50)]
    assert str(random_call(SEED, 0)) != str(random_call(SEED + 1, 0))
