"""From the probes to an answer, as long as f is smooth: PLACE, TRY, REFINE and VERIFY.

    place     a fine probe sees the curvature of f, hence its scale, hence where a block of nodes goes
    try       a loose tolerance may be met by the probes and a node, without a block
    refine    the best window that no finer node contradicts asks for more nodes: finer, between, coarser
    verify    the window must predict a node finer than all of its own

A phase looks at the nodes known and returns what comes next and why; the levels that it wishes are in the entry.
"""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport INFINITY, ceil, fabs, floor, log2, pow, rint, sqrt

from numdiff._kernels.accuracy cimport gauge
from numdiff._kernels.finish cimport defect, finish, in_units_of_f, reach_of, room
from numdiff._kernels.constants cimport (
    BLOCK, COARSEST, DEEP, DEEP_TWIN, FEW_COEFFICIENTS, FRACTION, HALF_WAY_LEVEL, LAST, POOR_ROUNDING, PROBE,
    PROBE_TWIN, SAFETY, VISIBLE)
from numdiff._kernels.entry cimport (
    BOTH_STAND, BOUNDED, CURVATURE_HIDDEN, CURVATURE_SEEN, DIVERGES, EXPLAIN, FEW_NODES_FAIL, FLAT_SO_FAR,
    FLAT_THROUGHOUT, GAP_IN_WINDOW, GOOD_ENOUGH, KNOT, MISFIT, MISFIT_OF_LOOSE, MORE_ROUNDING, NEAR_THE_BOUND,
    NOTHING_FINER, NOTHING_TO_GAIN, NOT_FLAT, NOT_YET, NO_NODE, NO_WINDOW, OUTSIDE, OUT_OF_PATIENCE, OVER, PLATEAU,
    PREDICTED, PROBES_DISAGREE, REFINE, ROUNDING_PREVAILS, SCALE_UNKNOWN, SLOW_AT_EDGE, SMALL_NOISE, SPARSE,
    STEP_GIVEN, TRUNCATION_PREVAILS, TRY, UNDER_NOISE, UNDER_WAY, UNPREDICTED, VERIFY, Reason, at_level,
    coefficient_of, find_window, is_known, look, parts_of, rounding, to, uncertainties, variation, wish, wish_new)
from numdiff._kernels.knots cimport has_knot, has_knot_at_probes, hidden_kink, slow_tail
from numdiff._kernels.residue cimport (
    Residue, contradicted, half_way, is_little, is_plain_noise, look_below, may_be_noise, seen_between)
from numdiff._kernels.status cimport CONVERGED, FLAT, JUMP, KINK, NOISY, UNRELIABLE
from numdiff._kernels.window cimport GAP, Node

# ---- asking why
cdef int ATTEMPTS = 6               # at explaining, in a pass: each has to find something new
cdef int PATIENCE = 100             # evaluations after which nothing is explained: the answer would not be had any more

# ---- the probes
cdef double AGREEMENT = 0.25        # relative: f' and f'' at the probe are those that a block may rest on
cdef double ROUNDED_TWICE = 2.0     # both nodes are rounded, and the bound is one of the worst case but for a sum in f
cdef double HIDDEN = 8.0            # and those below which it lies where it is not seen; SAFETY on 2 in f'/2f''
cdef double FAR = 2.0**25           # 1/sqrt(8 EPS): beyond, a third derivative that matters is not visible in D either
cdef double FINE_ENOUGH = 4.0       # steps in a length; less, and the probe itself is too coarse to tell it
cdef double TRIAL = PROBE - 4       # the node of the trial: with the probes, windows of steps 16 and 64 times apart

cdef double MOST_LEVEL = 2000.0     # beyond the exponents of all numbers, either way

