"""Samples of f along one line, and the nodes that they make for every output.

Samples lie on a ladder of levels, at steps h = STEP |x| 2^-level. Everything is computed in units of length and of f
that are powers of 2, so that nothing over- or underflows, and scaling x or f by one changes no bit.
"""
from libc.float cimport DBL_EPSILON as EPS, DBL_MAX, DBL_MIN, FLT_MAX
from libc.math cimport copysign, fabs, frexp, isfinite, ldexp, log2
from libc.stdint cimport uint64_t
from libc.string cimport memcpy

from numdiff._kernels.constants cimport FRACTION
from numdiff._kernels.grid cimport Digits, digits_of, join
from numdiff._kernels.values cimport NUMDIFF_CHECKED
from numdiff._kernels.window cimport Node

cdef extern from "Python.h":
    void Py_FatalError(const char* message) noexcept nogil

# Coarsest step over |x|. Not a simple fraction, so that periods, 0 and 2 x are not hit; a full mantissa, so that the
# rounding of x + h is not the same at every node.
cdef double STEP = 0.7390851332151607
cdef double OFF_LADDER = 0.7384130729697497     # 2^-FRACTION, of the steps at levels that are not whole
cdef int MOST_EXPONENT = 990                    # of the unit of length: its inverse is a normal number
cdef double MOST_LENGTH = 2.0**200              # that f may have about 0 without being asked for
cdef double LEAST_ROUNDING = 1e-320             # of a part: above 0, because misfits are divided by it


cdef void begin_line(SampledLine* c, double x, double lower, double upper, bint single) noexcept nogil:
    """Units of length about x; the least normal number, and what is smaller, counts as 0."""
    cdef int exponent = 0
    cdef double size = fabs(x), limit = FLT_MAX if single else DBL_MAX
    c.x = x
    c.single = single
    c.lower = max(lower, -limit)
    c.upper = min(upper, limit)
    c.count = 0
    if size > DBL_MIN:
        frexp(size, &exponent)
        exponent = max(-MOST_EXPONENT, min(MOST_EXPONENT, exponent))
    c.exponent = exponent
    c.unit = ldexp(1.0, exponent)
    c.per_unit = ldexp(1.0, -exponent)
    c.size = size * c.per_unit
    c.step = STEP * (c.size if size > DBL_MIN else 1.0)
    c.one = max(c.size, min(c.per_unit, MOST_LENGTH))


cdef int find_sample(const SampledLine* c, double level, int side) noexcept nogil:
    cdef int i
    for i in range(c.count):
        if c.samples[i].level == level and c.samples[i].side == side:
            return i
    return -1


cdef double power_of_2(int exponent) noexcept nogil:
    cdef uint64_t bits = <uint64_t>(1023 + exponent) << 52
    cdef double power
    if not -1022 <= exponent <= 1023:
        return ldexp(1.0, exponent)
    memcpy(&power, &bits, sizeof(power))
    return power


cdef double rounded(const SampledLine* c, double t) noexcept nogil:
    return <double><float>t if c.single else t


cdef int place_sample(SampledLine* c, double level, int side, double* t) noexcept nogil:
    """Add the sample at this level; t gets its points that lie in the domain, the right one first. Returns how many.

    None, unless all of them do. The caller has made room.
    """
    cdef Sample* sample = &c.samples[c.count]
    cdef int count = 0, whole = <int>level - (level < 0 and level != <int>level)
    cdef double h = c.step * power_of_2(-whole) * (1.0 if level == whole else OFF_LADDER) * c.unit, right, left
    if NUMDIFF_CHECKED and level != whole and level != whole + FRACTION:
        Py_FatalError("numdiff: a level that is neither whole nor off the ladder by FRACTION")
    c.count += 1
    sample.level = level
    sample.whole = level == whole
    sample.side = side
    if side == 0 and h <= fabs(c.x):
        # realised: going away from 0 the difference is exact, and then x - h is as well
        h = fabs(rounded(c, c.x + copysign(h, c.x)) - c.x)
    right = rounded(c, c.x + h)
    left = rounded(c, c.x - h)
    sample.inside[0] = side < 0 or (right <= c.upper and right != c.x)
    sample.inside[1] = side > 0 or (left >= c.lower and left != c.x)
    if sample.inside[0] and sample.inside[1]:
        if side >= 0:
            t[count] = right
            count += 1
        if side <= 0:
            t[count] = left
            count += 1
        if side == 0:
            sample.h = (0.5 * right - 0.5 * left) * c.per_unit
        else:
            sample.h = fabs(t[0] * c.per_unit - c.x * c.per_unit)
    else:
        sample.h = h * c.per_unit
    sample.inverse = 1 / sample.h
    return count


cdef void fill_node(
        SampledLine* c, int sample, Py_ssize_t channel, double right, double left) noexcept nogil:
    """The parts of a node and their rounding, from the values of f (for a single point both the same)."""
    cdef const Sample* p = &c.samples[sample]
    cdef Node* n = &c.nodes[sample * c.channels + channel]
    cdef double scale = scale_of(c, channel), f0 = c.f0[channel], h = p.h, over_h = p.inverse, tiny, noise, D, e
    cdef Digits digits
    n.level = p.level
    n.whole = p.whole
    n.h = h
    n.inverse = over_h
    n.missing = (0 if isfinite(right) else 1) | (0 if isfinite(left) else 2)
    n.usable = n.missing == 0
    if not n.usable:
        return
    n.digits = digits_of(right)
    if not p.side:
        digits = digits_of(left)
        join(&n.digits, &digits)
    right *= scale
    left *= scale
    n.flat = right == f0 and left == f0
    tiny = least_value(scale)
    if p.side:
        n.s = h
        D = (right - f0) * over_h
        n.f = fabs(right) + fabs(f0)
        n.y[0] = D * p.side
        n.y[1] = 0
        n.r[0] = max((EPS * (n.f + c.size * fabs(D)) + tiny) * over_h, LEAST_ROUNDING)
        n.r[1] = 1
    else:
        n.s = h * h
        D = (0.5 * right - 0.5 * left) * over_h
        e = (0.5 * right - 0.5 * f0) + (0.5 * left - 0.5 * f0)
        # the values of f are rounded, and so is the argument inside of f
        n.f = 0.5 * fabs(right) + 0.5 * fabs(left)
        noise = EPS * (n.f + c.size * max(fabs(D), 2 * fabs(e) * over_h)) + tiny
        n.f += fabs(f0)
        n.y[0] = D
        n.y[1] = e * over_h * over_h
        n.r[0] = max(noise * over_h, LEAST_ROUNDING)
        n.r[1] = max((noise + EPS * fabs(f0)) * over_h * over_h, LEAST_ROUNDING)
    n.usable = isfinite(n.y[0]) and isfinite(n.y[1]) and isfinite(n.r[0]) and isfinite(n.r[1])


cdef void leave_out(SampledLine* c, int sample) noexcept nogil:
    """The nodes of a sample that is not inside of the domain."""
    cdef const Sample* p = &c.samples[sample]
    cdef Node* n
    cdef Py_ssize_t channel
    for channel in range(c.channels):
        n = &c.nodes[sample * c.channels + channel]
        n.level = p.level
        n.whole = p.whole
        n.usable = False
        n.missing = (0 if p.inside[0] else 1) | (0 if p.inside[1] else 2)


if not fabs(log2(OFF_LADDER) + FRACTION) < EPS:
    raise ImportError("numdiff was built with constants that do not fit each other: OFF_LADDER is not 2^-FRACTION")
