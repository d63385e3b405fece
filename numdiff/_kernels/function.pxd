cimport numpy as cnp

from numdiff._kernels.values cimport Values


cdef extern from "Python.h":
    object PyObject_CallOneArg(object callable, object arg)

cdef enum Place:
    AT_X            # numpy warns, and whatever f raises is raised
    DISPLACED       # numpy is quiet
    TENTATIVE       # and what f raises there may mean the end of its domain

cdef enum:
    MAX_BUFFERS = 8


cdef class Points:
    cdef Py_ssize_t size
    cdef Py_ssize_t capacity
    cdef Py_ssize_t* index
    cdef double* t

    cdef int reserve(self, Py_ssize_t capacity) except -1
    cdef inline int add(self, Py_ssize_t i, double t) except -1:
        cdef Py_ssize_t size = self.size
        if size == self.capacity:
            self.reserve(max(2 * size, 16))
        self.index[size] = i
        self.t[size] = t
        self.size = size + 1
        return 0


cdef class Function:
    cdef readonly object f
    cdef readonly bint vectorized
    cdef readonly tuple args
    cdef readonly long long nfev

    cdef inline object call(self, object x):
        if self.args:
            return self.f(x, *self.args)
        return PyObject_CallOneArg(self.f, x)


cdef class Buffers:
    cdef cnp.ndarray base
    cdef list arrays
    cdef char* data[MAX_BUFFERS]
    cdef Py_ssize_t nbytes
    cdef Py_ssize_t itemsize
    cdef Py_ssize_t size
    cdef Py_ssize_t used

    cdef int fresh(self, Py_ssize_t slot) except -1
    cdef void rewrite(self) noexcept
    cdef cnp.ndarray displaced(self, Py_ssize_t i, double t)
    cdef int recall(self, cnp.ndarray x, Py_ssize_t i) except -1


cdef class Evaluation:
    cdef readonly Function function
    cdef readonly bint pointwise     # every entry of x is a point of its own, f is called with numbers
    cdef readonly bint number        # f is called with a number
    cdef readonly bint one_output    # more than one output is an error
    cdef readonly bint single        # points are float32
    cdef readonly long long nfev
    cdef readonly Py_ssize_t n       # entries of x
    cdef readonly double eps         # relative spacing of the coarser of x and f(x)
    cdef readonly tuple output_shape  # None until something is known of f
    cdef readonly Py_ssize_t m       # outputs at one point
    cdef readonly int parts          # 2 if they are complex, else 1
    cdef double* x                   # in float64
    cdef Values values               # of the last block
    cdef Values center               # f(x): one point, or every point if pointwise
    cdef bint center_known
    cdef Py_ssize_t anchor           # the point that stands for x where f is called with numbers
    cdef bint returns_numbers        # f.shape is ()
    cdef bint vectorized
    cdef bint interruptible          # f itself notices Ctrl-C
    cdef bint verified               # x alone and x inside a block have been compared
    cdef cnp.ndarray base
    cdef cnp.ndarray x_owner
    cdef Buffers buffers
    cdef object values_owner
    cdef object center_owner
    cdef Values store                # values of an f that takes one point a call
    cdef cnp.ndarray store_owner
    cdef Values alone                # values of a vectorized f at x, evaluated on its own
    cdef object alone_owner
    cdef Py_ssize_t most             # evaluations that are allowed
    cdef readonly object first_error  # that f raised at a point that need not be in its domain
    cdef Place place                 # of the points that are being evaluated
    cdef object silence              # what ends it
    cdef str shape_from

    cdef bint has_room(self, Py_ssize_t i, const double* lower, const double* upper) noexcept
    cdef void find_anchor(self, const double* lower, const double* upper) noexcept
    cdef int accept_center(self, cnp.ndarray f0) except -1
    cdef int know_center(self) except -1
    cdef int evaluate(self, Points points, Place place) except -1
    cdef Py_ssize_t overhead(self) noexcept
    cdef object call_tentatively(self, object argument)
    cdef int keep_nan(self, Py_ssize_t row, Py_ssize_t rows) except -1
    cdef object call_each(self, Points points, Values* values)
    cdef int forgive(self, object error) except -1
    cdef int call_one(self, Py_ssize_t row, Py_ssize_t rows, Py_ssize_t i, double t) except -1
    cdef int expect_number(self, Py_ssize_t rows) except -1
    cdef int keep(self, Py_ssize_t row, Py_ssize_t rows, cnp.ndarray out) except -1
    cdef int reserve(self, Py_ssize_t rows) except -1
    cdef object call_block(self, Points points, Py_ssize_t total, Values* values)
    cdef int call_alone(self) except -1
    cdef int verify(self, Py_ssize_t row) except -1
    cdef int describe(self, tuple shape, bint is_complex, str source) except -1
    cdef int refuse_shape(self, tuple shape) except -1
    cdef int refuse_complex(self) except -1
    cdef Py_ssize_t width(self)
    cdef int quiet(self) except -1
    cdef int loud(self) except -1


cdef Evaluation new_evaluation(Function function, cnp.ndarray x, bint pointwise, bint one_output, object f0)
cdef double* numbers_of(cnp.ndarray vector, Py_ssize_t n) except? NULL
