"""The ways in which f is called: one point after the other, or many in a block.

A caller takes points and has their values: bit for bit the same, whatever else is in the block and in which order, if
f is such. A new way of calling f is a new subclass of `Caller`, which `new_caller` chooses. What all of them have in
common stands in `Caller`: what counts as an evaluation, and which exceptions mean that a point lies outside of the
domain of f.
"""
cimport cython
cimport numpy as cnp
from cpython.exc cimport PyErr_CheckSignals
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_Check
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport NAN
from libc.string cimport memcpy

import numpy as np

from numdiff._kernels.outputs cimport as_doubles, as_numbers, rows_of
from numdiff._kernels.points cimport Point, fill_block, new_buffers, shown
from numdiff._kernels.values cimport Values, value_at

cnp.import_array()

cdef extern from "Python.h":
    const Py_ssize_t PY_SSIZE_T_MAX
    bint PyFunction_Check(object o)
    bint PyMethod_Check(object o)

cdef extern from *:
    """
    #include <numpy/arrayobject.h>

    /* Whether nobody but the caller has an array and its memory, or can find it later. Without the global lock a
       reference count read here says nothing of other threads. */
    #ifdef Py_GIL_DISABLED
    #define numdiff_only_owner(array) 0
    #else
    static inline int numdiff_only_owner(PyObject *array)
    {
        return Py_REFCNT(array) == 1 && PyArray_CHKFLAGS((PyArrayObject *)array, NPY_ARRAY_OWNDATA)
            && !*(PyObject **)((char *)array + Py_TYPE(array)->tp_weaklistoffset);
    }
    #endif
    """
    bint numdiff_only_owner(object array) noexcept

cdef object float32 = np.float32

# What f raises where it is not defined. RuntimeError is what solvers raise that do not converge; of its subclasses two
# speak of the program and not of the point.
cdef tuple DOMAIN_ERRORS = (ArithmeticError, ValueError, RuntimeError)
cdef tuple PROGRAM_ERRORS = (RecursionError, NotImplementedError)
# What is raised by an f that looks for labels or methods which an array does not have.
cdef tuple LOOKUP_ERRORS = (LookupError, AttributeError)
# What a note begins with that says where f raised an error.
cdef str RAISED = "f raised this at"


@cython.final
@cython.auto_pickle(False)
cdef class Memory:
    """Numbers that go with this object."""

    def __dealloc__(self):
        PyMem_Free(self.numbers)


cdef class Caller:
    """How f is called: a block of points in, values out."""

    cdef bint call(self, Points points) except -1:
        """Evaluate f at these points; whether they were evaluated together, where points can be.

        `values` holds them, indexed by point, output and part (real, imaginary). They may be a view of what f
        returned, so they must be used before the next call.
        """
        raise NotImplementedError

    cdef Py_ssize_t padding(self) noexcept nogil:
        """How many points more than it is given a call may evaluate."""
        return 0

    cdef Py_ssize_t bytes_of_point(self) noexcept nogil:
        """Memory that a point takes in a block, its values included."""
        return 8 * self.outputs.m * self.outputs.parts

    cdef object give_up(self):
        """What the last values live as long as, if they may be used after the next call; else None."""
        return None

    cdef int forgive(self, object error, const Point* point, Py_ssize_t points) except -1:
        """Note an error that may mean that the point is outside of the domain of f; raise it where it can't be.

        It was raised at this point, or among so many of which this is the first.
        """
        cdef bint of_the_domain = isinstance(error, DOMAIN_ERRORS) and not isinstance(error, PROGRAM_ERRORS)
        if self.role != TENTATIVE or self.outputs.shape is None or not of_the_domain:
            self.tell(error, point, points)
            raise error
        if self.first_error is None:
            self.tell(error, point, points)
            self.first_error = error
        return 0

    cdef int tell(self, object error, const Point* point, Py_ssize_t points) except -1:
        """Tell the user, in a note, where f raised an error."""
        cdef object seen
        cdef str note
        cdef bint at_x = point.line < 0
        if not isinstance(error, Exception) or any(
                str(note).startswith(RAISED) for note in getattr(error, "__notes__", ())):
            return 0
        if self.lines.number:
            seen = self.lines.number_of(point.line, point.position)
        else:
            # as f got it, and not as it may have left it
            seen = new_buffers(self.lines).displaced(point)
        note = RAISED + (f" x = {shown(seen)}" if at_x else f" {shown(seen)}, a point displaced from x")
        if points > 1:
            note = f"{RAISED} a block of {points} points, the first of them {shown(seen)}"
        if isinstance(error, LOOKUP_ERRORS) and not self.lines.number:
            note += (
                "; it gets x as an array of numpy, whatever x was: a pandas Series, for one, without its labels and "
                "methods")
        error.add_note(note)
        return 0


