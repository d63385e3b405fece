"""How accurate the values of f are: by their digits, by what they are multiples of, and as measured."""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport fabs

from numdiff._kernels.constants cimport DEEP, LOUD
from numdiff._kernels.grid cimport Digits, common_quantum, digits_of, join, quantum, single_precision
from numdiff._kernels.sample cimport scale_of
from numdiff._kernels.window cimport MAX_NODES, Accuracy, Node

cdef double SINGLE_ROUNDING = 2.0**29       # of float32 values, in units of EPS
cdef double ROUNDED_DIFFERENCE = 4.0        # of EPS f, is a difference of values
cdef double CANCELS = 16.0                  # f(x) times that is less than f around it
cdef double HALF = 0.5                      # of a quantum, is what rounding to it changes


cdef double quantum_of_differences(const Entry* e, const View* view) noexcept nogil:
    """What the values of f differ from f(x) by multiples of; 0 if there is no such quantum."""
    cdef const Node* n
    cdef double[2 * MAX_NODES] difference
    cdef double odd, even, rounded = 0
    cdef int i, count = 0
    for i in range(view.count):
        n = view.node[i]
        if n.level > DEEP:
            continue        # where f changes by less than its argument is rounded
        odd = n.y[0] * n.h
        even = 0 if e.side else n.y[1] * n.h * n.h
        rounded = max(rounded, ROUNDED_DIFFERENCE * EPS * n.f)
        if fabs(even + odd) > ROUNDED_DIFFERENCE * EPS * n.f:
            difference[count] = even + odd
            count += 1
        if not e.side and fabs(even - odd) > ROUNDED_DIFFERENCE * EPS * n.f:
            difference[count] = even - odd
            count += 1
    return common_quantum(difference, count, rounded)


cdef void gauge(Entry* e, const View* view) noexcept nogil:
    """How accurate the values of f are: by their digits, and as measured."""
    cdef double scale = scale_of(e.line, e.channel), largest = 0, around = 0, step = 0
    cdef Digits digits = digits_of(e.line.f0[e.channel] / scale)
    cdef Accuracy* accuracy = &e.findings.accuracy
    cdef int i, flat = 0
    for i in range(view.count):
        join(&digits, &view.node[i].digits)
        largest = max(largest, 0.5 * view.node[i].f)
        flat += view.node[i].flat
        if view.node[i].level >= e.refinement.scale_level and view.node[i].whole:
            around = max(around, view.node[i].f)
    accuracy.rounding = e.findings.poor * (SINGLE_ROUNDING if single_precision(&digits) else 1)
    if flat < view.count:
        step = quantum(&digits, largest / scale) * scale
    if flat:
        if e.findings.quantum == 0 and flat < view.count:
            e.findings.quantum = quantum_of_differences(e, view)
        step = max(step, e.findings.quantum)
    accuracy.relative = e.findings.measured / e.findings.size if e.findings.measured > 0 else 0
    # where f(x) is next to nothing beside what f is around x, it is a difference of numbers of that size
    accuracy.noise = max(
        max(e.findings.measured, HALF * step),
        max(e.line.noise[e.channel], EPS * (around - CANCELS * fabs(e.line.f0[e.channel]))))
    e.findings.loud = accuracy.rounding > LOUD or accuracy.noise > LOUD * EPS * max(around, fabs(e.line.f0[e.channel]))
