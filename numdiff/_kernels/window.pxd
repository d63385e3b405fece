from numdiff._kernels.grid cimport Digits

cdef enum:
    MAX_NODES = 128      # more than a budget of evaluations can make
    WINDOW = 7           # longest window: rounding grows and nothing is gained beyond
    GAP = 6              # octaves between neighbours in a window: further apart they say nothing of each other
    MAX_COEFFICIENT = 9  # of the polynomial in s: one-sided, order 10

cdef struct Node:
    float level         # exact
    signed char whole   # the level is
    signed char usable  # all values are finite
    signed char missing  # 1: the value on the right is not, 2: that on the left
    signed char flat    # the values equal f(x)
    double h            # displacement, in units of length
    double s            # what the parts are smooth functions of: h^2, or h if one-sided
    double y[2]         # odd part and even part; one-sided, the difference quotient
    double r[2]         # bound on the rounding error of each, f taken to be as exact as its type
    double inverse      # 1/h
    double f            # size of the values of f
    Digits digits       # of the values

cdef struct Accuracy:   # of the values of f
    double rounding     # in units of the rounding bound of a node: 1, more for single precision
    double noise        # in units of f,
    double relative     # or that part of it, where it is larger

cdef struct Window:
    double E            # bound: tr + R + the rounding of V itself
    double V            # the coefficient
    double tr           # truncation
    double R            # rounding, in the worst case
    int first           # its nodes, in the list that it was found in
    int last

cdef struct Fit:
    int parts
    double V[2]         # each part, extrapolated to s = 0
    double E[2]         # how uncertain that is
    double d[2]         # how much it may change from there to the finest node of the window
    double s            # of that node
    Accuracy accuracy   # that it was made with

cdef bint best_window(
    const Node** nodes, int count, int part, int q, const Accuracy* accuracy, Window* best) noexcept nogil
cdef void fit_window(const Node** nodes, int count, int parts, const Accuracy* accuracy, Fit* fit) noexcept nogil
cdef double misfit(const Fit* fit, const Node* node) noexcept nogil
cdef double noise_seen(const Fit* fit, const Node* node) noexcept nogil
cdef double beside_series(const Node** nodes, int count, int part) noexcept nogil


cdef inline double per_f(const Node* n, int part) noexcept nogil:
    """What an error of 1 in each value of f may change a part by; s is h where there is one part."""
    if n.s == n.h:
        return 2 * n.inverse
    return 2 * n.inverse * n.inverse if part else n.inverse


cdef inline double uncertainty(const Accuracy* accuracy, const Node* n, int part) noexcept nogil:
    """Of a part of a node, as the values of f are rounded and noisy."""
    return accuracy.rounding * n.r[part] + max(accuracy.noise, accuracy.relative * n.f) * per_f(n, part)
