"""Numbers that carry a bound of their rounding error: a body that is read on them tells what float64 makes of it."""

import numpy as np
from mpmath import mpf

from tests.bank.series import power

EPS = float(np.finfo(np.float64).eps)


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
        value, slope = power(p, self.value, 1)
        return Rounded(value, abs(slope) * self.error)
