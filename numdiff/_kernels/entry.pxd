"""An entry: one derivative of one output of f along one variable, and all that is known on the way to it."""
from libc.math cimport fabs

from numdiff._kernels.sample cimport SampledLine, Sample
from numdiff._kernels.window cimport MAX_NODES, Accuracy, Fit, Node, Window, uncertainty

cdef enum:
    MAX_WISHES = 20             # at once
    MOST_EVALUATIONS = 110      # of an entry
    NO_VIEW = -1                # `known` of a view that has not been made

cdef enum Phase:                # what the entry does next, once it knows the nodes that it wishes
    PLACE                       # put a block of nodes where the probes say
    TRY                         # whether a loose tolerance is met by the probes and a node
    REFINE                      # better the best window
    VERIFY                      # have the window predict finer nodes
    EXPLAIN                     # why nothing predicts: noise or structure
    BISECT                      # find where structure begins
    SHAPE                       # tell a single defect from a table of values
    DONE

cdef enum Reason:               # why a phase went on to the next; trace.pyx has a phrase for each
    STARTED
    # from PLACE, and wherever else a block is placed
    STEP_GIVEN
    NEAR_THE_BOUND
    CURVATURE_SEEN
    CURVATURE_HIDDEN
    SCALE_UNKNOWN
    PROBES_DISAGREE
    # from TRY and REFINE
    FEW_NODES_FAIL
    GOOD_ENOUGH
    FLAT_SO_FAR
    FLAT_THROUGHOUT
    NOT_FLAT
    OUTSIDE
    NO_NODE
    NO_WINDOW
    NOTHING_FINER
    ROUNDING_PREVAILS
    GAP_IN_WINDOW
    TRUNCATION_PREVAILS
    NOTHING_TO_GAIN
    # from VERIFY
    PREDICTED
    PLATEAU
    MISFIT_OF_LOOSE
    MORE_ROUNDING
    SMALL_NOISE
    UNDER_NOISE
    SPARSE
    MISFIT
    UNPREDICTED
    SLOW_AT_EDGE
    # from EXPLAIN, BISECT and SHAPE
    DIVERGES
    EDGE_FOUND
    NOTHING_FINE
    ONLY_DEEP
    DEEP_AGREE
    DEEP_DISAGREE
    WHITE_NOISE
    LOST_IN_NOISE
    HALVED
    SHARP_ONSET
    BENDS
    SINGLE_DEFECT
    TABLE
    STRUCTURE_AGAIN
    BOTH_STAND
    KNOT
    # from anywhere
    OUT_OF_PATIENCE
    OUT_OF_BUDGET

cdef struct Transition:         # what a phase returns; the levels that it wishes are in the entry
    Phase to
    Reason why

cdef struct Known:              # samples
    int count
    unsigned char order[MAX_NODES]      # coarse to fine

cdef struct Findings:           # on f
    Accuracy accuracy           # of its values: what is measured, and what they are rounded to
    double measured             # noise
    double size                 # of f, where it was
    bint loud                   # it prevails over rounding
    double poor                 # how much more f rounds than its type would make believe
    double quantum              # that differences of its values are multiples of
    double coarsest             # nodes coarser than this level are not believed
    bint structured             # f has structure, and windows are finer than that

cdef struct Best:               # the window with the smallest bound
    Window window
    double first_level
    double last_level
    Fit fit                     # what it predicts
    bint exists
    bint fitted                 # it has been asked what it predicts

cdef enum Trial:                # of a loose tolerance, by few nodes; one in each pass
    NOT_YET
    UNDER_WAY                   # nodes off the ladder make windows as well
    OVER

cdef struct Refinement:
    Trial trial
    Findings before             # the trial
    bint strict                 # the tolerance is too loose for this f: as good as can be had
    int block_top               # level of the last block's coarsest node
    int scale_level             # of the finest such: steps of about the scale of f
    int stride                  # from the finest node on, where no window has been found yet
    int climbs                  # to coarser nodes

cdef struct Explanation:
    double most                 # largest misfit, in units of f
    double low                  # bisection: does not agree with the deep nodes
    double high                 # agrees
    double top                  # where f is smooth, found by bisection
    int attempts

