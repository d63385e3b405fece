"""The procedure of every check: f and its derivative at x, compared."""

from dataclasses import replace
from typing import Any

import numpy as np

from numdiff._checks.analytic import Analytic, call_analytic, f_and_derivative
from numdiff._checks.directions import Displacements
from numdiff._checks.faults import (
    blind_spots,
    failing_entries,
    faults_of,
    hints_for,
    jumps_of,
    nondeterminism,
    places,
)
from numdiff._checks.report import CheckReport, ComparedEntry
from numdiff._checks.symmetry import asymmetry_of
from numdiff._checks.targets import Directions, Target, Variables
from numdiff._checks.verdicts import Comparison, Rules, compare
from numdiff._kernels.evaluation import Evaluation
from numdiff._kernels.problem import Problem
from numdiff._options import (
    CheckOptions,
    DirectedOptions,
    adaptive,
    as_lines,
    as_point,
    complete,
    integer_between,
    tolerance,
)

__all__ = ["check"]

Array = np.ndarray[Any, Any]

# With directions="auto": up to so many variables every entry is compared, beyond so many directions are.
ALL_ENTRIES = 500
AUTO_DIRECTIONS = 8
MOST_DIRECTIONS = 1_000_000


def check(kind: str, name: str, f: Any, derivative: Any, x: Any, seed: Any, given: Any) -> CheckReport:
    """Compare a derivative called `name` with the numerical one: "derivative", "gradient", "jacobian" or "hessian"."""
    pointwise, one_output = kind == "derivative", kind in ("derivative", "gradient")
    if pointwise:
        options = complete(f"check_{kind}", given, CheckOptions)
    else:
        options = complete(f"check_{kind}", given, DirectedOptions, "seed")
    pairs = derivative is True
    function, derivative = f_and_derivative(f, derivative, name, options, pointwise)
    point = as_point(x)
    method = adaptive(point, options["step"], None, None, options["max_nfev"])
    lines = as_lines(point, pointwise, options["bounds"], options["side"])
    chosen, notes = _directions(options.get("directions"), point.size)
    seed = integer_between(seed, 0, 2**63 - 1, "seed")
    if chosen is not None and method.step is not None:
        raise TypeError(f"step belongs to checks of every entry, not to directions={options['directions']!r}")
    rules = _rules(options)
    noise = options["noise"]

    evaluation = Evaluation(Problem(function, lines, None, one_output, noise))
    f0 = evaluation.at_x()
    problem = Problem(function, lines, f0, one_output, noise)
    outputs = problem.outputs
    expected = outputs + (point.shape if one_output else point.shape or (1,))
    if kind == "hessian" and f0.shape != point.shape:
        raise ValueError(f"grad must return an array of the shape of x, {point.shape}; got shape {f0.shape}")
    rows = int(np.prod(outputs))
    analytic = call_analytic(derivative, name, function, point, pointwise, expected, rows)
    if options["rtol"] is None:
        rules = replace(rules, rtol=float(np.finfo(analytic.dtype).eps) ** 0.75)
    # an f of pairs was called once more, for the derivative
    nfev = evaluation.nfev + pairs * (point.size if pointwise else 1)

    every = chosen is None
    target: Target
    # numbers of any size are compared: only f and its derivative may warn of theirs, and have done so
    with np.errstate(all="ignore"):
        if chosen is None:
            shape = expected
            target = Variables(problem, method.step, evaluation.known_to())
        else:
            shape = (*outputs, chosen)
            target = Directions(problem, Displacements(lines, seed), chosen, evaluation.known_to())
        if rows * point.size:
            compared = compare(target, _columns(analytic, target, rows), rules, method.max_nfev)
        else:
            # no outputs or no variables: there is nothing to compare
            shape = expected
            compared = Comparison.empty((rows, point.size))
        nfev += compared.nfev
        place = places(compared.verdicts.shape, shape)

        hints = hints_for(analytic, compared, expected, shape, lines, every, rules.resolution)
        if kind == "hessian" and analytic.matrix is not None:
            # it should be its own transpose
            hints = tuple(hint for hint in hints if hint.kind != "transposed")
        faults: tuple[ComparedEntry, ...] = ()
        verdict = _verdict(compared.verdicts)
        if analytic.matrix is None:
            verdict = "fail"
        elif isinstance(target, Directions) and verdict == "fail":
            faults, more, remarks, used = faults_of(target, analytic, compared, rules, expected, bool(hints))
            hints, notes, nfev = hints + more, notes + remarks, nfev + used
        elif verdict == "fail":
            faults = failing_entries(compared, place)
        if kind == "hessian" and analytic.matrix is not None:
            entry = places((rows, point.size), expected)
            asymmetry, pair, used = asymmetry_of(analytic.matrix, compared, rules, target, entry, method.max_nfev)
            hints, faults, nfev = hints + asymmetry, faults or pair, nfev + used
            verdict = "fail" if asymmetry else verdict
        notes += blind_spots(compared, verdict, target)
        remarks, used = jumps_of(target, compared, place)
        notes += remarks
    again = Evaluation(Problem(function, lines))
    notes += nondeterminism(f0, again.at_x())
    arrays = ("verdicts", "analytic", "numerical", "bound", "tolerance", "scale", "status")
    return CheckReport(
        check=kind,
        verdict=verdict,
        # a number where there is one entry only
        **{name: getattr(compared, name).reshape(shape)[()] for name in arrays},
        resolution=rules.resolution,
        nfev=nfev + used + again.nfev,
        hints=hints,
        notes=notes,
        slopes={place(row, column): pair for (row, column), pair in compared.slopes.items()},
        faults=faults,
        directions=chosen,
        seed=None if every else seed,
    )


