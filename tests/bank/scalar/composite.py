"""Iterations, recurrences, sums and nested functions."""

import math
from math import inf

from tests.bank.bodies import exponential_sum, horner, partial_sum
from tests.bank.points import loguniform, signed, uniform
from tests.bank.problem import Problem


def _chebyshev(n):
    def body(m, x):
        before, t = 1, x
        for _ in range(n - 1):
            before, t = t, 2 * x * t - before
        return t

    return body


def _legendre(n):
    def body(m, x):
        before, p = 1, x
        for k in range(1, n):
            before, p = p, ((2 * k + 1) * x * p - k * before) / (k + 1)
        return p

    return body


def _hermite_function(n):
    def body(m, x):
        before, h = m.exp(-x * x / 2), math.sqrt(2) * x * m.exp(-x * x / 2)
        for k in range(1, n):
            before, h = h, (math.sqrt(2) * x * h - math.sqrt(k) * before) / math.sqrt(k + 1)
        return h

    return body


def _laguerre(n):
    def body(m, x):
        before, p = 1, 1 - x
        for k in range(1, n):
            before, p = p, ((2 * k + 1 - x) * p - k * before) / (k + 1)
        return p

    return body


def _iterate(step, count):
    def body(m, x):
        y = x
        for _ in range(count):
            y = step(m, x, y)
        return y

    return body


def _product(factor, first, last):
    def body(m, x):
        total = factor(m, x, first)
        for k in range(first + 1, last + 1):
            total = total * factor(m, x, k)
        return total

    return body


def _geometric_sum(m, x):
    total, power = 1, x
    for _ in range(30):
        total, power = total + power, power * x
    return total


def _agm(m, x):
    a, b = 1, x
    for _ in range(6):
        a, b = (a + b) / 2, m.sqrt(a * b)
    return a


def _henon(m, x):
    y = 0.1
    for _ in range(4):
        x, y = 1 - 1.4 * x * x + y, 0.3 * x
    return x


def _pendulum(m, x):
    """Eight Runge-Kutta steps of theta'' = -sin theta from rest at x."""
    theta, omega, h = x, 0 * x, 0.25
    for _ in range(8):
        k1, l1 = omega, -m.sin(theta)
        k2, l2 = omega + h / 2 * l1, -m.sin(theta + h / 2 * k1)
        k3, l3 = omega + h / 2 * l2, -m.sin(theta + h / 2 * k2)
        k4, l4 = omega + h * l3, -m.sin(theta + h * k3)
        theta = theta + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        omega = omega + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return theta


def _simpson(m, x):
    """The integral of exp(-x t^2) over [0, 1] by Simpson's rule, 16 intervals."""
    total = 1 + m.exp(-x)
    for i in range(1, 16):
        total = total + (4 if i % 2 else 2) * m.exp(-x * (i / 16) ** 2)
    return total / 48


def _network(m, x):
    hidden = [m.tanh(w * x + b) for w, b in ((1.3, 0.2), (-0.7, 1.1), (2.9, -1.5), (0.4, -0.3))]
    second = [
        m.tanh(w[0] * hidden[0] + w[1] * hidden[1] + w[2] * hidden[2] + w[3] * hidden[3] + 0.1)
        for w in ((0.8, -1.2, 0.5, 0.3), (-0.6, 0.9, 1.4, -1.1), (1.7, 0.2, -0.4, 0.6))
    ]
    return 0.9 * second[0] - 1.3 * second[1] + 0.7 * second[2] + 1


def _lagrange(m, x):
    """The polynomial through seven tabulated values."""
    table = ((0.0, 1.0), (0.5, 0.8), (1.0, 0.1), (1.7, -0.4), (2.2, 0.3), (3.1, 1.9), (4.0, 1.2))
    total = 0 * x
    for i, (xi, yi) in enumerate(table):
        term = yi + 0 * x
        for j, (xj, _) in enumerate(table):
            if j != i:
                term = term * (x - xj) / (xi - xj)
        total = total + term
    return total


def _barycentric(m, x):
    """A rational interpolant; its removable singularities, the nodes, are not sampled."""
    numerator, denominator = 0 * x, 0 * x
    for k in range(9):
        node, weight = k / 4, (-1) ** k * (0.5 if k in (0, 8) else 1.0)
        numerator = numerator + weight * math.exp(-node) / (x - node)
        denominator = denominator + weight / (x - node)
    return numerator / denominator


def _determinant(m, x):
    a, b, c = m.cos(x), x * x, m.exp(-x)
    return a * (x * b - c * 2) - b * (3 * b - c * a) + c * (6 - x * a)


def _bernstein(m, x):
    values = (0.2, 1.5, -0.7, 0.9, 2.1, -1.2, 0.4)
    total = 0 * x
    for k, v in enumerate(values):
        total = total + v * math.comb(6, k) * x**k * (1 - x) ** (6 - k)
    return total


def _gauss_mixture(m, x):
    peaks = ((1.0, -2.0, 0.3), (0.5, 0.4, 0.05), (2.0, 3.0, 1.2))
    return partial_sum(lambda m, x, i: peaks[i][0] * m.exp(-(((x - peaks[i][1]) / peaks[i][2]) ** 2)), 0, 2)(m, x)


