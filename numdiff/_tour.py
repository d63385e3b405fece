"""The tour: derivatives of known functions, computed and set beside their analytic values.

A section is a function that computes and returns a `Section`: text, tables and comparisons, nothing printed.
`run` prints sections one after another and counts the comparisons that agree. Every number shown is computed
here and now, except closed forms and the values certified by NIST.
"""

from __future__ import annotations

import functools
import itertools
import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TextIO

import numpy as np
from numpy.typing import NDArray

import numdiff

WIDTH = 96
EPS = float(np.finfo(np.float64).eps)

# A model of an error gives its order of magnitude; the constants that it leaves out are below this factor.
SAFETY = 4.0

Vector = NDArray[np.float64]


# ---- what a section is made of


@dataclass(frozen=True)
class Comparison:
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
    >>> Comparison("d/dx x^2 at 1", 2.000001, 2.0, tolerance=1e-5).agrees
    True
    >>> Comparison("shape of a gradient", (2,), (1, 2), tolerance=0.0).agrees
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
    def agrees(self) -> bool:
        """Whether the error is within a finite tolerance (a NaN never agrees)."""
        return self.error <= self.tolerance < math.inf


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; the first column is set to the left, the others to the right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Comparisons:
    """A table of comparisons: `names` heads the columns of values, `digits` adds one for agreeing digits."""

    rows: tuple[Comparison, ...]
    names: tuple[str, str] = ("numerical", "analytic")
    digits: bool = False


