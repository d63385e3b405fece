"""What a section is made of: rows of numbers beside the values they should have, tables, text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from numdiff import CheckReport, Status


@dataclass(frozen=True)
class Row:
    """One number, or one shape, beside the value it should have.

    Attributes
    ----------
    quantity : str
        What was computed.
    numerical, analytic : float or tuple of int
        The computed value and the value it should have; tuples are shapes of arrays.
    tolerance : float
        The largest error at which the two agree. Shapes agree only if they are equal.

    Examples
    --------
    >>> Row("d/dx x^2 at 1", 2.000001, 2.0, tolerance=1e-5).agrees
    True
    >>> Row("shape of a gradient", (2,), (1, 2), tolerance=0.0).agrees
    False
    """

    quantity: str
    numerical: float | tuple[int, ...]
    analytic: float | tuple[int, ...]
    tolerance: float

    @property
    def error(self) -> float:
        """Distance of the two values; for shapes 0 or inf."""
        if isinstance(self.numerical, tuple) or isinstance(self.analytic, tuple):
            return 0.0 if self.numerical == self.analytic else math.inf
        return abs(self.numerical - self.analytic)

    @property
    def share(self) -> float:
        """The share of the tolerance that the error takes up."""
        if self.error == 0:
            return 0.0
        return math.inf if self.tolerance == 0 or math.isnan(self.error) else self.error / self.tolerance

    @property
    def agrees(self) -> bool:
        """Whether the error is within a finite tolerance (a NaN never agrees)."""
        return self.error <= self.tolerance < math.inf


@dataclass(frozen=True)
class AdaptiveRow(Row):
    """A number of the adaptive method beside its analytic value, which must lie within the bound reported.

    Attributes
    ----------
    analytic : float
        NaN where there is no derivative; then there must be no bound either.
    tolerance : float
        The bound, plus the rounding of the analytic value itself.
    bound : float
        The bound that was reported.
    largest_bound : float
        A bound that is larger is of no use, and a disagreement.
    status, expected : Status
        The status that was reported and the one that should be.
    nfev : int or None
        Evaluations of f; None for what came out of the same evaluations as the row before.

    Examples
    --------
    >>> from dataclasses import replace
    >>> pi = AdaptiveRow("pi", 3.14, math.pi, 2e-3, 2e-3, 0.1, Status.CONVERGED, Status.CONVERGED, 0)
    >>> pi.agrees, replace(pi, largest_bound=1e-6).agrees, replace(pi, status=Status.NOISY).agrees
    (True, False, False)
    """

    numerical: float
    analytic: float
    bound: float
    largest_bound: float
    status: Status
    expected: Status
    nfev: int | None

    @property
    def agrees(self) -> bool:
        """Whether the status is the expected one and the error is within a bound small enough.

        Without a bound nothing is claimed, which is right where there is no derivative or the status says so.
        """
        if self.status != self.expected:
            return False
        if math.isinf(self.bound):
            return math.isnan(self.analytic) or self.expected < 0
        return self.error <= self.tolerance and self.bound <= self.largest_bound


@dataclass(frozen=True)
class CheckRow(Row):
    """A derivative written by hand, and the verdict on it; the numbers are those of the entry that stands out most.

    Attributes
    ----------
    report : CheckReport
        What the check found.
    expected : str
        The verdict that it should have found.

    Examples
    --------
    >>> import numdiff
    >>> report = numdiff.check_derivative(math.sin, math.cos, 1.0)
    >>> CheckRow.of("cos x", report).agrees, CheckRow.of("cos x", report, "fail").agrees
    (True, False)
    """

    numerical: float
    analytic: float
    report: CheckReport
    expected: str

    @classmethod
    def of(cls, quantity: str, report: CheckReport, expected: str = "pass") -> CheckRow:
        """The row of a report."""
        worst = report.worst(1)[0]
        allowed = worst.bound + worst.tolerance
        return cls(quantity, float(worst.numerical), float(worst.analytic), allowed, report, expected)

    @property
    def agrees(self) -> bool:
        """Whether the verdict is the expected one, and the numbers say the same."""
        return self.report.verdict == self.expected and (self.error <= self.tolerance) == (self.expected != "fail")


@dataclass(frozen=True)
class RowTable:
    """A table of rows: `names` heads the columns of values, `digits` adds one for agreeing digits."""

    rows: tuple[Row, ...]
    names: tuple[str, str] = ("numerical", "analytic")
    digits: bool = False


@dataclass(frozen=True)
class AdaptiveTable:
    """A table of the adaptive method's numbers: value, analytic value, error, bound, evaluations, status."""

    rows: tuple[AdaptiveRow, ...]


@dataclass(frozen=True)
class CheckTable:
    """A table of verdicts: entries, the largest difference over what was allowed, evaluations."""

    rows: tuple[CheckRow, ...]


@dataclass(frozen=True)
class TextTable:
    """A table of texts, of which nothing is counted."""

    header: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Definitions:
    """Terms, each with what it means."""

    meanings: dict[str, str]


@dataclass(frozen=True)
class Verbatim:
    """Lines to print as they are."""

    lines: tuple[str, ...]


Part: TypeAlias = str | RowTable | AdaptiveTable | CheckTable | TextTable | Definitions | Verbatim


@dataclass(frozen=True)
class Section:
    """A title and its parts in order; a part that is a str is a paragraph."""

    title: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> Iterator[Row]:
        """Every row that agrees or does not."""
        for part in self.parts:
            if isinstance(part, RowTable | AdaptiveTable | CheckTable):
                yield from part.rows
