"""f, watched: what it is called with, how often, and what it raises."""

import zlib
from functools import lru_cache

import numpy as np

from tests.fuzz.functions import NAMESPACE

__all__ = ["Watched"]


@lru_cache(64)
def compiled(expression):
    return eval(f"lambda t: {expression}", NAMESPACE)


class Watched:
    """A function that a `Call` describes; one that takes blocks treats their points one by one, and all alike.

    Attributes
    ----------
    count : int
        Points at which it was evaluated.
    raised : list of Exception
    strange : list of str
        What was wrong with its arguments.
    seen : int
        A checksum of all points so far, in their order.
    mixed : bool
        Whether some outputs were complex at a point where others were real: alone, a point is then out of the domain
        as a whole, and in a block in those outputs.
    """

    def __init__(self, outputs, shape, returned, x, number, vectorized=False, args=(), bounds=None, axes=True):
        self.functions = [(compiled(expression), entry) for expression, entry in outputs]
        self.shape, self.returned, self.vectorized, self.args = shape, returned, vectorized, args
        self.x = np.array(x)
        if self.x.dtype != np.float32:
            self.x = self.x.astype(np.float64)
        self.number = number
        self.type = np.float32 if self.x.dtype == np.float32 else float
        self.ends = None if bounds is None else self.ends_of(bounds)
        self.axes = axes
        self.count, self.raised, self.strange, self.seen, self.mixed = 0, [], [], 0, False

    def ends_of(self, bounds):
        """Lower and upper end of each entry of x, in its precision."""
        with np.errstate(over="ignore"):
            lower, upper = (np.asarray(end).astype(self.x.dtype) for end in bounds)
        pairs = zip(*(np.broadcast_to(end, self.x.shape).reshape(-1).tolist() for end in (lower, upper)), strict=True)
        return list(pairs)

    def __call__(self, argument, *args):
        if len(args) != len(self.args) or any(a is not b for a, b in zip(args, self.args, strict=False)):
            self.strange.append("args are not those that were given")
        if not self.vectorized:
            self.count += 1
            return self.converted(self.at(argument), ())
        count = argument.shape[-1]
        self.count += count
        if self.number:
            if argument.ndim != 1 or argument.dtype != self.x.dtype:
                self.strange.append("a block that is not a vector of x's type")
            points = [self.at(self.type(t)) for t in argument]
        else:
            points = [self.at(argument[..., k]) for k in range(count)]
        return self.converted(list(zip(*points, strict=True)) if points else [() for _ in self.functions], (count,))

    def at(self, point):
        """The numbers that f has at a point."""
        flat = self.number_at(point) if self.number else self.entries_at(point)
        try:
            numbers = [f(flat[i] if flat else 1.0) for f, i in self.functions]
            self.mixed = self.mixed or len({isinstance(number, complex) for number in numbers}) > 1
            return numbers
        except Exception as error:
            self.raised.append(error)
            raise

    def number_at(self, point):
        """The entries of x, of which there is one, if x is a number; else all are it."""
        if type(point) is not self.type:
            self.strange.append(f"a point of type {type(point).__name__} for x of {self.x.dtype}")
        t = float(point)
        self.seen = zlib.crc32(np.float64(t), self.seen)
        if self.x.size == 1 and not np.isfinite(self.x) and t != self.x and not np.isnan(self.x):
            self.strange.append("a displaced point, of an x that is not finite")
        if self.x.size == 1 and np.isnan(self.x) and t == t:
            self.strange.append("a displaced point, of an x that is not finite")
        if self.ends is not None and not any(low <= t <= high for low, high in self.ends) and t == t:
            self.strange.append("a point outside of the bounds")
        return [t] * self.x.size

    def entries_at(self, point):
        if point.dtype != self.x.dtype or point.shape != self.x.shape:
            self.strange.append("a point of another shape or type than x")
        self.seen = zlib.crc32(np.ascontiguousarray(point), self.seen)
        flat = point.reshape(-1).tolist()
        moved = sum(t != at and (t == t or at == at) for t, at in zip(flat, self.x.reshape(-1).tolist(), strict=False))
        if self.axes and moved > 1:
            self.strange.append("a point that differs from x in more than one entry")
        if self.ends is not None and any(t < low or t > high for t, (low, high) in zip(flat, self.ends, strict=False)):
            self.strange.append("a point outside of the bounds")
        return flat

    def converted(self, numbers, extra):
        """As f returns them."""
        if self.returned == "float" and self.shape is None and not extra:
            return numbers[0]
        try:
            return self.array(numbers, extra)
        except OverflowError as error:
            self.raised.append(error)
            raise

    def array(self, numbers, extra):
        with np.errstate(all="ignore"):
            array = np.array(numbers)
            if array.dtype == object:
                # integers that are too long
                array = np.array([[float(t) for t in row] if extra else float(row) for row in numbers])
            if self.returned == "float32":
                array = array.astype(np.complex64 if array.dtype.kind == "c" else np.float32)
            array = array.reshape((self.shape or ()) + extra)
        return array[()] if self.returned != "array" else array
