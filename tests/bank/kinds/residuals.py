"""Residuals ``model(p) - y`` at the solution of a fit, where they are small beside the model."""

from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import mp, mpf
from scipy.optimize import least_squares

from tests.bank.kinds.case import Case, loguniform
from tests.bank.primitives import MP, NUMPY
from tests.bank.series import Series

# a model over m, time and parameters, and times and parameters to begin with
Model = Callable[[Any, Any, Any], Any]
Drawn = tuple[np.ndarray, list[float]]


def _exponential(rng: np.random.Generator) -> Drawn:
    return np.linspace(0, 4, 20), [rng.uniform(1, 100), rng.uniform(0.1, 1.5)]


def _two_exponentials(rng: np.random.Generator) -> Drawn:
    return np.linspace(0, 5, 24), [rng.uniform(1, 10), rng.uniform(0.1, 0.5), rng.uniform(1, 10), rng.uniform(1, 3)]


def _logistic(rng: np.random.Generator) -> Drawn:
    return np.linspace(0, 12, 15), [rng.uniform(1, 500), rng.uniform(0.5, 2), rng.uniform(3, 8)]


def _misra(rng: np.random.Generator) -> Drawn:
    return np.linspace(50, 800, 14), [rng.uniform(100, 400), rng.uniform(3e-4, 1e-3)]


def _rational(rng: np.random.Generator) -> Drawn:
    return np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]), rng.uniform(0.1, 0.3, 4).tolist()


def _gauss(rng: np.random.Generator) -> Drawn:
    return np.linspace(-5, 5, 25), [rng.uniform(1, 1e3), rng.uniform(-1, 1), rng.uniform(0.5, 2), rng.uniform(0.1, 10)]


def _power(rng: np.random.Generator) -> Drawn:
    return np.geomspace(0.1, 50, 16), [rng.uniform(1, 100), rng.uniform(-2, 2)]


MODELS: dict[str, tuple[Model, Callable[[np.random.Generator], Drawn]]] = {
    "exponential": (lambda m, t, p: p[0] * m.exp(-p[1] * t), _exponential),
    "two exponentials": (lambda m, t, p: p[0] * m.exp(-p[1] * t) + p[2] * m.exp(-p[3] * t), _two_exponentials),
    "logistic": (lambda m, t, p: p[0] / (1 + m.exp(-p[1] * (t - p[2]))), _logistic),
    "Misra1a": (lambda m, t, p: p[0] * (1 - m.exp(-p[1] * t)), _misra),
    "MGH09": (lambda m, t, p: p[0] * (t * t + p[1] * t) / (t * t + p[2] * t + p[3]), _rational),
    "Michaelis-Menten": (lambda m, t, p: p[0] * t / (p[1] + t), _power),
    "peak on a background": (lambda m, t, p: p[0] * m.exp(-(((t - p[1]) / p[2]) ** 2)) + p[3], _gauss),
    "power law": (lambda m, t, p: p[0] * m.exp(p[1] * m.log(t)), _power),
}


def case(rng: np.random.Generator, i: int) -> Case:
    """Without noise in the data the residuals are those of rounding alone; the model itself is beside it."""
    name = list(MODELS)[int(rng.integers(len(MODELS)))]
    model, draw = MODELS[name]
    t, start = draw(rng)
    start = np.abs(start) if name == "Michaelis-Menten" else np.array(start)
    noise = 0.0 if i % 3 == 0 else loguniform(rng, 1e-8, 1e-1)

    def predicted(p: np.ndarray) -> np.ndarray:
        return model(NUMPY, t, p)

    y = predicted(start)
    y = y + noise * np.max(np.abs(y)) * rng.normal(size=len(t))
    fit = least_squares(
        lambda p: predicted(p) - y, start, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=60
    )
    p = fit.x
    if not np.all(np.isfinite(p)) or np.any(p == 0):
        p = start
    truth = np.empty((len(t), len(p)), dtype=object)
    with mp.workdps(40):
        for j in range(len(p)):
            series = [Series([mpf(float(v)), mpf(1 if k == j else 0)]) for k, v in enumerate(p)]
            truth[:, j] = [model(MP, mpf(float(ti)), series).c[1] for ti in t]
    sizes = np.abs(truth).astype(float)
    # entries that are nearly 0 count by the largest of their column
    scale = np.maximum(sizes, 1e-3 * np.max(sizes, axis=0))
    name = f"{name}, noise {noise:.0e}"
    alone = Case("residuals", name, predicted, p, truth, scale=scale)
    return Case("residuals", name, lambda q: predicted(q) - y, p, truth, scale=scale, beside=alone)
