"""Whether values of f lie on a grid: short decimals, few binary digits, single precision.

An analytic f has full mantissas at the irrational steps of the ladder. Where all values are multiples of a quantum, f
was rounded to it, and nothing finer can be known of it, however often it is seen not to change.
"""
from libc.float cimport DBL_MIN
from libc.math cimport INFINITY, fabs, floor, frexp, ldexp, log10, rint
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

cdef enum:
    MOST_FIGURES = 11           # more decimal figures than that one value in 1,000 has by accident
    MANY = 99
    NO_LAST = 10000             # of 0, which is on every grid
    LARGEST_POWER = 330
    LARGEST_FINITE = 308        # power of 10
    SINGLE_BITS = 24
    ENOUGH = 3                  # differences
    MOST_STEPS = 256            # in the least difference
    FEW_BITS = 20               # a grid; from there to SINGLE_BITS, single precision
    LOG10_2 = 1262611           # log10(2) 2^22, near enough for all exponents
    LOG10_2_BITS = 22
    MOST_BITS = 53 - 24         # a grid again: 24 bits are 0 by accident once in 10^7 times

cdef double NEAR_V = 2.0**-50      # products with a rounded power of 10 are nearer than that
cdef double NEARLY = 0.01       # of a quantum, is what rounding may hide: more, and anything is a multiple
cdef double BY_ACCIDENT = 1e-6  # how likely it may be that differences of a smooth f are multiples
cdef double[2 * LARGEST_POWER + 1] POWER_OF_TEN
for _power in range(-LARGEST_POWER, LARGEST_POWER + 1):
    POWER_OF_TEN[_power + LARGEST_POWER] = float(f"1e{_power}")


cdef Digits digits_of(double v) noexcept nogil:
    """The digits that it takes to write v."""
    cdef Digits d
    cdef uint64_t bits
    cdef int64_t whole
    cdef double back
    cdef int exponent = 0, ten, power
    d.bits = d.figures = 0
    d.last_bit = d.last_figure = NO_LAST
    v = fabs(v)
    if v == 0:
        return d
    d.bits = d.figures = MANY
    if not DBL_MIN <= v < 1e300:
        return d        # a subnormal number has few digits whatever f is
    memcpy(&bits, &v, sizeof(bits))
    frexp(v, &exponent)
    if bits & 0xFFFFFF == 0:        # 29 bits at least are 0 in a float32; these are tested at once
        d.bits = 53
        bits |= <uint64_t>1 << 52
        while bits & 1 == 0:
            bits >>= 1
            d.bits -= 1
        d.last_bit = <short>(exponent - d.bits)
    # of the decimal point: floor((exponent - 1) log10(2)) + 1, or one more
    ten = ((exponent - 1) * LOG10_2 >> LOG10_2_BITS) + 1
    ten += v >= POWER_OF_TEN[ten + LARGEST_POWER]
    power = MOST_FIGURES - ten
    if power > LARGEST_FINITE:
        return d
    whole = <int64_t>(v * POWER_OF_TEN[power + LARGEST_POWER] + 0.5)
    back = <double>whole * POWER_OF_TEN[LARGEST_POWER - power]
    # either way of making a short decimal of a whole number; a division takes long, and is seldom needed
    if back == v or (fabs(back - v) <= NEAR_V * v and <double>whole / POWER_OF_TEN[power + LARGEST_POWER] == v):
        d.figures = MOST_FIGURES
        while whole % 10 == 0:
            whole //= 10
            d.figures -= 1
        d.last_figure = <short>(ten - d.figures)
    return d


cdef void join(Digits* all, const Digits* more) noexcept nogil:
    """The digits that it takes to write the values of both."""
    all.bits = max(all.bits, more.bits)
    all.figures = max(all.figures, more.figures)
    all.last_bit = min(all.last_bit, more.last_bit)
    all.last_figure = min(all.last_figure, more.last_figure)


cdef bint single_precision(const Digits* d) noexcept nogil:
    return FEW_BITS < d.bits <= SINGLE_BITS


cdef double quantum(const Digits* d, double largest) noexcept nogil:
    """What values of these digits, the largest of them given, are multiples of; 0 if they are on no grid.

    Values that are rounded to a number of places have the same last place, those that are rounded to a number of
    figures one that goes with their size.
    """
    cdef double found = 0
    cdef int exponent = 0, ten
    if not 0 < largest < 1e300:
        return 0
    if 0 < d.bits <= FEW_BITS:
        frexp(largest, &exponent)
        found = ldexp(1.0, max(d.last_bit, exponent - d.bits))
    elif SINGLE_BITS < d.bits <= MOST_BITS:
        found = ldexp(1.0, d.last_bit)      # a difference of numbers that are larger
    if 0 < d.figures <= MOST_FIGURES:
        ten = <int>floor(log10(largest)) + 1
        found = max(found, POWER_OF_TEN[max(d.last_figure, ten - d.figures) + LARGEST_POWER])
    return found


cdef double common_quantum(const double* difference, int count, double rounded) noexcept nogil:
    """The greatest number that all differences of values are multiples of; 0 if there is none that stands out from
    their rounding, or if that may be so by accident. Differences that are all the same are those of a single jump."""
    cdef double least = INFINITY, quantum, times, before, slack, chance
    cdef int i, k
    if count < ENOUGH:
        return 0
    for i in range(count):
        least = min(least, fabs(difference[i]))
    for k in range(1, MOST_STEPS + 1):
        quantum = least / k
        chance = before = k
        for i in range(count):
            times = difference[i] / quantum
            slack = (1 + fabs(times) / k) * rounded / quantum
            if slack > NEARLY or fabs(times - rint(times)) > slack:
                break
            if rint(times) != k and rint(times) != before:
                before = rint(times)
                chance *= 2 * slack
        else:
            return quantum if chance <= BY_ACCIDENT else 0
    return 0
