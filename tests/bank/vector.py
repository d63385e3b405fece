"""Functions of arrays with their Jacobians."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.bank.primitives import NUMPY, on_mp
from tests.bank.systems import SYSTEMS
from tests.bank.systems.system import System


@dataclass(frozen=True, eq=False)
class VectorProblem:
    """A function of an array with its Jacobian in closed form.

    ``f`` takes x of shape ``shape`` and returns ``out_shape``, or takes a block ``shape + (k,)`` of k points
    on the last axis and returns ``out_shape + (k,)``. It is analytic, and accepts complex x.
    ``jac(x)`` has the shape ``(out_shape or (1,)) + shape``. ``points(rng)`` draws one x. ``source`` tells where a
    published function is from.
    """

    name: str
    shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    f: Callable
    jac: Callable
    points: Callable[[np.random.Generator], np.ndarray]
    source: str = ""

    def __repr__(self):
        return f"<VectorProblem {self.name}>"


def _box(shape, lo, hi):
    return lambda rng: rng.uniform(lo, hi, shape)


def _near(x0, width):
    x0 = np.array(x0, dtype=float)
    return lambda rng: x0 + width * rng.standard_normal(x0.shape)


_RNG = np.random.default_rng(20240229)


def rosenbrock(n):
    def f(x):
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(axis=0)

    def jac(x):
        g = np.zeros(n)
        gap = x[1:] - x[:-1] ** 2
        g[:-1] = -400 * x[:-1] * gap - 2 * (1 - x[:-1])
        g[1:] += 200 * gap
        return g[np.newaxis]

    return VectorProblem(f"rosenbrock-{n}", (n,), (), f, jac, _box((n,), -2, 2))


def linear_map(m, n):
    a = _RNG.uniform(-1, 1, (m, n))
    return VectorProblem(f"linear-{m}x{n}", (n,), (m,), lambda x: a @ x, lambda x: a.copy(), _box((n,), -3, 3))


def logistic_loss(samples, n):
    """-sum log sigma(y_i a_i.w), the labels y multiplied into the rows."""
    a = _RNG.standard_normal((samples, n))

    def f(w):
        return np.log1p(np.exp(-(a @ w))).sum(axis=0)

    def jac(w):
        return (-(a.T / (1 + np.exp(a @ w))).sum(axis=1))[np.newaxis]

    return VectorProblem(f"logistic-loss-{n}", (n,), (), f, jac, _box((n,), -1.5, 1.5))


def log_sum_exp(n):
    def f(x):
        top = x.real.max(axis=0)
        return top + np.log(np.exp(x - top).sum(axis=0))

    def jac(x):
        e = np.exp(x - x.max())
        return (e / e.sum())[np.newaxis]

    return VectorProblem(f"log-sum-exp-{n}", (n,), (), f, jac, _box((n,), -20, 20))


def softmax(n):
    def f(x):
        e = np.exp(x - x.real.max(axis=0))
        return e / e.sum(axis=0)

    def jac(x):
        p = f(x)
        return np.diag(p) - np.outer(p, p)

    return VectorProblem(f"softmax-{n}", (n,), (n,), f, jac, _box((n,), -3, 3))


def lotka_volterra(steps):
    """Residuals of the implicit midpoint rule; x holds the prey at all times, then the predators."""
    a, b, c, d, h, n = 1.1, 0.4, 0.4, 0.1, 0.2, steps + 1

    def f(x):
        u, v = x[:n], x[n:]
        um, vm = (u[1:] + u[:-1]) / 2, (v[1:] + v[:-1]) / 2
        return np.concatenate([u[1:] - u[:-1] - h * um * (a - b * vm), v[1:] - v[:-1] - h * vm * (d * um - c)], axis=0)

    def jac(x):
        um, vm = (x[1:n] + x[: n - 1]) / 2, (x[n + 1 :] + x[n:-1]) / 2
        j, i = np.zeros((2 * steps, 2 * n)), np.arange(steps)
        for offset, sign in ((0, -1.0), (1, 1.0)):
            j[i, i + offset] = sign - h / 2 * (a - b * vm)
            j[i, n + i + offset] = h / 2 * b * um
            j[steps + i, i + offset] = -h / 2 * d * vm
            j[steps + i, n + i + offset] = sign - h / 2 * (d * um - c)
        return j

    return VectorProblem(f"lotka-volterra-{2 * n}", (2 * n,), (2 * steps,), f, jac, _box((2 * n,), 0.5, 10))


def bratu(n):
    """A discretised boundary value problem, u'' + 2 exp(u) = 0."""
    h = 1 / (n + 1)

    def f(u):
        r = 2 * np.exp(u) * h * h - 2 * u
        r[1:] += u[:-1]
        r[:-1] += u[1:]
        return r

    def jac(u):
        return np.diag(2 * h * h * np.exp(u) - 2) + np.eye(n, k=1) + np.eye(n, k=-1)

    return VectorProblem(f"bratu-{n}", (n,), (n,), f, jac, _box((n,), 0, 2))


def _helical_valley(x):
    angle = np.arctan(x[1] / x[0]) / (2 * math.pi) + np.where(x[0].real < 0, 0.5, 0.0)
    return np.stack([10 * (x[2] - 10 * angle), 10 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]])


def _helical_valley_jac(x):
    r2 = x[0] ** 2 + x[1] ** 2
    r = math.sqrt(r2)
    return np.array(
        [
            [50 * x[1] / (math.pi * r2), -50 * x[0] / (math.pi * r2), 10],
            [10 * x[0] / r, 10 * x[1] / r, 0],
            [0, 0, 1],
        ]
    )


def _spherical(x):
    r, theta, phi = x
    return np.stack([r * np.sin(theta) * np.cos(phi), r * np.sin(theta) * np.sin(phi), r * np.cos(theta)], axis=0)


def _spherical_jac(x):
    r, theta, phi = x
    st, ct, sp_, cp = math.sin(theta), math.cos(theta), math.sin(phi), math.cos(phi)
    return np.array([[st * cp, r * ct * cp, -r * st * sp_], [st * sp_, r * ct * sp_, r * st * cp], [ct, -r * st, 0]])


def _unit_vector(x):
    return x / np.sqrt((x * x).sum(axis=0))


def _unit_vector_jac(x):
    r = math.sqrt((x * x).sum())
    return (np.eye(x.size) - np.outer(x, x) / (r * r)) / r


_GRAM = np.array([[2.0, -0.5, 0.3], [-0.1, 1.5, 0.8], [0.4, -0.7, 1.1]])


def _matrix_form(x):
    """X^T A X for X of shape (3, 2)."""
    return np.einsum("ia...,ij,jb...->ab...", x, _GRAM, x)


def _matrix_form_jac(x):
    right, left = _GRAM @ x, x.T @ _GRAM
    eye = np.eye(2)
    return np.einsum("aq,pb->abpq", eye, right) + np.einsum("bq,ap->abpq", eye, left)


_WAVES = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.1], [2.0, 1.0, 0.0], [-0.4, 0.2, 1.5]])


def _plane_waves(x):
    return (1 + x[0] ** 2) * np.exp(1j * (_WAVES @ x))


def _plane_waves_jac(x):
    waves = np.exp(1j * (_WAVES @ x))
    j = 1j * _WAVES * ((1 + x[0] ** 2) * waves)[:, np.newaxis]
    j[:, 0] += 2 * x[0] * waves
    return j


def _curve(x):
    t = x[0]
    return np.stack([t, t * t, np.sin(t), np.exp(-t), 1 / (1 + t * t)])


def _curve_jac(x):
    t = x[0]
    return np.array([1, 2 * t, math.cos(t), -math.exp(-t), -2 * t / (1 + t * t) ** 2])[:, np.newaxis]


_TIMES = np.linspace(0.0, 4.0, 9)


def _decay_fit(x):
    """Values of x0 exp(-x1 t) + x2 exp(-x3 t) at nine times."""
    t = _TIMES.reshape((-1,) + (1,) * (x.ndim - 1))
    return x[0] * np.exp(-x[1] * t) + x[2] * np.exp(-x[3] * t)


def _decay_fit_jac(x):
    p, q = np.exp(-x[1] * _TIMES), np.exp(-x[3] * _TIMES)
    return np.stack([p, -x[0] * _TIMES * p, q, -x[2] * _TIMES * q], axis=1)


def _scales_apart(x):
    """Outputs and inputs many orders of magnitude apart."""
    return np.stack([1e200 * np.sin(x[0] * 1e8), 1e-200 * np.exp(x[1] / 1e9), x[0] * 1e9 + x[1] / 1e9 + x[2]])


def _scales_apart_jac(x):
    return np.array(
        [
            [1e200 * 1e8 * math.cos(x[0] * 1e8), 0, 0],
            [0, 1e-200 / 1e9 * math.exp(x[1] / 1e9), 0],
            [1e9, 1e-9, 1],
        ]
    )


def _weighted_tensor(x):
    """A scalar of an array of shape (2, 2, 3)."""
    return (np.sin(x) * x[::-1]).sum(axis=(0, 1, 2))


def _weighted_tensor_jac(x):
    return (np.cos(x) * x[::-1] + np.sin(x[::-1]))[np.newaxis]


def on_numpy(values, x):
    """Numbers, or blocks of them, as one array; constants are spread over the block."""
    return np.stack([value if np.ndim(value) == np.ndim(x[0]) else value + 0 * x[0] for value in values])


def _rounded_once(body, x):
    return np.array(on_mp(body, x), dtype=float)


def _started(starts):
    """Points within a tenth or so of one of the starting points."""

    def points(rng):
        start = np.array(starts[rng.integers(len(starts))])
        return start + 0.1 * rng.standard_normal(start.size) * np.where(start == 0, 1.0, start)

    return points


def residuals(system: System) -> VectorProblem:
    """The vector of a published system."""
    shape, count = (len(system.starts[0]),), len(on_mp(system.residuals, system.starts[0]))
    return VectorProblem(
        system.name,
        shape,
        (count,),
        lambda x: on_numpy(system.residuals(NUMPY, x), x),
        lambda x: _rounded_once(system.jacobian, x),
        _started(system.starts),
        system.source,
    )


def sum_of_squares(system: System) -> VectorProblem:
    """What a published system is to be minimized for."""
    return VectorProblem(
        f"{system.name}-squares",
        (len(system.starts[0]),),
        (),
        lambda x: system.sum_of_squares(NUMPY, x),
        lambda x: _rounded_once(system.gradient, x)[np.newaxis],
        _started(system.starts),
        system.source,
    )


VECTOR: tuple[VectorProblem, ...] = (
    rosenbrock(2),
    rosenbrock(9),
    rosenbrock(50),
    linear_map(7, 5),
    linear_map(3, 40),
    logistic_loss(30, 6),
    log_sum_exp(8),
    softmax(5),
    lotka_volterra(6),
    bratu(15),
    VectorProblem("helical-valley", (3,), (3,), _helical_valley, _helical_valley_jac, _near([-1, 0.5, 0], 0.2)),
    VectorProblem("spherical", (3,), (3,), _spherical, _spherical_jac, _box((3,), 0.3, 2.5)),
    VectorProblem("unit-vector", (6,), (6,), _unit_vector, _unit_vector_jac, _box((6,), 0.2, 3)),
    VectorProblem("matrix-form", (3, 2), (2, 2), _matrix_form, _matrix_form_jac, _box((3, 2), -2, 2)),
    VectorProblem("plane-waves", (3,), (4,), _plane_waves, _plane_waves_jac, _box((3,), -2, 2)),
    VectorProblem("curve", (1,), (5,), _curve, _curve_jac, _box((1,), -2, 2)),
    VectorProblem("decay-fit", (4,), (9,), _decay_fit, _decay_fit_jac, _near([3, 0.4, 1.5, 2], 0.1)),
    VectorProblem(
        "scales-apart",
        (3,),
        (3,),
        _scales_apart,
        _scales_apart_jac,
        lambda rng: rng.uniform(0.2, 2, 3) * [1e-8, 1e9, 1],
    ),
    VectorProblem("weighted-tensor", (2, 2, 3), (), _weighted_tensor, _weighted_tensor_jac, _box((2, 2, 3), -2, 2)),
    *(residuals(system) for system in SYSTEMS if system.even),
    *(sum_of_squares(system) for system in SYSTEMS if system.even),
)

# Published systems whose variables have scales of their own: steps in units of max(|x|, 1) do not suit them.
UNEVEN: tuple[VectorProblem, ...] = (
    *(residuals(system) for system in SYSTEMS if not system.even),
    *(sum_of_squares(system) for system in SYSTEMS if not system.even),
)
