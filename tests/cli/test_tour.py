"""The tour: what it says agrees does agree, and what does not is noticed."""

import functools
import io
import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest

import numdiff
from numdiff import DerivativeResult, Status
from numdiff._tour import SECTIONS, adaptive_method, least_squares_fit, run
from numdiff._tour.adaptive_method import adaptive, worked_examples
from numdiff._tour.chain_rule import compositions
from numdiff._tour.checked_derivatives import checks
from numdiff._tour.difference_quotient import EXPONENTIAL, POWER, QUOTIENTS, limit
from numdiff._tour.differentiation_rules import RULES, rules
from numdiff._tour.difficult_points import DIFFICULTIES, difficulties
from numdiff._tour.examples import Example
from numdiff._tour.least_squares_fit import fit
from numdiff._tour.measured import Measured
from numdiff._tour.nist import RAT43, growth_jacobian
from numdiff._tour.partial_derivatives import partial_examples
from numdiff._tour.parts import AdaptiveRow, AdaptiveTable, CheckRow, Row, RowTable, Section, Verbatim
from numdiff._tour.printing import part_lines
from numdiff._tour.taylor_polynomials import EXPANSIONS, _power, expansions


@pytest.fixture(scope="module", params=SECTIONS, ids=lambda section: section.__name__)
def section(request):
    return request.param()


@pytest.fixture(scope="module")
def printed():
    stream = io.StringIO()
    assert run(stream, SECTIONS)
    return stream.getvalue()


def test_everything_agrees(section):
    comparisons = list(section.rows)
    assert comparisons
    assert [c for c in comparisons if not c.agrees] == []


def test_a_slightly_wrong_value_would_be_noticed(section):
    """Tolerances mean something: a millionth is seen in every derivative and every fitted number."""
    loose = []
    for c in section.rows:
        if isinstance(c.analytic, tuple) or "slope" in c.quantity or "log10" in c.quantity:
            continue
        if isinstance(c, AdaptiveRow) and c.bound == math.inf:
            continue  # nothing is claimed
        if isinstance(c, CheckRow) and c.expected == "fail":
            continue  # wrong by more than that already
        # forward differences lose half the digits, central ones a third, noise as many as it hides
        share = 1e-5 if "forward" in c.quantity else 1e-6
        if isinstance(c, AdaptiveRow) and c.expected == Status.NOISY:
            share = 1e-2
        if replace(c, analytic=c.analytic * (1 + share) or share).agrees:
            loose.append(c)
    assert loose == []


@pytest.mark.parametrize(
    "comparison",
    [
        Row("off", 1.0, 1.1, 0.05),
        Row("NaN", math.nan, 1.0, 0.05),
        Row("infinite", math.inf, 1.0, 0.05),
        Row("no tolerance", 1.0, 1.0, math.nan),
        Row("any tolerance", 1.0, 1.0, math.inf),
        Row("shape", (2,), (1, 2), 1.0),
        Row("shape beside a number", 2.0, (2,), 1.0),
    ],
    ids=lambda comparison: comparison.quantity,
)
def test_does_not_agree(comparison):
    assert not comparison.agrees
    stream = io.StringIO()
    assert not run(stream, [lambda: Section("One", (RowTable((comparison,), digits=True),))])
    assert stream.getvalue().endswith("0 of 1 comparisons agree.\n")
    assert any(line.startswith(f"  {comparison.quantity} ") and line.endswith(" NO") for line in lines(stream))


BOUNDED = AdaptiveRow("e", 2.7, math.e, 0.02, 0.02, 0.1, Status.CONVERGED, Status.CONVERGED, 7)


@pytest.mark.parametrize(
    ("changes", "agrees"),
    [
        ({}, True),
        ({"tolerance": 0.01, "bound": 0.01}, False),  # the truth lies outside
        ({"largest_bound": 0.01}, False),  # the bound says too little
        ({"status": Status.NOISY}, False),
        ({"status": Status.NOISY, "expected": Status.NOISY}, True),
        ({"numerical": math.nan}, False),
        ({"analytic": math.nan}, False),  # a bound where there is no derivative
        ({"tolerance": math.inf, "bound": math.inf}, False),  # no bound where there should be one
        ({"tolerance": math.nan, "bound": math.nan}, False),
        ({"tolerance": math.inf, "bound": math.inf, "status": Status.BUDGET, "expected": Status.BUDGET}, True),
        ({"bound": math.inf, "analytic": math.nan, "status": Status.KINK, "expected": Status.KINK}, True),
        ({"bound": math.inf, "analytic": math.nan, "status": Status.JUMP, "expected": Status.KINK}, False),
    ],
)
def test_agreement_with_a_bound(changes, agrees):
    row = replace(BOUNDED, **changes)
    assert row.agrees is agrees
    stream = io.StringIO()
    assert run(stream, [lambda: Section("One", (AdaptiveTable((row,)),))]) is agrees
    assert any(line.startswith("  e ") and line.endswith("yes" if agrees else "NO") for line in lines(stream))
    assert stream.getvalue().endswith(f"{agrees:d} of 1 comparisons agree.\n")


