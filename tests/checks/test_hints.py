"""Hints of a check: the slips that they name, and that they name nothing else."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from numdiff import check_derivative, check_gradient, check_hessian, check_jacobian

N = 5
X = np.array([0.3, -1.2, 2.5, 0.7, -0.4])
MATRIX = np.arange(1.0, 17.0).reshape(4, 4) ** 1.5


def f(x):
    return np.sum(np.exp(x)) + x[0] * x[-1]


def gradient(x):
    g = np.exp(x)
    g[0] += x[-1]
    g[-1] += x[0]
    return g


def at(places, change):
    """A gradient that is wrong at some places."""

    def wrong(x):
        g = gradient(x)
        g[places] = change(g[places])
        return g

    return wrong


def kinds(report):
    return [hint.kind for hint in report.hints]


# ----------------------------------------------------------------------------
# Slips
# ----------------------------------------------------------------------------

# The wrong gradient, the kind of the hint, its factor, and words of its message.
SLIPS = {
    "sign": (lambda x: -gradient(x), "sign", -1.0, "every entry has the wrong sign"),
    "sign-of-one": (at([2], lambda g: -g), "sign", -1.0, "entry [2] has the wrong sign"),
    "sign-of-two": (at([1, 3], lambda g: -g), "sign", -1.0, "entries [1], [3] have the wrong sign"),
    "twice": (lambda x: 2 * gradient(x), "factor", 2.0, "every entry is 2 times what it should be"),
    "half": (lambda x: gradient(x) / 2, "factor", 0.5, "every entry is half of what it should be"),
    "half-of-one": (at([4], lambda g: g / 2), "factor", 0.5, "entry [4] is half of what it should be"),
    "sum-for-mean": (lambda x: N * gradient(x), "factor", 5.0, "5 times what it should be, the number of variables"),
    "mean-for-sum": (lambda x: gradient(x) / N, "factor", 0.2, "1/5 of what it should be, where 5 is the number"),
    "radians": (lambda x: gradient(x) * math.pi / 180, "factor", math.pi / 180, "radians for degrees"),
    "degrees": (lambda x: gradient(x) * 180 / math.pi, "factor", 180 / math.pi, "degrees for radians"),
    "any-factor": (lambda x: -3.7 * gradient(x), "factor", -3.7, "every entry is -3.7 times what it should be"),
    "any-factor-of-some": (at([0, 1, 3], lambda g: 1.25 * g), "factor", 1.25, "[0], [1], [3] are 1.25 times"),
    "zero": (lambda x: 0 * x, "zeroed", 0.0, "every entry is 0"),
    "zero-in-one": (at([3], lambda g: 0 * g), "zeroed", 0.0, "entry [3] is 0"),
    "exchanged": (at([1, 3], lambda g: g[::-1]), "permuted", None, "entries [1] and entry [3]"),
    "permuted": (at([0, 1, 3], lambda g: g[[2, 0, 1]]), "permuted", None, "the entries of 3 variables"),
    "shifted": (lambda x: np.roll(gradient(x), 1), "shifted", None, "stand 1 place later, cyclically"),
    "shifted-back": (lambda x: np.roll(gradient(x), -2), "shifted", None, "stand 2 places earlier, cyclically"),
    "off-by-one": (lambda x: np.append(99.0, gradient(x)[:-1]), "shifted", None, "stand 1 place later"),
    "short": (lambda x: gradient(x)[:-1], "shape", None, "has shape (4,), and (5,) was expected"),
    "not-finite": (at([2], lambda g: g * np.nan), "nonfinite", None, "entry [2] is not finite: nan"),
    "not-finite-twice": (at([2, 4], lambda g: g * np.inf), "nonfinite", None, "2 entries are not finite"),
}


@pytest.mark.parametrize(("grad", "kind", "factor", "words"), SLIPS.values(), ids=SLIPS)
def test_slips(grad, kind, factor, words):
    report = check_gradient(f, grad, X)
    assert report.verdict == "fail"
    (hint,) = report.hints
    assert hint.kind == kind
    assert hint.factor == (None if factor is None else pytest.approx(factor, rel=1e-8))
    assert words.replace("entries [1] and entry", "entry [1] and entry") in hint.message
    assert str(hint) == hint.message
    assert f"hint: {hint.message}" in str(report)


def test_several_kinds_of_slips_in_one_gradient():
    def grad(x):
        g = gradient(x)
        g[0] *= -1
        g[2] *= 2
        g[3] = 0
        return g

    report = check_gradient(f, grad, X)
    assert [(hint.kind, hint.message) for hint in report.hints] == [
        ("zeroed", "entry [3] is 0"),
        ("sign", "entry [0] has the wrong sign"),
        ("factor", "entry [2] is 2 times what it should be"),
    ]


def outputs(x):
    return MATRIX @ np.sin(x)


def jacobian(x):
    return MATRIX * np.cos(x)


COLUMN = np.array([1.0, 1.0, 0.0, 1.0])
JACOBIANS = {
    "transposed": (lambda x: jacobian(x).T, "transposed", "the matrix is transposed"),
    "sign": (lambda x: -jacobian(x), "sign", "every entry has the wrong sign"),
    "column-0": (lambda x: jacobian(x) * COLUMN, "zeroed", "every entry of column 2 is 0"),
    "row-0": (lambda x: jacobian(x) * COLUMN[:, np.newaxis], "zeroed", "every entry of row 2 is 0"),
    "column-sign": (lambda x: jacobian(x) * (2 * COLUMN - 1), "sign", "every entry of column 2 has the wrong sign"),
    "row-factor": (lambda x: jacobian(x) * (2 - COLUMN)[:, np.newaxis], "factor", "every entry of row 2 is 2 times"),
    "columns": (lambda x: jacobian(x)[:, [0, 2, 1, 3]], "permuted", "column 1 and column 2 are exchanged"),
    "rows": (lambda x: jacobian(x)[[0, 2, 1, 3]], "permuted", "row 1 and row 2 are exchanged"),
    "roll-columns": (lambda x: np.roll(jacobian(x), 1, axis=1), "shifted", "every variable stand 1 place later"),
    "roll-rows": (lambda x: np.roll(jacobian(x), -1, axis=0), "shifted", "every output stand 1 place earlier"),
    "flat": (lambda x: jacobian(x).ravel(), "shape", "has shape (16,), and (4, 4) was expected"),
}


@pytest.mark.parametrize(("jac", "kind", "words"), JACOBIANS.values(), ids=JACOBIANS)
def test_slips_in_a_jacobian(jac, kind, words):
    report = check_jacobian(outputs, jac, X[:4])
    assert report.verdict == "fail"
    assert kinds(report) == [kind]
    assert words in report.hints[0].message


def test_transposed_with_another_shape():
    report = check_jacobian(lambda x: outputs(x)[:2], lambda x: jacobian(x)[:2].T, X[:4])
    assert report.verdict == "fail"
    assert kinds(report) == ["shape", "transposed"]
    wrong = check_jacobian(lambda x: outputs(x)[:2], lambda x: 2 * jacobian(x)[:2].T, X[:4])
    assert (wrong.verdict, kinds(wrong)) == ("fail", ["shape"])


def test_transposed_gradient_of_a_matrix():
    a = np.arange(9.0).reshape(3, 3)
    report = check_gradient(lambda x: np.sum(a * np.sin(x)), lambda x: (a * np.cos(x)).T, a / 9)
    assert (report.verdict, kinds(report)) == ("fail", ["transposed"])


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, math.pi / 180, 180 / math.pi])
def test_single_numbers_only_have_named_factors(factor):
    report = check_derivative(math.sin, lambda t: factor * math.cos(t), 1.0)
    assert report.hints[0].factor == factor
    assert report.hints[0].message.startswith("the value ")
    assert check_derivative(math.sin, lambda t: 1.37 * factor * math.cos(t), 1.0).hints == ()


def test_factor_of_a_derivative_at_many_points():
    report = check_derivative(math.sin, lambda t: -math.cos(t), [0.1, 0.7, 1.2])
    assert [hint.message for hint in report.hints] == ["every entry has the wrong sign"]


def test_points_are_not_variables():
    report = check_derivative(math.sin, lambda t: 3 * math.cos(t), [0.1, 0.7, 1.2])
    assert report.hints[0].factor == pytest.approx(3.0)
    assert "the number of variables" not in report.hints[0].message


# The factor that each variable was confused by, and what is said of it.
LOGARITHMS = {
    "by-log": (lambda x: x, "x_i times what it should be, as the derivative by log(x_i) is"),
    "by-exp": (lambda x: np.exp(-x), "exp(-x_i) times what it should be, as the derivative by exp(x_i) is"),
    "missing": (lambda x: 1 / x, "1/x_i of what it should be: a factor x_i is missing"),
    "too-much": (np.exp, "exp(x_i) times what it should be: there is a factor exp(x_i) too much"),
}


@pytest.mark.parametrize(("factor", "words"), LOGARITHMS.values(), ids=LOGARITHMS)
def test_parameters_confused_with_their_logarithms(factor, words):
    every = check_gradient(f, lambda x: gradient(x) * factor(x), X)
    assert [(hint.kind, hint.message) for hint in every.hints] == [("logarithm", f"every entry is {words}")]
    some = at([1, 2], lambda g: g * factor(X[[1, 2]]))
    assert [hint.message for hint in check_gradient(f, some, X).hints] == [f"entries [1], [2] are {words}"]
    along = check_gradient(f, at([2], lambda g: g * factor(X[2])), X, directions=3)
    assert [hint.message for hint in along.hints] == [f"entry [2] is {words}"]


def test_variables_of_the_same_value_make_a_factor_and_no_logarithm():
    x = np.full(3, 3.7)
    report = check_gradient(lambda x: np.sum(np.sin(x)), lambda x: x * np.cos(x), x)
    assert kinds(report) == ["factor"]


def to_a_tolerance(x):
    """Smooth within its own error."""
    return f(x) + 1e-8 * np.sum(np.sin(5 * x))


def test_differences_far_below_the_resolution_are_called_that():
    report = check_gradient(to_a_tolerance, gradient, X)
    assert (report.verdict, kinds(report)) == ("fail", ["tolerance"])
    assert "entries differ by only" in report.hints[0].message
    assert "if f is computed to a tolerance, pass noise= or rtol=" in report.hints[0].message
    one = check_derivative(lambda t: (1 + 5e-8) * math.sin(t), math.cos, 0.5)
    assert [hint.message for hint in one.hints] == [
        "the value differs by only 5e-08 of its scale; if f is computed to a tolerance, pass noise= or rtol="
    ]
    along = check_gradient(to_a_tolerance, gradient, X, directions=3)
    assert "directional derivatives differ by only" in along.hints[-1].message
    assert check_gradient(to_a_tolerance, gradient, X, rtol=1e-6).verdict == "pass"


def test_differences_above_the_resolution_are_not():
    report = check_gradient(f, lambda x: gradient(x) * (1 + 1e-3 * (2 + np.sin(x))), X)
    assert (report.verdict, report.hints) == ("fail", ())
    sharper = check_gradient(to_a_tolerance, gradient, X, resolution=1e-9)
    assert (sharper.verdict, "tolerance" in kinds(sharper)) == ("fail", False)


def test_slips_under_a_tolerance():
    report = check_gradient(to_a_tolerance, at([1], lambda g: -g), X)
    assert kinds(report) == ["sign", "tolerance"]
    assert report.hints[0].message == "entry [1] has the wrong sign"
    assert check_gradient(to_a_tolerance, lambda x: -gradient(x), X).hints[0].kind == "sign"


# ----------------------------------------------------------------------------
# No hint where there is none
# ----------------------------------------------------------------------------


def test_no_hints_for_what_passes():
    assert check_gradient(f, gradient, X).hints == ()
    assert check_hessian(lambda x: 2 * x, lambda x: 2 * np.eye(N), X).hints == ()


@pytest.mark.parametrize("seed", range(20))
def test_random_gradients_have_no_hints(seed):
    wrong = np.random.default_rng(seed).normal(size=N)
    assert check_gradient(f, lambda x: wrong, X).hints == ()
    assert check_gradient(f, lambda x: wrong, X, directions=3).hints == ()
    square = np.random.default_rng(seed).normal(size=(4, 4))
    assert check_jacobian(outputs, lambda x: square, X[:4]).hints == ()


@pytest.mark.parametrize("seed", range(20))
def test_random_entries_have_no_hints(seed):
    random = np.random.default_rng(seed)
    report = check_gradient(f, at(random.integers(N, size=2), lambda g: random.normal(size=g.shape)), X)
    assert report.verdict == "fail"
    assert report.hints == ()


def test_kinks_explain_nothing_by_themselves():
    report = check_gradient(lambda x: abs(x[0]) + x[1], lambda x: [3.7, 1.0], [0.0, 1.0])
    assert report.verdict == "fail"
    assert report.hints == ()


@pytest.mark.parametrize("value", [1.1, 1.3, 1.9])
def test_failures_by_less_than_the_bound_are_not_permuted(value):
    report = check_gradient(lambda x: abs(x[0]) + x[1], lambda x: [value, 1.0], [0.0, 1.0])
    assert report.verdict == "fail"
    assert report.hints == ()


def test_failures_by_less_than_the_bound_are_not_moved():
    matrix = check_jacobian(np.abs, lambda x: 1.3 * np.eye(2), np.zeros(2))
    row = check_gradient(lambda x: np.sum(np.abs(x)), lambda x: np.full(3, 1.3), np.zeros(3))
    assert (matrix.verdict, row.verdict) == ("fail", "fail")
    assert matrix.hints == row.hints == ()


def test_one_variable_along_directions_only_has_named_factors():
    report = check_gradient(lambda x: math.exp(x[0]), lambda x: [1.7 * math.exp(x[0])], [1.0], directions=3)
    assert report.verdict == "fail"
    assert report.hints == ()


def test_every_entry_means_every_one():
    report = check_gradient(lambda x: x[0] + x[1] + (x[2] >= 1), lambda x: [0.0, 0.0, 7.0], [1.0, 1.0, 1.0])
    assert report.verdict == "fail"
    assert all(hint.message != "every entry is 0" for hint in report.hints)


def test_noise_makes_no_signs():
    """Of random wrong values, some are near to the negative of what is right: not near enough."""
    for seed in range(120):
        random = np.random.default_rng(seed)
        x, wrong, noise = random.normal(size=3), random.normal(size=3), 10.0 ** -random.integers(2, 5)
        report = check_gradient(lambda x: np.sum(np.sin(x)) * (1 + noise * random.normal()), lambda x: wrong, x)  # noqa: B023
        assert "sign" not in kinds(report)


def test_transposed_needs_evidence():
    random = np.random.default_rng(0)
    report = check_jacobian(lambda x: random.normal(size=2), lambda x: np.ones((3, 2)), np.ones(3))
    assert report.verdict == "fail"
    assert kinds(report) == ["shape"]


# ----------------------------------------------------------------------------
# Truth
# ----------------------------------------------------------------------------

values = st.integers(-40, 40).filter(bool).map(lambda n: n / 8)
FACTORS = (-1.0, 2.0, 0.5, 3.0, math.pi / 180, 180 / math.pi, -2.25)


@st.composite
def wrong_linear_gradients(draw):
    """The right gradient of a linear function, and one changed by slips or at random."""
    n = draw(st.integers(2, 6))
    right = np.array(draw(st.lists(values, min_size=n, max_size=n)))
    wrong = right.copy()
    for _ in range(draw(st.integers(1, 3))):
        places = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=n, unique=True))
        slip = draw(st.integers(0, 3))
        if slip == 0:
            wrong[places] *= draw(st.sampled_from(FACTORS))
        elif slip == 1:
            wrong[places] = wrong[places[::-1]]
        elif slip == 2:
            wrong = np.roll(wrong, draw(st.integers(-2, 2)))
        else:
            wrong[places] = draw(values)
    assume(np.any(wrong != right))
    return right, wrong


def places_of(message):
    """The entries that a message lists."""
    return [int(part.split("]")[0]) for part in message.split("[")[1:]]


@given(case=wrong_linear_gradients())
def test_what_a_hint_says_mends_the_gradient(case):
    right, wrong = case
    n = right.size

    def passes(candidate):
        return check_gradient(lambda x: right @ x, lambda x: candidate, np.ones(n)).verdict == "pass"

    report = check_gradient(lambda x: right @ x, lambda x: wrong, np.ones(n))
    assert report.verdict == "fail"
    mended = wrong.copy()
    for hint in report.hints:
        if "every entry" in hint.message:
            assert passes(right if hint.kind == "zeroed" else wrong / hint.factor)
        elif hint.kind in ("sign", "factor"):
            places = places_of(hint.message)
            mended[places] /= hint.factor
            np.testing.assert_allclose(mended[places], right[places], rtol=1e-8)
        elif hint.kind == "zeroed":
            assert (wrong[places_of(hint.message)] == 0).all()
            assert (right[places_of(hint.message)] != 0).all()
        elif hint.kind == "shifted":
            places = 1 if "exchanged" in hint.message else int(hint.message.split("stand ")[1].split()[0])
            shift = -places if "later" in hint.message else places
            rolled = np.roll(wrong, shift)
            if "cyclically" in hint.message or n == 2:
                assert passes(rolled)
            else:
                kept = slice(None, shift) if shift < 0 else slice(shift, None)
                assert rolled[kept].tolist() == right[kept].tolist()
        else:
            assert hint.kind == "permuted"
            if "exchanged" in hint.message:
                i, j = places_of(hint.message)
                mended[[i, j]] = wrong[[j, i]]
                assert passes(mended)
            else:
                assert sorted(wrong) == sorted(right)
                assert int(hint.message.split("of ")[1].split()[0]) >= np.count_nonzero(wrong != right)
