"""The options of every public function: declared, documented and checked here, and nowhere else.

A group of options is a TypedDict, whose entries say type, default and meaning. `public` gives a function that takes
``**options`` of a group their signature and their documentation. A new option is a new entry.
"""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypedDict, TypeVar

import numpy as np

from numdiff._kernels.fixed_step import FixedStep
from numdiff._kernels.function import Function
from numdiff._kernels.lines import Lines
from numdiff._kernels.method import Method
from numdiff._kernels.plain import require_plain
from numdiff._kernels.rounds import Adaptive
from numdiff._kernels.stencil import MAX_ACCURACY

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "CheckOptions",
    "Derivative",
    "Differentiable",
    "DirectedOptions",
    "LineOptions",
    "Options",
    "TaylorOptions",
    "adaptive",
    "as_function",
    "as_lines",
    "as_point",
    "complete",
    "integer_between",
    "method_of",
    "public",
    "refuse_other_side",
    "refuse_unknown",
    "tolerance",
]

MethodName: TypeAlias = Literal["richardson", "central", "forward", "backward"]
# What users give: f, and its derivative, True if f returns it as well.
Differentiable: TypeAlias = Callable[..., Any] | Function
Derivative: TypeAlias = Callable[..., Any] | Literal[True]
Vector: TypeAlias = np.ndarray[Any, Any] | None
Callee = TypeVar("Callee", bound=Callable[..., Any])


class Option:
    """What signatures and documentation say of an option."""

    def __init__(self, default: Any, type: str, text: str) -> None:
        self.default, self.type, self.text = default, type, text


# --------------------------------------------------------------------------- the options


class MethodOptions(TypedDict, total=False):
    """By which method."""

    method: Annotated[
        MethodName,
        Option(
            "richardson",
            '{"richardson", "central", "forward", "backward"}',
            """By default the adaptive method: it chooses its steps, extrapolates, and gives an error bound. The others
            are difference quotients with one fixed step and no bound: symmetric about x, on x and to its right, on x
            and to its left.""",
        ),
    ]
    accuracy: Annotated[
        int | None,
        Option(
            None,
            "int",
            """Fixed step only: order p of the truncation error, which is proportional to ``step**p``: 1 to 8; 2, 4, 6
            or 8 for "central". By default 2 for "central", 1 for the others.""",
        ),
    ]
    scale: Annotated[
        "ArrayLike | None",
        Option(
            None,
            "float or array_like",
            """Fixed step only: typical size of x, in its units, by default 1, which keeps the step from vanishing with
            x. It only makes steps larger; where f changes over less than max(abs(x), 1), give `step`. Without it the
            steps of accuracies above the default are shorter: they suit any f that changes over max(abs(x), 1) or over
            a 64th of that.""",
        ),
    ]


class StepOptions(TypedDict, total=False):
    """At which scale."""

    step: Annotated[
        "ArrayLike | None",
        Option(
            None,
            "float or array_like",
            """In the units of x; broadcast to x. Adaptive: the first step to try, if you know the length over which f
            changes. Fixed: distance between the points of the quotient, by default ``c * max(abs(x), scale)``, where c
            minimises truncation plus round-off of an f of unit scale, or, for accuracies above the default and no
            `scale`, of the worst f whose scale is between 1 and 1/64.""",
        ),
    ]


class DomainOptions(TypedDict, total=False):
    """Where f may be evaluated."""

    bounds: Annotated[
        Any,
        Option(
            None,
            "(lb, ub), object with ``lb`` and ``ub``, or list of pairs",
            """f is never evaluated outside [lb, ub], each a number or broadcast to x, or None for no bound. Or a pair
            (lower, upper) for each variable of an x of one dimension, as for scipy.optimize.minimize; for two variables
            ``[(0, 1), (2, 3)]`` may mean either, and is refused. Near a bound the adaptive method works with what there
            is, on one side if need be; a fixed step goes to the other side, shrinks, or becomes one-sided with the same
            accuracy, whichever errs least.""",
        ),
    ]
    side: Annotated[
        Any,
        Option(
            None,
            '{"left", "right", None}, or array_like of these and "both"',
            """The derivative from the left or from the right: the limit of ``(f(x + h) - f(x)) / h`` over h < 0, or
            over h > 0, such as -1 and 1 for abs(x) at 0; broadcast to x. f is never evaluated on the other side, as if
            x were a bound. By default, and for entries that are None or "both", both sides count. For orders above 1 it
            is the derivative of f as it goes on from x to that side. An entry with a bound has the status ONE_SIDED,
            one without EDGE. A "central" quotient becomes one-sided with the same accuracy.""",
        ),
    ]


