"""What a method answers: one object, whatever the method.

An entry is a derivative of one order, of one output, along one line. It has a value, a bound of its error, a status, a
reach (the largest displacement that it rests on), and a slope (the range of the values of f over that distance). A
fixed step estimates nothing: there the bound is infinite, and the reach is the step, which all outputs share.

Of a million outputs each quantity takes 8 MiB, so that only those are kept that somebody has asked for.
"""
cimport cython
cimport numpy as cnp
from libc.math cimport INFINITY, NAN, isfinite

import numpy as np

from numdiff._kernels.status cimport CONVERGED, FLAT, NONFINITE, NOT_ESTIMATED
from numdiff._kernels.values cimport Values

cnp.import_array()


@cython.final
@cython.freelist(4)
@cython.auto_pickle(False)
cdef class Answer:
    """Entries by order, output and line."""

    @property
    def number(self):
        """Value, bound, status and reach, if there is only one entry and it is a Python float; else None."""
        cdef double value
        cdef int status
        if self.size != 1 or self.parts == 2 or self.lines.single:
            return None
        value, status = self.quantity[VALUE][0], self.status[0]
        if not self.estimated:
            status = NONFINITE if status == NOT_ESTIMATED and not isfinite(value) else status
            return value, INFINITY, status, self.quantity[REACH][0]
        return value, self.quantity[BOUND][0], status, self.quantity[REACH][0] if self.kept > REACH else NAN

    @property
    def value(self):
        """Derivatives, of shape (orders, outputs, lines); complex where f is, in single precision where x is."""
        value = self.exact_value()
        if not self.lines.single:
            return value
        with np.errstate(over="ignore"):
            return value.astype(np.complex64 if self.parts == 2 else np.float32)

    @property
    def bound(self):
        """Bounds of the absolute errors, of the shape of `value`; infinite where nothing is known."""
        if not self.estimated:
            return np.full((1, self.outputs, self.lines.count), INFINITY)
        bound = self.combined(np.hypot, BOUND)
        if self.lines.single:
            # the value is rounded once more
            bound = bound + np.abs(self.exact_value()) * 2.0**-24
            bound[~np.isfinite(self.value)] = INFINITY
        return bound

    @property
    def reach(self):
        """Largest displacements, of the shape of `value`, or of shape (1, 1, lines) with a fixed step.

        NaN where there are none, and everywhere if nobody has asked for them.
        """
        if self.estimated and self.kept <= REACH:
            return np.broadcast_to(NAN, (self.orders, self.outputs, self.lines.count))
        return self.combined(np.fmax, REACH)

    @property
    def status(self):
        """Statuses, as int8, of the shape of `value`.

        Of a complex entry it is the worse of both parts, unless one of them is constant.
        """
        status = self.statuses()
        if not self.estimated:
            value = self.value
            status = np.array(np.broadcast_to(status[..., 0], value.shape))
            status[(status == NOT_ESTIMATED) & ~np.isfinite(value)] = NONFINITE
            return status
        worse = status[..., 0]
        if self.parts == 2:
            # a constant part says nothing of the other
            varying = np.where(status == FLAT, np.int8(CONVERGED), status)
            worse = np.where(status.min(-1) < 0, status.min(-1), varying.max(-1))
            worse[(status == FLAT).all(-1)] = FLAT
        if self.parts == 2 or self.lines.single:
            # a bound may overflow when parts are combined, or rounded to single precision
            worse = np.where((worse >= 0) & ~(self.bound < INFINITY), np.int8(NONFINITE), worse)
        return worse

    @property
    def slope(self):
        """Ranges of the values of f over the distances that entries rest on, of the shape of `value`."""
        if self.kept <= SLOPE:
            return np.full((self.orders, self.outputs, self.lines.count), NAN)
        return self.combined(np.hypot, SLOPE)

    cdef object exact_value(self):
        """Derivatives in double precision."""
        numbers = self.numbers(VALUE)
        return numbers.view(np.complex128)[..., 0] if self.parts == 2 else numbers[..., 0]

    cdef object combined(self, object combine, int quantity):
        """A quantity of both parts of complex entries."""
        numbers = self.numbers(quantity)
        return combine(numbers[..., 0], numbers[..., 1]) if numbers.shape[3] == 2 else numbers[..., 0]

    cdef object numbers(self, int quantity):
        """A quantity by order, output, line and part."""
        cdef cnp.ndarray memory = self.memory if quantity == VALUE else self.others
        cdef Py_ssize_t first = 0 if quantity == VALUE else (quantity - BOUND) * self.size
        if memory is None:
            return np.array(self.quantity[quantity][0]).reshape((1, 1, 1, 1))
        if quantity == VALUE or self.estimated:
            return (<object>memory)[first:first + self.size].reshape(
                (self.orders, self.outputs, self.lines.count, self.parts))
        return (<object>memory)[:self.lines.count].reshape((1, 1, self.lines.count, 1))

    cdef object statuses(self):
        """By order, output, line and part."""
        cdef Py_ssize_t entries = self.size if self.estimated else self.lines.count
        cdef Py_ssize_t first = entries * (self.kept - 1 if self.estimated else 1)
        if self.others is None:
            return np.array(self.one_status, dtype=np.int8).reshape((1, 1, 1, 1))
        statuses = (<object>self.others)[first:].view(np.int8)[:entries]
        if self.estimated:
            return statuses.reshape((self.orders, self.outputs, self.lines.count, self.parts))
        return statuses.reshape((1, 1, self.lines.count, 1))

    cdef int reserve(self, int orders, tuple output_shape, int parts) except -1:
        """Memory, now that it is known what f returns."""
        cdef cnp.npy_intp size
        self.orders, self.output_shape, self.parts = orders, output_shape, parts
        self.outputs = 1
        for size in output_shape:
            self.outputs *= size
        self.size = orders * self.outputs * self.lines.count * parts
        self.quantity[VALUE] = self.few
        if self.size != 1:
            size = self.size
            self.memory = cnp.PyArray_SimpleNew(1, &size, cnp.NPY_DOUBLE)
            self.quantity[VALUE] = <double*>cnp.PyArray_DATA(self.memory)
        if self.estimated:
            self.reserve_others(self.size, BOUND, self.kept)
        return 0

    cdef int reserve_lines(self) except -1:
        """Memory for what a fixed step says of the lines; it is wanted before anything is known of f."""
        return self.reserve_others(self.lines.count, REACH, REACH + 1)

    cdef int reserve_others(self, Py_ssize_t entries, int first, int last) except -1:
        """Memory for the quantities from `first` to before `last`, and for the statuses."""
        cdef cnp.npy_intp size = (last - first) * entries + (entries + 7) // 8
        cdef double* numbers
        cdef int q
        if entries == 1:
            for q in range(first, last):
                self.quantity[q] = &self.few[q]
            self.status = &self.one_status
        else:
            self.others = cnp.PyArray_SimpleNew(1, &size, cnp.NPY_DOUBLE)
            numbers = <double*>cnp.PyArray_DATA(self.others)
            for q in range(first, last):
                self.quantity[q] = numbers + (q - first) * entries
            self.status = <signed char*>(numbers + (last - first) * entries)
        return 0

    cdef Values values(self, int order) noexcept nogil:
        """The values of one order; each point of them is a line."""
        cdef Py_ssize_t size = self.outputs * self.lines.count * self.parts
        return Values(
            data=self.quantity[VALUE] + order * size, points=self.lines.count, outputs=self.outputs, parts=self.parts,
            point_stride=self.parts, output_stride=self.lines.count * self.parts)


cdef Answer new_answer(Lines lines, bint one_output, bint estimated, int kept):
    """An answer that keeps so many quantities of every entry, where they are estimated."""
    cdef Answer self = Answer.__new__(Answer)
    self.lines, self.one_output, self.estimated = lines, one_output, estimated
    self.kept = kept if estimated else 1
    return self
