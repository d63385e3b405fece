"""What is known beforehand of the noise of f: `noise=`, a keyword and an argument of `Function`."""

import math
import pickle

import numpy as np
import pytest

import numdiff
from numdiff import Function, Status, derivative, gradient, jacobian, taylor, trace

from .recorder import Recorder

POINTS = np.linspace(0.3, 3.0, 20)
DERIVATIVES = {1: np.cos, 2: lambda t: -np.sin(t), 3: lambda t: -np.cos(t), 4: np.sin}


def shaken(a, seed=0):
    """sin, known to within a."""
    rng = np.random.default_rng(seed)
    return lambda t: math.sin(t) + a * rng.uniform(-1, 1)


@pytest.mark.parametrize("order", DERIVATIVES)
@pytest.mark.parametrize("a", [1e-12, 1e-9, 1e-6])
def test_the_bound_covers_what_noise_does(a, order):
    r = derivative(shaken(a), POINTS, order=order, noise=a, full_output=True)
    assert np.all(abs(r.value - DERIVATIVES[order](POINTS)) <= r.error)
    assert set(r.status) == {Status.NOISY}
    # the best that can be had: eps^(1/(k + 1)) by a quotient, better by extrapolation
    assert np.median(r.error) <= 100 * a ** (1 / (order + 1))


@pytest.mark.parametrize("order", DERIVATIVES)
def test_the_noise_is_in_the_bound_though_f_does_not_show_it(order):
    """By how much a smooth f may be off nobody sees but who wrote it."""
    a = 1e-6
    smooth = derivative(math.sin, 0.7, order=order, full_output=True)
    r = derivative(math.sin, 0.7, order=order, noise=a, full_output=True)
    assert r.error > max(a / r.step**order, 1e3 * smooth.error)
    assert abs(r.value - DERIVATIVES[order](0.7)) <= r.error


def test_linear_in_the_units_of_f():
    """Bounds by noise alone: values and noise times a power of 2, that much more bound."""
    r = derivative(math.sin, 0.7, noise=1e-6, full_output=True)
    for times in (2.0**900, 2.0**-900):
        scaled = derivative(lambda t, c=times: c * math.sin(t), 0.7, noise=1e-6 * times, full_output=True)
        assert scaled.value == r.value * times
        assert scaled.error == r.error * times


@pytest.mark.parametrize("bounds", [None, (0.7, 10.0), (-10.0, 0.7)])
@pytest.mark.parametrize("order", [1, 2])
def test_a_constant_function_is_flat_to_within_its_noise(bounds, order):
    r = derivative(lambda t: 3.0, 0.7, order=order, bounds=bounds, noise=1e-3, full_output=True)
    assert r.value == 0
    assert r.error >= 1e-3 / r.step**order


@pytest.mark.parametrize(("lower", "upper"), [(0.7, 10.0), (-10.0, 0.7)])
def test_on_one_side(lower, upper):
    a = 1e-6
    r = derivative(shaken(a), 0.7, bounds=(lower, upper), noise=a, full_output=True)
    assert r.status == Status.ONE_SIDED
    assert abs(r.value - math.cos(0.7)) <= r.error < 1e-2
    assert r.error >= 2 * a / r.step


def test_far_more_noise_than_f():
    r = derivative(lambda t: 1e-300 * t, 1.0, noise=1e300, full_output=True)
    assert abs(r.value - 1e-300) <= r.error
    assert r.error >= 1e300 / r.step if math.isfinite(r.step) else r.error == math.inf


def test_less_than_rounding_changes_no_digit():
    exact = derivative(math.sin, 0.7, full_output=True)
    r = derivative(math.sin, 0.7, noise=1e-30, full_output=True)
    assert r.value == exact.value
    assert exact.error <= r.error <= 3 * exact.error
    assert r.status == Status.CONVERGED


def test_none_is_no_noise():
    with_zero = derivative(math.sin, 0.7, noise=0, full_output=True)
    without = derivative(math.sin, 0.7, full_output=True)
    assert (with_zero.value, with_zero.error, with_zero.nfev) == (without.value, without.error, without.nfev)


