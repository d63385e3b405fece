"""What f returns: its shape and type, learnt from the first value and the same ever after."""
cimport cython
cimport numpy as cnp
from libc.math cimport INFINITY

import math

import numpy as np

from numdiff._kernels.plain cimport require_plain
from numdiff._kernels.values cimport Values

cnp.import_array()

cdef double DOUBLE_EPS = 2.0**-52
cdef double SINGLE_EPS = 2.0**-23
cdef double HALF_EPS = 2.0**-10

# f may be written for an optimiser that wants both from one call.
cdef str VALUE_OF_PAIR = (
    "if f returns a pair (value, gradient), as for jac=True in scipy.optimize, pass its value: lambda x: f(x)[0]")


@cython.final
@cython.freelist(4)
cdef class Outputs:
    """Shape, number and type of the outputs of f."""

    cdef int describe(self, tuple shape, bint is_complex, str source) except -1:
        """Learn shape and type from the first value."""
        cdef Py_ssize_t d
        self.shape = shape
        self.numbers = len(shape) == 0
        self.source = self.shape_from = source
        self.m = 1
        for d in shape:
            self.m *= d
        self.parts = 2 if is_complex else 1
        if self.one and self.m != 1 and source == "f0":
            raise ValueError(f"f0 must be f(x), one number here; got an array of shape {shape}")
        if self.one and self.m != 1:
            raise ValueError(
                f"f must return one number here; got an array of shape {shape}. The derivatives of several outputs are "
                f"a Jacobian: numdiff.jacobian" + (f"; {VALUE_OF_PAIR}" if self.m == 2 else ""))
        return 0

    cdef bint take(self, tuple shape, cnp.ndarray out, bint tentative) except -1:
        """Take in what f returned, of this shape at each point; whether it is as before.

        It is not where a real f turns complex, which away from x (`tentative`) means that it has left its domain.
        """
        cdef bint is_complex = cnp.PyArray_ISCOMPLEX(out)
        if self.shape is None:
            self.describe(shape, is_complex, "the first call")
        else:
            if shape != self.shape:
                self.change_shape(shape)
            if is_complex and self.parts == 1:
                if not tentative:
                    raise ValueError(
                        f"f must return complex numbers at every call or at none; got a complex value after real ones "
                        f"({self.source})")
                return False
        self.spacing = max(self.spacing, relative_spacing(out))
        self.eps = max(self.eps, self.spacing)
        return True

    cdef int take_number(self) except -1:
        """Take in a Python float."""
        if self.shape is None:
            self.describe((), False, "the first call")
        elif not self.numbers:
            self.change_shape(())
        self.spacing = max(self.spacing, DOUBLE_EPS)
        return 0

    cdef int change_shape(self, tuple shape) except -1:
        """Take in a shape that is not the one known: an f0 that is one number says nothing of how f returns it."""
        if self.shape_from == "f0" and self.one and math.prod(shape) == 1:
            self.shape, self.shape_from = shape, "the first call"
            self.numbers = len(shape) == 0
            return 0
        if self.shape_from == "f0":
            raise ValueError(f"f0 must be f(x), of the shape of f(x), {shape}; got shape {self.shape}")
        raise ValueError(f"f must return the same shape at every call; got {shape} after {self.shape}")


cdef Outputs new_outputs(bint single, bint one):
    """Of an f of which nothing is known but whether x is float32, and whether more than one output is an error."""
    cdef Outputs self = Outputs.__new__(Outputs)
    self.eps = SINGLE_EPS if single else DOUBLE_EPS
    self.one = one
    return self


cdef cnp.ndarray as_numbers(object out, str name):
    """What f returned, as an array of integers, real or complex floating-point numbers."""
    cdef cnp.ndarray array
    require_plain(out, name)
    if isinstance(out, int) and not isinstance(out, bool):
        # beyond int64, numpy would make an object of it
        try:
            out = float(out)
        except OverflowError:
            out = INFINITY if out > 0 else -INFINITY
    try:
        array = np.asarray(out)
    except ValueError as error:
        if "inhomogeneous" in str(error):
            raise TypeError(
                f"{name} must be a number or an array of numbers; got a ragged {type(out).__name__}{remedy(out, name)}"
            ) from None
        raise TypeError(
            f"{name} must be a number or an array of numbers; got {type(out).__name__}, which cannot be converted to "
            f"one: {error}{remedy(out, name)}") from error
    if (<object>array).dtype.kind not in "fiuc":
        raise TypeError(
            f"{name} must be a number or an array of numbers; got "
            + (f"{out!r}" if out is None else f"{type(out).__name__} (dtype {(<object>array).dtype})")
            + remedy(out, name))
    return array


cdef str remedy(object out, str name):
    """What to do about what f returned, if that is a pair."""
    return f"; {VALUE_OF_PAIR}" if name == "f(x)" and isinstance(out, (tuple, list)) and len(out) == 2 else ""


cdef cnp.ndarray as_doubles(cnp.ndarray out, int parts):
    """Contiguous float64 or complex128; `out` itself where it is that."""
    return cnp.PyArray_FROMANY(
        out, cnp.NPY_DOUBLE if parts == 1 else cnp.NPY_CDOUBLE, 0, 0,
        cnp.NPY_ARRAY_C_CONTIGUOUS | cnp.NPY_ARRAY_ALIGNED | cnp.NPY_ARRAY_NOTSWAPPED | cnp.NPY_ARRAY_FORCECAST)


cdef double relative_spacing(cnp.ndarray out) noexcept nogil:
    """The relative spacing of the numbers that f computes with; that of float64 for integers."""
    cdef Py_ssize_t itemsize = cnp.PyArray_ITEMSIZE(out)
    if cnp.PyArray_ISCOMPLEX(out):
        itemsize //= 2
    elif not cnp.PyArray_ISFLOAT(out):
        return DOUBLE_EPS
    if itemsize == 4:
        return SINGLE_EPS
    return HALF_EPS if itemsize == 2 else DOUBLE_EPS


cdef Values rows_of(double* data, Py_ssize_t points, Py_ssize_t outputs, Py_ssize_t parts) noexcept nogil:
    """Values stored point after point."""
    return Values(
        data=data, points=points, outputs=outputs, parts=parts, point_stride=outputs * parts, output_stride=parts)
