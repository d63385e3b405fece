"""Fits of NIST's Statistical Reference Datasets: models y(b, x), and their gradients with respect to b."""

import itertools
import math

from numdiff._tour.nist import RAT43, CertifiedFit
from tests.bank.systems.more_garbow_hillstrom import MGH
from tests.bank.systems.system import System

STRD = "NIST Statistical Reference Datasets (StRD), nonlinear regression"


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
    return CertifiedFit(source, _PRESSURE, _VOLUME, starts, parameters, standard_errors, sum_of_squares)


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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
        CertifiedFit(
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
