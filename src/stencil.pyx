"""Stencils: which displaced points a difference quotient uses, with which weights, and the step that suits it.

A stencil of order k on the offsets o_1 .. o_n approximates

    f^(k)(x) = h^-k sum_i w_i f(x + o_i h) - C h^p f^(k+p)(x) - ...

where p is its accuracy and C its truncation constant. With each value of f wrong by at most eps |f|, round-off adds
up to h^-k eps |f| sum_i |w_i|; the sum is the round-off multiplier.

An f of scale L has derivatives f^(n) of the size of f / L^n. Relative to f^(k) = f / L^k the error is then
C (h/L)^p + S eps (L/h)^k. Where L is a guess U that may be too large by any factor up to K, the first term is largest
for L = U/K, the second for L = U; the step is chosen for both at once, by the least of

    C (K h/U)^p + S eps (U/h)^k,      h = U K^(-p/(k + p)) (k S eps / (p C))^(1/(k + p)).

It is shorter by nearly K for a high accuracy, which would be the worst of all beyond the scale of f, and by less for a
low one. K is the margin. Round-off grows as h^-k, so that the margin costs the more digits the higher the order: a step
can be kept from falling below (S eps / m)^(1/k), where round-off alone is m.
"""
cimport cython
from libc.math cimport fabs, pow

from operator import index

import numpy as np


# for Python: __all__ of the module
globals().update(MAX_ORDER=MAX_ORDER, MAX_ACCURACY=MAX_ACCURACY)


cdef int fornberg_weights(const double* offset, int size, int order, double* weight) noexcept nogil:
    """Weights of the derivative of this order at 0 on `size` distinct offsets.

    B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids", Math. Comp. 51 (1988) 699:
    the interpolation weights grow by one offset at a time, here for an expansion about 0. Extended precision where the
    platform has it, because the recursion loses a few digits on long stencils.
    """
    cdef long double c[MAX_POINTS][MAX_ORDER + 1]
    cdef long double c1 = 1, c2, c3, last
    cdef int i, j, k
    for i in range(size):
        for k in range(order + 1):
            c[i][k] = 0
    c[0][0] = 1
    for i in range(1, size):
        c2 = 1
        last = offset[i - 1]
        for j in range(i):
            c3 = <long double>offset[i] - offset[j]
            c2 *= c3
            if j == i - 1:
                for k in range(min(i, order), -1, -1):
                    c[i][k] = c1 * ((k * c[i - 1][k - 1] if k else 0) - last * c[i - 1][k]) / c2
            for k in range(min(i, order), -1, -1):
                c[j][k] = (offset[i] * c[j][k] - (k * c[j][k - 1] if k else 0)) / c3
        c1 = c2
    for i in range(size):
        weight[i] = <double>c[i][order]
    return 0