cdef enum Certainty:
    NOTHING
    GUESSED
    BOUNDED

cdef struct Outcome:            # in the units of length and f
    double V                    # the coefficient: derivative / k!
    double E                    # its bound
    double reach                # the largest displacement that it rests on
    Certainty certainty

cdef struct Entry:
    # what is asked
    SampledLine* line
    Py_ssize_t channel
    double first_step           # in units; 0 if not given
    double rtol
    double atol
    double target               # atol in units
    int k                       # order of the derivative
    # what is said to and by who evaluates f
    int side                    # of the pass: 0 for both, 1 for the right, -1 for the left
    double wish[MAX_WISHES]     # levels
    short granted[MAX_WISHES]   # the samples there
    int wishes
    int nfev
    int status
    # what is known, what follows from it, and what phases remember of it
    Phase phase
    int transitions
    int sides_left              # a one-sided pass that is to follow
    Known known
    Findings findings
    Best best
    Refinement refinement
    Explanation explanation
    Outcome found               # in this pass
    Outcome outcome             # the best of all passes
    Outcome wide                # what wide windows see through what may be noise, while structure is looked for below
    double slope                # range of f over the distance that it was sampled at

cdef struct View:               # of the usable nodes, coarse to fine
    int count
    const Node* node[MAX_NODES]
    int ladder_count
    const Node* ladder[MAX_NODES]       # those of them that make windows
    int known                   # what it was made of: samples,
    double coarsest             # findings,
    Trial trial                 # and whether all make windows


cdef inline int parts_of(const Entry* e) noexcept nogil:
    return 1 if e.side else 2


cdef inline int part_of(const Entry* e) noexcept nogil:
    """The part of a node that shows this derivative."""
    return 0 if e.side else (e.k + 1) % 2


cdef inline int coefficient_of(const Entry* e) noexcept nogil:
    """Its place in the polynomial."""
    return e.k - 1 if e.side else (e.k - 1) // 2


cdef inline double rounding(const Entry* e, const Node* n) noexcept nogil:
    """Of the values of f, noise included, as the last part of the node shows it."""
    cdef int last = 0 if e.side else 1
    return uncertainty(&e.findings.accuracy, n, last) * (n.h if last == 0 else n.h * n.h)


cdef inline double uncertainties(const Entry* e, const Node* a, const Node* b, int part) noexcept nogil:
    return uncertainty(&e.findings.accuracy, a, part) + uncertainty(&e.findings.accuracy, b, part)


cdef inline double variation(const Entry* e, const Node* n) noexcept nogil:
    """How much f changes from x to the node."""
    return fabs(n.y[0]) * n.h + (0 if e.side else fabs(n.y[1]) * n.h * n.h)


cdef inline const Node* node_of(const Entry* e, int i) noexcept nogil:
    return &e.line.nodes[e.known.order[i] * e.line.channels + e.channel]


cdef inline bint is_known(const Entry* e, double level) noexcept nogil:
    cdef const Sample* samples = e.line.samples
    cdef int i
    for i in range(e.known.count):
        if samples[e.known.order[i]].level == level:
            return True
    return False


cdef inline const Node* at_level(const View* view, double level) noexcept nogil:
    """The usable node there, or NULL."""
    cdef int i
    for i in range(view.count):
        if view.node[i].level == level:
            return view.node[i]
    return NULL


cdef inline Transition to(Phase phase, Reason why) noexcept nogil:
    cdef Transition transition
    transition.to = phase
    transition.why = why
    return transition


cdef inline void wish(Entry* e, double level) noexcept nogil:
    if e.wishes < MAX_WISHES:
        e.wish[e.wishes] = level
        e.wishes += 1


cdef inline void wish_new(Entry* e, double level) noexcept nogil:
    if not is_known(e, level):
        wish(e, level)


cdef void clear(Entry* e) noexcept nogil
cdef void learn(Entry* e, int sample) noexcept nogil
cdef void look(const Entry* e, View* view) noexcept nogil
cdef bint find_window(Entry* e, const View* view) noexcept nogil
cdef const Fit* fit_of(Entry* e, const View* view) noexcept nogil
