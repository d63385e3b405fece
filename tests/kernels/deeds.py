"""What an f may do to its argument."""

import warnings
import weakref

import numpy as np
import pytest


def store(x, kept):
    kept.append(x)


def store_view(x, kept):
    kept.append(x[1:])


def store_reversed_view(x, kept):
    kept.append(x.T[::-1])


def store_memoryview(x, kept):
    kept.append(memoryview(x))


def store_iterator(x, kept):
    kept.append(x.flat)


def store_twice_a_while(x, kept):
    kept.append(x)
    if len(kept) % 3 == 0:
        kept.clear()


def write_all(x, kept):
    x[...] = 7.0


def write_nan(x, kept):
    x.fill(np.nan)


def write_first_entry(x, kept):
    x.flat[0] = 7.0


def write_last_entry(x, kept):
    x.flat[-1] = -7.0


def negate(x, kept):
    np.negative(x, out=x)


def negate_zeros(x, kept):
    x[x == 0] = -0.0


def reverse(x, kept):
    x.flat = x.ravel()[::-1].copy()


def sort(x, kept):
    x.sort(axis=0)


def write_on_every_second_call(x, kept):
    kept.append(None)
    if len(kept) % 2:
        x[...] = -3.0


def write_through_a_view(x, kept):
    x.reshape(-1)[::2] += 1.0


def write_through_a_memoryview(x, kept):
    memoryview(x).cast("B")[:4] = b"\x01\x02\x03\x04"


def write_into_the_one_before(x, kept):
    if kept:
        kept.pop()[...] = 11.0
    kept.append(x)


def reshape(x, kept):
    x.shape = (-1, 1, 1)


def resize_to_nothing(x, kept):
    x.resize(0, refcheck=False)


def resize_to_more(x, kept):
    x.resize(2 * x.size + 1000, refcheck=False)


def resize_there_and_back(x, kept):
    shape = x.shape
    x.resize(100 * x.size, refcheck=False)
    x.resize(shape, refcheck=False)


def lock(x, kept):
    x.flags.writeable = False


def lock_and_store(x, kept):
    x.flags.writeable = False
    kept.append(x)


def change_type(x, kept):
    x.dtype = f"i{x.itemsize}"


def change_byte_order(x, kept):
    x.dtype = x.dtype.newbyteorder()


def swap_bytes(x, kept):
    x.byteswap(inplace=True)


def reshape_one_known_weakly(x, kept):
    if kept:
        earlier = kept.pop()()
        if earlier is not None and earlier is not x:
            earlier.shape = (-1, 1)
    kept.append(weakref.ref(x))


def write_into_one_known_weakly(x, kept):
    earlier = kept.pop()() if kept else None
    if earlier is not None and earlier is not x:
        earlier[...] = 5.0
    kept.append(weakref.ref(x))


DEEDS = [
    store,
    store_view,
    store_reversed_view,
    store_memoryview,
    store_iterator,
    store_twice_a_while,
    write_all,
    write_nan,
    write_first_entry,
    write_last_entry,
    negate,
    negate_zeros,
    reverse,
    sort,
    write_on_every_second_call,
    write_through_a_view,
    write_through_a_memoryview,
    write_into_the_one_before,
    reshape,
    resize_to_nothing,
    resize_to_more,
    resize_there_and_back,
    lock,
    lock_and_store,
    change_type,
    change_byte_order,
    swap_bytes,
    reshape_one_known_weakly,
    write_into_one_known_weakly,
]
deeds = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__.replace("_", "-"))


def doing(deed, f):
    """f, but it also does this to its argument."""
    kept = []

    def badly_behaved(x):
        out = f(x)
        with warnings.catch_warnings():
            # numpy deprecates some of these deeds; users still do them
            warnings.simplefilter("ignore", DeprecationWarning)
            deed(x, kept)
        return out

    return badly_behaved
