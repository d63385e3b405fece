"""Numerical differentiation of functions that can only be called."""

from typing import TYPE_CHECKING

from numdiff._kernels.function import Function
from numdiff._operators.derivative import derivative
from numdiff._operators.gradient import gradient
from numdiff._operators.jacobian import jacobian
from numdiff._operators.taylor import TaylorResult, taylor
from numdiff._result import DerivativeResult, NumdiffWarning, Status

if TYPE_CHECKING:
    from numdiff import testing as testing
    from numdiff._checks.check import check_derivative, check_gradient, check_hessian, check_jacobian
    from numdiff._checks.report import CheckReport
    from numdiff._checks.taylor_test import TaylorTestReport, taylor_test
    from numdiff._operators.trace import Trace, trace

__version__ = "0.1.0"

__all__ = [
    "CheckReport",
    "DerivativeResult",
    "Function",
    "NumdiffWarning",
    "Status",
    "TaylorResult",
    "TaylorTestReport",
    "Trace",
    "__version__",
    "check_derivative",
    "check_gradient",
    "check_hessian",
    "check_jacobian",
    "derivative",
    "gradient",
    "jacobian",
    "taylor",
    "taylor_test",
    "trace",
]

# What is imported when it is first asked for: who differentiates only need not wait for the checks, nor for the trace.
_HOMES = {
    "CheckReport": "_checks.report",
    "TaylorTestReport": "_checks.taylor_test",
    "Trace": "_operators.trace",
    "check_derivative": "_checks.check",
    "check_gradient": "_checks.check",
    "check_hessian": "_checks.check",
    "check_jacobian": "_checks.check",
    "taylor_test": "_checks.taylor_test",
    "trace": "_operators.trace",
}
# Likewise.
_MODULES = ("testing",)


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
