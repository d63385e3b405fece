"""From the probes to an answer, as long as f is smooth: PLACE, TRY, REFINE and VERIFY.

    place     a fine probe sees the curvature of f, hence its scale, hence where a block of nodes goes
    try       a loose tolerance may be met by the probes and a node, without a block
    refine    the best window that no finer node contradicts asks for more nodes: finer, between, coarser
    verify    the window must predict a node finer than all of its own

A phase looks at the nodes known and returns what comes next and why; the levels that it wishes are in the entry.
"""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport INFINITY, ceil, fabs, floor, log2, pow, rint, sqrt

from numdiff._kernels.finish cimport finish, in_units_of_f, reach_of
from numdiff._kernels.constants cimport (
    BLOCK, COARSEST, DEEP, DEEP_TWIN, FRACTION, LAST, POOR_ROUNDING, PROBE, PROBE_TWIN, SAFETY)
from numdiff._kernels.entry cimport (
    BOUNDED, CURVATURE_HIDDEN, CURVATURE_SEEN, EXPLAIN, FEW_NODES_FAIL, FLAT_SO_FAR, FLAT_THROUGHOUT, GAP_IN_WINDOW,
    GOOD_ENOUGH, MISFIT, MISFIT_OF_LOOSE, MORE_ROUNDING, NEAR_THE_BOUND, NOT_FLAT, NOT_YET, NOTHING_FINER,
    NOTHING_TO_GAIN, NO_NODE, NO_WINDOW, OUTSIDE, OUT_OF_PATIENCE, OVER, PLATEAU, PREDICTED, PROBES_DISAGREE, REFINE,
    ROUNDING_PREVAILS, SCALE_UNKNOWN, SLOW_AT_EDGE, STEP_GIVEN, TRUNCATION_PREVAILS, TRY, UNDER_WAY, UNPREDICTED,
    VERIFY, at_level, coefficient_of, find_window, fit_of, is_known, is_loud, look, parts_of, rounding, to, variation,
    wish, wish_new, worst_misfit)
from numdiff._kernels.sample cimport SampledLine, digits_of
from numdiff._kernels.status cimport CONVERGED, FLAT, NOISY, UNRELIABLE
from numdiff._kernels.window cimport GAP, Node, misfit

# ---- asking why
cdef int ATTEMPTS = 6               # at explaining, in a pass: each has to find something new
cdef int PATIENCE = 100             # evaluations after which nothing is explained: the answer would not be had any more

# ---- the probes
cdef double AGREEMENT = 0.25        # relative: f' and f'' at the probe are those that a block may rest on
cdef double ROUNDED_TWICE = 2.0     # both nodes are rounded, and the bound is one of the worst case but for a sum in f
cdef double VANISHED = 2.0**-9      # h^1.5 over six octaves: what a part that vanishes at x leaves
cdef double VISIBLE = 4.0           # rounding bounds above which the curvature is believed
cdef double HIDDEN = 8.0            # and those below which it lies where it is not seen; SAFETY on 2 in f'/2f''
cdef double FAR = 2.0**25           # 1/sqrt(8 EPS): beyond, a third derivative that matters is not visible in D either
cdef double LEAST_FAR = 2.0         # a length that rounding hides is never less than that many steps
cdef double FINE_ENOUGH = 4.0       # steps in a length; less, and the probe itself is too coarse to tell it
cdef double SINGLE_NOISE = 2.0**29  # noise of float32 values, in units of EPS
cdef double TRIAL = PROBE - 4       # the node of the trial: with the probes, windows of steps 16 and 64 times apart

cdef double MOST_LEVEL = 2000.0     # beyond the exponents of all numbers, either way

# ---- the window
cdef double TAU = 2.0**-40          # good enough without being asked: further nodes gain less than they cost
cdef double FIRST_END = PROBE_TWIN  # no node of a window is finer, unless f is found to have structure there
cdef double NO_CONTRAST = 0.0625    # what the deepest nodes misfit, over the most that any does: noise does not shrink
cdef int DEEPEST = 2                # nodes: one may fit by accident
cdef double LARGER_NOISE = 16.0     # by which noise that is known may turn out to be larger than it was measured
cdef double ENOUGH = 16.0           # on the octaves that rounding asks for: the bound that it gives is a pessimist's
cdef double CLIMB = 2.0             # octaves that may be climbed at once where no length is seen, and more every time
cdef int NEW_BLOCK = 3              # octaves of a climb: from here on the nodes between are not worth having
cdef int NOISE_CLIMB = 8            # octaves above |x| that a climb may go while nothing but noise is seen
cdef int FINER = 2                  # levels below the window that it may be extended by

