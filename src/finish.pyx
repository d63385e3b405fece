"""How a pass ends: what there is to answer, what is wrong with f where there is nothing, and whether one-sided passes
follow."""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport INFINITY, NAN, fabs, frexp, isfinite, ldexp, pow

from numdiff._kernels.constants cimport PROBE, PROBE_TWIN
from numdiff._kernels.entry cimport (
    BOUNDED, DONE, GUESSED, NOTHING, PLACE, clear, node_of, at_level, to, wish)
from numdiff._kernels.sample cimport scale_of
from numdiff._kernels.status cimport EDGE, FLAT, JUMP, KINK, NOISY, ONE_SIDED, UNRELIABLE
from numdiff._kernels.window cimport Accuracy, Node, uncertainty

cdef double LEAST_SUBNORMAL = 5e-324
# Rounding bounds by which a part that diverges stands out, and the part of itself by which it may vary: rounding makes
# one node diverge in 1,000, but not two alike.
cdef double STANDS_OUT = 8.0
cdef double ALIKE = 0.125
cdef double LEAST_FINE = 3.0     # level: from there on where noise is loud
cdef double SURE = 64.0         # uncertainties at that node: six octaves of it are visible
cdef double GROWN = 64.0        # of what a noisy f has at its steepest, over what it has at its flattest node
cdef int NEXT = 3               # levels coarser than the window, where it would have gone next
cdef int SAMPLED_ORDERS = 4     # of higher ones a one-sided pass sees less than a poor symmetric one


cdef void start(Entry* e) noexcept nogil:
    """Start a pass in PLACE: with the probes."""
    wish(e, PROBE)
    wish(e, PROBE_TWIN)


cdef int defect(Entry* e, const View* view) noexcept nogil:
    """What is wrong with f at x: the part that diverges like 1/h, wherever that is visible, tells a kink from a
    jump."""
    cdef Accuracy exact
    cdef int i, j, first = -1
    exact.rounding = 1
    exact.noise = max(e.line.noise[e.channel], e.findings.measured)
    exact.relative = 0
    if view.count == 0:
        return EDGE
    for i in range(view.count):
        if view.node[i].level >= PROBE:
            first = i
            break
    if first < 0 or e.side:
        return UNRELIABLE
    for j in range(1, -1, -1):
        if diverges(view, j, first, &exact) or (e.findings.loud and diverges_under_noise(e, view, j)):
            return KINK if j else JUMP
    return UNRELIABLE


cdef bint diverges(const View* view, int part, int first, const Accuracy* accuracy) noexcept nogil:
    """Whether a part goes like 1/h from this node on."""
    cdef const Node* n
    cdef double a = view.node[first].y[part] * view.node[first].h
    cdef int i, visible = 0
    for i in range(first, view.count):
        n = view.node[i]
        visible += fabs(a) > STANDS_OUT * uncertainty(accuracy, n, part) * n.h
        if not fabs(n.y[part] * n.h - a) <= fabs(a) * ALIKE + uncertainty(accuracy, n, part) * n.h:
            return False
    return visible > 1


cdef bint diverges_under_noise(const Entry* e, const View* view, int part) noexcept nogil:
    """The same where noise hides it at fine nodes: over enough octaves of those where it can be seen."""
    cdef int i
    for i in range(view.count):
        if view.node[i].level >= LEAST_FINE:
            break
    else:
        return False
    return diverges(view, part, i, &e.findings.accuracy) and fabs(view.node[i].y[part]) > SURE * uncertainty(
        &e.findings.accuracy, view.node[i], part)


cdef bint hampered(const Entry* e) noexcept nogil:
    """Whether the domain or the bounds end where the window would have gone next."""
    cdef const Node* n
    cdef int i
    if not e.best.exists:
        return False
    if room(e) < e.line.step * pow(2, NEXT - e.best.first_level):
        return True
    for i in range(e.known.count):
        n = node_of(e, i)
        if n.missing and n.level >= e.best.first_level - NEXT:
            return True
    return False


cdef bint poor(const Entry* e, int status) noexcept nogil:
    """Whether a symmetric answer is one that a side may better: eps^(2/(k + 2)) is what a quotient with its best step
    reaches."""
    if status == FLAT or e.findings.loud or e.k > SAMPLED_ORDERS or not hampered(e):
        return False
    return e.found.E > max(max(pow(EPS, 2.0 / (e.k + 2)), e.rtol) * fabs(e.found.V), e.target)


cdef int better_side(const Entry* e) noexcept nogil:
    """The side on which fewer points were missing, then that with more room, then that away from 0; 0 if there are
    points on both and room."""
    cdef const Node* n
    cdef double above = e.line.upper - e.line.x, below = e.line.x - e.line.lower
    cdef int i, right = 0, left = 0
    for i in range(e.known.count):
        n = node_of(e, i)
        right += n.missing & 1
        left += n.missing >> 1
    if right != left:
        return -1 if right > left else 1
    if hampered(e) and above != below:
        return 1 if above > below else -1
    if right == 0:
        return 0
    return -1 if e.line.x < 0 else 1


cdef Transition go_one_sided(Entry* e, int side, Reason why) noexcept nogil:
    cdef double coarsest = e.findings.coarsest
    cdef bint structured = e.findings.structured
    clear(e)
    e.side = side
    if not structured:
        e.findings.coarsest = coarsest      # what was contradicted on both sides is not believed on one
    start(e)
    return to(PLACE, why)


