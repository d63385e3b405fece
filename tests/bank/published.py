"""Published systems of residuals with their Jacobians by hand: least-squares problems for testing software.

The collection of Moré, Garbow and Hillstrom, and fits of NIST's Statistical Reference Datasets. Residuals and
Jacobians are written once, over a namespace ``m`` of elementary functions and a sequence ``x`` of variables, as the
bodies of `problems` are: on float64, on mpmath numbers, on Taylor series. Constants are Python floats and ints, which
all of these take over exactly.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numdiff._tour import RAT43, Fit

MGH = "J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing Unconstrained Optimization Software, ACM TOMS 7 (1981) 17-41"
STRD = "NIST Statistical Reference Datasets (StRD), nonlinear regression"


@dataclass(frozen=True, eq=False)
class System:
    """Functions r_i of several variables, of which the sum of squares is to be made small.

    ``residuals(m, x)`` and ``jacobian(m, x)`` return lists; entries of the Jacobian may be plain numbers. ``starts``
    are published starting points. ``minimum`` is a published local minimum of the sum of squares, to which the first
    start leads, and ``solution`` a place of the smallest sum, where that is known in closed form or certified.
    ``even`` tells that the functions vary on the scale of max(|x|, 1), as steps without a known scale suppose.
    """

    name: str
    source: str
    residuals: Callable[[Any, Any], list]
    jacobian: Callable[[Any, Any], list]
    starts: tuple[tuple[float, ...], ...]
    minimum: float | None = None
    solution: tuple[float, ...] | None = None
    data: Fit | None = None
    even: bool = True

    def sum_of_squares(self, m, x):
        return sum(r * r for r in self.residuals(m, x))

    def gradient(self, m, x):
        """Of the sum of squares, 2 J^T r."""
        r, rows = self.residuals(m, x), self.jacobian(m, x)
        return [2 * sum(a * row[j] for a, row in zip(r, rows, strict=True)) for j in range(len(x))]

    def __repr__(self):
        return f"<System {self.name}>"


# ----------------------------------------------------------------------------
# Moré, Garbow and Hillstrom, in the order and with the numbers of the paper
# ----------------------------------------------------------------------------


def _rosenbrock(m, x):
    return [10 * (x[1] - x[0] ** 2), 1 - x[0]]


def _rosenbrock_jac(m, x):
    return [[-20 * x[0], 10], [-1, 0]]


def _freudenstein_roth(m, x):
    u, v = x
    return [u - 13 + ((5 - v) * v - 2) * v, u - 29 + ((v + 1) * v - 14) * v]


def _freudenstein_roth_jac(m, x):
    v = x[1]
    return [[1, (10 - 3 * v) * v - 2], [1, (3 * v + 2) * v - 14]]


def _powell_badly_scaled(m, x):
    return [1e4 * x[0] * x[1] - 1, m.exp(-x[0]) + m.exp(-x[1]) - 1.0001]


def _powell_badly_scaled_jac(m, x):
    return [[1e4 * x[1], 1e4 * x[0]], [-m.exp(-x[0]), -m.exp(-x[1])]]


def _brown_badly_scaled(m, x):
    return [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]


def _brown_badly_scaled_jac(m, x):
    return [[1, 0], [0, 1], [x[1], x[0]]]


def _beale(m, x):
    return [y - x[0] * (1 - x[1] ** i) for i, y in ((1, 1.5), (2, 2.25), (3, 2.625))]


def _beale_jac(m, x):
    return [[x[1] ** i - 1, i * x[0] * x[1] ** (i - 1)] for i in (1, 2, 3)]


def _jennrich_sampson(m, x):
    return [2 + 2 * i - (m.exp(i * x[0]) + m.exp(i * x[1])) for i in range(1, 11)]


def _jennrich_sampson_jac(m, x):
    return [[-i * m.exp(i * x[0]), -i * m.exp(i * x[1])] for i in range(1, 11)]


_BARD = (0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39)


def _bard(m, x):
    return [y - (x[0] + i / ((16 - i) * x[1] + min(i, 16 - i) * x[2])) for i, y in enumerate(_BARD, start=1)]


def _bard_jac(m, x):
    rows = []
    for i in range(1, 16):
        v, w = 16 - i, min(i, 16 - i)
        square = (v * x[1] + w * x[2]) ** 2
        rows.append([-1, i * v / square, i * w / square])
    return rows


_GAUSSIAN = (0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989)
_GAUSSIAN = tuple(((8 - i) / 2, y) for i, y in enumerate((*_GAUSSIAN, *_GAUSSIAN[-2::-1]), start=1))


def _gaussian(m, x):
    return [x[0] * m.exp(-x[1] * (t - x[2]) ** 2 / 2) - y for t, y in _GAUSSIAN]


def _gaussian_jac(m, x):
    rows = []
    for t, _ in _GAUSSIAN:
        d = t - x[2]
        e = m.exp(-x[1] * d**2 / 2)
        rows.append([e, -x[0] * d**2 / 2 * e, x[0] * x[1] * d * e])
    return rows


_GULF = tuple((i / 100, 25 + (-50 * math.log(i / 100)) ** (2 / 3)) for i in range(1, 11))


def _gulf(m, x):
    """For x[1] below all y, where |y - x[1]| is y - x[1]."""
    return [m.exp(-m.exp(x[2] * m.log(y - x[1])) / x[0]) - t for t, y in _GULF]


def _gulf_jac(m, x):
    rows = []
    for _, y in _GULF:
        d = y - x[1]
        power = m.exp(x[2] * m.log(d)) / x[0]
        e = m.exp(-power)
        rows.append([e * power / x[0], e * power * x[2] / d, -e * power * m.log(d)])
    return rows


_TENTHS = tuple(i / 10 for i in range(1, 14))


def _box(m, x):
    return [m.exp(-t * x[0]) - m.exp(-t * x[1]) - x[2] * (math.exp(-t) - math.exp(-10 * t)) for t in _TENTHS[:10]]


def _box_jac(m, x):
    return [[-t * m.exp(-t * x[0]), t * m.exp(-t * x[1]), math.exp(-10 * t) - math.exp(-t)] for t in _TENTHS[:10]]


def _powell_singular(m, x):
    """Extended, in blocks of four variables."""
    rows = []
    for k in range(0, len(x), 4):
        a, b, c, d = x[k : k + 4]
        rows += [a + 10 * b, math.sqrt(5) * (c - d), (b - 2 * c) ** 2, math.sqrt(10) * (a - d) ** 2]
    return rows


def _powell_singular_jac(m, x):
    rows = []
    for k in range(0, len(x), 4):
        a, b, c, d = x[k : k + 4]
        s, p, q = math.sqrt(5), 2 * (b - 2 * c), 2 * math.sqrt(10) * (a - d)
        block = [[1, 10, 0, 0], [0, 0, s, -s], [0, p, -2 * p, 0], [q, 0, 0, -q]]
        rows += [[0] * k + row + [0] * (len(x) - k - 4) for row in block]
    return rows


_WOOD = 1 / math.sqrt(10)


def _wood(m, x):
    a, b, c, d = x
    return [
        10 * (b - a**2),
        1 - a,
        math.sqrt(90) * (d - c**2),
        1 - c,
        math.sqrt(10) * (b + d - 2),
        _WOOD * (b - d),
    ]


def _wood_jac(m, x):
    s, r = math.sqrt(90), math.sqrt(10)
    return [
        [-20 * x[0], 10, 0, 0],
        [-1, 0, 0, 0],
        [0, 0, -2 * s * x[2], s],
        [0, 0, -1, 0],
        [0, r, 0, r],
        [0, _WOOD, 0, -_WOOD],
    ]


_FIFTHS = tuple(i / 5 for i in range(1, 21))


def _brown_dennis(m, x):
    return [(x[0] + t * x[1] - math.exp(t)) ** 2 + (x[2] + x[3] * math.sin(t) - math.cos(t)) ** 2 for t in _FIFTHS]


def _brown_dennis_jac(m, x):
    rows = []
    for t in _FIFTHS:
        p, q = 2 * (x[0] + t * x[1] - math.exp(t)), 2 * (x[2] + x[3] * math.sin(t) - math.cos(t))
        rows.append([p, p * t, q, q * math.sin(t)])
    return rows


_BIGGS = tuple((t, math.exp(-t) - 5 * math.exp(-10 * t) + 3 * math.exp(-4 * t)) for t in _TENTHS)


def _biggs(m, x):
    return [x[2] * m.exp(-t * x[0]) - x[3] * m.exp(-t * x[1]) + x[5] * m.exp(-t * x[4]) - y for t, y in _BIGGS]


def _biggs_jac(m, x):
    rows = []
    for t, _ in _BIGGS:
        p, q, r = m.exp(-t * x[0]), m.exp(-t * x[1]), m.exp(-t * x[4])
        rows.append([-t * x[2] * p, t * x[3] * q, p, -q, -t * x[5] * r, r])
    return rows


_OSBORNE = (
    *(1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606),
    *(0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.500, 0.423),
    *(0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668),
    *(0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098),
    0.054,
)
_OSBORNE = tuple((i / 10, y) for i, y in enumerate(_OSBORNE))


def _osborne(m, x):
    rows = []
    for t, y in _OSBORNE:
        peaks = sum(x[k] * m.exp(-x[k + 4] * (t - x[k + 7]) ** 2) for k in (1, 2, 3))
        rows.append(y - (x[0] * m.exp(-t * x[4]) + peaks))
    return rows


def _osborne_jac(m, x):
    rows = []
    for t, _ in _OSBORNE:
        decay = m.exp(-t * x[4])
        d = [t - x[k + 7] for k in (1, 2, 3)]
        e = [m.exp(-x[k + 4] * d[k - 1] ** 2) for k in (1, 2, 3)]
        rows.append(
            [
                -decay,
                *(-a for a in e),
                t * x[0] * decay,
                *(x[k] * d[k - 1] ** 2 * e[k - 1] for k in (1, 2, 3)),
                *(-2 * x[k] * x[k + 4] * d[k - 1] * e[k - 1] for k in (1, 2, 3)),
            ]
        )
    return rows


_WATSON = tuple(i / 29 for i in range(1, 30))


def _watson(m, x):
    n, rows = len(x), []
    for t in _WATSON:
        slope = sum(j * t ** (j - 1) * x[j] for j in range(1, n))
        rows.append(slope - sum(x[j] * t**j for j in range(n)) ** 2 - 1)
    return [*rows, x[0] + 0, x[1] - x[0] ** 2 - 1]


def _watson_jac(m, x):
    n, rows = len(x), []
    for t in _WATSON:
        value = sum(x[j] * t**j for j in range(n))
        rows.append([(j * t ** (j - 1) if j else 0) - 2 * value * t**j for j in range(n)])
    rest = [0] * (n - 2)
    return [*rows, [1, 0, *rest], [-2 * x[0], 1, *rest]]


def _extended_rosenbrock(m, x):
    rows = []
    for k in range(0, len(x), 2):
        rows += _rosenbrock(m, x[k : k + 2])
    return rows


def _extended_rosenbrock_jac(m, x):
    rows = []
    for k in range(0, len(x), 2):
        rows += [[0] * k + row + [0] * (len(x) - k - 2) for row in _rosenbrock_jac(m, x[k : k + 2])]
    return rows


_PENALTY = math.sqrt(1e-5)


def _penalty_1(m, x):
    return [*(_PENALTY * (a - 1) for a in x), sum(a**2 for a in x) - 0.25]


def _penalty_1_jac(m, x):
    n = len(x)
    return [*([_PENALTY if i == j else 0 for j in range(n)] for i in range(n)), [2 * a for a in x]]


def _penalty_2(m, x):
    n = len(x)
    rows = [x[0] - 0.2]
    for i in range(1, n):
        y = math.exp((i + 1) / 10) + math.exp(i / 10)
        rows.append(_PENALTY * (m.exp(x[i] / 10) + m.exp(x[i - 1] / 10) - y))
    rows += [_PENALTY * (m.exp(a / 10) - math.exp(-0.1)) for a in x[1:]]
    return [*rows, sum((n - j) * a**2 for j, a in enumerate(x)) - 1]


def _penalty_2_jac(m, x):
    n = len(x)
    e = [_PENALTY * m.exp(a / 10) / 10 for a in x]
    rows = [[1] + [0] * (n - 1)]
    rows += [[e[j] if j in (i - 1, i) else 0 for j in range(n)] for i in range(1, n)]
    rows += [[e[j] if j == i else 0 for j in range(n)] for i in range(1, n)]
    return [*rows, [2 * (n - j) * a for j, a in enumerate(x)]]


def _variably_dimensioned(m, x):
    total = sum(j * (a - 1) for j, a in enumerate(x, start=1))
    return [*(a - 1 for a in x), total, total**2]


def _variably_dimensioned_jac(m, x):
    n = len(x)
    total = sum(j * (a - 1) for j, a in enumerate(x, start=1))
    rows = [[int(i == j) for j in range(n)] for i in range(n)]
    return [*rows, list(range(1, n + 1)), [2 * total * j for j in range(1, n + 1)]]


def _trigonometric(m, x):
    cosines = sum(m.cos(a) for a in x)
    return [len(x) - cosines + i * (1 - m.cos(a)) - m.sin(a) for i, a in enumerate(x, start=1)]


def _trigonometric_jac(m, x):
    rows = [[m.sin(b) for b in x] for _ in x]
    for i, a in enumerate(x):
        rows[i][i] = (i + 2) * m.sin(a) - m.cos(a)
    return rows


def _brown_almost_linear(m, x):
    total = sum(x)
    return [*(a + total - (len(x) + 1) for a in x[:-1]), math.prod(x) - 1]


def _brown_almost_linear_jac(m, x):
    n = len(x)
    rows = [[2 if i == j else 1 for j in range(n)] for i in range(n - 1)]
    return [*rows, [math.prod(a for i, a in enumerate(x) if i != j) for j in range(n)]]


def _grid(n):
    return [i / (n + 1) for i in range(1, n + 1)]


def _boundary_value(m, x):
    n = len(x)
    h = 1 / (n + 1)
    rows = []
    for i, t in enumerate(_grid(n)):
        r = 2 * x[i] + h**2 * (x[i] + t + 1) ** 3 / 2
        r = r - x[i - 1] if i > 0 else r
        rows.append(r - x[i + 1] if i < n - 1 else r)
    return rows


def _boundary_value_jac(m, x):
    n = len(x)
    h = 1 / (n + 1)
    rows = []
    for i, t in enumerate(_grid(n)):
        row = [-1 if abs(i - j) == 1 else 0 for j in range(n)]
        row[i] = 2 + h**2 * (x[i] + t + 1) ** 2 * 3 / 2
        rows.append(row)
    return rows


def _integral_equation(m, x):
    t = _grid(len(x))
    h, cubes = t[0], [(a + s + 1) ** 3 for a, s in zip(x, t, strict=True)]
    rows = []
    for i, a in enumerate(x):
        below = sum(t[j] * cubes[j] for j in range(i + 1))
        above = sum((1 - t[j]) * cubes[j] for j in range(i + 1, len(x)))
        rows.append(a + h / 2 * ((1 - t[i]) * below + t[i] * above))
    return rows


def _integral_equation_jac(m, x):
    t = _grid(len(x))
    h, slopes = t[0], [3 * (a + s + 1) ** 2 for a, s in zip(x, t, strict=True)]
    rows = []
    for i in range(len(x)):
        row = [
            h / 2 * (slope * t[j] * (1 - t[i]) if j <= i else slope * t[i] * (1 - t[j]))
            for j, slope in enumerate(slopes)
        ]
        row[i] = row[i] + 1
        rows.append(row)
    return rows


def _broyden_tridiagonal(m, x):
    rows = []
    for i, a in enumerate(x):
        r = (3 - 2 * a) * a + 1
        r = r - x[i - 1] if i > 0 else r
        rows.append(r - 2 * x[i + 1] if i < len(x) - 1 else r)
    return rows


def _broyden_tridiagonal_jac(m, x):
    n = len(x)
    bands = {-1: -1, 1: -2}
    return [[3 - 4 * a if i == j else bands.get(j - i, 0) for j in range(n)] for i, a in enumerate(x)]


def _broyden_banded(m, x):
    rows = []
    for i, a in enumerate(x):
        near = [j for j in range(max(0, i - 5), min(len(x), i + 2)) if j != i]
        rows.append(a * (2 + 5 * a**2) + 1 - sum(x[j] * (1 + x[j]) for j in near))
    return rows


def _broyden_banded_jac(m, x):
    rows = []
    for i, a in enumerate(x):
        row = [-(1 + 2 * b) if i - 5 <= j <= i + 1 else 0 for j, b in enumerate(x)]
        row[i] = 2 + 15 * a**2
        rows.append(row)
    return rows


# residuals of the linear functions: with a power of two their coefficients are exact
_ROWS = 8


def _linear_full_rank(m, x):
    total = 2 / _ROWS * sum(x)
    return [a - total - 1 for a in x] + [-total - 1] * (_ROWS - len(x))


def _linear_full_rank_jac(m, x):
    return [[int(i == j) - 2 / _ROWS for j in range(len(x))] for i in range(_ROWS)]


def _linear_rank_1(m, x):
    total = sum(j * a for j, a in enumerate(x, start=1))
    return [i * total - 1 for i in range(1, _ROWS + 1)]


def _linear_rank_1_jac(m, x):
    return [[i * j for j in range(1, len(x) + 1)] for i in range(1, _ROWS + 1)]


def _linear_zero_rows(m, x):
    """Rank 1 with columns and rows of zeros."""
    total = sum(j * x[j - 1] for j in range(2, len(x)))
    return [0 * x[0] - 1, *(i * total - 1 for i in range(1, _ROWS - 1)), 0 * x[0] - 1]


def _linear_zero_rows_jac(m, x):
    n = len(x)
    rows = [[i * j if 2 <= j < n else 0 for j in range(1, n + 1)] for i in range(1, _ROWS - 1)]
    return [[0] * n, *rows, [0] * n]


def _chebyquad(m, x):
    """Mean values of shifted Chebyshev polynomials, less their integrals over [0, 1]."""
    n = len(x)
    before, current = [0 * a + 1 for a in x], [2 * a - 1 for a in x]
    rows = []
    for i in range(1, n + 1):
        mean = sum(current) / n
        rows.append(mean + 1 / (i * i - 1) if i % 2 == 0 else mean)
        before, current = current, [2 * (2 * a - 1) * t - b for a, t, b in zip(x, current, before, strict=True)]
    return rows


def _chebyquad_jac(m, x):
    """By T_i' = i U_(i-1)."""
    n = len(x)
    before, current = [0 * a for a in x], [0 * a + 1 for a in x]
    rows = []
    for i in range(1, n + 1):
        rows.append([2 * i * u / n for u in current])
        before, current = current, [2 * (2 * a - 1) * u - b for a, u, b in zip(x, current, before, strict=True)]
    return rows