# ---- constant f
cdef int FLAT_STRIDE = 16           # levels between nodes while f is constant
cdef double FLAT_ENOUGH = 2.0**30   # lengths over which f is to be constant
cdef double MOST_EXPONENT = 900.0   # of h^k, so that it does not overflow
cdef double FLAT_ROUNDING = 16.0    # units in the last place of f(x) that a constant f may hide

# ---- verification
cdef double BELOW = 8 + FRACTION    # levels from the window to the node that it has to predict
cdef double NEAR = 2.0              # levels within which a finer node is none to verify with
cdef double FLOOR = 0.5             # rounding is at least that part of its worst case
cdef int FEW_DIFFERENCES = 3        # from this coefficient on windows have few differences to judge by
cdef double SLOW = 0.3              # instead of 1/8: how much three nodes err, each time that their steps are halved
cdef double NO_CHANGE = 0.95        # a factor near 1 is no convergence, but rounding
cdef double SAME_FACTOR = 0.25      # relative, of one halving and the next
cdef enum:
    SLOW_NODES = 6                  # finest ones: three windows of three, and one more
    FEWEST_SLOW_NODES = 5


# ---------------------------------------------------------------------------------------------- next phases

cdef Transition ask_why(Entry* e, const View* view, Reason why) noexcept nogil:
    """Finer nodes contradict the window or, without one, each other: ask the deepest nodes."""
    e.explanation.attempts += 1
    if e.explanation.attempts > ATTEMPTS or e.nfev >= PATIENCE:
        return finish(e, view, UNRELIABLE, OUT_OF_PATIENCE)
    wish(e, DEEP)
    wish(e, DEEP_TWIN)
    return to(EXPLAIN, why)


cdef Transition ask_for_verification(Entry* e, const View* view, Reason why) noexcept nogil:
    """Have a node well below the window, off its ladder, for it to predict."""
    if view.node[view.count - 1].level < e.best.last_level + NEAR:
        wish(e, min(floor(e.best.last_level) + BELOW, LAST))
    return to(VERIFY, why)


cdef Transition block(Entry* e, int top, Reason why) noexcept nogil:
    """Ask for a block of nodes; for a loose tolerance a node may do, beside the probes."""
    cdef bint loose = e.rtol > 0 or e.atol > 0
    e.refinement.block_top = top
    e.refinement.stride = 1
    if e.refinement.trial == NOT_YET and loose:
        e.refinement.trial = UNDER_WAY
        e.refinement.before = e.findings
        wish(e, TRIAL)
        return to(TRY, why)
    e.refinement.trial = OVER
    wish_block(e)
    return to(REFINE, why)


cdef void wish_block(Entry* e) noexcept nogil:
    cdef int i
    for i in range(BLOCK + coefficient_of(e) + (2 if e.side else 0)):
        wish(e, e.refinement.block_top + i)


cdef Transition refine_again(const Entry* e, Reason why) noexcept nogil:
    return to(TRY if e.refinement.trial == UNDER_WAY else REFINE, why)


# ---------------------------------------------------------------------------------------------- place

cdef inline bint alike(double a, double b, double size, double rounded) noexcept nogil:
    return fabs(a - b) <= AGREEMENT * size + rounded


cdef bint agree(const Entry* e, const Node* a, const Node* b) noexcept nogil:
    """Whether the coarse node a sees the same f' and f'' as the fine node b, but for rounding."""
    cdef double size, rounded
    cdef int j
    if a is NULL or b is NULL:
        return False
    for j in range(parts_of(e)):
        size = max(fabs(a.y[j]), fabs(b.y[j]))
        rounded = ROUNDED_TWICE * e.findings.rho * (a.r[j] + b.r[j])
        if not alike(a.y[j], b.y[j], size, rounded):
            return False
    return True