@cython.final
cdef class OneByOne(Caller):
    """f takes one point."""

    def __dealloc__(self):
        PyMem_Free(self.memory)

    cdef bint call(self, Points points) except -1:
        cdef Py_ssize_t p = 0
        try:
            for p in range(points.size):
                self.call_one(p, points)
                if not self.interruptible:
                    PyErr_CheckSignals()
        except BaseException as error:
            # one of them is still in f's hands
            self.buffers = None
            if self.in_f:
                self.in_f = False
                self.tell(error, &points.points[p], 1)
            raise
        return True

    cdef int call_one(self, Py_ssize_t row, Points points) except -1:
        """Call f at one of the points, and keep what it returns."""
        cdef cnp.ndarray x = None, array
        cdef object argument, out
        cdef double t
        cdef const Point* point = &points.points[row]
        self.count(1)
        if self.lines.number:
            t = self.lines.number_of(point.line, point.position)
            argument = float32(t) if self.lines.single else t
        else:
            if self.buffers is None:
                self.buffers = new_buffers(self.lines)
            argument = x = self.buffers.displaced(point)
        # entering a try block takes a tenth of the time of a small f
        self.in_f = True
        out = self.call_tentatively(argument, point) if self.role == TENTATIVE else self.function.call(argument)
        self.in_f = False
        if out is self:
            self.keep_nan(row, points.size)
        elif PyFloat_Check(out):
            if row == 0 or not self.outputs.numbers:
                self.outputs.take_number()
                self.reserve(points.size)
            value_at(&self.values, row, 0, 0)[0] = PyFloat_AS_DOUBLE(out)
            if self.outputs.parts == 2:
                value_at(&self.values, row, 0, 1)[0] = 0
        else:
            array = as_numbers(out, "f(x)")
            if not self.outputs.take((<object>array).shape, array, self.role == TENTATIVE):
                self.keep_nan(row, points.size)
            else:
                self.reserve(points.size)
                if self.outputs.m:
                    array = as_doubles(array, self.outputs.parts)
                    memcpy(
                        value_at(&self.values, row, 0, 0), cnp.PyArray_DATA(array),
                        self.outputs.m * self.outputs.parts * sizeof(double))
        if x is not None:
            argument = out = array = None
            self.buffers.recall(x, point)
        return 0

    cdef object call_tentatively(self, object argument, const Point* point):
        """What f returns, or this object, which it can't return, if it raised what may mean the end of its domain."""
        try:
            return self.function.call(argument)
        except DOMAIN_ERRORS as error:
            self.forgive(error, point, 1)
            return self

    cdef int keep_nan(self, Py_ssize_t row, Py_ssize_t rows) except -1:
        cdef Py_ssize_t output, part
        self.reserve(rows)
        for output in range(self.outputs.m):
            for part in range(self.outputs.parts):
                value_at(&self.values, row, output, part)[0] = NAN
        return 0

    cdef object give_up(self):
        cdef Memory memory = Memory.__new__(Memory)
        if self.values.data is not self.memory:
            return None
        memory.numbers, self.memory, self.capacity, self.values.data = self.memory, NULL, 0, NULL
        return memory

    cdef int reserve(self, Py_ssize_t rows) except -1:
        """Memory for so many points; what it held is lost."""
        cdef Py_ssize_t width = self.outputs.m * self.outputs.parts
        if self.values.points != rows or self.values.outputs != self.outputs.m or self.values.data is NULL:
            if rows * width <= FEW:
                self.values = rows_of(self.few, rows, self.outputs.m, self.outputs.parts)
                return 0
            if rows * width > self.capacity:
                PyMem_Free(self.memory)
                self.capacity = 0
                self.memory = <double*>PyMem_Malloc(rows * width * sizeof(double))
                if self.memory is NULL:
                    raise MemoryError
                self.capacity = rows * width
            self.values = rows_of(self.memory, rows, self.outputs.m, self.outputs.parts)
        return 0


