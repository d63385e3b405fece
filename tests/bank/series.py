"""Truncated Taylor series: a body that is read on them gives the derivatives of its function."""

import operator

from mpmath import mp, mpf


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
        return self.compose(power(p, self.c[0], len(self.c) - 1))


def power(p, u, n):
    """Taylor coefficients c_0 .. c_n of x^p at u."""
    # falling factorials end at 0 for an integer p, before a negative power of u = 0 could be met
    p, binomial, out = mpf(p), mpf(1), []
    for k in range(n + 1):
        out.append(binomial * u ** (p - k) if binomial else mpf(0))
        binomial = binomial * (p - k) / (k + 1)
    return out
