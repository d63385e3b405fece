"""The scalar bank, as a control: what must not become worse."""

import numpy as np

from tests.bank.kinds.case import Case
from tests.bank.problem import exact
from tests.bank.scalar import PROBLEMS

EVERYDAY = ("smooth", "scale", "physics", "composite", "special", "published")
SMALLEST, LARGEST = float(np.finfo(np.float64).tiny), float(np.finfo(np.float64).max)
_EVERYDAY = [p for p in PROBLEMS if p.group in EVERYDAY]
_OTHERS = [p for p in PROBLEMS if p.group not in EVERYDAY]


def _case(kind: str, problems: list, rng: np.random.Generator, i: int) -> Case:
    problem = problems[int(rng.integers(len(problems)))]
    order = 1 + i % 4
    while True:
        x = float(problem.points(rng, 1)[0])
        truth = exact(problem, x, order)
        if SMALLEST <= abs(truth) <= LARGEST:
            return Case(kind, f"{problem.group}/{problem.name}", problem.f, x, truth, order)
        # what float64 cannot hold, or an exact 0, which has no digits
        problem, order = problems[int(rng.integers(len(problems)))], 1 + order % 4


def everyday(rng: np.random.Generator, i: int) -> Case:
    return _case("smooth", _EVERYDAY, rng, i)


def others(rng: np.random.Generator, i: int) -> Case:
    return _case("smooth-hard", _OTHERS, rng, i)
