"""What the differences of windows do not show: derivatives that jump at x or settle slowly, kinks below the noise."""
from libc.math cimport fabs

from numdiff._kernels.constants cimport HALF_WAY_LEVEL, PROBE, PROBE_TWIN, SAFETY, VISIBLE
from numdiff._kernels.entry cimport at_level, coefficient_of, part_of, uncertainties
from numdiff._kernels.window cimport Node, beside_series, uncertainty

cdef int LARGEST_KNOT = 5           # order; of higher ones too little is seen
cdef double HALVES = 0.0625         # of the one before: a quarter is far
cdef int ENOUGH_HALVES = 2          # octaves
cdef double KNOT_RATIO = 15.238     # of differences that go like h, between the node half way, the probe and its twin
cdef double KNOT_ALIKE = 0.1        # relative; where f is smooth it is 255
cdef double SLOW = 0.3              # instead of 1/8: how much three nodes err, each time that their steps are halved
cdef double SLOW_OF_FEW = 0.4       # instead of 1/4, of as few nodes as a coefficient takes
cdef double NO_CHANGE = 0.95        # a factor near 1 is no convergence, but rounding
cdef double SAME_FACTOR = 0.25      # relative, of one halving and the next
cdef double HALF = 0.5              # of the difference an octave up, is one that goes like h
cdef enum:
    SLOW_NODES = 6                  # finest ones: three windows of three, and one more
    FEWEST_SLOW_NODES = 5


cdef double extrapolated(const Node* a, const Node* b, const Node* c) noexcept nogil:
    """The parabola through the first part of three nodes, at 0."""
    return (a.y[0] * b.s * c.s / ((a.s - b.s) * (a.s - c.s)) + b.y[0] * a.s * c.s / ((b.s - a.s) * (b.s - c.s))
            + c.y[0] * a.s * b.s / ((c.s - a.s) * (c.s - b.s)))


cdef double slow_tail(const Entry* e, const View* view) noexcept nogil:
    """The derivative may have a kink, as that of x |x|, or at the edge of a domain go like a fractional power, as that
    of x^1.5.

    However many nodes a window then has, its value keeps a fixed part of that power. What shows it is that finer
    windows of the same length change by the same factor each time, and not by that of a power of s. The bound that
    follows, if this is so; else 0.
    """
    cdef const Node* node[SLOW_NODES]
    cdef double[SLOW_NODES - 1] value
    cdef double now, before, first, tail, slow = SLOW if e.k == 1 else SLOW_OF_FEW
    cdef int nodes_of_value = 3 if e.k == 1 else coefficient_of(e) + 1
    cdef int i = view.count - 1, j, found = 0, part = part_of(e)
    if e.k > 3 or (e.side and e.k > 1):
        return 0
    while i >= 0 and found < SLOW_NODES:
        if view.node[i].whole and view.node[i].level <= e.best.last_level:
            node[found] = view.node[i]
            found += 1
        i -= 1
    if found < FEWEST_SLOW_NODES:
        return 0
    found -= nodes_of_value - 1
    for j in range(min(found, SLOW_NODES - 2)):
        if e.k == 1:
            value[j] = extrapolated(node[j + 2], node[j + 1], node[j])
        elif nodes_of_value == 1:
            value[j] = node[j].y[part]
        elif nodes_of_value == 2:
            value[j] = (node[j + 1].y[part] - node[j].y[part]) / (node[j + 1].s - node[j].s)
        else:
            return 0
    now, before = value[0] - value[1], value[1] - value[2]
    if not (fabs(now) > e.best.window.R and slow < now / before < NO_CHANGE):
        return 0
    if found >= 4:
        first = value[2] - value[3]
        if not fabs(now / before - before / first) < SAME_FACTOR * (now / before):
            return 0        # rounding
    tail = fabs(now) / (before / now - 1)
    return SAFETY * tail + fabs(e.best.window.V - value[0])


cdef double hidden_kink(const Entry* e, const View* view) noexcept nogil:
    """Half of what f' jumps by if f has a kink next to x, below its noise: what a window above the kink errs by."""
    cdef int first = e.best.window.first
    return beside_series(<const Node**>&view.ladder[first], e.best.window.last - first + 1, 1)


cdef bint has_knot(const Entry* e, const View* view, int k) noexcept nogil:
    """Whether the derivative of order k jumps at x, as that of a spline does at a knot.

    The part that does not show the derivative, a series in h^2 where f is smooth, then has a term h^(k-1) (k even) or
    h^(k-2) (k odd): what is left of it beside the terms below shrinks to a half from octave to octave, not a quarter.
    """
    cdef const Node* n
    cdef const Node* before = NULL
    cdef double g, u, d, last_g = 0, last_u = 0, last_d = 0
    cdef int i, other = k % 2, below = (k - 2) // 2, have = 0, halves = 0
    cdef bint visible = False
    if e.side or k > LARGEST_KNOT:
        return False
    for i in range(view.count):
        n = view.node[i]
        if not n.whole:
            continue
        if before is not NULL and n.level != before.level + 1:
            before = NULL
            have = halves = 0
        if below == 0 or before is not NULL:
            g = n.y[other]
            u = uncertainty(&e.findings.accuracy, n, other)
            if below:
                g = (before.y[other] - g) / (before.s - n.s)
                u = (uncertainty(&e.findings.accuracy, before, other) + u) / (before.s - n.s)
            if have:
                d = last_g - g
                visible = fabs(d) > VISIBLE * (u + last_u)
                if not visible:
                    break
                if have > 1:
                    halves = halves + 1 if fabs(d - HALF * last_d) < HALVES * fabs(last_d) else 0
                last_d = d
            last_g, last_u = g, u
            have += 1
        before = n
    return halves >= ENOUGH_HALVES


cdef bint has_knot_at_probes(const Entry* e, const View* view, int order) noexcept nogil:
    """The same for orders 2 and 3, by the probes and the node half way to the window."""
    cdef const Node* a = at_level(view, HALF_WAY_LEVEL)
    cdef const Node* b = at_level(view, PROBE)
    cdef const Node* c = at_level(view, PROBE_TWIN)
    cdef int other = order % 2
    cdef double fine
    if order > 3 or a is NULL or b is NULL or c is NULL:
        return False
    fine = b.y[other] - c.y[other]
    return fabs(fine) > VISIBLE * uncertainties(e, b, c, other) and (
        fabs((a.y[other] - b.y[other]) / fine - KNOT_RATIO) <= KNOT_ALIKE * KNOT_RATIO)
