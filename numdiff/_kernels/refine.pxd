from numdiff._kernels.entry cimport Entry, Reason, Transition, View
from numdiff._kernels.window cimport Node

cdef Transition place(Entry* e, const View* view) noexcept nogil
cdef Transition try_few(Entry* e, View* view) noexcept nogil
cdef Transition refine(Entry* e, View* view) noexcept nogil
cdef Transition verify(Entry* e, const View* view) noexcept nogil
cdef bint agree(const Entry* e, const Node* a, const Node* b) noexcept nogil
cdef Transition block(Entry* e, int top, Reason why) noexcept nogil
cdef Transition block_anyway(Entry* e, const View* view) noexcept nogil
cdef Transition block_blindly(Entry* e, Reason why) noexcept nogil

cdef struct Residue:            # of the nodes finer than the window, against what it predicts
    double worst                # misfit; -1 if there are none
    double most                 # noise that would explain it, anywhere
    double deepest              # and at the finest two
    double finest               # and at the finest
    double first                # and at the coarsest
    double twin                 # and at the finer probe
    double far                  # and some octaves below the coarsest
    bint shrinks                # it does everywhere, at least like h

cdef void gauge(Entry* e, const View* view) noexcept nogil
cdef void look_below(Entry* e, const View* view, Residue* left) noexcept nogil
cdef bint lasts(const Residue* left) noexcept nogil
cdef bint may_be_noise(const Entry* e, const View* view, const Residue* left) noexcept nogil
