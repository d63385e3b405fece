"""A fit to measured data."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

import numdiff
from numdiff._tour.examples import SHARP, adaptive_rows
from numdiff._tour.measured import EPS, SAFETY, measured_jacobian, size_about
from numdiff._tour.nist import RAT43, CertifiedFit, growth, growth_jacobian
from numdiff._tour.parts import AdaptiveTable, Part, Row, RowTable, Section, TextTable

RowType = TypeVar("RowType", bound=Row)


@dataclass(frozen=True)
class Solved:
    """A fit: parameters, sum of squares, evaluations by the solver, Jacobians, and the evaluations inside these."""

    b: NDArray[np.float64]
    sum_of_squares: float
    nfev: int
    jacobians: int
    inside: int


def _solve(residuals: Callable[[Any], Any], start: Sequence[float], method: Literal["central", "richardson"]) -> Solved:
    """Least squares as far as rounding lets it, the Jacobian by a method of numdiff."""
    from scipy.optimize import least_squares  # type: ignore[import-untyped]

    counted = numdiff.Function(residuals)
    jacobians = itertools.count()

    def jac(b: Any) -> Any:
        next(jacobians)
        return numdiff.jacobian(counted, b, method=method)

    tight = 4 * EPS
    result = least_squares(residuals, start, jac=jac, method="lm", ftol=tight, xtol=tight, gtol=tight)
    return Solved(result.x, float(2 * result.cost), result.nfev, next(jacobians), counted.nfev)


def _residuals(problem: CertifiedFit) -> Callable[[Any], Any]:
    x, y = np.array(problem.x, dtype=np.float64), np.array(problem.y)
    return lambda b: growth(b, x) - y


def _data(problem: CertifiedFit) -> TextTable:
    """The observations, and the model at the certified parameters."""
    observed = [
        (f"{x:g}", f"{y:.2f}", f"{y + r:.2f}", f"{r:+.2f}", "|" + "o".rjust(round(y / 15)))
        for x, y, r in zip(problem.x, problem.y, _residuals(problem)(problem.parameters), strict=True)
    ]
    width = max(len(picture) for *_, picture in observed)
    return TextTable(
        ("x", "y", "model", "model - y", "y".center(width)),
        tuple((*numbers, picture.ljust(width)) for *numbers, picture in observed),
    )


def _sum_of_squares(problem: CertifiedFit, found: float) -> Row:
    certified = problem.sum_of_squares
    return Row("sum of squares", found, certified, problem.half_unit(certified))


def _closest(rows: Sequence[RowType], columns: int) -> list[RowType]:
    """Of each column of a Jacobian the entry that comes closest to its tolerance."""
    return [max(rows[j::columns], key=lambda row: row.share) for j in range(columns)]


def _agreeing(rows: Sequence[Row]) -> Row:
    return Row("entries that agree", float(sum(row.agrees for row in rows)), float(len(rows)), 0.0)


def _jacobian(problem: CertifiedFit) -> tuple[Part, ...]:
    """The Jacobian of the residuals at the certified parameters, by fixed steps and by the adaptive method."""
    x, y = np.array(problem.x, dtype=np.float64), np.array(problem.y)
    certified = np.array(problem.parameters)
    residuals = _residuals(problem)
    lengths = np.array([certified[0], 1.0, 1 / x.mean(), certified[3] / 2])
    # The terms of the residuals are rounded, not the small differences they leave.
    size = np.maximum(size_about(lambda b: growth(b, x), certified, lengths), np.abs(y)[:, np.newaxis])
    measured = measured_jacobian(residuals, certified, lengths, size)
    by_hand = growth_jacobian(certified, x)
    outputs, inputs = by_hand.shape
    names = [f"dr/db{j + 1} at x = {x_i:g}" for x_i in problem.x for j in range(inputs)]
    shape = Row(f"shape of the Jacobian, {outputs} x {inputs}", measured.value.shape, by_hand.shape, 0.0)
    central = measured.beside(names, by_hand)

    adaptive = adaptive_rows(
        names, numdiff.jacobian(residuals, certified, full_output=True), by_hand, SHARP * np.abs(by_hand).max(axis=0)
    )
    first, *others = _closest(adaptive, inputs)
    shown = (replace(first, nfev=adaptive[0].nfev), *(replace(row, nfev=None) for row in others))
    return (
        "The Jacobian of the 15 residuals r = model - y, by numdiff and by hand; of each column the entry "
        "that comes closest to its allowed error. A parameter varies over its own length L: b1 itself, 1 "
        "for b2 in the exponent, 1/8 for b3, which x (8 on average) multiplies there, and b4/2, since 1/b4 "
        "has a pole at 0:",
        RowTable((shape, *_closest(central, inputs), _agreeing(central))),
        f"The same by the adaptive method, which needs no lengths; of each column the entry that comes closest to its "
        f"bound. The bounds may be {SHARP:g} of the largest entry of their column:",
        AdaptiveTable(shown),
        RowTable((_agreeing(adaptive),)),
    )


def _solutions(problem: CertifiedFit, fits: Sequence[Solved], flat: float) -> Iterator[Part]:
    """The fit from each start, beside what is certified; `flat` is what rounding costs, in standard errors."""
    residuals = _residuals(problem)
    for number, (start, solved) in enumerate(zip(problem.starts, fits, strict=True), 1):
        jacobian = numdiff.jacobian(residuals, solved.b)
        variance = solved.sum_of_squares / problem.freedom
        errors = np.sqrt(variance * np.diag(np.linalg.inv(jacobian.T @ jacobian)))
        rows = [
            Row(f"{name}b{j}", float(found), certified, flat * unit + problem.half_unit(certified))
            for name, values, exact in (
                ("", solved.b, problem.parameters),
                ("standard error of ", errors, problem.standard_errors),
            )
            for j, (found, certified, unit) in enumerate(zip(values, exact, problem.standard_errors, strict=True), 1)
        ]
        yield (
            f"From NIST's start {number}, b = ({', '.join(f'{b:g}' for b in start)}), after {solved.nfev} "
            f"evaluations of the residuals and {solved.jacobians} of the Jacobian:"
        )
        rows.append(_sum_of_squares(problem, solved.sum_of_squares))
        yield RowTable(tuple(rows), names=("fitted", "certified"), digits=True)


def _costs(problem: CertifiedFit, fits: Mapping[str, Sequence[Solved]], allowed: float) -> tuple[TextTable, RowTable]:
    """What each fit cost, and how far from the certified one it ended, in standard errors."""
    costs, distances = [], []
    for number, solutions in enumerate(zip(*fits.values(), strict=True), 1):
        for name, solved in zip(fits, solutions, strict=True):
            far = float(np.max(np.abs(solved.b - problem.parameters) / problem.standard_errors))
            costs.append((f"start {number}, {name}", str(solved.jacobians), str(solved.inside), f"{far:.1e}"))
            distances.append(Row(f"start {number}, {name}: farthest b", far, 0.0, allowed))
    return (
        TextTable(("", "Jacobians", "evaluations for them", "farthest b"), tuple(costs)),
        RowTable(tuple(distances), names=("distance", "certified")),
    )


def fit(problem: CertifiedFit = RAT43) -> Section:
    """NIST's Rat43: the Jacobian of the residuals, and a least-squares fit that uses it."""
    residuals = _residuals(problem)
    recomputed = _sum_of_squares(problem, float(np.sum(residuals(problem.parameters) ** 2)))
    lost = math.sqrt(EPS * problem.freedom)
    flat = SAFETY * lost
    allowed = flat + max(map(problem.half_unit, problem.parameters)) / min(problem.standard_errors)
    central, adaptive = (
        [_solve(residuals, start, method) for start in problem.starts] for method in ("central", "richardson")
    )
    return Section(
        "A fit to measured data: Rat43 of NIST",
        (
            "The model b1 / (1 + exp(b2 - b3 x))^(1/b4) for the dry weight y of onions after time x, and 15 "
            "observations.",
            f"Source: {problem.source}.",
            "The data, and the model at the certified parameters:",
            _data(problem),
            "The residuals at the certified parameters must give the certified sum of squares to its last digit:",
            RowTable((recomputed,), names=("computed", "certified")),
            *_jacobian(problem),
            "The fit: scipy.optimize.least_squares with jac by numdiff, central differences; the standard errors from "
            "the adaptive Jacobian at the solution. Near its minimum the sum of squares is flat: within "
            f"sqrt(eps (n - p)) = {lost:.1e} standard errors of it, the change is lost in rounding. {SAFETY:g} times "
            "that, and half a unit of the certified value's last digit, is allowed:",
            *_solutions(problem, central, flat),
            "With the adaptive Jacobian the fits end as close, in standard errors: what limits them is how flat the "
            "minimum is, not the Jacobian, which only has to lead there. A solver is well served by central "
            "differences; the adaptive method is for what is reported in the end, and for telling whether a Jacobian "
            "is good enough:",
            *_costs(problem, {"central": central, "adaptive": adaptive}, allowed),
        ),
    )
