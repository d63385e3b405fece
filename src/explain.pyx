"""Why nothing predicts: EXPLAIN, BISECT and SHAPE, which tell noise from structure.

    explain   the deepest nodes see noise, which does not shrink with h, or agree: f is smooth there and not above
    bisect    for the coarsest level that agrees with them, which is where structure begins
    shape     a sharp onset is that of a single defect to one side of x, or of a table of values

Structure has windows start again below it. Noise is measured, and nodes are placed again.
"""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport fabs, floor

from numdiff._kernels.finish cimport defect, finish
from numdiff._kernels.constants cimport COARSEST, DEEP, DEEP_TWIN, PROBE, SAFETY
from numdiff._kernels.entry cimport (
    BENDS, BISECT, DEEP_AGREE, DEEP_DISAGREE, DIVERGES, EDGE_FOUND, HALVED, LOST_IN_NOISE, NOTHING_FINE, ONLY_DEEP,
    SHAPE, SHARP_ONSET, SINGLE_DEFECT, STRUCTURE_AGAIN, TABLE, WHITE_NOISE, Phase, Reason, at_level, fit_of, parts_of,
    rounding, to, wish)
from numdiff._kernels.refine cimport agree, amplitude, block, block_anyway, block_blindly
from numdiff._kernels.sample cimport least_value, scale_of
from numdiff._kernels.status cimport JUMP, KINK, UNRELIABLE
from numdiff._kernels.window cimport Node, misfit

# Of the largest misfit, what the deep nodes show at least if it is noise: structure is 2^24 times less there, and
# the largest of few samples of noise a few times more than theirs.
cdef double WHITE = 0.0625
cdef int EDGE_DEPTH = 3         # levels below the deep node, which the edge kept out: half way to its twin
cdef double NEIGHBOURS = 1.5    # levels apart
cdef double BEND = 0.015625     # of the wiggle an octave up: where f is smooth it does not shrink faster than h^6
cdef double BEND_VISIBLE = 4.0  # rounding bounds
cdef double ONE_SLOPE = 0.5     # relative, of the steps of a table and of the trend that they make
cdef double EXTREMUM = 2.0      # even part over odd: f is bent there, as at an extremum that is flat to rounding
cdef int SHAPE_STRIDE = 4       # levels between the nodes that tell one defect from many
cdef int SHAPE_NODES = 2        # and where f is constant about x, one more
cdef int SHAPE_LEVELS = 13      # those nodes, and the ones that bisection asked for
cdef double SAME = 0.05         # relative, of odd and even part: what f itself changes by is in the odd part alone
cdef double IN_NOISE = 0.015625     # of f: more noise hides what could be seen


cdef Transition explain(Entry* e, const View* view) noexcept nogil:
    """White noise stays the same however small h; structure shrinks with it."""
    cdef const Node* n
    cdef const Node* deep = at_level(view, DEEP)
    cdef const Node* twin = at_level(view, DEEP_TWIN)
    cdef double q, a, deepest = 0
    cdef bint smooth = True, any_fine = False
    cdef int i, status = defect(e, view)
    e.explanation.most = 0
    if status == KINK or status == JUMP:
        return finish(e, view, status, DIVERGES)
    if deep is NULL and twin is not NULL:
        e.explanation.top = floor(DEEP) + EDGE_DEPTH
        return restart_finer(e, view, EDGE_FOUND)
    for i in range(view.count):
        n = view.node[i]
        if n.level < PROBE or (e.best.exists and n.level <= e.best.last_level):
            any_fine = any_fine or n.level >= PROBE
            continue
        any_fine = True
        q = misfit(fit_of(e, view), n) if e.best.exists else fabs(n.y[parts_of(e) - 1]) / n.r[parts_of(e) - 1]
        smooth = smooth and q <= 1
        a = amplitude(e, n, q)
        e.explanation.most = max(e.explanation.most, a)
        if n.level >= DEEP:
            deepest = max(deepest, a)
    if not any_fine:
        return finish(e, view, UNRELIABLE, NOTHING_FINE)
    if view.node[0] is deep and agree(e, deep, twin):
        # nothing coarser lies in the domain
        e.explanation.low, e.explanation.high = PROBE, DEEP
        return halve(e, view, ONLY_DEEP)
    if deepest > e.explanation.most * WHITE:
        return accept_noise(e, view, WHITE_NOISE)
    if agree(e, deep, twin):
        e.explanation.low, e.explanation.high = PROBE, DEEP
        skip_plateau(e, view)
        return halve(e, view, DEEP_AGREE)
    if not e.best.exists and (smooth or e.explanation.attempts == 1):
        # f' = f'' = 0, perhaps, or all that fine nodes see is how f is computed: verification tells
        return block_blindly(e)
    return finish(e, view, UNRELIABLE, DEEP_DISAGREE)


# ---------------------------------------------------------------------------------------------- bisect

cdef void skip_plateau(Entry* e, const View* view) noexcept nogil:
    """Where f equals f(x) at all fine nodes, what ends that lies at coarser ones."""
    cdef int i = view.count - 1
    while i > 0 and view.node[i].flat:
        i -= 1
    if view.node[i].level < PROBE and view.node[i + 1].level < DEEP:
        e.explanation.low, e.explanation.high = view.node[i].level, view.node[i + 1].level