# ---- how far to go
cdef double NEXT_TO_0 = 2.0**-26    # of 1: an f of that scale looks linear over |x|
cdef double MOST_FAR = 64.0         # |x|
cdef double OWN_SIDE = 2.0**-36     # relative bound that is good enough not to cross 0 for a better one
cdef double ROUNDING_OF_BLOCK = 2.0**-49    # 8 EPS
cdef int OWN_SIDE_LEVEL = 1         # steps below |x|, with an octave to go

# ---- the window
cdef double TAU = 2.0**-40          # good enough without being asked: further nodes gain less than they cost
cdef double FIRST_END = PROBE_TWIN  # no node of a window is finer, unless f is found to have structure there
cdef double SEVERAL = 2.0            # on the misfits seen, all of them small
cdef double ENOUGH = 16.0           # on the octaves that rounding asks for: the bound that it gives is a pessimist's
cdef double CLIMB = 2.0             # octaves that may be climbed at once where no length is seen, and more every time
cdef int NEW_BLOCK = 3              # octaves of a climb: from here on the nodes between are not worth having
cdef int MOST_CLIMB = 6              # octaves above 1 that a climb from 0 may go while nothing but noise is seen
cdef int NEARER = 8                 # levels, where all nodes of a block were outside of the domain
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


# ---------------------------------------------------------------------------------------------- next phases

cdef Transition ask_why(Entry* e, const View* view, Reason why) noexcept nogil:
    """Finer nodes contradict the window or, without one, each other: ask the deepest nodes."""
    e.explanation.attempts += 1
    if e.explanation.attempts > ATTEMPTS or e.nfev >= PATIENCE:
        return finish(e, view, UNRELIABLE, OUT_OF_PATIENCE)
    wish(e, DEEP)
    wish(e, DEEP_TWIN)
    if e.best.exists and not seen_between(e, view):
        wish(e, half_way(e))
    return to(EXPLAIN, why)


cdef Transition ask_for_verification(Entry* e, const View* view, Reason why) noexcept nogil:
    """Have a node well below the window, off its ladder, for it to predict."""
    cdef int i = view.count
    while i > 0 and view.node[i - 1].level >= e.best.last_level + NEAR:
        i -= 1
    if i == view.count or view.node[i].level > e.best.last_level + 2 * BELOW:
        wish(e, min(floor(e.best.last_level) + BELOW, LAST))
    return to(VERIFY, why)


cdef Transition block(Entry* e, int top, Reason why) noexcept nogil:
    """Ask for a block of nodes; for a loose tolerance a node may do, beside the probes."""
    cdef bint loose = e.rtol > 0 or e.atol > 0
    cdef int within = level_within_bounds(e)
    if within <= PROBE:
        top = max(top, within)
    e.refinement.block_top = top
    e.refinement.scale_level = max(e.refinement.scale_level, top)
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
        rounded = ROUNDED_TWICE * uncertainties(e, a, b, j)
        if not alike(a.y[j], b.y[j], size, rounded):
            return False
    return True


cdef inline bint probes_agree(const Entry* e, const Node* a, const Node* b) noexcept nogil:
    """The same, leniently.

    f'' may differ where f'' h is small against f', and a part may be lost in rounding altogether. What poor rounding
    may explain is left to verification, which has a window to compare with.
    """
    cdef double size, rounded
    cdef int j
    if a is NULL or b is NULL:
        return False
    for j in range(parts_of(e)):
        size = max(fabs(a.y[j]), fabs(b.y[j]))
        if j:
            size = max(size, fabs(a.y[0] / a.h))
        rounded = POOR_ROUNDING * uncertainties(e, a, b, j)
        if b.y[j] != 0 and not alike(a.y[j], b.y[j], size, rounded):
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
    return min(fabs(n.y[0]) * n.h / (HIDDEN * rounding(e, n)), FAR) * n.h


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
    """The coarsest level of a node within the bounds."""
    return within_reach(whole(ceil(log2(e.line.step / room(e)))))


cdef inline bint away_from_0(const Entry* e) noexcept nogil:
    """Whether |x| is a length to go by: where it is next to nothing against 1, f is looked at as about 0."""
    return e.line.size > NEXT_TO_0 * e.line.one


