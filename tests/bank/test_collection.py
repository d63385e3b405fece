"""The bank as a whole: names, sizes, sources."""

import re
from collections import Counter

import pytest

from tests.bank.hard import HARD
from tests.bank.noisy import NOISY
from tests.bank.scalar import PROBLEMS
from tests.bank.vector import UNEVEN, VECTOR


@pytest.mark.parametrize(("bank", "least"), [(PROBLEMS, 390), (HARD, 75), (NOISY, 40), (VECTOR, 70), (UNEVEN, 40)])
def test_size_and_names(bank, least):
    names = [case.name for case in bank]
    assert len(names) >= least
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9.-]+", name)] == []


def test_published_functions_name_their_source():
    assert {p.name for p in PROBLEMS if p.source} == {p.name for p in PROBLEMS if p.group == "published"}
    assert all(re.search(r"[A-Z][a-z]+|NAG|GNU|mir", p.source) for p in PROBLEMS if p.source)
    assert all(case.source for case in UNEVEN)
