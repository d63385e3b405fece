"""Numbers without anything that numpy would drop of them: units, and masks.

``numpy.asarray`` takes the number out of a quantity, and what lies below a mask for a value. Whatever comes from a user
and is not an array by itself is looked at here before. No library of units is imported: a quantity is what has a unit
and a number.
"""
cimport numpy as cnp
from cpython.complex cimport PyComplex_CheckExact
from cpython.float cimport PyFloat_CheckExact
from cpython.long cimport PyLong_CheckExact

import numpy as np

cnp.import_array()

cdef enum:
    MOST_DIMENSIONS = 64          # of numpy's arrays: it refuses lists that are nested deeper

cdef object NumpyScalar = np.generic


cpdef int require_plain(object value, str name) except -1:
    """TypeError for a quantity with units, or an array of which something is masked, also inside of lists and tuples.

    Parameters
    ----------
    value : object
    name : str
        Of the argument, or of what f returned.
    """
    return look_at(value, name, 0)


cdef int look_at(object value, str name, int depth) except -1:
    cdef object part
    if cnp.PyArray_CheckExact(value) or PyFloat_CheckExact(value) or PyLong_CheckExact(value):
        return 0
    if isinstance(value, (list, tuple)):
        if depth < MOST_DIMENSIONS:
            for part in value:
                look_at(part, name, depth + 1)
        return 0
    if PyComplex_CheckExact(value) or value is None or isinstance(value, NumpyScalar):
        return 0
    unit = first_of(value, ("unit", "units"))
    number = first_of(value, ("magnitude", "value"))
    if unit is not None and number is not None:
        said = str(getattr(value, unit)) or "dimensionless"
        raise TypeError(
            f"{name} must hold plain numbers; got {type(value).__name__} with the unit {said!r}, which would be lost: "
            f"take its .{number}, in the unit that is meant")
    if isinstance(value, np.ma.MaskedArray) or first_of(value, ("unmasked",)) is not None:
        mask = np.asarray(np.ma.getmaskarray(value) if isinstance(value, np.ma.MaskedArray) else value.mask)
        if mask.any():
            raise TypeError(
                f"{name} must hold plain numbers; got a masked array, of which {np.count_nonzero(mask)} of {mask.size} "
                f"are masked: fill in what they are, or NaN where there is no value, by .filled(value)")
    return 0


cdef str first_of(object value, tuple names):
    """The first of these attributes that a value has, its own or its class's, or None.

    Not those that are looked up: the labels of a pandas Series, and the fields of a record array.
    """
    cdef str name
    cdef object own = getattr(value, "__dict__", ())
    for name in names:
        if hasattr(type(value), name) or name in own:
            return name
    return None