def _mgh(number, name, residuals, jacobian, start, minimum=None, solution=None, even=True):
    """From the standard start and, as in the paper, from ten times that."""
    starts = (tuple(map(float, start)), tuple(10.0 * a for a in start))
    return System(name, f"{MGH}, problem {number}", residuals, jacobian, starts, minimum, solution, even=even)


def _bend(n):
    return [t * (t - 1) for t in _grid(n)]


MORE_GARBOW_HILLSTROM = (
    _mgh(1, "mgh-rosenbrock", _rosenbrock, _rosenbrock_jac, (-1.2, 1), 0, (1, 1)),
    _mgh(2, "freudenstein-roth", _freudenstein_roth, _freudenstein_roth_jac, (0.5, -2), 48.9842, (5, 4)),
    _mgh(3, "powell-badly-scaled", _powell_badly_scaled, _powell_badly_scaled_jac, (0, 1), 0),
    _mgh(4, "brown-badly-scaled", _brown_badly_scaled, _brown_badly_scaled_jac, (1, 1), 0, (1e6, 2e-6)),
    _mgh(5, "beale", _beale, _beale_jac, (1, 1), 0, (3, 0.5)),
    _mgh(6, "jennrich-sampson", _jennrich_sampson, _jennrich_sampson_jac, (0.3, 0.4), 124.362, even=False),
    _mgh(8, "bard", _bard, _bard_jac, (1, 1, 1), 8.21487e-3),
    _mgh(9, "gaussian", _gaussian, _gaussian_jac, (0.4, 1, 0), 1.12793e-8, even=False),
    _mgh(11, "gulf", _gulf, _gulf_jac, (5, 2.5, 0.15), 0, (50, 25, 1.5), even=False),
    _mgh(12, "box", _box, _box_jac, (0, 10, 20), 0, (1, 10, 1)),
    _mgh(13, "powell-singular", _powell_singular, _powell_singular_jac, (3, -1, 0, 1), 0, (0, 0, 0, 0)),
    _mgh(14, "wood", _wood, _wood_jac, (-3, -1, -3, -1), 0, (1, 1, 1, 1)),
    _mgh(16, "brown-dennis", _brown_dennis, _brown_dennis_jac, (25, 5, -5, -1), 85822.2),
    _mgh(18, "biggs", _biggs, _biggs_jac, (1, 2, 1, 1, 1, 1), 5.65565e-3, (1, 10, 1, 5, 4, 3)),
    _mgh(
        19, "osborne", _osborne, _osborne_jac, (1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5), 4.01377e-2, even=False
    ),
    _mgh(20, "watson-6", _watson, _watson_jac, (0,) * 6, 2.28767e-3),
    _mgh(20, "watson-9", _watson, _watson_jac, (0,) * 9, 1.39976e-6),
    _mgh(21, "extended-rosenbrock-10", _extended_rosenbrock, _extended_rosenbrock_jac, (-1.2, 1) * 5, 0, (1,) * 10),
    _mgh(22, "extended-powell-12", _powell_singular, _powell_singular_jac, (3, -1, 0, 1) * 3, 0, (0,) * 12),
    _mgh(23, "penalty-1-4", _penalty_1, _penalty_1_jac, range(1, 5), 2.24997e-5),
    _mgh(23, "penalty-1-10", _penalty_1, _penalty_1_jac, range(1, 11), 7.08765e-5),
    _mgh(24, "penalty-2-4", _penalty_2, _penalty_2_jac, (0.5,) * 4, 9.37629e-6),
    _mgh(24, "penalty-2-10", _penalty_2, _penalty_2_jac, (0.5,) * 10, 2.93660e-4),
    _mgh(
        25,
        "variably-dimensioned-10",
        _variably_dimensioned,
        _variably_dimensioned_jac,
        [1 - j / 10 for j in range(1, 11)],
        0,
        (1,) * 10,
    ),
    _mgh(26, "trigonometric-10", _trigonometric, _trigonometric_jac, (0.1,) * 10),
    _mgh(27, "brown-almost-linear-10", _brown_almost_linear, _brown_almost_linear_jac, (0.5,) * 10, 0, (1,) * 10),
    _mgh(28, "boundary-value-10", _boundary_value, _boundary_value_jac, _bend(10), 0),
    _mgh(29, "integral-equation-10", _integral_equation, _integral_equation_jac, _bend(10), 0),
    _mgh(30, "broyden-tridiagonal-10", _broyden_tridiagonal, _broyden_tridiagonal_jac, (-1,) * 10, 0),
    _mgh(31, "broyden-banded-10", _broyden_banded, _broyden_banded_jac, (-1,) * 10, 0),
    _mgh(32, "linear-full-rank", _linear_full_rank, _linear_full_rank_jac, (1,) * 5, 8 - 5, (-1,) * 5),
    _mgh(33, "linear-rank-1", _linear_rank_1, _linear_rank_1_jac, (1,) * 5, 8 * 7 / (2 * 17)),
    _mgh(34, "linear-zero-rows", _linear_zero_rows, _linear_zero_rows_jac, (1,) * 5, (64 + 24 - 6) / (2 * 13)),
    _mgh(35, "chebyquad-8", _chebyquad, _chebyquad_jac, _grid(8), 3.51687e-3, even=False),
    _mgh(35, "chebyquad-9", _chebyquad, _chebyquad_jac, _grid(9), 0, even=False),
)