@dataclass(frozen=True)
class Verbatim:
    """Lines to print as they are."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A title and its parts in order: paragraphs (str), tables, comparisons, verbatim lines."""

    title: str
    parts: tuple[str | Table | Comparisons | Verbatim, ...]

    @property
    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison of the section."""
        for part in self.parts:
            if isinstance(part, Comparisons):
                yield from part.rows


# ---- computing: a derivative and the error that theory allows it


@dataclass(frozen=True)
class Measured:
    """An array of computed derivatives and, entry by entry, the error that theory allows them.

    Sums, products and quotients carry the allowed error along to first order, so that the right-hand side of
    a rule is written as in the textbook and its tolerance follows.

    Examples
    --------
    >>> product = Measured(np.array(3.0), np.array(0.1)) * Measured(np.array(2.0), np.array(0.2))
    >>> float(product.value), round(float(product.allowed), 12)
    (6.0, 0.8)
    """

    value: Vector
    allowed: Vector

    def __add__(self, other: Measured) -> Measured:
        return Measured(self.value + other.value, self.allowed + other.allowed)

    def __sub__(self, other: Measured) -> Measured:
        return Measured(self.value - other.value, self.allowed + other.allowed)

    def __mul__(self, other: Measured | float) -> Measured:
        value, allowed = _value_and_allowed(other)
        return Measured(self.value * value, self.allowed * abs(value) + abs(self.value) * allowed)

    def __truediv__(self, other: float) -> Measured:
        return Measured(self.value / other, self.allowed / abs(other))

    def __matmul__(self, other: Measured) -> Measured:
        return Measured(self.value @ other.value, self.allowed @ abs(other.value) + abs(self.value) @ other.allowed)


def _value_and_allowed(number: Measured | float) -> tuple[Any, Any]:
    return (number.value, number.allowed) if isinstance(number, Measured) else (number, 0.0)


def _reach(f: Callable[[Any], Any], x: Any, length: Any) -> Vector:
    """Size of f about x: max of |f(x)|, |f(x + L_j e_j)|, |f(x - L_j e_j)|, of shape (outputs, inputs)."""
    x = np.asarray(x, dtype=np.float64)
    lengths = np.broadcast_to(np.asarray(length, dtype=np.float64), x.shape)

    def outputs(displacement: Any) -> Vector:
        point = x + displacement
        return np.abs(np.atleast_1d(np.asarray(f(point if x.ndim else float(point)), dtype=np.float64)))

    columns = []
    for unit in np.eye(x.size):
        shift = (unit * lengths.ravel()).reshape(x.shape)
        columns.append(np.max([outputs(0.0), outputs(shift), outputs(-shift)], axis=0))
    return np.stack(columns, axis=-1)


def _allowed(size: Vector, length: Any, step: Any, accuracy: int) -> Vector:
    """The allowed error of a difference quotient: truncation plus round-off, times `SAFETY`.

    A function that is analytic with |f| <= S within L of x has |f^(k)| / k! <= S / L^k (Cauchy), so the
    truncation error of a stencil of accuracy p is of the order S/L (h/L)^p; values of f that are exact to one
    unit in the last place contribute eps S / h.
    """
    return np.asarray(SAFETY * (size / length * (step / length) ** accuracy + EPS * size / step))


def _jacobian(f: Callable[[Any], Any], x: Any, length: Any = 1.0, size: Vector | None = None) -> Measured:
    """The Jacobian by central differences; L is a number or, with a vector x, one length for each input."""
    result = numdiff.jacobian(f, x, method="central", accuracy=2, full_output=True)
    reach = _reach(f, x, length) if size is None else size
    return Measured(result.value, _allowed(reach, length, result.step, accuracy=2))


def _derivative(
    f: Callable[[Any], Any], x: float, method: Literal["forward", "central"] = "central", accuracy: int = 2
) -> Measured:
    """The derivative of a function of one number that varies over a length of 1."""
    result = numdiff.derivative(f, x, method=method, accuracy=accuracy, full_output=True)
    allowed = _allowed(_reach(f, x, 1.0)[0, 0], 1.0, result.step, accuracy)
    return Measured(np.asarray(result.value), allowed)


def _compare(quantity: str, measured: Measured, analytic: float) -> Comparison:
    return Comparison(quantity, float(measured.value), float(analytic), float(measured.allowed))


def _exhausted(comparison: Comparison) -> float:
    """The share of the allowed error that is used up."""
    if comparison.tolerance == 0 or math.isnan(comparison.error):
        return math.inf
    return comparison.error / comparison.tolerance


def _compare_entries(names: Sequence[str], measured: Measured, analytic: Any) -> tuple[Comparison, ...]:
    """Compare entry by entry, row by row; an array of another shape than the analytic one agrees nowhere."""
    expected = np.asarray(analytic, dtype=np.float64)
    same = measured.value.shape == expected.shape
    values = measured.value if same else np.full(expected.shape, np.nan)
    allowed = np.broadcast_to(measured.allowed, expected.shape) if same else np.zeros(expected.shape)
    entries = zip(names, values.flat, expected.flat, allowed.flat, strict=True)
    return tuple(Comparison(name, float(v), float(a), float(t)) for name, v, a, t in entries)


# ---- section 1: the limit of the difference quotient


@dataclass(frozen=True)
class Stencil:
    """A difference quotient and the constants of its error, c |f^(p+1)| h^p + w u / h.

    p is `accuracy`; c, `truncation`, follows from the Taylor series at the points of the stencil; w,
    `weights`, is the sum of the |weights|; u is the rounding error of one value of f.
    """

    name: str
    method: Literal["forward", "central"]
    accuracy: int
    truncation: float
    weights: float


STENCILS = (
    Stencil("forward", "forward", 1, truncation=1 / 2, weights=2.0),
    Stencil("central", "central", 2, truncation=1 / 6, weights=1.0),
    Stencil("4th order", "central", 4, truncation=1 / 30, weights=1.5),
)


@dataclass(frozen=True)
class Smooth:
    """A function with all its derivatives at one point: nth(k) is the k-th, nth(0) the value."""

    name: str
    f: Callable[[float], float]
    x: float
    nth: Callable[[int], float]

    def truncation(self, stencil: Stencil, h: float) -> float:
        p = stencil.accuracy
        return float(stencil.truncation * abs(self.nth(p + 1)) * h**p)

    def roundoff(self, stencil: Stencil, h: float) -> float:
        """The bound for values of f that are correctly rounded, to half a unit in their last place."""
        return stencil.weights * math.ulp(self.nth(0)) / 2 / h

    def best_step(self, stencil: Stencil) -> float:
        """The h at which truncation + round-off is least: its derivative with respect to h vanishes there."""
        p = stencil.accuracy
        return float((self.roundoff(stencil, 1.0) / (p * self.truncation(stencil, 1.0))) ** (1 / (p + 1)))


POWER = Smooth("x^5", lambda x: x**5, 1.5, lambda k: math.perm(5, k) * 1.5 ** (5 - k))
EXPONENTIAL = Smooth("e^x", math.exp, 1.0, lambda k: math.e)
# Ten steps a decade; the tables show one of them.
STEPS = tuple(float(f"1e-{k // 10}") * 10 ** (-(k % 10) / 10) for k in range(10, 131))
SHOWN = range(0, len(STEPS), 10)


def _observed_lines(smooth: Smooth, stencil: Stencil, errors: Sequence[float]) -> tuple[float, float, float]:
    """The V as observed: slopes of log error over log h on its two sides, and log10 of the h of its bottom.

    Where truncation rules: the line over the last decade in which round-off is below a hundredth of it. Where
    round-off rules it is erratic: the median slope over all pairs of steps below a third of the best one. The
    bottom is where A h^p + B / h is least, with A and B from those same errors; the best single error would
    be luck. NaN if there are not enough errors to tell.
    """
    p = stencil.accuracy
    points = [(h, e) for h, e in zip(STEPS, errors, strict=True) if e > 0]
    falling = [(h, e) for h, e in points if smooth.roundoff(stencil, h) < smooth.truncation(stencil, h) / 100]
    rising = [(h, e) for h, e in points if h < smooth.best_step(stencil) / 3]
    if len(falling) < 11 or len(rising) < 2:
        return math.nan, math.nan, math.nan
    (h_1, e_1), (h_2, e_2) = falling[-11], falling[-1]
    slopes = [math.log(e / d) / math.log(h / g) for (g, d), (h, e) in itertools.combinations(rising, 2)]
    a = e_2 / h_2**p
    b = float(np.median([e * h for h, e in rising]))
    bottom = math.log10(b / (p * a)) / (p + 1)
    return math.log(e_1 / e_2) / math.log(h_1 / h_2), float(np.median(slopes)), bottom


def _picture(errors: Sequence[float], low: int = -14, high: int = 1, per_decade: int = 3) -> str:
    """The errors of one row as marks on a logarithmic axis; a mark is the accuracy of its stencil."""
    line = [" "] * ((high - low) * per_decade + 1)
    for stencil, error in zip(STENCILS, errors, strict=True):
        if not math.isnan(error):
            exponent = min(max(math.log10(error) if error > 0 else low, low), high)
            line[round((exponent - low) * per_decade)] = str(stencil.accuracy)
    return "|" + "".join(line).rstrip()


def _sweep(smooth: Smooth) -> tuple[Table, Comparisons]:
    """The errors of every stencil at every step, and what theory predicts about them."""
    exact = smooth.nth(1)
    columns = [
        [
            abs(numdiff.derivative(smooth.f, smooth.x, method=s.method, accuracy=s.accuracy, step=h) - exact)
            for h in STEPS
        ]
        for s in STENCILS
    ]
    best = [min(SHOWN, key=column.__getitem__) for column in columns]
    rows = []
    for i in SHOWN:
        errors = [column[i] for column in columns]
        marked = [f"{e:.1e}" + (" <" if i == b else "  ") for e, b in zip(errors, best, strict=True)]
        rows.append((f"{STEPS[i]:.0e}", *marked, _picture(errors).ljust(47)))
    axis = f" {'1e-14':<12}{'1e-10':<15}{'1e-5':<15}{'1':<4}"
    table = Table(("h", *(f"{s.name}  " for s in STENCILS), axis), tuple(rows))

    predictions = []
    for s, column in zip(STENCILS, columns, strict=True):
        falling, rising, bottom = _observed_lines(smooth, s, column)
        predictions += [
            # All that bends this line is the next term of the series, smaller by the order of h.
            Comparison(f"{s.name}: slope, truncation", falling, float(s.accuracy), 0.05),
            # Medians of erratic values; and theory takes the bound of round-off, which is seldom reached.
            Comparison(f"{s.name}: slope, round-off", rising, -1.0, 0.5),
            Comparison(f"{s.name}: log10 of the best h", bottom, math.log10(smooth.best_step(s)), 0.5),
        ]
    for s in STENCILS:
        measured = _derivative(smooth.f, smooth.x, method=s.method, accuracy=s.accuracy)
        predictions.append(_compare(f"{s.name}: f'(x), h by numdiff", measured, exact))
    return table, Comparisons(tuple(predictions), names=("observed", "theory"))


def limit(examples: Sequence[Smooth] = (POWER, EXPONENTIAL)) -> Section:
    """The difference quotient as h goes to 0, where truncation and round-off meet."""
    parts: list[str | Table | Comparisons | Verbatim] = [
        "The derivative is the limit of (f(x + h) - f(x)) / h for h -> 0. For x^n the binomial theorem "
        "gives the quotient as n x^(n-1) + (n choose 2) x^(n-2) h + ..., and every term but the first "
        "vanishes with h. A computer cannot follow the limit to its end: f is rounded to 16 digits, and "
        "dividing by h magnifies that.",
        "Below, the error of three quotients: forward, (f(x+h) - f(x)) / h; central, (f(x+h) - f(x-h)) / "
        "2h; and the central one of 4th order from f at x +- h and x +- 2h. The picture shows log error "
        "from left to right, marked 1, 2 or 4 by the order of the stencil (where marks meet, the highest): "
        "first it falls like h, h^2, h^4 (truncation), then rises like 1/h (round-off): a V lying on its "
        "side. '<' marks the best of each column.",
    ]
    for smooth in examples:
        table, comparisons = _sweep(smooth)
        parts += [f"f(x) = {smooth.name} at x = {smooth.x:g}, where f'(x) = {smooth.nth(1):.12g}:", table]
        parts += [
            "Theory bounds the error by c |f^(p+1)| h^p + u sum|w| / h (p: order of the stencil, c: its "
            "truncation constant, w: its weights, u: half a unit in the last place of f). Hence the slopes "
            "of log error over log h and the h of the least error, which may be off by the amounts "
            "allowed; they are observed in ten steps a decade. Without a given h, numdiff chooses it:",
            comparisons,
        ]
    return Section("The limit of the difference quotient", tuple(parts))


# ---- section 2: the rules of differentiation


@dataclass(frozen=True)
class Rule:
    """A rule: left side differentiated as a whole, right side put together from derivatives of the parts."""

    name: str
    left: tuple[str, Callable[[float], Measured]]
    right: tuple[str, Callable[[float], Measured]]
    analytic: Callable[[float], float]


def _f(x: float) -> float:
    return math.sin(x)


def _g(x: float) -> float:
    return x**2 + 1


RULES = (
    Rule(
        "sum",
        ("(f + g)'", lambda x: _derivative(lambda t: _f(t) + _g(t), x)),
        ("f' + g'", lambda x: _derivative(_f, x) + _derivative(_g, x)),
        lambda x: math.cos(x) + 2 * x,
    ),
    Rule(
        "product",
        ("(f g)'", lambda x: _derivative(lambda t: _f(t) * _g(t), x)),
        ("f' g + f g'", lambda x: _derivative(_f, x) * _g(x) + _derivative(_g, x) * _f(x)),
        lambda x: math.cos(x) * (x**2 + 1) + math.sin(x) * 2 * x,
    ),
    Rule(
        "quotient",
        ("(f / g)'", lambda x: _derivative(lambda t: _f(t) / _g(t), x)),
        (
            "(f' g - f g') / g^2",
            lambda x: (_derivative(_f, x) * _g(x) - _derivative(_g, x) * _f(x)) / _g(x) ** 2,
        ),
        lambda x: (math.cos(x) * (x**2 + 1) - math.sin(x) * 2 * x) / (x**2 + 1) ** 2,
    ),
    Rule(
        "chain",
        ("(f o g)'", lambda x: _derivative(lambda t: _f(_g(t)), x)),
        ("f'(g(x)) g'(x)", lambda x: _derivative(_f, _g(x)) * _derivative(_g, x)),
        lambda x: math.cos(x**2 + 1) * 2 * x,
    ),
    Rule(
        "chain, (2x+1)^4",
        ("((2x+1)^4)'", lambda x: _derivative(lambda t: (2 * t + 1) ** 4, x)),
        (
            "4 u^3 u', u = 2x+1",
            lambda x: _derivative(lambda u: u**4, 2 * x + 1) * _derivative(lambda t: 2 * t + 1, x),
        ),
        lambda x: 8 * (2 * x + 1) ** 3,
    ),
)


def rules(x: float = 0.5, table: Sequence[Rule] = RULES) -> Section:
    """The sum, product, quotient and chain rules, each side computed numerically."""
    rows = []
    for rule in table:
        for label, side in (rule.left, rule.right):
            rows.append(_compare(f"{rule.name}: {label}", side(x), rule.analytic(x)))
    return Section(
        "The rules of differentiation",
        (
            f"f(x) = sin x and g(x) = x^2 + 1 at x = {x:g}. The left side of each rule is the difference "
            "quotient of the combined function; the right side combines the difference quotients of its "
            "parts.",
            Comparisons(tuple(rows)),
        ),
    )


# ---- section 3: partial derivatives, the gradient, the Jacobian


def _square_of_sum(x: Any) -> Any:
    return (x[0] + 2 * x[1] ** 3) ** 2


def _mixed_powers(x: Any) -> Any:
    return x[0] ** 2 * x[1] + x[0] * x[1] ** 3


def _curve(t: Any) -> Any:
    return np.array([t**2, np.sin(t), np.exp(t)])


def _map(x: Any) -> Any:
    return np.array([x[0] * x[1], x[0] + x[1] ** 2, np.exp(x[0] - x[1])])


MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def partials(x: float = 2.0, y: float = 1.0) -> Section:
    """Partial derivatives, the gradient as a row, columns and matrices, with their shapes."""
    point = np.array([x, y])
    slope_1 = (2 * (x + 2 * y**3), 12 * (x + 2 * y**3) * y**2)
    slope_2 = (2 * x * y + y**3, x**2 + 3 * x * y**2)
    held = (
        _compare("d/dx (x + 2y^3)^2", _derivative(lambda t: _square_of_sum((t, y)), x), slope_1[0]),
        _compare("d/dy (x + 2y^3)^2", _derivative(lambda t: _square_of_sum((x, t)), y), slope_1[1]),
    )

    gradient = numdiff.gradient(_mixed_powers, point, method="central", accuracy=2)
    row = _jacobian(_mixed_powers, point)
    of_gradient = Measured(np.asarray(gradient, dtype=np.float64), row.allowed[0])
    names = [f"d/dx{j + 1} (x1^2 x2 + x1 x2^3)" for j in range(2)]
    gradients = (
        Comparison("gradient, of the shape of x", gradient.shape, (2,), 0.0),
        *_compare_entries(names, of_gradient, slope_2),
        Comparison("Jacobian of f, a 1 x D row", row.value.shape, (1, 2), 0.0),
        *_compare_entries(names, row, [slope_2]),
    )

    column = _jacobian(_curve, x)
    columns = (
        Comparison("Jacobian of the curve, an E x 1 column", column.value.shape, (3, 1), 0.0),
        *_compare_entries(
            [f"d{part}/dt" for part in ("(t^2)", "(sin t)", "(e^t)")],
            column,
            [[2 * x], [math.cos(x)], [math.exp(x)]],
        ),
    )

    matrix = _jacobian(_map, point)
    e = math.exp(x - y)
    matrices = (
        Comparison("Jacobian of F, an E x D matrix", matrix.value.shape, (3, 2), 0.0),
        *_compare_entries(
            [f"dF{i + 1}/dx{j + 1}" for i in range(3) for j in range(2)],
            matrix,
            [[y, x], [1, 2 * y], [e, -e]],
        ),
    )

    linear = _jacobian(lambda v: MATRIX @ v, np.array([x, y, 1.0]))
    constants = (
        Comparison("Jacobian of v -> A v, E x D", linear.value.shape, (2, 3), 0.0),
        *_compare_entries([f"A{i + 1}{j + 1}" for i in range(2) for j in range(3)], linear, MATRIX),
    )
    return Section(
        "Partial derivatives, gradients, Jacobians",
        (
            f"A partial derivative varies one variable and holds the others fixed. At (x, y) = ({x:g}, {y:g}):",
            Comparisons(held),
            f"The gradient collects the partial derivatives. At (x1, x2) = ({x:g}, {y:g}); in numerator "
            "layout, one row for each output and one column for each input, it is the 1 x D Jacobian of f: "
            "R^D -> R:",
            Comparisons(gradients),
            f"A curve, R -> R^E, has a column of derivatives. For t -> (t^2, sin t, e^t) at t = {x:g}:",
            Comparisons(columns),
            f"F(x1, x2) = (x1 x2, x1 + x2^2, e^(x1 - x2)) at ({x:g}, {y:g}) has a matrix, one row for each output:",
            Comparisons(matrices),
            "The Jacobian of a linear map is its own matrix, wherever it is taken; here A = (1 2 3; 4 5 6):",
            Comparisons(constants),
        ),
    )


# ---- section 4: the chain rule as a product of Jacobians


def _outer(x: Any) -> Any:
    return x[0] ** 2 + 2 * x[1]


def _circle(t: Any) -> Any:
    return np.array([np.sin(t), np.cos(t)])


def _polar(p: Any) -> Any:
    return np.array([p[0] * np.cos(p[1]), p[0] * np.sin(p[1])])


def _product_in_print(factors: Sequence[tuple[str, Vector]]) -> Verbatim:
    """Matrices side by side, `A . B = C`, each under its name."""
    height = max(len(matrix) for _, matrix in factors)
    blocks = []
    for k, (name, matrix) in enumerate(factors):
        operator = ("", " . ", " = ")[k]
        body = ["[ " + "  ".join(f"{v:9.6f}" for v in row) + " ]" for row in matrix]
        width = max(len(name), len(body[0]))
        lines = [name.center(width), *(line.center(width) for line in body)]
        lines += [" " * width] * (height + 1 - len(lines))
        blocks.append([(operator if i == 1 else " " * len(operator)) + line for i, line in enumerate(lines)])
    return Verbatim(tuple("  " + "".join(parts).rstrip() for parts in zip(*blocks, strict=True)))


def chain(t: float = 0.75, s: float = 1.5) -> Section:
    """The chain rule: the Jacobian of a composition is the product of the Jacobians."""
    inner = _jacobian(_circle, t)
    outer = _jacobian(_outer, _circle(t))
    product = outer @ inner
    whole = _jacobian(lambda u: _outer(_circle(u)), t)
    analytic = [[2 * math.sin(t) * (math.cos(t) - 1)]]
    along_curve = (
        Comparison("shape of the product, (1 x 2)(2 x 1)", product.value.shape, (1, 1), 0.0),
        *_compare_entries(["df/dt, of the composition"], whole, analytic),
        *_compare_entries(["df/dt, product of Jacobians"], product, analytic),
    )

    point = np.array([s, t])
    inner_2 = _jacobian(_polar, point)
    outer_2 = _jacobian(_outer, _polar(point))
    product_2 = outer_2 @ inner_2
    whole_2 = _jacobian(lambda p: _outer(_polar(p)), point)
    analytic_2 = [
        [
            2 * s * math.cos(t) ** 2 + 2 * math.sin(t),
            -2 * s**2 * math.cos(t) * math.sin(t) + 2 * s * math.cos(t),
        ]
    ]
    over_plane = (
        Comparison("shape of the product, (1 x 2)(2 x 2)", product_2.value.shape, (1, 2), 0.0),
        *_compare_entries(["df/ds, of the composition", "df/dt, of the composition"], whole_2, analytic_2),
        *_compare_entries(["df/ds, product of Jacobians", "df/dt, product of Jacobians"], product_2, analytic_2),
    )
    return Section(
        "The chain rule as a product of Jacobians",
        (
            f"f(x1, x2) = x1^2 + 2 x2 with x1 = sin t, x2 = cos t at t = {t:g}. The composition t -> "
            "f(x(t)) has the derivative df/dx dx/dt = 2 sin t (cos t - 1). The Jacobians, computed one by "
            "one:",
            _product_in_print(
                [
                    ("df/dx (1 x 2)", outer.value),
                    ("dx/dt (2 x 1)", inner.value),
                    ("df/dt (1 x 1)", product.value),
                ]
            ),
            Comparisons(along_curve),
            f"The same f with x1 = s cos t, x2 = s sin t at (s, t) = ({s:g}, {t:g}): two inner variables, "
            "so the inner Jacobian is 2 x 2 and the product a 1 x 2 row:",
            _product_in_print(
                [
                    ("df/dx (1 x 2)", outer_2.value),
                    ("dx/d(s,t) (2 x 2)", inner_2.value),
                    ("df/d(s,t) (1 x 2)", product_2.value),
                ]
            ),
            Comparisons(over_plane),
        ),
    )


# ---- section 5: a fit to measured data


@dataclass(frozen=True)
class Fit:
    """A least-squares problem of the NIST Statistical Reference Datasets with its certified solution.

    Certified values are correctly rounded to `digits` significant digits.
    """

    source: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]
    parameters: tuple[float, ...]
    standard_errors: tuple[float, ...]
    sum_of_squares: float
    digits: int = 11

    def half_unit(self, certified: float) -> float:
        """Half a unit in the last digit of a certified value."""
        return 0.5 * 10.0 ** (math.floor(math.log10(abs(certified))) + 1 - self.digits)


# NIST's file gives 9 degrees of freedom, but its residual standard deviation, 28.262414662 =
# sqrt(8786.4049080 / 11), and its standard deviations of the parameters are those of 15 - 4 = 11.
RAT43 = Fit(
    source="NIST Statistical Reference Datasets (StRD), nonlinear regression, Rat43 (Ratkowsky3), level of "
    "difficulty: higher, https://www.itl.nist.gov/div898/strd/nls/data/ratkowsky3.shtml; data from D. A. "
    "Ratkowsky, Nonlinear Regression Modeling, Marcel Dekker 1983, pp. 62 and 88",
    x=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    y=(
        *(16.08, 33.83, 65.80, 97.20, 191.55, 326.20, 386.87, 520.53),
        *(590.03, 651.92, 724.93, 699.56, 689.96, 637.56, 717.41),
    ),
    starts=((100.0, 10.0, 1.0, 1.0), (700.0, 5.0, 0.75, 1.3)),
    parameters=(6.9964151270e02, 5.2771253025e00, 7.5962938329e-01, 1.2792483859e00),
    standard_errors=(1.6302297817e01, 2.0828735829e00, 1.9566123451e-01, 6.8761936385e-01),
    sum_of_squares=8.7864049080e03,
)


def growth(b: Any, x: Any) -> Any:
    """Sigmoidal growth, b1 / (1 + exp(b2 - b3 x))^(1/b4)."""
    return b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3])


def growth_jacobian(b: Any, x: Any) -> Any:
    """The Jacobian of `growth` with respect to b, by hand."""
    y = growth(b, x)
    e = np.exp(b[1] - b[2] * x)
    share = e / (1 + e) / b[3]
    return np.stack([y / b[0], -y * share, y * x * share, y * np.log1p(e) / b[3] ** 2], axis=-1)


def fit(problem: Fit = RAT43) -> Section:
    """NIST's Rat43: the Jacobian of the residuals, and a least-squares fit that uses it."""
    from scipy.optimize import least_squares  # type: ignore[import-untyped]

    x, y = np.array(problem.x, dtype=np.float64), np.array(problem.y)
    certified = np.array(problem.parameters)
    freedom = len(y) - len(certified)

    def residuals(b: Any) -> Any:
        return growth(b, x) - y

    lengths = np.array([certified[0], 1.0, 1 / x.mean(), certified[3] / 2])
    # The terms of the residuals are rounded, not the small differences they leave.
    size = np.maximum(_reach(lambda b: growth(b, x), certified, lengths), np.abs(y)[:, np.newaxis])
    measured = _jacobian(residuals, certified, lengths, size)
    by_hand = growth_jacobian(certified, x)
    outputs, inputs = by_hand.shape
    shape = Comparison(f"shape of the Jacobian, {outputs} x {inputs}", measured.value.shape, by_hand.shape, 0.0)
    names = [f"dr/db{j + 1} at x = {x_i:g}" for x_i in problem.x for j in range(inputs)]
    entries = _compare_entries(names, measured, by_hand)
    # One line for each parameter: the observation that comes closest to its allowed error.
    worst = tuple(max(entries[j::inputs], key=_exhausted) for j in range(inputs))
    agreeing = Comparison("entries that agree", float(sum(c.agrees for c in entries)), float(len(entries)), 0.0)

    rows = tuple(
        (f"{x_i:g}", f"{y_i:.2f}", f"{y_i + r_i:.2f}", f"{r_i:+.2f}", "|" + "o".rjust(round(y_i / 15)))
        for x_i, y_i, r_i in zip(problem.x, problem.y, residuals(certified), strict=True)
    )
    width = max(len(row[-1]) for row in rows)
    data = Table(
        ("x", "y", "model", "model - y", "y".center(width)),
        tuple((*row[:-1], row[-1].ljust(width)) for row in rows),
    )
    recomputed = Comparison(
        "sum of squares",
        float(np.sum(residuals(certified) ** 2)),
        problem.sum_of_squares,
        problem.half_unit(problem.sum_of_squares),
    )
    parts: list[str | Table | Comparisons | Verbatim] = [
        "The model b1 / (1 + exp(b2 - b3 x))^(1/b4) for the dry weight y of onions after time x, and 15 observations.",
        f"Source: {problem.source}.",
        "The data, and the model at the certified parameters:",
        data,
        "The residuals at the certified parameters must give the certified sum of squares to its last digit:",
        Comparisons((recomputed,), names=("computed", "certified")),
        "The Jacobian of the 15 residuals r = model - y, by numdiff and by hand; of each column the entry "
        "that comes closest to its allowed error. A parameter varies over its own length L: b1 itself, 1 "
        "for b2 in the exponent, 1/8 for b3, which x (8 on average) multiplies there, and b4/2, since 1/b4 "
        "has a pole at 0:",
        Comparisons((shape, *worst, agreeing)),
    ]

    parts.append(
        "The fit: scipy.optimize.least_squares with jac by numdiff. Near its minimum the sum of squares is "
        f"flat: within sqrt(eps (n - p)) = {math.sqrt(EPS * freedom):.1e} standard errors of it, the change "
        f"is lost in rounding. {SAFETY:g} times that, and half a unit of the certified value's last digit, "
        "is allowed:"
    )
    flat = SAFETY * math.sqrt(EPS * freedom)
    jac = functools.partial(numdiff.jacobian, residuals, method="central")
    for number, start in enumerate(problem.starts, 1):
        tight = 4 * EPS
        result = least_squares(residuals, start, jac=jac, method="lm", ftol=tight, xtol=tight, gtol=tight)
        final = jac(result.x)
        variance = 2 * result.cost / freedom
        errors = np.sqrt(variance * np.diag(np.linalg.inv(final.T @ final)))
        rows_of_fit = [
            Comparison(f"b{j + 1}", float(b), c, flat * s + problem.half_unit(c))
            for j, (b, c, s) in enumerate(zip(result.x, problem.parameters, problem.standard_errors, strict=True))
        ]
        rows_of_fit += [
            Comparison(f"standard error of b{j + 1}", float(b), s, flat * s + problem.half_unit(s))
            for j, (b, s) in enumerate(zip(errors, problem.standard_errors, strict=True))
        ]
        total = Comparison("sum of squares", float(2 * result.cost), problem.sum_of_squares, recomputed.tolerance)
        parts += [
            f"From NIST's start {number}, b = ({', '.join(f'{b:g}' for b in start)}), after {result.nfev} "
            f"evaluations of the residuals and {result.njev} of the Jacobian:",
            Comparisons((*rows_of_fit, total), names=("fitted", "certified"), digits=True),
        ]
    return Section("A fit to measured data: Rat43 of NIST", tuple(parts))