def lines(stream):
    return stream.getvalue().splitlines()


def test_entries_of_another_shape_do_not_agree():
    measured = Measured(np.ones((1, 2)), np.ones((1, 2)))
    assert all(c.agrees for c in measured.beside(["a", "b"], [[1.0, 1.0]]))
    assert not any(c.agrees for c in measured.beside(["a", "b"], [1.0, 1.0]))


def test_answers_of_another_shape_do_not_agree():
    square = Example(("a", "b"), lambda x: x[0] * x[1], np.array([2.0, 3.0]), [3.0, 2.0])
    result = square.adaptive()
    assert all(row.agrees for row in square.beside_adaptive(result))
    assert not any(row.agrees for row in replace(square, analytic=[[3.0, 2.0]]).beside_adaptive(result))


@pytest.mark.parametrize("shape", [(), (2,), (1, 2)], ids=["derivative", "gradient", "Jacobian"])
def test_an_example_is_differentiated_as_its_derivative_is_shaped(shape):
    x = np.array([1.0, 2.0]) if shape else 1.0
    result = Example(("a", "b"), lambda x: np.sum(x**2), x, np.zeros(shape)).adaptive()
    assert isinstance(result, DerivativeResult)
    assert np.shape(result.value) == shape


def disagreeing(section):
    return [c.quantity for c in section.rows if not c.agrees]


def examples():
    return [
        pytest.param(heading, example, entry, id=f"{example.names[0]}-{entry}")
        for heading, group in worked_examples()
        for example in group
        for entry in range(len(example.names))
    ]


@pytest.mark.parametrize(("heading", "example", "entry"), examples())
def test_wrong_analytic_value_beside_the_adaptive_one_is_counted(heading, example, entry):
    """A few units of 1e-11 are enough."""
    wrong = np.array(example.analytic, dtype=np.float64)
    wrong.flat[entry] *= 1 + 3e-11
    rows = replace(example, analytic=wrong).beside_adaptive(example.adaptive())
    section = adaptive([(heading, rows)])
    assert disagreeing(section) == [example.names[entry]]
    assert f"{len(example.names) - 1} of {len(example.names)} errors" in section.parts[-1]


def test_all_examples_of_the_sections_before_are_in_the_adaptive_one():
    rows = [c for c in adaptive().rows if isinstance(c, AdaptiveRow)]
    analytic = {row.analytic for row in rows}
    for composition in compositions():
        assert set(np.ravel(composition.whole.analytic)) <= analytic
    for rule in RULES:
        assert rule.analytic(0.5) in analytic
    for example in partial_examples():
        assert set(np.ravel(example.analytic)) <= analytic
    assert {POWER.nth(1), EXPONENTIAL.nth(1)} <= analytic
    assert {row.status for row in rows} == {Status.CONVERGED}


def test_jacobians_of_the_compositions():
    """Outer times inner is the whole, with the analytic ones as well."""
    for composition in compositions(0.3, 2.0):
        product = np.array(composition.outer.analytic) @ np.array(composition.inner.analytic)
        np.testing.assert_allclose(product, composition.whole.analytic, rtol=1e-14)


@pytest.mark.parametrize("series", EXPANSIONS, ids=lambda series: series.name)
def test_wrong_coefficient_is_counted(series):
    for k, exact in enumerate(series.coefficients):
        coefficients = list(series.coefficients)
        coefficients[k] = exact * (1 + 1e-6) or 1e-9
        section = expansions([replace(series, coefficients=tuple(coefficients))])
        assert disagreeing(section) == [_power(k, series.x0)]


def test_taylor_examples():
    """x^4 and sin x + cos x: coefficients, and that the rest of the series is no larger than it says."""
    fourth, trigonometric = EXPANSIONS
    assert fourth.coefficients == (1, 4, 6, 4, 1, 0, 0)
    assert trigonometric.coefficients == (1, 1, -1 / 2, -1 / 6, 1 / 24, 1 / 120)
    for series in EXPANSIONS:
        distance = series.nearby - series.x0
        polynomial = sum(c * distance**k for k, c in enumerate(series.coefficients))
        rest = abs(series.f(series.nearby) - polynomial)
        assert rest <= series.remainder + 1e-15
        assert series.remainder <= 2 * rest