# ------------------------------------------------------------------------------------ Function and keyword


def test_a_function_brings_its_noise_and_the_keyword_goes_before_it():
    f = Function(math.sin, noise=1e-6)
    assert f.noise == 1e-6
    given = derivative(math.sin, 0.7, noise=1e-6, full_output=True).error
    assert derivative(f, 0.7, full_output=True).error == given
    assert derivative(f, 0.7, noise=1e-3, full_output=True).error > 10 * given
    assert derivative(f, 0.7, noise=0.0, full_output=True).error < given / 10


def test_a_function_with_noise_shows_and_keeps_it():
    f = Function(pow, args=(2,), kwargs={"mod": None}, noise=[1e-6])
    assert repr(f).endswith("args=(2,), kwargs={'mod': None}, noise=array([1.e-06]))")
    assert "noise" not in repr(Function(math.sin))
    again = pickle.loads(pickle.dumps(f))
    assert np.array_equal(again.noise, f.noise)
    assert (again.args, again.kwargs) == (f.args, f.kwargs)
    assert Function(math.sin).noise is None


def test_of_the_caller_no_array_is_kept():
    noise = np.full(2, 1e-6)
    f = Function(lambda x: x, noise=noise)
    noise[:] = np.nan
    assert np.array_equal(f.noise, [1e-6, 1e-6])
    with pytest.raises(ValueError, match="read-only"):
        f.noise[0] = -1.0


@pytest.mark.parametrize(
    ("noise", "error", "match"),
    [
        (-1.0, ValueError, r"noise must be finite and not negative; got -1\.0"),
        (math.inf, ValueError, "noise must be finite and not negative; got inf"),
        ([1.0, math.nan], ValueError, "noise must be finite and not negative; got nan"),
        (True, TypeError, "noise must be a real number that is not negative, or an array of them; got True"),
        (1j, TypeError, "noise must be a real number.*got 1j"),
        ("1e-6", TypeError, "noise must be a real number.*got '1e-6'"),
        ([[1.0], [1.0, 2.0]], TypeError, "noise must be a real number"),
        (np.ma.masked_array([1.0, 2.0], [False, True]), TypeError, "noise must hold plain numbers; got a masked array"),
    ],
)
def test_what_is_no_noise(noise, error, match):
    with pytest.raises(error, match=match):
        Function(math.sin, noise=noise)
    for f in (derivative, gradient, trace):
        with pytest.raises(error, match=match):
            f(math.sin, 0.7, noise=noise)
    with pytest.raises(error, match=match):
        taylor(math.sin, 0.7, 2, noise=noise)
    with pytest.raises(error, match=match):
        jacobian(np.sin, [0.7], noise=noise, method="central")


@pytest.mark.parametrize("options", [{}, {"method": "central"}, {"method": "central", "step": 1e-3}])
def test_a_noise_of_another_shape(options):
    with pytest.raises(ValueError, match=r"noise must .* broadcast to the shape of f\(x\), \(2,\); got shape \(3,\)"):
        jacobian(lambda x: x[:2], [1.0, 2.0, 3.0], noise=[1e-6] * 3, **options)
    with pytest.raises(ValueError, match=r"noise must .* broadcast to the shape of f\(x\), \(\); got shape \(2,\)"):
        gradient(np.sum, [1.0, 2.0], noise=[1e-6, 1e-6], **options)
    with pytest.raises(ValueError, match=r"noise must .* broadcast to the shape of x, \(2,\); got shape \(3,\)"):
        derivative(math.sin, [1.0, 2.0], noise=[1e-6] * 3, **options)


# ------------------------------------------------------------------------------------ shapes and ways of calling


def test_every_output_has_its_own():
    noise = np.array([0.0, 1e-6, 1e-3])
    r = jacobian(lambda x: np.sin(x[0]) * np.ones(3), [0.7], noise=noise, full_output=True)
    alone = [derivative(math.sin, 0.7, noise=a, full_output=True).error for a in noise]
    assert r.error[:, 0].tolist() == alone
    assert r.status[:, 0].tolist() == [Status.CONVERGED, Status.NOISY, Status.NOISY]


