"""Slopes of noisy functions, by polynomials fitted to many values at once.

The adaptive method takes noise for as bad as it may be at each of a few nodes. Where that is too coarse to judge by,
the same stretch of f is sampled at many points, so that noise averages out; a polynomial is fitted by least squares,
and the scatter about it tells how uncertain its slope is [1]_.

References
----------
.. [1] G. A. F. Seber and A. J. Lee, Linear Regression Analysis, 2nd ed., Wiley 2003, chapters 3 and 8.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = ["slopes_of"]

Array = np.ndarray[Any, Any]

# No more, since an entry has had some 35 evaluations before: twice as many points make bounds 1.4 times sharper.
POINTS = 24
# Of the polynomials, all of them odd: the slope at the middle does not depend on even terms.
DEGREES = tuple(range(1, 14, 2))
# Standard deviations that the bound allows for: the distribution is not known, nor are rounding errors independent.
DEVIATIONS = 7.0


@cache
def _orthonormal() -> tuple[Array, Array, Array]:
    """Points on [-1, 1], polynomials of degree 0, 1, ... orthonormal on them, and their slopes at 0."""
    points = np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)
    q, r = np.linalg.qr(np.vander(points, DEGREES[-1] + 1, increasing=True))
    # of the monomials, only t has a slope at 0
    slopes = np.linalg.solve(r.T, np.eye(len(r))[1])
    return points, q, slopes


def slopes_of(values_at: Callable[[Array], tuple[Array, int]], reach: float, noise: Array) -> tuple[Array, Array, int]:
    """Slopes at 0 of functions known through noise, and bounds of their errors.

    `values_at` returns the values of the functions, one column each, at some displacements: not finite, where there are
    none; and the evaluations that it took. `reach` is the largest displacement within which they are known to be
    smooth. `noise` is what their values are known to, which need not average out: 0 where nothing is known. Returns
    also the number of evaluations.
    """
    points, q, slopes = _orthonormal()
    y, nfev = values_at(reach * points)
    with np.errstate(all="ignore"):
        c = q.T @ y
        fits = [_fit(y, q, c, slopes, degree) for degree in DEGREES]
        found = np.array([slope for slope, *_ in fits[:-1]]) / reach
        bounds = np.array(
            [
                np.abs(slope - finer) + DEVIATIONS * deviation + worst * noise
                for (slope, deviation, worst), (finer, *_) in pairwise(fits)
            ]
        )
        bounds = np.where(np.isfinite(bounds), bounds, np.inf) / reach
    best = bounds.argmin(axis=0)[np.newaxis]
    return np.take_along_axis(found, best, axis=0)[0], np.take_along_axis(bounds, best, axis=0)[0], nfev


def _fit(y: Array, q: Array, c: Array, slopes: Array, degree: int) -> tuple[Array, Array, float]:
    """Slope at 0 of the polynomial of this degree through y, its standard deviation, and what it errs by at most where
    no value errs by more than 1."""
    upto = slice(degree + 1)
    scatter = np.linalg.norm(y - q[:, upto] @ c[upto], axis=0) / np.sqrt(POINTS - degree - 1)
    worst = float(np.abs(q[:, upto] @ slopes[upto]).sum())
    return slopes[upto] @ c[upto], scatter * np.linalg.norm(slopes[upto]), worst
