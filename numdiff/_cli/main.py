"""The program `numdiff`, also started by ``python -m numdiff``."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import traceback
from collections.abc import Sequence

import numdiff
from numdiff._cli import check

# What a shell reports for a program that SIGPIPE ended; 1 would say that something did not agree.
CLOSED_PIPE = 128 + 13


def _tour(arguments: argparse.Namespace) -> int:
    from numdiff import _tour

    return 0 if _tour.run(sys.stdout, _tour.SECTIONS) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="numdiff", description="Numerical differentiation of functions that can only be called."
    )
    parser.add_argument("--version", action="version", version=f"numdiff {numdiff.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="command")
    tour = commands.add_parser(
        "tour",
        help="derivatives of known functions beside their analytic values",
        description="Compute derivatives of known functions, from the limit of the difference quotient to a "
        "fit of measured data, and print them beside their analytic values. The exit status is 1 if any "
        "disagrees.",
    )
    tour.set_defaults(command=_tour)
    check.add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; those of the process by default.

    Returns
    -------
    int
        0 for success, 1 if the command found a disagreement, 3 if it could not tell, 2 if it failed by itself. Without
        a command, the help is printed.

    Raises
    ------
    SystemExit
        With status 2 on bad usage, or if what is to be checked raises or the answer cannot be printed; with status 0
        after `--help` and `--version`.
    """
    parser = _parser()
    arguments = parser.parse_args(check.with_values_attached(sys.argv[1:] if argv is None else argv))
    if sys.stdout is None:
        parser.exit(check.BAD_USAGE, f"{parser.prog}: error: standard output is closed\n")
    try:
        if "command" not in arguments:
            parser.print_help()
            status = 0
        else:
            status = arguments.command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (head, less) has what it wanted
        _drop_output()
        return CLOSED_PIPE
    except (OSError, UnicodeError) as error:
        _drop_output()
        parser.exit(check.BAD_USAGE, f"{parser.prog}: error: no answer could be printed: {error}\n")
    # Python would end with 1, which is a verdict
    except Exception:
        with contextlib.suppress(OSError):
            traceback.print_exc()
        return check.BAD_USAGE
    return int(status)


def _drop_output() -> None:
    """On exit Python flushes stdout once more: into nothing."""
    with contextlib.suppress(OSError, ValueError):
        stdout = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout)
