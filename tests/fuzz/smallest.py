"""Smaller calls that break the same."""

import ast
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tests.fuzz.invariants import broken

__all__ = ["smallest"]

ATTEMPTS = 600


def smallest(call, kind):
    """A call as small as can be found in some hundred attempts that breaks the same in the same way."""
    if call.mistake:
        return call
    attempts = 0
    progress = True
    while progress:
        progress = False
        for candidate in smaller(call):
            attempts += 1
            if attempts > ATTEMPTS:
                return call
            if breaks(candidate, kind):
                call, progress = candidate, True
                break
    return call


def breaks(call, kind):
    try:
        return kind in broken(call)
    except Exception:
        # not a call at all
        return False


def smaller(call) -> Iterator:
    """Calls with something less."""
    for option in call.options:
        if option != "degree":
            yield replace(call, options={n: v for n, v in call.options.items() if n != option})
    for changes in ({"wrapped": False}, {"known": False}, {"returned": "float"}):
        if any(getattr(call, n) != v for n, v in changes.items()):
            yield replace(call, **changes)
    if call.options.get("degree", 0) > 0:
        yield replace(call, options={**call.options, "degree": call.options["degree"] - 1})
    if call.options.get("order", 0) > 1:
        yield replace(call, options={**call.options, "order": call.options["order"] - 1})
    yield from with_less_of_x(call)
    yield from with_fewer_outputs(call)
    for i, (expression, entry) in enumerate(call.outputs):
        for shorter in shorter_expressions(expression):
            yield replace(call, outputs=(*call.outputs[:i], (shorter, entry), *call.outputs[i + 1 :]))
    for i, (expression, entry) in enumerate(call.slopes):
        for shorter in ("0.0", "1.0"):
            if expression not in ("0.0", "1.0"):
                yield replace(call, slopes=(*call.slopes[:i], (shorter, entry), *call.slopes[i + 1 :]))


def with_less_of_x(call):
    x = np.asarray(call.x)
    if x.size and x.ndim:
        for i in range(x.size):
            options = dict(call.options)
            if "bounds" in options:
                options["bounds"] = tuple(
                    float(np.broadcast_to(end, x.shape).reshape(-1)[i]) for end in options["bounds"]
                )
            if "side" in options:
                options["side"] = np.broadcast_to(np.asarray(options["side"], dtype=object), x.shape).reshape(-1)[i]
            if "noise" in options and call.pointwise:
                options["noise"] = float(np.broadcast_to(options["noise"], x.shape).reshape(-1)[i])
            one = x.reshape(-1)[i]
            slopes = call.slopes[: 1 if call.pointwise else len(call.outputs)]
            if call.function != "check_hessian":
                outputs = tuple((e, 0) for e, _ in call.outputs)
                number = float(one) if x.dtype != np.float32 else one
                yield replace(call, x=number, options=options, outputs=outputs, slopes=slopes)
                if not call.pointwise and x.shape != (1,):
                    yield replace(call, x=np.array([one]), options=options, outputs=outputs, slopes=slopes)
    elif x.dtype == np.float32:
        yield replace(call, x=float(x))
    if x.ndim == 0 and np.isfinite(x):
        for digits in (0, 3):
            shorter = float(f"{float(x):.{digits}e}")
            if shorter != float(x) and "bounds" not in call.options:
                yield replace(call, x=shorter)


def with_fewer_outputs(call):
    if call.function == "jacobian" and len(call.outputs) > 1:
        for output in call.outputs:
            yield replace(call, outputs=(output,), output_shape=(1,))
    if call.function == "jacobian" and call.output_shape == (1,):
        yield replace(call, output_shape=None)


def shorter_expressions(expression):
    """The expression with one of its parts in the place of another, or with a rounder number."""
    if expression not in ("t", "1.0"):
        yield "t"
        yield "1.0"
    tree = ast.parse(expression, mode="eval")
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                for child in replacements(value):
                    setattr(node, field, child)
                    yield ast.unparse(tree)
                setattr(node, field, value)


def replacements(node):
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Call) and ast.unparse(node.func) != "fail":
        yield from node.args[:1]
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        for digits in (0, 3):
            if (rounded := float(f"{node.value:.{digits}e}")) != node.value:
                yield ast.Constant(rounded)
        if node.value not in (0.0, 1.0):
            yield ast.Constant(1.0)
