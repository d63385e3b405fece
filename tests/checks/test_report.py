"""What a check reports: its worst entries, its text, its dictionary."""

import dataclasses
import json
import math
import time

import numpy as np
import pytest

from numdiff import (
    CheckReport,
    Status,
    check_derivative,
    check_gradient,
)
from numdiff._checks.report import told_from
from tests.checks.examples import X, kinked, squares, squares_gradient


def test_reports_are_frozen():
    report = check_gradient(squares, squares_gradient, X)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.verdict = "fail"


def test_the_worst_entries():
    report = check_gradient(squares, lambda x: 2 * x + [0.0, 1e-3, 1.0], X)
    worst = report.worst()
    assert [entry.index for entry in worst] == [(2,), (1,), (0,)]
    assert [entry.verdict for entry in worst] == ["fail", "fail", "pass"]
    for entry in worst:
        i = entry.index
        assert (entry.analytic, entry.numerical) == (report.analytic[i], report.numerical[i])
        assert (entry.bound, entry.tolerance, entry.scale) == (report.bound[i], report.tolerance[i], report.scale[i])
        assert entry.difference == abs(entry.analytic - entry.numerical)
        assert entry.ratio == entry.difference / (entry.bound + entry.tolerance)
    assert report.worst(1) == worst[:1]
    assert report.worst(0) == []


def test_the_worst_are_failures_before_what_is_inconclusive():
    report = check_gradient(kinked, lambda x: [0.5, 1.0, 1.5], X * [0, 1, 1])
    assert [entry.verdict for entry in report.worst()] == ["fail", "inconclusive", "pass"]


def test_faults_are_the_entries_that_fail():
    report = check_gradient(squares, lambda x: 2 * x + [0.0, 1e-3, 1.0], X)
    assert report.faults == tuple(report.worst(2))
    assert check_gradient(squares, squares_gradient, X).faults == ()
    assert check_gradient(squares, lambda x: 2 * x[:2], X).faults == ()
    many = check_gradient(squares, lambda x: 3 * x, np.ones(150))
    assert len(many.faults) == 100
    assert check_derivative(math.sin, math.sin, 1.0).faults[0].index == ()


@pytest.mark.parametrize(
    ("value", "text"), [(1.04e-4, "0.000104"), (1.00004e-4, "0.000100004"), (3.21e-3, "0.003"), (1e-4, "0.0001")]
)
def test_numbers_in_reasons_differ_from_the_resolution(value, text):
    assert told_from(value, 1e-4) == text


def test_texts():
    passed = str(check_gradient(squares, squares_gradient, X))
    assert passed.startswith("check_gradient: PASS (3 of 3 entries pass; ")
    assert passed.count("\n") == 0
    failed = str(check_gradient(squares, lambda x: x * [2, 3, 2], X))
    head, columns, row, *more = failed.splitlines()
    assert head.startswith("check_gradient: FAIL (1 of 3 entries fails, 2 pass; ")
    assert columns.split("  ")[1:3] == ["entry", "analytic"]
    assert row.split()[:4] == ["[1]", "6", "4", "2"]
    assert more == []


def test_values_that_differ_in_late_digits_are_told_apart():
    report = check_derivative(lambda t: t * t, lambda t: 2 * t + 1e-8, 1.0)
    assert report.verdict == "fail"
    _, analytic, numerical, *_ = str(report).splitlines()[2].replace("the value", "value").split()
    assert float(analytic) != float(numerical)


@pytest.mark.parametrize("verdict", ["pass", "fail", "inconclusive"])
def test_a_million_entries_in_a_few_lines(verdict):
    n = 10**6
    value = np.full(n, np.nan if verdict == "fail" else 1.0)
    bound = np.full(n, np.inf if verdict == "inconclusive" else 1e-9)
    report = CheckReport(
        check="gradient",
        verdict=verdict,
        verdicts=np.full(n, verdict),
        analytic=value,
        numerical=np.ones(n),
        bound=bound,
        tolerance=np.full(n, 1e-12),
        scale=np.ones(n),
        status=np.full(n, Status.EDGE if verdict == "inconclusive" else Status.CONVERGED, dtype=np.int8),
        resolution=1e-4,
        nfev=9 * n,
    )
    start = time.perf_counter()
    text = str(report)
    assert time.perf_counter() - start < 3
    assert len(text) < 1500
    assert "1,000,000 of 1,000,000 entries" in text
    assert ("and 999,995 more" in text) is (verdict != "pass")
    assert "9,000,000 evaluations" in text


def test_dictionaries_hold_what_json_can():
    for grad in (squares_gradient, lambda x: [np.nan, np.inf, 6.0], lambda x: -2 * x):
        report = check_gradient(squares, grad, X)
        plain = json.loads(json.dumps(report.as_dict(), allow_nan=False))
        assert plain["verdict"] == report.verdict
        assert plain["counts"] == report.counts
        assert plain["evaluations"] == report.nfev
        assert [entry["index"] for entry in plain["worst"]] == [list(entry.index) for entry in report.worst()]
        assert [hint["kind"] for hint in plain["hints"]] == [hint.kind for hint in report.hints]


def test_no_entries():
    report = check_gradient(lambda x: 1.0, lambda x: np.empty(0), [])
    assert report.verdict == "pass"
    assert report.counts == {"pass": 0, "fail": 0, "inconclusive": 0}
    assert str(report) == "check_gradient: PASS (no entries; 2 evaluations)"
    assert report.worst() == []


def overflown():
    """Leave behind what a library of C leaves when a result has left the range of floats."""
    math.exp(-1e4)


def test_differences_of_complex_numbers_do_not_depend_on_an_old_errno():
    """The difference is NaN, where abs() of a complex number does not reset errno, but looks at it."""
    report = check_derivative(
        lambda t: complex(math.sin(t), t), lambda t: math.cos(t) + 1j, 0.5, bounds=(0.5, 0.5), resolution=0.5
    )
    assert report.verdict == "inconclusive"
    for text in (str, lambda r: json.dumps(r.as_dict()), lambda r: r.worst()[0].ratio):
        overflown()
        text(report)


@pytest.mark.parametrize("analytic", [complex(1e308, 1e308), complex(math.inf, math.nan), complex(math.nan, 1.0)])
def test_differences_of_complex_numbers_that_are_no_floats(analytic):
    report = check_derivative(lambda t: 1j * t, lambda t: analytic, 1.0)
    (entry,) = report.worst()
    difference = entry.difference
    # as numpy has it, and without a word
    with np.errstate(all="ignore"):
        expected = float(np.abs(np.complex128(analytic - entry.numerical)))
    assert difference == expected or (math.isnan(difference) and math.isnan(expected))
    assert report.verdict == "fail"
    assert "FAIL" in str(report)


@pytest.mark.parametrize("size", [1e-8, 1e300])
def test_factors_near_the_largest_float_are_finite(size):
    """The mean of two such factors is taken without their sum."""

    def f(x):
        return 1e-308 * size * np.sum(x)

    factor = 1.5e308
    report = check_gradient(f, lambda x: np.full(3, factor * 1e-308 * size), X)
    assert [hint.kind for hint in report.hints] == ["factor"]
    assert report.hints[0].factor == pytest.approx(factor, rel=2e-3)
    assert "inf" not in str(report.hints[0])
    json.dumps(report.as_dict(), allow_nan=False)