# ----------------------------------------------------------------------------
# NIST's datasets: models y(b, x), and their gradients with respect to b
# ----------------------------------------------------------------------------


def _fit(name, model, slopes, data):
    def residuals(m, b):
        return [model(m, b, x) - y for x, y in zip(data.x, data.y, strict=True)]

    def jacobian(m, b):
        return [slopes(m, b, x) for x in data.x]

    solution, minimum = data.parameters, data.sum_of_squares
    return System(name, data.source, residuals, jacobian, data.starts, minimum, solution, data, even=False)


def _misra1a(m, b, x):
    return b[0] * (1 - m.exp(-b[1] * x))


def _misra1a_slopes(m, b, x):
    e = m.exp(-b[1] * x)
    return [1 - e, b[0] * x * e]


def _misra1b(m, b, x):
    return b[0] * (1 - (1 + b[1] * x / 2) ** -2)


def _misra1b_slopes(m, b, x):
    u = 1 + b[1] * x / 2
    return [1 - u**-2, b[0] * x * u**-3]


def _misra1c(m, b, x):
    return b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5)


def _misra1c_slopes(m, b, x):
    u = 1 + 2 * b[1] * x
    return [1 - u**-0.5, b[0] * x * u**-1.5]


def _misra1d(m, b, x):
    return b[0] * b[1] * x / (1 + b[1] * x)


