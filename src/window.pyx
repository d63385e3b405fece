"""Windows of nodes: extrapolation to step 0, and a bound on what is left of the error.

A node at step h is the pair x - h, x + h, seen through its odd part D = (f+ - f-)/2h and its even part
e = (f+ + f- - 2 f(x))/2h^2. By Taylor's formula both are smooth functions of s = h^2:

    D = f' + s f'''/3! + s^2 f^(5)/5! + ...        e = f''/2! + s f^(4)/4! + ...

so that the derivative of order k is k! times coefficient q = (k - 1)//2 of the polynomial in s through one of the
parts. One-sided, a node holds (f(x + h) - f(x))/h alone, a function of s = h, and q = k - 1. Extrapolating D to s = 0
is Richardson's deferred approach to the limit (L. F. Richardson, Phil. Trans. Roy. Soc. A 210, 1911); for higher
orders J. N. Lyness and C. B. Moler (SIAM J. Numer. Anal. 4, 1967) take the further coefficients; C. J. F. Ridders
(Adv. Eng. Softw. 4, 1982) watches the tableau to choose the step. The bound here is new: it asks for the contraction
that an analytic function shows, and adds the worst-case rounding.
"""
from libc.float cimport DBL_EPSILON as EPS
from libc.math cimport INFINITY, fabs, isfinite

cdef enum:
    MAX_ROW = WINDOW + MAX_COEFFICIENT

cdef double GROWTH = 1.5    # the squared radius may grow by this a node: one small difference may be an accident
cdef double SAFETY = 4.0    # on the geometric tail of the truncation error
cdef double FIRST_RADIUS = 16.0     # squared, in units of s: one difference alone may not claim more
cdef int SHIFT_COEFFICIENTS = 3     # beyond the third coefficient windows are too much alike to bound each other
cdef double SHIFT_FLOOR = 0.0625    # of the last difference: two windows may be close by accident
cdef double SLACK = 2.0             # on the change from the window to s = 0, of which only the lowest power is known


cdef bint best_window(
        const Node** nodes, int count, int part, int q, const Accuracy* accuracy, Window* best) noexcept nogil:
    """The window with the smallest bound among all runs of neighbouring nodes, given coarse to fine.

    Returns whether there is one with a bound.
    """
    if q == 0:
        return scan_windows(nodes, count, part, 0, accuracy, best)   # by far the most frequent; compiled on its own
    return scan_windows(nodes, count, part, q, accuracy, best)


cdef inline bint scan_windows(
        const Node** nodes, int count, int part, int q, const Accuracy* accuracy, Window* best) noexcept nogil:
    """Neville's recursion in s, carrying coefficients 0 .. q.

    At a fixed finest node the window grows by a coarser node at a time, and the difference u of successive values ought
    to shrink by s / radius^2 each time, radius that of convergence. The radius is measured, where differences stand out
    from rounding, and may not grow by more than GROWTH. Because the weights alternate in sign, the same recursion
    with plus signs gives the exact worst case of rounding.
    """
    cdef double[MAX_ROW * (MAX_COEFFICIENT + 1)] a0, r0, a1, r1
    # rows b, rb: the polynomials that end at node k - 1; a, r: those that end at node k; coefficients side by side
    cdef double* a = a0
    cdef double* r = r0
    cdef double* b = a1
    cdef double* rb = r1
    cdef double* swap
    cdef double sk, s, s1, w, v, u, before, radius2, V, R, tr, E
    cdef int k, m, t, i, length, above = 0, width = q + 1
    cdef bint found = False, contiguous
    best.E = INFINITY
    for k in range(count):
        swap, b = b, a
        a = swap
        swap, rb = rb, r
        r = swap
        sk = nodes[k].s
        for t in range(width):
            a[t] = r[t] = 0
        a[0] = nodes[k].y[part]
        r[0] = uncertainty(accuracy, nodes[k], part)
        length = min(k, WINDOW + q - 1) + 1
        before = -1
        radius2 = 0
        contiguous = True
        for m in range(1, length):
            s = nodes[k - m].s
            v = 1 / (s - sk)
            w = sk * v
            for t in range(width):
                i = m * width + t
                a[i] = a[i - width] + (a[i - width] - b[i - width]) * w
                r[i] = r[i - width] + (r[i - width] + rb[i - width]) * w
                if t:
                    a[i] -= (a[i - width - 1] - b[i - width - 1]) * v
                    r[i] += (r[i - width - 1] + rb[i - width - 1]) * v
            contiguous = contiguous and nodes[k - m + 1].level - nodes[k - m].level <= GAP
            if m <= q or not contiguous:
                continue
            i = m * width + q
            V = a[i]
            R = r[i]
            u = fabs(V - a[i - width])
            if not isfinite(V):
                break
            if before >= 0:
                s1 = nodes[k - m + 1].s
                if before > R:
                    radius2 = min(s1 * before / max(u, R), GROWTH * radius2 if radius2 > 0 else FIRST_RADIUS * s1)
                if radius2 > 0:
                    tr = max(u, before * s1 / radius2) * (SAFETY * s / radius2)
                else:
                    tr = max(u, before)
                if m < above and q < SHIFT_COEFFICIENTS:
                    # the window one node coarser misses by 4^(m - q + 1) as much: its distance is a bound as well
                    tr = min(tr, max(fabs(V - b[i]), SHIFT_FLOOR * u))
                E = tr + R + EPS * fabs(V)
                if E < best.E:
                    found = True
                    best.E, best.V, best.tr, best.R = E, V, tr, R
                    best.first, best.last = k - m, k
            before = u
        above = length
    return found


