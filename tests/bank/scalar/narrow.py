"""Features far narrower or wider than |x|, at zero and away from it."""

from tests.bank.points import loguniform, normal, signed, uniform
from tests.bank.problem import Problem


def _gauss(center, width):
    return lambda m, x: m.exp(-(((x - center) / width) ** 2))


def _lorentz(center, width):
    return lambda m, x: 1 / (1 + ((x - center) / width) ** 2)


def _step(center, width):
    return lambda m, x: m.tanh((x - center) / width)


NARROW = (
    Problem("gauss-1e-10-at-0", "narrow", _gauss(0.0, 1e-10), signed(loguniform(1e-12, 4e-10))),
    Problem("gauss-1e10-at-0", "narrow", _gauss(0.0, 1e10), signed(loguniform(1e6, 3e10))),
    Problem(
        "gauss-1e10-deep-inside",
        "narrow",
        _gauss(0.0, 1e10),
        signed(loguniform(1, 1e6)),
        note="f is 1 to all digits: only a step far larger than |x| sees it bend",
    ),
    Problem("gauss-1e-3-at-7", "narrow", _gauss(7.0, 1e-3), normal(7, 1e-3)),
    Problem("gauss-20-at-1e5", "narrow", _gauss(1e5, 20.0), normal(1e5, 20)),
    Problem("gauss-1e-7-at-1", "narrow", _gauss(1.0, 1e-7), normal(1, 1e-7)),
    Problem("lorentz-1e-8-at-0", "narrow", _lorentz(0.0, 1e-8), signed(loguniform(1e-10, 1e-6))),
    Problem("lorentz-1e-4-at-12", "narrow", _lorentz(12.0, 1e-4), normal(12, 2e-4)),
    Problem("lorentz-1e6-at-minus-1e6", "narrow", _lorentz(-1e6, 1e6), normal(0, 2e6)),
    Problem("lorentz-5e-7-at-1000", "narrow", _lorentz(1e3, 5e-7), normal(1e3, 5e-7)),
    Problem("tanh-1e-6-at-0", "narrow", _step(0.0, 1e-6), signed(loguniform(1e-8, 5e-6))),
    Problem("tanh-1e-5-at-3", "narrow", _step(3.0, 1e-5), normal(3, 1e-5)),
    Problem("tanh-0.1-at-1e4", "narrow", _step(1e4, 0.1), normal(1e4, 0.1)),
    Problem("tanh-1e9-at-0", "narrow", _step(0.0, 1e9), signed(loguniform(1e5, 5e9))),
    Problem("sech2-1e-6-at-2", "narrow", lambda m, x: 1 / m.cosh((x - 2) * 1e6) ** 2, normal(2, 1e-6)),
    Problem("erf-1e-4-at-minus-5", "narrow", lambda m, x: m.erf((x + 5) * 1e4), normal(-5, 1e-4)),
    Problem("arctan-1e-7-at-40", "narrow", lambda m, x: m.arctan((x - 40) * 1e7), normal(40, 2e-7)),
    Problem("bump-on-sine", "narrow", lambda m, x: m.sin(x) + m.exp(-(((x - 2) * 500) ** 2)), normal(2, 2e-3)),
    Problem("dip-on-line", "narrow", lambda m, x: 5 * x - 1e-3 / (1 + ((x - 1) * 1e4) ** 2), normal(1, 3e-4)),
    Problem(
        "gauss-derivative-1e-9",
        "narrow",
        lambda m, x: x * 1e9 * m.exp(-((x * 1e9) ** 2)),
        signed(loguniform(1e-11, 3e-9)),
    ),
    Problem(
        "double-peak",
        "narrow",
        lambda m, x: _lorentz(1.0, 1e-3)(m, x) + _lorentz(1.004, 1e-3)(m, x),
        uniform(0.995, 1.01),
    ),
    Problem("logistic-1e-3-at-0.5", "narrow", lambda m, x: 1 / (1 + m.exp((0.5 - x) * 1e3)), normal(0.5, 3e-3)),
    Problem(
        "peak-near-wide-peak",
        "narrow",
        lambda m, x: _gauss(0.0, 30.0)(m, x) + _gauss(10.0, 0.01)(m, x) / 50,
        normal(10, 0.02),
    ),
    Problem("gompertz-steep", "narrow", lambda m, x: m.exp(-m.exp((1.5 - x) * 2e3)), normal(1.5, 4e-4)),
)
