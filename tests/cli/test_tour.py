"""The tour: what it says agrees does agree, and what does not is noticed."""

import functools
import io
import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest

import numdiff
from numdiff import DerivativeResult, Status, _tour
from numdiff._tour import Answers, Bounded, Checked, Comparison, Comparisons, Example, Section


@pytest.fixture(scope="module", params=_tour.SECTIONS, ids=lambda section: section.__name__)
def section(request):
    return request.param()


@pytest.fixture(scope="module")
def printed():
    stream = io.StringIO()
    assert _tour.run(stream)
    return stream.getvalue()


def test_everything_agrees(section):
    comparisons = list(section.comparisons)
    assert comparisons
    assert [c for c in comparisons if not c.agrees] == []


def test_a_slightly_wrong_value_would_be_noticed(section):
    """Tolerances mean something: a millionth is seen in every derivative and every fitted number."""
    loose = []
    for c in section.comparisons:
        if isinstance(c.analytic, tuple) or "slope" in c.quantity or "log10" in c.quantity:
            continue
        if isinstance(c, Bounded) and c.bound == math.inf:
            continue  # nothing is claimed
        if isinstance(c, Checked) and c.expected == "fail":
            continue  # wrong by more than that already
        # forward differences lose half the digits, central ones a third, noise as many as it hides
        share = 1e-5 if "forward" in c.quantity else 1e-6
        if isinstance(c, Bounded) and c.expected == Status.NOISY:
            share = 1e-2
        if replace(c, analytic=c.analytic * (1 + share) or share).agrees:
            loose.append(c)
    assert loose == []


@pytest.mark.parametrize(
    "comparison",
    [
        Comparison("off", 1.0, 1.1, 0.05),
        Comparison("NaN", math.nan, 1.0, 0.05),
        Comparison("infinite", math.inf, 1.0, 0.05),
        Comparison("no tolerance", 1.0, 1.0, math.nan),
        Comparison("any tolerance", 1.0, 1.0, math.inf),
        Comparison("shape", (2,), (1, 2), 1.0),
        Comparison("shape beside a number", 2.0, (2,), 1.0),
    ],
    ids=lambda comparison: comparison.quantity,
)
def test_does_not_agree(comparison):
    assert not comparison.agrees
    stream = io.StringIO()
    assert not _tour.run(stream, [lambda: Section("One", (Comparisons((comparison,), digits=True),))])
    assert stream.getvalue().endswith("0 of 1 comparisons agree.\n")
    assert any(line.startswith(f"  {comparison.quantity} ") and line.endswith(" NO") for line in lines(stream))


BOUNDED = Bounded("e", 2.7, math.e, 0.02, 0.02, 0.1, Status.CONVERGED, Status.CONVERGED, 7)


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
    assert _tour.run(stream, [lambda: Section("One", (Answers((row,)),))]) is agrees
    assert any(line.startswith("  e ") and line.endswith("yes" if agrees else "NO") for line in lines(stream))
    assert stream.getvalue().endswith(f"{agrees:d} of 1 comparisons agree.\n")


def lines(stream):
    return stream.getvalue().splitlines()


def test_entries_of_another_shape_do_not_agree():
    measured = _tour.Measured(np.ones((1, 2)), np.ones((1, 2)))
    assert all(c.agrees for c in _tour._compare_entries(["a", "b"], measured, [[1.0, 1.0]]))
    assert not any(c.agrees for c in _tour._compare_entries(["a", "b"], measured, [1.0, 1.0]))


def test_answers_of_another_shape_do_not_agree():
    square = Example(("a", "b"), lambda x: x[0] * x[1], np.array([2.0, 3.0]), [3.0, 2.0])
    result = square.adaptive()
    assert all(row.agrees for row in _tour._answers(square))
    assert not any(row.agrees for row in _tour._answers(replace(square, analytic=[[3.0, 2.0]]), result))