cdef inline bint probes_agree(const Entry* e, const Node* a, const Node* b) noexcept nogil:
    """The same, leniently.

    f'' may differ where f'' h is small against f', and a part may vanish as it does where f is smooth and the
    derivative 0, like h^2 or faster (h^1.5 is asked, between nodes six octaves apart). What poor rounding may explain
    is left to verification, which has a window to compare with.
    """
    cdef double size, rounded
    cdef int j
    if a is NULL or b is NULL:
        return False
    for j in range(parts_of(e)):
        size = max(fabs(a.y[j]), fabs(b.y[j]))
        if j:
            size = max(size, fabs(a.y[0] / a.h))
        rounded = POOR_ROUNDING * e.findings.rho * (a.r[j] + b.r[j])
        if not (fabs(b.y[j]) <= VANISHED * fabs(a.y[j]) or alike(a.y[j], b.y[j], size, rounded)):
            return False
    return True


cdef inline double length_seen(const Entry* e, const Node* n) noexcept nogil:
    """The length over which f changes, if its curvature is visible at the node; else 0."""
    cdef double odd = fabs(n.y[0]) * n.h, even = fabs(n.y[1]) * n.h * n.h
    if e.side or even <= VISIBLE * rounding(e, n):
        return 0
    # f'/f''; near an extremum sqrt(f/f'')
    return (odd / (2 * even) if odd > 2 * even else sqrt(fabs(e.line.f0[e.channel]) / even)) * n.h


cdef double least_length(const Entry* e, const Node* n) noexcept nogil:
    """A lower bound of that length where rounding hides the curvature."""
    return max(min(fabs(n.y[0]) * n.h / (HIDDEN * rounding(e, n)), FAR), LEAST_FAR) * n.h


cdef int whole(double level) noexcept nogil:
    """A level as an integer; that of a step beyond all numbers, where a length that makes it vanished or overflowed.

    What a cast makes of infinity and NaN differs from processor to processor.
    """
    return <int>level if fabs(level) <= MOST_LEVEL else -<int>MOST_LEVEL


cdef int level_of_length(const Entry* e, double length) noexcept nogil:
    """The level at which h is half of this length."""
    return whole(rint(log2(2 * e.line.step / length)))


cdef int within_reach(int level) noexcept nogil:
    """A level at which a block may start."""
    return max(min(level, <int>LAST - BLOCK), <int>COARSEST)


cdef int level_within_bounds(const Entry* e) noexcept nogil:
    """The coarsest level that a one-sided displacement within the bounds can have."""
    cdef const SampledLine* c = e.line
    cdef double room = (c.upper - c.x if e.side > 0 else c.x - c.lower) * c.per_unit
    return within_reach(whole(ceil(log2(c.step / room)))) if room < INFINITY else <int>COARSEST


cdef Transition block_blindly(Entry* e) noexcept nogil:
    """Where to start when nothing is known: the scale of f is |x|, or, at 0, as large as may be."""
    return block(e, 1 if e.line.size > 0 else level_of_length(e, e.line.one), SCALE_UNKNOWN)


cdef inline Transition block_by_length(Entry* e, const Node* probe) noexcept nogil:
    """Where h is half of the length over which f changes, as far as the probe sees it."""
    cdef double length = length_seen(e, probe)
    cdef Reason why = CURVATURE_SEEN
    if length == 0:
        why = CURVATURE_HIDDEN
        length = least_length(e, probe)
        if e.line.size == 0:
            length = min(length, e.line.one)
    if is_loud(e) and e.line.size > 0:
        length = max(length, e.line.size)   # noise hides the curvature
    if length < FINE_ENOUGH * probe.h or probe.flat:
        why = SCALE_UNKNOWN
        length = e.line.size if e.line.size > 0 else e.line.one
    return block(e, min(level_of_length(e, length), <int>PROBE), why)


cdef inline bint has_place(const Entry* e, const View* view) noexcept nogil:
    """Whether it is known where a block goes."""
    return e.first_step > 0 or e.side or probes_agree(e, at_level(view, PROBE), at_level(view, PROBE_TWIN))


cdef inline Transition block_in_place(Entry* e, const View* view) noexcept nogil:
    if e.first_step > 0:
        return block(e, within_reach(level_of_length(e, 2 * e.first_step)), STEP_GIVEN)
    if e.side:
        return block(e, max(1, level_within_bounds(e)), NEAR_THE_BOUND)
    return block_by_length(e, at_level(view, PROBE))


cdef Transition block_anyway(Entry* e, const View* view) noexcept nogil:
    """Put a block where the probes say; where they contradict each other, blindly."""
    return block_in_place(e, view) if has_place(e, view) else block_blindly(e)


