from numdiff._kernels.window cimport Node

cdef enum:
    MAX_SAMPLES = 250           # of one line, for all of its entries together: an entry notes them in a byte each

cdef struct Sample:
    double level
    int side                    # 0: the pair x - h, x + h; 1, -1: one point, to the right or left
    signed char whole           # the level is
    double h                    # realised, in units of length
    double inverse              # 1/h
    bint inside[2]              # the domain: the point on the right, on the left

cdef struct SampledLine:
    double x
    double unit                 # of length: a power of 2 near |x|
    double per_unit             # 1/unit
    int exponent                # unit = 2^exponent
    double size                 # |x| in units
    double step                 # at level 0, in units
    double one                  # the largest length that f may have without being asked for, in units
    double lower
    double upper
    bint single                 # points are float32
    Py_ssize_t channels          # outputs of f, complex ones as two
    Sample* samples
    Node* nodes                 # of every sample, one for every channel
    double* f0                  # of every channel, scaled
    double* noise               # of every channel, in units of f as scaled: what the values are known to at least
    double* scale               # of every channel: a power of 2, so that nothing over- or underflows; 0 if unknown
    int count
    int capacity

cdef void leave_out(SampledLine* c, int sample) noexcept nogil
cdef void begin_line(SampledLine* c, double x, double lower, double upper, bint single) noexcept nogil
cdef int find_sample(const SampledLine* c, double level, int side) noexcept nogil
cdef int place_sample(SampledLine* c, double level, int side, double* t) noexcept nogil
cdef void fill_node(
    SampledLine* c, int sample, Py_ssize_t channel, double right, double left) noexcept nogil


cdef inline int only_side(const SampledLine* c) noexcept nogil:
    """The side on which there is room, where there is none on the other: x lies on a bound, or that side was asked
    for; else 0."""
    return 1 if c.lower >= c.x else -1 if c.upper <= c.x else 0


cdef inline double scale_of(const SampledLine* c, Py_ssize_t channel) noexcept nogil:
    """Of f; 1 as long as nothing but 0 has been seen."""
    return c.scale[channel] if c.scale[channel] > 0 else 1.0


cdef inline double least_value(double scale) noexcept nogil:
    """The rounding of f where it is smallest: the least subnormal number, scaled, or a number that far above it.

    Multiplying by a subnormal number is slow: only where f is so small that the product counts.
    """
    return max(5e-324 * scale, 1e-300) if scale > 2.0**70 else 1e-300
