"""The systems of Moré, Garbow and Hillstrom, in the order and with the numbers of the paper."""

import math

from tests.bank.systems.system import System

MGH = "J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing Unconstrained Optimization Software, ACM TOMS 7 (1981) 17-41"


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