def _misra1d_slopes(m, b, x):
    u = 1 + b[1] * x
    return [b[1] * x / u, b[0] * x / u**2]


def _chwirut(m, b, x):
    return m.exp(-b[0] * x) / (b[1] + b[2] * x)


def _chwirut_slopes(m, b, x):
    e, d = m.exp(-b[0] * x), b[1] + b[2] * x
    return [-x * e / d, -e / d**2, -x * e / d**2]


def _danwood(m, b, x):
    return b[0] * m.exp(b[1] * math.log(x))


def _danwood_slopes(m, b, x):
    power = m.exp(b[1] * math.log(x))
    return [power, b[0] * power * math.log(x)]


def _lanczos(m, b, x):
    return sum(b[k] * m.exp(-b[k + 1] * x) for k in (0, 2, 4))


def _lanczos_slopes(m, b, x):
    row = []
    for k in (0, 2, 4):
        e = m.exp(-b[k + 1] * x)
        row += [e, -b[k] * x * e]
    return row


def _mgh09(m, b, x):
    return b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])


def _mgh09_slopes(m, b, x):
    p, q = x**2 + x * b[1], x**2 + x * b[2] + b[3]
    return [p / q, b[0] * x / q, -b[0] * p * x / q**2, -b[0] * p / q**2]