def test_a_series_that_is_cut_off_is_counted():
    """x^4 to degree 2, without the rest of it."""
    fourth = EXPANSIONS[0]
    assert disagreeing(expansions([replace(fourth, coefficients=(1, 4, 6))])) == ["at x = 1.5"]


def test_statuses_of_the_difficult_cases():
    rows = list(difficulties().rows)
    assert {row.status for row in rows} == set(Status) - {Status.CONVERGED, Status.NOT_ESTIMATED}
    for row in rows:
        # a bound is given where there is something to be known, and nowhere else
        assert (row.bound < math.inf) == (row.status >= 0)


@pytest.mark.parametrize("case", DIFFICULTIES, ids=lambda case: case.name)
def test_wrong_status_is_counted(case):
    wrong = replace(case, expected=Status.CONVERGED)
    assert disagreeing(difficulties([wrong])) == [case.name]


@pytest.mark.parametrize("case", [c for c in DIFFICULTIES if c.expected >= 0], ids=lambda case: case.name)
def test_wrong_derivative_of_a_difficult_case_is_counted(case):
    wrong = replace(case, derivative=case.derivative * 1.01 or 0.01)
    assert disagreeing(difficulties([wrong])) == [case.name]


def test_noise_that_hides_too_much_is_counted():
    noisy = [case for case in DIFFICULTIES if case.expected == Status.NOISY]
    assert disagreeing(difficulties(noisy, coarse=1e-7)) == [case.name for case in noisy]


def test_bounds_of_coefficients_that_are_too_large_are_counted():
    wrong = disagreeing(expansions(EXPANSIONS[1:], sharp=1e-10))
    assert wrong == ["x^4", "x^5"]


def test_every_status_of_a_case_is_explained():
    text = "\n".join("\n".join(part_lines(part)) for part in difficulties().parts)
    for case in DIFFICULTIES:
        assert text.count(f"  {case.expected.name}: ") == 1


def test_wrong_rule_is_counted():
    wrong = [replace(rule, analytic=lambda x: 1.0) if rule.name == "product" else rule for rule in RULES]
    stream = io.StringIO()
    assert not run(stream, [functools.partial(rules, table=wrong)])
    assert sum(line.endswith(" NO") for line in lines(stream)) == 2
    assert stream.getvalue().endswith(f"{2 * len(wrong) - 2} of {2 * len(wrong)} comparisons agree.\n")


def test_wrong_derivative_in_the_sweep_is_counted():
    right = EXPONENTIAL
    wrong = replace(right, nth=lambda k: right.nth(k) * (1 + 1e-3 * (k == 1)))
    comparisons = list(limit([wrong]).rows)
    assert not any(c.agrees for c in comparisons if "numdiff" in c.quantity)


@pytest.mark.parametrize("which", range(4))
def test_wrong_certified_parameter_is_counted(which):
    parameters = [b * (1 + 1e-6 * (j == which)) for j, b in enumerate(RAT43.parameters)]
    section = fit(replace(RAT43, parameters=tuple(parameters)))
    wrong = [c.quantity for c in section.rows if not c.agrees]
    assert wrong.count(f"b{which + 1}") == len(RAT43.starts)
    assert wrong.count("start 1, adaptive: farthest b") == wrong.count("start 2, central: farthest b") == 1


def test_wrong_jacobian_by_hand_is_counted(monkeypatch):
    right = growth_jacobian

    def wrong(b, x):
        return right(b, x) * np.array([1, 1, 1, 1 + 1e-6])

    monkeypatch.setattr(least_squares_fit, "growth_jacobian", wrong)
    section = fit()
    # by fixed steps, and by the adaptive method: the entry shown, and the number of those that agree
    assert [name[:6] for name in disagreeing(section)] == ["dr/db4", "entrie", "dr/db4", "entrie"]


def test_adaptive_jacobian_of_the_fit_is_sharper():
    section = fit()
    fixed = [c for c in section.rows if c.quantity.startswith("dr/db") and not isinstance(c, AdaptiveRow)]
    bounded = [c for c in section.rows if isinstance(c, AdaptiveRow)]
    assert len(fixed) == len(bounded) == 4
    for a, b in zip(fixed, bounded, strict=True):
        assert b.tolerance / abs(b.analytic) < 1e-3 * a.tolerance / abs(a.analytic)


