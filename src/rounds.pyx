"""The scheduler of the adaptive method: many lines, outputs and orders at once, planned, evaluated, reduced in rounds.

An entry is one derivative: an order, an output of f (a channel; complex ones make two), a line. All entries run the
same state machine (phases.pyx) and stop when they are done. In each round a line wishes to know what any of its entries
wishes, and all lines together make up the blocks of points; every sample serves all outputs and orders. An entry knows
the samples that it has asked for and no others, so that its answer does not depend on the company it is in.
"""
cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.math cimport INFINITY, fabs, frexp, isfinite, ldexp

from numdiff._kernels.answer cimport BOUND, REACH, SLOPE, STATUS, VALUE, Answer, new_answer
from numdiff._kernels.callers cimport AT_X, TENTATIVE
from numdiff._kernels.entry cimport MAX_WISHES, Entry, learn
from numdiff._kernels.evaluation cimport Evaluation, new_evaluation
from numdiff._kernels.finish cimport result
from numdiff._kernels.lines cimport Line, Lines, numbers_of
from numdiff._kernels.method cimport Method
from numdiff._kernels.outputs cimport Outputs
from numdiff._kernels.phases cimport advance, begin, finished, stop_for_budget
from numdiff._kernels.points cimport Points
from numdiff._kernels.problem cimport Problem
from numdiff._kernels.sample cimport (
    MAX_SAMPLES, SampledLine, Sample, fill_node, find_sample, leave_out, place_sample, begin_line)
from numdiff._kernels.status cimport BUDGET, NONFINITE
from numdiff._kernels.trace cimport Recorder
from numdiff._kernels.values cimport Values, value_at
from numdiff._kernels.window cimport Node

cdef enum:
    FIRST_SAMPLES = 16
    CHUNK = 512                     # lines in flight: large blocks, and what is known of them stays in the cache
    CHUNK_BYTES = 32 * 1024 * 1024
    MAX_ORDERS = 16

cdef struct Pending:                # a sample whose values are on their way
    SampledLine* line
    int sample
    Py_ssize_t first                # of its points in the block
    int count


@cython.final
@cython.auto_pickle(False)
cdef class Adaptive(Method):
    """The adaptive method, with a bound for every entry.

    Parameters
    ----------
    step : ndarray of float64, optional
        The first step to try: one for each variable of x; along vectors, for each of them.
    rtol, atol : float, optional
        The bound that will do: ``max(rtol * abs(value), atol)``.
    max_nfev : int, optional
        Most evaluations; 0 for no limit.
    """

    cdef readonly object step
    cdef readonly double rtol
    cdef readonly double atol
    cdef readonly Py_ssize_t max_nfev

    def __init__(self, step=None, double rtol=0, double atol=0, Py_ssize_t max_nfev=0):
        self.step, self.rtol, self.atol, self.max_nfev = step, rtol, atol, max_nfev

    cdef Answer solve(self, Problem problem, tuple orders):
        return self.run(problem, orders, None)

    def record(self, Problem problem, int order, Recorder recorder not None):
        """The answer to a problem of one entry, with a record of it."""
        return self.run(problem, (order,), recorder)

    cdef Answer run(self, Problem problem, tuple orders, Recorder recorder):
        cdef Rounds rounds = Rounds.__new__(Rounds)
        rounds.prepare(self, problem, orders)
        rounds.recorder = recorder
        try:
            rounds.run()
        finally:
            rounds.evaluation.loud()
        return rounds.answer