def _mgh10(m, b, x):
    return b[0] * m.exp(b[1] / (x + b[2]))


def _mgh10_slopes(m, b, x):
    d = x + b[2]
    e = m.exp(b[1] / d)
    return [e, b[0] * e / d, -b[0] * b[1] * e / d**2]


def _mgh17(m, b, x):
    return b[0] + b[1] * m.exp(-x * b[3]) + b[2] * m.exp(-x * b[4])


def _mgh17_slopes(m, b, x):
    p, q = m.exp(-x * b[3]), m.exp(-x * b[4])
    return [1, p, q, -x * b[1] * p, -x * b[2] * q]


def _rat42(m, b, x):
    return b[0] / (1 + m.exp(b[1] - b[2] * x))


def _rat42_slopes(m, b, x):
    e = m.exp(b[1] - b[2] * x)
    d = (1 + e) ** 2
    return [1 / (1 + e), -b[0] * e / d, b[0] * x * e / d]


def _rat43(m, b, x):
    return b[0] * m.exp(-m.log(1 + m.exp(b[1] - b[2] * x)) / b[3])


def _rat43_slopes(m, b, x):
    e = m.exp(b[1] - b[2] * x)
    log = m.log(1 + e)
    power = m.exp(-log / b[3])
    slope = b[0] * power * e / (b[3] * (1 + e))
    return [power, -slope, x * slope, b[0] * power * log / b[3] ** 2]