cdef inline double length_about_0(const Entry* e, double most=1) noexcept nogil:
    """The largest length that f may have about 0, or so many times that; its power k does not overflow."""
    return min(most * e.line.one, pow(2.0, MOST_EXPONENT / e.k))


cdef int coarsest_allowed(const Entry* e) noexcept nogil:
    """The level of the largest displacement, for digits that cannot be had on x's own side of 0."""
    cdef double most
    if e.line.size == 0:
        return level_within_bounds(e)
    most = max(MOST_FAR * e.line.size, e.line.one) if away_from_0(e) else length_about_0(e)
    if e.first_step > 0:
        most = max(most, e.first_step)
    return max(whole(ceil(log2(e.line.step / most))), level_within_bounds(e))


cdef int coarsest_block(const Entry* e, double length) noexcept nogil:
    """The level that a block may start at: on x's own side of 0 if the digits that are asked for can be had there.

    Rounding takes eps (length/h)^k of the derivative, times a few.
    """
    cdef double needed
    if not away_from_0(e):
        return <int>COARSEST
    needed = length * pow(ROUNDING_OF_BLOCK / OWN_SIDE, 1.0 / e.k)
    return max(min(OWN_SIDE_LEVEL, whole(floor(log2(e.line.step / needed)))), coarsest_allowed(e))


cdef Transition block_blindly(Entry* e, Reason why) noexcept nogil:
    """Where to start when nothing is known: the scale of f is |x|, or, about 0, as large as may be."""
    return block(e, 1 if away_from_0(e) else level_of_length(e, length_about_0(e)), why)


cdef inline Transition block_by_length(Entry* e, const Node* probe) noexcept nogil:
    """Where h is half of the length over which f changes, as far as the probe sees it."""
    cdef double length = length_seen(e, probe)
    cdef Reason why = CURVATURE_SEEN
    if length == 0:
        why = CURVATURE_HIDDEN
        length = least_length(e, probe)
        if not away_from_0(e):
            length = min(length, length_about_0(e))
    if e.findings.loud and away_from_0(e):
        length = max(length, e.line.size)   # noise hides the curvature
    if length < FINE_ENOUGH * probe.h or probe.flat:
        why = SCALE_UNKNOWN
        length = e.line.size if away_from_0(e) else length_about_0(e)
    return block(e, min(max(level_of_length(e, length), coarsest_block(e, length)), <int>PROBE), why)


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
    return block_in_place(e, view) if has_place(e, view) else block_blindly(e, SCALE_UNKNOWN)


cdef Transition place(Entry* e, const View* view) noexcept nogil:
    """Put a block where the probes say; where they contradict each other, ask why."""
    cdef int status = defect(e, view)
    e.target = in_units_of_f(e, e.atol) if e.atol > 0 else 0
    gauge(e, view)
    if status != JUMP and has_place(e, view):
        return block_in_place(e, view)
    e.best.exists = False
    if status == KINK or status == JUMP or view.count < 2:
        return ask_why(e, view, PROBES_DISAGREE)
    # noise, perhaps: what wide windows see of f tells
    return block_blindly(e, PROBES_DISAGREE)


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


cdef void bar_coarsest(Entry* e, View* view) noexcept nogil:
    """The coarsest node of the window is not believed any more."""
    e.findings.coarsest = view.ladder[e.best.window.first + 1].level
    look(e, view)


cdef bint all_flat(const View* view) noexcept nogil:
    cdef int i
    for i in range(view.count):
        if not view.node[i].flat:
            return False
    return True


