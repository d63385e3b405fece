"""The scheduler of the adaptive method: many lines, outputs and orders at once, planned, evaluated, reduced in rounds.

An entry is one derivative: an order, an output of f (a channel; complex ones make two), a line. All entries run the
same state machine (phases.pyx) and stop when they are done. In each round a line wishes to know what any of its entries
wishes, and all lines together make up the blocks of points; every sample serves all outputs and orders. An entry knows
the samples that it has asked for and no others, so that its answer does not depend on the company it is in, as long as
the entries of a line do not use up its MAX_SAMPLES between them.

Where f has so many outputs that the entries of one line would fill the memory, they are held in tiles, one at a time.
What lasts from round to round is the values of f; in every round each tile is begun anew and taken through the rounds
so far, granted from these values what it wished then. An entry that is finished is answered once, and left alone.
"""
cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.math cimport INFINITY, fabs, frexp, isfinite, ldexp
from libc.string cimport memset

from numdiff._kernels.answer cimport BOUND, QUANTITIES, REACH, SLOPE, VALUE, Answer, new_answer
from numdiff._kernels.callers cimport AT_X, TENTATIVE
from numdiff._kernels.entry cimport DONE, MAX_WISHES, Entry, learn
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
    LINE_BYTES = CHUNK_BYTES // 2   # of the entries and nodes of one line: more are held in tiles
    TILE = 128                      # outputs of a tile: what is known of them stays in the cache
    MAX_ORDERS = 16

cdef double MOST_NOISE = 2.0**200   # in units of f

cdef struct Pending:                # a sample whose values are on their way
    SampledLine* line
    int sample
    Py_ssize_t first                # of its points in the block
    int count