SECTIONS: tuple[Callable[[], Section], ...] = (limit, rules, partials, chain, fit)


# ---- printing


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _decimals(comparison: Comparison) -> int:
    """Decimals that show the tolerance and two digits below it, as far as a double has them."""
    value = comparison.analytic
    if isinstance(value, tuple) or not (math.isfinite(value) and 0 < comparison.tolerance < math.inf):
        return 0
    leading = math.floor(math.log10(abs(value))) if value else 0
    return max(0, min(2 - math.floor(math.log10(comparison.tolerance)), 15 - leading))


def _value(value: float | tuple[int, ...], decimals: int) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(map(str, value)) + (",)" if len(value) == 1 else ")")
    return f"{value:.{decimals}f}"


def _aligned(texts: Sequence[str]) -> list[str]:
    """Numbers padded on the right so that their decimal points meet; other texts stay at the right edge."""
    tails = [len(text) - text.index(".") if "." in text else None for text in texts]
    longest = max((tail for tail in tails if tail is not None), default=0)
    return [text if tail is None else text + " " * (longest - tail) for text, tail in zip(texts, tails, strict=True)]


def _lines(table: Table) -> list[str]:
    widths = [max(map(len, column)) for column in zip(table.header, *table.rows, strict=True)]
    lines = []
    for row in (table.header, tuple("-" * width for width in widths), *table.rows):
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def _agreeing_digits(comparison: Comparison, most: int = 11) -> str:
    if isinstance(comparison.analytic, tuple) or comparison.analytic == 0 or math.isnan(comparison.error):
        return "-"
    relative = comparison.error / abs(comparison.analytic)
    return f"{min(max(-math.log10(relative), 0), most):.1f}" if relative > 0 else f"{most:.1f}"


