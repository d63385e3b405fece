cdef struct Digits:
    short bits          # most significant binary digits of a value; more than 53 if it has no end of them
    short last_bit      # exponent of 2 of the last of them
    short figures       # the same in decimals
    short last_figure

cdef Digits digits_of(double v) noexcept nogil
cdef void join(Digits* all, const Digits* more) noexcept nogil
cdef bint single_precision(const Digits* d) noexcept nogil
cdef double quantum(const Digits* d, double largest) noexcept nogil
cdef double common_quantum(const double* difference, int count, double rounded) noexcept nogil