cdef Transition place(Entry* e, const View* view) noexcept nogil:
    """Put a block where the probes say; where they contradict each other, ask why."""
    cdef double given = e.line.noise[e.channel]
    cdef int i, digits = digits_of(e.line.f0[e.channel])
    e.target = in_units_of_f(e, e.atol) if e.atol > 0 else 0
    for i in range(view.count):
        digits = max(digits, view.node[i].digits)
    if digits == 1:
        # of what is rounded to that type; the noise that is given is none of it
        e.findings.rho = max(e.findings.rho, (SINGLE_NOISE * EPS + given) / (EPS + given))
    if has_place(e, view):
        return block_in_place(e, view)
    e.best.exists = False
    return ask_why(e, view, PROBES_DISAGREE)


# ---------------------------------------------------------------------------------------------- try and refine

cdef double tolerance(const Entry* e, const View* view) noexcept nogil:
    """What the window need not better: TAU, rtol or atol; and if its value is lost in its bound, TAU of f's
    variation."""
    cdef const Node* n = view.ladder[e.best.window.first]
    cdef double size = fabs(e.best.window.V), t = TAU * size, least
    if not e.refinement.strict:
        t = max(max(t, e.rtol * size), e.target)
    if size < 2 * e.best.window.E:
        least = TAU * variation(e, n)
        for _power in range(e.k):
            least /= n.h
        t = max(t, least)
    return t


cdef double amplitude(const Entry* e, const Node* n, double q) noexcept nogil:
    """A misfit of q rounding bounds, in units of f."""
    return q * rounding(e, n) / e.findings.rho


cdef bint contradicted(Entry* e, const View* view) noexcept nogil:
    """Whether finer nodes show that the window is too coarse, f having structure below it: such nodes are not believed
    any more.

    A misfit that does not shrink with h is noise instead, and more of the noise that is known raises rho.
    """
    cdef double q, worst = 0, most = 0, deepest = 0
    cdef int i
    for i in range(view.count):
        if view.node[i].level > e.best.last_level:
            q = misfit(fit_of(e, view), view.node[i])
            worst = max(worst, q)
            q = amplitude(e, view.node[i], q)
            most = max(most, q)
            if i >= view.count - DEEPEST:
                deepest = max(deepest, q)
    if worst <= e.findings.rho:
        return False
    if 1 < e.findings.rho and worst <= LARGER_NOISE * e.findings.rho:
        e.findings.rho = worst
        return True
    if deepest > most * NO_CONTRAST:
        return False
    e.findings.coarsest = view.ladder[e.best.window.first + 1].level
    return True


cdef bint all_flat(const View* view) noexcept nogil:
    cdef int i
    for i in range(view.ladder_count):
        if not view.ladder[i].flat:
            return False
    return True


cdef Transition try_few(Entry* e, View* view) noexcept nogil:
    """Verify the best window of the probes and a node if it meets the tolerance; else refine."""
    cdef Transition transition
    while True:
        if not (find_window(e, view) and e.best.window.E <= tolerance(e, view)):
            # what three nodes far apart have made believe is forgotten
            e.refinement.trial = OVER
            e.findings = e.refinement.before
            wish_block(e)
            return to(REFINE, FEW_NODES_FAIL)
        if not contradicted(e, view):
            break
        look(e, view)
    if not all_flat(view):
        return ask_for_verification(e, view, GOOD_ENOUGH)
    transition = refine_flat(e, view)
    if transition.to == TRY and e.wishes == 0:
        return ask_for_verification(e, view, NOTHING_TO_GAIN)
    return transition


cdef Transition refine(Entry* e, View* view) noexcept nogil:
    """Ask for what the best window lacks, or verify it."""
    cdef Transition transition
    cdef double target
    while True:
        find_window(e, view)
        if view.ladder_count == 0:
            if e.refinement.block_top < 1:
                return block(e, 1, OUTSIDE)     # nearer
            return ask_why(e, view, NO_NODE)
        if not (e.best.exists and contradicted(e, view)):
            break
        look(e, view)
    if all_flat(view):
        transition = refine_flat(e, view)
    elif not e.best.exists:
        # the block is too coarse: finer, with doubling stride
        transition = refine_finer(e, view)
    else:
        target = tolerance(e, view)
        if e.best.window.E <= target:
            return ask_for_verification(e, view, GOOD_ENOUGH)
        transition = refine_window(e, view, target)
    if transition.to == REFINE and e.wishes == 0:
        if e.best.exists:
            return ask_for_verification(e, view, NOTHING_TO_GAIN)
        return ask_why(e, view, NOTHING_FINER)
    return transition


