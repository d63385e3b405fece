"""Smooth functions seen through noise or rounding."""

import math
from dataclasses import dataclass, replace

import numpy as np

from tests.bank.points import loguniform, uniform
from tests.bank.primitives import NUMPY
from tests.bank.problem import Problem


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
