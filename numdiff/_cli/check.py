"""The command `numdiff check`: a derivative of the user's modules, from the command line."""

import argparse
import contextlib
import difflib
import importlib
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from numdiff import CheckReport, Function, check_derivative, check_gradient, check_hessian, check_jacobian

__all__ = ["add_to", "with_values_attached"]

BAD_USAGE = 2
STATUSES = {"pass": 0, "fail": 1, "inconclusive": 3}
# Names in a module that a message lists, at most.
LISTED = 10

# Of the command, the names of the functions it takes.
FUNCTION, DERIVATIVE = "module:f", "module:derivative"

CHECKS: dict[str, Callable[..., CheckReport]] = {
    "derivative": check_derivative,
    "gradient": check_gradient,
    "jacobian": check_jacobian,
    "hessian": check_hessian,
}

DESCRIPTION = """\
Check a hand-written derivative against a numerical one, by error bounds: no tolerance has to be guessed.
By default it is a gradient: f takes an array and returns a number."""

EPILOG = f"""\
examples:
  numdiff check model:loss model:loss_gradient --x 1,2.5,-3
  numdiff check package.model:residuals package.model:jacobian --jacobian --x start.npy
  numdiff check math:sin math:cos --derivative --x 0.5 --json

Modules are found in the current directory first, as by python -m. What they print goes to standard error.

exit status:
  0  the derivative is right, to within the resolution
  1  it is wrong
  {BAD_USAGE}  it could not be checked: bad usage, or an exception from a module or from its functions, whose traceback
     is shown; or the answer could not be printed
  3  inconclusive: an error of the resolution would not have been seen; the report says why"""


def add_to(commands: Any) -> None:
    """Add the command to a program's."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="check a derivative in a module of yours",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("f", metavar=FUNCTION, type=_target, help="the function, by the name of its module and its own")
    parser.add_argument(
        "derivative",
        metavar=DERIVATIVE,
        type=_target,
        nargs="?",
        help="its derivative; if it is left out, f returns pairs (value, derivative)",
    )
    parser.add_argument(
        "--x",
        required=True,
        type=_point,
        metavar="NUMBERS|FILE",
        help="the point: numbers separated by commas, or a .npy file, for any shape; with --derivative one number or "
        "many points",
    )
    kinds = parser.add_mutually_exclusive_group()
    for kind, text in (
        ("derivative", "f takes a number and returns one"),
        ("gradient", "f takes an array and returns a number (the default)"),
        ("jacobian", "f takes an array and returns one"),
        ("hessian", "f is the gradient, and its derivative the Hessian"),
    ):
        kinds.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind, help=text)
    parser.add_argument(
        "--resolution",
        type=_number,
        default=1e-4,
        help="relative size of the errors that a pass excludes (%(default)s)",
    )
    parser.add_argument(
        "--rtol", type=_number, help="relative rounding allowed to the derivative (eps**0.75 of its type)"
    )
    parser.add_argument("--atol", type=_number, default=0.0, help="absolute rounding allowed to it (%(default)s)")
    parser.add_argument(
        "--directions",
        type=_directions,
        metavar="N|auto",
        help="compare along N random directions instead of every entry; auto: if there are many",
    )
    parser.add_argument("--seed", type=_integer, default=0, help="of the directions (%(default)s)")
    parser.add_argument("--bounds", type=_bounds, metavar="LO,HI", help="evaluate f at no x below LO or above HI")
    parser.add_argument("--side", choices=("left", "right"), help="the derivative from this side of x only")
    parser.add_argument("--noise", type=_number, help="the absolute accuracy to which f is known, where it is")
    parser.add_argument("--allow-subgradient", action="store_true", help="a value between the slopes of a kink passes")
    parser.add_argument("--max-nfev", type=_integer, metavar="N", help="most evaluations that the comparison may take")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(command=_run, parser=parser, kind="gradient")


def with_values_attached(arguments: Sequence[str]) -> list[str]:
    """Write ``--x -1,2`` as ``--x=-1,2``, since argparse takes for an option what begins with a minus."""
    attached: list[str] = []
    for argument in arguments:
        if attached and re.fullmatch("--[a-z-]+", attached[-1]) and re.match(r"-(\.?\d|inf|nan)", argument):
            attached[-1] += f"={argument}"
        else:
            attached.append(argument)
    return attached


# --------------------------------------------------------------------------- the arguments


def _target(text: str) -> tuple[str, str]:
    module, _, name = text.partition(":")
    if not re.fullmatch(r"\w+(\.\w+)*", module) or not re.fullmatch(r"\w+(\.\w+)*", name):
        raise argparse.ArgumentTypeError(f"must be a module and a name in it, as in package.module:f; got {text!r}")
    return module, name


def _point(text: str) -> Any:
    if text.endswith(".npy"):
        return _from_file(text)
    try:
        numbers = _numbers(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be numbers separated by commas, as in 1,2.5,-3, or the name of a .npy file; got {text!r}"
        ) from None
    return np.array(numbers)


def _from_file(name: str) -> Any:
    try:
        with open(name, "rb") as file:
            return np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot read {name!r}: {error.strerror}") from None
    # a header can promise anything
    except Exception as error:
        raise argparse.ArgumentTypeError(
            f"must be a .npy file with an array of numbers, as numpy.save writes it; {name!r} is not: {error}"
        ) from None


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number; got {text!r}") from None


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be an integer; got {text!r}") from None


def _directions(text: str) -> int | str:
    try:
        return text if text == "auto" else int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be an integer or auto; got {text!r}") from None


def _bounds(text: str) -> tuple[float, float]:
    try:
        low, high = _numbers(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be two numbers, as in 0,1 or 0,inf; got {text!r}") from None
    return low, high


# --------------------------------------------------------------------------- the command


class Refused(Exception):
    """Bad usage, found after the arguments were parsed."""


def _run(arguments: argparse.Namespace) -> int:
    parser = arguments.parser
    calls = Calls()
    try:
        with _here_first(), contextlib.redirect_stdout(sys.stderr):
            report = _report(arguments, calls)
            text = json.dumps(report.as_dict(), indent=2, allow_nan=False) if arguments.json else str(report)
    except Refused as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        raise
    # a module may end in anything, SystemExit for one: nothing of it may become an exit status that is a verdict
    except BaseException as error:
        theirs = error is calls.raised
        frames = _of_the_user(error.__traceback__) if theirs else error.__traceback__
        traceback.print_exception(error.with_traceback(frames), file=sys.stderr)
        who = calls.name if theirs else "the check"
        parser.exit(BAD_USAGE, f"{parser.prog}: error: {who} raised {type(error).__name__}\n")
    print(text)
    return STATUSES[report.verdict]


def _report(arguments: argparse.Namespace, calls: "Calls") -> CheckReport:
    kind, x = arguments.kind, arguments.x
    names = ("resolution", "rtol", "atol", "bounds", "side", "noise", "allow_subgradient", "max_nfev")
    options = {name: getattr(arguments, name) for name in names}
    if kind != "derivative":
        options |= {"directions": arguments.directions, "seed": arguments.seed}
    elif arguments.directions is not None:
        raise Refused("argument --directions: not with --derivative, whose f has one variable")
    elif x.shape == (1,):
        x = x[0]
    f = _function(FUNCTION, arguments.f, calls)
    derivative = True if arguments.derivative is None else _function(DERIVATIVE, arguments.derivative, calls)
    try:
        return CHECKS[kind](f, derivative, x, **options)
    except (TypeError, ValueError) as error:
        if error is calls.raised:
            raise
        # an argument out of its range, or a value that no derivative has
        raise Refused(str(error)) from None


class Calls:
    """Tells what the user's modules and functions raise from what is raised about them."""

    raised: BaseException | None = None
    name: str = ""

    def watched(self, f: Any, name: str) -> Any:
        """f, with what it raised last kept, beside its name."""
        if isinstance(f, Function):
            return Function(self.watched(f.f, name), f.vectorized, f.args, f.kwargs, f.noise)

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return f(*args, **kwargs)
            except BaseException as error:
                self.raised, self.name = error, name
                raise

        return call


