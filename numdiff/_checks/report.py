"""The verdict of a check: what was compared, what was found, and a text that says so."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from numdiff._result import Status

__all__ = ["CheckReport", "ComparedEntry", "Hint", "both_told", "entry_name", "reason_of"]

# Entries that a text shows.
SHOWN = 5


@dataclass(frozen=True)
class Hint:
    """What would explain a disagreement, to within the error bounds.

    Attributes
    ----------
    kind : str
        "sign", "factor", "logarithm", "transposed", "permuted", "shifted", "zeroed", "shape", "nonfinite", "pattern",
        "asymmetric" or "tolerance".
    message : str
        A sentence; what `str` gives.
    factor : float or None
        The analytic value over the numerical one, where that is the same for all entries in question.

    Examples
    --------
    >>> import numdiff
    >>> report = numdiff.check_gradient(lambda x: x[0] ** 2 + x[1], lambda x: [x[0], 1.0], [3.0, 4.0])
    >>> report.hints[0].kind, report.hints[0].factor
    ('factor', 0.5)
    """

    kind: str
    message: str
    factor: float | None = None

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class ComparedEntry:
    """One entry of a comparison.

    Attributes
    ----------
    index : tuple of int
        Its place in the arrays of the report; empty for a number. For an entry that the search behind `directions`
        found, its place in the derivative.
    verdict : str
        "pass", "fail" or "inconclusive".
    analytic, numerical : float or complex
        The two values compared.
    bound : float
        Error bound of the numerical value.
    tolerance : float
        What the analytic value was allowed for its own rounding.
    scale : float
        The size that `resolution` is relative to.
    status : Status
        Of the numerical value.
    reason : str
        Why it is inconclusive; empty if it is not.

    Examples
    --------
    >>> import numdiff
    >>> entry = numdiff.check_derivative(lambda t: t * t, lambda t: t, 3.0).worst()[0]
    >>> entry.verdict, entry.analytic, round(entry.difference, 9)
    ('fail', 3.0, 3.0)
    """

    index: tuple[int, ...]
    verdict: str
    analytic: Any
    numerical: Any
    bound: float
    tolerance: float
    scale: float
    status: Status
    reason: str = ""

    @property
    def difference(self) -> float:
        """Distance of the two values."""
        difference = self.analytic - self.numerical
        # abs() of a complex number raises where it overflows, and where an errno of old says that something did
        return math.hypot(difference.real, difference.imag)

    @property
    def ratio(self) -> float:
        """The difference over what it was allowed to be, bound and tolerance."""
        allowed = self.bound + self.tolerance
        if self.difference == 0:
            return 0.0
        return self.difference / allowed if allowed > 0 else inf


@dataclass(frozen=True, eq=False)
class CheckReport:
    """What a check found. It is true if, and only if, the verdict is "pass".

    The arrays have the shape of the derivative: that of x for `check_derivative` and `check_gradient`, outputs and
    inputs for `check_jacobian` and `check_hessian`. With directions each column is one of them, so that the last axis,
    instead of those of x, has their number. Where there is one entry only they are numbers.

    Attributes
    ----------
    check : str
        Name of the check: "gradient", for example.
    verdict : {"pass", "fail", "inconclusive"}
        "fail" if any entry fails or the derivative has not the right form, else "inconclusive" if any entry is, else
        "pass".
    verdicts : ndarray of str
        The verdict of each entry.
    analytic, numerical : ndarray
        The values compared. If the analytic derivative has a wrong shape it is NaN everywhere, unless it fits once it
        is transposed.
    bound : ndarray
        Error bound of each numerical value; infinite where there is none.
    tolerance : ndarray
        What each analytic value is allowed for its own rounding: ``rtol * scale + atol``.
    scale : ndarray
        Size of each entry: the larger of the derivative's absolute value and the range of the values of f seen along
        it over the distance from the first sample to the last.
    status : ndarray of int8
        `Status` of each numerical value.
    resolution : float
        As given: the error, relative to the scale, that a pass would have shown.
    hints : tuple of Hint
        What would explain the failures.
    notes : tuple of str
        What else there is to know: an f that returns different values at the same point, how directions were chosen.
    slopes : mapping of index to (float, float)
        At kinks the derivatives from the left and from the right, NaN where there is none.
    faults : tuple of ComparedEntry
        The entries of the derivative at fault, if the verdict is "fail": those that fail, from the worst on, at most
        100; with directions those that the search has found; of a Hessian that is not symmetric, but right to within
        the bounds, the two entries that differ. Empty where there are none to name: after a wrong shape, or where
        entries fail together, and none of them by itself, of which a note tells.
    directions : int or None
        Number of directions, or None if every entry was compared.
    seed : int or None
        With directions, what to pass again to have the same ones.
    nfev : int
        Points at which f was evaluated, every one counted.

    Examples
    --------
    >>> import numdiff
    >>> f = lambda x: x[0] ** 2 * x[1]
    >>> report = numdiff.check_gradient(f, lambda x: [2 * x[0] * x[1], -x[0] ** 2], [3.0, 2.0])
    >>> report.verdict, report.verdicts.tolist(), bool(report)
    ('fail', ['pass', 'fail'], False)
    >>> print(report)  # doctest: +ELLIPSIS
    check_gradient: FAIL (1 of 2 entries fails, 1 passes; 18 evaluations)
      entry  analytic  numerical  difference  error bound  difference/bound
      [1]    -9        9          18          ...
      hint: entry [1] has the wrong sign
    """

    __module__ = "numdiff"

    check: str
    verdict: str
    verdicts: Any
    analytic: Any
    numerical: Any
    bound: Any
    tolerance: Any
    scale: Any
    status: Any
    resolution: float
    nfev: int
    hints: tuple[Hint, ...] = ()
    notes: tuple[str, ...] = ()
    slopes: Mapping[tuple[int, ...], tuple[float, float]] = field(default_factory=dict)
    faults: tuple[ComparedEntry, ...] = ()
    directions: int | None = None
    seed: int | None = None

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    @property
    def counts(self) -> dict[str, int]:
        """How many entries have each verdict."""
        verdicts = np.asarray(self.verdicts)
        return {name: int(np.count_nonzero(verdicts == name)) for name in ("pass", "fail", "inconclusive")}

    def worst(self, count: int = SHOWN) -> list[ComparedEntry]:
        """Return the entries that stand out most: failures by their excess, then what could not be told, then passes.

        Parameters
        ----------
        count : int, optional
            How many at most.

        Returns
        -------
        list of ComparedEntry
        """
        verdicts = np.asarray(self.verdicts).reshape(-1)
        names = ("analytic", "numerical", "bound", "tolerance", "scale")
        analytic, numerical, bound, tolerance, scale = (np.asarray(getattr(self, n)).reshape(-1) for n in names)
        with np.errstate(all="ignore"):
            excess = np.abs(analytic - numerical) / (bound + tolerance)
            uncertain = (2 * bound + tolerance) / scale
        order = np.where(verdicts == "inconclusive", uncertain, excess)
        order[np.isnan(order)] = np.where(verdicts[np.isnan(order)] == "pass", -1.0, inf)
        rank = np.select([verdicts == "fail", verdicts == "inconclusive"], [0, 1], 2)
        # no more than asked for are sorted to the end
        first = np.lexsort((-order, rank))[:count]
        shape = np.shape(self.verdicts)
        return [self._entry(tuple(int(i) for i in np.unravel_index(j, shape)) if shape else ()) for j in first]

    def _entry(self, index: tuple[int, ...]) -> ComparedEntry:
        analytic, numerical, bound, tolerance, scale, status, verdict = (
            np.asarray(v)[index].item()
            for v in (
                self.analytic,
                self.numerical,
                self.bound,
                self.tolerance,
                self.scale,
                self.status,
                self.verdicts,
            )
        )
        reason = ""
        if verdict == "inconclusive":
            reason = reason_of(
                Status(status), bound, tolerance, scale, self.resolution, self.slopes.get(index), analytic
            )
        return ComparedEntry(index, verdict, analytic, numerical, bound, tolerance, scale, Status(status), reason)

    def as_dict(self) -> dict[str, Any]:
        """Return verdict, counts, hints, notes and the worst entries, as numbers and texts that JSON can hold.

        Returns
        -------
        dict
        """
        return {
            "check": self.check,
            "verdict": self.verdict,
            "counts": self.counts,
            "evaluations": self.nfev,
            "resolution": self.resolution,
            "directions": self.directions,
            "seed": self.seed,
            "hints": [{"kind": h.kind, "message": h.message, "factor": h.factor} for h in self.hints],
            "notes": list(self.notes),
            "worst": [_plain(entry) for entry in self.worst()],
            "faults": [_plain(entry) for entry in self.faults],
        }

    def __str__(self) -> str:
        return "\n".join([self._summary(), *self._lines()])

    def _summary(self) -> str:
        counts, total = self.counts, np.asarray(self.verdicts).size
        what = "entries" if self.directions is None else "directional derivatives"
        words = {
            "fail": ("fails", "fail"),
            "inconclusive": ("is inconclusive", "are inconclusive"),
            "pass": ("passes", "pass"),
        }
        parts = [f"{counts[name]:,} {words[name][counts[name] != 1]}" for name in words if counts[name]]
        if not parts:
            text = f"no {what}"
        elif counts["pass"] == total:
            text = f"{total:,} of {total:,} {what} {words['pass'][total != 1]}"
        else:
            head, *rest = parts
            number, verb = head.split(" ", 1)
            text = ", ".join([f"{number} of {total:,} {what} {verb}", *rest])
        kinds = {hint.kind for hint in self.hints}
        if "shape" in kinds:
            text = "wrong shape"
        elif "asymmetric" in kinds:
            text = f"not symmetric; {text}"
        return f"check_{self.check}: {self.verdict.upper()} ({text}; {self.nfev:,} evaluations)"

    def _lines(self) -> Iterator[str]:
        found = self.directions is not None and bool(self.faults)
        shown = list(self.faults[:SHOWN]) if found else [e for e in self.worst() if e.verdict != "pass"]
        if shown and any(hint.kind == "shape" for hint in self.hints):
            shown = []
        if shown:
            yield from _table(shown, "entry" if self.directions is None or found else "direction")
        more = self.counts["fail"] + self.counts["inconclusive"] - len(shown)
        if shown and more > 0 and not found:
            yield f"  and {more:,} more"
        direction = "" if self.directions is None or found else "direction "
        yield from (f"  {direction}{entry_name(e.index)} is inconclusive: {e.reason}" for e in shown if e.reason)
        for e in shown:
            if e.verdict == "fail" and e.index in self.slopes and self.directions is None:
                yield f"  {entry_name(e.index)} is not between the slopes: {kink_told(*self.slopes[e.index])}"
        yield from (f"  hint: {hint}" for hint in self.hints)
        yield from (f"  note: {note}" for note in self.notes)


def entry_name(index: tuple[int, ...]) -> str:
    """How a text names an entry."""
    return f"[{', '.join(map(str, index))}]" if index else "the value"


def both_told(a: Any, b: Any) -> tuple[str, str]:
    """Two numbers, with as many digits as it takes to tell them apart."""
    for digits in (9, 13, 17):
        texts = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def kink_told(left: float, right: float) -> str:
    """The slopes on both sides of x."""
    return f"f has a kink at x, with slope {left:.6g} to the left and {right:.6g} to the right"


def reason_of(
    status: Status,
    bound: float,
    tolerance: float,
    scale: float,
    resolution: float,
    slopes: tuple[float, float] | None,
    analytic: Any,
) -> str:
    """Why an entry is inconclusive."""
    if status == Status.KINK:
        if slopes is None or not np.all(np.isfinite(slopes)):
            return "kink: f has no derivative at x, and the slopes on both sides are not known"
        left, right = slopes
        between = min(left, right) <= np.real(analytic) <= max(left, right)
        what = "a subgradient" if between else "within the error of a subgradient"
        return f"{what}; {kink_told(left, right)}"
    reasons = {
        Status.JUMP: "jump: f is not continuous at x",
        Status.EDGE: "domain edge: f or its bounds end at x, or too near, and the derivative from inside has no bound",
        Status.NONFINITE: "x, f(x) or the derivative is not finite",
        Status.UNRELIABLE: "f varies at every scale that was looked at, or is lost in its own noise",
        Status.BUDGET: "max_nfev was reached",
    }
    if status in reasons and not bound < inf:
        return reasons[status]
    cause = {
        Status.NOISY: "noise of f",
        Status.BUDGET: "max_nfev, which was reached,",
        Status.ONE_SIDED: "noise or round-off of f, seen from one side only,",
    }.get(status, "round-off of f")
    if not np.isfinite(analytic):
        return "the analytic value is not finite"
    seen = (2 * bound + tolerance) / scale if scale > 0 else inf
    told = told_from(seen, resolution)
    if tolerance > 2 * bound:
        return f"rtol and atol allow errors of {told} of the entry's scale; resolution={resolution:g} was asked"
    return f"{cause} hides errors below {told} of the entry's scale; resolution={resolution:g} was asked"


def told_from(value: float, other: float) -> str:
    """A number with no more digits than it takes to tell it from another."""
    texts = (f"{value:.{digits}g}" for digits in range(1, 18))
    return next((text for text in texts if float(text) != other), f"{value:g}")


def _plain(entry: ComparedEntry) -> dict[str, Any]:
    def number(v: Any) -> Any:
        if isinstance(v, complex):
            return [number(v.real), number(v.imag)]
        # JSON knows no infinity
        return v if np.isfinite(v) else str(v)

    return {
        "index": list(entry.index),
        "verdict": entry.verdict,
        "analytic": number(entry.analytic),
        "numerical": number(entry.numerical),
        "bound": number(entry.bound),
        "difference": number(entry.difference),
        "difference_over_bound": number(entry.ratio),
        "status": entry.status.name,
        "reason": entry.reason,
    }


def _table(entries: list[ComparedEntry], what: str) -> Iterator[str]:
    head = (what, "analytic", "numerical", "difference", "error bound", "difference/bound")
    rows = [head] + [
        (
            entry_name(e.index),
            *both_told(e.analytic, e.numerical),
            f"{e.difference:.3g}",
            f"{e.bound + e.tolerance:.1e}",
            f"{e.ratio:.2g}" if e.ratio < inf else "inf",
        )
        for e in entries
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
