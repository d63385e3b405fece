"""Smooth scalar functions of all kinds, a file a group."""

from collections.abc import Iterable

from tests.bank.problem import Problem
from tests.bank.scalar.branch import BRANCH
from tests.bank.scalar.cancellation import CANCELLATION
from tests.bank.scalar.composite import COMPOSITE
from tests.bank.scalar.edge import EDGE
from tests.bank.scalar.narrow import NARROW
from tests.bank.scalar.near_kink import NEAR_KINK
from tests.bank.scalar.offset import OFFSET
from tests.bank.scalar.oscillation import OSCILLATION
from tests.bank.scalar.physics import PHYSICS
from tests.bank.scalar.pole import POLE
from tests.bank.scalar.published import PUBLISHED
from tests.bank.scalar.scale import SCALE
from tests.bank.scalar.smooth import SMOOTH
from tests.bank.scalar.special import SPECIAL
from tests.bank.scalar.vanishing import VANISHING

GROUPS = {
    "smooth": "elementary functions that vary on the scale of 1",
    "scale": "x or f far from 1, from subnormal numbers to the largest",
    "narrow": "features far narrower or wider than |x|, at zero and away from it",
    "pole": "near a pole or an essential singularity",
    "branch": "near a branch point: roots and logarithms",
    "near_kink": "smooth, but a kink at any coarser scale",
    "oscillation": "many periods, within |x| or towards a point",
    "offset": "a large constant hides the part that varies",
    "cancellation": "the formula loses digits that the function has; f is far less accurate than eps |f|",
    "vanishing": "some derivative is zero or nearly so: extrema, inflections, symmetry",
    "special": "special functions",
    "physics": "formulas of physics, chemistry, biology, statistics and finance, in their own units",
    "edge": "near the end of the domain, or of the floating-point range",
    "composite": "iterations, recurrences, sums and nested functions",
    "published": "test functions of papers, manuals and textbooks, around the points that they give",
}

PROBLEMS: tuple[Problem, ...] = (
    *SMOOTH,
    *SCALE,
    *NARROW,
    *POLE,
    *BRANCH,
    *NEAR_KINK,
    *OSCILLATION,
    *OFFSET,
    *CANCELLATION,
    *VANISHING,
    *SPECIAL,
    *PHYSICS,
    *EDGE,
    *COMPOSITE,
    *PUBLISHED,
)
BY_NAME = {p.name: p for p in PROBLEMS}


def sample(seed: int, per_problem: int, groups: Iterable[str] | None = None) -> list[tuple[Problem, float]]:
    """Points of all problems, or of those in ``groups``."""
    chosen = GROUPS if groups is None else set(groups)
    return [(p, x) for p in PROBLEMS if p.group in chosen for x in p.sample(seed, per_problem)]
