cdef enum Status:               # numdiff._result.Status says what they mean
    CONVERGED = 0
    NOISY = 1
    ONE_SIDED = 2
    FLAT = 3
    NOT_ESTIMATED = 4
    KINK = -1
    JUMP = -2
    UNRELIABLE = -3
    EDGE = -4
    NONFINITE = -5
    BUDGET = -6