def test_mistyped_observation_is_counted():
    y = list(RAT43.y)
    y[9] += 0.01
    section = fit(replace(RAT43, y=tuple(y)))
    assert "sum of squares" in [c.quantity for c in section.rows if not c.agrees]


def test_nan_derivatives_are_counted_not_raised():
    nowhere = replace(EXPONENTIAL, f=lambda x: math.nan)
    comparisons = list(limit([nowhere]).rows)
    assert comparisons
    assert not any(c.agrees for c in comparisons)


def test_printed_text(printed):
    text = printed.splitlines()
    assert text[0].startswith(f"numdiff {numdiff.__version__}")
    assert max(map(len, text)) <= 100
    assert [line for line in text if line != line.rstrip()] == []
    assert printed.isascii()  # any console can show it
    total = sum(len(list(section().rows)) for section in SECTIONS)
    assert text[-1] == f"{total} of {total} comparisons agree."
    for number, section in enumerate(SECTIONS, 1):
        title = f"{number}. {section().title}"
        assert text[text.index(title) + 1] == "=" * len(title)


def test_decimal_points_meet():
    block = RowTable((Row("a", 1.25, 1.25, 1e-3), Row("bb", -123.5, -123.5, 1e-1)))
    *_, first, second = part_lines(block)
    assert first.index(".") == second.index(".")


@pytest.mark.parametrize("quotient", QUOTIENTS, ids=lambda quotient: quotient.name)
def test_truncation_constants(quotient):
    """On t^(p+1) at 0 the error is the truncation term and nothing else."""
    p = quotient.accuracy
    error = numdiff.derivative(lambda t: t ** (p + 1), 0.0, method=quotient.method, accuracy=p, step=1.0)
    assert abs(error) == pytest.approx(quotient.truncation * math.factorial(p + 1), rel=1e-14)


@pytest.mark.parametrize("smooth", [POWER, EXPONENTIAL], ids=lambda smooth: smooth.name)
def test_derivatives_of_the_sweep(smooth):
    f = {"x^5": lambda x: x**5, "e^x": mpmath.exp}[smooth.name]
    with mpmath.workdps(50):
        for k in range(6):
            assert smooth.nth(k) == pytest.approx(float(mpmath.diff(f, smooth.x, k)), rel=1e-15)
    assert smooth.f(smooth.x) == pytest.approx(smooth.nth(0), rel=1e-15)


def test_growth_jacobian_against_mpmath():
    x = 7.0

    def growth(*b):
        return b[0] / (1 + mpmath.exp(b[1] - b[2] * x)) ** (1 / b[3])

    by_hand = growth_jacobian(RAT43.parameters, np.array([x]))
    with mpmath.workdps(40):
        for j in range(4):
            order = tuple(int(i == j) for i in range(4))
            exact = float(mpmath.diff(growth, RAT43.parameters, order))
            assert by_hand[0, j] == pytest.approx(exact, rel=1e-13)


def test_certified_values_are_consistent():
    """NIST's residual standard deviation, which the tour does not use, agrees with the sum of squares."""
    assert math.sqrt(RAT43.sum_of_squares / RAT43.freedom) == pytest.approx(2.8262414662e01, abs=1e-9)


# ---------------------------------------------------------------------------- section 8: derivatives checked


def test_a_wrong_analytic_side_is_found(monkeypatch):
    right = RULES[1].analytic
    wrong = replace(RULES[1], analytic=lambda x: right(x) + 0.001)
    monkeypatch.setattr(adaptive_method, "RULES", [RULES[0], wrong, *RULES[2:]])
    assert [c.quantity for c in checks().rows if not c.agrees] == ["(f g)'"]


def test_a_right_gradient_is_not_the_slip_that_was_promised():
    right = checks(slipped=lambda x: [2 * x[0] * x[1] + x[1] ** 3, x[0] ** 2 + 3 * x[0] * x[1] ** 2])
    assert [c.quantity for c in right.rows if not c.agrees] == ["a wrong sign", "the same, times 1e-10"]
    stream = io.StringIO()
    run(stream, [lambda: right])
    assert stream.getvalue().count("DISAGREES") == 2


def test_the_slip_is_explained_and_passes_by_a_fixed_tolerance():
    parts = checks().parts
    assert any("has the wrong sign" in line for part in parts if isinstance(part, Verbatim) for line in part.lines)
    assert any("wrong gradient close to" in part for part in parts if isinstance(part, str))
