"""The tour: what it says agrees does agree, and what does not is noticed."""

import functools
import io
import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest

import numdiff
from numdiff import _tour
from numdiff._tour import Comparison, Comparisons, Section


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
        # forward differences lose half the digits, central ones a third
        share = 1e-5 if "forward" in c.quantity else 1e-6
        if Comparison(c.quantity, c.numerical, c.analytic * (1 + share), c.tolerance).agrees:
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


def lines(stream):
    return stream.getvalue().splitlines()


def test_entries_of_another_shape_do_not_agree():
    measured = _tour.Measured(np.ones((1, 2)), np.ones((1, 2)))
    assert all(c.agrees for c in _tour._compare_entries(["a", "b"], measured, [[1.0, 1.0]]))
    assert not any(c.agrees for c in _tour._compare_entries(["a", "b"], measured, [1.0, 1.0]))


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