cdef Transition try_few(Entry* e, View* view) noexcept nogil:
    """Verify the best window of the probes and a node if it meets the tolerance; else refine."""
    cdef Transition transition
    cdef Residue left
    while True:
        gauge(e, view)
        if not (find_window(e, view) and e.best.window.E <= tolerance(e, view)):
            # what three nodes far apart have made believe is forgotten
            e.refinement.trial = OVER
            e.findings = e.refinement.before
            wish_block(e)
            return to(REFINE, FEW_NODES_FAIL)
        look_below(e, view, &left)
        if not contradicted(&left):
            break
        bar_coarsest(e, view)
    if not all_flat(view):
        return ask_for_verification(e, view, GOOD_ENOUGH)
    transition = refine_flat(e, view)
    if transition.to == TRY and e.wishes == 0:
        return ask_for_verification(e, view, NOTHING_TO_GAIN)
    return transition


cdef Transition refine(Entry* e, View* view) noexcept nogil:
    """Ask for what the best window lacks, or verify it."""
    cdef Transition transition
    cdef Residue left
    cdef double target
    while True:
        gauge(e, view)
        find_window(e, view)
        if view.ladder_count == 0:
            if e.refinement.block_top < 1:
                return block(e, min(e.refinement.block_top + NEARER, 1), OUTSIDE)
            if e.refinement.block_top + BLOCK < PROBE and not e.side:
                return block(e, e.refinement.block_top + BLOCK, OUTSIDE)
            return ask_why(e, view, NO_NODE)
        if not e.best.exists:
            break
        look_below(e, view, &left)
        if not contradicted(&left):
            break
        if is_little(e, view, &left):
            if not seen_between(e, view):
                wish(e, half_way(e))
                return to(REFINE, SPARSE)
            if may_be_noise(e, view, &left) and not e.findings.structured and not e.findings.loud:
                return ask_why(e, view, MISFIT)
        bar_coarsest(e, view)
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
    cdef int farthest
    if away_from_0(e):
        if n.level > 0 and not is_known(e, 0):
            wish(e, 0)
            return refine_again(e, FLAT_SO_FAR)
    else:
        farthest = whole(ceil(log2(e.line.step / length_about_0(e, 1 if e.line.size > 0 else FLAT_ENOUGH))))
        if n.level > farthest:
            wish_new(e, max(<int>floor(n.level) - FLAT_STRIDE, farthest))
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


cdef bint enough_on_own_side(const Entry* e, const View* view) noexcept nogil:
    """Whether what is known on x's own side of 0 is good enough: f need not be called beyond 2|x|."""
    cdef double size = fabs(e.best.window.V)
    cdef const Node* n = view.ladder[0]
    if not away_from_0(e):
        return False
    if e.best.window.E <= max(OWN_SIDE * size, max(e.rtol * size, e.target)):
        return True
    # linear or constant to rounding
    if e.k > 1 or e.side or e.findings.loud or e.best.window.tr > e.best.window.R:
        return False
    return fabs(n.y[1]) * n.h * n.h <= VISIBLE * rounding(e, n)


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
        up = min(up, reach - max(0 if enough_on_own_side(e, view) else <int>COARSEST, coarsest_allowed(e)))
        if up > 0 and is_known(e, reach - up):
            up = 0 if is_known(e, reach - 1) else 1
    if e.line.size == 0 and fabs(e.best.window.V) < 2 * e.best.window.E and reach - up < -MOST_CLIMB:
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
    cdef bint noisy = e.line.noise[e.channel] > 0 or e.findings.measured > 0    # which need not go like a random walk
    cdef bint worst_case = e.refinement.trial == UNDER_WAY or e.findings.loud or few_differences or noisy
    cdef bint vanishes = e.k == 1 and fabs(e.best.window.V) <= POOR_ROUNDING * e.best.window.E
    # where f' vanishes roundings that all have the same sign are all that is left
    cdef double least = SAFETY if vanishes else (1.0 if worst_case else FLOOR)
    cdef double few = SAFETY if few_differences or few_nodes else 1.0
    return few * (e.best.window.E + (max(least, SAFETY * worst) - 1) * e.best.window.R)


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


