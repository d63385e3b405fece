"""Tests that run once for every member of a collection."""

import pytest


def named(things):
    """Parametrize a test with `case`, known by its name."""
    return pytest.mark.parametrize("case", things, ids=lambda thing: thing.name)