@pytest.mark.parametrize("shape", [(), (2,), (1, 2)], ids=["derivative", "gradient", "Jacobian"])
def test_an_example_is_differentiated_as_its_derivative_is_shaped(shape):
    x = np.array([1.0, 2.0]) if shape else 1.0
    result = Example(("a", "b"), lambda x: np.sum(x**2), x, np.zeros(shape)).adaptive()
    assert isinstance(result, DerivativeResult)
    assert np.shape(result.value) == shape


def disagreeing(section):
    return [c.quantity for c in section.comparisons if not c.agrees]


def examples():
    return [
        pytest.param(heading, example, entry, id=f"{example.names[0]}-{entry}")
        for heading, group in _tour.worked_examples()
        for example in group
        for entry in range(len(example.names))
    ]


@pytest.mark.parametrize(("heading", "example", "entry"), examples())
def test_wrong_analytic_value_beside_the_adaptive_one_is_counted(heading, example, entry):
    """A few units of 1e-11 are enough."""
    wrong = np.array(example.analytic, dtype=np.float64)
    wrong.flat[entry] *= 1 + 3e-11
    section = _tour.adaptive([(heading, [replace(example, analytic=wrong)])])
    assert disagreeing(section) == [example.names[entry]]
    assert f"{len(example.names) - 1} of {len(example.names)} errors" in section.parts[-1]


def test_all_examples_of_the_sections_before_are_in_the_adaptive_one():
    rows = [c for c in _tour.adaptive().comparisons if isinstance(c, Bounded)]
    analytic = {row.analytic for row in rows}
    for composition in _tour.compositions():
        assert set(np.ravel(composition.whole.analytic)) <= analytic
    for rule in _tour.RULES:
        assert rule.analytic(0.5) in analytic
    for example in _tour.partial_examples():
        assert set(np.ravel(example.analytic)) <= analytic
    assert {_tour.POWER.nth(1), _tour.EXPONENTIAL.nth(1)} <= analytic
    assert {row.status for row in rows} == {Status.CONVERGED}


def test_jacobians_of_the_compositions():
    """Outer times inner is the whole, with the analytic ones as well."""
    for composition in _tour.compositions(0.3, 2.0):
        product = np.array(composition.outer.analytic) @ np.array(composition.inner.analytic)
        np.testing.assert_allclose(product, composition.whole.analytic, rtol=1e-14)


@pytest.mark.parametrize("series", _tour.SERIES, ids=lambda series: series.name)
def test_wrong_coefficient_is_counted(series):
    for k, exact in enumerate(series.coefficients):
        coefficients = list(series.coefficients)
        coefficients[k] = exact * (1 + 1e-6) or 1e-9
        section = _tour.expansions([replace(series, coefficients=tuple(coefficients))])
        assert disagreeing(section) == [_tour._power(k, series.x0)]


def test_taylor_examples():
    """x^4 and sin x + cos x: coefficients, and that the rest of the series is no larger than it says."""
    fourth, trigonometric = _tour.SERIES
    assert fourth.coefficients == (1, 4, 6, 4, 1, 0, 0)
    assert trigonometric.coefficients == (1, 1, -1 / 2, -1 / 6, 1 / 24, 1 / 120)
    for series in _tour.SERIES:
        distance = series.nearby - series.x0
        polynomial = sum(c * distance**k for k, c in enumerate(series.coefficients))
        rest = abs(series.f(series.nearby) - polynomial)
        assert rest <= series.remainder + 1e-15
        assert series.remainder <= 2 * rest


def test_a_series_that_is_cut_off_is_counted():
    """x^4 to degree 2, without the rest of it."""
    fourth = _tour.SERIES[0]
    assert disagreeing(_tour.expansions([replace(fourth, coefficients=(1, 4, 6))])) == ["at x = 1.5"]


def test_statuses_of_the_difficult_cases():
    rows = list(_tour.difficulties().comparisons)
    assert {row.status for row in rows} == set(Status) - {Status.CONVERGED, Status.NOT_ESTIMATED}
    for row in rows:
        # a bound is given where there is something to be known, and nowhere else
        assert (row.bound < math.inf) == (row.status >= 0)


