"""A function that remembers where it is evaluated."""

import numpy as np


class Recorder:
    """f, with every point at which it is evaluated, in the type in which it got it."""

    def __init__(self, f):
        self.f = f
        self.points = []

    def __call__(self, t):
        self.points.extend(np.atleast_1d(t))
        return self.f(t)

    @property
    def floats(self):
        """The points, whatever their type, as Python floats."""
        return [float(t) for t in self.points]
