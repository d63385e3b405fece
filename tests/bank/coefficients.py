"""Taylor coefficients c_0 .. c_n at u of the functions that a body may call."""

import itertools
import math

from mpmath import mp, mpf

from tests.bank.series import Series


def from_derivatives(values):
    return [d / math.factorial(k) for k, d in enumerate(values)]


def cycle(values, n):
    return from_derivatives(itertools.islice(itertools.cycle(values), n + 1))


def integral(value, series):
    """Coefficients of the antiderivative of ``series`` that takes ``value`` at t = 0, to the same degree."""
    return [value] + [a / (k + 1) for k, a in enumerate(series.c[:-1])]


def riccati(value, a, b, n):
    """y' = a + b y^2: tan, tanh."""
    c = [value]
    for k in range(n):
        c.append(((a if k == 0 else 0) + b * mp.fdot(c, c[::-1])) / (k + 1))
    return c


def linear(value, slope, constant, u, n):
    """y' = slope x y + constant: erfcx, Dawson and Faddeeva functions."""
    c = [value]
    for k in range(n):
        previous = c[k - 1] if k else 0
        c.append((slope * (u * c[k] + previous) + (constant if k == 0 else 0)) / (k + 1))
    return c


def airy(value, slope, u, n):
    """y'' = x y."""
    c = [value, slope]
    for k in range(n - 1):
        c.append((u * c[k] + (c[k - 1] if k else 0)) / ((k + 1) * (k + 2)))
    return c[: n + 1]


def bessel(value, slope, sign, v, u, n):
    """x^2 y'' + x y' + (sign x^2 - v^2) y = 0."""
    c = [value, slope]
    for k in range(n - 1):
        rest = u * (k + 1) * (2 * k + 1) * c[k + 1] + (k * k - mpf(v) ** 2 + sign * u * u) * c[k]
        rest += sign * (2 * u * (c[k - 1] if k else 0) + (c[k - 2] if k > 1 else 0))
        c.append(-rest / (u * u * (k + 1) * (k + 2)))
    return c[: n + 1]


def gamma_function(u, n):
    """y' = psi y."""
    psi = polygamma(u, n)
    c = [mp.gamma(u)]
    for k in range(n):
        c.append(mp.fdot(c, psi[k::-1]) / (k + 1))
    return c


def polygamma(u, n):
    return from_derivatives(mp.psi(k, u) for k in range(n + 1))


def elliptic(u, n):
    """Complete integrals by 2 m (1 - m) K' = E - (1 - m) K and 2 m E' = E - K."""
    k_, e_ = [mp.ellipk(u)], [mp.ellipe(u)]
    for k in range(n):
        before = k_[k - 1] if k else 0
        rest = e_[k] - (1 - u) * k_[k] + before - 2 * (1 - 2 * u) * k * k_[k] + 2 * (k - 1) * before
        e_.append((e_[k] - k_[k] - 2 * k * e_[k]) / (2 * u * (k + 1)))
        k_.append(rest / (2 * u * (1 - u) * (k + 1)))
    return k_, e_


def jacobi_sn(m, u, n):
    """sn' = cn dn, cn' = -sn dn, dn' = -m sn cn."""
    s, c, d = ([mp.ellipfun(kind, u, m=m)] for kind in ("sn", "cn", "dn"))
    for k in range(n):
        new = mp.fdot(c, d[::-1]), -mp.fdot(s, d[::-1]), -m * mp.fdot(s, c[::-1])
        for y, value in zip((s, c, d), new, strict=True):
            y.append(value / (k + 1))
    return s


def inverse(g, value, n):
    """Coefficients at g(value) of the inverse of g, by reversion; each sweep gains one order."""
    _, slope, *higher = g(Series.variable(value, max(n, 1))).c
    t = Series.variable(0, n)
    s = t / slope
    for _ in range(n - 1):
        power, rest = s, t
        for a in higher:
            power = power * s
            rest = rest - power * a
        s = rest / slope
    return [value, *s.c[1:]]
