"""The record of one entry: what each phase looked at, what it made of it, and why it went on."""
cimport cython
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport NAN, fabs

from numdiff._kernels.finish cimport derivative_of
from numdiff._kernels.entry cimport (
    BENDS, BISECT, BOTH_STAND, CURVATURE_HIDDEN, CURVATURE_SEEN, DEEP_AGREE, DEEP_DISAGREE, DIVERGES, DONE,
    EDGE_FOUND, EXPLAIN, FEW_NODES_FAIL, FLAT_SO_FAR, FLAT_THROUGHOUT, GAP_IN_WINDOW, GOOD_ENOUGH, HALVED, KNOT,
    LOST_IN_NOISE, MISFIT, MISFIT_OF_LOOSE, MORE_ROUNDING, NEAR_THE_BOUND, NOTHING_FINE, NOTHING_FINER,
    NOTHING_TO_GAIN, NOT_FLAT, NO_NODE, NO_VIEW, NO_WINDOW, ONLY_DEEP, OUTSIDE, OUT_OF_BUDGET, OUT_OF_PATIENCE, PLACE,
    PLATEAU, PREDICTED, PROBES_DISAGREE, REFINE, ROUNDING_PREVAILS, SCALE_UNKNOWN, SHAPE, SHARP_ONSET, SINGLE_DEFECT,
    SLOW_AT_EDGE, SMALL_NOISE, SPARSE, STEP_GIVEN, STRUCTURE_AGAIN, TABLE, TRUNCATION_PREVAILS, TRY, UNDER_NOISE,
    UNPREDICTED, VERIFY, WHITE_NOISE, Phase, View, node_of)
from numdiff._kernels.phases cimport step
from numdiff._kernels.sample cimport scale_of

PHASES = {
    PLACE: "place",
    TRY: "try",
    REFINE: "refine",
    VERIFY: "verify",
    EXPLAIN: "explain",
    BISECT: "bisect",
    SHAPE: "shape",
    DONE: "done",
}

REASONS = {
    STEP_GIVEN: "a step was given",
    NEAR_THE_BOUND: "one side, as far as bounds allow",
    CURVATURE_SEEN: "the probes see curvature",
    CURVATURE_HIDDEN: "rounding hides curvature",
    SCALE_UNKNOWN: "no scale is seen but that of x",
    PROBES_DISAGREE: "the probes disagree",
    FEW_NODES_FAIL: "few nodes do not meet the tolerance",
    GOOD_ENOUGH: "the bound is good enough",
    FLAT_SO_FAR: "f is constant so far",
    FLAT_THROUGHOUT: "f is constant as far as one can see",
    NOT_FLAT: "f is not constant after all",
    OUTSIDE: "all nodes are outside the domain",
    NO_NODE: "no node makes windows",
    NO_WINDOW: "no window has a bound",
    NOTHING_FINER: "no window, and nothing finer is allowed",
    ROUNDING_PREVAILS: "rounding prevails",
    GAP_IN_WINDOW: "the window has a gap",
    TRUNCATION_PREVAILS: "truncation prevails",
    NOTHING_TO_GAIN: "no further node would help",
    PREDICTED: "finer nodes are as predicted",
    PLATEAU: "f is constant within the window only",
    MISFIT_OF_LOOSE: "a misfit, but the tolerance was loose",
    SMALL_NOISE: "the misfit stays the same, and small",
    KNOT: "the derivative jumps at x",
    MORE_ROUNDING: "a misfit that rounding may explain",
    UNDER_NOISE: "a misfit that noise does not explain",
    SPARSE: "nothing is known half way to the probes",
    MISFIT: "a finer node is not as predicted",
    UNPREDICTED: "no finer node in the domain",
    SLOW_AT_EDGE: "the value is lost in its bound",
    DIVERGES: "a part diverges like 1/h",
    EDGE_FOUND: "the domain ends there",
    NOTHING_FINE: "no fine node in the domain",
    ONLY_DEEP: "nothing but deep nodes in the domain",
    DEEP_AGREE: "the deep nodes agree",
    DEEP_DISAGREE: "the deep nodes disagree",
    WHITE_NOISE: "the misfit does not shrink with h",
    LOST_IN_NOISE: "f is lost in its noise",
    HALVED: "the interval is halved",
    SHARP_ONSET: "the onset is sharp",
    BENDS: "f bends before it breaks",
    SINGLE_DEFECT: "a single defect, to one side",
    TABLE: "more than a single defect",
    BOTH_STAND: "wide and fine windows see different values",
    STRUCTURE_AGAIN: "structure below structure",
    OUT_OF_PATIENCE: "asked often enough",
    OUT_OF_BUDGET: "the evaluations are used up",
}


cdef double noise_of(const Entry* e) noexcept nogil:
    """What the values of f err by beyond the rounding of float64, in units of the caller."""
    cdef double rounding = (e.findings.accuracy.rounding - 1) * EPS * fabs(e.line.f0[e.channel])
    return max(e.findings.accuracy.noise, rounding) / scale_of(e.line, e.channel)


@cython.final
cdef class Recorder:
    """Takes an entry from phase to phase in place of `advance`, and notes every step.

    Attributes
    ----------
    rows : list of tuple
        Phase, side, evaluations so far, the levels that it learnt, those of them where f is not defined, the levels
        where its window begins and ends or None, value, bound and noise of the window, the next phase, why, and the
        levels that are wished.
    at_level_0 : float
        Displacement of a node at level 0; each further level halves it.
    """

    def __cinit__(self):
        self.rows = []
        self.at_level_0 = NAN

    cdef int advance(self, Entry* e) except -1:
        cdef View view
        cdef Best best
        cdef Phase phase
        cdef Reason why
        cdef double noise
        cdef int side, w
        self.at_level_0 = e.line.step * e.line.unit
        levels = tuple([e.wish[w] for w in range(e.wishes)])
        missing = tuple([node_of(e, w).level for w in range(e.known.count) if not node_of(e, w).usable])
        view.known = NO_VIEW
        while True:
            phase, side, best, noise = e.phase, e.side, e.best, noise_of(e)
            why = step(e, &view).why
            if e.side == side:
                best, noise = e.best, noise_of(e)
            # else the pass ended, and all that the entry knew was forgotten
            self.note(e, phase, side, noise, &best, levels, missing, why)
            levels = missing = ()
            if e.wishes or e.phase == DONE:
                return 0

    cdef int note(self, const Entry* e, Phase phase, int side, double noise, const Best* best, tuple levels,
                  tuple missing, Reason why) except -1:
        cdef int w
        cdef bint seen = best.exists and phase != PLACE
        self.rows.append((
            PHASES[phase], side, e.nfev, levels, tuple([level for level in levels if level in missing]),
            (best.first_level, best.last_level) if seen else None,
            derivative_of(e, best.window.V, side) if seen else NAN,
            derivative_of(e, best.window.E, 0) if seen else NAN,
            noise, PHASES[e.phase], REASONS[why], tuple([e.wish[w] for w in range(e.wishes)])))
        return 0
