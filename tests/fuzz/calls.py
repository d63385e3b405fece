"""Random calls of the public functions, and their texts."""

import math
import random
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tests.fuzz.functions import complex_text, text

__all__ = ["Call", "random_call"]

FLOAT64 = np.finfo(np.float64)
FUNCTIONS = ("derivative",) * 8 + ("gradient",) * 3 + ("jacobian",) * 4 + ("taylor",) * 2 + ("trace",)
CHECKS = ("check_derivative", "check_gradient", "check_jacobian", "check_hessian", "taylor_test")


@dataclass(frozen=True)
class Call:
    """A call of a public function, apart from how f is watched.

    Attributes
    ----------
    function : str
    outputs : tuple of (str, int)
        Of f: an expression in t, and the entry of x that t is. One only, where f returns a number.
    output_shape : tuple of int or None
        None: f returns a number.
    returned : str
        As what f returns its numbers: "float", "float64", "float32" or "array".
    x : object
    options : dict
    wrapped : bool
        Whether f is given as a `Function`.
    slopes : tuple of (str, int)
        Of the analytic derivative of a check, as `outputs`.
    known : bool
        Whether f(x) is given.
    mistake : str
        The argument that is not as it should be; "" if all are.
    """

    function: str
    outputs: tuple[tuple[str, int], ...]
    output_shape: tuple[int, ...] | None
    returned: str
    x: Any
    options: dict[str, Any] = field(default_factory=dict)
    wrapped: bool = False
    slopes: tuple[tuple[str, int], ...] = ()
    known: bool = False
    mistake: str = ""

    @property
    def pointwise(self):
        """Whether f is a function of one number, of which x may hold many."""
        return self.function in ("derivative", "taylor", "trace", "check_derivative")

    @property
    def is_check(self):
        return self.function in CHECKS

    def __str__(self):
        """Something to paste behind ``from tests.fuzz.functions import *``, but for how f is wrapped."""
        options = "".join(f", {name}={shown(value)}" for name, value in self.options.items())
        analytic = f", {self.body(self.slopes, None)}" if self.is_check else ""
        f = self.body(self.outputs, self.output_shape)
        if self.wrapped:
            f = f"Function({f})"
        known = ", f0=f(x)" if self.known else ""
        returned = "" if self.returned == "float" else f"  # f returns {self.returned}"
        return f"{self.function}({f}{analytic}, {shown(self.x)}{options}{known}){returned}"

    def body(self, outputs, shape):
        if self.pointwise:
            return f"lambda t: {outputs[0][0]}"
        argument = "t" if np.ndim(self.x) == 0 else "x"
        parts = [p if argument == "t" else re.sub(r"\bt\b", f"x.item({i})", p) for p, i in outputs]
        inner = parts[0] if shape is None and len(parts) == 1 else f"[{', '.join(parts)}]"
        return f"lambda {argument}: {inner}"


def shown(value):
    if isinstance(value, np.ndarray):
        dtype = "object" if value.dtype == object else f"np.{value.dtype}"
        return f"np.array({value.tolist()!r}, {dtype})"
    if isinstance(value, np.generic):
        return f"np.{type(value).__name__}({value.item()!r})"
    return repr(value)


# --------------------------------------------------------------------------- x


def random_number(rng):
    """A number of any size, with those at the ends of the range well represented."""
    draw = rng.random()
    if draw < 0.40:
        return rng.uniform(-3, 3)
    if draw < 0.55:
        return float(rng.choice((0, 1, -1, 2, -0.0, 0.5, 100)))
    if draw < 0.80:
        return rng.choice((-1, 1)) * 10.0 ** rng.uniform(-307, 308)
    if draw < 0.86:
        return rng.choice((-1, 1)) * rng.choice((5e-324, 1e-320, 1e-310, 2.3e-308, 3e-308))
    if draw < 0.94:
        return rng.choice((-1, 1)) * rng.choice((float(FLOAT64.max), 1e308, 1.7e308, 9e307, 1e160))
    return rng.choice((math.nan, math.inf, -math.inf))


def random_x(rng, function):
    draw = rng.random()
    if function in ("taylor", "trace") or draw < 0.5:
        shape = ()
    elif draw < 0.9:
        shape = (rng.randint(1, 4),)
    else:
        shape = rng.choice(((0,), (2, 0), (1, 1), (2, 2), (1, 3)))
    numbers = [random_number(rng) for _ in range(math.prod(shape))]
    draw = rng.random()
    if draw < 0.07:
        return np.array([math.trunc(t) % 1000 if math.isfinite(t) else 3 for t in numbers], np.int64).reshape(shape)
    with np.errstate(all="ignore"):
        array = np.array(numbers).reshape(shape).astype(np.float32 if draw < 0.22 else np.float64)
    if shape == () and draw > 0.4:
        return float(array)
    if shape == () and draw > 0.3:
        return array[()]
    return array.tolist() if draw > 0.9 and array.size else array


# --------------------------------------------------------------------------- options