class ToleranceOptions(TypedDict, total=False):
    """How well."""

    rtol: Annotated[
        float | None,
        Option(
            None,
            "float",
            """Adaptive only: stop as soon as the bound is below ``max(rtol * abs(value), atol)``. By default 0: as
            good as can be had. With rtol=1e-8 a first derivative takes 9 evaluations in the median instead of 19.
            Verification may leave a bound a little above what was asked, and rounding may allow no better.""",
        ),
    ]
    atol: Annotated[float | None, Option(None, "float", "As `rtol`, in the units of the derivative.")]


class BudgetOptions(TypedDict, total=False):
    """How often."""

    max_nfev: Annotated[
        int | None,
        Option(
            None,
            "int",
            """Adaptive only: most evaluations of f in the whole call. Entries that are not finished then have the
            status BUDGET.""",
        ),
    ]


class KnownOptions(TypedDict, total=False):
    """What is known beforehand."""

    f0: Annotated[
        "ArrayLike | None",
        Option(
            None,
            "float or array_like",
            """f(x), if it is known, of f's shape; for `derivative` of the shape of x. It saves its evaluation, where
            the method makes one (all but "central" with an odd order).""",
        ),
    ]


class NoiseOptions(TypedDict, total=False):
    """How exactly f is known."""

    noise: Annotated[
        "ArrayLike | None",
        Option(
            None,
            "float or array_like",
            """The absolute accuracy to which f is known, as a tolerance that it is computed to, or half the unit of its
            last decimal; broadcast to f's shape, for functions of one number to that of x. By default what `Function`
            says, if f is one. It is the least noise in every bound: noise a changes a difference quotient over the
            distance h by a/h. What f shows beyond that is measured all the same. A fixed step that is not given is the
            best for f with a relative error of ``max(noise) / max(abs(f(x)))``, 1 at most, which takes f(x).""",
        ),
    ]


class CallOptions(TypedDict, total=False):
    """How f is called."""

    vectorized: Annotated[
        bool, Option(False, "bool", "Whether f takes many points in one call, as `Function` describes.")
    ]
    args: Annotated[tuple[Any, ...], Option((), "tuple", "Further arguments of f.")]
    kwargs: Annotated[Mapping[str, Any] | None, Option(None, "mapping", "Keyword arguments of f.")]


class RuleOptions(TypedDict, total=False):
    """By which rules a derivative is judged."""

    resolution: Annotated[
        float, Option(1e-4, "float", "Size of the errors, relative to the entry's scale, that a pass excludes.")
    ]
    rtol: Annotated[
        float | None,
        Option(
            None,
            "float",
            """What is allowed for the rounding of the analytic values: ``rtol * scale + atol``. By default
            ``eps**0.75`` of the type that they are returned in: 1.8e-12 for float64, 6.4e-6 for float32.""",
        ),
    ]
    atol: Annotated[float, Option(0.0, "float", "As `rtol`, in the units of the derivative.")]
    allow_subgradient: Annotated[
        bool,
        Option(
            False,
            "bool",
            "Whether a value between the slopes on both sides of a kink is a pass instead of inconclusive.",
        ),
    ]


class DirectionOptions(TypedDict, total=False):
    """What is compared."""

    directions: Annotated[
        int | Literal["auto"] | None,
        Option(
            None,
            'int or "auto"',
            """Compare directional derivatives along so many random directions instead of every entry: for large n.
            "auto": every entry up to n = 500, 8 directions beyond; a note in the report says which.""",
        ),
    ]


class TaylorOptions(
    StepOptions, DomainOptions, ToleranceOptions, BudgetOptions, KnownOptions, NoiseOptions, CallOptions, total=False
):
    """Those of the adaptive method."""


class Options(MethodOptions, TaylorOptions, total=False):
    """Those of every function that differentiates."""


class CheckOptions(RuleOptions, StepOptions, DomainOptions, BudgetOptions, NoiseOptions, CallOptions, total=False):
    """Those of every check of a derivative."""


class DirectedOptions(
    RuleOptions, DirectionOptions, StepOptions, DomainOptions, BudgetOptions, NoiseOptions, CallOptions, total=False
):
    """Those of the checks of functions of an array."""


class LineOptions(DomainOptions, NoiseOptions, CallOptions, total=False):
    """Those of the Taylor test."""