def test_outputs_of_two_dimensions_broadcast():
    def f(x):
        return np.outer(np.sin(x), np.cos(x))

    x = [0.7, 0.8]
    column = jacobian(f, x, noise=[[1e-6], [1e-3]], full_output=True).error
    whole = jacobian(f, x, noise=[[1e-6, 1e-6], [1e-3, 1e-3]], full_output=True).error
    assert np.array_equal(column, whole)
    assert np.all(jacobian(f, x, noise=1e-3, full_output=True).error >= column)


def test_every_point_has_its_own():
    noise = [0.0, 1e-6, 1e-3]
    r = derivative(math.sin, [0.7, 0.7, 0.7], noise=noise, full_output=True)
    assert r.error.tolist() == [derivative(math.sin, 0.7, noise=a, full_output=True).error for a in noise]


@pytest.mark.parametrize("x", [0.7, [0.7, 1.1]])
def test_vectorized(x):
    one = derivative(math.sin, x, noise=1e-6, full_output=True)
    many = derivative(np.sin, x, noise=1e-6, vectorized=True, full_output=True)
    assert np.all(abs(one.value - many.value) <= one.error)
    assert np.allclose(one.error, many.error, rtol=1e-3)


def test_both_parts_of_a_complex_function_have_it():
    r = derivative(lambda t: complex(math.sin(t), math.cos(t)), 0.7, noise=1e-6, full_output=True)
    real = derivative(math.sin, 0.7, noise=1e-6, full_output=True)
    imaginary = derivative(math.cos, 0.7, noise=1e-6, full_output=True)
    assert r.error >= max(real.error, imaginary.error)
    assert abs(r.value - complex(math.cos(0.7), -math.sin(0.7))) <= r.error


def test_the_noise_of_single_precision_is_no_multiple_of_what_is_given():
    def f(t):
        return np.sin(np.float32(t))

    x = np.float32(0.7)
    coarse = derivative(f, x, noise=1e-3, full_output=True)
    assert coarse.error <= 2 * derivative(math.sin, float(x), noise=1e-3, full_output=True).error
    fine = derivative(f, x, noise=1e-12, full_output=True)
    plain = derivative(f, x, full_output=True)
    # of the given noise no part is left out, which makes a bound larger and may make it be sought elsewhere
    assert plain.error / 2 <= fine.error <= 2 * plain.error


def test_tiles():
    """So many outputs that they are held a tile at a time."""
    m = 20_000
    noise = np.zeros(m)
    noise[12_345] = 1e-3
    r = jacobian(lambda x: np.full(m, math.sin(x[0])), [0.7], noise=noise, full_output=True)
    assert r.error[12_345, 0] == derivative(math.sin, 0.7, noise=1e-3, full_output=True).error
    assert np.unique(np.delete(r.error[:, 0], 12_345)).size == 1


def test_taylor_has_it_in_every_coefficient():
    r = taylor(math.sin, 0.7, 3, noise=1e-6, full_output=True)
    exact = [math.sin(0.7), math.cos(0.7), -math.sin(0.7) / 2, -math.cos(0.7) / 6]
    assert np.all(abs(r.coefficients.value - exact) <= r.coefficients.error)
    assert 1e-6 <= r.coefficients.error[0] < 1.1e-6
    assert np.all(r.coefficients.error[1:] > 1e-6)


def test_trace_does_the_same():
    r = derivative(math.sin, 0.7, noise=1e-6, full_output=True)
    traced = trace(math.sin, 0.7, noise=1e-6).result
    assert (traced.value, traced.error, traced.nfev) == (r.value, r.error, r.nfev)