cdef double middle_of(const Entry* e) noexcept nogil:
    return e.explanation.low + floor((e.explanation.high - e.explanation.low) / 2)


cdef Transition bisect(Entry* e, const View* view) noexcept nogil:
    """Find the coarsest level that agrees with the deep nodes."""
    cdef double middle = middle_of(e)
    if agree(e, at_level(view, middle), at_level(view, e.explanation.high)):
        e.explanation.high = middle
    else:
        e.explanation.low = middle
    return halve(e, view, HALVED)


cdef Transition halve(Entry* e, const View* view, Reason why) noexcept nogil:
    """Ask for a node between, unless there is none."""
    if e.explanation.high - e.explanation.low > NEIGHBOURS:
        wish(e, middle_of(e))
        return to(BISECT, why)
    return look_across(e, view)


cdef double wiggle(const Entry* e, const Node* n, const Node* reference) noexcept nogil:
    """How far f at the node is from the straight line that the deep nodes see, in units of f."""
    cdef double odd = fabs(n.y[0] - reference.y[0]) * n.h
    return odd if e.side else max(odd, fabs(n.y[1]) * n.h * n.h)


cdef bint on_steps(Entry* e, const View* view, const Node* high, const Node* reference) noexcept nogil:
    """Whether f may be a table: constant about x, not bent as at an extremum that is flat to rounding, and with the
    slope that the window has, if there is one, before it gets lost."""
    cdef double slope = high.y[0], expected
    if e.side or not reference.flat or fabs(high.y[1]) * high.h > EXTREMUM * fabs(slope):
        return False
    expected = fit_of(e, view).V[0] if e.best.exists else slope
    return fabs(slope - expected) <= ONE_SLOPE * max(fabs(slope), fabs(expected))


cdef double coarsest_of_shape(const Node* reference) noexcept nogil:
    """How coarse the nodes may be that tell one defect from many.

    Where f is not constant about x it bends at coarser ones. Where it is, a single defect leaves one side as it is,
    however coarse they are; and a table is seen to be one only at nodes that reach over several of its values.
    """
    return 0 if reference.flat else PROBE


cdef Transition look_across(Entry* e, const View* view) noexcept nogil:
    """What happens between the neighbours that the bisection ended at: f bends, or breaks."""
    cdef const Node* low = at_level(view, e.explanation.low)
    cdef const Node* high = at_level(view, e.explanation.high)
    cdef const Node* reference = at_level(view, DEEP_TWIN)
    cdef double above, below, level
    cdef int i
    e.explanation.top = floor(e.explanation.high)
    if low is NULL:
        return restart_finer(e, view, EDGE_FOUND)
    above = wiggle(e, low, reference)
    below = wiggle(e, high, reference)
    e.explanation.most = max(e.explanation.most, above)
    if below > max(above * BEND, BEND_VISIBLE * rounding(e, high)) and not on_steps(e, view, high, reference):
        return restart_finer(e, view, BENDS)    # a smooth f bends before it breaks
    for i in range(1, 1 + SHAPE_NODES + reference.flat):
        level = e.explanation.low - SHAPE_STRIDE * i
        if level > coarsest_of_shape(reference):
            wish(e, level)
    return to(SHAPE, SHARP_ONSET)


# ---------------------------------------------------------------------------------------------- shape

cdef Transition shape(Entry* e, const View* view) noexcept nogil:
    """A single kink or jump to one side moves odd and even part by as much; a table of values does not."""
    cdef const Node* reference = at_level(view, DEEP_TWIN)
    cdef const Node* n
    cdef double odd, even, low = e.explanation.low
    cdef int i
    cdef bint single = not e.side
    for i in range(view.count):
        n = view.node[i]
        if coarsest_of_shape(reference) <= n.level <= low and n.level > low - SHAPE_LEVELS:
            odd = fabs(n.y[0] - reference.y[0])
            even = fabs(n.y[1]) * n.h
            single = single and fabs(odd - even) <= SAME * max(odd, even)
    return restart_finer(e, view, SINGLE_DEFECT) if single else accept_noise(e, view, TABLE)


# ---------------------------------------------------------------------------------------------- what was found

cdef Transition restart_finer(Entry* e, const View* view, Reason why) noexcept nogil:
    """Structure: f is smooth below the level found, and only there."""
    if e.findings.structured:
        return finish(e, view, UNRELIABLE, STRUCTURE_AGAIN)
    e.findings.structured = True
    e.findings.coarsest = e.explanation.top - 1
    return block(e, <int>e.explanation.top, why)


cdef Transition accept_noise(Entry* e, const View* view, Reason why) noexcept nogil:
    """Measure the noise, white or in steps (float32, tables), and place again, unless f is lost in it."""
    cdef double size = 0, most = e.explanation.most, old = e.findings.rho
    cdef Phase placed
    cdef int i
    for i in range(view.count):
        if view.node[i].level >= PROBE:
            size = max(size, view.node[i].f)
    e.findings.rho = max(
        old, SAFETY * most / (EPS * size + e.line.noise[e.channel] + least_value(scale_of(e.line, e.channel))))
    if not (old < e.findings.rho and most < size * IN_NOISE):
        return finish(e, view, UNRELIABLE, LOST_IN_NOISE)
    e.findings.coarsest = COARSEST
    e.findings.structured = False
    placed = block_anyway(e, view).to
    return to(placed, why)