@cython.final
@cython.auto_pickle(False)
cdef class Stencil:
    """A difference quotient: offsets in units of the step h, and weights in units of h^-order.

    Parameters
    ----------
    offsets : sequence of float
        At most 32 distinct finite numbers, more than `order` of them.
    order : int
        Order of the derivative, 1 to 10.

    Attributes
    ----------
    offsets, weights : ndarray, shape (n,)
        A point whose weight vanishes by symmetry (the centre, for an odd order) is left out.
    order, accuracy, size : int
        Order of the derivative, order of the truncation error, number of points.
    truncation : float
        C in the truncation error C h^accuracy f^(order + accuracy), without its sign.
    roundoff : float
        The sum of the absolute weights.
    """

    def __init__(self, offsets, order):
        cdef list points = sorted(float(o) for o in offsets)
        cdef int i
        order = index(order)
        if not 1 <= order <= MAX_ORDER:
            raise ValueError(f"order must be from 1 to {MAX_ORDER}; got {order}")
        if not order < len(points) <= MAX_POINTS:
            raise ValueError(
                f"offsets must be more than order = {order} and at most {MAX_POINTS}; got {len(points)}")
        if not np.all(np.isfinite(points)):
            raise ValueError(f"offsets must be finite; got {points}")
        if len(set(points)) < len(points):
            raise ValueError(f"offsets must be distinct; got {points}")
        for i in range(len(points)):
            self.offset[i] = points[i]
        self.complete(<int>len(points), order)

    @staticmethod
    def usual(str method, int order, int accuracy):
        """The usual stencil: equally spaced points, as few as `accuracy` needs.

        Parameters
        ----------
        method : {"central", "forward", "backward"}
        order : int
            1 to 10.
        accuracy : int
            1 to 8; even for "central".
        """
        if method not in ("central", "forward", "backward"):
            raise ValueError(f"method must be 'central', 'forward' or 'backward'; got {method!r}")
        if not 1 <= order <= MAX_ORDER:
            raise ValueError(f"order must be from 1 to {MAX_ORDER}; got {order}")
        if not 1 <= accuracy <= MAX_ACCURACY or method == "central" and accuracy % 2:
            raise ValueError(f"accuracy must be from 1 to {MAX_ACCURACY}, and even for 'central'; got {accuracy}")
        return usual_stencil(method, order, accuracy)

    cdef void complete(self, int n, int order) noexcept nogil:
        """Weights and constants of the stencil on the first n offsets."""
        cdef int i, power
        cdef double moment, size, factorial
        fornberg_weights(self.offset, n, order, self.weight)
        self.order = order
        self.roundoff = 0
        for i in range(n):
            self.roundoff += fabs(self.weight[i])
        # by Taylor's formula the first moment that does not vanish, beyond the order, is the truncation error
        factorial = 1
        for power in range(2, n):
            factorial *= power
        power = n - 1
        while power < n + 2:
            power += 1
            factorial *= power
            moment = size = 0
            for i in range(n):
                moment += self.weight[i] * pow(self.offset[i], power)
                size += fabs(self.weight[i] * pow(self.offset[i], power))
            if fabs(moment) > 1e-9 * size:
                break
        self.accuracy = power - order
        self.truncation = fabs(moment) / factorial
        # the centre of a symmetric stencil of odd order carries a weight of mere rounding error
        self.size = 0
        for i in range(n):
            if fabs(self.weight[i]) > 1e-15 * self.roundoff:
                self.offset[self.size] = self.offset[i]
                self.weight[self.size] = self.weight[i]
                self.size += 1

    @property
    def offsets(self):
        return np.array([self.offset[i] for i in range(self.size)])

    @property
    def weights(self):
        return np.array([self.weight[i] for i in range(self.size)])

    def __repr__(self):
        return f"Stencil({self.offsets.tolist()}, order={self.order}, accuracy={self.accuracy})"

    cdef double best_step(self, double eps, double margin) noexcept nogil:
        """The h that minimises model_error: its derivative by h vanishes there."""
        cdef double k = self.order, p = self.accuracy
        return pow(k * self.roundoff * eps / (p * self.truncation), 1.0 / (k + p)) / pow(margin, p / (k + p))

    cdef double guarded_step(self, double eps, double margin, double most) noexcept nogil:
        """As best_step, but not so short that round-off alone is above `most`, if the best for a known scale is not."""
        cdef double longest = self.best_step(eps, 1), shortest = pow(self.roundoff * eps / most, 1.0 / self.order)
        return min(longest, max(shortest, self.best_step(eps, margin)))

    cdef double model_error(self, double h, double eps, double margin) noexcept nogil:
        """Truncation plus round-off, each for the worst f whose scale is between 1/margin and 1."""
        return self.truncation * pow(margin * h, self.accuracy) + self.roundoff * eps / pow(h, self.order)

    def step(self, double eps, double margin=1.0, double most=np.inf):
        """The step that minimises `error`; with `most`, one where round-off is no more than that, if there is any."""
        return self.guarded_step(eps, margin, most)

    def error(self, double h, double eps, double margin=1.0):
        """Truncation plus round-off at step `h` for an f of relative error `eps`, whose scale is 1, or any between
        1/margin and 1."""
        return self.model_error(h, eps, margin)


cdef Stencil usual_stencil(str method, int order, int accuracy):
    cdef Stencil stencil = Stencil.__new__(Stencil)
    cdef int first, n, i
    if method == "central":
        n = 2 * ((order + 1) // 2 + accuracy // 2) - 1
        first = -(n // 2)
    else:
        n = order + accuracy
        first = 0 if method == "forward" else 1 - n
    for i in range(n):
        stencil.offset[i] = first + i
    stencil.complete(n, order)
    return stencil
