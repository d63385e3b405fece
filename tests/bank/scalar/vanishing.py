"""Some derivative is zero or nearly so: extrema, inflections, symmetry."""

import math

from tests.bank.points import above, at, loguniform, signed, uniform
from tests.bank.problem import Problem

VANISHING = (
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
