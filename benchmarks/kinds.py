"""Measure the adaptive method on functions of many kinds: `python -m benchmarks.kinds [--only KIND ...] [--show 5]`."""

import argparse
import importlib
import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from mpmath import mpf

import numdiff
from tests.bank.differences import CENTRAL
from tests.bank.kinds import KINDS
from tests.bank.kinds.case import Case
from tests.bank.kinds.measured import Entry, Tally, digits, measure

# ---------------------------------------------------------------------------------------------------------------------
# Peers

# of central differences, by order and offset
WEIGHTS = {
    **CENTRAL,
    5: {-3: -0.5, -2: 2, -1: -2.5, 1: 2.5, 2: -2, 3: 0.5},
    6: {-3: 1, -2: -6, -1: 15, 0: -20, 1: 15, 2: -6, 3: 1},
}


def central(case: Case, h: float) -> float:
    """A central difference quotient; NaN where f cannot be had."""
    total = 0.0
    for j, weight in WEIGHTS[case.order].items():
        t = case.x + j * h
        try:
            total += weight * case.f(t)
        except (ValueError, ArithmeticError, RuntimeError):
            return math.nan
    return total / h**case.order if h**case.order else math.nan


def best_central(case: Case) -> float:
    """The quotient that errs least of those with h/x = 1/2, 1/4, ...: what nobody can choose who does not know."""
    size = abs(case.x) or 1.0
    values = [central(case, size * 4.0**-k) for k in range(1, 25)]
    return min((v for v in values if math.isfinite(v)), key=lambda v: abs(mpf(v) - case.truth), default=math.nan)


def usual_central(case: Case) -> float:
    """With the usual step, eps**(1/3) of x for a first derivative."""
    return central(case, (abs(case.x) or 1.0) * np.finfo(float).eps ** (1 / (case.order + 2)))


def _jacobi(library: Any) -> Callable[[Case], float]:
    def method(case: Case) -> float:
        if case.order > 1:
            return math.nan
        try:
            value, _ = library.jacobi(lambda t: case.f(float(np.ravel(t)[0])), case.x)
            return float(np.ravel(value)[0])
        except Exception:
            return math.nan

    return method


def _numdifftools(library: Any) -> Callable[[Case], float]:
    def method(case: Case) -> float:
        try:
            return float(library.Derivative(lambda t: case.f(float(t)), n=case.order)(case.x))
        except Exception:
            return math.nan

    return method


PEERS: dict[str, Callable[[Case], float]] = {"best central": best_central, "central": usual_central}
for library, adapter in (("jacobi", _jacobi), ("numdifftools", _numdifftools)):
    try:
        PEERS[library] = adapter(importlib.import_module(library))
    except ImportError:
        continue


# ---------------------------------------------------------------------------------------------------------------------
# What is printed

HEADER = (
    f"{'kind':22s} {'n':>5s} {'cover%':>7s} {'out':>4s} {'lies':>4s} {'inf%':>5s} {'rais':>4s} "
    f"{'dig50':>5s} {'dig10':>5s} "
    f"{'bnd/err':>7s} {'nfev50':>6s} {'mean':>5s} {'max':>4s} {'far99':>7s} {'farmax':>7s} {'cross%':>6s} {'sec':>5s}"
)


def line(name: str, tally: Tally) -> str:
    """The figures of a kind."""
    entries = tally.entries
    exists = [e for e in entries if e.truth is not None]
    total = len(entries) + len(tally.raised)
    covered = sum(e.covered for e in entries)
    outside = sum(not e.covered for e in entries)
    unbounded = sum(not e.given for e in exists)
    right = [e.digits for e in exists]
    ratios = [e.error / e.off for e in exists if e.given and e.off > 0]
    far = tally.farthest or [math.nan]
    return (
        f"{name:22s} {total:5d} {100 * covered / total:7.2f} {outside:4d} {sum(e.lies for e in entries):4d} "
        f"{100 * unbounded / max(1, len(exists)):5.1f} {len(tally.raised):4d} {_quantile(right, 0.5):5.1f} "
        f"{_quantile(right, 0.1):5.1f} {_quantile(ratios, 0.5):7.3g} {_quantile(tally.evaluations, 0.5):6.0f} "
        f"{np.mean(tally.evaluations):5.1f} {max(tally.evaluations):4.0f} {_quantile(far, 0.99):7.1e} "
        f"{max(far):7.1e} {100 * np.mean(tally.crossed or [0]):6.1f} {tally.seconds:5.1f}"
    )


