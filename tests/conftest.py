"""Which build of numdiff is tested, and settings of the property tests: the same examples on machines of any speed."""

import importlib

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "numdiff",
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("numdiff")


def pytest_configure():
    """Say in one line what to install, where every test would fail for the want of compiled kernels.

    In the root of the sources `import numdiff` finds the sources, whatever is installed elsewhere; the kernels are
    there if that install is an editable one.
    """
    try:
        importlib.import_module("numdiff")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "numdiff":
            raise
        raise pytest.UsageError(
            f'{missing}: the tests need an install that leaves the kernels beside the sources, pip install -e ".[test]"'
        ) from missing