def _as_table(block: Comparisons) -> Table:
    decimals = [_decimals(c) for c in block.rows]
    columns = [
        [c.quantity for c in block.rows],
        _aligned([_value(c.numerical, d) for c, d in zip(block.rows, decimals, strict=True)]),
        _aligned([_value(c.analytic, d) for c, d in zip(block.rows, decimals, strict=True)]),
        [f"{c.error:.1e}" if c.error else "0" for c in block.rows],
        [f"{c.tolerance:.1e}" if c.tolerance else "0" for c in block.rows],
        *([[_agreeing_digits(c) for c in block.rows]] if block.digits else []),
        ["yes" if c.agrees else "NO" for c in block.rows],
    ]
    header = ("", *block.names, "error", "allowed", *(["digits"] if block.digits else []), "agree")
    return Table(header, tuple(zip(*columns, strict=True)))


def _part_lines(part: str | Table | Comparisons | Verbatim) -> list[str]:
    if isinstance(part, str):
        return _paragraph(part)
    if isinstance(part, Verbatim):
        return list(part.lines)
    return _lines(_as_table(part) if isinstance(part, Comparisons) else part)


INTRODUCTION = (
    f"numdiff {numdiff.__version__}: a tour of numerical differentiation",
    "Every derivative below is computed by calling the function and nothing else, and is set beside its "
    "analytic value. 'allowed' is the error that theory grants a difference quotient of order p with step "
    f"h, {SAFETY:g} [(S/L) (h/L)^p + eps S/h]: truncation and round-off, where S is the size of the "
    "function near x, L the length over which it varies (1 unless the text says otherwise), p = 2 (central "
    f"differences) unless the text says otherwise, and eps = {EPS:.1e}.",
)