def random_bounds(rng, x):
    """A pair about x, which may leave no room, or next to none, on either side."""
    point = np.asarray(x, np.float64) if np.asarray(x).dtype != np.float32 else np.asarray(x)
    ends = []
    for sign in (-1, 1):
        distance = []
        for t in point.reshape(-1):
            draw, size = rng.random(), abs(float(t)) if math.isfinite(t) and t else 1.0
            if draw < 0.25:
                far = math.inf
            elif draw < 0.5:
                far = 0.0
            elif draw < 0.7:
                far = size * 2.0 ** -rng.randint(40, 53)
            else:
                far = size * 10.0 ** rng.randint(-12, 3)
            with np.errstate(all="ignore"):
                end = float(t) + sign * far if math.isfinite(t) else sign * math.inf
            distance.append(end)
        ends.append(np.array(distance).reshape(point.shape))
    if point.ndim == 0:
        return tuple(float(e) for e in ends)
    if point.size and rng.random() < 0.3 and np.isfinite(point).all():
        return float(ends[0].min()), float(ends[1].max())
    return tuple(ends)


def random_step(rng, x):
    size = float(np.max(np.abs(np.asarray(x, np.float64)), initial=0.0))
    size = size if 0 < size < math.inf else 1.0
    return min(max(rng.choice((size, 1.0)) * 10.0 ** rng.randint(-12, 2), 5e-324), 1e308)


def tolerance(rng):
    return rng.choice((0.0, 1e-12, 1e-8, 1e-4, 1e-2, 0.5, 1e-300, 1e300))


def random_sides(rng, x, method):
    """One side, or one for every entry of x: those that the method has."""
    sides = ["right", None, "both"] if method == "forward" else ["left", None, "both"]
    if method not in ("forward", "backward"):
        sides.append("right")
    if np.ndim(x) == 0 or rng.random() < 0.5:
        return rng.choice(sides)
    return np.array([rng.choice(sides) for _ in range(np.size(x))], dtype=object).reshape(np.shape(x))


def random_noise(rng, shape):
    """One accuracy of f, or one for every output or, for a function of one number, for every point."""
    of_shape = rng.random() < 0.5
    sizes = [rng.choice((0.0, 1e-300, 1e-15, 1e-10, 1e-6, 1e-3, 1.0, 1e300)) for _ in range(math.prod(shape))]
    return np.array(sizes).reshape(shape) if of_shape else sizes[0] if sizes else 1e-6


def random_options(rng, function, x):
    options = {}
    if function in ("derivative", "trace") and rng.random() < 0.6:
        options["order"] = rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10))
    if function == "taylor":
        options["degree"] = rng.randint(0, 10)
    fixed = function in ("derivative", "gradient", "jacobian") and rng.random() < 0.25
    if fixed:
        options["method"] = rng.choice(("central", "forward", "backward"))
        if rng.random() < 0.4:
            options["accuracy"] = rng.randint(1, 4) * 2 if options["method"] == "central" else rng.randint(1, 8)
        if rng.random() < 0.2:
            options["scale"] = 10.0 ** rng.randint(-300, 300)
    if rng.random() < 0.15 and function != "taylor_test":
        options["step"] = random_step(rng, x)
    if rng.random() < 0.3:
        options["bounds"] = random_bounds(rng, x)
    if not fixed and function != "taylor_test":
        for name in ("rtol", "atol"):
            if rng.random() < 0.15:
                options[name] = tolerance(rng)
        if rng.random() < 0.15:
            options["max_nfev"] = rng.choice((1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 60, 100, 300))
    if rng.random() < 0.3:
        options["vectorized"] = True
    if rng.random() < 0.1:
        options["args"] = (np.ones(2), "further")
    if function in ("check_gradient", "check_jacobian", "check_hessian") and rng.random() < 0.25:
        options["directions"] = rng.randint(1, 3)
        options.pop("step", None)
    if function.startswith("check") and rng.random() < 0.1:
        options["allow_subgradient"] = True
    if function in ("derivative", "gradient", "jacobian", "taylor") and rng.random() < 0.6:
        options["full_output"] = True
    return options


# --------------------------------------------------------------------------- f


def random_outputs(rng, function, x):
    """Expressions and the entries of x that they are of, and the shape of what f returns."""
    flat = np.asarray(x, np.float64).reshape(-1)
    size = flat.size
    shape = None
    if function == "jacobian":
        shape = rng.choice((None, (1,), (2,), (3,), (2, 2), (0,)))
    elif function == "check_jacobian":
        shape = rng.choice((None, (1,), (2,)))
    elif function == "check_hessian":
        shape = np.shape(x)
    make = complex_text if rng.random() < 0.08 and function not in ("trace", "taylor_test") else text
    outputs = []
    for _ in range(1 if shape is None else math.prod(shape)):
        i = rng.randrange(size) if size else 0
        outputs.append((make(rng, float(flat[i]) if size else 1.0), i))
    return tuple(outputs), shape


