"""The adaptive method for one derivative of one output of f along one variable: a state machine.

    PLACE     a fine probe sees the curvature of f, hence its scale, hence where a block of nodes goes
    TRY       a loose tolerance may be met by the probes and a node, without a block
    REFINE    the best window that no finer node contradicts asks for more nodes: finer, between, coarser
    VERIFY    the window must predict a node finer than all of its own
    EXPLAIN   if nothing predicts: noise, which is measured, or structure of f, below which windows start again
    BISECT    where structure begins
    SHAPE     whether that is a single defect to one side of x, or f is a table of values
    DONE

A phase (refine.pyx, explain.pyx) looks at the nodes known, names the levels that it wishes to know, and returns the
phase that follows, and why; or it ends the pass with what there is to answer (finish.pyx). docs/method.md explains it
all, and has the table of transitions.
"""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport NAN, fabs, isfinite

from numdiff._kernels.finish cimport guess, keep, reach_of, start, to_the_right
from numdiff._kernels.constants cimport SAFETY
from numdiff._kernels.entry cimport (
    BISECT, BOUNDED, DONE, EXPLAIN, MOST_EVALUATIONS, NOTHING, NO_VIEW, OUT_OF_BUDGET, PLACE, REFINE, STARTED, TRY,
    VERIFY, clear, find_window, is_known, look, parts_of, to)
from numdiff._kernels.explain cimport bisect, explain, shape
from numdiff._kernels.refine cimport place, refine, try_few, verify
from numdiff._kernels.residue cimport Residue, look_below
from numdiff._kernels.sample cimport only_side
from numdiff._kernels.status cimport BUDGET, CONVERGED, EDGE, NONFINITE, UNRELIABLE

cdef enum:
    TRANSITIONS = 200           # of an entry, at most: about twice what as many evaluations lead to


cdef void enter(Entry* e, Transition transition) noexcept nogil:
    e.phase = transition.to


cdef void begin(Entry* e, int refused) noexcept nogil:
    """Start an entry whose line, channel, order and tolerances are set, or end it with a status at once."""
    cdef View view
    clear(e)
    e.side = e.sides_left = 0
    e.outcome.certainty = NOTHING
    e.outcome.V = NAN
    e.status = UNRELIABLE
    e.nfev = 1
    e.transitions = 0
    if refused or not isfinite(e.line.f0[e.channel]):
        e.status = refused if refused else NONFINITE
        enter(e, to(DONE, STARTED))
    elif e.k == 0:
        # f(x) itself, for a Taylor polynomial
        e.found.V = e.line.f0[e.channel]
        e.found.E = EPS * fabs(e.found.V) + e.line.noise[e.channel]
        view.count = 0
        keep(e, &view, CONVERGED)
        enter(e, to(DONE, STARTED))
    else:
        # no other pass follows that
        e.side = only_side(e.line)
        if e.side:
            e.status = EDGE         # unless a bound is found
        start(e)
        enter(e, to(PLACE, STARTED))


cdef void forget_known_wishes(Entry* e) noexcept nogil:
    cdef int i, count = 0
    for i in range(e.wishes):
        if not is_known(e, e.wish[i]):
            e.wish[count] = e.wish[i]
            count += 1
    e.wishes = count


cdef inline Transition step(Entry* e, View* view) noexcept nogil:
    """One transition: what the phase wished it knows now, and what comes next it may wish in turn.

    The view is the caller's, who makes it with ``known = NO_VIEW`` and keeps it from step to step as long as nothing is
    learnt.
    """
    cdef Transition transition
    e.wishes = 0
    e.transitions += 1
    look(e, view)
    if e.phase == PLACE:
        transition = place(e, view)
    elif e.phase == TRY:
        transition = try_few(e, view)
    elif e.phase == REFINE:
        transition = refine(e, view)
    elif e.phase == VERIFY:
        transition = verify(e, view)
    elif e.phase == EXPLAIN:
        transition = explain(e, view)
    elif e.phase == BISECT:
        transition = bisect(e, view)
    else:
        transition = shape(e, view)
    forget_known_wishes(e)
    if e.nfev + e.wishes * parts_of(e) > MOST_EVALUATIONS or (e.wishes == 0 and e.transitions > TRANSITIONS):
        stop_for_budget(e)
        return to(DONE, OUT_OF_BUDGET)
    enter(e, transition)
    return transition


cdef void advance(Entry* e) noexcept nogil:
    """Go on until something is wished that the entry does not know, or it is finished. All wishes were granted."""
    cdef View view
    view.known = NO_VIEW
    while True:
        step(e, &view)
        if e.wishes or e.phase == DONE:
            break


cdef void stop_for_budget(Entry* e) noexcept nogil:
    """No more evaluations: what the known nodes verify is the answer."""
    cdef View view
    cdef Residue left
    view.known = NO_VIEW
    look(e, &view)
    if e.side == 0:
        guess(e, &view)
    if e.outcome.certainty != BOUNDED:
        e.status = BUDGET
    if view.ladder_count and find_window(e, &view):
        look_below(e, &view, &left)
        if 0 <= left.worst <= 1:
            e.found.V = to_the_right(e, e.best.window.V, e.side)
            e.found.E = e.best.window.E + SAFETY * e.best.window.R
            e.found.reach = reach_of(e, &view)
            if e.outcome.certainty != BOUNDED or e.found.E < e.outcome.E:
                keep(e, &view, BUDGET)
    e.wishes = 0
    enter(e, to(DONE, OUT_OF_BUDGET))


cdef bint finished(const Entry* e) noexcept nogil:
    return e.phase == DONE
