"""Kinks, jumps, noise, edges."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import numdiff
from numdiff import Status
from numdiff._tour.examples import SHARP, adaptive_rows
from numdiff._tour.parts import AdaptiveRow, AdaptiveTable, Definitions, Section


@dataclass(frozen=True)
class Difficulty:
    """A function and a point at which it is difficult, or has no derivative (NaN), and what should be reported."""

    name: str
    f: Callable[[float], Any]
    x: float
    expected: Status
    derivative: float = math.nan
    options: Mapping[str, Any] = field(default_factory=dict)


TO_THE_RIGHT = {"bounds": (0.0, math.inf)}

DIFFICULTIES = (
    Difficulty("|x| at 0", abs, 0.0, Status.KINK),
    Difficulty("|x| at 0, x >= 0", abs, 0.0, Status.ONE_SIDED, 1.0, TO_THE_RIGHT),
    Difficulty("cos sqrt x at 0", lambda x: np.cos(np.sqrt(x)), 0.0, Status.ONE_SIDED, -0.5),
    Difficulty("sqrt x at 0, x >= 0", np.sqrt, 0.0, Status.EDGE, math.nan, TO_THE_RIGHT),
    Difficulty("log x at 0", lambda x: math.log(x) if x else -math.inf, 0.0, Status.NONFINITE),
    Difficulty("a step from 0 to 1", lambda x: float(x >= 1), 1.0, Status.JUMP),
    Difficulty("sin x, 6 decimals", lambda x: round(math.sin(x), 6), 1.0, Status.NOISY, math.cos(1.0)),
    Difficulty("e^x as a float32", lambda x: float(np.float32(math.exp(x))), 1.0, Status.NOISY, math.e),
    Difficulty("x sin(1/x) at 0", lambda x: x * math.sin(1 / x) if x else 0.0, 0.0, Status.UNRELIABLE),
    Difficulty("the constant 3", lambda x: 3.0, 1.0, Status.FLAT, 0.0),
    Difficulty("e^x, max_nfev=8", math.exp, 1.0, Status.BUDGET, math.e, {"max_nfev": 8}),
)

ADVICE = {
    Status.CONVERGED: "the bound holds about what can be had. Nothing to do.",
    Status.KINK: "the slopes on the two sides of x differ, and the value is their mean, not a derivative. Take one "
    "side, by bounds, or smooth f.",
    Status.ONE_SIDED: "f could be had on one side of x only; the bound is that of the derivative from there. Nothing "
    "to do, if x lies at the edge of the domain.",
    Status.EDGE: "no derivative could be had at the edge of the domain; that of sqrt x is infinite. Move x inwards, or "
    "leave it out.",
    Status.NONFINITE: "x or f(x) is infinite or NaN. Look at f there, or keep x away from it.",
    Status.JUMP: "f jumps at x, and the value means nothing. Keep x away from the jump.",
    Status.NOISY: "f has less than 16 digits. The noise was measured, and the bound of the derivative of what is under "
    "it includes it. For more digits make f smoother: tighter tolerances inside it, float64.",
    Status.UNRELIABLE: "f varies on every scale that was looked at. Give a step at which it is smooth, or look at f.",
    Status.FLAT: "f is constant as far as one can see, and the derivative 0. If it should not be, look at f.",
    Status.BUDGET: "the evaluations were used up; the value is the best so far. Raise max_nfev.",
}


def difficulties(table: Sequence[Difficulty] = DIFFICULTIES, coarse: float = 1e-3) -> Section:
    """What is reported at a kink, a jump, an edge, of noise, and what to do about it."""
    rows: list[AdaptiveRow] = []
    for difficulty in table:
        result = numdiff.derivative(difficulty.f, difficulty.x, full_output=True, **difficulty.options)
        # noise costs digits, an edge does not
        most = coarse if difficulty.expected == Status.NOISY else SHARP
        rows += adaptive_rows([difficulty.name], result, difficulty.derivative, most, difficulty.expected)
    return Section(
        "Kinks, jumps, noise, edges",
        (
            "Not every function has a derivative, and not every derivative can be had to 12 digits. The status says "
            "which is the case; who asks for the value alone is warned where there is no bound. To agree, the "
            f"status must be the right one; a bound, if there is one, must hold and be at most {coarse:g} where f is "
            f"noisy, {SHARP:g} elsewhere (at x = 1, unless another x is named):",
            AdaptiveTable(tuple(rows)),
            "What they mean, and what to do:",
            Definitions({status.name: ADVICE[status] for status in dict.fromkeys(row.status for row in rows)}),
        ),
    )
