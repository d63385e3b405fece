"""Test functions of papers, manuals and textbooks, around the points that they give."""

import math
from math import inf

from tests.bank.bodies import horner
from tests.bank.points import at, either, loguniform, signed, uniform
from tests.bank.problem import Problem

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


PUBLISHED = (
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
        horner(-0.1, -0.15, -0.5, -0.25, 1.2),
        _around(0.5, uniform(-4, 4)),
        source="S. C. Chapra, R. P. Canale, Numerical Methods for Engineers, finite divided differences",
    ),
)
