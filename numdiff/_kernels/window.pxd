cdef enum:
    MAX_NODES = 128      # more than a budget of evaluations can make
    WINDOW = 7           # longest window: rounding grows and nothing is gained beyond
    GAP = 6              # octaves between neighbours in a window: further apart they say nothing of each other
    MAX_COEFFICIENT = 9  # of the polynomial in s: one-sided, order 10

cdef struct Node:
    double level
    double h            # displacement, in units of length
    double s            # what the parts are smooth functions of: h^2, or h if one-sided
    double y[2]         # odd part and even part; one-sided, the difference quotient
    double r[2]         # bound on the rounding error of each
    double f            # size of the values of f
    signed char whole   # the level is
    signed char usable  # all values are finite
    signed char missing  # 1: the value on the right is not, 2: that on the left
    signed char flat    # the values equal f(x)
    signed char digits  # of the values: 0 few, 1 those of float32, 2 those of float64

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

cdef bint best_window(const Node** nodes, int count, int part, int q, double rho, Window* best) noexcept nogil
cdef void fit_window(const Node** nodes, int count, int parts, double rho, Fit* fit) noexcept nogil
cdef double misfit(const Fit* fit, const Node* node) noexcept nogil
