cdef extern from "Python.h":
    object PyObject_CallOneArg(object callable, object arg)

cdef extern from *:
    """
    /* Without the global lock several threads may count at once. */
    #ifndef Py_GIL_DISABLED
    #define NUMDIFF_COUNT(counter, number) (*(counter) += (number))
    #elif defined(_MSC_VER)
    #include <intrin.h>
    #define NUMDIFF_COUNT(counter, number) _InterlockedExchangeAdd64((counter), (number))
    #else
    #define NUMDIFF_COUNT(counter, number) __atomic_fetch_add((counter), (number), __ATOMIC_RELAXED)
    #endif
    """
    void NUMDIFF_COUNT(long long* counter, long long number) noexcept nogil


cdef class Function:
    cdef readonly object f
    cdef readonly bint vectorized
    cdef readonly tuple args
    cdef dict keywords           # None: there are none
    cdef readonly object noise   # the absolute accuracy of f, if it is known: a number or an array
    cdef readonly long long nfev

    cdef inline object call(self, object x):
        if self.keywords is not None:
            return self.f(x, *self.args, **self.keywords)
        if self.args:
            return self.f(x, *self.args)
        return PyObject_CallOneArg(self.f, x)

    cdef inline void count(self, long long points) noexcept nogil:
        NUMDIFF_COUNT(&self.nfev, points)


cdef Function new_function(object f, bint vectorized, object args, object kwargs)
cpdef object as_noise(object noise)
