"""The functions that a body may call, on float64, on mpmath numbers, on Taylor series and on rounding bounds."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import scipy.special as sp
from mpmath import mp, mpf

from tests.bank.coefficients import (
    airy,
    bessel,
    cycle,
    elliptic,
    from_derivatives,
    gamma_function,
    integral,
    inverse,
    jacobi_sn,
    linear,
    polygamma,
    riccati,
)
from tests.bank.rounding import Rounded
from tests.bank.series import Series, power


def _faddeeva(z):
    return mp.exp(-z * z) * mp.erfc(-1j * z)


def _voigt(sigma, gamma, u, n):
    z = mp.mpc(u, gamma) / (sigma * mp.sqrt(2))
    w = linear(_faddeeva(z), -2, 2j / mp.sqrt(mp.pi), z, n)
    unit = 1 / (sigma * mp.sqrt(2))
    return [mp.re(a) * unit ** (k + 1) / mp.sqrt(mp.pi) for k, a in enumerate(w)]


def _kepler_float(e, mean):
    anomaly = mean + e * np.sin(mean)
    for _ in range(12):
        anomaly = anomaly - (anomaly - e * np.sin(anomaly) - mean) / (1 - e * np.cos(anomaly))
    return anomaly


def _kepler_mp(e, mean):
    anomaly = mpf(_kepler_float(float(e), float(mean)))
    for _ in range(int(math.log2(mp.prec))):
        anomaly -= (anomaly - e * mp.sin(anomaly) - mean) / (1 - e * mp.cos(anomaly))
    return anomaly


@dataclass(frozen=True)
class Primitive:
    """A function g that a body may call as ``m.name(*parameters, x)``.

    ``taylor(*parameters, u, n)`` gives its Taylor coefficients. The float64 version errs by less than
    ``ulps`` eps |g|, or if ``ulps`` > 2 by ``ulps`` eps (|g| + |x g'|): special functions have inexact roots.
    """

    numeric: Callable
    mp: Callable
    taylor: Callable
    ulps: float = 2


V = Series.variable  # short, for the table below; the rules look up MP when they are called


def _exp_minus_square(u, n):
    return MP.exp(-(V(u, n) ** 2))


def _dawson(u):
    return mp.sqrt(mp.pi) / 2 * mp.exp(-u * u) * mp.erfi(u)


def _ndtri(p):
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def _recurred(c, v, u, sign):
    """A Bessel function and its slope, by C_v' = +-C_(v-1) - v/x C_v."""
    value = c(v, u)
    return value, sign * c(v - 1, u) - v / u * value


def _ndtr(x):
    return MP.erfc(x * (-1 / mp.sqrt(2))) / 2


PRIMITIVES = {
    # elementary
    "exp": Primitive(np.exp, mp.exp, lambda u, n: cycle([mp.exp(u)], n)),
    "expm1": Primitive(np.expm1, mp.expm1, lambda u, n: [mp.expm1(u), *cycle([mp.exp(u)], n)[1:]]),
    "log": Primitive(np.log, mp.log, lambda u, n: integral(mp.log(u), 1 / V(u, n))),
    "log1p": Primitive(np.log1p, mp.log1p, lambda u, n: integral(mp.log1p(u), 1 / V(1 + u, n))),
    "sqrt": Primitive(np.sqrt, mp.sqrt, lambda u, n: power(0.5, u, n)),
    "cbrt": Primitive(
        np.cbrt,
        lambda u: mp.sign(u) * mp.cbrt(abs(u)),
        lambda u, n: [a * mp.sign(u) ** (k + 1) for k, a in enumerate(power(mpf(1) / 3, abs(u), n))],
    ),
    "sin": Primitive(np.sin, mp.sin, lambda u, n: cycle([mp.sin(u), mp.cos(u), -mp.sin(u), -mp.cos(u)], n)),
    "cos": Primitive(np.cos, mp.cos, lambda u, n: cycle([mp.cos(u), -mp.sin(u), -mp.cos(u), mp.sin(u)], n)),
    "tan": Primitive(np.tan, mp.tan, lambda u, n: riccati(mp.tan(u), 1, 1, n)),
    "sinh": Primitive(np.sinh, mp.sinh, lambda u, n: cycle([mp.sinh(u), mp.cosh(u)], n)),
    "cosh": Primitive(np.cosh, mp.cosh, lambda u, n: cycle([mp.cosh(u), mp.sinh(u)], n)),
    "tanh": Primitive(np.tanh, mp.tanh, lambda u, n: riccati(mp.tanh(u), 1, -1, n)),
    "arcsin": Primitive(np.arcsin, mp.asin, lambda u, n: integral(mp.asin(u), (1 - V(u, n) ** 2) ** -0.5)),
    "arccos": Primitive(np.arccos, mp.acos, lambda u, n: integral(mp.acos(u), -((1 - V(u, n) ** 2) ** -0.5))),
    "arctan": Primitive(np.arctan, mp.atan, lambda u, n: integral(mp.atan(u), 1 / (1 + V(u, n) ** 2))),
    "arcsinh": Primitive(np.arcsinh, mp.asinh, lambda u, n: integral(mp.asinh(u), (1 + V(u, n) ** 2) ** -0.5)),
    "arccosh": Primitive(np.arccosh, mp.acosh, lambda u, n: integral(mp.acosh(u), (V(u, n) ** 2 - 1) ** -0.5)),
    "arctanh": Primitive(np.arctanh, mp.atanh, lambda u, n: integral(mp.atanh(u), 1 / (1 - V(u, n) ** 2))),
    # error functions and their kin
    "erf": Primitive(sp.erf, mp.erf, lambda u, n: integral(mp.erf(u), 2 / mp.sqrt(mp.pi) * _exp_minus_square(u, n))),
    "erfc": Primitive(
        sp.erfc, mp.erfc, lambda u, n: integral(mp.erfc(u), -2 / mp.sqrt(mp.pi) * _exp_minus_square(u, n)), 4
    ),
    "erfcx": Primitive(
        sp.erfcx,
        lambda u: mp.exp(u * u) * mp.erfc(u),
        lambda u, n: linear(mp.exp(u * u) * mp.erfc(u), 2, -2 / mp.sqrt(mp.pi), u, n),
        4,
    ),
    "dawsn": Primitive(sp.dawsn, _dawson, lambda u, n: linear(_dawson(u), -2, 1, u, n), 4),
    "ndtr": Primitive(sp.ndtr, _ndtr, lambda u, n: _ndtr(V(u, n)).c, 4),
    "ndtri": Primitive(sp.ndtri, _ndtri, lambda u, n: inverse(_ndtr, _ndtri(u), n), 8),
    "voigt": Primitive(lambda s, g, x: sp.voigt_profile(x, s, g), lambda s, g, u: _voigt(s, g, u, 0)[0], _voigt, 16),
    "fresnels": Primitive(
        lambda x: sp.fresnel(x)[0],
        mp.fresnels,
        lambda u, n: integral(mp.fresnels(u), MP.sin(V(u, n) ** 2 * (mp.pi / 2))),
        4,
    ),
    # exponential integrals, gamma and zeta
    "expi": Primitive(sp.expi, mp.ei, lambda u, n: integral(mp.ei(u), MP.exp(V(u, n)) / V(u, n)), 8),
    "exp1": Primitive(sp.exp1, mp.e1, lambda u, n: integral(mp.e1(u), -MP.exp(-V(u, n)) / V(u, n)), 8),
    "si": Primitive(lambda x: sp.sici(x)[0], mp.si, lambda u, n: integral(mp.si(u), MP.sin(V(u, n)) / V(u, n)), 4),
    "gamma": Primitive(sp.gamma, mp.gamma, gamma_function, 8),
    "gammaln": Primitive(sp.gammaln, mp.loggamma, lambda u, n: integral(mp.loggamma(u), Series(polygamma(u, n))), 8),
    "psi": Primitive(sp.psi, lambda u: mp.psi(0, u), polygamma, 8),
    "zeta": Primitive(sp.zeta, mp.zeta, lambda u, n: from_derivatives(mp.zeta(u, 1, k) for k in range(n + 1)), 8),
    "gammainc": Primitive(
        sp.gammainc,
        lambda a, u: mp.gammainc(a, 0, u, regularized=True),
        lambda a, u, n: integral(MP.gammainc(a, u), V(u, n) ** (a - 1) * MP.exp(-V(u, n)) / mp.gamma(a)),
        16,
    ),
    "betainc": Primitive(
        sp.betainc,
        lambda a, b, u: mp.betainc(a, b, 0, u, regularized=True),
        lambda a, b, u, n: integral(MP.betainc(a, b, u), V(u, n) ** (a - 1) * (1 - V(u, n)) ** (b - 1) / mp.beta(a, b)),
        16,
    ),
    # Bessel, Airy, elliptic, hypergeometric
    "jv": Primitive(sp.jv, mp.besselj, lambda v, u, n: bessel(*_recurred(mp.besselj, v, u, 1), 1, v, u, n), 64),
    "yv": Primitive(sp.yv, mp.bessely, lambda v, u, n: bessel(*_recurred(mp.bessely, v, u, 1), 1, v, u, n), 64),
    "iv": Primitive(sp.iv, mp.besseli, lambda v, u, n: bessel(*_recurred(mp.besseli, v, u, 1), -1, v, u, n), 64),
    "kv": Primitive(sp.kv, mp.besselk, lambda v, u, n: bessel(*_recurred(mp.besselk, v, u, -1), -1, v, u, n), 64),
    "airyai": Primitive(
        lambda x: sp.airy(x)[0],
        mp.airyai,
        lambda u, n: airy(mp.airyai(u), mp.airyai(u, derivative=1), u, n),
        64,
    ),
    "airybi": Primitive(
        lambda x: sp.airy(x)[2],
        mp.airybi,
        lambda u, n: airy(mp.airybi(u), mp.airybi(u, derivative=1), u, n),
        64,
    ),
    "ellipk": Primitive(sp.ellipk, mp.ellipk, lambda u, n: elliptic(u, n)[0], 4),
    "ellipe": Primitive(sp.ellipe, mp.ellipe, lambda u, n: elliptic(u, n)[1], 4),
    "ellipsn": Primitive(lambda m, x: sp.ellipj(x, m)[0], lambda m, u: mp.ellipfun("sn", u, m=m), jacobi_sn, 16),
    "hyp1f1": Primitive(
        sp.hyp1f1,
        mp.hyp1f1,
        lambda a, b, u, n: [
            mp.rf(a, k) / mp.rf(b, k) / math.factorial(k) * mp.hyp1f1(a + k, b + k, u) for k in range(n + 1)
        ],
        16,
    ),
    "hyp2f1": Primitive(
        sp.hyp2f1,
        mp.hyp2f1,
        lambda a, b, c, u, n: [
            mp.rf(a, k) * mp.rf(b, k) / mp.rf(c, k) / math.factorial(k) * mp.hyp2f1(a + k, b + k, c + k, u)
            for k in range(n + 1)
        ],
        16,
    ),
    # inverses, and Li2(1 - x)
    "spence": Primitive(
        sp.spence,
        lambda u: mp.polylog(2, 1 - u),
        lambda u, n: integral(mp.polylog(2, 1 - u), MP.log(V(u, n)) / (1 - V(u, n))),
        8,
    ),
    "lambertw": Primitive(
        lambda x: sp.lambertw(x).real,
        lambda u: mp.lambertw(u).real,
        lambda u, n: inverse(lambda w: w * MP.exp(w), mp.lambertw(u).real, n),
        4,
    ),
    "kepler": Primitive(
        _kepler_float,
        _kepler_mp,
        lambda e, u, n: inverse(lambda w: w - e * MP.sin(w), _kepler_mp(e, u), n),
        8,
    ),
}


def _on_mp(primitive):
    def call(*arguments):
        # as mpf, so that v - 1 and the like are not rounded to float64
        *parameters, u = (mpf(a) if isinstance(a, int | float) else a for a in arguments)
        if isinstance(u, Series):
            return u.compose(primitive.taylor(*parameters, u.c[0], len(u.c) - 1))
        if isinstance(u, Rounded):
            value, slope = primitive.taylor(*parameters, u.value, 1)
            size = abs(value) if primitive.ulps == 2 else abs(value) + abs(slope * u.value)
            return Rounded(value, abs(slope) * u.error + primitive.ulps * size - abs(value))
        return primitive.mp(*parameters, u)

    return call


NUMPY = SimpleNamespace(**{name: p.numeric for name, p in PRIMITIVES.items()})
MP = SimpleNamespace(**{name: _on_mp(p) for name, p in PRIMITIVES.items()})


def on_mp(body, x, digits=50):
    """A body of several variables at the floats x, as mpmath numbers."""
    with mp.workdps(digits):
        return body(MP, [mpf(float(a)) for a in x])
