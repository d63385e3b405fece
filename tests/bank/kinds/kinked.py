"""Kinks beside x, under the rounding of single precision."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.bank.kinds.case import Case, derivative_of, loguniform, on_floats, on_singles, point, sign
from tests.bank.kinds.shapes import shape


def noisy_kink(rng: np.random.Generator, i: int) -> Case:
    """``float32(s(t) + c max(t - k, 0))`` with k at a distance of 1e-7 to 1e-1 from x, on either side."""
    x = point(rng, 1e-2, 1e2)
    size = abs(x)
    body = shape(rng, x, size * loguniform(rng, 0.3, 3))
    height = point(rng, 1e-3, 1e1) / size
    distance = loguniform(rng, 1e-7, 1e-1) * size
    k = x + sign(rng) * distance
    smooth = on_floats(body)
    single, k32, height32 = on_singles(body), np.float32(k), np.float32(height)

    def in_single(t: float) -> float:
        return float(np.float32(single(t)) + height32 * max(np.float32(t) - k32, np.float32(0)))

    value = derivative_of(body, x, 1)
    left, right = value, value + mpf(height)
    forms: tuple[tuple[str, Callable[[float], float]], ...] = (
        ("float32 of the value", lambda t: float(np.float32(smooth(t) + height * max(t - k, 0.0)))),
        ("all in float32", in_single),
        ("f(float32(t))", lambda t: (lambda u: smooth(u) + height * max(u - k, 0.0))(float(np.float32(t)))),
    )
    name, f = forms[int(rng.choice(3, p=(0.6, 0.2, 0.2)))]
    # the kink is where x is rounded to: either side is right
    lost = name != "float32 of the value" and distance < 2 * float(np.spacing(np.float32(size)))
    return Case(
        "kink-under-noise",
        f"{name}, kink of {height * size:.1g} at {'+' if k > x else '-'}{distance / size:.1g} x"
        f"{' (lost)' if lost else ''}",
        f,
        x,
        left if k > x else right,
        also=(left, right) if lost else (),
        scale=max(float(abs(left)), float(abs(right))),
    )


def _network(rng: np.random.Generator, inputs: int) -> list[tuple[np.ndarray, np.ndarray]]:
    sizes = [inputs, *(int(rng.integers(4, 25)) for _ in range(int(rng.integers(1, 4)))), 1]
    return [
        (
            (rng.normal(size=(n, m)) * np.sqrt(2 / m)).astype(np.float32),
            (0.3 * rng.normal(size=n)).astype(np.float32),
        )
        for m, n in pairwise(sizes)
    ]


def _slope(layers: Any, start: Any, along: Any) -> tuple[mpf, float]:
    """The directional derivative in exact arithmetic, and how near to its kink a unit comes, relatively."""
    with mp.workdps(60):
        v, d, nearest = list(start), [mpf(float(a)) for a in along], mpf("inf")
        for w, b in layers[:-1]:
            rows = [[mpf(float(a)) for a in row] for row in w]
            u = [mp.fdot(row, v) + mpf(float(c)) for row, c in zip(rows, b, strict=True)]
            e = [mp.fdot(row, d) for row in rows]
            sizes = [
                mp.fsum(abs(a * c) for a, c in zip(row, v, strict=True)) + abs(float(c))
                for row, c in zip(rows, b, strict=True)
            ]
            nearest = min([nearest, *(abs(ui) / (s or 1) for ui, s in zip(u, sizes, strict=True))])
            v = [max(ui, mpf(0)) for ui in u]
            d = [ei if ui > 0 else mpf(0) for ui, ei in zip(u, e, strict=True)]
        return mp.fdot([mpf(float(a)) for a in layers[-1][0][0]], d), float(nearest)


def _net(kind: str, rng: np.random.Generator, dtype: type[Any]) -> Case:
    """A relu net along a line through a random input."""
    inputs = int(rng.integers(1, 9))
    layers = _network(rng, inputs)
    base = rng.normal(size=inputs).astype(np.float32).astype(np.float64)
    along = np.zeros(inputs)
    if inputs == 1 or rng.random() < 0.5:
        j = int(rng.integers(inputs))
        along[j], x, base[j] = 1.0, float(base[j]), 0.0
        name = "entry"
    else:
        along, x = rng.normal(size=inputs), 0.0
        name = "direction"
    cast = [(w.astype(dtype), b.astype(dtype)) for w, b in layers]

    def f(t: float) -> float:
        v = (base + t * along).astype(dtype)
        for w, b in cast[:-1]:
            v = np.maximum(w @ v + b, dtype(0))
        w, b = cast[-1]
        return float((w @ v + b)[0])

    with mp.workdps(60):
        start = [mpf(float(a)) + mpf(x) * mpf(float(c)) for a, c in zip(base, along, strict=True)]
    slope, nearest = _slope(layers, start, along)
    lost = nearest < 20 * float(np.finfo(dtype).eps)
    also = ()
    if lost:
        # a unit is at its kink but for rounding: the slopes just beside are as right
        beside = float(np.finfo(dtype).eps) * 100
        also = tuple(
            _slope(layers, [s + mpf(h) * mpf(float(a)) for s, a in zip(start, along, strict=True)], along)[0]
            for h in (-beside, beside)
        )
    scale = max(float(abs(slope)), 0.01 * float(np.linalg.norm(along)))
    return Case(
        kind, f"{name}, nearest kink {nearest:.1g}{' (lost)' if lost else ''}", f, x, slope, also=also, scale=scale
    )


def net32(rng: np.random.Generator, i: int) -> Case:
    return _net("relu-net-float32", rng, np.float32)


def net64(rng: np.random.Generator, i: int) -> Case:
    return _net("relu-net-float64", rng, np.float64)