def _roszman(m, b, x):
    return b[0] - b[1] * x - m.arctan(b[2] / (x - b[3])) / math.pi


def _roszman_slopes(m, b, x):
    d = x - b[3]
    s = math.pi * (d**2 + b[2] ** 2)
    return [1, -x, -d / s, -b[2] / s]


def _thurber(m, b, x):
    return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def _thurber_slopes(m, b, x):
    d = 1 + b[4] * x + b[5] * x**2 + b[6] * x**3
    s = -(b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / d**2
    return [1 / d, x / d, x**2 / d, x**3 / d, s * x, s * x**2, s * x**3]


def _eckerle(m, b, x):
    return b[0] / b[1] * m.exp(-(((x - b[2]) / b[1]) ** 2) / 2)


def _eckerle_slopes(m, b, x):
    u = (x - b[2]) / b[1]
    e = m.exp(-(u**2) / 2) / b[1]
    return [e, b[0] * e * (u**2 - 1) / b[1], b[0] * e * u / b[1]]


_PRESSURE = (77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0)
_VOLUME = (10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78)


def _misra(letter, starts, parameters, standard_errors, sum_of_squares):
    source = f"{STRD}, Misra1{letter}; Misra, D., NIST (1978). Dental Research Monomolecular Adsorption Study"
    return Fit(source, _PRESSURE, _VOLUME, starts, parameters, standard_errors, sum_of_squares)


_FITS = (
    (
        "Misra1a",
        _misra1a,
        _misra1a_slopes,
        _misra(
            "a",
            starts=((500.0, 0.0001), (250.0, 0.0005)),
            parameters=(2.3894212918e02, 5.5015643181e-04),
            standard_errors=(2.7070075241e00, 7.2668688436e-06),
            sum_of_squares=1.2455138894e-01,
        ),
    ),
    (
        "Misra1b",
        _misra1b,
        _misra1b_slopes,
        _misra(
            "b",
            starts=((500.0, 0.0001), (300.0, 0.0002)),
            parameters=(3.3799746163e02, 3.9039091287e-04),
            standard_errors=(3.1643950207e00, 4.2547321834e-06),
            sum_of_squares=7.5464681533e-02,
        ),
    ),
    (
        "Misra1c",
        _misra1c,
        _misra1c_slopes,
        _misra(
            "c",
            starts=((500.0, 0.0001), (600.0, 0.0002)),
            parameters=(6.3642725809e02, 2.0813627256e-04),
            standard_errors=(4.6638326572e00, 1.7728423155e-06),
            sum_of_squares=4.0966836971e-02,
        ),
    ),
    (
        "Misra1d",
        _misra1d,
        _misra1d_slopes,
        _misra(
            "d",
            starts=((500.0, 0.0001), (450.0, 0.0003)),
            parameters=(4.3736970754e02, 3.0227324449e-04),
            standard_errors=(3.6489174345e00, 2.9334354479e-06),
            sum_of_squares=5.6419295283e-02,
        ),
    ),
    (
        "Chwirut2",
        _chwirut,
        _chwirut_slopes,
        Fit(
            source=f"{STRD}, Chwirut2; Chwirut, D., NIST (197?). Ultrasonic Reference Block Study",
            x=(
                *(0.5, 1, 1.75, 3.75, 5.75, 0.875, 2.25, 3.25, 5.25, 0.75, 1.75, 2.75, 4.75, 0.625, 1.25, 2.25, 4.25),
                *(0.5, 3, 0.75, 3, 1.5, 6, 3, 6, 1.5, 3, 0.5, 2, 4, 0.75, 2, 5, 0.75, 2.25, 3.75, 5.75, 3),
                *(0.75, 2.5, 4, 0.75, 2.5, 4, 0.75, 2.5, 4, 0.5, 6, 3, 0.5, 2.75, 0.5, 1.75),
            ),
            y=(
                *(92.9, 57.1, 31.05, 11.5875, 8.025, 63.6, 21.4, 14.25, 8.475, 63.8, 26.8, 16.4625, 7.125, 67.3),
                *(41.0, 21.15, 8.175, 81.5, 13.12, 59.9, 14.62, 32.9, 5.44, 12.56, 5.44, 32.0, 13.95, 75.8, 20.0),
                *(10.42, 59.5, 21.67, 8.55, 62.0, 20.2, 7.76, 3.75, 11.81, 54.7, 23.7, 11.55, 61.3, 17.7, 8.74, 59.2),
                *(16.3, 8.62, 81.0, 4.87, 14.62, 81.7, 17.17, 81.3, 28.9),
            ),
            starts=((0.1, 0.01, 0.02), (0.15, 0.008, 0.010)),
            parameters=(1.6657666537e-01, 5.1653291286e-03, 1.2150007096e-02),
            standard_errors=(3.8303286810e-02, 6.6621605126e-04, 1.5304234767e-03),
            sum_of_squares=5.1304802941e02,
        ),
    ),
    (
        "DanWood",
        _danwood,
        _danwood_slopes,
        Fit(
            source=f"{STRD}, DanWood; Daniel, C., and Wood, F. S. (1980). Fitting Equations to Data, 2nd ed., Wiley",
            x=(1.309, 1.471, 1.490, 1.565, 1.611, 1.680),
            y=(2.138, 3.421, 3.597, 4.340, 4.882, 5.660),
            starts=((1.0, 5.0), (0.7, 4.0)),
            parameters=(7.6886226176e-01, 3.8604055871e00),
            standard_errors=(1.8281973860e-02, 5.1726610913e-02),
            sum_of_squares=4.3173084083e-03,
        ),
    ),
    (
        "Lanczos3",
        _lanczos,
        _lanczos_slopes,
        Fit(
            source=f"{STRD}, Lanczos3; Lanczos, C. (1956). Applied Analysis, Prentice Hall, pp. 272-280",
            x=tuple(5 * i / 100 for i in range(24)),
            y=(
                *(2.5134, 2.0443, 1.6684, 1.3664, 1.1232, 0.9269, 0.7679, 0.6389, 0.5338, 0.4479, 0.3776, 0.3197),
                *(0.2720, 0.2325, 0.1997, 0.1723, 0.1493, 0.1301, 0.1138, 0.1000, 0.0883, 0.0783, 0.0698, 0.0624),
            ),
            starts=((1.2, 0.3, 5.6, 5.5, 6.5, 7.6), (0.5, 0.7, 3.6, 4.2, 4.0, 6.3)),
            parameters=(
                *(8.6816414977e-02, 9.5498101505e-01, 8.4400777463e-01),
                *(2.9515951832e00, 1.5825685901e00, 4.9863565084e00),
            ),
            standard_errors=(
                *(1.7197908859e-02, 9.7041624475e-02, 4.1488663282e-02),
                *(1.0766312506e-01, 5.8371576281e-02, 3.4436403035e-02),
            ),
            sum_of_squares=1.6117193594e-08,
        ),
    ),
    (
        "BoxBOD",
        _misra1a,
        _misra1a_slopes,
        Fit(
            source=f"{STRD}, BoxBOD; Box, G. P., Hunter, W. G., and Hunter, J. S. (1978). Statistics for "
            "Experimenters, Wiley, pp. 483-487",
            x=(1, 2, 3, 5, 7, 10),
            y=(109, 149, 149, 191, 213, 224),
            starts=((1.0, 1.0), (100.0, 0.75)),
            parameters=(2.1380940889e02, 5.4723748542e-01),
            standard_errors=(1.2354515176e01, 1.0455993237e-01),
            sum_of_squares=1.1680088766e03,
        ),
    ),
    (
        "MGH10",
        _mgh10,
        _mgh10_slopes,
        Fit(
            source=f"{STRD}, MGH10; Meyer, R. R. (1970), problem 10 of {MGH}",
            x=tuple(range(50, 126, 5)),
            y=(
                *(34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744),
                *(8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872),
            ),
            starts=((2.0, 400000.0, 25000.0), (0.02, 4000.0, 250.0)),
            parameters=(5.6096364710e-03, 6.1813463463e03, 3.4522363462e02),
            standard_errors=(1.5687892471e-04, 2.3309021107e01, 7.8486103508e-01),
            sum_of_squares=8.7945855171e01,
        ),
    ),
    (
        "MGH17",
        _mgh17,
        _mgh17_slopes,
        Fit(
            source=f"{STRD}, MGH17; Osborne, M. R. (1972), problem 17 of {MGH}",
            x=tuple(range(0, 321, 10)),
            y=(
                *(0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658),
                *(0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431),
                *(0.424, 0.420, 0.414, 0.411, 0.406),
            ),
            starts=((50.0, 150.0, -100.0, 1.0, 2.0), (0.5, 1.5, -1.0, 0.01, 0.02)),
            parameters=(3.7541005211e-01, 1.9358469127e00, -1.4646871366e00, 1.2867534640e-02, 2.2122699662e-02),
            standard_errors=(2.0723153551e-03, 2.2031669222e-01, 2.2175707739e-01, 4.4861358114e-04, 8.9471996575e-04),
            sum_of_squares=5.4648946975e-05,
        ),
    ),
    (
        "Rat42",
        _rat42,
        _rat42_slopes,
        Fit(
            source=f"{STRD}, Rat42; Ratkowsky, D. A. (1983). Nonlinear Regression Modeling, Dekker, pp. 61 and 88",
            x=(9, 14, 21, 28, 42, 57, 63, 70, 79),
            y=(8.930, 10.800, 18.590, 22.330, 39.350, 56.110, 61.730, 64.620, 67.080),
            starts=((100.0, 1.0, 0.1), (75.0, 2.5, 0.07)),
            parameters=(7.2462237576e01, 2.6180768402e00, 6.7359200066e-02),
            standard_errors=(1.7340283401e00, 8.8295217536e-02, 3.4465663377e-03),
            sum_of_squares=8.0565229338e00,
        ),
    ),
    ("Rat43", _rat43, _rat43_slopes, RAT43),
    (
        "Roszman1",
        _roszman,
        _roszman_slopes,
        Fit(
            source=f"{STRD}, Roszman1; Roszman, L., NIST (19??). Quantum Defects for Sulfur I Atom",
            x=(
                *(-4868.68, -4868.09, -4867.41, -3375.19, -3373.14, -3372.03, -2473.74, -2472.35, -2469.45, -1894.65),
                *(-1893.40, -1497.24, -1495.85, -1493.41, -1208.68, -1206.18, -1206.04, -997.92, -996.61, -996.31),
                *(-834.94, -834.66, -710.03, -530.16, -464.17),
            ),
            y=(
                *(0.252429, 0.252141, 0.251809, 0.297989, 0.296257, 0.295319, 0.339603, 0.337731, 0.333820, 0.389510),
                *(0.386998, 0.438864, 0.434887, 0.427893, 0.471568, 0.461699, 0.461144, 0.513532, 0.506641, 0.505062),
                *(0.535648, 0.533726, 0.568064, 0.612886, 0.624169),
            ),
            starts=((0.1, -0.00001, 1000.0, -100.0), (0.2, -0.000005, 1200.0, -150.0)),
            parameters=(2.0196866396e-01, -6.1953516256e-06, 1.2044556708e03, -1.8134269537e02),
            standard_errors=(1.9172666023e-02, 3.2058931691e-06, 7.4050983057e01, 4.9573513849e01),
            sum_of_squares=4.9484847331e-04,
        ),
    ),
    (
        "Thurber",
        _thurber,
        _thurber_slopes,
        Fit(
            source=f"{STRD}, Thurber; Thurber, R., NIST (197?). Semiconductor electron mobility modeling",
            x=(
                *(-3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363, -2.322),
                *(-1.501, -1.460, -1.274, -1.212, -1.100, -1.046, -0.915, -0.714, -0.566, -0.545, -0.400, -0.309),
                *(-0.109, -0.103, 0.010, 0.119, 0.377, 0.790, 0.963, 1.006, 1.115, 1.572, 1.841, 2.047, 2.200),
            ),
            y=(
                *(80.574, 84.248, 87.264, 87.195, 89.076, 89.608, 89.868, 90.101, 92.405, 95.854, 100.696),
                *(101.060, 401.672, 390.724, 567.534, 635.316, 733.054, 759.087, 894.206, 990.785, 1090.109),
                *(1080.914, 1122.643, 1178.351, 1260.531, 1273.514, 1288.339, 1327.543, 1353.863, 1414.509),
                *(1425.208, 1421.384, 1442.962, 1464.350, 1468.705, 1447.894, 1457.628),
            ),
            starts=((1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03), (1300.0, 1500.0, 500.0, 75.0, 1.0, 0.4, 0.05)),
            parameters=(
                *(1.2881396800e03, 1.4910792535e03, 5.8323836877e02, 7.5416644291e01),
                *(9.6629502864e-01, 3.9797285797e-01, 4.9727297349e-02),
            ),
            standard_errors=(
                *(4.6647963344e00, 3.9571156086e01, 2.8698696102e01, 5.5675370270e00),
                *(3.1333340687e-02, 1.4984928198e-02, 6.5842344623e-03),
            ),
            sum_of_squares=5.6427082397e03,
        ),
    ),
    (
        "MGH09",
        _mgh09,
        _mgh09_slopes,
        Fit(
            source=f"{STRD}, MGH09; Kowalik, J. S., and Osborne, M. R. (1978), problem 15 of {MGH}",
            x=(4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625),
            y=(0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246),
            starts=((25.0, 39.0, 41.5, 39.0), (0.25, 0.39, 0.415, 0.39)),
            parameters=(1.9280693458e-01, 1.9128232873e-01, 1.2305650693e-01, 1.3606233068e-01),
            standard_errors=(1.1435312227e-02, 1.9633220911e-01, 8.0842031232e-02, 9.0025542308e-02),
            sum_of_squares=3.0750560385e-04,
        ),
    ),
    (
        "Eckerle4",
        _eckerle,
        _eckerle_slopes,
        Fit(
            source=f"{STRD}, Eckerle4; Eckerle, K., NIST (197?). Circular interference transmittance study",
            x=(
                *(
                    400.0,
                    405.0,
                    410.0,
                    415.0,
                    420.0,
                    425.0,
                    430.0,
                    435.0,
                    436.5,
                    438.0,
                    439.5,
                    441.0,
                    442.5,
                    444.0,
                ),
                *(
                    445.5,
                    447.0,
                    448.5,
                    450.0,
                    451.5,
                    453.0,
                    454.5,
                    456.0,
                    457.5,
                    459.0,
                    460.5,
                    462.0,
                    463.5,
                    465.0,
                ),
                *(470.0, 475.0, 480.0, 485.0, 490.0, 495.0, 500.0),
            ),
            y=(
                *(
                    0.0001575,
                    0.0001699,
                    0.0002350,
                    0.0003102,
                    0.0004917,
                    0.0008710,
                    0.0017418,
                    0.0046400,
                    0.0065895,
                ),
                *(
                    0.0097302,
                    0.0149002,
                    0.0237310,
                    0.0401683,
                    0.0712559,
                    0.1264458,
                    0.2073413,
                    0.2902366,
                    0.3445623,
                ),
                *(
                    0.3698049,
                    0.3668534,
                    0.3106727,
                    0.2078154,
                    0.1164354,
                    0.0616764,
                    0.0337200,
                    0.0194023,
                    0.0117831,
                ),
                *(0.0074357, 0.0022732, 0.0008800, 0.0004579, 0.0002345, 0.0001586, 0.0001143, 0.0000710),
            ),
            starts=((1.0, 10.0, 500.0), (1.5, 5.0, 450.0)),
            parameters=(1.5543827178e00, 4.0888321754e00, 4.5154121844e02),
            standard_errors=(1.5408051163e-02, 4.6803020753e-02, 4.6800518816e-02),
            sum_of_squares=1.4635887487e-03,
        ),
    ),
)

NIST = tuple(itertools.starmap(_fit, _FITS))

SYSTEMS = (*MORE_GARBOW_HILLSTROM, *NIST)