COMPOSITE = (
    Problem("logistic-map-5", "composite", _iterate(lambda m, x, y: 3.7 * y * (1 - y), 5), uniform(0.05, 0.95)),
    Problem("iterated-sine-20", "composite", _iterate(lambda m, x, y: m.sin(y), 20), uniform(0.2, 3)),
    Problem("iterated-cosine-9", "composite", _iterate(lambda m, x, y: m.cos(y), 9), uniform(-3, 3)),
    Problem("babylonian-sqrt", "composite", _iterate(lambda m, x, y: (y + x / y) / 2, 6), loguniform(0.1, 30)),
    Problem("mandelbrot-section", "composite", _iterate(lambda m, x, y: y * y + x, 5), uniform(-1.8, 0.2)),
    Problem(
        "newton-cubic",
        "composite",
        _iterate(lambda m, x, y: y - (y**3 - 2) / (3 * y * y), 3),
        uniform(0.8, 5),
    ),
    Problem("continued-fraction", "composite", _iterate(lambda m, x, y: 1 + x / (1 + y), 15), loguniform(0.05, 50)),
    Problem(
        "nested-sqrt",
        "composite",
        _iterate(lambda m, x, y: m.sqrt(x + y), 8),
        loguniform(0.01, 100),
        (0, inf),
    ),
    Problem("nested-log1p", "composite", _iterate(lambda m, x, y: m.log1p(y), 6), loguniform(0.01, 1e6), (-1, inf)),
    Problem(
        "power-tower",
        "composite",
        lambda m, x: m.exp(m.log(x) * m.exp(x * m.log(x))),
        loguniform(0.1, 2.5),
        (0, inf),
    ),
    Problem("chebyshev-20", "composite", _chebyshev(20), uniform(-1, 1)),
    Problem("chebyshev-7-outside", "composite", _chebyshev(7), uniform(1, 10)),
    Problem("legendre-15", "composite", _legendre(15), uniform(-0.98, 0.98)),
    Problem("laguerre-6", "composite", _laguerre(6), uniform(0.1, 20)),
    Problem("hermite-function-8", "composite", _hermite_function(8), uniform(-5, 5)),
    Problem("horner-9", "composite", horner(0.3, -1.1, 0.7, 2.2, -0.4, 1.9, -3.3, 0.1, 5.0, -0.6), uniform(-2, 2)),
    Problem("wilkinson-10", "composite", _product(lambda m, x, k: x - k, 1, 10), uniform(0.5, 10.5)),
    Problem("rising-factorial", "composite", _product(lambda m, x, k: 1 + x / k, 1, 12), uniform(-0.9, 10)),
    Problem("exponential-sum", "composite", exponential_sum, uniform(0.1, 8)),
    Problem("geometric-sum", "composite", _geometric_sum, uniform(-0.9, 1.3)),
    Problem("dirichlet-sum", "composite", partial_sum(lambda m, x, k: m.exp(-x * math.log(k)), 1, 20), uniform(0.1, 5)),
    Problem("lattice-sum", "composite", partial_sum(lambda m, x, k: 1 / (x + k) ** 2, 0, 25), loguniform(0.01, 50)),
    Problem("theta-sum", "composite", partial_sum(lambda m, x, k: m.exp(-k * k * x), 1, 12), loguniform(0.02, 10)),
    Problem("agm", "composite", _agm, loguniform(1e-3, 1e3), (0, inf)),
    Problem("henon-4", "composite", _henon, signed(uniform(0.2, 1))),
    Problem("pendulum-flow", "composite", _pendulum, uniform(-3, 3)),
    Problem("simpson-integral", "composite", _simpson, uniform(-3, 30)),
    Problem("network", "composite", _network, uniform(-4, 4)),
    Problem("lagrange-interpolant", "composite", _lagrange, uniform(-0.2, 4.2)),
    Problem("barycentric-interpolant", "composite", _barycentric, uniform(0.3, 0.45)),
    Problem("determinant", "composite", _determinant, uniform(-3, 3)),
    Problem("bernstein-6", "composite", _bernstein, uniform(0.02, 0.98)),
    Problem("gauss-mixture", "composite", _gauss_mixture, uniform(-4, 6)),
    Problem("compound-growth", "composite", lambda m, x: (1 + x / 60) ** 60, uniform(-2, 5)),
    Problem("cosine-power-50", "composite", lambda m, x: m.cos(x) ** 50, uniform(-0.8, 0.8)),
    Problem("exp-of-exp-of-sine", "composite", lambda m, x: m.exp(m.exp(m.sin(2 * x))), uniform(-5, 5)),
    Problem("arctan-tanh-sinh", "composite", lambda m, x: m.arctan(3 * m.tanh(m.sinh(x) - 1)), uniform(-3, 3)),
    Problem(
        "rational-of-log",
        "composite",
        lambda m, x: (m.log(x) + 2) / (m.log(x) ** 2 + 1),
        loguniform(1e-6, 1e6),
        (0, inf),
    ),
    Problem(
        "log-of-sums",
        "composite",
        lambda m, x: m.log(m.exp(x) + m.exp(2 * x - 3) + m.exp(-x)),
        uniform(-8, 8),
    ),
    Problem("gamma-of-sine", "composite", lambda m, x: m.gamma(2 + m.sin(x)), uniform(-6, 6)),
    Problem(
        "sine-of-gauss-1e-5",
        "composite",
        lambda m, x: m.sin(3 * m.exp(-((x * 1e5) ** 2)) + x),
        signed(loguniform(1e-7, 3e-5)),
    ),
)
