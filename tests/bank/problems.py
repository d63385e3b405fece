"""The bank: functions with known derivatives, on which the library is measured.

``PROBLEMS`` are smooth scalar functions; ``exact`` gives their derivatives to 50 digits and ``sample`` draws
points. ``HARD`` are single points where a derivative does not exist or is out of the ordinary, ``NOISY`` are
smooth functions seen through noise or rounding, ``VECTOR`` and ``UNEVEN`` are functions of arrays with their
Jacobians. Published functions name their source; the systems among them are those of `published`.

The body of a scalar problem is written once, over a namespace ``m`` of elementary and special functions, and
read in four ways: on float64 (``Problem.f``), on mpmath numbers (``Problem.mp``), on truncated Taylor series
over mpmath numbers (``exact``), and on numbers that carry a bound of their rounding error (``roundoff``).
All mean the same function, since the constants in a body are Python floats and ints below 2^53, which mpmath
takes over exactly.
"""

import itertools
import math
import operator
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import scipy.special as sp
from mpmath import mp, mpf

from tests.bank.published import SYSTEMS, System

inf = math.inf
EPS = float(np.finfo(np.float64).eps)

# ----------------------------------------------------------------------------
# Truncated Taylor series and rounding bounds: two ways to read a body
# ----------------------------------------------------------------------------


class Series:
    """A Taylor series in t, cut after the degree of its coefficient list (low order first)."""

    __slots__ = ("c",)

    def __init__(self, coefficients):
        self.c = list(coefficients)

    @classmethod
    def variable(cls, u, degree):
        """u + t."""
        return cls([mpf(u), mpf(1)][: degree + 1] + [mpf(0)] * (degree - 1))

    def compose(self, taylor):
        """g(self) from the Taylor coefficients of g at self.c[0]."""
        if not any(self.c[2:]):
            slope = self.c[1] if len(self.c) > 1 else mpf(0)
            return Series(a * slope**k for k, a in enumerate(taylor))
        delta = Series([mpf(0), *self.c[1:]])
        result = Series([taylor[-1]] + [mpf(0)] * (len(self.c) - 1))
        for a in reversed(taylor[:-1]):
            result = result * delta + a
        return result

    def __neg__(self):
        return Series(-a for a in self.c)

    def __add__(self, other):
        if isinstance(other, Series):
            return Series(map(operator.add, self.c, other.c))
        return Series([self.c[0] + other, *self.c[1:]])

    __radd__ = __add__

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, Series):
            return Series(mp.fdot(self.c[: k + 1], other.c[k::-1]) for k in range(len(self.c)))
        return Series(a * other for a in self.c)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if not isinstance(other, Series):
            return Series(a / other for a in self.c)
        quotient = []
        for k, a in enumerate(self.c):
            quotient.append((a - mp.fdot(quotient, other.c[k:0:-1])) / other.c[0])
        return Series(quotient)

    def __rtruediv__(self, other):
        return Series([mpf(other)] + [mpf(0)] * (len(self.c) - 1)) / self

    def __pow__(self, p):
        if p == 2:
            return self * self
        return self.compose(_power(p, self.c[0], len(self.c) - 1))


class Rounded:
    """A value with a bound, in units of eps, of the error of computing it in float64.

    Running error analysis: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3. Every
    operation adds one eps of its result, twice what correct rounding needs.
    """

    __slots__ = ("error", "value")

    def __init__(self, value, error):
        self.value, self.error = value, error + abs(value)

    @classmethod
    def exactly(cls, x):
        return cls(mpf(x), -abs(mpf(x)))

    @staticmethod
    def _split(other):
        return (other.value, other.error) if isinstance(other, Rounded) else (other, 0)

    def __neg__(self):
        return self * -1

    def __add__(self, other):
        v, e = self._split(other)
        return Rounded(self.value + v, self.error + e)

    __radd__ = __add__

    def __sub__(self, other):
        v, e = self._split(other)
        return Rounded(self.value - v, self.error + e)

    def __rsub__(self, other):
        return Rounded(other - self.value, self.error)

    def __mul__(self, other):
        v, e = self._split(other)
        return Rounded(self.value * v, self.error * abs(v) + abs(self.value) * e)

    __rmul__ = __mul__

    def __truediv__(self, other):
        v, e = self._split(other)
        q = self.value / v
        return Rounded(q, (self.error + abs(q) * e) / abs(v))

    def __rtruediv__(self, other):
        return Rounded.exactly(other) / self

    def __pow__(self, p):
        value, slope = _power(p, self.value, 1)
        return Rounded(value, abs(slope) * self.error)


# ----------------------------------------------------------------------------
# Taylor coefficients c_0 .. c_n at u of the functions that a body may call
# ----------------------------------------------------------------------------


def _power(p, u, n):
    # falling factorials end at 0 for an integer p, before a negative power of u = 0 could be met
    p, binomial, out = mpf(p), mpf(1), []
    for k in range(n + 1):
        out.append(binomial * u ** (p - k) if binomial else mpf(0))
        binomial = binomial * (p - k) / (k + 1)
    return out


def _derivatives(values):
    return [d / math.factorial(k) for k, d in enumerate(values)]


def _cycle(values, n):
    return _derivatives(itertools.islice(itertools.cycle(values), n + 1))


def _integral(value, series):
    """Coefficients of the antiderivative of ``series`` that takes ``value`` at t = 0, to the same degree."""
    return [value] + [a / (k + 1) for k, a in enumerate(series.c[:-1])]


def _riccati(value, a, b, n):
    """y' = a + b y^2: tan, tanh."""
    c = [value]
    for k in range(n):
        c.append(((a if k == 0 else 0) + b * mp.fdot(c, c[::-1])) / (k + 1))
    return c


def _linear(value, slope, constant, u, n):
    """y' = slope x y + constant: erfcx, Dawson and Faddeeva functions."""
    c = [value]
    for k in range(n):
        previous = c[k - 1] if k else 0
        c.append((slope * (u * c[k] + previous) + (constant if k == 0 else 0)) / (k + 1))
    return c


def _airy(value, slope, u, n):
    """y'' = x y."""
    c = [value, slope]
    for k in range(n - 1):
        c.append((u * c[k] + (c[k - 1] if k else 0)) / ((k + 1) * (k + 2)))
    return c[: n + 1]


def _bessel(value, slope, sign, v, u, n):
    """x^2 y'' + x y' + (sign x^2 - v^2) y = 0."""
    c = [value, slope]
    for k in range(n - 1):
        rest = u * (k + 1) * (2 * k + 1) * c[k + 1] + (k * k - mpf(v) ** 2 + sign * u * u) * c[k]
        rest += sign * (2 * u * (c[k - 1] if k else 0) + (c[k - 2] if k > 1 else 0))
        c.append(-rest / (u * u * (k + 1) * (k + 2)))
    return c[: n + 1]


def _gamma(u, n):
    """y' = psi y."""
    psi = _psi(u, n)
    c = [mp.gamma(u)]
    for k in range(n):
        c.append(mp.fdot(c, psi[k::-1]) / (k + 1))
    return c


def _psi(u, n):
    return _derivatives(mp.psi(k, u) for k in range(n + 1))


def _elliptic(u, n):
    """Complete integrals by 2 m (1 - m) K' = E - (1 - m) K and 2 m E' = E - K."""
    k_, e_ = [mp.ellipk(u)], [mp.ellipe(u)]
    for k in range(n):
        before = k_[k - 1] if k else 0
        rest = e_[k] - (1 - u) * k_[k] + before - 2 * (1 - 2 * u) * k * k_[k] + 2 * (k - 1) * before
        e_.append((e_[k] - k_[k] - 2 * k * e_[k]) / (2 * u * (k + 1)))
        k_.append(rest / (2 * u * (1 - u) * (k + 1)))
    return k_, e_


def _jacobi_sn(m, u, n):
    """sn' = cn dn, cn' = -sn dn, dn' = -m sn cn."""
    s, c, d = ([mp.ellipfun(kind, u, m=m)] for kind in ("sn", "cn", "dn"))
    for k in range(n):
        new = mp.fdot(c, d[::-1]), -mp.fdot(s, d[::-1]), -m * mp.fdot(s, c[::-1])
        for y, value in zip((s, c, d), new, strict=True):
            y.append(value / (k + 1))
    return s


def _inverse(g, value, n):
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


def _faddeeva(z):
    return mp.exp(-z * z) * mp.erfc(-1j * z)


def _voigt(sigma, gamma, u, n):
    z = mp.mpc(u, gamma) / (sigma * mp.sqrt(2))
    w = _linear(_faddeeva(z), -2, 2j / mp.sqrt(mp.pi), z, n)
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


def _recurred(bessel, v, u, sign):
    """A Bessel function and its slope, by C_v' = +-C_(v-1) - v/x C_v."""
    value = bessel(v, u)
    return value, sign * bessel(v - 1, u) - v / u * value


def _ndtr(x):
    return MP.erfc(x * (-1 / mp.sqrt(2))) / 2


