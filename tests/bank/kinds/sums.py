"""Long sums of terms of mixed size."""

import numpy as np
from mpmath import mp, mpf

from tests.bank.kinds.case import DIGITS, Case, loguniform, point


def _mixed(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.choice([-1.0, 1.0], shape) * 10 ** rng.uniform(-3, 3, shape)


def case(rng: np.random.Generator, i: int) -> Case:
    """Products with a matrix of 300 columns, dot products, sums of exponentials of both signs."""
    if i % 10 == 0:
        a, x = _mixed(rng, 2, 300), _mixed(rng, 300)
        truth = np.array([[mpf(v) for v in row] for row in a.tolist()], dtype=object)
        return Case("long-sums", "A @ x, 300 columns", lambda q: a @ q, x, truth)
    n = int(rng.integers(50, 1000))
    if i % 3:
        a, c = _mixed(rng, n), _mixed(rng, n)
        d, x = _mixed(rng, n) * (rng.random(n) < loguniform(rng, 1e-3, 1)), point(rng, 1e-2, 1e2)
        d[int(rng.integers(n))] = 1.0
        with mp.workdps(DIGITS):
            truth = mp.fdot(map(mpf, a.tolist()), map(mpf, d.tolist()))
        if i % 2:
            return Case("long-sums", f"dot of {n}", lambda t: float(a @ (c + t * d)), x, truth)
        return Case("long-sums", f"sum of {n}", lambda t: float(np.sum(a * (c + t * d))), x, truth)
    c, x = _mixed(rng, n), point(rng, 1e-2, 1e2)
    b = rng.normal(size=n) / abs(x)
    with mp.workdps(50):
        truth = mp.fsum(mpf(ci) * mpf(bi) * mp.exp(mpf(bi) * x) for ci, bi in zip(c.tolist(), b.tolist(), strict=True))
    return Case("long-sums", f"sum of {n} exponentials", lambda t: float(np.sum(c * np.exp(b * t))), x, truth)
