"""Derivatives by central differences: independent of the Taylor arithmetic that `exact` rests on."""

from mpmath import mp, mpf

from tests.bank.problem import exact, roundoff
from tests.bank.rounding import EPS

CENTRAL = {
    1: {-1: -0.5, 1: 0.5},
    2: {-1: 1, 0: -2, 1: 1},
    3: {-2: -0.5, -1: 1, 1: -1, 2: 0.5},
    4: {-2: 1, -1: -4, 0: 6, 1: -4, 2: 1},
}


def differences(problem, x, bits):
    """Derivatives of order 1..4 by central differences, h = 2^-bits |x|, at the precision that these need.

    ``problem.mp`` is only evaluated. h is so small that truncation leaves more than 30 digits even where f varies on
    a scale of 1e-16 |x|.
    """
    h = mp.ldexp(abs(mpf(x)) or mpf(1), -bits)
    size = abs(exact(problem, x, 0)) or mpf(1)
    lost = [size / (h**k * abs(d)) if (d := exact(problem, x, k)) else h**-k for k in CENTRAL]
    inside = max(roundoff(problem, x) / (EPS * size), mpf(1))
    with mp.workdps(int(mp.log10(max(lost)) + 2 * mp.log10(inside)) + 60):
        values = {j: problem.mp(x + j * h) for j in range(-2, 3)}
        return [sum(w * values[j] for j, w in weights.items()) / h**k for k, weights in CENTRAL.items()]


def disagreeing(problem, x):
    """Orders of the derivatives at x that differences with either of two steps tell otherwise than `exact`."""
    orders = set()
    for bits in (120, 150):
        for k, d in enumerate(differences(problem, x, bits), start=1):
            truth = exact(problem, x, k)
            if not abs(d - truth) <= 1e-30 * (abs(truth) or abs(exact(problem, x, 0)) or 1):
                orders.add(k)
    return orders
