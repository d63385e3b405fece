"""What must hold for every call."""

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

import numdiff
from numdiff import NumdiffWarning, Status
from tests.fuzz.watched import Watched

__all__ = ["Outcome", "broken", "outcome_of"]

FIELDS = ("value", "error", "status", "step")


@dataclass
class Outcome:
    """What came of a call."""

    result: Any
    raised: BaseException | None
    f: Watched
    slopes: Watched | None
    function: Any
    warnings: list[str]
    changed: bool
    text: str

    @property
    def fields(self):
        """The result as bytes, to compare two of them bit for bit."""
        r = self.result
        if isinstance(r, numdiff.DerivativeResult):
            return tuple((name, np.shape(getattr(r, name)), np.asarray(getattr(r, name)).tobytes()) for name in FIELDS)
        return (self.text,)

    @property
    def digest(self):
        """All that must be the same when the call is repeated."""
        return (*self.fields, repr(self.raised), self.f.count, self.f.seen, tuple(self.warnings))


def shape_of_slopes(call):
    x = np.shape(call.x)
    if call.function in ("check_gradient", "taylor_test"):
        return x
    if call.function == "check_jacobian":
        return (call.output_shape or (1,)) + (x or (1,))
    return x + x if call.function == "check_hessian" else None


def ends_of(call):
    """What f may be evaluated within, by the bounds and the sides that are asked for; None if it may be anywhere."""
    bounds, side = call.options.get("bounds"), call.options.get("side")
    if side is None:
        return bounds
    lower, upper = (-math.inf, math.inf) if bounds is None else bounds
    sides = np.asarray(side, dtype=object)
    return np.where(sides == "right", call.x, lower), np.where(sides == "left", call.x, upper)


def outcome_of(call, vectorized=None):
    """Make the call, and watch it; `vectorized` instead of what it says."""
    options = dict(call.options)
    if vectorized is not None:
        options["vectorized"] = vectorized
    blocks, args = options.get("vectorized", False), options.get("args", ())
    number = call.pointwise or np.ndim(call.x) == 0
    f = Watched(
        call.outputs,
        call.output_shape,
        call.returned,
        call.x,
        number,
        blocks,
        args,
        ends_of(call),
        not call.is_check,
    )
    function = f
    if call.wrapped:
        options.pop("vectorized", None)
        options.pop("args", None)
        function = numdiff.Function(f, vectorized=blocks, args=args, noise=options.pop("noise", None))
    if call.known:
        known = f_at_x(call)
        if known is not None:
            options["f0"] = known
    given = [function]
    slopes = None
    if call.is_check:
        # the analytic derivative is called with blocks by check_derivative only
        shape = shape_of_slopes(call)
        slopes = Watched(call.slopes, shape, "float", call.x, number, blocks and call.pointwise, args, ends_of(call))
        given.append(slopes)
    given.append(call.x)
    if call.function == "taylor":
        given.append(options.pop("degree"))
    before, args_before = np.array(call.x).tobytes(), [np.array(a).tobytes() for a in args]
    result = raised = None
    text = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = getattr(numdiff, call.function)(*given, **options)
            if call.is_check or call.function == "trace":
                text = text_of(result)
        except Exception as error:
            raised = error
    if isinstance(result, numdiff.TaylorResult):
        result = result.coefficients
    elif isinstance(result, numdiff.Trace):
        result = result.result
    changed = np.array(call.x).tobytes() != before or [np.array(a).tobytes() for a in args] != args_before
    said = [f"{w.category.__name__}: {w.message}" for w in caught]
    return Outcome(result, raised, f, slopes, function if call.wrapped else None, said, changed, text)


def f_at_x(call):
    """f(x), as somebody has it who computed it before; None where there is none."""
    number = call.pointwise or np.ndim(call.x) == 0
    f = Watched(call.outputs, call.output_shape, call.returned, call.x, number)
    try:
        if call.pointwise:
            known = np.array([f(f.type(t)) for t in f.x.reshape(-1)] or 0.0).reshape(np.shape(call.x))
        else:
            known = np.asarray(f(f.x.copy() if f.x.ndim else f.type(f.x)))
        return None if known.dtype == object else known
    except Exception:
        return None


def text_of(result):
    # a stale errno, which whatever formats numbers should not stumble over
    math.exp(-1e4)
    text = str(result)
    if hasattr(result, "as_dict"):
        text += repr(result.as_dict())
    return text


