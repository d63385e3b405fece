"""The two ways in which f is called."""

import pytest

called = pytest.mark.parametrize("vectorized", [False, True], ids=["one-by-one", "vectorized"])
