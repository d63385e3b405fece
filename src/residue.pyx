"""The residue: what nodes finer than a window add to what it predicts, and whether that may be noise.

Noise has an amplitude in units of f that stays the same however small h is; structure shrinks with h.
"""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport INFINITY, floor

from numdiff._kernels.constants cimport FRACTION, HALF_WAY_LEVEL, PROBE, PROBE_TWIN
from numdiff._kernels.entry cimport fit_of, is_known, rounding, variation
from numdiff._kernels.window cimport Fit, Node, misfit, noise_seen

cdef double NO_CONTRAST = 0.0625    # what the deepest nodes misfit, over the most that any does: noise does not shrink
cdef int DEEPEST = 2                # nodes: one may fit by accident
cdef double NOT_SHRINKING = 4.0      # times what is left if it shrinks like h: samples of noise vary
cdef double SUSPECT = 2.0**-10      # of what f varies by over the window: more is no noise that one could see through
cdef double MOST_NOISE = 2.0**-6     # and that where it is there down to the finer probe
cdef double HALF_WAY = 2.0          # levels from a node that is between the window and the probes, to either
cdef double BELOW_WINDOW = 5 + FRACTION     # levels to that node, where x is next to 0 and the probes are far
cdef double ARITHMETIC = 64.0       # units of rounding of the largest f in the window: of intermediate results
cdef double LARGER_NOISE = 4.0     # by which noise that is known may turn out to be larger
cdef double LASTS = 0.125            # of the most
cdef double ENOUGH_OCTAVES = 4.0    # over which noise has to stay the same
cdef double GROWS = 8.0             # as h shrinks by 2^6: no structure does


cdef void look_below(Entry* e, const View* view, Residue* left) noexcept nogil:
    """What finer nodes add to what the window predicts."""
    cdef const Fit* fit = fit_of(e, view)
    cdef const Node* n
    cdef double a, per_h = INFINITY, coarsest = 0
    cdef int i
    left.worst = -1
    left.far = left.twin = left.most = left.deepest = left.finest = left.first = 0
    left.shrinks = True
    for i in range(view.count):
        n = view.node[i]
        if n.level <= e.best.last_level:
            continue
        a = noise_seen(fit, n)
        left.worst = max(left.worst, misfit(fit, n))
        left.most = max(left.most, a)
        left.finest = a
        if i >= view.count - DEEPEST:
            left.deepest = max(left.deepest, a)
        if n.level >= PROBE_TWIN and left.twin == 0:
            left.twin = a
        if n.level < e.best.last_level + (2 * HALF_WAY if e.side else HALF_WAY):
            continue        # next to the window whatever f does is predicted well
        if coarsest == 0:
            left.first, coarsest = a, n.level
        if n.level >= coarsest + ENOUGH_OCTAVES:
            left.far = max(left.far, a)
        left.shrinks = left.shrinks and a <= NOT_SHRINKING * per_h * n.h
        per_h = min(per_h, max(a, rounding(e, n)) / n.h)


cdef bint contradicted(const Residue* left) noexcept nogil:
    """Whether finer nodes show that the window is too coarse, f having structure below it."""
    return left.worst > 1 and left.deepest <= left.most * NO_CONTRAST


cdef bint lasts(const Residue* left) noexcept nogil:
    """Whether it is there some octaves farther down: that of structure is less, and that of noise hardly ever."""
    return left.far > left.most * LASTS


cdef bint is_little(const Entry* e, const View* view, const Residue* left) noexcept nogil:
    """Whether it is no more than noise may be that one can see through."""
    return left.most <= MOST_NOISE * variation(e, view.ladder[e.best.window.first])


cdef bint may_be_noise(const Entry* e, const View* view, const Residue* left) noexcept nogil:
    """Whether what finer nodes add is little, and does not shrink as where f is smooth below the window."""
    cdef bint everywhere = left.twin > left.most * NO_CONTRAST
    if left.shrinks or not lasts(left):
        return False
    if everywhere:
        return is_little(e, view, left)
    return left.most <= SUSPECT * variation(e, view.ladder[e.best.window.first])


cdef bint seen_between(const Entry* e, const View* view) noexcept nogil:
    """Whether a node is known half way between the window and the probes."""
    cdef int i
    for i in range(view.count):
        if e.best.last_level + HALF_WAY <= view.node[i].level <= PROBE - HALF_WAY:
            return True
    return e.best.last_level + 2 * HALF_WAY > PROBE or is_known(e, half_way(e))


cdef double half_way(const Entry* e) noexcept nogil:
    """The level of a node between the window and the probes."""
    return min(floor(e.best.last_level) + BELOW_WINDOW, HALF_WAY_LEVEL)


cdef inline double least_rounding(const Entry* e, const Node* n) noexcept nogil:
    """Of the values of f at a node, by their type."""
    return e.findings.accuracy.rounding * (n.r[0] * n.h if e.side else n.r[1] * n.h * n.h)


cdef bint is_plain_noise(const Entry* e, const View* view, const Residue* left) noexcept nogil:
    """Whether what finer nodes add is noise without further question: it is as large at the finest as anywhere, and of
    the size of the rounding of intermediate results, or it even grows as h shrinks."""
    cdef const Node* n = view.ladder[e.best.window.first]
    cdef double known = max(ARITHMETIC * EPS * n.f, LARGER_NOISE * least_rounding(e, n))
    if view.node[view.count - 1].flat and left.finest > known:
        return False        # f does not change at all there, and should by more than noise that is known
    if not lasts(left):
        return False
    return left.most <= known or (left.finest >= GROWS * left.first and left.most <= SUSPECT * n.f)