cdef Transition verify(Entry* e, const View* view) noexcept nogil:
    """Answer if all finer nodes are where the window predicts them."""
    cdef bint asked_less = not e.refinement.strict and (e.rtol > 0 or e.target > 0)
    cdef Residue left
    cdef int status, order
    look_below(e, view, &left)
    if e.findings.loud:
        status = defect(e, view)
        if status == KINK or status == JUMP:
            return finish(e, view, status, DIVERGES)
    for order in range(2, e.k + 1):
        if has_knot(e, view, order) or (left.worst > 1 and has_knot_at_probes(e, view, order)):
            return finish(e, view, KINK, KNOT)
    if left.worst > 1 and not e.side and e.k > 1:
        if not is_known(e, HALF_WAY_LEVEL):
            wish(e, HALF_WAY_LEVEL)
            return to(VERIFY, SPARSE)
    if not e.findings.structured and on_plateau(e, view):
        return ask_why(e, view, PLATEAU)
    if left.worst > 1 and asked_less:
        # a window that is good enough for the tolerance need not predict well: better it before anything is explained
        e.refinement.strict = True
        return refine_again(e, MISFIT_OF_LOOSE)
    if 1 < left.worst <= POOR_ROUNDING and e.findings.poor == 1 and e.k == 1 and (
            fabs(e.best.window.V) <= POOR_ROUNDING * e.best.window.E):
        # where f' vanishes all that is left is rounding, that of several arguments inside of f perhaps
        e.findings.poor = SAFETY * left.worst
        return refine_again(e, MORE_ROUNDING)
    if 1 < left.worst <= SEVERAL and e.findings.loud and e.findings.poor == 1:
        # several roundings one after the other
        e.findings.poor = SEVERAL * left.worst
        return refine_again(e, MORE_ROUNDING)
    if left.worst > 1 and e.k <= FEW_COEFFICIENTS and SAFETY * left.most > e.findings.measured and (
            is_plain_noise(e, view, &left)):
        e.findings.measured = SAFETY * left.most
        e.findings.size = view.ladder[e.best.window.first].f
        return refine_again(e, SMALL_NOISE)
    if left.worst > 1 and e.findings.loud and e.best.window.first < e.best.window.last:
        # noise is known, and this is not
        e.findings.coarsest = view.ladder[e.best.window.first + 1].level
        return refine_again(e, UNDER_NOISE)
    if not 0 <= left.worst <= 1:
        return ask_why(e, view, UNPREDICTED if left.worst < 0 else MISFIT)
    if e.findings.loud and not seen_between(e, view):
        wish(e, half_way(e))
        return to(VERIFY, SPARSE)
    if view.ladder[e.best.window.first].flat and e.best.first_level > PROBE:
        return finish(e, view, UNRELIABLE, PLATEAU)     # over so little f is constant because it is rounded
    e.found.V = e.best.window.V
    e.found.E = max(reported(e, left.worst), slow_tail(e, view))
    if e.findings.loud and e.k == 1 and not e.side:
        e.found.E += hidden_kink(e, view)
    if e.side and e.findings.structured and fabs(e.found.V) < SAFETY * e.found.E and (
            not view.ladder[e.best.window.first].flat):
        # below structure rounding hides how slowly f' goes to its limit
        return finish(e, view, UNRELIABLE, SLOW_AT_EDGE)
    e.found.certainty = BOUNDED
    e.found.reach = reach_of(e, view)
    if e.wide.certainty == BOUNDED:
        return finish_with_both(e, view)
    return finish(e, view, NOISY if e.findings.loud else CONVERGED, PREDICTED)


cdef Transition finish_with_both(Entry* e, const View* view) noexcept nogil:
    """Wide windows see one value, through what may be noise, and fine ones another, if it is structure of f."""
    e.wide.E += fabs(e.found.V - e.wide.V) + e.found.E
    e.found = e.wide
    return finish(e, view, NOISY, BOTH_STAND)