@pytest.mark.parametrize("case", _tour.CASES, ids=lambda case: case.name)
def test_wrong_status_is_counted(case):
    wrong = replace(case, expected=Status.CONVERGED)
    assert disagreeing(_tour.difficulties([wrong])) == [case.name]


@pytest.mark.parametrize("case", [c for c in _tour.CASES if c.expected >= 0], ids=lambda case: case.name)
def test_wrong_derivative_of_a_difficult_case_is_counted(case):
    wrong = replace(case, derivative=case.derivative * 1.01 or 0.01)
    assert disagreeing(_tour.difficulties([wrong])) == [case.name]


def test_noise_that_hides_too_much_is_counted():
    noisy = [case for case in _tour.CASES if case.expected == Status.NOISY]
    assert disagreeing(_tour.difficulties(noisy, coarse=1e-7)) == [case.name for case in noisy]


def test_bounds_of_coefficients_that_are_too_large_are_counted():
    wrong = disagreeing(_tour.expansions(_tour.SERIES[1:], sharp=1e-10))
    assert wrong == ["x^4", "x^5"]


def test_every_status_of_a_case_is_explained():
    text = "\n".join("\n".join(_tour._part_lines(part)) for part in _tour.difficulties().parts)
    for case in _tour.CASES:
        assert text.count(f"  {case.expected.name}: ") == 1


def test_wrong_rule_is_counted():
    wrong = [replace(rule, analytic=lambda x: 1.0) if rule.name == "product" else rule for rule in _tour.RULES]
    stream = io.StringIO()
    assert not _tour.run(stream, [functools.partial(_tour.rules, table=wrong)])
    assert sum(line.endswith(" NO") for line in lines(stream)) == 2
    assert stream.getvalue().endswith(f"{2 * len(wrong) - 2} of {2 * len(wrong)} comparisons agree.\n")


def test_wrong_derivative_in_the_sweep_is_counted():
    right = _tour.EXPONENTIAL
    wrong = replace(right, nth=lambda k: right.nth(k) * (1 + 1e-3 * (k == 1)))
    comparisons = list(_tour.limit([wrong]).comparisons)
    assert not any(c.agrees for c in comparisons if "numdiff" in c.quantity)


@pytest.mark.parametrize("which", range(4))
def test_wrong_certified_parameter_is_counted(which):
    parameters = [b * (1 + 1e-6 * (j == which)) for j, b in enumerate(_tour.RAT43.parameters)]
    section = _tour.fit(replace(_tour.RAT43, parameters=tuple(parameters)))
    wrong = [c.quantity for c in section.comparisons if not c.agrees]
    assert wrong.count(f"b{which + 1}") == len(_tour.RAT43.starts)
    assert wrong.count("start 1, adaptive: farthest b") == wrong.count("start 2, central: farthest b") == 1


def test_wrong_jacobian_by_hand_is_counted(monkeypatch):
    right = _tour.growth_jacobian

    def wrong(b, x):
        return right(b, x) * np.array([1, 1, 1, 1 + 1e-6])

    monkeypatch.setattr(_tour, "growth_jacobian", wrong)
    section = _tour.fit()
    # by fixed steps, and by the adaptive method: the entry shown, and the number of those that agree
    assert [name[:6] for name in disagreeing(section)] == ["dr/db4", "entrie", "dr/db4", "entrie"]


def test_adaptive_jacobian_of_the_fit_is_sharper():
    section = _tour.fit()
    fixed = [c for c in section.comparisons if c.quantity.startswith("dr/db") and not isinstance(c, Bounded)]
    bounded = [c for c in section.comparisons if isinstance(c, Bounded)]
    assert len(fixed) == len(bounded) == 4
    for a, b in zip(fixed, bounded, strict=True):
        assert b.tolerance / abs(b.analytic) < 1e-3 * a.tolerance / abs(a.analytic)


def test_mistyped_observation_is_counted():
    y = list(_tour.RAT43.y)
    y[9] += 0.01
    section = _tour.fit(replace(_tour.RAT43, y=tuple(y)))
    assert "sum of squares" in [c.quantity for c in section.comparisons if not c.agrees]