cdef void fit_window(const Node** nodes, int count, int parts, const Accuracy* accuracy, Fit* fit) noexcept nogil:
    """The polynomials through each part of a window's nodes, to predict finer nodes by."""
    if parts == 2:
        fit_parts(nodes, count, 2, accuracy, fit)    # each compiled on its own
    else:
        fit_parts(nodes, count, 1, accuracy, fit)


cdef inline void fit_parts(const Node** nodes, int count, int parts, const Accuracy* accuracy, Fit* fit) noexcept nogil:
    cdef double[MAX_ROW][2] a, r
    cdef double[2] last = [0, 0]
    cdef double s, w
    cdef int j, k, m, finest = count - 1
    fit.parts = parts
    fit.accuracy = accuracy[0]
    fit.s = nodes[finest].s
    for j in range(parts):
        for k in range(count):
            a[k][j] = nodes[k].y[j]
            r[k][j] = uncertainty(accuracy, nodes[k], j)
    # in place, going down: after step m entry k is the value of nodes k - m .. k
    for m in range(1, count):
        for j in range(parts):
            last[j] = a[finest][j]
        for k in range(finest, m - 1, -1):
            s = nodes[k].s
            w = s / (nodes[k - m].s - s)
            for j in range(parts):
                a[k][j] += (a[k][j] - a[k - 1][j]) * w
                r[k][j] += (r[k][j] + r[k - 1][j]) * w
    for j in range(parts):
        fit.V[j] = a[finest][j]
        fit.E[j] = fabs(a[finest][j] - last[j]) + r[finest][j]
        fit.d[j] = SLACK * fabs(nodes[finest].y[j] - a[finest][j]) + uncertainty(accuracy, nodes[finest], j)


cdef inline double farthest(const Fit* fit, const Node* node, bint of_f) noexcept nogil:
    """How far the parts of a finer node are from where the window predicts them, beyond what the prediction may err by:
    in units of f, or of the node's own uncertainty."""
    cdef double worst = 0, q
    cdef int j
    for j in range(fit.parts):
        q = fabs(node.y[j] - fit.V[j]) - fit.E[j] - fit.d[j] * (node.s / fit.s)
        q /= per_f(node, j) if of_f else uncertainty(&fit.accuracy, node, j)
        if not q <= worst:
            worst = q if q == q else INFINITY
    return worst


cdef double misfit(const Fit* fit, const Node* node) noexcept nogil:
    """That distance in units of the node's own uncertainty; up to 1 it is rounding and noise."""
    return farthest(fit, node, False)


cdef double noise_seen(const Fit* fit, const Node* node) noexcept nogil:
    """The error in the values of f that would explain that distance."""
    return farthest(fit, node, True)


cdef double beside_series(const Node** nodes, int count, int part) noexcept nogil:
    """The size of a, where a part is a/h beside its series in s.

    Two neighbouring runs of the nodes extrapolate all of the series alike, and what they differ by is a times what they
    make of 1/h.
    """
    cdef double[MAX_ROW] y, inverse
    cdef double s, w
    cdef int k, m
    for k in range(count):
        y[k] = nodes[k].y[part]
        inverse[k] = nodes[k].inverse
    for m in range(1, count - 1):
        for k in range(count - 1, m - 1, -1):
            s = nodes[k].s
            w = s / (nodes[k - m].s - s)
            y[k] += (y[k] - y[k - 1]) * w
            inverse[k] += (inverse[k] - inverse[k - 1]) * w
    return fabs((y[count - 1] - y[count - 2]) / (inverse[count - 1] - inverse[count - 2]))
