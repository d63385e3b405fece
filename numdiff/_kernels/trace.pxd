from numdiff._kernels.entry cimport Best, Entry, Reason, Phase

cdef class Recorder:
    cdef readonly list rows
    cdef readonly double at_level_0

    cdef int advance(self, Entry* e) except -1
    cdef int note(self, const Entry* e, Phase phase, int side, double noise, const Best* best, tuple levels,
                  tuple missing, Reason why) except -1