PRIMITIVES = {
    # elementary
    "exp": Primitive(np.exp, mp.exp, lambda u, n: _cycle([mp.exp(u)], n)),
    "expm1": Primitive(np.expm1, mp.expm1, lambda u, n: [mp.expm1(u), *_cycle([mp.exp(u)], n)[1:]]),
    "log": Primitive(np.log, mp.log, lambda u, n: _integral(mp.log(u), 1 / V(u, n))),
    "log1p": Primitive(np.log1p, mp.log1p, lambda u, n: _integral(mp.log1p(u), 1 / V(1 + u, n))),
    "sqrt": Primitive(np.sqrt, mp.sqrt, lambda u, n: _power(0.5, u, n)),
    "cbrt": Primitive(
        np.cbrt,
        lambda u: mp.sign(u) * mp.cbrt(abs(u)),
        lambda u, n: [a * mp.sign(u) ** (k + 1) for k, a in enumerate(_power(mpf(1) / 3, abs(u), n))],
    ),
    "sin": Primitive(np.sin, mp.sin, lambda u, n: _cycle([mp.sin(u), mp.cos(u), -mp.sin(u), -mp.cos(u)], n)),
    "cos": Primitive(np.cos, mp.cos, lambda u, n: _cycle([mp.cos(u), -mp.sin(u), -mp.cos(u), mp.sin(u)], n)),
    "tan": Primitive(np.tan, mp.tan, lambda u, n: _riccati(mp.tan(u), 1, 1, n)),
    "sinh": Primitive(np.sinh, mp.sinh, lambda u, n: _cycle([mp.sinh(u), mp.cosh(u)], n)),
    "cosh": Primitive(np.cosh, mp.cosh, lambda u, n: _cycle([mp.cosh(u), mp.sinh(u)], n)),
    "tanh": Primitive(np.tanh, mp.tanh, lambda u, n: _riccati(mp.tanh(u), 1, -1, n)),
    "arcsin": Primitive(np.arcsin, mp.asin, lambda u, n: _integral(mp.asin(u), (1 - V(u, n) ** 2) ** -0.5)),
    "arccos": Primitive(np.arccos, mp.acos, lambda u, n: _integral(mp.acos(u), -((1 - V(u, n) ** 2) ** -0.5))),
    "arctan": Primitive(np.arctan, mp.atan, lambda u, n: _integral(mp.atan(u), 1 / (1 + V(u, n) ** 2))),
    "arcsinh": Primitive(np.arcsinh, mp.asinh, lambda u, n: _integral(mp.asinh(u), (1 + V(u, n) ** 2) ** -0.5)),
    "arccosh": Primitive(np.arccosh, mp.acosh, lambda u, n: _integral(mp.acosh(u), (V(u, n) ** 2 - 1) ** -0.5)),
    "arctanh": Primitive(np.arctanh, mp.atanh, lambda u, n: _integral(mp.atanh(u), 1 / (1 - V(u, n) ** 2))),
    # error functions and their kin
    "erf": Primitive(sp.erf, mp.erf, lambda u, n: _integral(mp.erf(u), 2 / mp.sqrt(mp.pi) * _exp_minus_square(u, n))),
    "erfc": Primitive(
        sp.erfc, mp.erfc, lambda u, n: _integral(mp.erfc(u), -2 / mp.sqrt(mp.pi) * _exp_minus_square(u, n)), 4
    ),
    "erfcx": Primitive(
        sp.erfcx,
        lambda u: mp.exp(u * u) * mp.erfc(u),
        lambda u, n: _linear(mp.exp(u * u) * mp.erfc(u), 2, -2 / mp.sqrt(mp.pi), u, n),
        4,
    ),
    "dawsn": Primitive(sp.dawsn, _dawson, lambda u, n: _linear(_dawson(u), -2, 1, u, n), 4),
    "ndtr": Primitive(sp.ndtr, _ndtr, lambda u, n: _ndtr(V(u, n)).c, 4),
    "ndtri": Primitive(sp.ndtri, _ndtri, lambda u, n: _inverse(_ndtr, _ndtri(u), n), 8),
    "voigt": Primitive(lambda s, g, x: sp.voigt_profile(x, s, g), lambda s, g, u: _voigt(s, g, u, 0)[0], _voigt, 16),
    "fresnels": Primitive(
        lambda x: sp.fresnel(x)[0],
        mp.fresnels,
        lambda u, n: _integral(mp.fresnels(u), MP.sin(V(u, n) ** 2 * (mp.pi / 2))),
        4,
    ),
    # exponential integrals, gamma and zeta
    "expi": Primitive(sp.expi, mp.ei, lambda u, n: _integral(mp.ei(u), MP.exp(V(u, n)) / V(u, n)), 8),
    "exp1": Primitive(sp.exp1, mp.e1, lambda u, n: _integral(mp.e1(u), -MP.exp(-V(u, n)) / V(u, n)), 8),
    "si": Primitive(lambda x: sp.sici(x)[0], mp.si, lambda u, n: _integral(mp.si(u), MP.sin(V(u, n)) / V(u, n)), 4),
    "gamma": Primitive(sp.gamma, mp.gamma, _gamma, 8),
    "gammaln": Primitive(sp.gammaln, mp.loggamma, lambda u, n: _integral(mp.loggamma(u), Series(_psi(u, n))), 8),
    "psi": Primitive(sp.psi, lambda u: mp.psi(0, u), _psi, 8),
    "zeta": Primitive(sp.zeta, mp.zeta, lambda u, n: _derivatives(mp.zeta(u, 1, k) for k in range(n + 1)), 8),
    "gammainc": Primitive(
        sp.gammainc,
        lambda a, u: mp.gammainc(a, 0, u, regularized=True),
        lambda a, u, n: _integral(MP.gammainc(a, u), V(u, n) ** (a - 1) * MP.exp(-V(u, n)) / mp.gamma(a)),
        16,
    ),
    "betainc": Primitive(
        sp.betainc,
        lambda a, b, u: mp.betainc(a, b, 0, u, regularized=True),
        lambda a, b, u, n: _integral(
            MP.betainc(a, b, u), V(u, n) ** (a - 1) * (1 - V(u, n)) ** (b - 1) / mp.beta(a, b)
        ),
        16,
    ),
    # Bessel, Airy, elliptic, hypergeometric
    "jv": Primitive(sp.jv, mp.besselj, lambda v, u, n: _bessel(*_recurred(mp.besselj, v, u, 1), 1, v, u, n), 64),
    "yv": Primitive(sp.yv, mp.bessely, lambda v, u, n: _bessel(*_recurred(mp.bessely, v, u, 1), 1, v, u, n), 64),
    "iv": Primitive(sp.iv, mp.besseli, lambda v, u, n: _bessel(*_recurred(mp.besseli, v, u, 1), -1, v, u, n), 64),
    "kv": Primitive(sp.kv, mp.besselk, lambda v, u, n: _bessel(*_recurred(mp.besselk, v, u, -1), -1, v, u, n), 64),
    "airyai": Primitive(
        lambda x: sp.airy(x)[0],
        mp.airyai,
        lambda u, n: _airy(mp.airyai(u), mp.airyai(u, derivative=1), u, n),
        64,
    ),
    "airybi": Primitive(
        lambda x: sp.airy(x)[2],
        mp.airybi,
        lambda u, n: _airy(mp.airybi(u), mp.airybi(u, derivative=1), u, n),
        64,
    ),
    "ellipk": Primitive(sp.ellipk, mp.ellipk, lambda u, n: _elliptic(u, n)[0], 4),
    "ellipe": Primitive(sp.ellipe, mp.ellipe, lambda u, n: _elliptic(u, n)[1], 4),
    "ellipsn": Primitive(lambda m, x: sp.ellipj(x, m)[0], lambda m, u: mp.ellipfun("sn", u, m=m), _jacobi_sn, 16),
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
        lambda u, n: _integral(mp.polylog(2, 1 - u), MP.log(V(u, n)) / (1 - V(u, n))),
        8,
    ),
    "lambertw": Primitive(
        lambda x: sp.lambertw(x).real,
        lambda u: mp.lambertw(u).real,
        lambda u, n: _inverse(lambda w: w * MP.exp(w), mp.lambertw(u).real, n),
        4,
    ),
    "kepler": Primitive(
        _kepler_float,
        _kepler_mp,
        lambda e, u, n: _inverse(lambda w: w - e * MP.sin(w), _kepler_mp(e, u), n),
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


# ----------------------------------------------------------------------------
# Problems, their samplers and their exact derivatives
# ----------------------------------------------------------------------------

GROUPS = {
    "smooth": "elementary functions that vary on the scale of 1",
    "scale": "x or f far from 1, from subnormal numbers to the largest",
    "narrow": "features far narrower or wider than |x|, at zero and away from it",
    "pole": "near a pole or an essential singularity",
    "branch": "near a branch point: roots and logarithms",
    "near_kink": "smooth, but a kink at any coarser scale",
    "oscillation": "many periods, within |x| or towards a point",
    "offset": "a large constant hides the part that varies",
    "cancellation": "the formula loses digits that the function has; f is far less accurate than eps |f|",
    "vanishing": "some derivative is zero or nearly so: extrema, inflections, symmetry",
    "special": "special functions",
    "physics": "formulas of physics, chemistry, biology, statistics and finance, in their own units",
    "edge": "near the end of the domain, or of the floating-point range",
    "composite": "iterations, recurrences, sums and nested functions",
    "published": "test functions of papers, manuals and textbooks, around the points that they give",
}

Points = Callable[[np.random.Generator, int], np.ndarray]


def uniform(lo: float, hi: float) -> Points:
    return lambda rng, n: rng.uniform(lo, hi, n)


def loguniform(lo: float, hi: float) -> Points:
    return lambda rng, n: np.clip(np.exp(rng.uniform(math.log(lo), math.log(hi), n)), lo, hi)


def normal(center: float, width: float) -> Points:
    return lambda rng, n: center + width * rng.standard_normal(n)


def signed(points: Points) -> Points:
    return lambda rng, n: points(rng, n) * rng.choice([-1.0, 1.0], n)


def above(center: float, points: Points) -> Points:
    return lambda rng, n: center + points(rng, n)


def below(center: float, points: Points) -> Points:
    return lambda rng, n: center - points(rng, n)


def at(*xs: float) -> Points:
    return lambda rng, n: rng.choice(np.array(xs, dtype=float), n)


def either(one: Points, other: Points) -> Points:
    return lambda rng, n: np.where(rng.random(n) < 0.5, one(rng, n), other(rng, n))


@dataclass(frozen=True, eq=False)
class Problem:
    """A scalar function, smooth at every sampled point.

    ``points(rng, n)`` draws n float64 points; ``bounds`` is the closure of the domain in which they lie
    (poles do not bound it). Elsewhere ``f`` is what numpy makes of it, mostly NaN with a warning. ``source`` tells
    where a published function is from.
    """

    name: str
    group: str
    body: Callable
    points: Points
    bounds: tuple[float, float] = (-inf, inf)
    note: str = ""
    source: str = ""

    def f(self, x):
        """The function in float64: a float for a number, an array for an array."""
        if isinstance(x, np.ndarray):
            return self.body(NUMPY, x)
        # numpy's arithmetic, not Python's: outside the domain x**p and 1/x are NaN and inf on both paths
        return float(self.body(NUMPY, np.float64(x)))

    def mp(self, x):
        """The same function in mpmath, at its working precision."""
        return self.body(MP, x)

    def sample(self, seed: int, n: int) -> list[float]:
        """n points, which depend on nothing but the seed and the name."""
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        return [float(x) for x in self.points(rng, n)]

    def __repr__(self):
        return f"<Problem {self.name}>"


@cache
def _exact(problem, x, degree):
    before = None
    for digits in (70, 140, 280, 560, 1120, 2240):
        with mp.workdps(digits):
            c = problem.body(MP, Series.variable(x, degree)).c
            if before is not None and all(
                abs(a - b) <= abs(b) * mpf(10) ** -55 for a, b in zip(before, c, strict=True)
            ):
                return tuple(a * math.factorial(k) for k, a in enumerate(c))
        before = c
    raise ArithmeticError(f"{problem.name}: derivatives at {x!r} do not settle")


def exact(problem: Problem, x: float, order: int):
    """The derivative of any order at the float x, as an mpf right to 50 digits.

    By Taylor arithmetic, so there is no step to choose; the precision is doubled until two of them agree. The
    result may lie outside the range of float64.
    """
    return _exact(problem, float(x), max(order, 4))[order]


def roundoff(problem: Problem, x: float) -> float:
    """A bound of what rounding does to ``problem.f(x)``, by running error analysis; it ignores underflow."""
    with mp.workdps(40):
        return float(problem.body(MP, Rounded.exactly(x)).error * EPS)


def sample(seed: int, per_problem: int, groups: Iterable[str] | None = None) -> list[tuple[Problem, float]]:
    """Points of all problems, or of those in ``groups``."""
    chosen = GROUPS if groups is None else set(groups)
    return [(p, x) for p in PROBLEMS if p.group in chosen for x in p.sample(seed, per_problem)]


# ----------------------------------------------------------------------------
# Bodies that take more than one expression
# ----------------------------------------------------------------------------


def _horner(*coefficients):
    def body(m, x):
        result = coefficients[0] + 0 * x
        for a in coefficients[1:]:
            result = result * x + a
        return result

    return body


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


def _series(term, first, last):
    def body(m, x):
        total = term(m, x, first)
        for k in range(first + 1, last + 1):
            total = total + term(m, x, k)
        return total

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


def _exponential_sum(m, x):
    total = term = 1 + 0 * x
    for k in range(1, 25):
        term = term * x / k
        total = total + term
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
    return _series(lambda m, x, i: peaks[i][0] * m.exp(-(((x - peaks[i][1]) / peaks[i][2]) ** 2)), 0, 2)(m, x)


def _soft_pieces(m, x):
    """A soft maximum of three lines, corners rounded over 1e-2."""
    return (m.log(m.exp(100 * (0.3 - x)) + m.exp(100 * (0.1 * x)) + m.exp(100 * (x - 0.8)))) / 100


def _black_scholes(m, spot, strike, rate, volatility, years):
    spread = volatility * math.sqrt(years)
    d1 = (m.log(spot / strike) + (rate + volatility * volatility / 2) * years) / spread
    return spot * m.ndtr(d1) - strike * math.exp(-rate * years) * m.ndtr(d1 - spread)


def _vega_side(m, x):
    d1 = (math.log(100 / 110) + (0.03 + x * x / 2) * 0.5) / (x * math.sqrt(0.5))
    return 100 * m.ndtr(d1) - 110 * math.exp(-0.015) * m.ndtr(d1 - x * math.sqrt(0.5))


def _brillouin(m, x):
    j = 3.5
    a, b = (2 * j + 1) / (2 * j), 1 / (2 * j)
    return a / m.tanh(a * x) - b / m.tanh(b * x)


def _redlich_kwong(m, v):
    """Carbon dioxide at 350 K, litres and bar."""
    return 0.083145 * 350 / (v - 0.02968) - 64.6 / (math.sqrt(350) * v * (v + 0.02968))


def _goldman(m, x):
    """Membrane potential in volts against the outer potassium concentration in mmol/l."""
    return 0.0267 * m.log((x + 0.04 * 145 + 0.45 * 10) / (140 + 0.04 * 12 + 0.45 * 120))


def _blackbody(m, nu):
    """Spectral radiance at 5772 K, SI units."""
    return 1.4745e-50 * nu**3 / m.expm1(nu * (6.62607015e-34 / (1.380649e-23 * 5772)))


def _two_pulses(m, t):
    """Plasma level after two oral doses eight hours apart, mg/l against hours."""
    first, second = (m.exp(-0.15 * s) - m.exp(-1.2 * s) for s in (t + 8, t))
    return 12.5 * (first + second)


# ----------------------------------------------------------------------------
# The smooth bank
# ----------------------------------------------------------------------------

_SMOOTH = (
    Problem("exp", "smooth", lambda m, x: m.exp(x), uniform(-5, 12)),
    Problem("cos-plus-phase", "smooth", lambda m, x: m.cos(2 * x + 0.7), uniform(-6, 6)),
    Problem("gudermannian", "smooth", lambda m, x: 2 * m.arctan(m.tanh(x / 2)), uniform(-8, 8)),
    Problem("sin-cubed-cos2", "smooth", lambda m, x: m.sin(x) ** 3 - m.cos(2 * x) / 4, uniform(-4, 4)),
    Problem("log-cosh", "smooth", lambda m, x: m.log(2 * m.cosh(x)), uniform(-20, 20)),
    Problem("quintic", "smooth", lambda m, x: x**5 - 3 * x**3 + 2 * x - 7, uniform(-10, 10)),
    Problem("gauss-skew", "smooth", lambda m, x: m.exp(-x * x + x / 2), uniform(-4, 4)),
    Problem("rational-cubic", "smooth", lambda m, x: (x**3 + 2) / (x * x + 3), uniform(-20, 20)),
    Problem("witch-of-agnesi", "smooth", lambda m, x: 8 / (x * x + 4), uniform(-15, 15)),
    Problem("damped-cosine", "smooth", lambda m, x: m.exp(-x / 5) * m.cos(2 * x), uniform(-2, 15)),
    Problem("x-arctan", "smooth", lambda m, x: x * m.arctan(x) - m.log1p(x * x) / 2, signed(loguniform(0.1, 100))),
    Problem("sqrt-quartic", "smooth", lambda m, x: m.sqrt(x**4 + x * x + 1), uniform(-6, 6)),
    Problem("arcsinh", "smooth", lambda m, x: m.arcsinh(x), signed(loguniform(1e-3, 1e3))),
    Problem("logistic-density", "smooth", lambda m, x: m.exp(-x) / (1 + m.exp(-x)) ** 2, uniform(-12, 12)),
    Problem("swish", "smooth", lambda m, x: x / (1 + m.exp(-x)), uniform(-12, 12)),
    Problem("gelu", "smooth", lambda m, x: x * m.ndtr(x), uniform(-5, 5)),
    Problem("mish", "smooth", lambda m, x: x * m.tanh(m.log1p(m.exp(x))), uniform(-10, 10)),
    Problem("softplus", "smooth", lambda m, x: m.log1p(m.exp(x)), uniform(-20, 30)),
    Problem("log-quadratic", "smooth", lambda m, x: m.log(x * x + x + 1), uniform(-8, 8)),
    Problem(
        "flat-at-zero",
        "smooth",
        lambda m, x: m.exp(-1 / (x * x)),
        signed(loguniform(0.15, 5)),
        note="every derivative at 0 vanishes: no Taylor series there",
    ),
    Problem("line-plus-sine", "smooth", lambda m, x: 2 * x + m.sin(x), uniform(-50, 50)),
    Problem("poisson-kernel", "smooth", lambda m, x: 0.75 / (1.25 - m.cos(x)), uniform(-7, 7)),
    Problem("self-power", "smooth", lambda m, x: m.exp(x * m.log(x)), loguniform(0.05, 12), (0, inf)),
    Problem("two-to-the-x", "smooth", lambda m, x: m.exp(x * math.log(2)), uniform(-10, 10)),
    Problem("tanh-sinh", "smooth", lambda m, x: m.tanh(math.pi / 2 * m.sinh(x)), uniform(-2.5, 2.5)),
    Problem("sinh-cos", "smooth", lambda m, x: m.sinh(2 * x) * m.cos(x), uniform(-4, 4)),
    Problem("runge-25", "smooth", lambda m, x: 1 / (1 + 25 * x * x), uniform(-1, 1)),
    Problem("identity", "smooth", lambda m, x: x + 0.0, signed(loguniform(1e-3, 1e3))),
    Problem("affine", "smooth", lambda m, x: 0.1 * x - 2, uniform(-100, 100)),
    Problem("expm1-squared", "smooth", lambda m, x: m.expm1(x) ** 2, uniform(-8, 5)),
    Problem("arctan-of-exp", "smooth", lambda m, x: m.arctan(m.exp(x) - 2), uniform(-4, 6)),
    Problem("tan", "smooth", lambda m, x: m.tan(x / 4), uniform(-5, 5)),
    Problem(
        "reciprocal-quadratics",
        "smooth",
        lambda m, x: 1 / (x * x + 1) - 2 / (x * x + 2 * x + 5),
        uniform(-9, 9),
    ),
    Problem("power-seven-thirds", "smooth", lambda m, x: (2 + m.sin(x)) ** (7 / 3), uniform(-10, 10)),
)

_SCALE = (
    Problem("sqrt-subnormal", "scale", lambda m, x: m.sqrt(x), loguniform(1e-318, 1e-290), (0, inf)),
    Problem("sqrt-huge", "scale", lambda m, x: m.sqrt(x), loguniform(1e250, 1.7e308), (0, inf)),
    Problem("log-subnormal", "scale", lambda m, x: m.log(x), loguniform(1e-318, 1e-280), (0, inf)),
    Problem("log-huge", "scale", lambda m, x: m.log(x), loguniform(1e200, 1.7e308), (0, inf)),
    Problem("log-any", "scale", lambda m, x: m.log(x), loguniform(1e-100, 1e100), (0, inf)),
    Problem("reciprocal-huge", "scale", lambda m, x: 1 / x, loguniform(1e100, 1e300)),
    Problem("reciprocal-tiny", "scale", lambda m, x: 1 / x, signed(loguniform(1e-150, 1e-60))),
    Problem("cube-tiny", "scale", lambda m, x: x**3, signed(loguniform(1e-95, 1e-60))),
    Problem("cube-huge", "scale", lambda m, x: x**3 + 1, signed(loguniform(1e50, 1e100))),
    Problem(
        "affine-subnormal",
        "scale",
        lambda m, x: 3 * x + 1,
        signed(loguniform(1e-320, 1e-290)),
        note="x is lost beside 1 unless the step is far larger than |x|",
    ),
    Problem("affine-huge", "scale", lambda m, x: x / 3 - 5, signed(loguniform(1e290, 1.7e308))),
    Problem("exp-amplitude-1e-290", "scale", lambda m, x: 1e-290 * m.exp(x), uniform(-4, 4)),
    Problem("sin-amplitude-1e290", "scale", lambda m, x: 1e290 * m.sin(x), uniform(-10, 10)),
    Problem("cosh-amplitude-1e305", "scale", lambda m, x: 1e305 * m.cosh(x), uniform(-5, 5)),
    Problem("rational-amplitude-1e-200", "scale", lambda m, x: 1e-200 * x / (1 + x * x), uniform(-5, 5)),
    Problem("arctan-1e300", "scale", lambda m, x: m.arctan(x / 1e300), signed(loguniform(1e297, 1e303))),
    Problem("tanh-1e-300", "scale", lambda m, x: m.tanh(x * 1e300), signed(loguniform(1e-302, 3e-300))),
    Problem("gauss-1e150", "scale", lambda m, x: m.exp(-((x / 1e150) ** 2)), signed(loguniform(1e148, 3e150))),
    Problem("cos-1e-200", "scale", lambda m, x: m.cos(x * 1e200 + 1), signed(loguniform(1e-202, 1e-199))),
    Problem(
        "quartic-1e60",
        "scale",
        lambda m, x: (x / 1e60) ** 4 - (x / 1e60) ** 2,
        signed(loguniform(1e58, 1e62)),
    ),
    Problem("logistic-1e-25", "scale", lambda m, x: 1 / (1 + m.exp(-x * 1e25)), signed(loguniform(1e-27, 2e-24))),
    Problem("power-0.05", "scale", lambda m, x: x**0.05, loguniform(1e-250, 1e250), (0, inf)),
    Problem("power-minus-40", "scale", lambda m, x: x**-40, signed(loguniform(1e-5, 1e5))),
    Problem("power-20", "scale", lambda m, x: x**20, signed(loguniform(1e-10, 1e10))),
    Problem("power-pi", "scale", lambda m, x: x**math.pi, loguniform(1e-60, 1e60), (0, inf)),
    Problem("exp-both-1e180", "scale", lambda m, x: 1e-180 * m.exp(x * 1e180), signed(loguniform(1e-183, 5e-180))),
    Problem("sin-wide-1e15", "scale", lambda m, x: m.sin(x / 1e15), signed(loguniform(1e12, 1e16))),
    Problem("exp-steep-300", "scale", lambda m, x: m.exp(300 * x), uniform(-2, 2)),
    Problem("saturation-1e-120", "scale", lambda m, x: x / (x + 1e-120), loguniform(1e-124, 1e-115)),
    Problem("saturation-1e90", "scale", lambda m, x: x * x / (x * x + 1e180), loguniform(1e87, 1e94)),
    Problem("log-of-sum-1e-40", "scale", lambda m, x: m.log(x + 1e-40), loguniform(1e-44, 1e-30), (-1e-40, inf)),
    Problem("two-scales-apart", "scale", lambda m, x: m.log(x) ** 3 / x, loguniform(1e-20, 1e20), (0, inf)),
    Problem("sqrt-of-quartic-huge", "scale", lambda m, x: m.sqrt(1 + (x / 1e20) ** 4), loguniform(1e18, 1e24)),
    Problem("cbrt-any", "scale", lambda m, x: m.cbrt(x), signed(loguniform(1e-200, 1e200))),
)


def _gauss(center, width):
    return lambda m, x: m.exp(-(((x - center) / width) ** 2))


def _lorentz(center, width):
    return lambda m, x: 1 / (1 + ((x - center) / width) ** 2)


def _step(center, width):
    return lambda m, x: m.tanh((x - center) / width)


_NARROW = (
    Problem("gauss-1e-10-at-0", "narrow", _gauss(0.0, 1e-10), signed(loguniform(1e-12, 4e-10))),
    Problem("gauss-1e10-at-0", "narrow", _gauss(0.0, 1e10), signed(loguniform(1e6, 3e10))),
    Problem(
        "gauss-1e10-deep-inside",
        "narrow",
        _gauss(0.0, 1e10),
        signed(loguniform(1, 1e6)),
        note="f is 1 to all digits: only a step far larger than |x| sees it bend",
    ),
    Problem("gauss-1e-3-at-7", "narrow", _gauss(7.0, 1e-3), normal(7, 1e-3)),
    Problem("gauss-20-at-1e5", "narrow", _gauss(1e5, 20.0), normal(1e5, 20)),
    Problem("gauss-1e-7-at-1", "narrow", _gauss(1.0, 1e-7), normal(1, 1e-7)),
    Problem("lorentz-1e-8-at-0", "narrow", _lorentz(0.0, 1e-8), signed(loguniform(1e-10, 1e-6))),
    Problem("lorentz-1e-4-at-12", "narrow", _lorentz(12.0, 1e-4), normal(12, 2e-4)),
    Problem("lorentz-1e6-at-minus-1e6", "narrow", _lorentz(-1e6, 1e6), normal(0, 2e6)),
    Problem("lorentz-5e-7-at-1000", "narrow", _lorentz(1e3, 5e-7), normal(1e3, 5e-7)),
    Problem("tanh-1e-6-at-0", "narrow", _step(0.0, 1e-6), signed(loguniform(1e-8, 5e-6))),
    Problem("tanh-1e-5-at-3", "narrow", _step(3.0, 1e-5), normal(3, 1e-5)),
    Problem("tanh-0.1-at-1e4", "narrow", _step(1e4, 0.1), normal(1e4, 0.1)),
    Problem("tanh-1e9-at-0", "narrow", _step(0.0, 1e9), signed(loguniform(1e5, 5e9))),
    Problem("sech2-1e-6-at-2", "narrow", lambda m, x: 1 / m.cosh((x - 2) * 1e6) ** 2, normal(2, 1e-6)),
    Problem("erf-1e-4-at-minus-5", "narrow", lambda m, x: m.erf((x + 5) * 1e4), normal(-5, 1e-4)),
    Problem("arctan-1e-7-at-40", "narrow", lambda m, x: m.arctan((x - 40) * 1e7), normal(40, 2e-7)),
    Problem("bump-on-sine", "narrow", lambda m, x: m.sin(x) + m.exp(-(((x - 2) * 500) ** 2)), normal(2, 2e-3)),
    Problem("dip-on-line", "narrow", lambda m, x: 5 * x - 1e-3 / (1 + ((x - 1) * 1e4) ** 2), normal(1, 3e-4)),
    Problem(
        "gauss-derivative-1e-9",
        "narrow",
        lambda m, x: x * 1e9 * m.exp(-((x * 1e9) ** 2)),
        signed(loguniform(1e-11, 3e-9)),
    ),
    Problem(
        "double-peak",
        "narrow",
        lambda m, x: _lorentz(1.0, 1e-3)(m, x) + _lorentz(1.004, 1e-3)(m, x),
        uniform(0.995, 1.01),
    ),
    Problem("logistic-1e-3-at-0.5", "narrow", lambda m, x: 1 / (1 + m.exp((0.5 - x) * 1e3)), normal(0.5, 3e-3)),
    Problem(
        "peak-near-wide-peak",
        "narrow",
        lambda m, x: _gauss(0.0, 30.0)(m, x) + _gauss(10.0, 0.01)(m, x) / 50,
        normal(10, 0.02),
    ),
    Problem("gompertz-steep", "narrow", lambda m, x: m.exp(-m.exp((1.5 - x) * 2e3)), normal(1.5, 4e-4)),
)

_POLE = (
    Problem("pole-2-below", "pole", lambda m, x: 1 / (x - 2), below(2, loguniform(1e-7, 1))),
    Problem(
        "pole-pi-both-sides",
        "pole",
        lambda m, x: 1 / (x - 3.14159),
        above(3.14159, signed(loguniform(1e-5, 1))),
    ),
    Problem("double-pole-minus-1", "pole", lambda m, x: 1 / (x + 1) ** 2, above(-1, signed(loguniform(1e-5, 1)))),
    Problem("pole-1e6", "pole", lambda m, x: (x + 3) / (x - 1e6), above(1e6, signed(loguniform(1e-3, 10)))),
    Problem("cotangent-at-0", "pole", lambda m, x: m.cos(x) / m.sin(x), signed(loguniform(1e-6, 1))),
    Problem("cosecant-near-pi", "pole", lambda m, x: 1 / m.sin(x), below(math.pi, loguniform(1e-5, 1))),
    Problem("secant", "pole", lambda m, x: 1 / m.cos(x), below(math.pi / 2, loguniform(1e-6, 1.5))),
    Problem("tan-squared", "pole", lambda m, x: m.tan(x) ** 2, below(math.pi / 2, loguniform(1e-4, 1.5))),
    Problem("coth", "pole", lambda m, x: 1 / m.tanh(x), signed(loguniform(1e-8, 10))),
    Problem("reciprocal-log", "pole", lambda m, x: 1 / m.log(x), above(1, signed(loguniform(1e-5, 0.5))), (0, inf)),
    Problem("reciprocal-expm1", "pole", lambda m, x: 1 / m.expm1(x), signed(loguniform(1e-9, 20))),
    Problem("pole-pair", "pole", lambda m, x: 1 / ((x - 1) * (x - 1.001)), uniform(1.0001, 1.0009)),
    Problem("complex-poles-1e-4", "pole", lambda m, x: 1 / ((x - 5) ** 2 + 1e-8), normal(5, 3e-4)),
    Problem("complex-poles-1e-6-at-0", "pole", lambda m, x: 1 / (x * x + 1e-12), signed(loguniform(1e-7, 1e-5))),
    Problem("cubic-pole-at-1", "pole", lambda m, x: x / (1 - x) ** 3, below(1, loguniform(1e-4, 1))),
    Problem(
        "essential",
        "pole",
        lambda m, x: m.exp(1 / x),
        loguniform(0.01, 10),
        note="an essential singularity at 0: every scale down to x^2 matters",
    ),
    Problem("residues-far-apart", "pole", lambda m, x: 1 / (x - 1) + 1e6 / (x + 50), above(1, loguniform(1e-6, 1))),
    Problem("log-pole", "pole", lambda m, x: m.log(x) / (x - 3), above(3, signed(loguniform(1e-5, 1))), (0, inf)),
    Problem("tan-many-poles", "pole", lambda m, x: m.tan(20 * x), uniform(0, 3)),
    Problem("pole-tenth-order", "pole", lambda m, x: (x - 1) ** -10, above(1, signed(loguniform(1e-3, 1)))),
)

_BRANCH = (
    Problem("sqrt-at-0", "branch", lambda m, x: m.sqrt(x), loguniform(1e-9, 1e9), (0, inf)),
    Problem("sqrt-above-5", "branch", lambda m, x: m.sqrt(x - 5), above(5, loguniform(1e-6, 10)), (5, inf)),
    Problem("cbrt-near-0", "branch", lambda m, x: m.cbrt(x), signed(loguniform(1e-10, 1e3))),
    Problem("cbrt-of-x-minus-8", "branch", lambda m, x: m.cbrt(x - 8), above(8, signed(loguniform(1e-6, 1)))),
    Problem(
        "power-two-thirds",
        "branch",
        lambda m, x: (x + 1) ** (2 / 3),
        above(-1, loguniform(1e-6, 2)),
        (-1, inf),
    ),
    Problem(
        "power-three-halves-at-4",
        "branch",
        lambda m, x: (x - 4) ** 1.5,
        above(4, loguniform(1e-4, 5)),
        (4, inf),
    ),
    Problem("power-0.99", "branch", lambda m, x: x**0.99, loguniform(1e-8, 1e4), (0, inf)),
    Problem("x-log-x", "branch", lambda m, x: x * m.log(x), loguniform(1e-8, 10), (0, inf)),
    Problem("x2-log-x", "branch", lambda m, x: x * x * m.log(x), loguniform(1e-4, 12), (0, inf)),
    Problem("sqrt-times-log", "branch", lambda m, x: m.sqrt(x) * m.log(x), loguniform(1e-8, 1e4), (0, inf)),
    Problem("log-log", "branch", lambda m, x: m.log(m.log(x)), above(1, loguniform(1e-4, 1e3)), (1, inf)),
    Problem("log-above-1000", "branch", lambda m, x: m.log(x - 1e3), above(1e3, loguniform(1e-4, 1e3)), (1e3, inf)),
    Problem("seventh-root", "branch", lambda m, x: x ** (1 / 7), loguniform(1e-12, 1e12), (0, inf)),
    Problem("sqrt-of-sine", "branch", lambda m, x: m.sqrt(m.sin(x)), loguniform(1e-6, 3), (0, math.pi)),
    Problem(
        "fourth-root-gap",
        "branch",
        lambda m, x: (x * x - 4) ** 0.25,
        above(2, loguniform(1e-5, 10)),
        (2, inf),
    ),
    Problem("half-powers", "branch", lambda m, x: x**2.5 - x**1.5 + 3 * x**0.5, loguniform(1e-7, 1e3), (0, inf)),
    Problem("arccosh", "branch", lambda m, x: m.arccosh(x), above(1, loguniform(1e-5, 100)), (1, inf)),
    Problem("exp-minus-sqrt", "branch", lambda m, x: m.exp(-m.sqrt(x)), loguniform(1e-8, 400), (0, inf)),
    Problem("cos-sqrt", "branch", lambda m, x: m.cos(m.sqrt(x)), loguniform(1e-6, 1e5), (0, inf)),
    Problem("log-squared", "branch", lambda m, x: m.log(x) ** 2, loguniform(1e-10, 1e10), (0, inf)),
    Problem("arctan-sqrt", "branch", lambda m, x: m.arctan(m.sqrt(x)), loguniform(1e-8, 1e8), (0, inf)),
    Problem("log-sine", "branch", lambda m, x: m.log(m.sin(x)), loguniform(1e-4, 3.1), (0, math.pi)),
)

_NEAR_KINK = (
    Problem("hypot-1e-4", "near_kink", lambda m, x: m.sqrt(x * x + 1e-8), signed(loguniform(1e-6, 1e-2))),
    Problem("hypot-1e-6", "near_kink", lambda m, x: m.sqrt(x * x + 1e-12), signed(loguniform(1e-8, 1e-3))),
    Problem("hypot-1e-3-at-3", "near_kink", lambda m, x: m.sqrt((x - 3) ** 2 + 1e-6), normal(3, 3e-3)),
    Problem("hypot-on-parabola", "near_kink", lambda m, x: x * x + m.sqrt((x - 1) ** 2 + 1e-10), normal(1, 1e-4)),
    Problem(
        "log-cosh-1e4",
        "near_kink",
        lambda m, x: m.log(2 * m.cosh(1e4 * x)) / 1e4,
        signed(loguniform(1e-6, 2e-3)),
    ),
    Problem("softplus-1e4", "near_kink", lambda m, x: m.log1p(m.exp(1e4 * (x - 1))) / 1e4, normal(1, 3e-4)),
    Problem(
        "smooth-maximum",
        "near_kink",
        lambda m, x: m.sin(x) + m.cos(x) + m.sqrt((m.sin(x) - m.cos(x)) ** 2 + 1e-6),
        normal(math.pi / 4, 2e-3),
    ),
    Problem(
        "pseudo-huber-1e-4",
        "near_kink",
        lambda m, x: 1e-4 * (m.sqrt(1 + (x * 1e4) ** 2) - 1),
        signed(loguniform(1e-4, 1e-2)),
    ),
    Problem("x-tanh-1e5", "near_kink", lambda m, x: x * m.tanh(1e5 * x), signed(loguniform(1e-7, 1e-4))),
    Problem(
        "smooth-absolute",
        "near_kink",
        lambda m, x: x * x / m.sqrt(x * x + 1e-10),
        signed(loguniform(1e-7, 1e-3)),
    ),
    Problem("ramp-hypot-1e-6", "near_kink", lambda m, x: x + m.sqrt(x * x + 1e-12), loguniform(1e-8, 1e-3)),
    Problem("near-cusp", "near_kink", lambda m, x: ((x - 2) ** 2 + 1e-8) ** (1 / 3), normal(2, 3e-4)),
    Problem("swish-1e6", "near_kink", lambda m, x: x / (1 + m.exp(-1e6 * x)), signed(loguniform(1e-8, 1e-5))),
    Problem("rounded-triangle-wave", "near_kink", lambda m, x: m.arcsin(0.99999 * m.sin(x)), uniform(0, 6)),
    Problem("rounded-square-wave", "near_kink", lambda m, x: m.arctan(m.sin(x) / 1e-3), uniform(0, 6)),
    Problem("rounded-corners", "near_kink", _soft_pieces, uniform(-1, 2)),
    Problem(
        "avoided-crossing",
        "near_kink",
        lambda m, x: (x + 1) / 2 - m.sqrt((x - 1) ** 2 / 4 + 1e-8),
        above(1, signed(loguniform(1e-6, 1e-2))),
    ),
)

_OSCILLATION = (
    Problem("sin-1000", "oscillation", lambda m, x: m.sin(1000 * x), uniform(-3, 3)),
    Problem("cos-1e4", "oscillation", lambda m, x: m.cos(1e4 * x + 0.3), uniform(0.5, 2)),
    Problem("sin-large-argument", "oscillation", lambda m, x: m.sin(x), loguniform(1e2, 1e7)),
    Problem("chirp-square", "oscillation", lambda m, x: m.sin(x * x), uniform(0.1, 60)),
    Problem("chirp-cube", "oscillation", lambda m, x: m.cos(x**3), uniform(0.1, 15)),
    Problem("chirp-exponential", "oscillation", lambda m, x: m.sin(m.exp(x)), uniform(-3, 7)),
    Problem("sin-of-reciprocal", "oscillation", lambda m, x: m.sin(1 / x), loguniform(3e-3, 10)),
    Problem("x-sin-50-over-x", "oscillation", lambda m, x: x * m.sin(50 / x), loguniform(0.1, 100)),
    Problem("log-periodic", "oscillation", lambda m, x: m.cos(20 * m.log(x)), loguniform(1e-6, 1e6), (0, inf)),
    Problem("beat", "oscillation", lambda m, x: m.sin(40 * x) * m.cos(41.5 * x), uniform(0, 10)),
    Problem(
        "amplitude-modulated",
        "oscillation",
        lambda m, x: (1 + m.cos(3 * x) / 2) * m.sin(80 * x),
        uniform(0, 6),
    ),
    Problem("frequency-modulated", "oscillation", lambda m, x: m.sin(20 * x + 5 * m.sin(3 * x)), uniform(0, 6)),
    Problem("cos-of-cos", "oscillation", lambda m, x: m.cos(20 * m.cos(x)), uniform(-3, 3)),
    Problem("sawtooth-12-terms", "oscillation", _series(lambda m, x, k: m.sin(k * x) / k, 1, 12), uniform(0.1, 6)),
    Problem("exp-sin-200", "oscillation", lambda m, x: m.exp(m.sin(200 * x)), uniform(0.1, 3)),
    Problem("dirichlet-kernel", "oscillation", lambda m, x: m.sin(20.5 * x) / m.sin(x / 2), uniform(0.1, 6)),
    Problem(
        "weierstrass-4-terms",
        "oscillation",
        _series(lambda m, x, k: 0.5**k * m.cos(5**k * x), 0, 3),
        uniform(-3, 3),
    ),
    Problem("airy-like", "oscillation", lambda m, x: m.cos(x * m.sqrt(x)), loguniform(0.1, 60), (0, inf)),
    Problem("cos-wide-1e9", "oscillation", lambda m, x: m.cos(x / 1e9), loguniform(1e7, 1e11)),
    Problem("wave-packet", "oscillation", lambda m, x: m.exp(-x * x / 8) * m.cos(30 * x), uniform(-5, 5)),
    Problem("ripple-on-parabola", "oscillation", lambda m, x: x * x + 1e-3 * m.sin(300 * x), uniform(1, 20)),
    Problem("spiral", "oscillation", lambda m, x: x * m.cos(12 * x), uniform(-20, 20)),
    Problem("sinc", "oscillation", lambda m, x: m.sin(x) / x, loguniform(0.3, 100)),
    Problem("damped-ringing", "oscillation", lambda m, x: m.exp(-2 * x) * m.sin(50 * x), uniform(0, 3)),
    Problem("chirp-linear-term", "oscillation", lambda m, x: m.sin(x * x + 1e4 * x), uniform(0.1, 3)),
)

_OFFSET = (
    Problem("1e8-plus-sine", "offset", lambda m, x: 1e8 + m.sin(x), uniform(-3, 3)),
    Problem("1e6-plus-arctan", "offset", lambda m, x: 1e6 + m.arctan(x), uniform(-5, 5)),
    Problem("1e12-plus-square", "offset", lambda m, x: 1e12 + x * x, uniform(100, 5000)),
    Problem("minus-1e10-plus-exp", "offset", lambda m, x: m.exp(x) - 1e10, uniform(-2, 15)),
    Problem("1-plus-1e-8-sine", "offset", lambda m, x: 1 + 1e-8 * m.sin(x), uniform(-3, 3)),
    Problem("1e15-plus-1e3-cosine", "offset", lambda m, x: 1e15 + 1e3 * m.cos(x), uniform(0.2, 3)),
    Problem("log-of-1e10-plus-x", "offset", lambda m, x: m.log(1e10 + x), uniform(-1e3, 1e3), (-1e10, inf)),
    Problem("sqrt-of-1e12-plus-square", "offset", lambda m, x: m.sqrt(1e12 + x * x), uniform(1, 1e4)),
    Problem("square-of-1e5-plus-sine", "offset", lambda m, x: (1e5 + m.sin(x)) ** 2, uniform(-3, 3)),
    Problem("1000-plus-log", "offset", lambda m, x: 1e3 + m.log(x), loguniform(1e-3, 1e3), (0, inf)),
    Problem("1e4-plus-decay", "offset", lambda m, x: 1e4 + m.exp(-x), uniform(-3, 6)),
    Problem("1e20-plus-1e15-x", "offset", lambda m, x: 1e20 + 1e15 * m.tanh(x), uniform(-2, 2)),
    Problem("shifted-argument-1e6", "offset", lambda m, x: m.sin(x - 1e6), uniform(1e6 - 3, 1e6 + 3)),
    Problem("shifted-cubic-1e3", "offset", lambda m, x: (x - 1e3) ** 3 + (x - 1e3), uniform(995, 1005)),
    Problem("minus-1-plus-1e-5-runge", "offset", lambda m, x: 1e-5 / (1 + 25 * x * x) - 1, uniform(-1, 1)),
)

_CANCELLATION = (
    Problem("one-minus-cos", "cancellation", lambda m, x: (1 - m.cos(x)) / (x * x), loguniform(1e-4, 10)),
    Problem("log-one-plus-x", "cancellation", lambda m, x: m.log(1 + x) / x, loguniform(1e-6, 10), (-1, inf)),
    Problem("exp-minus-one", "cancellation", lambda m, x: (m.exp(x) - 1) / x, signed(loguniform(1e-6, 5))),
    Problem("x-minus-sine", "cancellation", lambda m, x: (x - m.sin(x)) / x**3, loguniform(1e-3, 5)),
    Problem("tan-minus-sine", "cancellation", lambda m, x: (m.tan(x) - m.sin(x)) / x**3, loguniform(1e-3, 1.2)),
    Problem("sqrt-one-plus-x", "cancellation", lambda m, x: m.sqrt(1 + x) - 1, loguniform(1e-8, 10), (-1, inf)),
    Problem("sqrt-difference", "cancellation", lambda m, x: m.sqrt(x * x + 1) - x, loguniform(0.1, 1e5)),
    Problem("reciprocal-difference", "cancellation", lambda m, x: 1 / x - 1 / (x + 1), loguniform(1, 1e6)),
    Problem(
        "sextic-expanded",
        "cancellation",
        _horner(1, -6, 15, -20, 15, -6, 1),
        above(1, signed(loguniform(0.03, 1))),
        note="(x - 1)^6 multiplied out",
    ),
    Problem("cosh-minus-one", "cancellation", lambda m, x: m.cosh(x) - 1, loguniform(1e-4, 3)),
    Problem(
        "cosh2-minus-sinh2",
        "cancellation",
        lambda m, x: m.sin(x) + m.cosh(x) ** 2 - m.sinh(x) ** 2,
        uniform(2, 9),
    ),
    Problem("log-of-conjugate", "cancellation", lambda m, x: m.log(x + m.sqrt(x * x + 1)), uniform(-1e4, -1)),
    Problem("sinh-by-exp", "cancellation", lambda m, x: (m.exp(x) - m.exp(-x)) / 2, loguniform(1e-7, 1)),
    Problem(
        "rump-like",
        "cancellation",
        lambda m, x: 333.75 * x**6 - 335 * x**4 * (x * x - 1) + x / 3,
        uniform(5, 40),
    ),
    Problem("exp-by-alternating-sum", "cancellation", _exponential_sum, uniform(-8, -1)),
    Problem(
        "variance-formula",
        "cancellation",
        lambda m, x: ((x + 1) ** 2 + x * x) / 2 - ((2 * x + 1) / 2) ** 2 + m.sin(x),
        uniform(10, 3e3),
    ),
)

_VANISHING = (
    Problem("cos-at-0", "vanishing", lambda m, x: m.cos(x), at(0.0)),
    Problem("cos-near-0", "vanishing", lambda m, x: m.cos(x), signed(loguniform(1e-14, 1e-2))),
    Problem("cos-at-tiny", "vanishing", lambda m, x: m.cos(x), signed(loguniform(1e-310, 1e-100))),
    Problem("sin-at-0", "vanishing", lambda m, x: m.sin(x), at(0.0), note="even derivatives vanish"),
    Problem("exp-at-0", "vanishing", lambda m, x: m.exp(x), at(0.0), note="nothing vanishes but x"),
    Problem("gauss-at-0", "vanishing", lambda m, x: m.exp(-x * x), at(0.0)),
    Problem("lorentz-at-0", "vanishing", lambda m, x: 1 / (1 + x * x), at(0.0)),
    Problem("arctan-at-0", "vanishing", lambda m, x: m.arctan(x), at(0.0)),
    Problem("tanh-1e6-at-0", "vanishing", lambda m, x: m.tanh(1e6 * x), at(0.0)),
    Problem("sech-at-0", "vanishing", lambda m, x: 1 / m.cosh(3 * x), at(0.0)),
    Problem("erf-at-0", "vanishing", lambda m, x: m.erf(x), at(0.0)),
    Problem("log1p-square", "vanishing", lambda m, x: m.log1p(x * x), signed(loguniform(1e-8, 1))),
    Problem("square", "vanishing", lambda m, x: x * x, at(0.0, 1e-200, -1e-20, 3.0)),
    Problem("cube-at-0", "vanishing", lambda m, x: x**3, at(0.0, 1e-30, -2e-9)),
    Problem("quartic-at-0", "vanishing", lambda m, x: x**4, at(0.0, 1e-12, -1e-3)),
    Problem("parabola-at-minimum", "vanishing", lambda m, x: (x - 3) ** 2, at(3.0, 3 + 1e-9, 3 - 1e-3)),
    Problem("parabola-raised", "vanishing", lambda m, x: (x - 3) ** 2 + 5, at(3.0, 3 + 1e-6, 2.9)),
    Problem(
        "double-well",
        "vanishing",
        lambda m, x: (x * x - 1) ** 2,
        at(-1.0, 0.0, 1.0, 1 + 1e-7, 1 / math.sqrt(3)),
    ),
    Problem("cos-at-pi", "vanishing", lambda m, x: m.cos(x), at(math.pi, -math.pi, 100 * math.pi)),
    Problem("sin-at-half-pi", "vanishing", lambda m, x: m.sin(x), at(math.pi / 2, 2.5 * math.pi)),
    Problem("exp-minus-x", "vanishing", lambda m, x: m.exp(x) - x, signed(loguniform(1e-8, 1e-1))),
    Problem(
        "rosenbrock-section",
        "vanishing",
        lambda m, x: 100 * (1 - x * x) ** 2 + (1 - x) ** 2,
        above(1, signed(loguniform(1e-8, 1))),
    ),
    Problem("flat-inflection", "vanishing", lambda m, x: (x - 2) ** 5 + 1, above(2, signed(loguniform(1e-2, 1)))),
    Problem(
        "sine-plus-cubic",
        "vanishing",
        lambda m, x: m.sin(x) + x**3 / 6,
        signed(loguniform(1e-3, 0.3)),
        note="f'' and f''' vanish at 0 though neither term's do",
    ),
    Problem("triple-root", "vanishing", lambda m, x: (x - 1) ** 3 * (x + 2) ** 2, uniform(0.9, 1.1)),
    Problem("gauss-tail", "vanishing", lambda m, x: m.exp(-x * x), uniform(8, 25)),
    Problem(
        "saturated-tanh",
        "vanishing",
        lambda m, x: m.tanh(x),
        uniform(12, 18),
        note="f' drops below eps: f is 1 or next to it",
    ),
)

_SPECIAL = (
    Problem("erf", "special", lambda m, x: m.erf(x), uniform(-4, 4)),
    Problem("erfc-tail", "special", lambda m, x: m.erfc(x), uniform(0, 20)),
    Problem("erfcx", "special", lambda m, x: m.erfcx(x), uniform(-3, 20)),
    Problem("dawson", "special", lambda m, x: m.dawsn(x), uniform(-8, 8)),
    Problem("normal-cdf", "special", lambda m, x: m.ndtr(x), uniform(-10, 4)),
    Problem("probit", "special", lambda m, x: m.ndtri(x), uniform(0.01, 0.99), (0, 1)),
    Problem("voigt", "special", lambda m, x: m.voigt(0.7, 0.3, x), uniform(-5, 5)),
    Problem("fresnel-sine", "special", lambda m, x: m.fresnels(x), uniform(-5, 5)),
    Problem("bessel-j0", "special", lambda m, x: m.jv(0, x), loguniform(0.01, 1e3)),
    Problem("bessel-j7", "special", lambda m, x: m.jv(7, x), loguniform(0.3, 100)),
    Problem("bessel-j-five-halves", "special", lambda m, x: m.jv(2.5, x), loguniform(0.3, 50), (0, inf)),
    Problem("bessel-y-third", "special", lambda m, x: m.yv(1 / 3, x), loguniform(0.1, 30), (0, inf)),
    Problem("bessel-i3", "special", lambda m, x: m.iv(3, x), loguniform(0.05, 50)),
    Problem("bessel-k-third", "special", lambda m, x: m.kv(1 / 3, x), loguniform(2.1, 60), (0, inf)),
    Problem("airy-ai", "special", lambda m, x: m.airyai(x), uniform(-15, 1.5)),
    Problem("airy-bi", "special", lambda m, x: m.airybi(x), uniform(-15, 4)),
    Problem("gamma", "special", lambda m, x: m.gamma(x), loguniform(1e-4, 100)),
    Problem("gamma-negative", "special", lambda m, x: m.gamma(x), uniform(-3.9, -3.1)),
    Problem("log-gamma", "special", lambda m, x: m.gammaln(x), loguniform(1e-3, 1e8), (0, inf)),
    Problem("digamma", "special", lambda m, x: m.psi(x), loguniform(1e-3, 1e4)),
    Problem("digamma-between-poles", "special", lambda m, x: m.psi(x), uniform(-2.95, -2.05)),
    Problem("zeta", "special", lambda m, x: m.zeta(x), above(1, loguniform(1e-3, 15))),
    Problem("elliptic-k", "special", lambda m, x: m.ellipk(x), below(1, loguniform(1e-6, 4)), (-inf, 1)),
    Problem("elliptic-e", "special", lambda m, x: m.ellipe(x), below(1, loguniform(1e-4, 4)), (-inf, 1)),
    Problem("jacobi-sn", "special", lambda m, x: m.ellipsn(0.7, x), uniform(-8, 8)),
    Problem("lambert-w", "special", lambda m, x: m.lambertw(x), loguniform(1e-3, 1e6), (-math.exp(-1), inf)),
    Problem("dilogarithm", "special", lambda m, x: m.spence(1 - x), uniform(-4, 0.95), (-inf, 1)),
    Problem("exponential-integral", "special", lambda m, x: m.expi(x), signed(loguniform(0.02, 40))),
    Problem("e1", "special", lambda m, x: m.exp1(x), loguniform(1e-3, 40), (0, inf)),
    Problem("sine-integral", "special", lambda m, x: m.si(x), loguniform(0.01, 60)),
    Problem("incomplete-gamma", "special", lambda m, x: m.gammainc(2.5, x), loguniform(0.02, 15), (0, inf)),
    Problem("incomplete-beta", "special", lambda m, x: m.betainc(2.5, 1.5, x), uniform(0.02, 0.98), (0, 1)),
    Problem("kummer", "special", lambda m, x: m.hyp1f1(0.5, 1.5, x), uniform(-8, 8)),
    Problem(
        "gauss-hypergeometric",
        "special",
        lambda m, x: m.hyp2f1(0.5, 1.25, 2.0, x),
        uniform(-0.9, 0.9),
        (-inf, 1),
    ),
    Problem(
        "gamma-ratio",
        "special",
        lambda m, x: m.exp(m.gammaln(x + 0.5) - m.gammaln(x)),
        loguniform(0.05, 20),
        (0, inf),
    ),
    Problem("bessel-product", "special", lambda m, x: x * m.jv(0, x) * m.jv(1, x), loguniform(0.1, 40)),
)

_PHYSICS = (
    Problem("lennard-jones", "physics", lambda m, x: 4 * (x**-12 - x**-6), uniform(0.8, 4)),
    Problem("lennard-jones-at-minimum", "physics", lambda m, x: 4 * (x**-12 - x**-6), normal(2 ** (1 / 6), 1e-4)),
    Problem(
        "argon-si",
        "physics",
        lambda m, x: 6.6e-21 * ((3.4e-10 / x) ** 12 - (3.4e-10 / x) ** 6),
        uniform(3e-10, 9e-10),
        note="metres and joules",
    ),
    Problem("morse", "physics", lambda m, x: 4.7 * (1 - m.exp(-1.9 * (x - 0.74))) ** 2, uniform(0.3, 5)),
    Problem("buckingham", "physics", lambda m, x: 1e5 * m.exp(-3.6 * x) - 120 / x**6, uniform(1.5, 8)),
    Problem("yukawa", "physics", lambda m, x: -m.exp(-x / 1.4) / x, loguniform(0.01, 30)),
    Problem(
        "van-der-waals",
        "physics",
        lambda m, x: 8.8 / (3 * x - 1) - 3 / (x * x),
        uniform(0.4, 10),
        (1 / 3, inf),
    ),
    Problem("redlich-kwong", "physics", _redlich_kwong, loguniform(0.04, 20), (0.02968, inf)),
    Problem("planck-reduced", "physics", lambda m, x: x**3 / m.expm1(x), loguniform(1e-2, 50)),
    Problem(
        "blackbody-si",
        "physics",
        _blackbody,
        loguniform(1e12, 5e15),
        note="frequencies of 1e14, radiances of 1e-8",
    ),
    Problem("fermi-dirac", "physics", lambda m, x: 1 / (m.exp((x - 7) / 0.025) + 1), normal(7, 0.1)),
    Problem("bose-einstein", "physics", lambda m, x: 1 / m.expm1((x - 1) / 0.2), above(1, loguniform(1e-3, 3))),
    Problem("hill-4", "physics", lambda m, x: x**4 / (81 + x**4), loguniform(0.05, 100)),
    Problem("substrate-inhibition", "physics", lambda m, x: 5 * x / (0.2 + x + x * x / 30), loguniform(1e-3, 1e3)),
    Problem("arrhenius", "physics", lambda m, x: 1e13 * m.exp(-12000 / x), loguniform(200, 3000)),
    Problem("langevin", "physics", lambda m, x: 1 / m.tanh(x) - 1 / x, loguniform(1, 50)),
    Problem("brillouin-7-halves", "physics", _brillouin, loguniform(0.5, 20)),
    Problem("call-price", "physics", lambda m, x: _black_scholes(m, x, 100, 0.03, 0.2, 0.5), uniform(60, 160)),
    Problem(
        "call-price-short",
        "physics",
        lambda m, x: _black_scholes(m, x, 100, 0.0, 0.1, 1e-3),
        uniform(99, 101),
    ),
    Problem("call-price-volatility", "physics", _vega_side, uniform(0.1, 1.0)),
    Problem(
        "lognormal-density",
        "physics",
        lambda m, x: m.exp(-(m.log(x) ** 2) / 0.18) / x,
        loguniform(0.2, 5),
        (0, inf),
    ),
    Problem("weibull-density", "physics", lambda m, x: x**0.8 * m.exp(-(x**1.8)), loguniform(0.01, 4), (0, inf)),
    Problem(
        "student-log-density",
        "physics",
        lambda m, x: m.gammaln((x + 1) / 2) - m.gammaln(x / 2) - m.log(x) / 2 - (x + 1) / 2 * m.log1p(4 / x),
        loguniform(0.3, 100),
        (0, inf),
        note="log-likelihood of one observation against the degrees of freedom",
    ),
    Problem(
        "beta-log-density",
        "physics",
        lambda m, x: 1.5 * m.log(x) + 3.2 * m.log1p(-x),
        uniform(0.02, 0.98),
        (0, 1),
    ),
    Problem("goldman", "physics", _goldman, loguniform(0.5, 150)),
    Problem("antoine", "physics", lambda m, x: m.exp(18.3036 - 3816.44 / (x - 46.13)), uniform(284, 441)),
    Problem(
        "lorentz-factor",
        "physics",
        lambda m, x: 1 / m.sqrt(1 - (x / 299792458) ** 2),
        uniform(1e7, 2.99e8),
        (-299792458, 299792458),
    ),
    Problem("kepler-equation", "physics", lambda m, x: x - 0.9 * m.sin(x), uniform(-10, 10)),
    Problem("eccentric-anomaly", "physics", lambda m, x: m.kepler(0.6, x), uniform(0.01, 6)),
    Problem("coulomb-si", "physics", lambda m, x: -2.307e-28 / x, loguniform(1e-15, 1e-9)),
    Problem("diode", "physics", lambda m, x: 1e-12 * m.expm1(x / 0.02585), uniform(-0.2, 0.75)),
    Problem(
        "rat43",
        "physics",
        lambda m, x: 699.64 / (1 + m.exp(5.2771 - 0.75962 * x)) ** (1 / 1.2792),
        uniform(1, 15),
    ),
    Problem("logistic-growth", "physics", lambda m, x: 250 / (1 + 24 * m.exp(-0.8 * x)), uniform(-2, 15)),
    Problem("breit-wigner", "physics", lambda m, x: 1 / ((x * x - 8315.2) ** 2 + 51800), normal(91.19, 2.5)),
    Problem("halo-profile", "physics", lambda m, x: (m.log1p(x) - x / (1 + x)) / x, loguniform(0.3, 100)),
    Problem("plasma-level", "physics", _two_pulses, uniform(0.1, 30)),
    Problem(
        "steinhart-hart",
        "physics",
        lambda m, x: 1 / (1.129e-3 + 2.341e-4 * m.log(x) + 8.775e-8 * m.log(x) ** 3),
        loguniform(100, 1e6),
        (0, inf),
        note="kelvin against ohm",
    ),
    Problem(
        "tunnelling",
        "physics",
        lambda m, x: 1 / (1 + m.sinh(8 * x) ** 2 / (4 * 0.3 * 0.7)),
        loguniform(0.02, 3),
    ),
    Problem("debye-waller", "physics", lambda m, x: m.exp(-0.3 * x * x) * m.sin(9 * x) / (9 * x), uniform(0.1, 4)),
    Problem("cir-loading", "physics", lambda m, x: -m.expm1(-0.35 * x) / (0.35 * x), loguniform(0.05, 50)),
)

_EDGE = (
    Problem("arcsin-near-1", "edge", lambda m, x: m.arcsin(x), below(1, loguniform(1e-8, 1)), (-1, 1)),
    Problem("arccos-near-minus-1", "edge", lambda m, x: m.arccos(x), above(-1, loguniform(1e-8, 1)), (-1, 1)),
    Problem("arctanh-near-1", "edge", lambda m, x: m.arctanh(x), below(1, loguniform(1e-8, 1)), (-1, 1)),
    Problem("circle", "edge", lambda m, x: m.sqrt(1 - x * x), below(1, loguniform(1e-7, 1)), (-1, 1)),
    Problem("semi-ellipse-tail", "edge", lambda m, x: m.sqrt(x * (1 - x)), loguniform(1e-8, 0.5), (0, 1)),
    Problem(
        "binary-entropy",
        "edge",
        lambda m, x: -x * m.log(x) - (1 - x) * m.log1p(-x),
        loguniform(1e-8, 0.9),
        (0, 1),
    ),
    Problem("logit", "edge", lambda m, x: m.log(x) - m.log1p(-x), loguniform(1e-9, 0.9), (0, 1)),
    Problem("probit-tail", "edge", lambda m, x: m.ndtri(x), loguniform(1e-12, 1e-2), (0, 1)),
    Problem(
        "lambert-near-branch",
        "edge",
        lambda m, x: m.lambertw(x),
        above(-math.exp(-1), loguniform(1e-5, 0.3)),
        (-math.exp(-1), inf),
    ),
    Problem("elliptic-near-1", "edge", lambda m, x: m.ellipk(x), below(1, loguniform(1e-8, 1e-3)), (-inf, 1)),
    Problem("beta-weight", "edge", lambda m, x: x**0.3 * (1 - x) ** 0.7, below(1, loguniform(1e-7, 0.9)), (0, 1)),
    Problem("log-one-minus", "edge", lambda m, x: m.log(1 - x), below(1, loguniform(1e-7, 1)), (-inf, 1)),
    Problem("exp-near-overflow", "edge", lambda m, x: m.exp(x), uniform(700, 709.7)),
    Problem("exp-near-underflow", "edge", lambda m, x: m.exp(-x), uniform(650, 700)),
    Problem("cosh-near-overflow", "edge", lambda m, x: m.cosh(x), signed(uniform(700, 710))),
    Problem("gamma-near-overflow", "edge", lambda m, x: m.gamma(x), uniform(160, 171)),
    Problem("power-10-near-overflow", "edge", lambda m, x: x**10, loguniform(1e28, 6e30)),
    Problem("near-largest", "edge", lambda m, x: m.log(x) ** 2, uniform(1.6e308, 1.79e308), (0, inf)),
    Problem("arcsin-of-square", "edge", lambda m, x: m.arcsin(x * x), below(1, loguniform(1e-6, 1)), (-1, 1)),
    Problem(
        "kepler-orbit",
        "edge",
        lambda m, x: m.sqrt(1 - x * x) * m.sin(5 * x),
        signed(below(1, loguniform(1e-6, 1))),
        (-1, 1),
    ),
    Problem(
        "sqrt-end-of-1e6",
        "edge",
        lambda m, x: m.sqrt(1e6 - x),
        below(1e6, loguniform(1e-3, 1e6)),
        (-inf, 1e6),
    ),
)

_COMPOSITE = (
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
    Problem("horner-9", "composite", _horner(0.3, -1.1, 0.7, 2.2, -0.4, 1.9, -3.3, 0.1, 5.0, -0.6), uniform(-2, 2)),
    Problem("wilkinson-10", "composite", _product(lambda m, x, k: x - k, 1, 10), uniform(0.5, 10.5)),
    Problem("rising-factorial", "composite", _product(lambda m, x, k: 1 + x / k, 1, 12), uniform(-0.9, 10)),
    Problem("exponential-sum", "composite", _exponential_sum, uniform(0.1, 8)),
    Problem("geometric-sum", "composite", _geometric_sum, uniform(-0.9, 1.3)),
    Problem("dirichlet-sum", "composite", _series(lambda m, x, k: m.exp(-x * math.log(k)), 1, 20), uniform(0.1, 5)),
    Problem("lattice-sum", "composite", _series(lambda m, x, k: 1 / (x + k) ** 2, 0, 25), loguniform(0.01, 50)),
    Problem("theta-sum", "composite", _series(lambda m, x, k: m.exp(-k * k * x), 1, 12), loguniform(0.02, 10)),
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

BAUDIN = "M. Baudin, numericalderivative (2024), benchmark problems"
DUMONTET_VIGNES = f"J. Dumontet, J. Vignes (1977), RAIRO Analyse numérique 11, p. 23, after {BAUDIN}"
SHI = f"H. J. M. Shi, Y. Xie, M. Q. Xuan, J. Nocedal (2022), SIAM J. Sci. Comput. 44, A2302, p. 14, after {BAUDIN}"
OLIVER = f"J. Oliver (1980), J. Comput. Appl. Math. 6, table 1, after {BAUDIN}"
GSL = "GNU Scientific Library, deriv/test.c"


def _lyness_moler(m, x):
    return m.exp(x) / (m.sin(x) ** 3 + m.cos(x) ** 3)


def _around(x, points):
    """At the published point, and over a range of others."""
    return either(at(x), points)


_PUBLISHED = (
    Problem(
        "nag-d04aaf",
        "published",
        lambda m, x: 0.5 * m.exp(2 * x - 1),
        _around(0.5, uniform(-3, 4)),
        source="NAG Library Manual, D04AAF, example",
    ),
    Problem(
        "lyness-moler",
        "published",
        _lyness_moler,
        either(at(0.0, math.pi / 4, 1.5), uniform(-0.6, 2.2)),
        source="J. N. Lyness, C. B. Moler (1967), SIAM J. Numer. Anal. 4, 202-210; W. Squire, G. Trapp (1998), "
        "SIAM Rev. 40, 110-112",
    ),
    Problem(
        "squire-trapp-power",
        "published",
        lambda m, x: x**4.5,
        _around(1.5, loguniform(1e-3, 1e3)),
        (0, inf),
        source="W. Squire, G. Trapp (1998), SIAM Rev. 40, 110-112",
    ),
    Problem(
        "complex-step",
        "published",
        lambda m, x: m.exp(x) / m.sqrt(m.sin(x) ** 3 + m.cos(x) ** 3),
        _around(1.5, uniform(-0.7, 2.3)),
        source="J. R. R. A. Martins, P. Sturdza, J. J. Alonso (2003), ACM TOMS 29, 245-262",
    ),
    Problem(
        "dumontet-vignes-exp",
        "published",
        lambda m, x: m.exp(x),
        _around(1.0, uniform(0, 12)),
        source=f"{DUMONTET_VIGNES}; R. S. Stepleman, N. D. Winarsky (1979), Math. Comp. 33, p. 1263",
    ),
    Problem(
        "dumontet-vignes-log",
        "published",
        lambda m, x: m.log(x),
        _around(1.0, loguniform(0.01, 12)),
        (0, inf),
        source=f"{DUMONTET_VIGNES}; R. S. Stepleman, N. D. Winarsky (1979), Math. Comp. 33, p. 1263",
    ),
    Problem(
        "dumontet-vignes-sqrt",
        "published",
        lambda m, x: m.sqrt(x),
        _around(1.0, loguniform(0.01, 12)),
        (0, inf),
        source=f"{DUMONTET_VIGNES}; R. S. Stepleman, N. D. Winarsky (1979), Math. Comp. 33, p. 1263",
    ),
    Problem(
        "dumontet-vignes-arctan",
        "published",
        lambda m, x: m.arctan(x),
        _around(0.5, uniform(-12, 12)),
        source=f"{DUMONTET_VIGNES}; R. S. Stepleman, N. D. Winarsky (1979), Math. Comp. 33, p. 1263",
    ),
    Problem(
        "dumontet-vignes-sine",
        "published",
        lambda m, x: m.sin(x),
        _around(1.0, uniform(-math.pi, math.pi)),
        source=f"{DUMONTET_VIGNES}; R. S. Stepleman, N. D. Winarsky (1979), Math. Comp. 33, p. 1263",
    ),
    Problem(
        "scaled-exponential",
        "published",
        lambda m, x: m.exp(-x / 1e6),
        _around(1.0, uniform(0, 12)),
        source=BAUDIN,
        note="the best step of a central difference is 6.7",
    ),
    Problem(
        "gill-murray-saunders-wright",
        "published",
        lambda m, x: m.expm1(x) ** 2 + (1 / m.sqrt(1 + x * x) - 1) ** 2,
        _around(1.0, uniform(0.01, 12)),
        source="P. E. Gill, W. Murray, M. A. Saunders, M. H. Wright (1983), SIAM J. Sci. Stat. Comput. 4, 310-321, "
        f"eq. 4, after {BAUDIN}",
    ),
    Problem(
        "shi-1",
        "published",
        lambda m, x: m.expm1(x) ** 2,
        _around(-8.0, uniform(-12, 12)),
        source=SHI,
        note="f' and f'' are small, and a step that they suggest is too large",
    ),
    Problem("shi-2", "published", lambda m, x: m.exp(100 * x), _around(0.01, uniform(-1, 1)), source=SHI),
    Problem(
        "shi-3",
        "published",
        lambda m, x: x**4 + 3 * x * x - 10 * x,
        _around(0.99999, uniform(-12, 12)),
        source=SHI,
        note="f' vanishes at 1",
    ),
    Problem(
        "shi-4",
        "published",
        lambda m, x: 10000 * x**3 + 0.01 * x * x + 5 * x,
        either(at(1e-9), signed(loguniform(1e-9, 12))),
        source=SHI,
        note="almost odd",
    ),
    Problem("oliver-1", "published", lambda m, x: m.exp(4 * x), _around(1.0, uniform(-12, 12)), source=OLIVER),
    Problem("oliver-2", "published", lambda m, x: m.exp(x * x), _around(1.0, uniform(-12, 12)), source=OLIVER),
    Problem(
        "oliver-3",
        "published",
        lambda m, x: x * x * m.log(x),
        _around(1.0, loguniform(0.01, 12)),
        (0, inf),
        source=OLIVER,
    ),
    Problem("oliver-reciprocal", "published", lambda m, x: 1 / x, _around(1.0, loguniform(0.01, 12)), source=OLIVER),
    Problem("gsl-power", "published", lambda m, x: x**1.5, _around(0.1, loguniform(1e-4, 10)), (0, inf), source=GSL),
    Problem(
        "gsl-sin-of-reciprocal", "published", lambda m, x: m.sin(1 / x), _around(0.45, uniform(0.05, 3)), source=GSL
    ),
    Problem("gsl-gauss", "published", lambda m, x: m.exp(-x * x), _around(0.5, uniform(-4, 4)), source=GSL),
    Problem("gsl-square", "published", lambda m, x: x * x, _around(0.0, uniform(-10, 10)), source=GSL),
    Problem("gsl-reciprocal", "published", lambda m, x: 1 / x, _around(10.0, loguniform(0.1, 1e3)), source=GSL),
    Problem(
        "mir-quotient",
        "published",
        lambda m, x: m.exp(x) / (m.sin(x) - x * x),
        _around(1.0, uniform(0.9, 3)),
        source="mir.numeric.diff (mir-core), example",
    ),
    Problem(
        "ti-tangent",
        "published",
        lambda m, x: m.tan(x),
        either(at(1.0, 1.4), uniform(-1.5, 1.5)),
        source="D. Burkett, TI-89/92 Plus tip list, 6.26 numeric derivatives",
    ),
    Problem(
        "burden-faires",
        "published",
        lambda m, x: x * m.exp(x),
        _around(2.0, uniform(-3, 6)),
        source="R. L. Burden, J. D. Faires, Numerical Analysis, section 4.1",
    ),
    Problem(
        "chapra-canale",
        "published",
        _horner(-0.1, -0.15, -0.5, -0.25, 1.2),
        _around(0.5, uniform(-4, 4)),
        source="S. C. Chapra, R. P. Canale, Numerical Methods for Engineers, finite divided differences",
    ),
)

PROBLEMS: tuple[Problem, ...] = (
    *_SMOOTH,
    *_SCALE,
    *_NARROW,
    *_POLE,
    *_BRANCH,
    *_NEAR_KINK,
    *_OSCILLATION,
    *_OFFSET,
    *_CANCELLATION,
    *_VANISHING,
    *_SPECIAL,
    *_PHYSICS,
    *_EDGE,
    *_COMPOSITE,
    *_PUBLISHED,
)
BY_NAME = {p.name: p for p in PROBLEMS}


# ----------------------------------------------------------------------------
# Hard points
# ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Hard:
    """A point where the derivative of some order is missing, infinite, one-sided, or hard to come by.

    ``f`` takes a Python float; off its domain it returns NaN or a complex number, or raises ValueError or
    ArithmeticError. ``exact`` is the derivative at x of f on its own domain: at an end of the domain, or of
    ``bounds``, the one-sided one. It is None where there is none, or an infinite one.

    ``left`` and ``right`` are the derivatives of f kept to one side, x included: infinite where the quotients
    grow so, None where f is not defined on that side or the quotients have no limit. ``trend`` is the slope
    seen from afar, where f consists of steps. ``problem`` is set where f is smooth around x.
    """

    name: str
    f: Callable[[float], float]
    x: float
    exact: float | None
    left: float | None = None
    right: float | None = None
    order: int = 1
    bounds: tuple[float, float] = (-inf, inf)
    trend: float | None = None
    problem: Problem | None = None
    note: str = ""

    def __repr__(self):
        return f"<Hard {self.name}>"


def _two_sided(name, f, x, d, **fields):
    return Hard(name, f, x, d, d, d, **fields)


def _smooth_point(name, body, x, order=1, f=None, note=""):
    """A point where f is smooth, so that ``exact`` follows from its body."""
    problem = Problem(name, "hard", body, at(x))
    d = float(exact(problem, x, order))
    return _two_sided(name, f or problem.f, x, d, order=order, problem=problem, note=note)


def _where(condition, value):
    return value if condition else math.nan


def _step_at_half(x):
    return (1.0 if x >= 0.5 else 0.0) + x * x


def _table(x):
    return math.floor(1e6 * x) / 1e6


def _interpolated(x):
    return float(np.interp(x, [0.0, 1.0, 2.0, 3.0], [0.0, 2.0, 1.0, 1.0]))


def _huber(x):
    return x * x / 2 if abs(x) <= 1 else abs(x) - 0.5


def _smoothstep(x):
    t = min(max(x, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _one_sided_bump(x):
    return math.exp(-1 / x) if x > 0 else 0.0


def _weierstrass(x):
    return sum(0.5**n * math.cos(3**n * math.pi * x) for n in range(40))


def _takagi(x):
    return sum(abs(2**n * x - round(2**n * x)) / 2**n for n in range(60))


_KINKS = (
    Hard("abs-at-0", abs, 0.0, None, -1.0, 1.0),
    Hard("abs-at-0-second", abs, 0.0, None, 0.0, 0.0, order=2, note="both sides agree, and still there is none"),
    _two_sided("abs-at-1e-300", abs, 1e-300, 1.0),
    Hard("relu-at-0", lambda x: max(x, 0.0), 0.0, None, 0.0, 1.0),
    _two_sided("relu-at-1e-9", lambda x: max(x, 0.0), 1e-9, 1.0),
    _two_sided("relu-at-minus-1e-3", lambda x: max(x, 0.0), -1e-3, 0.0),
    Hard("leaky-relu-at-0", lambda x: max(x, 0.01 * x), 0.0, None, 0.01, 1.0),
    Hard("abs-x-minus-1", lambda x: abs(x - 1), 1.0, None, -1.0, 1.0),
    _two_sided("abs-x-minus-1-above-1e-9", lambda x: abs(x - 1), 1 + 1e-9, 1.0),
    _two_sided("abs-x-minus-1-above-1e-3", lambda x: abs(x - 1), 1.001, 1.0),
    _two_sided("abs-x-minus-1-below-1e-3", lambda x: abs(x - 1), 0.999, -1.0),
    _two_sided("sine-with-small-kink", lambda x: math.sin(x) + 1e-3 * abs(x - 1), 1 + 1e-7, math.cos(1 + 1e-7) + 1e-3),
    _two_sided("abs-plus-square-at-1e-14", lambda x: abs(x) + x * x, 1e-14, 1 + 2e-14),
    _two_sided(
        "max-sin-cos-beside",
        lambda x: max(math.sin(x), math.cos(x)),
        math.pi / 4 + 1e-5,
        math.cos(math.pi / 4 + 1e-5),
    ),
    Hard("max-of-powers-at-1", lambda x: max(x, x * x), 1.0, None, 1.0, 2.0),
    Hard("exp-minus-abs-at-0", lambda x: math.exp(-abs(x)), 0.0, None, 1.0, -1.0),
    Hard("abs-on-1e6", lambda x: 1e6 + abs(x - 2), 2.0, None, -1.0, 1.0),
    Hard("clip-at-1", lambda x: min(max(x, 0.0), 1.0), 1.0, None, 1.0, 0.0),
    Hard("interpolated-at-node", _interpolated, 1.0, None, 2.0, -1.0),
    _two_sided("interpolated-between", _interpolated, 1.25, -1.0),
    _two_sided("abs-sine-50", lambda x: abs(math.sin(50 * x)), 0.7, -50 * math.cos(35.0)),
    _two_sided(
        "x-abs-x",
        lambda x: x * abs(x),
        0.0,
        0.0,
        note="the quotients are |h|, whose polynomial in h^2 seems to converge",
    ),
    Hard("x-abs-x-second", lambda x: x * abs(x), 0.0, None, -2.0, 2.0, order=2),
    _two_sided("abs-cubed-second", lambda x: abs(x) ** 3, 0.0, 0.0, order=2),
    Hard("abs-cubed-third", lambda x: abs(x) ** 3, 0.0, None, -6.0, 6.0, order=3),
    _two_sided("abs-power-1.5", lambda x: abs(x) ** 1.5, 0.0, 0.0),
    Hard("abs-power-1.5-second", lambda x: abs(x) ** 1.5, 0.0, None, inf, inf, order=2),
    _two_sided("huber-joint", _huber, 1.0, 1.0),
    Hard("huber-joint-second", _huber, 1.0, None, 1.0, 0.0, order=2),
    _two_sided("smoothstep-at-0", _smoothstep, 0.0, 0.0),
    Hard("smoothstep-at-0-second", _smoothstep, 0.0, None, 0.0, 6.0, order=2),
    _two_sided("one-sided-bump-at-0", _one_sided_bump, 0.0, 0.0, note="every derivative exists and is 0"),
    _two_sided("one-sided-bump-at-0-fourth", _one_sided_bump, 0.0, 0.0, order=4),
)

_JUMPS = (
    Hard("step-at-x", _step_at_half, 0.5, None, inf, 1.0),
    _two_sided("step-1e-13-below", _step_at_half, 0.5 + 1e-13, 2 * (0.5 + 1e-13)),
    _two_sided("step-1e-6-below", _step_at_half, 0.5 + 1e-6, 2 * (0.5 + 1e-6)),
    _two_sided("step-1e-2-below", _step_at_half, 0.51, 1.02),
    _two_sided("step-1e-4-above", _step_at_half, 0.4999, 0.9998),
    Hard("sign-at-0", lambda x: math.copysign(1.0, x) if x else 0.0, 0.0, None, inf, inf),
    _two_sided("sign-at-1e-5", lambda x: math.copysign(1.0, x), 1e-5, 0.0),
    _two_sided("floor-table", _table, 0.3 + 3.1e-7, 0.0, trend=1.0, note="flat between its steps"),
    _two_sided("floor-table-at-2", _table, 2.0000004, 0.0, trend=1.0),
    _two_sided("rounded-square", lambda x: round(x * x, 4), 1.2345, 0.0, trend=2.469),
    _two_sided("integer-part", lambda x: float(int(x)), 2.5, 0.0, trend=1.0),
)

_ROUGH = (
    _two_sided("x2-sin-reciprocal", lambda x: x * x * math.sin(1 / x) if x else 0.0, 0.0, 0.0),
    Hard("x2-sin-reciprocal-second", lambda x: x * x * math.sin(1 / x) if x else 0.0, 0.0, None, order=2),
    Hard("x-sin-reciprocal", lambda x: x * math.sin(1 / x) if x else 0.0, 0.0, None),
    Hard("cbrt-at-0", lambda x: float(np.cbrt(x)), 0.0, None, inf, inf),
    Hard("sqrt-abs-at-0", lambda x: math.sqrt(abs(x)), 0.0, None, -inf, inf),
    Hard("weierstrass", _weierstrass, 0.3, None),
    Hard("takagi", _takagi, 1 / 3, None),
    Hard("nan-everywhere", lambda x: math.nan, 1.0, None),
    Hard("inf-everywhere", lambda x: inf, 1.0, None),
    Hard("nan-at-x-only", lambda x: _where(x != 1.0, x * x), 1.0, None),
)

_EDGES = (
    Hard("sqrt-nan-at-0", lambda x: _where(x >= 0, abs(x) ** 0.5), 0.0, None, None, inf),
    Hard("sqrt-raises-at-0", math.sqrt, 0.0, None, None, inf),
    Hard("sqrt-from-right-at-1", lambda x: math.sqrt(1 - x), 1.0, None, -inf, None),
    Hard("arcsin-at-1", math.asin, 1.0, None, inf, None),
    Hard("arccosh-at-1", math.acosh, 1.0, None, None, inf),
    Hard("power-1.5-at-0", lambda x: _where(x >= 0, abs(x) ** 1.5), 0.0, 0.0, None, 0.0),
    Hard("power-1.5-complex-at-0", lambda x: x**1.5, 0.0, 0.0, None, 0.0, note="complex below 0"),
    _two_sided("power-1.5-complex-at-1e-6", lambda x: x**1.5, 1e-6, 1.5 * math.sqrt(1e-6)),
    _two_sided("power-1.5-raises-at-1e-6", lambda x: math.pow(x, 1.5), 1e-6, 1.5 * math.sqrt(1e-6)),
    Hard("exp-nan-below", lambda x: _where(x >= 1, math.exp(x)), 1.0, math.e, None, math.e),
    _two_sided("exp-nan-below-1e-9", lambda x: _where(x >= 1, math.exp(x)), 1 + 1e-9, math.exp(1 + 1e-9)),
    _two_sided("exp-nan-below-1e-12", lambda x: _where(x >= 1, math.exp(x)), 1 + 1e-12, math.exp(1 + 1e-12)),
    Hard("exp-divides-by-zero-below", lambda x: math.exp(x) / (x >= 1), 1.0, math.e, None, math.e),
    Hard("sine-nan-above", lambda x: _where(x <= 2, math.sin(x)), 2.0, math.cos(2), math.cos(2), None),
    Hard(
        "sine-nan-above-second",
        lambda x: _where(x <= 2, math.sin(x)),
        2.0,
        -math.sin(2),
        -math.sin(2),
        None,
        order=2,
    ),
    Hard("exp-bounded-below", math.exp, 1.0, math.e, math.e, math.e, bounds=(1.0, inf)),
    Hard("cosine-bounded-above", math.cos, 3.0, -math.sin(3), -math.sin(3), -math.sin(3), bounds=(0.0, 3.0)),
    Hard(
        "cosine-in-narrow-bounds",
        math.cos,
        1.0,
        -math.sin(1),
        -math.sin(1),
        -math.sin(1),
        bounds=(1 - 1e-7, 1 + 1e-7),
    ),
    _smooth_point("log-raises-at-1e-12", lambda m, x: m.log(x), 1e-12, f=math.log),
    _smooth_point("log1p-raises-at-edge", lambda m, x: m.log1p(x), -1 + 1e-12, f=math.log1p),
    _smooth_point("sqrt-raises-at-1e-12", lambda m, x: m.sqrt(x), 1e-12, f=math.sqrt),
    _smooth_point("arcsin-at-1-minus-1e-12", lambda m, x: m.arcsin(x), 1 - 1e-12, f=math.asin),
    _smooth_point("arctanh-at-1-minus-1e-9", lambda m, x: m.arctanh(x), 1 - 1e-9, f=math.atanh),
    _smooth_point("exp-raises-at-709.7", lambda m, x: m.exp(x), 709.7, f=math.exp),
    _smooth_point("gamma-raises-at-170", lambda m, x: m.gamma(x), 170.0, f=math.gamma),
    _smooth_point("reciprocal-raises-at-1e-9", lambda m, x: 1 / x, 1e-9, f=lambda x: 1 / x),
    _smooth_point("x-log-x-raises-at-1e-5", lambda m, x: x * m.log(x), 1e-5, f=lambda x: x * math.log(x)),
)

_EXTREMES = (
    _two_sided("constant-7", lambda x: 7.0, 3.0, 0.0),
    _two_sided("constant-7-second-at-0", lambda x: 7.0, 0.0, 0.0, order=2),
    _two_sided("constant-0-at-0", lambda x: 0.0, 0.0, 0.0),
    _two_sided("constant-at-1e12", lambda x: -1e5, 1e12, 0.0),
    _two_sided("constant-at-1e308", lambda x: 2.0, 1e308, 0.0),
    _two_sided("identity-at-smallest", lambda x: x, 5e-324, 1.0),
    Hard("identity-at-largest", lambda x: x, 1.7976931348623157e308, 1.0, 1.0, None, note="nothing lies above"),
    _smooth_point("affine-at-1e9", lambda m, x: 3 * x + 1, 1e9),
    _smooth_point("1e15-plus-x", lambda m, x: 1e15 + x, 1.0),
    _smooth_point("sine-at-smallest", lambda m, x: m.sin(x), 5e-324),
    _smooth_point("sine-at-0", lambda m, x: m.sin(x), 0.0),
    _smooth_point("sine-at-0-second", lambda m, x: m.sin(x), 0.0, 2),
    _smooth_point("sine-at-0-third", lambda m, x: m.sin(x), 0.0, 3),
    _smooth_point("sine-at-0-fourth", lambda m, x: m.sin(x), 0.0, 4),
    _smooth_point("cosine-at-0-third", lambda m, x: m.cos(x), 0.0, 3),
    _smooth_point("subnormal-exp", lambda m, x: 1e-310 * m.exp(x), 1.1, note="f itself holds only 13 digits"),
    _smooth_point(
        "subnormal-exp-at-tiny-x",
        lambda m, x: 1e-318 * m.exp(x),
        1e-8,
        note="f is a staircase of a few hundred thousand steps",
    ),
    _smooth_point("exp-1e-300", lambda m, x: 1e-300 * m.exp(x), 1.1),
    _smooth_point("sine-1e300", lambda m, x: 1e300 * m.sin(x), 1.1),
    _smooth_point("sine-1e308", lambda m, x: 1e308 * m.sin(x), 1.5),
    _smooth_point("log-at-1e-300", lambda m, x: m.log(x), 1e-300),
    _smooth_point("sqrt-at-1e-300", lambda m, x: m.sqrt(x), 1e-300),
    _smooth_point("power-10-at-1e10", lambda m, x: x**10, 1e10),
    _smooth_point("erfc-at-25", lambda m, x: m.erfc(x), 25.0),
    _smooth_point("exp-minus-1-over-x2", lambda m, x: m.exp(-1 / (x * x)), 0.05),
    _smooth_point("tan-at-1.57", lambda m, x: m.tan(x), 1.57),
    _smooth_point("pole-1e-6-away", lambda m, x: 1 / (x - 1), 1 + 1e-6),
    _smooth_point("tanh-1e6-center", lambda m, x: m.tanh(1e6 * (x - 0.3)), 0.3),
    _smooth_point("gauss-1e-10-center", lambda m, x: m.exp(-((x / 1e-10) ** 2)), 0.0),
    _smooth_point(
        "gauss-1e10-at-1",
        lambda m, x: m.exp(-((x / 1e10) ** 2)),
        1.0,
        note="f is 1 to all digits for |x| < 100",
    ),
    _smooth_point("arctan-1e8-at-0", lambda m, x: m.arctan(1e8 * x), 0.0),
    _smooth_point("sine-1e8-undersampled", lambda m, x: m.sin(1e8 * x), 0.37, note="1e8 x is rounded to 7e-9"),
    _smooth_point(
        "sine-power-of-two-periods",
        lambda m, x: m.sin(2**20 * 2 * math.pi * x),
        1.0,
        note="every step 2^-k, k <= 20, is a whole number of periods",
    ),
    _smooth_point("sine-1024-periods", lambda m, x: m.sin(1024 * 2 * math.pi * x), 1.0),
    _smooth_point("sine-1e10-at-0", lambda m, x: m.sin(1e10 * x), 0.0),
    _smooth_point("cosine-1e5-at-0", lambda m, x: m.cos(1e5 * x), 0.0),
    _smooth_point(
        "fine-ripple",
        lambda m, x: m.sin(x) + 1e-6 * m.sin(1e6 * x),
        0.7,
        note="the ripple is small in f and as large as the sine in f'",
    ),
)

HARD: tuple[Hard, ...] = (*_KINKS, *_JUMPS, *_ROUGH, *_EDGES, *_EXTREMES)


# ----------------------------------------------------------------------------
# Noise and quantisation
# ----------------------------------------------------------------------------


def _hashed_uniform(x, seed):
    """Numbers in (0, 1) that are a fixed function of the bits of each x (splitmix64)."""
    z = np.ravel(np.asarray(x, dtype=np.float64) + 0.0).view(np.uint64)  # + 0.0: -0 and 0 are the same point
    z = z + np.array([seed % 2**64], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for _ in range(2):  # twice, since neighbouring x and neighbouring seeds differ in few bits
        z = z + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (((z >> np.uint64(12)) + 0.5) * 2.0**-52).reshape(np.shape(x))


def noise(x, kind: str, seed: int):
    """Noise that depends on x and seed alone: "uniform" in (-1, 1), or "gaussian" of standard deviation 1."""
    if kind == "uniform":
        return 2 * _hashed_uniform(x, seed) - 1
    radius = np.sqrt(-2 * np.log(_hashed_uniform(x, 2 * seed)))
    return radius * np.cos(2 * math.pi * _hashed_uniform(x, 2 * seed + 1))


# exact, so that the rounded values are those that a decimal literal gives
_POWERS_OF_TEN = np.array([10.0**k for k in range(23)])


@dataclass(frozen=True, eq=False)
class Noisy:
    """A smooth problem at x, seen through noise or rounding.

    The truth is ``exact(noisy.problem, noisy.x, order)``.

    kind         what is done to the smooth value               level
    "uniform"    f (1 + level u), u uniform in (-1, 1)          relative, largest
    "gaussian"   f (1 + level g), g of standard deviation 1     relative, standard
    "decimals"   rounded to a multiple of 2 level               absolute, largest
    "digits"     rounded to significant digits, f < 10^6        relative, largest
    "float32"    x, and all arithmetic, in single precision     one rounding, relative
    """

    name: str
    problem: Problem
    x: float
    kind: str
    level: float
    seed: int = 0

    def reseeded(self, seed: int) -> "Noisy":
        """The same with other noise."""
        return replace(self, seed=seed)

    def f(self, x):
        result = self._perturbed(np.asarray(x, dtype=np.float64))
        return result if isinstance(x, np.ndarray) else float(result)

    def _perturbed(self, x):
        if self.kind == "float32":
            return np.asarray(self.problem.body(NUMPY, x.astype(np.float32)), dtype=np.float64)
        y = np.asarray(self.problem.body(NUMPY, x))
        if self.kind == "decimals":
            return np.rint(y / (2 * self.level)) * (2 * self.level)
        if self.kind == "digits":
            digits = round(-math.log10(2 * self.level)) - np.floor(np.log10(np.abs(y)))
            in_range = (digits >= 0) & (digits < len(_POWERS_OF_TEN))  # not where y is NaN, 0 or too large or small
            power = _POWERS_OF_TEN[np.where(in_range, digits, 0).astype(int)]
            return np.where(in_range, np.rint(y * power) / power, y)
        return y * (1 + self.level * noise(x, self.kind, self.seed))

    def __repr__(self):
        return f"<Noisy {self.name}>"


_NOISE_BASES = (
    (Problem("sine", "noisy", lambda m, x: m.sin(x), uniform(0.2, 1.5)), 1.0),
    (Problem("exp", "noisy", lambda m, x: m.exp(x), uniform(-2, 4)), 3.3),
    (Problem("log", "noisy", lambda m, x: m.log(x), loguniform(2, 1e3)), 50.0),
    (Problem("runge", "noisy", lambda m, x: 1 / (1 + 25 * x * x), uniform(0.1, 1)), 0.3),
    (Problem("tanh", "noisy", lambda m, x: m.tanh(x / 2), uniform(0.2, 3)), 0.8),
    (Problem("cubic", "noisy", lambda m, x: x**3 - 2 * x + 5, uniform(-1, 3)), 1.7),
    (Problem("sqrt", "noisy", lambda m, x: m.sqrt(x), loguniform(1e-6, 1e6)), 1e-4),
    (Problem("damped-cosine", "noisy", lambda m, x: 2 + m.exp(-x / 4) * m.cos(5 * x), uniform(0, 6)), 2.2),
)

NOISY: tuple[Noisy, ...] = (
    *(
        Noisy(f"{p.name}-{kind}-{level:g}", p, x, kind, level)
        for i, (p, x) in enumerate(_NOISE_BASES)
        for j, level in enumerate((1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3))
        for kind in [("uniform", "gaussian")[(i + j) % 2]]
    ),
    *(Noisy(f"{p.name}-six-decimals", p, x, "decimals", 0.5e-6) for p, x in _NOISE_BASES),
    *(Noisy(f"{p.name}-six-digits", p, x, "digits", 0.5e-5) for p, x in _NOISE_BASES),
    *(Noisy(f"{p.name}-float32", p, x, "float32", 2.0**-24) for p, x in _NOISE_BASES),
)


# ----------------------------------------------------------------------------
# Functions of arrays
# ----------------------------------------------------------------------------


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


def on_mp(body, x, digits=50):
    """A body of several variables at the floats x, as mpmath numbers."""
    with mp.workdps(digits):
        return body(MP, [mpf(float(a)) for a in x])


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


# ----------------------------------------------------------------------------
# Lies
# ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Dishonest:
    """A point where the adaptive method errs by more than ten times its bound, and why."""

    x: float
    order: int
    reason: str
    seed: int = 0


# By the name of the problem. The list may only shrink: a test fails if an example has become honest.
KNOWN_DISHONEST: dict[str, Dishonest] = {
    "variance-formula": Dishonest(
        657.7051226438801,
        3,
        "the rounding of x^2 is noise, a million times eps |f|, but of so few values that it may be the same at both "
        "probes by chance; there are no other nodes finer than the window",
    ),
    "arctan-1e-7-at-40": Dishonest(
        39.999999859016036,
        4,
        "the rounding of x alone is a fifth of a percent of the scale of f; that is taken for noise and a window far "
        "above the step gets placed, where the fourth derivative is small",
    ),
    "beta-weight": Dishonest(
        0.9999997271099192,
        4,
        "the branch point is nearer to x than the probes: what they and the window see is its power law from afar, "
        "whose fourth derivative is far smaller",
    ),
    "peak-near-wide-peak": Dishonest(
        9.94330798373394,
        1,
        "the far tail of the narrow peak adds 2e-13 to f' and to f less than rounding; no sample falls on the peak "
        "itself, and the wide peak alone allows a bound of 2e-15",
    ),
    "minus-1-plus-1e-5-runge": Dishonest(
        -0.12341439101283425,
        4,
        "an offset hides all but five digits of f; successive windows differ by less than they err, by accident",
    ),
    "runge-uniform-0.001": Dishonest(
        0.3,
        3,
        "noise above which a third derivative is hardly seen: a window wider than the peak looks converged",
        seed=0,
    ),
    "tanh-gaussian-0.001": Dishonest(
        0.8,
        4,
        "noise above which a fourth derivative is hardly seen: a window wider than the step looks converged",
        seed=2,
    ),
}
