"""Functions of the kinds that people differentiate and that are not smooth to rounding, a file a kind.

Every kind makes its i-th case from a seed alone: ``case(kind, seed, i)``. `KINDS` lists them.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tests.bank.kinds import (
    bounded,
    cancelling,
    constant,
    critical,
    flat,
    kinked,
    knots,
    parity,
    reaching,
    removable,
    residuals,
    rough,
    rounded,
    smooth,
    solvers,
    sums,
    tables,
    tiny,
)
from tests.bank.kinds.case import Case


@dataclass(frozen=True)
class Kind:
    """How cases are made, and how many of them say enough: ``share`` of what is asked for, where they are slow."""

    make: Callable[[np.random.Generator, int], Case]
    share: float = 1.0


KINDS: dict[str, Kind] = {
    "cancel-at-root": Kind(cancelling.at_root),
    "cancel-near-root": Kind(cancelling.near_root),
    "residuals": Kind(residuals.case, share=0.2),
    "constant-to-rounding": Kind(constant.case),
    "rounded-values": Kind(rounded.values),
    "rounded-values-lost": Kind(rounded.values_lost),
    "rounded-arguments": Kind(rounded.arguments),
    "solvers-ode": Kind(solvers.odes, share=0.2),
    "solvers-iterative": Kind(solvers.iterations, share=0.4),
    "small-rough-part": Kind(rough.case),
    "kink-under-noise": Kind(kinked.noisy_kink),
    "relu-net-float32": Kind(kinked.net32),
    "relu-net-float64": Kind(kinked.net64),
    "removable": Kind(removable.case),
    "long-sums": Kind(sums.case),
    "reach-linear": Kind(reaching.linear),
    "reach-positive": Kind(reaching.positive),
    "near-bounds": Kind(bounded.case),
    "critical-points": Kind(critical.case),
    "parity": Kind(parity.case),
    "knots": Kind(knots.case),
    "tables": Kind(tables.case),
    "tiny-x": Kind(tiny.case),
    "flat": Kind(flat.case),
    "smooth": Kind(smooth.everyday),
    "smooth-hard": Kind(smooth.others),
}


def case(kind: str, seed: int, i: int) -> Case:
    """The i-th case of a kind, the same at each call."""
    return KINDS[kind].make(np.random.default_rng([seed, zlib.crc32(kind.encode()), i]), i)


def cases(kind: str, seed: int, n: int) -> Iterator[Case]:
    """So many of them, or fewer of a slow kind."""
    for i in range(max(1, round(n * KINDS[kind].share))):
        yield case(kind, seed, i)
