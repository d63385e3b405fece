"""How a problem is solved: what every method has in common."""
cimport cython


@cython.auto_pickle(False)
cdef class Method:
    """A way to differentiate, with all that was asked of it. A new one is a subclass with a `solve` of its own."""

    cdef Answer solve(self, Problem problem, tuple orders):
        """Derivatives of these orders, of all outputs along all lines of the problem."""
        raise NotImplementedError

    def answer(self, Problem problem, orders=(1,)):
        """Derivatives of all outputs of f along all lines of a problem.

        Parameters
        ----------
        problem : Problem
        orders : tuple of int

        Returns
        -------
        Answer
        """
        return self.solve(problem, orders)
