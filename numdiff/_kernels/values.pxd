"""Blocks of values, addressed in one place, which the bounds-checked build guards."""

cdef extern from *:
    """
    #ifdef NUMDIFF_BOUNDSCHECK
    #define NUMDIFF_CHECKED 1
    #else
    #define NUMDIFF_CHECKED 0
    #endif
    """
    const bint NUMDIFF_CHECKED

cdef extern from "Python.h":
    void Py_FatalError(const char* message) noexcept nogil

cdef struct Values:
    double* data
    Py_ssize_t points
    Py_ssize_t outputs
    Py_ssize_t parts            # 2 if they are complex, else 1; parts follow each other
    Py_ssize_t point_stride     # in numbers
    Py_ssize_t output_stride


cdef inline double* value_at(const Values* v, Py_ssize_t point, Py_ssize_t output, Py_ssize_t part) noexcept nogil:
    if NUMDIFF_CHECKED and not (
            v.data is not NULL and 0 <= point < v.points and 0 <= output < v.outputs and 0 <= part < v.parts):
        Py_FatalError("numdiff: value out of range")
    return v.data + (point * v.point_stride + output * v.output_stride + part)


cdef inline double* number_at(double* numbers, Py_ssize_t size, Py_ssize_t i) noexcept nogil:
    if NUMDIFF_CHECKED and not (numbers is not NULL and 0 <= i < size):
        Py_FatalError("numdiff: number out of range")
    return numbers + i


cdef inline Py_ssize_t* integer_at(Py_ssize_t* numbers, Py_ssize_t size, Py_ssize_t i) noexcept nogil:
    if NUMDIFF_CHECKED and not (numbers is not NULL and 0 <= i < size):
        Py_FatalError("numdiff: integer out of range")
    return numbers + i