def run(stream: TextIO, sections: Iterable[Callable[[], Section]] = SECTIONS) -> bool:
    """Compute and print the sections, each as soon as it is there, and count what agreed.

    Parameters
    ----------
    stream : text stream
        Where to print.
    sections : iterable of callables
        Each computes and returns one `Section`.

    Returns
    -------
    bool
        Whether every comparison agreed.

    Examples
    --------
    >>> import io
    >>> def squares() -> Section:
    ...     slope = numdiff.derivative(lambda x: x**2, 3.0, method="central")
    ...     return Section("Squares", (Comparisons((Comparison("d/dx x^2", slope, 6.0, 1e-8),)),))
    >>> out = io.StringIO()
    >>> run(out, [squares])
    True
    >>> print(out.getvalue().splitlines()[-1])
    1 of 1 comparisons agree.
    """

    def write(lines: Iterable[str]) -> None:
        stream.write("".join(line + "\n" for line in lines) + "\n")
        stream.flush()

    for paragraph in INTRODUCTION:
        write(_paragraph(paragraph))
    agreeing = total = 0
    for number, compute in enumerate(sections, 1):
        section = compute()
        title = f"{number}. {section.title}"
        write([title, "=" * len(title)])
        for part in section.parts:
            write(_part_lines(part))
        results = [c.agrees for c in section.comparisons]
        agreeing, total = agreeing + sum(results), total + len(results)
    stream.write(f"{agreeing} of {total} comparisons agree.\n")
    stream.flush()
    return agreeing == total