@cython.final
@cython.freelist(4)
cdef class Rounds:
    """The lines in flight."""

    cdef Adaptive how
    cdef Lines lines
    cdef Evaluation evaluation
    cdef Points points
    cdef Answer answer
    cdef SampledLine* sampled      # one for each line
    cdef Entry* entries             # of every line: for every order, every channel
    cdef Py_ssize_t room            # lines that fit
    cdef Py_ssize_t count
    cdef Py_ssize_t channels
    cdef Py_ssize_t per_line        # entries
    cdef Pending* pending
    cdef Py_ssize_t pending_count
    cdef Py_ssize_t pending_room
    cdef int orders[MAX_ORDERS]
    cdef int order_count
    cdef double* step
    cdef Py_ssize_t block           # points that make a good block
    cdef Recorder recorder          # takes the entries from phase to phase, if there is one

    def __dealloc__(self):
        cdef Py_ssize_t i
        for i in range(self.room):
            PyMem_Free(self.sampled[i].samples)
            PyMem_Free(self.sampled[i].nodes)
        PyMem_Free(self.sampled)
        PyMem_Free(self.pending)

    cdef int prepare(self, Adaptive how, Problem problem, tuple orders) except -1:
        cdef Lines lines = problem.lines
        cdef int o
        self.how, self.lines = how, lines
        self.order_count = <int>len(orders)
        if self.order_count > MAX_ORDERS:
            raise ValueError(f"orders must be at most {MAX_ORDERS}; got {orders}")
        for o in range(self.order_count):
            self.orders[o] = orders[o]
        self.step = numbers_of(how.step, lines.variables if lines.start is NULL else lines.count)
        self.evaluation = new_evaluation(problem)
        if how.max_nfev:
            self.evaluation.caller.most = how.max_nfev
        self.points = self.evaluation.points
        self.answer = new_answer(lines, problem.one_output, True)
        return 0

    cdef Py_ssize_t make_room(self, Py_ssize_t n) except -1:
        """Memory for a chunk of up to n lines, now that f's outputs are known; how many fit."""
        cdef Outputs outputs = self.evaluation.outputs
        cdef Py_ssize_t i, nbytes
        cdef double* vectors
        if outputs.shape is None:
            outputs.describe((), False, "no call")     # nothing could be evaluated
        self.answer.reserve(self.order_count, outputs.shape, outputs.parts)
        self.channels = outputs.m * outputs.parts
        self.per_line = self.channels * self.order_count
        self.block = self.evaluation.width()
        nbytes = FIRST_SAMPLES * self.channels * sizeof(Node) + self.per_line * sizeof(Entry)
        if not self.lines.pointwise:
            n = max(min(n, CHUNK_BYTES // max(nbytes, 1)), 1)
        # in one piece: sampled, their entries, f0 and scale of their channels
        self.sampled = <SampledLine*>PyMem_Malloc(n * (
            sizeof(SampledLine) + self.per_line * sizeof(Entry) + 2 * self.channels * sizeof(double)))
        if self.sampled is NULL:
            raise MemoryError
        self.entries = <Entry*>(self.sampled + n)
        vectors = <double*>(self.entries + n * self.per_line)
        for i in range(n):
            self.sampled[i].samples = NULL
            self.sampled[i].nodes = NULL
            self.sampled[i].capacity = 0
            self.sampled[i].channels = self.channels
            self.sampled[i].f0 = vectors + 2 * i * self.channels
            self.sampled[i].scale = vectors + (2 * i + 1) * self.channels
        self.room = n
        return n

    cdef int grow(self, SampledLine* c) except -1:
        """Room for as many samples as one entry may wish."""
        cdef int capacity = max(FIRST_SAMPLES, c.capacity)
        while capacity < c.count + MAX_WISHES:
            capacity *= 2
        if capacity > c.capacity:
            c.samples = <Sample*>PyMem_Realloc(c.samples, capacity * sizeof(c.samples[0]))
            c.nodes = <Node*>PyMem_Realloc(c.nodes, capacity * self.channels * sizeof(Node))
            if c.samples is NULL or c.nodes is NULL:
                raise MemoryError
            c.capacity = capacity
        return 0

    # ------------------------------------------------------------------------------------ plan

    cdef int evaluate_at_x(self, Py_ssize_t start, Py_ssize_t count) except -1:
        """f at every origin of a chunk, as far as evaluations are allowed."""
        cdef Py_ssize_t i, most = self.evaluation.left() - self.evaluation.overhead()
        cdef Line line
        self.points.size = 0
        self.points.reserve(count)
        for i in range(start, start + count):
            if not self.lines.line(i, &line) and self.points.size < most:
                self.points.add(-1, line.at)
        self.evaluation.evaluate(self.points, AT_X)
        return 0

    cdef int open_chunk(self, Py_ssize_t start, Py_ssize_t count) except -1:
        """Take in the lines from `start` on; f at their origins is known, or in the block last evaluated."""
        cdef Evaluation evaluation = self.evaluation
        cdef bint shared = not self.lines.pointwise or evaluation.center_known
        cdef Values* known = &evaluation.center if shared else &evaluation.values
        cdef int parts = evaluation.outputs.parts
        cdef SampledLine* c
        cdef Entry* e
        cdef Line line
        cdef Py_ssize_t b, i, channel, o, point = 0
        cdef int refused
        self.count = count
        for b in range(count):
            c = &self.sampled[b]
            i = start + b
            refused = self.lines.line(i, &line)
            if not refused and not shared and point >= self.points.size:
                refused = BUDGET
            if not refused:
                begin_line(c, line.at, line.lower, line.upper, self.lines.single)
                for channel in range(self.channels):
                    c.f0[channel] = value_at(
                        known, self.lines.origin(i) if shared else point, channel // parts, channel % parts)[0]
                    c.scale[channel] = 0
                point += not shared
            for o in range(self.order_count):
                for channel in range(self.channels):
                    e = &self.entries[b * self.per_line + o * self.channels + channel]
                    e.line = c
                    e.channel = channel
                    e.k = self.orders[o]
                    e.first_step = 0
                    if self.step is not NULL and not refused:
                        e.first_step = self.step[self.lines.variable(i)] / c.unit
                    e.rtol = self.how.rtol
                    e.atol = self.how.atol
                    begin(e, refused)
        return 0

    cdef int run(self) except -1:
        """All chunks, each for as many rounds as it takes."""
        cdef Evaluation evaluation = self.evaluation
        cdef Py_ssize_t n = self.lines.count, start = 0, count = min(n, CHUNK)
        if not self.lines.pointwise and (evaluation.first < n or not self.answer.one_output):
            evaluation.know_center()
        if n == 0:
            self.make_room(0)
        while start < n:
            if self.lines.pointwise and not evaluation.center_known:
                self.evaluate_at_x(start, count)
            if start == 0:
                count = self.make_room(count)
            self.open_chunk(start, count)
            while self.round(start):
                self.advance_all()
            self.collect(start)
            start += count
            count = min(count, n - start)
        self.answer.nfev = evaluation.caller.nfev
        self.answer.first_error = evaluation.caller.first_error
        return 0

    cdef bint round(self, Py_ssize_t start) except -1:
        """Evaluate what all lines wish; whether there was anything."""
        cdef Py_ssize_t b
        cdef bint active = False
        self.begin_block()
        for b in range(self.count):
            active = self.plan(b, start + b) or active
            if self.points.size >= self.block:
                self.evaluate_block()
                self.begin_block()
        self.evaluate_block()
        return active

    cdef int begin_block(self) except -1:
        self.points.size = 0
        self.points.reserve(2 * MAX_WISHES)
        self.pending_count = 0
        return 0

    cdef bint plan(self, Py_ssize_t b, Py_ssize_t i) except -1:
        """Add to the block what the entries of a line wish; whether there was anything."""
        cdef SampledLine* c = &self.sampled[b]
        cdef Entry* e
        cdef Py_ssize_t a
        cdef int w, sample
        cdef bint active = False
        for a in range(b * self.per_line, (b + 1) * self.per_line):
            e = &self.entries[a]
            if finished(e):
                continue
            if c.count + e.wishes > MAX_SAMPLES or not self.affordable(e):
                stop_for_budget(e)
                continue
            active = True
            self.grow(c)
            for w in range(e.wishes):
                # what an entry wishes it does not know, but another entry may
                sample = find_sample(c, e.wish[w], e.side) if self.per_line > 1 else -1
                if sample < 0:
                    sample = c.count
                    self.add_sample(c, i, e.wish[w], e.side)
                e.granted[w] = <short>sample
        return active

    cdef bint affordable(self, const Entry* e) noexcept:
        """Whether the evaluations that the entry wishes are within those that are allowed to the whole call."""
        return self.points.size + 2 * e.wishes + self.evaluation.overhead() <= self.evaluation.left()

    cdef int add_sample(self, SampledLine* c, Py_ssize_t i, double level, int side) except -1:
        cdef double[2] t
        cdef int sample = c.count, p
        cdef int count = place_sample(c, level, side, t)
        if count == 0:
            leave_out(c, sample)
            return 0
        if self.pending_count == self.pending_room:
            self.pending_room = max(2 * self.pending_room, 16)
            self.pending = <Pending*>PyMem_Realloc(self.pending, self.pending_room * sizeof(Pending))
            if self.pending is NULL:
                raise MemoryError
        self.pending[self.pending_count] = Pending(line=c, sample=sample, first=self.points.size, count=count)
        self.pending_count += 1
        for p in range(count):
            self.points.add(i, self.lines.position(t[p]))
        return 0

    # ------------------------------------------------------------------------------------ evaluate

    cdef int evaluate_block(self) except -1:
        """Evaluate the points planned, and make nodes of the values."""
        cdef Values* values = &self.evaluation.values
        cdef Pending* p
        cdef Py_ssize_t a, channel, output, part
        cdef int parts = self.evaluation.outputs.parts
        cdef double right, left
        if self.points.size == 0:
            return 0
        self.evaluation.evaluate(self.points, TENTATIVE)
        for a in range(self.pending_count):
            p = &self.pending[a]
            for channel in range(self.channels):
                if p.line.scale[channel] == 0:
                    self.find_scale(a, channel)
                output, part = channel // parts, channel % parts
                right = value_at(values, p.first, output, part)[0]
                left = value_at(values, p.first + p.count - 1, output, part)[0]
                fill_node(p.line, p.sample, channel, right, left)
        return 0

    cdef void find_scale(self, Py_ssize_t a, Py_ssize_t channel) noexcept:
        """The power of 2 that brings the first values of a channel below 1."""
        cdef SampledLine* c = self.pending[a].line
        cdef double largest = 0, v
        cdef int parts = self.evaluation.outputs.parts, exponent
        cdef Py_ssize_t p, output = channel // parts, part = channel % parts
        if isfinite(c.f0[channel]):
            largest = fabs(c.f0[channel])
        while a < self.pending_count and self.pending[a].line is c:
            for p in range(self.pending[a].first, self.pending[a].first + self.pending[a].count):
                v = fabs(value_at(&self.evaluation.values, p, output, part)[0])
                if isfinite(v):
                    largest = max(largest, v)
            a += 1
        frexp(largest, &exponent)
        c.scale[channel] = ldexp(1.0, max(-1000, min(1000, -exponent)))
        c.f0[channel] *= c.scale[channel]

    # ------------------------------------------------------------------------------------ reduce

    cdef int advance_all(self) except -1:
        """Let every entry learn what it wished to know, and go on."""
        cdef Entry* e
        cdef Py_ssize_t a
        cdef int w
        for a in range(self.count * self.per_line):
            e = &self.entries[a]
            if finished(e):
                continue
            for w in range(e.wishes):
                learn(e, e.granted[w])
                e.nfev += 1 if e.side else 2
            if self.recorder is None:
                advance(e)
            else:
                self.recorder.advance(e)
        return 0

    cdef int collect(self, Py_ssize_t start) except -1:
        """The answers of a chunk."""
        cdef Answer answer = self.answer
        cdef Py_ssize_t b, row, channel, at, parts = self.evaluation.outputs.parts, n = self.lines.count
        cdef const Entry* e
        for row in range(self.order_count):
            for channel in range(self.channels):
                for b in range(self.count):
                    e = &self.entries[b * self.per_line + row * self.channels + channel]
                    at = ((row * answer.outputs + channel // parts) * n + start + b) * parts + channel % parts
                    result(
                        e, &answer.quantity[VALUE][at], &answer.quantity[BOUND][at], &answer.quantity[REACH][at],
                        &answer.quantity[SLOPE][at])
                    answer.quantity[STATUS][at] = e.status
                    if e.status >= 0 and not answer.quantity[BOUND][at] < INFINITY:
                        # value or bound are beyond the largest number
                        answer.quantity[STATUS][at] = <int>NONFINITE
                    answer.bounded = answer.bounded or answer.quantity[BOUND][at] < INFINITY
        return 0
