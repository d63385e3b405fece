"""The record of a derivative, and that docs/method.md says of the adaptive method what the kernel does."""

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from numdiff import derivative, trace
from tests.bank.hard import HARD
from tests.bank.kinds import KINDS, case
from tests.bank.noisy import NOISY

ROOT = Path(__file__).parents[2]
METHOD = (ROOT / "docs" / "method.md").read_text("utf-8")
OPTIONS = ({}, {"rtol": 1e-4}, {"step": 1e-3}, {"atol": 1e-6, "max_nfev": 60})


def table_under(heading):
    """The rows of the first table under a heading."""
    section = METHOD.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


# ----------------------------------------------------------------------------
# The record
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 5])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_result_is_that_of_derivative(order, options):
    for problem in HARD[::7]:
        if math.isfinite(problem.f(problem.x).real):
            traced = trace(problem.f, problem.x, order=order, **options).result
            try:
                plain = derivative(problem.f, problem.x, order=order, full_output=True, **options)
            except (ValueError, ArithmeticError):
                assert traced.error == math.inf
                continue
            assert same(traced.value, plain.value), problem.name
            assert (traced.error, traced.status, traced.nfev) == (plain.error, plain.status, plain.nfev), problem.name


def test_steps_follow_from_each_other():
    steps = trace(math.sin, 0.7).steps
    assert [s.phase for s in steps[1:]] == [s.then for s in steps[:-1]]
    assert [s.levels for s in steps[1:]] == [s.wished for s in steps[:-1]]
    assert steps[-1].then == "done"
    assert steps[-1].nfev == derivative(math.sin, 0.7, full_output=True).nfev


def test_windows_have_value_and_bound():
    *_, last = trace(math.exp, 1.0, order=2).steps
    assert abs(last.value - math.e) <= last.error < 1e-9
    coarsest, finest = last.window
    assert coarsest < finest


def test_levels_are_displacements():
    seen = []
    record = trace(lambda t: seen.append(t) or math.sin(t), 0.7)
    displaced = sorted({abs(t - 0.7) for t in seen} - {0.0})
    told = sorted(record.unit / 2**level for step in record.steps for level in step.levels)
    np.testing.assert_allclose(sorted({float(f"{t:.6g}") for t in displaced}), told, rtol=1e-5)


def test_the_left_side_has_the_signs_of_f():
    *_, last = trace(math.exp, 1.0, order=2, bounds=(0.0, 1.0)).steps
    assert last.side == -1
    assert last.value == pytest.approx(math.e, rel=1e-4)


def test_what_is_outside_the_domain_is_missing():
    first = trace(math.sqrt, 0.0).steps[0]
    assert first.missing == first.levels != ()


def test_nothing_to_do():
    record = trace(lambda t: math.nan, 1.0)
    assert record.steps == ()
    assert str(record).endswith("NONFINITE, 1 evaluations")


def test_text_is_a_table_of_equal_columns():
    lines = str(trace(math.sqrt, 0.0)).splitlines()
    start = lines[1].index("because")
    assert lines[0] == "derivative at 0.0, nodes at 0.739085 / 2^level"
    assert all(line.startswith("-- on the ") or line[start - 2 : start] == "  " for line in lines[1:-1])


@pytest.mark.parametrize(
    ("f", "x", "options", "message"),
    [
        (math.sin, [0.5, 0.7], {}, "x must be a number"),
        (lambda t: t + 1j, 0.5, {}, "f.x. must be real"),
        (math.sin, 0.5, {"order": 0}, "order must be an integer"),
        (math.sin, 0.5, {"full_output": True}, "full_output"),
        (math.sin, 0.5, {"rtoll": 1e-3}, "did you mean 'rtol'"),
    ],
)
def test_refusals(f, x, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        trace(f, x, **options)


# ----------------------------------------------------------------------------
# docs/method.md
# ----------------------------------------------------------------------------


def holes(t):
    """Defined far from 1, and at 1."""
    return math.sin(t) if t == 1 or abs(t - 1) > 1e-3 else math.nan


def level_near_0(t):
    return 2.0 if abs(t) < 10 else math.nan


def vanishing(t):
    """At 2e-4 the derivative is lost in the rounding of cosh, but for a kink that is as small."""
    x = 0.00020253647857845861
    return (math.cosh(t) - 1) + abs(t - x) * (math.cosh(x) - 1)


@cache
def transitions_seen():
    """From, to and why, over the hard and the noisy points of the bank, twenty functions of every quick kind, and a few
    more."""
    seen = set()
    cases = [(p.f, p.x, order, options) for p in (*HARD, *NOISY) for order in (1, 2) for options in OPTIONS]
    kinds = [case(kind, 2, i) for kind, known in KINDS.items() if known.share == 1 for i in range(20)]
    kinds.append(case("kink-under-noise", 31, 44))  # ends on a step of float32
    cases += [(c.f, c.x, c.order, c.options) for c in kinds if not c.is_jacobian]
    cases += [
        (level_near_0, 0.0, 1, {"atol": 1e-3}),
        (holes, 1.0, 1, {"step": 0.1}),
        (vanishing, 0.00020253647857845861, 1, {}),
    ]
    for f, x, order, options in cases:
        try:
            steps = trace(f, x, order=order, **options).steps
        except (TypeError, ValueError, ArithmeticError):
            continue  # f(x) itself is out of the domain, or complex
        for step in steps:
            then = "refine" if step.then == "try" else "done" if step.then == "place" else step.then
            seen.add((step.phase, then, step.why))
    return seen


def test_every_transition_is_in_the_table():
    table = {tuple(row) for row in table_under("Transitions")}
    anywhere = {why for phase, _, why in table if phase == "any"}
    several = {(phase, then, why) for phases, then, why in table for phase in phases.split(", ")}
    assert {t for t in transitions_seen() if t not in several and t[2] not in anywhere} == set()


# What takes a contrived f: a second structure below the first, questions without end, an onset between nodes that are
# known already, a table as noisy as it is large.
RARE_REASONS = {"structure below structure", "asked often enough"}
RARE = {
    ("explain", "refine", "f bends before it breaks"),
    ("explain", "shape", "the onset is sharp"),
    ("shape", "done", "f is lost in its noise"),
    # depends on the last digits of the functions of libm
    ("refine", "explain", "a finer node is not as predicted"),
}


def test_every_row_of_the_table_is_seen():
    rows = {tuple(row) for row in table_under("Transitions") if row[0] != "any" and row[2] not in RARE_REASONS}
    assert rows - RARE - transitions_seen() == set()


def test_reasons_are_those_of_the_kernel():
    source = (ROOT / "src" / "trace.pyx").read_text("utf-8")
    reasons = re.findall(r'^    [A-Z_]+: "(.*)",$', source.split("REASONS = {")[1].split("\n}")[0], re.MULTILINE)
    assert len(reasons) > 30
    assert {why for *_, why in table_under("Transitions")} == set(reasons)


def test_constants_are_those_of_the_kernel():
    paths = [*(ROOT / "src").glob("*.pyx"), *(ROOT / "numdiff" / "_kernels").glob("*.pxd")]
    source = "\n".join(path.read_text("utf-8") for path in paths)
    for name, value, _ in table_under("Constants"):
        declared = re.findall(rf'\b{name}(?: = | ")\(?([^"#)\n]+)', source)
        assert {text.strip().replace("+ 0.4375", "+ FRACTION") for text in declared} == {value}, name
