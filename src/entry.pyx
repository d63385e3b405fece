"""What an entry knows, and the window that it sees f through."""
from numdiff._kernels.constants cimport BLOCK, COARSEST
from numdiff._kernels.sample cimport MAX_SAMPLES, Sample
from numdiff._kernels.window cimport MAX_COEFFICIENT, MAX_NODES, best_window, fit_window


cdef void clear(Entry* e) noexcept nogil:
    """Forget all but what is asked and the answers so far: a pass starts."""
    e.known.count = e.wishes = 0
    e.findings.accuracy.rounding = 1
    e.findings.accuracy.noise = e.findings.accuracy.relative = e.findings.measured = 0
    e.findings.coarsest = COARSEST
    e.findings.structured = e.findings.loud = False
    e.best.exists = False
    e.refinement.trial = NOT_YET
    e.refinement.strict = False
    e.refinement.climbs = 0
    e.refinement.scale_level = <int>COARSEST
    e.findings.poor = 1
    e.findings.quantum = 0
    e.explanation.attempts = 0
    e.found.certainty = e.wide.certainty = NOTHING
    e.found.reach = 0


cdef void learn(Entry* e, int sample) noexcept nogil:
    """Add a sample to those that the entry knows of."""
    cdef const Sample* samples = e.line.samples
    cdef int i = e.known.count
    while i > 0 and samples[e.known.order[i - 1]].level > samples[sample].level:
        e.known.order[i] = e.known.order[i - 1]
        i -= 1
    e.known.order[i] = <unsigned char>sample
    e.known.count += 1


cdef void look(const Entry* e, View* view) noexcept nogil:
    """Bring the view up to date. Whole levels make windows and the others verify; while a loose tolerance is tried,
    they do both."""
    cdef const Node* nodes = e.line.nodes + e.channel
    cdef const Node* n
    cdef Py_ssize_t channels = e.line.channels
    cdef double coarsest = e.findings.coarsest
    cdef int i, count = 0, ladder_count = 0
    cdef bint every = e.refinement.trial == UNDER_WAY
    if view.known == e.known.count and view.coarsest == e.findings.coarsest and view.trial == e.refinement.trial:
        return
    view.known = e.known.count
    view.coarsest = coarsest
    view.trial = e.refinement.trial
    for i in range(view.known):
        n = &nodes[e.known.order[i] * channels]
        if n.usable:
            view.node[count] = n
            count += 1
            if n.level >= coarsest and (every or n.whole):
                view.ladder[ladder_count] = n
                ladder_count += 1
    view.count, view.ladder_count = count, ladder_count


cdef bint find_window(Entry* e, const View* view) noexcept nogil:
    """Whether there is a window; the best becomes that of the entry."""
    cdef Best* best = &e.best
    best.exists = best_window(
        <const Node**>view.ladder, view.ladder_count, part_of(e), coefficient_of(e), &e.findings.accuracy, &best.window)
    if best.exists:
        best.first_level = view.ladder[best.window.first].level
        best.last_level = view.ladder[best.window.last].level
    best.fitted = False
    return best.exists


cdef const Fit* fit_of(Entry* e, const View* view) noexcept nogil:
    """What the window predicts; since it was found, only nodes finer than it may have come."""
    cdef int i = 0, count = 0
    if not e.best.fitted:
        while i < view.ladder_count and view.ladder[i].level < e.best.first_level:
            i += 1
        while i + count < view.ladder_count and view.ladder[i + count].level <= e.best.last_level:
            count += 1
        fit_window(<const Node**>&view.ladder[i], count, parts_of(e), &e.findings.accuracy, &e.best.fit)
        e.best.fitted = True
    return &e.best.fit


cdef int coupled(bint hold, str what) except -1:
    if not hold:
        raise ImportError(f"numdiff was built with constants that do not fit each other: {what}")
    return 0


# the longest block, one-sided, for the highest coefficient
coupled(BLOCK + MAX_COEFFICIENT + 2 <= MAX_WISHES, "a block is longer than MAX_WISHES")
coupled(<int>MOST_EVALUATIONS < <int>MAX_NODES, "MOST_EVALUATIONS make more than MAX_NODES")
coupled(MAX_SAMPLES <= 256, "MAX_SAMPLES do not fit into the bytes of Known.order")