def refused(call):
    """What does not hold of a call that has to be refused before f is called."""
    value = call.x if call.mistake == "x" else call.options[call.mistake]
    options = dict(call.options)
    called = []
    given = [lambda t: called.append(t) or 1.0, *([lambda t: 1.0] if call.is_check else []), call.x]
    if call.function == "taylor":
        given.append(options.pop("degree"))
    detail = f"{call.mistake}={value!r}"
    try:
        getattr(numdiff, call.function)(*given, **options)
        yield "a mistake is accepted", detail
    except (TypeError, ValueError) as error:
        if call.mistake not in str(error):
            yield "a message that does not name the argument", f"{detail}: {error}"[:80]
    except Exception as error:
        yield "an error of a kind that is not documented", f"{detail}: {kind(error)}"
    if called:
        yield "f is called before all arguments are looked at", detail


def broken(call):
    """Pairs of what does not hold and some detail, by which kinds can be told apart."""
    if call.mistake:
        yield from refused(call)
        return
    outcome = outcome_of(call)
    yield from about_calls(call, outcome)
    if outcome.raised is not None:
        yield from about_errors(call, outcome)
    elif isinstance(outcome.result, numdiff.DerivativeResult):
        yield from about_results(call, outcome.result)
    again = outcome_of(call)
    if again.digest != outcome.digest:
        yield "another answer the second time", ""
    if not call.is_check and "max_nfev" not in call.options:
        # f at x, which blocks are verified by, may raise where points alone do not need it
        other = outcome_of(call, vectorized=not call.options.get("vectorized", False))
        comparable = outcome.raised is None and other.raised is None and not outcome.f.mixed
        if comparable and outcome.fields != other.fields:
            yield "blocks and points differ", ""


def about_calls(call, outcome):
    for strange in sorted({*outcome.f.strange, *(outcome.slopes.strange if outcome.slopes else ())}):
        yield strange, ""
    if outcome.changed:
        yield "x or args changed", ""
    if outcome.function is not None and outcome.function.nfev != outcome.f.count:
        yield "Function.nfev is not f's own count", ""
    nfev = getattr(outcome.result, "nfev", None)
    if nfev is not None and nfev != outcome.f.count:
        yield "nfev is not f's own count", ""
    most = call.options.get("max_nfev", math.inf)
    if not call.is_check and outcome.f.count > most:
        yield "more evaluations than max_nfev", f"vectorized={call.options.get('vectorized', False)}"
    foreign = [w for w in outcome.warnings if not w.startswith(NumdiffWarning.__name__ + ":")]
    if foreign:
        yield "a warning of another kind", foreign[0][:60]
    elif outcome.warnings and (call.options.get("full_output") or len(outcome.warnings) > 1 or call.is_check):
        yield "a NumdiffWarning too many", ""


MAY_RAISE = ("f must return complex numbers at every call", "x must not be empty")


def about_errors(call, outcome):
    error = outcome.raised
    if any(error is own for own in (*outcome.f.raised, *(outcome.slopes.raised if outcome.slopes else ()))):
        return
    if isinstance(error, TypeError | ValueError) and str(error).startswith(MAY_RAISE):
        return
    yield "raised what f did not raise", f"{kind(error)}: {str(error)[:50]}"


def kind(error):
    return "nothing" if error is None else type(error).__name__


def about_results(call, result):
    value, error, status, step = (np.asarray(getattr(result, name)) for name in FIELDS)
    expected = shape_of_result(call)
    if {value.shape, error.shape, status.shape} != {expected}:
        yield "wrong shape", str((value.shape, error.shape, status.shape, expected))
        return
    if np.isnan(error).any() or (error < 0).any():
        yield "a bound that is NaN or negative", names(status[np.isnan(error) | (error < 0)])
        return
    infinite = np.isinf(error)
    bad = ~np.isfinite(value) & ~infinite
    if bad.any():
        yield "a finite bound of a value that is not finite", names(status[bad])
    if "method" in call.options:
        if not infinite.all():
            yield "a fixed step with a bound", ""
        bad = (status >= 0) & (status != Status.NOT_ESTIMATED)
        if bad.any():
            yield "a fixed step with a status of its own", names(status[bad])
        bad = ~np.isfinite(value) & (status >= 0)
        if bad.any():
            yield "a fixed step whose value is not finite, and status not negative", names(status[bad])
        return
    bad = infinite & (status >= 0)
    if bad.any():
        yield "an infinite bound, and status not negative", names(status[bad])
    # what was found when the evaluations were used up has a bound
    bad = ~infinite & (status < 0) & (status != Status.BUDGET)
    if bad.any():
        yield "a finite bound, and status negative", names(status[bad])
    bad = ~infinite & ~(step > 0)
    if call.function == "taylor":
        # f(x) itself
        bad[0] = False
    if bad.any():
        yield "a bound that rests on no displacement", names(status[bad])


def names(statuses):
    return ", ".join(Status(int(s)).name for s in np.unique(statuses))


def shape_of_result(call):
    x = np.shape(call.x)
    if call.function == "taylor":
        return (call.options["degree"] + 1,)
    if call.function == "jacobian":
        return (call.output_shape or (1,)) + (x or (1,))
    return x
