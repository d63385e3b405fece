"""Smooth, but a kink at any coarser scale."""

import math

from tests.bank.points import above, loguniform, normal, signed, uniform
from tests.bank.problem import Problem


def _soft_pieces(m, x):
    """A soft maximum of three lines, corners rounded over 1e-2."""
    return (m.log(m.exp(100 * (0.3 - x)) + m.exp(100 * (0.1 * x)) + m.exp(100 * (x - 0.8)))) / 100


NEAR_KINK = (
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