def test_nan_derivatives_are_counted_not_raised():
    nowhere = replace(_tour.EXPONENTIAL, f=lambda x: math.nan)
    comparisons = list(_tour.limit([nowhere]).comparisons)
    assert comparisons
    assert not any(c.agrees for c in comparisons)


def test_printed_text(printed):
    text = printed.splitlines()
    assert text[0].startswith(f"numdiff {numdiff.__version__}")
    assert max(map(len, text)) <= 100
    assert [line for line in text if line != line.rstrip()] == []
    assert printed.isascii()  # any console can show it
    total = sum(len(list(section().comparisons)) for section in _tour.SECTIONS)
    assert text[-1] == f"{total} of {total} comparisons agree."
    for number, section in enumerate(_tour.SECTIONS, 1):
        title = f"{number}. {section().title}"
        assert text[text.index(title) + 1] == "=" * len(title)


def test_decimal_points_meet():
    block = Comparisons((Comparison("a", 1.25, 1.25, 1e-3), Comparison("bb", -123.5, -123.5, 1e-1)))
    *_, first, second = _tour._lines(_tour._as_table(block))
    assert first.index(".") == second.index(".")


@pytest.mark.parametrize("stencil", _tour.STENCILS, ids=lambda stencil: stencil.name)
def test_truncation_constants(stencil):
    """On t^(p+1) at 0 the error is the truncation term and nothing else."""
    p = stencil.accuracy
    error = numdiff.derivative(lambda t: t ** (p + 1), 0.0, method=stencil.method, accuracy=p, step=1.0)
    assert abs(error) == pytest.approx(stencil.truncation * math.factorial(p + 1), rel=1e-14)


@pytest.mark.parametrize("smooth", [_tour.POWER, _tour.EXPONENTIAL], ids=lambda smooth: smooth.name)
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

    by_hand = _tour.growth_jacobian(_tour.RAT43.parameters, np.array([x]))
    with mpmath.workdps(40):
        for j in range(4):
            order = tuple(int(i == j) for i in range(4))
            exact = float(mpmath.diff(growth, _tour.RAT43.parameters, order))
            assert by_hand[0, j] == pytest.approx(exact, rel=1e-13)


def test_certified_values_are_consistent():
    """NIST's residual standard deviation, which the tour does not use, agrees with the sum of squares."""
    freedom = len(_tour.RAT43.y) - len(_tour.RAT43.parameters)
    assert math.sqrt(_tour.RAT43.sum_of_squares / freedom) == pytest.approx(2.8262414662e01, abs=1e-9)


# ---------------------------------------------------------------------------- section 8: derivatives checked


def test_a_wrong_analytic_side_is_found(monkeypatch):
    right = _tour.RULES[1].analytic
    wrong = replace(_tour.RULES[1], analytic=lambda x: right(x) + 0.001)
    rules = [_tour.RULES[0], wrong, *_tour.RULES[2:]]
    monkeypatch.setattr(_tour, "RULES", rules)
    assert [c.quantity for c in _tour.checks().comparisons if not c.agrees] == ["(f g)'"]


def test_a_right_gradient_is_not_the_slip_that_was_promised():
    right = _tour.checks(slipped=lambda x: [2 * x[0] * x[1] + x[1] ** 3, x[0] ** 2 + 3 * x[0] * x[1] ** 2])
    assert [c.quantity for c in right.comparisons if not c.agrees] == ["a wrong sign", "the same, times 1e-10"]
    stream = io.StringIO()
    _tour.run(stream, [lambda: right])
    assert stream.getvalue().count("DISAGREES") == 2


def test_the_slip_is_explained_and_passes_by_a_fixed_tolerance():
    parts = _tour.checks().parts
    assert any(
        "has the wrong sign" in line for part in parts if isinstance(part, _tour.Verbatim) for line in part.lines
    )
    assert any("wrong gradient close to" in part for part in parts if isinstance(part, str))
