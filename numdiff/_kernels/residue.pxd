from numdiff._kernels.entry cimport Entry, View

cdef struct Residue:            # of the nodes finer than the window, against what it predicts
    double worst                # misfit; -1 if there are none
    double most                 # noise that would explain it, anywhere
    double deepest              # and at the finest two
    double finest               # and at the finest
    double first                # and at the coarsest
    double twin                 # and at the finer probe
    double far                  # and some octaves below the coarsest
    bint shrinks                # it does everywhere, at least like h

cdef void look_below(Entry* e, const View* view, Residue* left) noexcept nogil
cdef bint contradicted(const Residue* left) noexcept nogil
cdef bint lasts(const Residue* left) noexcept nogil
cdef bint is_little(const Entry* e, const View* view, const Residue* left) noexcept nogil
cdef bint may_be_noise(const Entry* e, const View* view, const Residue* left) noexcept nogil
cdef bint is_plain_noise(const Entry* e, const View* view, const Residue* left) noexcept nogil
cdef bint seen_between(const Entry* e, const View* view) noexcept nogil
cdef double half_way(const Entry* e) noexcept nogil