def _function(argument: str, target: tuple[str, str], calls: Calls) -> Any:
    module, name = target
    try:
        found = calls.watched(importlib.import_module, module)(module)
    except ModuleNotFoundError as error:
        # what is missing may also be something that the module imports
        if not f"{module}.".startswith(f"{error.name}."):
            raise
        raise Refused(f"argument {argument}: {error}, in {os.getcwd()!r} or where Python looks for modules") from None
    path = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise Refused(f"argument {argument}: {path} has no {part!r}{_names(found, part)}") from None
        path += f".{part}"
    if not callable(found):
        raise Refused(f"argument {argument}: must be a function; {module}:{name} is {found!r:.100}")
    return calls.watched(found, f"{module}:{name}")


def _names(holder: Any, missing: str) -> str:
    """What there is that can be called: all, if that is little, or what has a similar name."""
    members = getattr(holder, "__dict__", {})
    names = sorted(name for name, value in members.items() if name[0] != "_" and callable(value))
    if len(names) > LISTED:
        names = difflib.get_close_matches(missing, names)
    return f"; it has {', '.join(names)}" if names else ""


def _of_the_user(frames: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of numdiff and of the import system that come first."""
    ours = ("numdiff", "importlib", "_frozen_importlib", "_frozen_importlib_external")
    while frames is not None and frames.tb_frame.f_globals.get("__name__", "").partition(".")[0] in ours:
        frames = frames.tb_next
    return frames


@contextlib.contextmanager
def _here_first() -> Iterator[None]:
    """Find modules in the current directory first, as `python -m` does, unless Python was told not to."""
    if sys.flags.safe_path:
        yield
        return
    before = sys.path[:]
    sys.path.insert(0, os.getcwd())
    try:
        yield
    finally:
        sys.path[:] = before