cdef Transition finish(Entry* e, const View* view, int status, Reason why) noexcept nogil:
    """End a pass. A poor answer where nodes lay outside of the domain has one-sided passes follow."""
    cdef bint sides_follow
    cdef int side
    if e.found.certainty != BOUNDED and e.wide.certainty == BOUNDED:
        e.found = e.wide        # no structure was found that contradicts it
        status = NOISY
    if e.side == 0:
        if e.found.certainty == BOUNDED:
            keep(e, view, status)
            sides_follow = poor(e, status)
        else:
            e.status = defect(e, view) if status == UNRELIABLE else status
            guess(e, view)
            sides_follow = True
        side = better_side(e) if sides_follow else 0
        e.sides_left = -side
    else:
        if e.found.certainty == BOUNDED:
            if e.outcome.certainty != BOUNDED or not e.outcome.E <= e.found.E:
                e.found.V = to_the_right(e, e.found.V, e.side)
                keep(e, view, ONE_SIDED)
                e.sides_left = 0
        elif e.outcome.certainty == NOTHING:
            guess(e, view)
        side = e.sides_left
        e.sides_left = 0
    return go_one_sided(e, side, why) if side else to(DONE, why)


cdef double to_the_right(const Entry* e, double V, int side) noexcept nogil:
    """A coefficient of f as seen from a side; to the left odd derivatives have their sign from the nodes already."""
    return -V if side < 0 and e.k % 2 == 0 else V


cdef void keep(Entry* e, const View* view, int status) noexcept nogil:
    """What this pass found is the answer."""
    e.outcome = e.found
    e.outcome.certainty = BOUNDED
    e.slope = slope_of(e, view)
    e.status = status


cdef void guess(Entry* e, const View* view) noexcept nogil:
    """Answer the best that can be said where there is no bound."""
    if e.outcome.certainty == BOUNDED:
        return
    e.outcome.certainty = GUESSED
    if e.k == 1 and view.count:
        e.outcome.V = view.node[view.count - 1].y[0]
    elif e.best.exists:
        e.outcome.V = e.best.window.V
    else:
        e.outcome.certainty = NOTHING
        e.outcome.V = NAN


cdef double reach_of(const Entry* e, const View* view) noexcept nogil:
    """Displacement of the window's coarsest node."""
    cdef const Node* n = at_level(view, e.best.first_level)
    return n.h if n is not NULL else 0


cdef double slope_of(const Entry* e, const View* view) noexcept nogil:
    """The range of the values of f within reach of the answer, over the distance from the first point to the last.

    A noisy f takes far nodes to see through. Where it grows by orders of magnitude up to them, they say nothing of its
    size at x: it counts as at most `GROWN` times the least that a node of the window has.
    """
    cdef const Node* n
    cdef double odd, even, low, high, slope, lowest = 0, highest = 0, least = INFINITY
    cdef int i
    for i in range(view.count):
        n = view.node[i]
        if n.h > e.found.reach:
            continue
        odd = n.y[0] * n.h
        even = 0 if e.side else n.y[1] * n.h * n.h
        low = min(0.0, e.side * odd if e.side else even - fabs(odd))
        high = max(0.0, e.side * odd if e.side else even + fabs(odd))
        if n.level <= e.best.last_level:
            least = min(least, (high - low) / (n.h if e.side else 2 * n.h))
        lowest = min(lowest, low)
        highest = max(highest, high)
    if not e.found.reach > 0:
        return 0
    slope = (highest - lowest) / (e.found.reach if e.side else 2 * e.found.reach)
    return min(slope, GROWN * least) if e.findings.loud else slope


# ---------------------------------------------------------------------------------------------- units of the caller

cdef int exponent_of_f(const Entry* e) noexcept nogil:
    """n, where 2^n is what f is multiplied by."""
    cdef int exponent = 0
    frexp(scale_of(e.line, e.channel), &exponent)
    return exponent - 1


cdef double factorial(int k) noexcept nogil:
    cdef double product = 1
    cdef int i
    for i in range(2, k + 1):
        product *= i
    return product


cdef double in_units_of_f(const Entry* e, double derivative) noexcept nogil:
    """A derivative as a coefficient in the units of length and of f."""
    return ldexp(derivative / factorial(e.k), e.k * e.line.exponent + exponent_of_f(e))


cdef double derivative_of(const Entry* e, double coefficient, int side) noexcept nogil:
    """In the units of the caller, from a coefficient as seen from a side."""
    return ldexp(
        to_the_right(e, coefficient, side) * factorial(e.k), -(e.k * e.line.exponent + exponent_of_f(e)))


cdef void result(const Entry* e, double* value, double* error, double* step, double* slope) noexcept nogil:
    """Value, bound, the largest displacement that they rest on, and how steep f is over that distance."""
    cdef bint bounded = e.outcome.certainty == BOUNDED
    cdef int of_f, of_length, units
    cdef double times
    if e.outcome.certainty == NOTHING:
        # a line that was refused has no units
        value[0] = step[0] = slope[0] = NAN
        error[0] = INFINITY
        return
    of_f, of_length = exponent_of_f(e), e.line.exponent
    units = -(e.k * of_length + of_f)
    slope[0] = ldexp(e.slope, -(of_length + of_f)) if bounded else NAN
    if e.k == 0:
        # kept before the unit of f was known
        value[0] = e.outcome.V if bounded else NAN
        error[0] = e.outcome.E if bounded else INFINITY
        step[0] = 0 if bounded else NAN
        return
    times = factorial(e.k)
    value[0] = ldexp(e.outcome.V * times, units)
    if not bounded:
        error[0] = INFINITY
        step[0] = NAN
        return
    # the least subnormal, since the result is rounded once more
    error[0] = ldexp(e.outcome.E * times, units) + LEAST_SUBNORMAL if isfinite(value[0]) else INFINITY
    step[0] = e.outcome.reach * e.line.unit
