"""Why nothing predicts: EXPLAIN, BISECT and SHAPE, which tell noise from structure.

    explain   the deepest nodes see noise, which does not shrink with h, or agree: f is smooth there and not above
    bisect    for the coarsest level that agrees with them, which is where structure begins
    shape     a sharp onset is that of a single defect to one side of x, or of a table of values

Structure has windows start again below it. Noise is measured, and nodes are placed again.
"""
from libc.math cimport fabs, floor

from numdiff._kernels.accuracy cimport gauge
from numdiff._kernels.finish cimport defect, finish, reach_of
from numdiff._kernels.constants cimport COARSEST, DEEP, DEEP_TWIN, FEW_COEFFICIENTS, FRACTION, PROBE, SAFETY
from numdiff._kernels.entry cimport (
    BENDS, BISECT, BOUNDED, DEEP_AGREE, DEEP_DISAGREE, DIVERGES, EDGE_FOUND, HALVED, LOST_IN_NOISE, NOTHING_FINE,
    NO_VIEW, ONLY_DEEP, SCALE_UNKNOWN, SHAPE, SHARP_ONSET, SINGLE_DEFECT, STRUCTURE_AGAIN, TABLE, WHITE_NOISE, Reason,
    at_level, find_window, fit_of, look, parts_of, rounding, to, wish)
from numdiff._kernels.refine cimport agree, block, block_anyway, block_blindly
from numdiff._kernels.residue cimport Residue, lasts, look_below, may_be_noise
from numdiff._kernels.status cimport JUMP, KINK, UNRELIABLE
from numdiff._kernels.window cimport Node, noise_seen, per_f, uncertainty

# Of the largest misfit, what the deep nodes show at least if it is noise: structure is 2^24 times less there, and
# the largest of few samples of noise a few times more than theirs.
cdef double WHITE = 0.0625
cdef int EDGE_DEPTH = 3         # levels below the deep node, which the edge kept out: half way to its twin
cdef double NEIGHBOURS = 1.5    # levels apart
cdef double BEND = 0.015625     # of the wiggle an octave up: where f is smooth it does not shrink faster than h^6
cdef double MUCH_MORE = 16.0     # than next to the onset is not noise
cdef double ROUNDED_OFF = 4.0   # rounding bounds within which a node is on the line
cdef double BEND_VISIBLE = 4.0  # rounding bounds
cdef int SHAPE_STRIDE = 4       # levels between the nodes that tell one defect from many
cdef int SHAPE_NODES = 2        # and where f is constant about x, one more
cdef double SAME = 0.05         # relative, of odd and even part: what f itself changes by is in the odd part alone
cdef double IN_NOISE = 0.015625     # of f: more noise hides what could be seen


cdef Transition explain(Entry* e, const View* view) noexcept nogil:
    """White noise stays the same however small h; structure shrinks with it."""
    cdef const Node* deep = at_level(view, DEEP)
    cdef const Node* twin = at_level(view, DEEP_TWIN)
    cdef Residue left
    cdef int status = defect(e, view)
    if status == KINK or status == JUMP:
        return finish(e, view, status, DIVERGES)
    if deep is NULL and twin is not NULL:
        e.explanation.top = floor(DEEP) + EDGE_DEPTH
        return restart_finer(e, view, EDGE_FOUND)
    if view.count == 0 or view.node[view.count - 1].level < PROBE:
        return finish(e, view, UNRELIABLE, NOTHING_FINE)
    if e.best.exists:
        look_below(e, view, &left)
    else:
        look_at_fine(e, view, &left)
    e.explanation.most = left.most
    if view.node[0] is deep and agree(e, deep, twin):
        # nothing coarser lies in the domain
        e.explanation.low, e.explanation.high = PROBE, DEEP
        return halve(e, view, ONLY_DEEP)
    if (min(left.far, left.deepest) if e.best.exists else left.deepest) > left.most * WHITE:
        return accept_noise(e, view, WHITE_NOISE)
    if agree(e, deep, twin):
        find_onset(e, view)
        return halve(e, view, DEEP_AGREE)
    if not e.best.exists and (left.worst <= 1 or e.explanation.attempts == 1):
        # f' = f'' = 0, perhaps, or all that fine nodes see is how f is computed: verification tells
        return block_blindly(e, SCALE_UNKNOWN)
    if e.best.exists and may_be_noise(e, view, &left) and left.twin > left.most * WHITE:
        return accept_noise(e, view, DEEP_DISAGREE)
    return finish(e, view, UNRELIABLE, DEEP_DISAGREE)


cdef void look_at_fine(const Entry* e, const View* view, Residue* left) noexcept nogil:
    """Without a window: what the last part is at the probe and below, since where f is smooth it is next to nothing."""
    cdef const Node* n
    cdef int i, last = parts_of(e) - 1
    left.worst = left.most = left.deepest = 0
    for i in range(view.count):
        n = view.node[i]
        if n.level >= PROBE:
            left.worst = max(left.worst, fabs(n.y[last]) / uncertainty(&e.findings.accuracy, n, last))
            left.most = max(left.most, fabs(n.y[last]) / per_f(n, last))
            if n.level >= DEEP:
                left.deepest = max(left.deepest, fabs(n.y[last]) / per_f(n, last))


# ---------------------------------------------------------------------------------------------- bisect

