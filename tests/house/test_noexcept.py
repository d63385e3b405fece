"""Kernels that cannot raise: an exception in them would be printed, and wrong numbers returned."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "src").glob("*.pyx"), *(ROOT / "numdiff" / "_kernels").glob("*.pxd")])

# They look at Python objects, and are written in C: nothing in them can raise.
IN_C = ("numdiff_same_layout", "numdiff_only_owner")


def unguarded(text):
    """Declarations with `noexcept` that the compiler lets handle Python objects."""
    return [line.strip() for line in text.splitlines() if re.search(r"\bnoexcept\b(?!\s+nogil\b)", line)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_cannot_raise_handles_no_python_objects(path):
    """Without the global lock the compiler refuses Python objects, and so whatever might raise."""
    assert [line for line in unguarded(path.read_text()) if not any(name in line for name in IN_C)] == []


@pytest.mark.parametrize(
    ("declaration", "found"),
    [
        ("cdef void reduce(self) noexcept:", True),
        ("cdef int line(self) noexcept", True),
        ("cdef void reduce(self) noexcept nogil:", False),
        ("cdef int run(self) except -1:", False),
    ],
)
def test_the_test_sees_it(declaration, found):
    assert bool(unguarded(declaration)) == found


def test_exceptions_are_needed():
    kept = [line for path in SOURCES for line in unguarded(path.read_text())]
    assert all(any(name in line for line in kept) for name in IN_C)