@cache
def options_of(group: Any) -> dict[str, Option]:
    """What a group says of each of its options."""
    return {name: said.__metadata__[0] for name, said in group.__annotations__.items()}


def public(group: Any, module: str = "numdiff") -> Callable[[Callee], Callee]:
    """Give a function of ``**options`` the signature and the documentation of its options, and its public address."""
    options = options_of(group)

    def decorate(f: Callee) -> Callee:
        signature = inspect.signature(f)
        own = [p for p in signature.parameters.values() if p.kind != p.VAR_KEYWORD]
        last = [p for p in own if p.name == "full_output"]
        keywords = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option.default)
            for name, option in options.items()
        ]
        parameters = [p for p in own if p not in last] + keywords + last
        f.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        f.__module__ = module
        if f.__doc__:
            # from Python 3.13 on the compiler takes the indentation away
            indent = "    " if "\n    **options\n" in f.__doc__ else ""
            f.__doc__ = f.__doc__.replace(f"\n{indent}**options\n", f"\n{documentation(options, indent)}")
        return f

    return decorate


def documentation(options: dict[str, Option], indent: str) -> str:
    """The options as numpydoc has it, indented as the docstring is."""
    lines = []
    for name, option in options.items():
        lines.append(f"{indent}{name} : {option.type}, optional")
        lines += [f"{indent}    {line.strip()}" for line in option.text.splitlines()]
    return "".join(f"{line}\n" for line in lines)


def refuse_unknown(function: str, given: Any, group: Any, *own: str) -> None:
    """TypeError for an option that there is not, with the name that was meant; `own` are the function's other names."""
    options = options_of(group)
    for name in given:
        if name not in options:
            from difflib import get_close_matches  # here, because importing it takes as long as all kernels

            near = get_close_matches(name, [*options, *own], 1)
            meant = f"; did you mean {near[0]!r}?" if near else f"; it takes {', '.join([*options, *own])}"
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{meant}")


def complete(function: str, given: Any, group: Any, *others: str) -> dict[str, Any]:
    """All options of a group, those that were not given with their defaults."""
    refuse_unknown(function, given, group, *others)
    defaults = {name: option.default for name, option in options_of(group).items()}
    return {**defaults, **given}


# --------------------------------------------------------------------------- the arguments


SIDES = {"right": 1, "left": -1, "both": 0, None: 0}
METHODS = ("richardson", "central", "forward", "backward")
DOUBLE = np.dtype(np.float64)

WHY_NOT = {
    "b": "booleans cannot be displaced",
    "c": "derivatives with respect to complex variables are not supported; pass real and imaginary part",
    "O": "objects are not converted, since precision could get lost; pass float64",
    "S": "not a number",
    "U": "not a number",
    "M": "convert dates to numbers first",
    "m": "convert time spans to numbers first",
    "V": "structured arrays are not numbers",
    "T": "not a number",
}


def as_function(
    f: Callable[..., Any] | Function, vectorized: bool, args: tuple[Any, ...], kwargs: Mapping[str, Any] | None
) -> Function:
    """The `Function` to differentiate, from what the user gave."""
    if type(f) is Function:
        if vectorized or type(args) is not tuple or args or kwargs is not None:
            raise TypeError(
                "vectorized, args and kwargs belong to the Function when f is one; "
                f"got vectorized={vectorized!r}, args={args!r}, kwargs={kwargs!r} beside {f!r}"
            )
        return f
    return Function(f, vectorized, args, kwargs)


def as_point(x: Any) -> np.ndarray[Any, Any]:
    """x as a float64 or float32 array."""
    require_plain(x, "x")
    try:
        point = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"x must be a number or a rectangular array of numbers; got {x!r}") from error
    dtype = point.dtype
    if dtype is DOUBLE:
        return point
    if dtype.type in (np.float64, np.float32):
        return point.astype(dtype.type, copy=False)
    if dtype.kind in "iu":
        return point.astype(np.float64)
    if dtype.kind == "f":
        reason = "half precision is too coarse" if dtype.itemsize == 2 else "kernels compute in float64"
    else:
        reason = WHY_NOT.get(dtype.kind, "not a number")
        if dtype.kind == "O" and all(type(number) in (int, float) for number in point.flat):
            reason = "integers beyond 64 bits are not converted, since precision could get lost; pass float64"
    raise TypeError(f"x must hold float64, float32 or integers; got dtype {dtype}: {reason}")


