"""Derivatives written by hand, checked."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import numdiff
from numdiff._tour.adaptive_method import worked_examples
from numdiff._tour.chain_rule import compositions
from numdiff._tour.nist import RAT43, growth, growth_jacobian
from numdiff._tour.partial_derivatives import mixed_powers
from numdiff._tour.parts import CheckRow, CheckTable, Section, Verbatim
from numdiff._tour.taylor_polynomials import EXPANSIONS


def _title(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} .. {names[-1]}"


def _slipped(x: Any) -> Any:
    """The gradient of x1^2 x2 + x1 x2^3, but for a sign."""
    return [2 * x[0] * x[1] + x[1] ** 3, -(x[0] ** 2) - 3 * x[0] * x[1] ** 2]


def checks(slipped: Callable[[Any], Any] = _slipped, tiny: float = 1e-10) -> Section:
    """The analytic side of every example, checked; and a slip that is caught."""
    examples = [example for _, group in worked_examples() for example in group]
    for composition in compositions():
        examples += [composition.outer, composition.inner, composition.whole]
    examples += [expansion.example() for expansion in EXPANSIONS]
    rows = [CheckRow.of(_title(example.names), example.check()) for example in examples]
    b, x = np.array(RAT43.parameters), np.array(RAT43.x)
    by_hand = numdiff.check_jacobian(lambda b: growth(b, x), lambda b: growth_jacobian(b, x), b)
    rows.append(CheckRow.of("growth of Rat43, 15 x 4, by its parameters", by_hand))

    point = np.array([2.0, 1.0])

    def scaled(x: Any) -> Any:
        return tiny * mixed_powers(x)

    def scaled_slip(x: Any) -> Any:
        return [tiny * entry for entry in slipped(x)]

    faults = (
        CheckRow.of("a wrong sign", numdiff.check_gradient(mixed_powers, slipped, point), "fail"),
        CheckRow.of(f"the same, times {tiny:g}", numdiff.check_gradient(scaled, scaled_slip, point), "fail"),
    )
    close = np.allclose(scaled_slip(point), numdiff.gradient(scaled, point, method="central"))
    return Section(
        "Checking derivatives written by hand",
        (
            "What is compared above could as well be wrong on the analytic side. A check turns the question round: it "
            "takes an analytic derivative, differentiates f as accurately as a verdict needs, and lets an entry fail "
            "if it is off by more than the error bound. No tolerance has to be chosen, so it works in any units. It "
            "passes if an error of 10^-4 would have been seen. The analytic sides of all examples, and the Jacobian of "
            "the model that is fitted in the next section:",
            CheckTable(tuple(rows)),
            "And one that is wrong. For f(x1, x2) = x1^2 x2 + x1 x2^3 at (2, 1) somebody wrote the gradient (2 x1 x2 + "
            "x2^3, -x1^2 - 3 x1 x2^2), with one sign wrong:",
            Verbatim(tuple("  " + line for line in str(faults[0].report).splitlines())),
            f"With f in units that make it {tiny:g} of that, numpy.allclose calls the same wrong gradient "
            f"{'close' if close else 'not close'} to central differences, because its tolerances are numbers; a "
            "verdict does not depend on units:",
            CheckTable(faults),
        ),
    )