def _directions(directions: Any, n: int) -> tuple[int | None, tuple[str, ...]]:
    """How many directions, None for every entry; and what there is to say of the choice."""
    if directions is None:
        return None, ()
    if isinstance(directions, str):
        if directions != "auto":
            raise ValueError(f"directions must be a number, 'auto' or None; got {directions!r}")
        if n <= ALL_ENTRIES:
            return None, (f"every entry was compared, as directions='auto' has it up to n = {ALL_ENTRIES}; n is {n:,}",)
        return AUTO_DIRECTIONS, (
            f"{AUTO_DIRECTIONS} directions were compared and not every entry, as directions='auto' has it beyond "
            f"n = {ALL_ENTRIES}; n is {n:,}",
        )
    return integer_between(directions, 1, MOST_DIRECTIONS, "directions"), ()


def _rules(options: dict[str, Any]) -> Rules:
    """By which verdicts are given."""
    resolution = tolerance(options["resolution"], "resolution")
    if not 0 < resolution < 1:
        raise ValueError(f"resolution must lie between 0 and 1; got {options['resolution']!r}")
    rtol = 0.0 if options["rtol"] is None else tolerance(options["rtol"], "rtol")
    atol = tolerance(options["atol"], "atol")
    allow_subgradient = options["allow_subgradient"]
    if not isinstance(allow_subgradient, bool | np.bool):
        raise TypeError(f"allow_subgradient must be True or False; got {allow_subgradient!r}")
    return Rules(rtol, atol, resolution, bool(allow_subgradient))


def _columns(analytic: Analytic, target: Target, rows: int) -> Array:
    """The analytic values of the columns of the target; NaN if they do not fit."""
    if analytic.usable is None:
        return np.full((rows, target.columns), np.nan)
    if isinstance(target, Directions):
        return np.stack([analytic.along(target.displacement(i)) for i in range(target.columns)], axis=1)
    return analytic.dense()


def _verdict(verdicts: Array) -> str:
    return next((v for v in ("fail", "inconclusive") if (verdicts == v).any()), "pass")