def random_slopes(rng, call):
    """What somebody may have written for the derivative: right only by chance."""
    flat = np.asarray(call.x, np.float64).reshape(-1)
    number = 1 if call.pointwise else len(call.outputs) * max(flat.size, 1 if np.ndim(call.x) == 0 else 0)
    slopes = []
    for _ in range(number):
        i = rng.randrange(flat.size) if flat.size else 0
        x = float(flat[i]) if flat.size else 1.0
        slopes.append((rng.choice(("0.0", "1.0", "t", "nan", text(rng, x), text(rng, x))), i))
    return tuple(slopes)


# What no function that has the argument accepts, at x = 1.
MISTAKES = {
    "x": (
        1j,
        "1",
        None,
        True,
        [1.0, [2.0]],
        np.float16(1),
        np.longdouble(1),
        np.datetime64("2020-01-01"),
        {},
        np.False_,
    ),
    "order": (0, 11, -1, 1.5, "2", None, True, np.True_, math.nan, 10**30, (1,)),
    "degree": (-1, 11, 1.0, "2", None, False, np.True_),
    "method": ("newton", None, 3, b"central", ("central",)),
    "accuracy": (0, 9, -2, 2.0, "2", True),
    "scale": (0.0, -1.0, math.nan, math.inf, "1", 1j, [1.0, 2.0], np.ones((2, 2))),
    "step": (0.0, -1.0, math.nan, math.inf, "1", 1j, True, [1.0, 2.0], np.ones((2, 2))),
    "bounds": (
        (1.0,),
        (math.nan, 2.0),
        (2.0, 0.0),
        (2.0, 3.0),
        (0.0, 0.5),
        3.0,
        "no",
        ("a", "b"),
        (1j, 2.0),
        (0.0, True),
    ),
    "rtol": (True, -1.0, math.nan, math.inf, "small", 1j, (1e-3,), -5e-324),
    "atol": (np.False_, -1.0, math.nan, math.inf, "small", 1j, [], -5e-324),
    "max_nfev": (0, -1, 1.5, "9", True, np.True_, math.inf, 10**30),
    "args": ("further", 3, {}, 1.0, None),
    "kwargs": ("further", 3, [("a", 1)], {1: 2}, ("a",)),
    "noise": (True, np.False_, -1.0, math.nan, math.inf, "small", 1j, -5e-324, [1.0, -1.0], [[1.0], 1.0], {}),
    "side": ("up", "Left", b"left", 1, 0.0, True, ["left", "right"], [], {}),
    "resolution": (0.0, 1.0, -1.0, math.nan, "fine", 1j, None),
    "directions": (0, -1, 1.5, "all", True, 10**30),
    "stepp": (1.0,),
    "vectorised": (True,),
}


def mistaken(rng, call):
    """The call at x = 1, with an argument of which nothing can be made."""
    names = ["x", "step", "bounds", "rtol", "max_nfev", "args", "kwargs", "noise", "side", "stepp", "vectorised"]
    if call.function in ("derivative", "trace"):
        names.append("order")
    elif call.function == "taylor":
        names.append("degree")
    if call.function in ("derivative", "gradient", "jacobian"):
        names += ["method", "accuracy", "scale", "atol"]
    if call.function.startswith("check"):
        names += ["atol", "resolution"]
        if call.function != "check_derivative":
            names.append("directions")
    if call.function == "taylor_test":
        names = ["x", "bounds", "args", "kwargs", "noise", "side", "stepp"]
    name = rng.choice(names)
    value = rng.choice(MISTAKES[name])
    options = {n: v for n, v in call.options.items() if n in ("full_output", "degree")}
    if name in ("accuracy", "scale"):
        options["method"] = "central"
    if name != "x":
        options[name] = value
    outputs = tuple((expression, 0) for expression, _ in call.outputs[:1])
    return Call(
        call.function,
        outputs,
        None,
        "float",
        value if name == "x" else 1.0,
        options,
        slopes=(("1.0", 0),) if call.is_check else (),
        mistake=name,
    )


def random_call(seed, number):
    """The call of this number; it depends on nothing else."""
    rng = random.Random(f"{seed}/{number}")
    function = rng.choice(CHECKS) if rng.random() < 0.12 else rng.choice(FUNCTIONS)
    x = random_x(rng, function)
    options = random_options(rng, function, x)
    outputs, shape = random_outputs(rng, function, x)
    returned = rng.choice(("float",) * 6 + ("float64", "float32", "array"))
    if any("** 0.5" in expression for expression, _ in outputs):
        # single precision would lose what tells complex values from real ones
        returned = "float"
    call = Call(function, outputs, shape, returned, x, options)
    if call.is_check:
        call = replace(call, slopes=random_slopes(rng, call))
    elif rng.random() < 0.1:
        call = replace(call, known=True)
    if rng.random() < 0.05:
        return mistaken(rng, call)
    call = replace(call, wrapped=rng.random() < 0.1)
    if rng.random() < 0.15:
        sides = random_sides(rng, x, options.get("method"))
        call = replace(call, options={**call.options, "side": sides})
    if rng.random() < 0.2:
        noise = random_noise(rng, np.shape(x) if call.pointwise else shape or ())
        call = replace(call, options={**call.options, "noise": noise})
    return call