cdef struct Past:                   # a round of a line in tiles
    Values values                   # that f returned
    int samples                     # there were after it
    Py_ssize_t first                # of those that were pending
    Py_ssize_t end


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
    cdef Py_ssize_t channels        # of f
    cdef Py_ssize_t held            # at once: all of them, or those of a tile
    cdef int orders_held            # likewise
    cdef Py_ssize_t per_line        # entries held of every line
    cdef bint alone                 # a line has one entry
    cdef Pending* pending
    cdef Py_ssize_t pending_count
    cdef Py_ssize_t pending_room
    cdef int orders[MAX_ORDERS]
    cdef int order_count
    cdef double* step
    cdef Py_ssize_t block           # points that make a good block
    cdef Recorder recorder          # takes the entries from phase to phase, if there is one
    # of a line in tiles
    cdef bint in_tiles
    cdef Py_ssize_t first_channel   # of the tile
    cdef int first_order
    cdef Past* past                 # rounds
    cdef int past_count
    cdef int past_room
    cdef list owners                # of their values
    cdef unsigned char* answered    # a bit for each entry
    cdef Py_ssize_t answered_bytes

    def __dealloc__(self):
        cdef Py_ssize_t i
        for i in range(self.room):
            PyMem_Free(self.sampled[i].samples)
            PyMem_Free(self.sampled[i].nodes)
        PyMem_Free(self.sampled)
        PyMem_Free(self.pending)
        PyMem_Free(self.past)
        PyMem_Free(self.answered)

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
        self.answer = new_answer(lines, problem.one_output, True, problem.wanted)
        return 0

    cdef Py_ssize_t make_room(self, Py_ssize_t n) except -1:
        """Memory for a chunk of up to n lines, now that f's outputs are known; how many fit."""
        cdef Outputs outputs = self.evaluation.outputs
        cdef Py_ssize_t i, nbytes
        cdef double* vectors
        if outputs.shape is None:
            outputs.describe((), False, "no call")     # nothing could be evaluated
        else:
            self.evaluation.know_noise()
        self.answer.reserve(self.order_count, outputs.shape, outputs.parts)
        self.channels = outputs.m * outputs.parts
        self.held, self.orders_held = self.channels, self.order_count
        self.per_line = self.channels * self.order_count
        self.alone = self.per_line == 1
        self.block = self.evaluation.width()
        nbytes = FIRST_SAMPLES * self.channels * sizeof(Node) + self.per_line * sizeof(Entry)
        if not self.lines.pointwise:
            n = max(min(n, CHUNK_BYTES // max(nbytes, 1)), 1)
        if nbytes > LINE_BYTES and self.channels > TILE:
            self.prepare_tiles()
            n = min(n, 1)
        # in one piece: sampled, their entries, f0, scale and noise of their channels
        self.sampled = <SampledLine*>PyMem_Malloc(n * (
            sizeof(SampledLine) + self.per_line * sizeof(Entry) + 3 * self.held * sizeof(double)))
        if self.sampled is NULL:
            raise MemoryError
        self.entries = <Entry*>(self.sampled + n)
        vectors = <double*>(self.entries + n * self.per_line)
        for i in range(n):
            self.sampled[i].samples = NULL
            self.sampled[i].nodes = NULL
            self.sampled[i].capacity = 0
            self.sampled[i].channels = self.held
            self.sampled[i].f0 = vectors + 3 * i * self.held
            self.sampled[i].scale = vectors + (3 * i + 1) * self.held
            self.sampled[i].noise = vectors + (3 * i + 2) * self.held
        self.room = n
        return n

    cdef int grow(self, SampledLine* c) except -1:
        """Room for as many samples as one entry may wish."""
        cdef int capacity = max(FIRST_SAMPLES, c.capacity)
        while capacity < c.count + MAX_WISHES:
            capacity *= 2
        if capacity > c.capacity:
            c.samples = <Sample*>PyMem_Realloc(c.samples, capacity * sizeof(c.samples[0]))
            c.nodes = <Node*>PyMem_Realloc(c.nodes, capacity * self.held * sizeof(Node))
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
        cdef SampledLine* c
        cdef Line line
        cdef Py_ssize_t b, i, point = 0
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
            self.begin_entries(b, i, refused, known, self.lines.origin(i) if shared else point)
            point += not shared and not refused
        return 0

    cdef void begin_entries(
            self, Py_ssize_t b, Py_ssize_t i, int refused, const Values* known, Py_ssize_t origin) noexcept nogil:
        """Begin the entries of line i that are held; f at its origin is known."""
        cdef SampledLine* c = &self.sampled[b]
        cdef Entry* e
        cdef Py_ssize_t channel, whole, o
        cdef int parts = self.evaluation.outputs.parts
        if not refused:
            for channel in range(c.channels):
                whole = self.first_channel + channel
                c.f0[channel] = value_at(known, origin, whole // parts, whole % parts)[0]
                c.scale[channel] = 0
                c.noise[channel] = self.evaluation.noise_at(self.lines.origin(i), whole // parts)
        for o in range(self.orders_held):
            for channel in range(c.channels):
                e = &self.entries[b * self.per_line + o * c.channels + channel]
                e.line = c
                e.channel = channel
                e.k = self.orders[self.first_order + o]
                e.first_step = 0
                if self.step is not NULL and not refused:
                    e.first_step = self.step[self.lines.variable(i)] / c.unit
                e.rtol = self.how.rtol
                e.atol = self.how.atol
                begin(e, refused)

    cdef int run(self) except -1:
        """All chunks, each for as many rounds as it takes."""
        cdef Evaluation evaluation = self.evaluation
        cdef Py_ssize_t n = self.lines.count
        if not self.lines.pointwise and (evaluation.first < n or not self.answer.one_output):
            evaluation.know_center()
        # from the first line that has room on: what f returns is learnt there
        self.run_chunks(evaluation.first, n)
        self.run_chunks(0, evaluation.first)
        if self.sampled is NULL:
            self.make_room(0)
        self.answer.nfev = evaluation.caller.nfev
        self.answer.first_error = evaluation.caller.first_error
        return 0

    cdef int run_chunks(self, Py_ssize_t start, Py_ssize_t end) except -1:
        """The lines from `start` to before `end`."""
        cdef Py_ssize_t count = min(end - start, CHUNK)
        while start < end:
            if self.lines.pointwise and not self.evaluation.center_known:
                self.evaluate_at_x(start, count)
            if self.sampled is NULL:
                self.make_room(min(self.lines.count, CHUNK))
            count = min(count, self.room)
            if self.in_tiles:
                self.run_in_tiles(start)
            else:
                self.open_chunk(start, count)
                while self.round(start):
                    self.advance_all()
                self.collect(start)
            start += count
            count = min(count, end - start)
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
                sample = find_sample(c, e.wish[w], e.side) if not self.alone else -1
                if sample < 0:
                    sample = c.count
                    self.add_sample(c, i, e.wish[w], e.side)
                e.granted[w] = <short>sample
        return active

    cdef bint affordable(self, const Entry* e) noexcept nogil:
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
        if self.points.size:
            self.evaluation.evaluate(self.points, TENTATIVE)
            self.fill_nodes(&self.evaluation.values, 0, self.pending_count)
        return 0

    cdef void fill_nodes(self, const Values* values, Py_ssize_t first, Py_ssize_t end) noexcept nogil:
        """Make nodes of the values that were pending from `first` to before `end`."""
        cdef const Pending* p
        cdef Py_ssize_t a, channel, output, part
        cdef int parts = self.evaluation.outputs.parts
        cdef double right, left
        for a in range(first, end):
            p = &self.pending[a]
            for channel in range(p.line.channels):
                if p.line.scale[channel] == 0:
                    self.find_scale(values, a, end, channel)
                output, part = (self.first_channel + channel) // parts, (self.first_channel + channel) % parts
                right = value_at(values, p.first, output, part)[0]
                left = value_at(values, p.first + p.count - 1, output, part)[0]
                fill_node(p.line, p.sample, channel, right, left)

    cdef void find_scale(self, const Values* values, Py_ssize_t a, Py_ssize_t end, Py_ssize_t channel) noexcept nogil:
        """The power of 2 that brings the first values of a channel below 1."""
        cdef SampledLine* c = self.pending[a].line
        cdef double largest = 0, v
        cdef int parts = self.evaluation.outputs.parts, exponent = 0
        cdef Py_ssize_t p, whole = self.first_channel + channel, output = whole // parts, part = whole % parts
        if isfinite(c.f0[channel]):
            largest = fabs(c.f0[channel])
        while a < end and self.pending[a].line is c:
            for p in range(self.pending[a].first, self.pending[a].first + self.pending[a].count):
                v = fabs(value_at(values, p, output, part)[0])
                if isfinite(v):
                    largest = max(largest, v)
            a += 1
        # where f is lost in its noise that counts, lest it overflow
        largest = max(largest, c.noise[channel] / MOST_NOISE)
        frexp(largest, &exponent)
        c.scale[channel] = ldexp(1.0, max(-1000, min(1000, -exponent)))
        c.f0[channel] *= c.scale[channel]
        c.noise[channel] *= c.scale[channel]

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
        cdef Py_ssize_t b, row, channel
        for row in range(self.order_count):
            for channel in range(self.channels):
                for b in range(self.count):
                    self.answer_entry(
                        &self.entries[b * self.per_line + row * self.channels + channel], row, channel, start + b)
        return 0

    cdef void answer_entry(
            self, const Entry* e, Py_ssize_t row, Py_ssize_t channel, Py_ssize_t i) noexcept nogil:
        """Write down what an entry has found."""
        cdef Py_ssize_t parts = self.answer.parts, at
        cdef double[QUANTITIES] found
        cdef int q
        at = ((row * self.answer.outputs + channel // parts) * self.lines.count + i) * parts + channel % parts
        result(e, &found[VALUE], &found[BOUND], &found[REACH], &found[SLOPE])
        for q in range(self.answer.kept):
            self.answer.quantity[q][at] = found[q]
        self.answer.status[at] = <signed char>e.status
        if e.status >= 0 and not found[BOUND] < INFINITY:
            # value or bound are beyond the largest number
            self.answer.status[at] = <signed char>NONFINITE
        self.answer.bounded = self.answer.bounded or found[BOUND] < INFINITY
        self.answer.out_of_budget = self.answer.out_of_budget or e.status == <int>BUDGET

    # ------------------------------------------------------------------------------------ in tiles

    cdef int prepare_tiles(self) except -1:
        """Have a tile of one order in memory, and notes of which entries are answered."""
        self.in_tiles = True
        self.answered_bytes = self.per_line // 8 + 1
        self.answered = <unsigned char*>PyMem_Malloc(self.answered_bytes)
        if self.answered is NULL:
            raise MemoryError
        self.held, self.orders_held, self.per_line = TILE, 1, TILE
        return 0

    cdef int run_in_tiles(self, Py_ssize_t i) except -1:
        """A line, for as many rounds as it takes."""
        cdef Line line
        cdef int refused = self.lines.line(i, &line)
        if not refused:
            begin_line(self.sampled, line.at, line.lower, line.upper, self.lines.single)
        self.count = 1
        self.pending_count = self.past_count = 0
        self.owners = []
        memset(self.answered, 0, self.answered_bytes)
        while self.round_in_tiles(i, refused):
            self.evaluate_and_keep()
        return 0

    cdef bint round_in_tiles(self, Py_ssize_t i, int refused) except -1:
        """Plan what all tiles of a line wish, in the order that its entries have; whether there was anything."""
        cdef Py_ssize_t first
        cdef bint active = False
        cdef int o
        self.points.size = 0
        self.points.reserve(2 * MAX_WISHES)
        for o in range(self.order_count):
            first = 0
            # a range with a constant step would be one of Python objects
            while first < self.channels:
                active = self.replay(i, refused, o, first) or active
                first += TILE
        return active

    cdef bint replay(self, Py_ssize_t i, int refused, int order, Py_ssize_t first) except -1:
        """Take a tile through the past rounds, and plan what it wishes in this; whether there was anything."""
        cdef SampledLine* c = self.sampled
        cdef Py_ssize_t a, entry = order * self.channels + first
        cdef bint active
        cdef int r
        self.first_order, self.first_channel = order, first
        c.channels = self.per_line = min(<Py_ssize_t>TILE, self.channels - first)
        if self.all_answered(entry):
            return False
        self.begin_entries(0, i, refused, &self.evaluation.center, self.lines.origin(i))
        for a in range(self.per_line):
            if self.is_answered(entry + a):
                self.entries[a].phase = DONE
        for r in range(self.past_count):
            self.recall(r)
            self.advance_all()
        active = self.plan(0, i)
        for a in range(self.per_line):
            if finished(&self.entries[a]) and not self.is_answered(entry + a):
                self.answer_entry(&self.entries[a], order, first + a, i)
                self.answered[(entry + a) >> 3] |= <unsigned char>(1 << ((entry + a) & 7))
        return active

    cdef bint is_answered(self, Py_ssize_t entry) noexcept nogil:
        return self.answered[entry >> 3] >> (entry & 7) & 1

    cdef bint all_answered(self, Py_ssize_t entry) noexcept nogil:
        """Whether no entry of the tile that begins with this one is left."""
        cdef Py_ssize_t a
        for a in range(self.per_line):
            if not self.is_answered(entry + a):
                return False
        return True

    cdef void recall(self, int r) noexcept nogil:
        """Make nodes of what a past round brought to light, and grant what the entries of the tile wish."""
        cdef SampledLine* c = self.sampled
        cdef const Past* past = &self.past[r]
        cdef Entry* e
        cdef Py_ssize_t a
        cdef int sample, w
        for sample in range(self.past[r - 1].samples if r else 0, past.samples):
            if not (c.samples[sample].inside[0] and c.samples[sample].inside[1]):
                leave_out(c, sample)
        self.fill_nodes(&past.values, past.first, past.end)
        for a in range(self.per_line):
            e = &self.entries[a]
            for w in range(0 if finished(e) else e.wishes):
                e.granted[w] = <short>find_sample(c, e.wish[w], e.side)

    cdef int evaluate_and_keep(self) except -1:
        """Evaluate the points planned, and keep what f returns."""
        cdef Past* past
        if self.past_count == self.past_room:
            self.past_room = max(2 * self.past_room, 16)
            self.past = <Past*>PyMem_Realloc(self.past, self.past_room * sizeof(Past))
            if self.past is NULL:
                raise MemoryError
        past = &self.past[self.past_count]
        past.samples = self.sampled.count
        past.first = self.past[self.past_count - 1].end if self.past_count else 0
        past.end = self.pending_count
        if self.points.size:
            self.evaluation.evaluate(self.points, TENTATIVE)
            self.owners.append(self.evaluation.keep(&past.values))
        self.past_count += 1
        return 0