cdef bint sees_what_deep_nodes_see(Entry* e, const View* view, const Node* n) noexcept nogil:
    """Whether the node is on the straight line that the deep nodes see, rather than where the window predicts it."""
    cdef const Node* reference = at_level(view, DEEP_TWIN)
    if n is NULL:
        return False
    if not e.best.exists or n.level <= e.best.last_level:
        return agree(e, n, reference)
    return wiggle(e, n, reference) <= max(noise_seen(fit_of(e, view), n), ROUNDED_OFF * rounding(e, n))


cdef void find_onset(Entry* e, const View* view) noexcept nogil:
    """Where it lies as far as it is known: what is coarse does not see what the deep nodes see."""
    cdef int i = view.count - 1
    e.explanation.high = DEEP
    e.explanation.low = PROBE
    while i >= 0:
        if view.node[i].level < DEEP and view.node[i].level != floor(view.node[i].level):
            e.explanation.low = view.node[i].level
            if not sees_what_deep_nodes_see(e, view, view.node[i]):
                return
            e.explanation.high = view.node[i].level
        i -= 1
    e.explanation.low -= SHAPE_STRIDE
    if e.best.exists:
        e.explanation.low = min(e.explanation.low, floor(e.best.last_level) + FRACTION)


cdef double middle_of(const Entry* e) noexcept nogil:
    return e.explanation.low + floor((e.explanation.high - e.explanation.low) / 2)


cdef Transition bisect(Entry* e, const View* view) noexcept nogil:
    """Find the coarsest level that agrees with the deep nodes."""
    cdef double middle = middle_of(e)
    if sees_what_deep_nodes_see(e, view, at_level(view, middle)):
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
    cdef Residue left
    cdef double above, below, level
    cdef int i
    e.explanation.top = floor(e.explanation.high)
    if low is NULL:
        return restart_finer(e, view, EDGE_FOUND)
    above = wiggle(e, low, reference)
    below = wiggle(e, high, reference)
    # beside a defect farther off the noise is what is seen next to the onset
    e.explanation.most = min(e.explanation.most, MUCH_MORE * above) if e.best.exists else max(e.explanation.most, above)
    if reference.flat and high.level > PROBE and e.best.exists:
        return accept_noise(e, view, SHARP_ONSET)       # f is constant about x over less than its scale: it was rounded
    if reference.flat and high.level <= PROBE and not e.findings.accuracy.noise > 0:
        # f is level about x over a length that no rounding makes
        return restart_finer(e, view, SHARP_ONSET)
    if below > max(above * BEND, BEND_VISIBLE * rounding(e, high)):
        return restart_finer(e, view, BENDS)    # a smooth f bends before it breaks
    if e.best.exists and not reference.flat:
        look_below(e, view, &left)
        if not lasts(&left):
            return restart_finer(e, view, BENDS)        # what shrinks is no noise
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
        if coarsest_of_shape(reference) <= n.level <= low:
            odd = fabs(n.y[0] - reference.y[0])
            even = fabs(n.y[1]) * n.h
            single = single and fabs(odd - even) <= SAME * max(odd, even)
    if e.k > FEW_COEFFICIENTS:
        return restart_finer(e, view, BENDS)
    return restart_finer(e, view, SINGLE_DEFECT) if single else accept_noise(e, view, TABLE)


# ---------------------------------------------------------------------------------------------- what was found

cdef Transition restart_finer(Entry* e, const View* view, Reason why) noexcept nogil:
    """Structure: f is smooth below the level found, and only there.

    Little that shows from many octaves on may be noise as well: what wide windows see through it is kept.
    """
    cdef Residue left
    if e.findings.structured:
        return finish(e, view, UNRELIABLE, STRUCTURE_AGAIN)
    if e.best.exists and not e.side and e.k <= FEW_COEFFICIENTS:
        look_below(e, view, &left)
        if may_be_noise(e, view, &left):
            keep_wide(e, view, left.most)
    e.findings.structured = True
    e.findings.coarsest = e.explanation.top - 1
    return block(e, <int>e.explanation.top, why)


cdef void keep_wide(Entry* e, const View* view, double most) noexcept nogil:
    """The best window of all nodes, what is left being noise."""
    cdef View all
    cdef double noise = e.findings.accuracy.noise
    all.known = NO_VIEW
    e.findings.coarsest = COARSEST
    e.findings.accuracy.noise = max(noise, SAFETY * most)
    look(e, &all)
    if find_window(e, &all):
        e.wide.V = e.best.window.V
        e.wide.E = e.best.window.E
        e.wide.reach = reach_of(e, &all)
        e.wide.certainty = BOUNDED
    e.findings.accuracy.noise = noise


cdef Transition accept_noise(Entry* e, const View* view, Reason why) noexcept nogil:
    """Measure the noise, white or in steps (rounded arguments, tables), and place again, unless f is lost in it."""
    cdef double size = 0, most = e.explanation.most, old = e.findings.measured
    cdef int i
    for i in range(view.count):
        size = max(size, view.node[i].f)
    e.findings.measured = max(old, SAFETY * most)
    e.findings.size = size
    if not (old < e.findings.measured and most < size * IN_NOISE):
        return finish(e, view, UNRELIABLE, LOST_IN_NOISE)
    e.findings.coarsest = COARSEST
    e.findings.structured = False
    gauge(e, view)
    return to(block_anyway(e, view).to, why)
