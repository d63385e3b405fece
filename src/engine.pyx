"""The one road: from what a public function is given to what it returns.

Compiled, because for a small f Python's way of it takes longer than the evaluations. What is not given costs nothing.
"""
cimport numpy as cnp
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from libc.math cimport INFINITY

from numdiff._kernels.answer cimport BOUND, REACH, Answer
from numdiff._kernels.function cimport Function, new_function
from numdiff._kernels.lines cimport Lines, new_lines
from numdiff._kernels.method cimport Method
from numdiff._kernels.problem cimport new_problem
from numdiff._kernels.stencil cimport MAX_ORDER

from numdiff._kernels.fixed_step import FixedStep
from numdiff._kernels.rounds import Adaptive
from numdiff._options import as_function, as_lines, as_point, integer_between, method_of, refuse_other_side
from numdiff._result import DerivativeResult, Status, results_of, values_of, warn_of

cnp.import_array()

# Kinds of answers. Every entry of x is a point of its own; or x is one point, of a function with one output or any.
POINTS, GRADIENT, JACOBIAN = range(3)
cdef enum:
    POINTS_KIND = 0
    JACOBIAN_KIND = 2

# Methods of which nothing else is asked.
cdef Method ADAPTIVE = Adaptive()
cdef dict PLAIN = {"richardson": ADAPTIVE, "central": FixedStep("central"), "forward": FixedStep("forward")}


def differentiate(str name, f, x, int kind, order, bint full_output, dict options):
    """The value of a public function or, with `full_output`, its result.

    Parameters
    ----------
    name : str
        Of the public function, which calls this itself.
    f, x, order
        As it was given them.
    kind : {POINTS, GRADIENT, JACOBIAN}
    full_output : bool
    options : dict
        As given, in no other hands.
    """
    cdef Answer answer
    cdef object number = None, result
    if type(order) is not int or not 1 <= order <= MAX_ORDER:
        order = integer_between(order, 1, MAX_ORDER, "order")
    answer = solve(name, f, x, kind, (order,), options, full_output)
    if kind != JACOBIAN_KIND and cnp.PyArray_NDIM(answer.lines.x) == 0:
        number = answer.number
    if number is not None:
        # by far the most frequent, and the long way takes longer than the evaluations
        value, bound, status, reach = number
        if not full_output and (bound < INFINITY or not answer.estimated):
            return value
        result = DerivativeResult(value, bound, Status(status), reach, answer.nfev)
    elif not (full_output or answer.estimated):
        return values_of(answer)
    else:
        result = results_of(answer)[0]
    if full_output:
        return result
    warn_of(result, stacklevel=3)
    return result.value


cpdef Answer solve(str name, f, x, int kind, tuple orders, dict options, bint full_output):
    """Derivatives of these orders; with `full_output` and what else there is of a `DerivativeResult`."""
    cdef Function function
    cdef Lines lines
    cdef Method method = ADAPTIVE
    cdef Answer answer
    cdef object point, f0 = None, vectorized = False, args = (), kwargs = None, bounds = None, noise = None, side = None
    cdef bint fresh = PyFloat_CheckExact(x)
    if options:
        f0, bounds, noise = options.pop("f0", None), options.pop("bounds", None), options.pop("noise", None)
        side = options.pop("side", None)
        vectorized, args = options.pop("vectorized", False), options.pop("args", ())
        kwargs = options.pop("kwargs", None)
    if type(f) is Function or type(vectorized) is not bool:
        function = as_function(f, vectorized, args, kwargs)
    else:
        function = new_function(f, vectorized, args, kwargs)
    if fresh:
        point = cnp.PyArray_SimpleNew(0, NULL, cnp.NPY_DOUBLE)
        (<double*>cnp.PyArray_DATA(point))[0] = PyFloat_AS_DOUBLE(x)
    else:
        point = as_point(x)
    if options:
        if side is not None:
            refuse_other_side(options.get("method"), side, point)
        if len(options) == 1 and "method" in options and type(options["method"]) is str:
            method = PLAIN.get(options["method"])
        else:
            method = None
        if method is None:
            method = method_of(name, point, options)
    if bounds is None and side is None:
        lines = new_lines(point, fresh, kind == POINTS_KIND, None, None)
    else:
        lines = as_lines(point, kind == POINTS_KIND, bounds, side)
    answer = method.solve(
        new_problem(function, lines, f0, noise, kind != JACOBIAN_KIND, (REACH if full_output else BOUND) + 1), orders)
    if answer.first_error is not None and not (answer.bounded or answer.out_of_budget):
        # raised here, where no frame keeps the values and f alive by way of the traceback
        raise answer.first_error
    return answer