def integer_between(value: Any, low: int, high: int, name: str) -> int:
    """An integer argument within its range."""
    try:
        if isinstance(value, np.bool):
            # before 2.3 numpy took it for an integer
            raise TypeError
        number = value.__index__()
    except (AttributeError, TypeError):
        raise TypeError(f"{name} must be an integer from {low} to {high}; got {value!r}") from None
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"{name} must be an integer from {low} to {high}; got {value!r}")
    return int(number)


def method_of(function: str, x: np.ndarray[Any, Any], given: dict[str, Any]) -> Method:
    """The method that the options ask for, but for `bounds`, those of `CallOptions` and f0."""
    refuse_unknown(function, given, Options, *(["order"] if function == "derivative" else []), "full_output")
    method = given.get("method", "richardson")
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(map(repr, METHODS))}; got {method!r}")
    if method == "richardson":
        for name in ("accuracy", "scale"):
            if given.get(name) is not None:
                raise TypeError(
                    f"{name} belongs to the fixed-step methods; method='richardson' finds it by itself; "
                    f"got {name}={given[name]!r}"
                )
        return adaptive(x, *map(given.get, ("step", "rtol", "atol", "max_nfev")))
    for name in ("rtol", "atol", "max_nfev"):
        if given.get(name) is not None:
            raise TypeError(
                f"{name} belongs to method='richardson', which adapts; got {name}={given[name]!r}, {method=}"
            )
    accuracy = given.get("accuracy")
    if accuracy is not None:
        accuracy = integer_between(accuracy, 1, MAX_ACCURACY, "accuracy")
        if method == "central" and accuracy % 2:
            raise ValueError(f"accuracy must be even (2, 4, 6 or 8) for method='central'; got {accuracy}")
    step, scale = _positive(given.get("step"), x, "step"), _positive(given.get("scale"), x, "scale")
    return FixedStep(str(method), accuracy, step, scale)


def adaptive(x: np.ndarray[Any, Any], step: Any, rtol: Any, atol: Any, max_nfev: Any) -> Adaptive:
    """The adaptive method with these options, None where they are not given."""
    return Adaptive(
        _positive(step, x, "step"),
        0.0 if rtol is None else tolerance(rtol, "rtol"),
        0.0 if atol is None else tolerance(atol, "atol"),
        0 if max_nfev is None else integer_between(max_nfev, 1, sys.maxsize, "max_nfev"),
    )


def as_lines(x: np.ndarray[Any, Any], pointwise: bool, bounds: Any, side: Any = None) -> Lines:
    """All axes through a point, or through points, within bounds and on the sides that are asked for."""
    lower, upper = _bounds(bounds, x)
    if side is not None:
        sides, values = _sides(side, x), x.reshape(-1).astype(np.float64)
        lower = np.where(sides > 0, values, -np.inf if lower is None else lower)
        upper = np.where(sides < 0, values, np.inf if upper is None else upper)
    return Lines(x, pointwise, lower, upper)


def refuse_other_side(method: Any, side: Any, x: np.ndarray[Any, Any]) -> None:
    """ValueError for a quotient on one side of x where the other is asked for."""
    own = {"forward": 1, "backward": -1}.get(method) if isinstance(method, str) else None
    if side is not None and own is not None and (_sides(side, x) == -own).any():
        raise ValueError(
            f"side must be {'right' if own > 0 else 'left'!r} or None for method={method!r}, which takes points there; "
            f"got side={side!r}"
        )


