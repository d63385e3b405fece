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
