"""Random functions of one number, as text, so that a call that breaks something can be printed and run again.

Of every kind that a derivative may meet: smooth at any scale, poles, kinks, jumps, edges, where f is NaN or infinite or
raises, noise and rounding, integers and complex numbers, overflow. The text is an expression in t. It is evaluated with
Python floats, which raise where numpy's numbers would warn.
"""

import cmath
import math
import struct
import zlib

__all__ = ["NAMESPACE", "complex_text", "text"]


def fail(kind, *_):
    raise kind("f is not defined here")


def noise(t):
    """Between 0 and 1: the same for the same t, and nothing else."""
    return zlib.crc32(struct.pack("d", t)) / 2**32


class Trouble(Exception):
    """An exception that nobody else knows."""


NAMESPACE = {
    "math": math,
    "cmath": cmath,
    "fail": fail,
    "noise": noise,
    "Trouble": Trouble,
    "nan": math.nan,
    "inf": math.inf,
}

DOMAIN_ERRORS = ("ArithmeticError", "ValueError", "RuntimeError", "ZeroDivisionError", "OverflowError", "UnicodeError")
OTHER_ERRORS = (
    "KeyError",
    "TypeError",
    "Trouble",
    "RecursionError",
    "NotImplementedError",
    "MemoryError",
    "StopIteration",
)

# {a}: a factor of any size; {b}: a length, about as large as x; {c}: a place, often x itself; {n}: a small integer
SMOOTH = (
    "{a} * math.sin((t - {c}) / {b})",
    "{a} * math.exp(t / {b})",
    "{a} * math.cos(t / {b})",
    "math.tanh((t - {c}) / {b})",
    "{a} * math.log(t - {c})",
    "math.log(t)",
    "{a} * math.sqrt(t - {c})",
    "{a} / (t - {c})",
    "1 / t",
    "{a} / ((t - {c}) / {b}) ** {n}",
    "{a} * (t / {b}) ** {n}",
    "{a} * t",
    "{a} * t + {a2}",
    "1 + t",
    "{a}",
    "t",
    "t * t * t",
    "{a2} + math.sin(t / {b})",
    "{a} * math.atan(1e6 * (t - {c}) / {b})",
    "math.exp(-(({b} / (t - {c})) ** 2))",
    "math.sin({b} / (t - {c}))",
    "math.sin(1e4 * t / {b})",
    "math.gamma(t)",
    "1e308 * t",
    "5e-324 * t",
    "1.7e308 + {a} * t",
)
ROUGH = (
    "{a} * abs(t - {c})",
    "{a} * abs(t - {c}) ** 1.5",
    "{a} * (t if t < {c} else {n} * t)",
    "({a} if t < {c} else {a2})",
    "({a} if t == {c} else {a2})",
    "math.floor({n} * t / {b}) / {n}",
    "round(t / {b}, {n})",
    "{a} * t + {a2} * noise(t)",
    "math.sin(t / {b}) + 1e-{n} * noise(t)",
    "{a} * noise(t)",
    "(math.sin(t / {b}) if t >= {c} else nan)",
    "({a} * t if t > {c} else inf)",
    "({a} * t if t != {c} else nan)",
    "(t if t < {c} else -inf)",
    "nan",
    "inf",
    "(nan if noise(t) < 0.1 else {a} * t)",
    "(t * t if t <= {c} else fail({domain}))",
    "({a} * math.sin(t / {b}) if t > {c} else fail({domain}))",
    "(fail({domain}) if noise(t) < 0.1 else {a} * t)",
    "fail({domain})",
    "(t if t == {c} else fail({domain}))",
    "(t * t if t <= {c} else fail({other}))",
    "fail({other})",
    "math.sqrt((t - {c}) * (t - {c}))",
    "math.copysign({a}, t - {c})",
    "{a} + {a} * math.sin(t / {b}) * 1e-15",
)
INTEGER = ("int(t)", "int(t / {b}) ** {n}", "{n}", "int(t > {c})", "10 ** 400", "int({n} * t) * 10 ** 300")
COMPLEX = (
    "complex({0}, {1})",
    "1j * ({0})",
    "complex({a}, {0})",
    "cmath.exp(1j * ({0}))",
    "complex({0}, nan)",
    "(t - {c}) ** 0.5",
)


def text(rng, x):
    """An expression in t, which makes something of the number x, or only of its size."""
    draw = rng.random()
    if draw < 0.48:
        return filled(rng, x, rng.choice(SMOOTH))
    if draw < 0.80:
        return filled(rng, x, rng.choice(ROUGH))
    if draw < 0.84:
        return filled(rng, x, rng.choice(INTEGER))
    one, other = (filled(rng, x, rng.choice(SMOOTH + ROUGH)) for _ in range(2))
    return f"({one}) {rng.choice('+-*')} ({other})"


def complex_text(rng, x):
    """An expression whose value is complex, at least for some t."""
    template = rng.choice(COMPLEX)
    for part in ("{0}", "{1}"):
        template = template.replace(part, filled(rng, x, rng.choice(SMOOTH + ROUGH[:6])))
    return filled(rng, x, template)


def filled(rng, x, template):
    """A template with numbers in it."""
    for name, make in (("{a}", factor), ("{a2}", factor), ("{b}", length), ("{c}", place)):
        if name in template:
            template = template.replace(name, parenthesised(make(rng, x)))
    template = template.replace("{n}", str(rng.randint(1, 6)))
    return template.replace("{domain}", rng.choice(DOMAIN_ERRORS)).replace("{other}", rng.choice(OTHER_ERRORS))


def parenthesised(number):
    """Its text, so that it can stand anywhere."""
    return repr(number) if number >= 0 else f"({number!r})"


def factor(rng, x):
    if rng.random() < 0.5:
        return round(rng.uniform(-3, 3), 3)
    return rng.choice((-1, 1)) * 10.0 ** rng.randint(-300, 300)


def length(rng, x):
    size = abs(x) if math.isfinite(x) and x else 1.0
    return max(min(size * 10.0 ** rng.choice((-8, -3, -1, 0, 0, 0, 1, 4)), 1e308), 1e-308)


def place(rng, x):
    if not math.isfinite(x):
        return 0.0
    draw = rng.random()
    if draw < 0.35:
        return x
    if draw < 0.75:
        return x * (1 + rng.choice((-1, 1)) * 10.0 ** rng.uniform(-16, 0.3))
    return rng.uniform(-2, 2)