cdef Transition refine_flat(Entry* e, const View* view) noexcept nogil:
    """f is constant as far as one can see: look further, until it is flat."""
    cdef const Node* n = view.ladder[0]
    if n.h < min(e.line.one * FLAT_ENOUGH, pow(2.0, MOST_EXPONENT / e.k)):
        wish_new(e, <int>floor(n.level) - FLAT_STRIDE)
        return refine_again(e, FLAT_SO_FAR)
    e.found.V = 0
    e.found.E = FLAT_ROUNDING * EPS * fabs(e.line.f0[e.channel]) + SAFETY * e.line.noise[e.channel]
    for _power in range(e.k):
        e.found.E /= n.h
    e.found.certainty = BOUNDED
    e.found.reach = n.h
    return finish(e, view, FLAT, FLAT_THROUGHOUT)


cdef double finest_of_windows(const Entry* e) noexcept nogil:
    return LAST if e.findings.structured else FIRST_END


cdef Transition refine_finer(Entry* e, const View* view) noexcept nogil:
    cdef int finest = e.refinement.block_top, i
    cdef double end = finest_of_windows(e)
    for i in range(view.ladder_count):
        if view.ladder[i].level < end:
            finest = <int>floor(view.ladder[i].level)
    for i in range(finest + e.refinement.stride, finest + e.refinement.stride + 2):
        if i < end:
            wish_new(e, i)
    e.refinement.stride *= 2
    return to(REFINE, NO_WINDOW)


cdef int octaves(const Entry* e, const Node* n, double target) noexcept nogil:
    """How much coarser than n a node may be: up to half the scale of f, and no more than rounding asks for."""
    cdef double length = length_seen(e, n), asked = ENOUGH * e.best.window.R / target if target > 0 else INFINITY
    if length == 0:
        length = max(least_length(e, n), n.h * 2.0**(CLIMB + e.refinement.climbs))
    return whole(floor(log2(max(min(length / (2 * n.h), asked), 2.0))))


cdef Transition refine_window(Entry* e, const View* view, double target) noexcept nogil:
    """Coarser if rounding prevails, at most to the scale of f; else fill a gap, or finer."""
    cdef int top = <int>floor(e.best.first_level), bottom = <int>floor(e.best.last_level)
    cdef int coarsest = <int>floor(view.ladder[0].level), reach, up = 0, level, i = 0
    cdef bint truncated = e.best.window.tr > e.best.window.R
    if top > coarsest + GAP and not is_known(e, coarsest + 1):
        return block(e, coarsest + 1, NOT_FLAT)
    while view.ladder[i].level < top - GAP:
        i += 1
    reach = <int>floor(view.ladder[i].level)    # the coarsest node within reach of the window
    if e.best.window.tr < e.best.window.R and top <= reach + (e.k == 2):
        up = 1 if coarsest < reach or e.findings.coarsest > COARSEST else octaves(e, view.ladder[i], target)
        if is_known(e, reach - up):
            up = 0 if is_known(e, reach - 1) else 1
    if is_loud(e) and fabs(e.best.window.V) < 2 * e.best.window.E and reach - up < 1 - NOISE_CLIMB:
        up = 0                      # all noise: another scale of f would not be seen
    if up > 0:
        e.refinement.climbs += 1
        if up >= NEW_BLOCK:
            return block(e, reach - up, ROUNDING_PREVAILS)
        if reach - up >= e.findings.coarsest:
            wish_new(e, reach - up)
        return to(REFINE, ROUNDING_PREVAILS)
    for level in range(top + 1, bottom + (1 + FINER if truncated else 1)):
        if level < finest_of_windows(e) and not is_known(e, level):
            if level >= e.findings.coarsest:
                wish(e, level)
            return to(REFINE, GAP_IN_WINDOW if level < bottom else TRUNCATION_PREVAILS)
    return to(REFINE, NOTHING_TO_GAIN)


# ---------------------------------------------------------------------------------------------- verify