def _quantile(values: list[float], q: float) -> float:
    return float(np.quantile(values, q, method="nearest")) if values else math.nan


def further(tally: Tally) -> Iterator[str]:
    """What companions and peers say."""
    if tally.cost_beside:
        lost = [d for d in tally.digits_beside if not math.isnan(d)]
        yield (
            f"beside: {_quantile(tally.cost_beside, 0.5):.2f} times the evaluations in the median, "
            f"{_quantile(tally.cost_beside, 0.9):.2f} at 90%; digits {_quantile(lost, 0.5):+.1f} in the median, "
            f"{_quantile(lost, 0.1):+.1f} at 10%"
        )


def beside_peers(tally: Tally) -> Iterator[str]:
    """The digits that peers have of the same derivatives, and how often numdiff's are not far from the best."""
    found: dict[str, list[float]] = {peer: [] for peer in PEERS}
    within = []
    for entry in tally.entries:
        if entry.case.is_jacobian or entry.truth is None:
            continue
        off = {peer: replace(entry, value=method(entry.case), error=math.inf).off for peer, method in PEERS.items()}
        for peer, distance in off.items():
            found[peer].append(digits(distance, entry.scale))
        within.append(entry.off <= 10 * off["best central"] or entry.digits > 15)
    if within:
        yield "digits of " + ", ".join(
            f"{peer} {_quantile(known, 0.5):.1f} ({_quantile(known, 0.1):.1f})" for peer, known in found.items()
        )
        yield f"within 10 times the best central difference: {100 * np.mean(within):.1f}%"


def shown(entry: Entry) -> str:
    """All that there is to know of an entry; the number in brackets makes the case again."""
    e = entry
    status = numdiff.Status(e.status).name
    truth = "none" if e.truth is None else repr(float(e.truth))
    sides = "" if e.truth is not None or e.case.sides is None else f" sides {[float(s) for s in e.case.sides]}"
    ratio = e.excess / e.error if e.error else math.inf
    x = f"array of {e.case.x.size}" if e.case.is_jacobian else repr(e.case.x)
    return (
        f"[{e.index}]{e.where} {e.case.name}; x={x} order {e.case.order}: {e.value!r} "
        f"+- {e.error:.2g} {status}, truth {truth}{sides}, off {e.off:.2g} ({ratio:.2g} bounds), nfev {e.nfev}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kinds", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=300, help="cases a kind; slow kinds take a share of it")
    parser.add_argument("--only", nargs="+", default=list(KINDS), choices=list(KINDS), metavar="KIND")
    parser.add_argument(
        "--show", type=int, default=0, metavar="K", help="the K worst cases of each kind; [i] is case(KIND, SEED, i)"
    )
    parser.add_argument("--rtol", type=float, help="as numdiff's option")
    parser.add_argument("--peers", action="store_true", help="the digits of other methods beside")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    given = {} if options.rtol is None else {"rtol": options.rtol}
    print(HEADER)
    for name in options.only:
        started = time.perf_counter()
        tally = measure(name, options.seed, options.n, given)
        tally.seconds = time.perf_counter() - started
        print(line(name, tally), flush=True)
        for text in (*further(tally), *(beside_peers(tally) if options.peers else ())):
            print(f"    {text}")
        for entry in sorted(tally.entries, key=lambda e: e.badness, reverse=True)[: options.show]:
            if entry.badness > 0:
                print("   ", shown(entry))
        for index, made, error in tally.raised[: options.show]:
            print(f"    [{index}] {made.name}; x={made.x!r} order {made.order}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
