"""The record of one derivative: what the adaptive method looked at, what it made of it, and why it went on."""

from dataclasses import dataclass
from math import isnan
from typing import Unpack

import numpy as np

from numdiff._kernels.problem import Problem
from numdiff._kernels.stencil import MAX_ORDER
from numdiff._kernels.trace import Recorder
from numdiff._options import (
    Differentiable,
    TaylorOptions,
    adaptive,
    as_function,
    as_lines,
    as_point,
    complete,
    integer_between,
    public,
)
from numdiff._result import DerivativeResult, Status, results_of

__all__ = ["Trace", "trace"]


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of a trace: a phase, what it knew, and what it decided.

    Attributes
    ----------
    phase : str
        "place", "try", "refine", "verify", "explain", "bisect" or "shape".
    side : int
        0 while f is seen on both sides of x, 1 on its right, -1 on its left.
    nfev : int
        Evaluations of f so far.
    levels : tuple of float
        Levels of the nodes that were asked for, and are known from this step on.
    missing : tuple of float
        Those of them where f is not defined.
    window : tuple of float or None
        Levels of the coarsest and the finest node of the best window.
    value, error : float
        The derivative as that window has it, and its bound; NaN without a window.
    noise : float
        What values of f are believed to err by, beyond the rounding of float64, in units of f.
    then : str
        The phase that follows, or "done".
    why : str
        Why that one follows.
    wished : tuple of float
        Levels of the nodes that it wishes to know.
    """

    phase: str
    side: int
    nfev: int
    levels: tuple[float, ...]
    missing: tuple[float, ...]
    window: tuple[float, float] | None
    value: float
    error: float
    noise: float
    then: str
    why: str
    wished: tuple[float, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """The record of one derivative; as text, a table.

    Attributes
    ----------
    steps : tuple of TraceStep
        Empty if there was nothing to do, as where f(x) is not finite.
    result : DerivativeResult
        What `derivative` returns with ``full_output=True``.
    x : float
    order : int
    unit : float
        Displacement of a node at level 0; each further level halves it.

    Examples
    --------
    >>> import numdiff
    >>> steps = numdiff.trace(abs, 0.0).steps
    >>> [(step.phase, step.why, step.then) for step in steps]
    [('place', 'the probes disagree', 'explain'), ('explain', 'a part diverges like 1/h', 'done')]
    """

    __module__ = "numdiff"

    steps: tuple[TraceStep, ...]
    result: DerivativeResult
    x: float
    order: int
    unit: float

    def __str__(self) -> str:
        rows = [["phase", "learns", "window", "value", "bound", "noise", "then", "because"]]
        side = 0
        for step in self.steps:
            if step.side != side:
                side = step.side
                rows.append(["on the right" if side > 0 else "on the left"])
            rows.append(_cells(step))
        widths = [max(len(row[i]) for row in rows if len(row) > 1) for i in range(len(rows[0]))]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() if len(row) > 1 else f"-- {row[0]}" for row in rows]
        result = self.result
        order = "derivative" if self.order == 1 else f"derivative of order {self.order}"
        head = f"{order} at {self.x!r}, nodes at {self.unit:.6g} / 2^level"
        foot = f"{result.value!r} +- {result.error:.1e}, {Status(int(result.status)).name}, {result.nfev} evaluations"
        return "\n".join([head, *lines, foot])


def _cells(step: TraceStep) -> list[str]:
    learns = " ".join(f"({level:g})" if level in step.missing else f"{level:g}" for level in step.levels)
    window = "{:g} .. {:g}".format(*step.window) if step.window else ""
    value, bound = ("", "") if isnan(step.value) else (f"{step.value:.9g}", f"{step.error:.1e}")
    return [step.phase, learns, window, value, bound, f"{step.noise:.2g}", step.then, step.why]


@public(TaylorOptions)
def trace(f: Differentiable, x: float, *, order: int = 1, **options: Unpack[TaylorOptions]) -> Trace:
    """Differentiate a function of one number by the adaptive method, and record how.

    The result is that of `derivative`, by the same evaluations. Read the record where a bound is larger than you
    expected or a status another; docs/method.md explains the phases.

    Parameters
    ----------
    f : callable or Function
        From a number to a real number, as for `derivative`.
    x : float
        One point.
    order : int, optional
        Order of the derivative, 1 to 10.
    **options

    Returns
    -------
    Trace
        The steps, and the result.

    Raises
    ------
    TypeError, ValueError
        As `derivative`, and if x is an array or f(x) complex.
    Exception
        Whatever f raises at x. What it raises elsewhere is in the record: a node that is missing.

    Examples
    --------
    >>> import math, numdiff
    >>> print(numdiff.trace(math.exp, 1.0, rtol=1e-8))  # doctest: +ELLIPSIS
    derivative at 1.0, nodes at 0.739085 / 2^level
    phase   learns           window             value       bound    noise  then    because
    place   13.4375 19.4375                                          0      try     the probes see curvature
    try     9.4375           9.4375 .. 19.4375  2.71828183  1.2e-09  0      verify  the bound is good enough
    verify  27.4375          9.4375 .. 19.4375  2.71828183  1.2e-09  0      done    finer nodes are as predicted
    2.71828182845... +- 1.2e-09, CONVERGED, 9 evaluations
    """
    given = complete("trace", options, TaylorOptions, "order")
    function = as_function(f, given["vectorized"], given["args"], given["kwargs"])
    point = as_point(x)
    if point.ndim:
        raise TypeError(f"x must be a number; got an array of shape {point.shape}")
    order = integer_between(order, 1, MAX_ORDER, "order")
    how = adaptive(point, *map(given.get, ("step", "rtol", "atol", "max_nfev")))
    problem = Problem(
        function, as_lines(point, True, given["bounds"], given["side"]), given["f0"], True, given["noise"]
    )
    recorder = Recorder()
    result = results_of(how.record(problem, order, recorder))[0]
    if isinstance(result.value, complex | np.complexfloating):
        raise TypeError(f"f(x) must be real; trace its real or its imaginary part: the derivative is {result.value!r}")
    return Trace(tuple(TraceStep(*row) for row in recorder.rows), result, point.item(), order, recorder.at_level_0)
