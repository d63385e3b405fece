"""The function that is differentiated: what is called, with which further arguments, and in which way."""
cimport cython

from collections.abc import Mapping

import numpy as np

from numdiff._kernels.plain cimport require_plain


@cython.final
@cython.freelist(4)
cdef class Function:
    """A function to differentiate, and how it is called.

    Every public function of the library takes a plain callable or a `Function`. A `Function` is worth making when it
    is used more than once, or to count calls.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)``. It is called with one float64 array of x's shape; with a Python float where x is a
        number.
    vectorized : bool, optional
        Whether f takes many points in one call: an array of shape ``x.shape + (k,)``, k points on the last axis, to
        values of shape ``f.shape + (k,)``. For `derivative`, and wherever x is a number, shape ``(k,)``. A body
        written with ``x[0]``, ``x[1]``, ... works both ways. Each differentiation compares x alone with x inside a
        block and refuses an f whose points do not stand on their own.
    args : tuple, optional
        Further arguments of f.
    kwargs : mapping, optional
        Keyword arguments of f.
    noise : float or array_like, optional
        The absolute accuracy to which f is known, of all outputs or, as an array that broadcasts to f's shape, of each:
        ``noise=1e-6`` for a solver's tolerance of 1e-6. It is the least noise in every bound and every step. The
        keyword of the public functions goes before it.

    Attributes
    ----------
    f, vectorized, args, kwargs, noise
        As given; `kwargs` is a new dict, empty if there are none, and `noise` a number or a read-only array of float64,
        None if it is not given.
    nfev : int
        Points at which f has been evaluated through this object.

    Raises
    ------
    TypeError
        If `f` is not callable, `args` not a tuple or list, `kwargs` not a mapping from names, or `noise` not real.
    ValueError
        If `noise` is negative, infinite or NaN.

    Notes
    -----
    f may keep, change, resize or return its argument: it is a private copy, reused only while nobody else holds it.
    A `Function` can be pickled where `f`, `args` and `kwargs` can; the count starts again.

    Examples
    --------
    >>> import numdiff
    >>> f = numdiff.Function(lambda x, a: a * x[0] * x[1], args=(3.0,))
    >>> numdiff.gradient(f, [1.0, 2.0], method="central").round(6)
    array([6., 3.])
    >>> f.nfev
    4
    """

    def __init__(self, f, bint vectorized=False, args=(), kwargs=None, noise=None):
        take(self, f, vectorized, args, kwargs)
        self.noise = as_noise(noise)

    @property
    def kwargs(self):
        """Keyword arguments of f, in a dict of the caller's own."""
        return {} if self.keywords is None else self.keywords.copy()

    def __call__(self, x):
        """Return ``f(x, *args, **kwargs)`` and count one point."""
        self.count(1)
        return self.call(x)

    def block(self, x, Py_ssize_t points):
        """Return ``f(x, *args, **kwargs)`` for x that holds so many points, and count them."""
        self.count(points)
        return self.call(x)

    def __reduce__(self):
        return Function, (self.f, self.vectorized, self.args, self.keywords, self.noise)

    def __repr__(self):
        keywords = "" if self.keywords is None else f", kwargs={self.keywords!r}"
        noise = "" if self.noise is None else f", noise={self.noise!r}"
        return f"Function({self.f!r}, vectorized={self.vectorized}, args={self.args!r}{keywords}{noise})"


cdef int take(Function self, object f, bint vectorized, object args, object kwargs) except -1:
    if not callable(f):
        raise TypeError(f"f must be callable; got {f!r} of type {type(f).__name__}")
    self.f = f
    self.vectorized = vectorized
    self.args = args if type(args) is tuple else as_arguments(args)
    self.keywords = None if kwargs is None else as_keywords(kwargs)
    return 0


cdef Function new_function(object f, bint vectorized, object args, object kwargs):
    cdef Function self = Function.__new__(Function)
    take(self, f, vectorized, args, kwargs)
    return self


cdef tuple as_arguments(object args):
    """`args` as a tuple; a string or a number is a forgotten comma."""
    if isinstance(args, list):
        return tuple(args)
    raise TypeError(f"args must be a tuple of further arguments of f, such as (a,); got {args!r}")


cdef dict as_keywords(object kwargs):
    """`kwargs` as a dict of this object's own, or None if it is empty."""
    cdef object name
    if not isinstance(kwargs, Mapping):
        raise TypeError(f"kwargs must be a mapping of keyword arguments of f, such as {{'a': 1}}; got {kwargs!r}")
    for name in kwargs:
        if not isinstance(name, str):
            raise TypeError(
                f"kwargs must have strings for names, those of keyword arguments of f; got the name {name!r}")
    return dict(kwargs) or None


cpdef object as_noise(object noise):
    """A number or an array of float64, from what was given as the accuracy of f; None if nothing was."""
    if noise is None:
        return None
    require_plain(noise, "noise")
    try:
        array = np.asarray(noise)
        if array.dtype.kind not in "iuf":
            raise TypeError
    except (TypeError, ValueError):
        raise TypeError(
            f"noise must be a real number that is not negative, or an array of them; got {noise!r}") from None
    array = array.astype(np.float64)
    bad = ~((array >= 0) & (array < np.inf))
    if bad.any():
        raise ValueError(f"noise must be finite and not negative; got {array[bad][0]}")
    array.setflags(write=False)     # what is in it has been looked at
    return array if array.ndim else float(array)


cdef extern from *:
    """
    /* The public address of a type, by which it is pickled and shown. */
    static void numdiff_move_type(PyObject *object, const char *name, PyObject *module)
    {
        PyTypeObject *type = (PyTypeObject *)object;
        if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
            PyDict_SetItemString(type->tp_dict, "__module__", module);
        else
            type->tp_name = name;
        PyType_Modified(type);
    }
    """
    void numdiff_move_type(object type, const char* name, object module)


numdiff_move_type(Function, "numdiff.Function", "numdiff")