@cython.final
cdef class InBlocks(Caller):
    """f takes many points, on the last axis of its argument."""

    cdef bint call(self, Points points) except -1:
        cdef Lines lines = self.lines
        cdef cnp.ndarray block, out
        cdef object returned = self
        cdef Py_ssize_t total = points.size
        cdef tuple shape = (<object>lines.x).shape
        PyErr_CheckSignals()
        self.owner = None
        if not lines.number:
            # A block as wide as x is long would hide a reduction over the wrong axis. Only x alone may find no
            # evaluations left for that, and then no other block follows.
            while (total == lines.variables or total in shape) and self.nfev + total < self.most:
                total += 1
            shape += (total,)
        else:
            shape = (total,)
        block = np.empty(shape)
        fill_block(
            <double*>cnp.PyArray_DATA(block), total, lines, lines.numbers + (self.origin if lines.number else 0),
            points)
        if lines.single:
            block = (<object>block).astype(float32)
        self.count(total)
        try:
            returned = self.function.call(block)
        except Exception as error:
            self.forgive(error, points.points, points.size)
        if returned is self:
            self.call_each(points)
            return False
        out = as_numbers(returned, "f(x)")
        if cnp.PyArray_NDIM(out) == 0 or cnp.PyArray_DIM(out, cnp.PyArray_NDIM(out) - 1) != total:
            raise ValueError(
                f"f must return an array of shape f.shape + (k,) when vectorized=True; got shape {(<object>out).shape} "
                f"for an argument of shape {shape}, which is k = {total} points")
        shape = (<object>out).shape
        if not self.outputs.take(shape[:cnp.PyArray_NDIM(out) - 1], out, self.role == TENTATIVE):
            # the points at which a real f turns complex have left its domain
            out = np.where((<object>out).imag == 0, (<object>out).real, NAN)
        out = as_doubles(out, self.outputs.parts)
        self.owner = out
        self.values = Values(
            data=<double*>cnp.PyArray_DATA(out), points=total, outputs=self.outputs.m, parts=self.outputs.parts,
            point_stride=self.outputs.parts, output_stride=total * self.outputs.parts)
        return True

    cdef int call_each(self, Points points) except -1:
        """A block on which f raised, point by point, as long as evaluations are allowed; NaN where it raises again."""
        cdef cnp.ndarray out = np.full(points.size * self.outputs.m * self.outputs.parts, NAN)
        cdef Values values = rows_of(
            <double*>cnp.PyArray_DATA(out), points.size, self.outputs.m, self.outputs.parts)
        cdef Points one = Points()
        cdef Py_ssize_t p, output
        if points.size > 1:
            for p in range(points.size):
                # x itself is not what f raised at, and is known
                if points.points[p].line < 0:
                    continue
                if self.nfev + self.padding() >= self.most:
                    break
                one.size = 0
                one.add(points.points[p].line, points.points[p].position)
                self.call(one)
                for output in range(self.outputs.m):
                    memcpy(
                        value_at(&values, p, output, 0), value_at(&self.values, 0, output, 0),
                        self.outputs.parts * sizeof(double))
        self.values, self.owner = values, out
        return 0

    cdef object give_up(self):
        cdef object owner = None
        if numdiff_only_owner(self.owner):
            owner, self.owner = self.owner, None
        return owner

    cdef Py_ssize_t padding(self) noexcept nogil:
        return 0 if self.lines.number else 1 + cnp.PyArray_NDIM(self.lines.x)

    cdef Py_ssize_t bytes_of_point(self) noexcept nogil:
        return 8 * self.outputs.m * self.outputs.parts + (8 if self.lines.number else 8 * self.lines.variables)


cdef Caller new_caller(Function function, Lines lines, Outputs outputs):
    """The caller that suits the function."""
    cdef Caller self
    cdef OneByOne one
    if function.vectorized:
        self = InBlocks.__new__(InBlocks)
    else:
        one = OneByOne.__new__(OneByOne)
        # the interpreter looks for signals whenever it enters a Python function
        one.interruptible = PyFunction_Check(function.f) or (
            PyMethod_Check(function.f) and PyFunction_Check(function.f.__func__))
        self = one
    self.function = function
    self.lines = lines
    self.outputs = outputs
    self.most = PY_SSIZE_T_MAX
    return self