def test_no_node_is_nearer_than_noise_allows():
    """A tolerance that the probes would meet, were it not for the noise."""
    r = derivative(math.sin, 0.7, noise=1e-8, rtol=1e-4, full_output=True)
    assert abs(r.value - math.cos(0.7)) <= r.error <= 1e-4
    assert r.step >= 1e-4


# ------------------------------------------------------------------------------------ fixed steps


@pytest.mark.parametrize(("method", "order"), [("central", 1), ("central", 2), ("forward", 1), ("backward", 1)])
@pytest.mark.parametrize("a", [1e-9, 1e-6, 1e-3])
def test_the_step_balances_truncation_and_noise(method, order, a):
    values = np.array([derivative(shaken(a, seed), 0.7, order=order, method=method, noise=a) for seed in range(20)])
    worst = abs(values - DERIVATIVES[order](0.7)).max()
    p = 2 if method == "central" else 1
    assert worst <= 20 * a ** (p / (p + order))


def test_the_step_is_that_of_a_relative_error():
    from numdiff._kernels.stencil import Stencil

    def f(x):
        return np.array([4.0, 1.0]) * x[0]

    r = jacobian(f, [0.5], method="central", noise=[1e-8, 1e-7], full_output=True)
    expected = Stencil.usual("central", 1, 2).step(1e-7 / 2.0)
    assert float(r.step[0]) == pytest.approx(expected, rel=1e-6)


def test_where_f_is_0_or_less_than_its_noise_the_step_is_of_unit_scale():
    from numdiff._kernels.stencil import Stencil

    expected = Stencil.usual("central", 1, 2).step(1.0)
    for f in (lambda t: t - 1.0, lambda t: 1e-9 * t):
        assert derivative(f, 1.0, method="central", noise=1e-6, full_output=True).step == pytest.approx(expected)


def test_every_point_has_a_step_of_its_own():
    x, noise = [1.0, 2.0, 3.0], [0.0, 1e-6, 1e-3]
    r = derivative(math.exp, x, method="central", noise=noise, full_output=True)
    alone = [
        derivative(math.exp, t, method="central", noise=a, full_output=True).step for t, a in zip(x, noise, strict=True)
    ]
    assert r.step.tolist() == alone
    vectorized = derivative(np.exp, x, method="central", noise=noise, vectorized=True, full_output=True)
    assert vectorized.step.tolist() == alone


@pytest.mark.parametrize("x", [0.7, [0.7, 0.8]])
def test_a_step_takes_f_at_x(x):
    n = np.size(x)
    f = Recorder(math.sin)
    assert derivative(f, x, method="central", noise=1e-6, full_output=True).nfev == 3 * n
    assert set(np.atleast_1d(x)) <= set(f.floats)
    f0 = np.sin(x)
    assert derivative(math.sin, x, method="central", noise=1e-6, f0=f0, full_output=True).nfev == 2 * n
    assert derivative(math.sin, x, method="central", noise=1e-6, step=1e-3, full_output=True).nfev == 2 * n
    assert derivative(math.sin, x, method="forward", noise=1e-6, full_output=True).nfev == 2 * n


def test_points_without_room_are_not_asked_for_f():
    f = Recorder(math.sin)
    x = [0.5, math.nan, 0.7]
    r = derivative(f, x, method="forward", noise=1e-6, bounds=([0.5, 0, 0], [0.5, 1, 1]), full_output=True)
    assert r.status.tolist() == [Status.EDGE, Status.NONFINITE, Status.NOT_ESTIMATED]
    assert 0.5 not in f.floats
    assert not np.isnan(f.floats).any()
    assert abs(r.value[2] - math.cos(0.7)) < 1e-2


def test_less_than_rounding_changes_no_step():
    plain = derivative(math.exp, 1.0, method="forward", full_output=True)
    assert derivative(math.exp, 1.0, method="forward", noise=1e-20, full_output=True).step == plain.step


def test_the_documented_example():
    f = Function(lambda t: round(math.sin(t), 6), noise=5e-7)
    r = numdiff.derivative(f, 0.7, full_output=True)
    assert abs(r.value - math.cos(0.7)) <= r.error < 1e-3
