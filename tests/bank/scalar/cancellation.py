"""The formula loses digits that the function has; f is far less accurate than eps |f|."""

from math import inf

from tests.bank.bodies import exponential_sum, horner
from tests.bank.points import above, loguniform, signed, uniform
from tests.bank.problem import Problem

CANCELLATION = (
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
        horner(1, -6, 15, -20, 15, -6, 1),
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
    Problem("exp-by-alternating-sum", "cancellation", exponential_sum, uniform(-8, -1)),
    Problem(
        "variance-formula",
        "cancellation",
        # products instead of powers: these round alike everywhere, and what this one is known for is rounding
        lambda m, x: ((x + 1) * (x + 1) + x * x) / 2 - (x + 0.5) * (x + 0.5) + m.sin(x),
        uniform(10, 3e3),
    ),
)
