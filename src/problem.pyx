"""What is differentiated: one object, made once and passed on whole."""
cimport cython

import numpy as np

from numdiff._kernels.answer cimport QUANTITIES
from numdiff._kernels.function cimport as_noise


@cython.final
@cython.freelist(4)
@cython.auto_pickle(False)
cdef class Problem:
    """A function, lines through points, and what is known of it there.

    Parameters
    ----------
    function : Function
    lines : Lines
    f0 : array_like, optional
        f(x), if it is known; where every entry of x is an origin, at every one of them.
    one_output : bool
        Whether more than one output is an error.
    noise : float or array_like, optional
        The absolute accuracy of f, of all outputs or of each; where every entry of x is an origin, of each of them. By
        default that of the function.
    """

    def __init__(self, Function function, Lines lines, f0=None, bint one_output=False, noise=None):
        self.function, self.lines, self.f0, self.one_output = function, lines, f0, one_output
        self.noise = function.noise if noise is None else as_noise(noise)
        self.wanted = QUANTITIES

    @property
    def outputs(self):
        """The shape of what is answered at a point: () where there is one output."""
        return () if self.one_output else np.shape(self.f0) or (1,)

    def only(self, columns):
        """The same with respect to these variables: where each is an origin, at these points.

        Parameters
        ----------
        columns : ndarray of int
        """
        return Problem(self.function, self.lines.only(columns), self.f0, self.one_output, self.noise)

    def along(self, vectors):
        """The same along vectors, as `Lines.along` takes them."""
        return Problem(self.function, self.lines.along(vectors), self.f0, self.one_output, self.noise)

    def on_side(self, int side):
        """The same on the right (1) or the left (-1) of x only."""
        return Problem(self.function, self.lines.on_side(side), self.f0, self.one_output, self.noise)


cdef Problem new_problem(Function function, Lines lines, object f0, object noise, bint one_output, int wanted):
    cdef Problem self = Problem.__new__(Problem)
    self.function, self.lines, self.f0, self.one_output, self.wanted = function, lines, f0, one_output, wanted
    self.noise = function.noise if noise is None else as_noise(noise)
    return self
