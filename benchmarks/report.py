"""One Markdown table of what the cases cost, every ratio taken within this run."""

import math
import platform
import statistics
import subprocess
import sys
import time
import timeit
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from .cases import CASES, WIDE_JACOBIAN, Case
from .peers import PEERS, Peer

SAMPLE_SECONDS = 2e-3
CASE_SECONDS = 3.0
MIN_ROUNDS, MAX_ROUNDS = 9, 301
IMPORT_ROUNDS = 11
IMPORT_GOAL_MS = 15
MEMORY_GOAL_MIB = 64

NOT_INSTALLED = "not installed"
NO_SUCH_CALL = "no such call"


def sample(call: Callable[[], object], number: int) -> float:
    """Return the seconds of one call, averaged over `number` of them, without the garbage collector."""
    return timeit.Timer(call).timeit(number) / number


def calls_per_sample(call: Callable[[], object]) -> int:
    """Return how many calls make a sample that the clock resolves; they warm up the call as well."""
    number = 1
    while (seconds := number * sample(call, number)) < SAMPLE_SECONDS:
        number = max(2 * number, math.ceil(number * SAMPLE_SECONDS / max(seconds, 1e-9)))
    return number


def interleave(calls: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Time all calls in turn, round after round, so that a busy moment of the machine meets all of them."""
    numbers = {name: calls_per_sample(call) for name, call in calls.items()}
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    end = time.perf_counter() + CASE_SECONDS
    for rounds in range(MAX_ROUNDS):
        if rounds >= MIN_ROUNDS and time.perf_counter() > end:
            break
        for name, call in calls.items():
            seconds[name].append(sample(call, numbers[name]))
    return seconds


def spread(values: list[float]) -> str:
    """Format the median of some values and their quartiles, to three digits."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    decimals = max(0, 2 - math.floor(math.log10(middle)))
    return f"{middle:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"


def duration(seconds: float) -> str:
    """Format a time with the unit that suits it."""
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds * 1e9:.3g} ns"


def bind(case: Case, peer: Peer) -> Callable[[], Any] | str:
    """Return the peer's call, tried once and found right, or the words that stand in its cell instead."""
    library = peer.load()
    if library is None:
        return NOT_INSTALLED
    call = case.bind(library)
    if call is None:
        return NO_SUCH_CALL
    # a peer that fails is part of the result, whatever it raises
    try:
        right = case.correct(np.asarray(call()))
    except Exception as exc:
        return f"fails: {type(exc).__name__}"
    return call if right else "wrong answer"


def ratio_row(case: Case) -> list[str]:
    """Return the row of one case: times of the libraries over the fastest of the evaluations alone."""
    bound = {peer.name: bind(case, peer) for peer in PEERS}
    seconds = interleave(
        {**case.baselines, **{name: call for name, call in bound.items() if not isinstance(call, str)}}
    )
    alone = min((seconds[name] for name in case.baselines), key=statistics.median)
    cells = [
        call if isinstance(call, str) else spread([t / a for t, a in zip(seconds[name], alone, strict=True)])
        for name, call in bound.items()
    ]
    goal = "" if case.goal is None else f"{case.goal:g}"
    return [f"{case.name}: time", f"{case.unit} ({duration(statistics.median(alone))})", goal, *cells]


def memory_row(case: Case) -> list[str]:
    """Return the row of one case's memory: the peak of what is allocated, less the result."""

    def peak(call: Callable[[], Any]) -> str:
        tracemalloc.start()
        try:
            result = call()
            return f"{(tracemalloc.get_traced_memory()[1] - result.nbytes) / 2**20:.1f}"
        finally:
            tracemalloc.stop()

    bound = [bind(case, peer) for peer in PEERS]
    cells = [call if isinstance(call, str) else peak(call) for call in bound]
    return [f"{case.name}: peak memory above the result", "1 MiB", str(MEMORY_GOAL_MIB), *cells]


def import_milliseconds(module: str) -> float:
    """Return how long a fresh interpreter, with numpy imported already, takes to import a module."""
    code = (
        f"import numpy, time; start = time.perf_counter(); import {module}; print(1e3 * (time.perf_counter() - start))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def import_row() -> list[str]:
    """Return the row of import times above numpy's own."""
    installed = {peer.name: peer.module for peer in PEERS if peer.load() is not None}
    rounds = [{name: import_milliseconds(module) for name, module in installed.items()} for _ in range(IMPORT_ROUNDS)]
    cells = [
        spread([times[peer.name] for times in rounds]) if peer.name in installed else NOT_INSTALLED for peer in PEERS
    ]
    return ["import, above numpy's own", "1 ms", str(IMPORT_GOAL_MS), *cells]


def cpu_model() -> str:
    """Return what the system calls its processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def environment() -> str:
    """Return when, on what and with what this run was made."""
    libraries = ", ".join(f"{peer.distribution} {peer.version()}" for peer in PEERS)
    return (
        f"{date.today()}, {cpu_model()}, {platform.system()}, Python {platform.python_version()}, "
        f"numpy {version('numpy')}, {libraries}."
    )


def report() -> str:
    """Run everything and return the table, with its conditions above it."""
    header = ["case", "unit", "goal", *(peer.name for peer in PEERS)]
    rows = [*map(ratio_row, CASES), memory_row(WIDE_JACOBIAN), import_row()]
    table = [header, ["---"] * 3 + ["---:"] * len(PEERS), *rows]
    caption = (
        "Cost in the unit named, by central differences: median and quartiles of interleaved runs; "
        "less is better, and `goal` is what numdiff is to stay below."
    )
    lines = [environment(), "", caption, "", *("| " + " | ".join(row) + " |" for row in table)]
    return "\n".join(lines) + "\n"