def _sides(side: Any, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The side of every entry of x: 1 the right, -1 the left, 0 both."""
    try:
        if np.ma.is_masked(side):
            raise TypeError
        names = np.asarray(side, dtype=object)
        sides = np.array([SIDES[name] for name in names.reshape(-1)], dtype=np.int8).reshape(names.shape)
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"side must be 'left', 'right' or None, or an array of these and 'both'; got {side!r}"
        ) from None
    try:
        return np.broadcast_to(sides, x.shape).reshape(-1)
    except ValueError:
        raise ValueError(
            f"side must be one side or broadcast to the shape of x, {x.shape}; got shape {names.shape}"
        ) from None


def tolerance(value: Any, name: str) -> float:
    try:
        if isinstance(value, bool | np.bool | str | bytes):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number that is not negative; got {value!r}") from None
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} must be finite and not negative; got {value!r}")
    return number


def _spread(value: Any, x: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    """A real argument broadcast to x, as a vector of float64."""
    require_plain(value, name)
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a real number or an array of them; got {value!r}") from None
    try:
        return np.ascontiguousarray(np.broadcast_to(array, x.shape)).reshape(-1)
    except ValueError:
        raise ValueError(
            f"{name} must be a number or broadcast to the shape of x, {x.shape}; got shape {array.shape}"
        ) from None


def _positive(value: Any, x: np.ndarray[Any, Any], name: str) -> Vector:
    if value is None:
        return None
    array = _spread(value, x, name)
    bad = ~((array > 0) & (array < np.inf))
    if bad.any():
        raise ValueError(f"{name} must be positive and finite; got {array[bad][0]}")
    return array


def _bounds(bounds: Any, x: np.ndarray[Any, Any]) -> tuple[Vector, Vector]:
    if bounds is None:
        return None, None
    low, high = _ends(bounds, x)
    lower = _spread(-np.inf if low is None else low, x, "bounds (lb)")
    upper = _spread(np.inf if high is None else high, x, "bounds (ub)")
    if x.dtype == np.float32:
        # a float32 x on its bound is on it, and a bound beyond float32 is none
        with np.errstate(over="ignore"):
            lower, upper = (bound.astype(np.float32).astype(np.float64) for bound in (lower, upper))
    values = x.reshape(-1)
    for bad, what in (
        (np.isnan(lower) | np.isnan(upper), "bounds must not be NaN; got lb = {lb}, ub = {ub}"),
        (lower > upper, "bounds must satisfy lb <= ub; got lb = {lb}, ub = {ub}"),
        (values < lower, "x must lie within bounds; got x = {x} < lb = {lb}"),
        (values > upper, "x must lie within bounds; got x = {x} > ub = {ub}"),
    ):
        if bad.any():
            i = int(np.argmax(bad))
            where = f" at index {tuple(int(j) for j in np.unravel_index(i, x.shape))}" if x.ndim else ""
            raise ValueError(what.format(x=values[i], lb=lower[i], ub=upper[i]) + where)
    return lower, upper


def _ends(bounds: Any, x: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """lb and ub, in whichever way they were given: by themselves, or in a pair for each variable."""
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        return bounds.lb, bounds.ub
    given = None
    if isinstance(bounds, np.ndarray):
        require_plain(bounds, "bounds")
        given = bounds.tolist() if bounds.ndim else None
    elif isinstance(bounds, Iterable) and not isinstance(bounds, str | bytes | Mapping | Set):
        given = list(bounds)
        require_plain(given, "bounds")
    if given is not None and x.ndim < 2 and len(given) == x.size and all(map(_is_pair, given)):
        low = [-np.inf if pair[0] is None else pair[0] for pair in given]
        high = [np.inf if pair[1] is None else pair[1] for pair in given]
        if x.size == 2:
            return _one_reading(bounds, given, low, high)
        return (low, high) if x.ndim else (low[0], high[0])
    if given is None or len(given) != 2:
        raise TypeError(
            f"bounds must be a pair (lb, ub), an object with .lb and .ub or, for x of one dimension, a pair "
            f"(lower, upper) for each of its {x.size} entries; got {bounds!r}"
        )
    return given[0], given[1]


def _is_pair(given: Any) -> bool:
    if not isinstance(given, list | tuple | np.ndarray) or np.ndim(given) == 0:
        return False
    return len(given) == 2 and all(end is None or np.ndim(end) == 0 for end in given)


def _one_reading(bounds: Any, given: list[Any], low: list[Any], high: list[Any]) -> tuple[Any, Any]:
    """What two pairs mean for two variables: (lb, ub), or `low` and `high` for each.

    A wrong guess would be silent, so that either is taken only where nobody can mean the other: where f could not be
    evaluated anywhere but at x.
    """
    by_ends = isinstance(bounds, tuple) and all(isinstance(ends, list) for ends in bounds)
    if by_ends or (not isinstance(bounds, np.ndarray) and any(isinstance(ends, np.ndarray) for ends in given)):
        return given[0], given[1]
    if any(end is None for ends in given for end in ends):
        return low, high
    lb, ub = (list(ends) for ends in given)
    if lb == ub or [lb, ub] == [low, high]:
        return low, high
    if low == high:
        return lb, ub
    raise ValueError(
        f"bounds must have one meaning; of two variables {bounds!r} may be (lb, ub), or a pair (lower, upper) for "
        f"each. Pass ({lb}, {ub}), a tuple of lists, if lb is {lb} and ub {ub}; pass ({low}, {high}) or "
        f"scipy.optimize.Bounds({low}, {high}) if these are pairs"
    )
