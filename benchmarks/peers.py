"""The libraries that are timed: adapters of a few lines each, at their default steps."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any


@dataclass(frozen=True)
class Library:
    """What a library offers for the cases, each call as `call(f, x)`; None where it has no such call."""

    gradient: Callable[..., Any]
    jacobian: Callable[..., Any]
    vectorized_gradient: Callable[..., Any] | None = None
    vectorized_derivative: Callable[..., Any] | None = None
    # by methods that adapt and estimate their error
    bounded_derivative: Callable[..., Any] | None = None
    bounded_gradient: Callable[..., Any] | None = None
    bounded_vectorized_gradient: Callable[..., Any] | None = None
    bounded_vectorized_derivative: Callable[..., Any] | None = None
    bounded_vectorized_derivative_8_digits: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Peer:
    """A library that may or may not be installed."""

    name: str
    distribution: str
    module: str
    adapter: Callable[[Any], Library]

    def load(self) -> Library | None:
        """Import the library; None if it is not installed, an error if it is and cannot be imported."""
        if importlib.util.find_spec(self.module.partition(".")[0]) is None:
            return None
        return self.adapter(importlib.import_module(self.module))

    def version(self) -> str:
        """Return the version of the installed distribution."""
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return "not installed"


def adapt_numdiff(module: Any) -> Library:
    return Library(
        gradient=partial(module.gradient, method="central"),
        jacobian=partial(module.jacobian, method="central"),
        vectorized_gradient=partial(module.gradient, method="central", vectorized=True),
        vectorized_derivative=partial(module.derivative, method="central", vectorized=True),
        bounded_derivative=module.derivative,
        bounded_gradient=module.gradient,
        bounded_vectorized_gradient=partial(module.gradient, vectorized=True),
        bounded_vectorized_derivative=partial(module.derivative, vectorized=True),
        bounded_vectorized_derivative_8_digits=partial(module.derivative, vectorized=True, rtol=1e-8),
    )


def adapt_scipy(module: Any) -> Library:
    three_point = partial(module.approx_derivative, method="3-point")
    return Library(gradient=three_point, jacobian=three_point)


def adapt_statsmodels(module: Any) -> Library:
    def centered(f: Callable[..., Any], x: Any) -> Any:
        return module.approx_fprime(x, f, centered=True)

    return Library(gradient=centered, jacobian=centered)


PEERS = (
    Peer("numdiff", "numdiff-kernels", "numdiff", adapt_numdiff),
    Peer("scipy 3-point", "scipy", "scipy.optimize._numdiff", adapt_scipy),
    Peer("statsmodels centered", "statsmodels", "statsmodels.tools.numdiff", adapt_statsmodels),
)