cdef double reported(const Entry* e, double worst) noexcept nogil:
    """The bound of the window, its rounding as large as the worst misfit of finer nodes makes believe."""
    # for orders 7 to 10 there are few differences to judge by, and where f was found to have structure few nodes
    cdef bint few_differences = coefficient_of(e) >= FEW_DIFFERENCES
    cdef bint few_nodes = e.k <= 2 and e.findings.structured
    cdef bint given = e.line.noise[e.channel] > 0      # which is the worst case already
    cdef bint worst_case = e.refinement.trial == UNDER_WAY or is_loud(e) or few_differences or given
    cdef double least = 1.0 if worst_case else FLOOR
    cdef double few = SAFETY if few_differences or few_nodes else 1.0
    return few * (e.best.window.E + (max(least, SAFETY * worst / e.findings.rho) - 1) * e.best.window.R)


cdef bint on_plateau(const Entry* e, const View* view) noexcept nogil:
    """Whether f is constant as far as the window reaches, and not beyond: a table is, between two of its values."""
    cdef int i = view.count - 1
    while i >= 0 and view.node[i].level >= e.best.first_level:
        if not view.node[i].flat:
            return False
        i -= 1
    while i >= 0:
        if not view.node[i].flat:
            return True
        i -= 1
    return False


cdef double extrapolated(const Node* a, const Node* b, const Node* c) noexcept nogil:
    """The parabola through the first part of three nodes, at 0."""
    return (a.y[0] * b.s * c.s / ((a.s - b.s) * (a.s - c.s)) + b.y[0] * a.s * c.s / ((b.s - a.s) * (b.s - c.s))
            + c.y[0] * a.s * b.s / ((c.s - a.s) * (c.s - b.s)))


cdef double slow_tail(const Entry* e, const View* view) noexcept nogil:
    """f' may have a kink, as that of x |x|, or at the edge of a domain go like a fractional power, as that of x^1.5.

    However many nodes a window then has, its value keeps a fixed part of that power. What shows it is that finer
    windows of the same length change by the same factor each time, and not by the cube of s or more. The bound that
    follows, if this is so; else 0.
    """
    cdef const Node* node[SLOW_NODES]
    cdef double[SLOW_NODES - 2] value
    cdef double now, before, first, tail
    cdef int i = view.count - 1, j, found = 0
    if e.k > 1:
        return 0
    while i >= 0 and found < SLOW_NODES:
        if view.node[i].whole and view.node[i].level <= e.best.last_level:
            node[found] = view.node[i]
            found += 1
        i -= 1
    if found < FEWEST_SLOW_NODES:
        return 0
    for j in range(found - 2):
        value[j] = extrapolated(node[j + 2], node[j + 1], node[j])
    now, before = value[0] - value[1], value[1] - value[2]
    if not (fabs(now) > e.best.window.R and SLOW < now / before < NO_CHANGE):
        return 0
    if found == SLOW_NODES:
        first = value[2] - value[3]
        if not fabs(now / before - before / first) < SAME_FACTOR * (now / before):
            return 0        # rounding
    tail = fabs(now) / (before / now - 1)
    return SAFETY * tail if tail > e.best.window.E else 0


cdef Transition verify(Entry* e, const View* view) noexcept nogil:
    """Answer if all finer nodes are where the window predicts them."""
    cdef double worst = worst_misfit(e, view), rho = e.findings.rho
    cdef bint asked_less = not e.refinement.strict and (e.rtol > 0 or e.target > 0)
    if not e.findings.structured and on_plateau(e, view):
        return ask_why(e, view, PLATEAU)
    if worst > rho and asked_less:
        # a window that is good enough for the tolerance need not predict well: better it before anything is explained
        e.refinement.strict = True
        return refine_again(e, MISFIT_OF_LOOSE)
    if 1 == rho < worst <= POOR_ROUNDING and e.k == 1 and fabs(e.best.window.V) <= POOR_ROUNDING * e.best.window.E:
        # where f' vanishes all that is left is rounding, that of several arguments inside of f perhaps
        e.findings.rho = SAFETY * worst
        return refine_again(e, MORE_ROUNDING)
    if worst < 0 or worst > rho:
        return ask_why(e, view, UNPREDICTED if worst < 0 else MISFIT)
    e.found.V = e.best.window.V
    e.found.E = max(reported(e, worst), slow_tail(e, view))
    if e.side and e.findings.structured and fabs(e.found.V) < SAFETY * e.found.E:
        # below structure rounding hides how slowly f' goes to its limit
        return finish(e, view, UNRELIABLE, SLOW_AT_EDGE)
    e.found.certainty = BOUNDED
    e.found.reach = reach_of(e, view)
    return finish(e, view, NOISY if is_loud(e) else CONVERGED, PREDICTED)
