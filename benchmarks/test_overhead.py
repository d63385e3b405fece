"""The cases under pytest-benchmark: `pytest benchmarks`. Nothing here fails for being slow."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .cases import CASES, Case
from .peers import PEERS, Peer

pytestmark = pytest.mark.benchmark(max_time=0.4, min_rounds=3)

BASELINES = [(case, name) for case in CASES for name in case.baselines]


@pytest.mark.parametrize(("case", "name"), BASELINES, ids=[f"{case.name}-{name}" for case, name in BASELINES])
def test_evaluations_alone(benchmark: BenchmarkFixture, case: Case, name: str) -> None:
    benchmark.group = case.name
    benchmark(case.baselines[name])


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_library(benchmark: BenchmarkFixture, case: Case, peer: Peer) -> None:
    library = peer.load()
    if library is None:
        pytest.skip(f"{peer.distribution} is not installed")
    call = case.bind(library)
    if call is None:
        pytest.skip(f"{peer.name} has no {case.call}")
    benchmark.group = case.name
    assert case.correct(benchmark(call))
