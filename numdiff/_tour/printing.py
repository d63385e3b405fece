"""Sections as text, printed one after another."""

import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

import numpy as np

import numdiff
from numdiff._tour.measured import EPS, SAFETY
from numdiff._tour.parts import (
    AdaptiveRow,
    AdaptiveTable,
    CheckTable,
    Definitions,
    Part,
    Row,
    RowTable,
    Section,
    TextTable,
    Verbatim,
)

WIDTH = 96

INTRODUCTION = (
    f"numdiff {numdiff.__version__}: a tour of numerical differentiation",
    "Every derivative below is computed by calling the function and nothing else, and is set beside its "
    "analytic value. 'allowed' is the error that theory grants a difference quotient of order p with step "
    f"h, {SAFETY:g} [(S/L) (h/L)^p + eps S/h]: truncation and round-off, where S is the size of the "
    "function near x, L the length over which it varies (1 unless the text says otherwise), p = 2 (central "
    f"differences) unless the text says otherwise, and eps = {EPS:.1e}. The adaptive method, numdiff's "
    "default, states a bound of its error by itself; it enters with the question of which h to take.",
)


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _decimals(row: Row) -> int:
    """Decimals that show the tolerance and two digits below it, as far as a double has them."""
    value = row.analytic
    if isinstance(value, tuple) or not (math.isfinite(value) and 0 < row.tolerance < math.inf):
        return 0
    leading = math.floor(math.log10(abs(value))) if value else 0
    return max(0, min(2 - math.floor(math.log10(row.tolerance)), 15 - leading))


def _value(value: float | tuple[int, ...], row: Row) -> str:
    return str(value) if isinstance(value, tuple) else f"{value:.{_decimals(row)}f}"


def _adaptive_value(value: float, row: AdaptiveRow) -> str:
    """A value of the adaptive method with the decimals that its bound leaves it, as far as there is room."""
    if math.isnan(value):
        return "none"
    if not math.isfinite(row.bound):
        return f"{value:.3g}"
    return f"{value:z.{min(_decimals(row), 12)}f}"


def _magnitude(error: float) -> str:
    return "-" if math.isnan(error) else f"{error:.1e}" if error else "0"


def _agreeing_digits(row: Row, most: int = 11) -> str:
    if isinstance(row.analytic, tuple) or row.analytic == 0 or math.isnan(row.error):
        return "-"
    relative = row.error / abs(row.analytic)
    return f"{min(max(-math.log10(relative), 0), most):.1f}" if relative > 0 else f"{most:.1f}"


def _aligned(texts: Sequence[str]) -> list[str]:
    """Numbers padded on the right so that their decimal points meet; other texts stay at the right edge."""
    tails = [len(text) - text.index(".") if "." in text else None for text in texts]
    longest = max((tail for tail in tails if tail is not None), default=0)
    return [text if tail is None else text + " " * (longest - tail) for text, tail in zip(texts, tails, strict=True)]


def _columns(table: RowTable | AdaptiveTable | CheckTable) -> Mapping[str, Sequence[str]]:
    """Columns of a table by their headings."""
    agree = ["yes" if row.agrees else "NO" for row in table.rows]
    match table:
        case RowTable():
            numerical, analytic = table.names
            return {
                "": [row.quantity for row in table.rows],
                numerical: _aligned([_value(row.numerical, row) for row in table.rows]),
                analytic: _aligned([_value(row.analytic, row) for row in table.rows]),
                "error": [_magnitude(row.error) for row in table.rows],
                "allowed": [_magnitude(row.tolerance) for row in table.rows],
                **({"digits": [_agreeing_digits(row) for row in table.rows]} if table.digits else {}),
                "agree": agree,
            }
        case AdaptiveTable():
            return {
                "": [row.quantity for row in table.rows],
                "adaptive": _aligned([_adaptive_value(row.numerical, row) for row in table.rows]),
                "analytic": _aligned([_adaptive_value(row.analytic, row) for row in table.rows]),
                "error": [_magnitude(row.error) for row in table.rows],
                "bound": [_magnitude(row.bound) for row in table.rows],
                "nfev": ["" if row.nfev is None else str(row.nfev) for row in table.rows],
                "status": [row.status.name for row in table.rows],
                "agree": agree,
            }
        case CheckTable():
            return {
                "derivative": [row.quantity for row in table.rows],
                "verdict": [row.report.verdict for row in table.rows],
                "entries": [str(np.size(row.report.verdicts)) for row in table.rows],
                "difference / bound": [_magnitude(row.share) for row in table.rows],
                "nfev": [str(row.report.nfev) for row in table.rows],
                "": ["" if row.agrees else f"DISAGREES: {row.expected}" for row in table.rows],
            }


def _lines_of_columns(columns: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Columns under their headings; the first is set to the left, the others to the right."""
    cells: list[list[str]] = []
    for heading, texts in columns:
        width = max(map(len, (heading, *texts)))
        column = (heading, "-" * width, *texts)
        cells.append([text.rjust(width) if cells else text.ljust(width) for text in column])
    return ["  " + "  ".join(line).rstrip() for line in zip(*cells, strict=True)]


def part_lines(part: Part) -> list[str]:
    """The lines of a part."""
    match part:
        case str():
            return _paragraph(part)
        case Verbatim():
            return list(part.lines)
        case Definitions():
            texts = [f"  {term}: {meaning}" for term, meaning in part.meanings.items()]
            return [line for text in texts for line in textwrap.wrap(text, WIDTH, subsequent_indent="      ")]
        case TextTable():
            return _lines_of_columns(zip(part.header, zip(*part.texts, strict=True), strict=True))
        case _:
            return _lines_of_columns(_columns(part).items())


def run(stream: TextIO, sections: Iterable[Callable[[], Section]]) -> bool:
    """Compute and print sections, each as soon as it is there, and count what agreed.

    Parameters
    ----------
    stream : text stream
        Where to print.
    sections : iterable of callables
        Each computes and returns one `Section`.

    Returns
    -------
    bool
        Whether every row agreed.

    Examples
    --------
    >>> import io
    >>> def squares() -> Section:
    ...     slope = numdiff.derivative(lambda x: x**2, 3.0, method="central")
    ...     return Section("Squares", (RowTable((Row("d/dx x^2", slope, 6.0, 1e-8),)),))
    >>> out = io.StringIO()
    >>> run(out, [squares])
    True
    >>> print(out.getvalue().splitlines()[-1])
    1 of 1 comparisons agree.
    """

    def write(text: Iterable[str]) -> None:
        stream.write("".join(line + "\n" for line in text) + "\n")
        stream.flush()

    for paragraph in INTRODUCTION:
        write(_paragraph(paragraph))
    agreeing = total = 0
    for number, compute in enumerate(sections, 1):
        section = compute()
        title = f"{number}. {section.title}"
        write([title, "=" * len(title)])
        for part in section.parts:
            write(part_lines(part))
        agrees = [row.agrees for row in section.rows]
        agreeing, total = agreeing + sum(agrees), total + len(agrees)
    stream.write(f"{agreeing} of {total} comparisons agree.\n")
    stream.flush()
    return agreeing == total
