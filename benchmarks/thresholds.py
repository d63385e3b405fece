"""What hangs on each constant of the adaptive method: `python -m benchmarks.thresholds [--only NAME ...]`.

Every constant is set to half and to twice its value, levels to one less and one more, which is half or twice the step.
A fixed set of functions is differentiated, and what is answered otherwise than before is counted. For that the project
is copied, and in the copy the constants are read from the environment when a module is loaded, so that it is built but
once; those that are sizes of arrays are set in the sources, and what includes them is built anew.
"""

import argparse
import contextlib
import multiprocessing
import os
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from mpmath import mpf

from tests.bank.hard import HARD
from tests.bank.kinds import KINDS, cases
from tests.bank.kinds.case import Case
from tests.bank.kinds.measured import Entry, entries_of
from tests.bank.noisy import NOISY
from tests.bank.problem import exact
from tests.bank.scalar import PROBLEMS

from .text import table

ROOT = Path(__file__).parent.parent
MODULES = (
    *("refine", "explain", "finish", "accuracy", "residue", "knots", "window", "grid", "sample", "entry", "phases"),
    *("rounds", "constants"),
)
TESTS = ("tests/operators", "tests/kernels")
SECONDS = 300.0  # until a set of answers is taken for endless

# ---------------------------------------------------------------------------------------------------------------------
# The constants

NUMBER = re.compile(r"cdef (?P<type>double|int) (?P<name>[A-Z][A-Z0-9_]*) = (?P<value>[^#]+?)\s*(?:#\s*(?P<why>.*))?$")
MEMBER = re.compile(r"    (?P<name>[A-Z][A-Z0-9_]*) = (?P<value>[^#]+?)\s*(?:#\s*(?P<why>.*))?$")
SHARED = re.compile(r'    const (?P<type>double|int) (?P<name>[A-Z][A-Z0-9_]*) "(?P<value>[^"]+)"$')
FRACTION = "0.4375"  # what levels off the ladder end in
LEVELS = re.compile(rf"PROBE|FRACTION|{FRACTION}")

# In C, where a header is shared: read once in every module that includes it.
READER = """
    #include <stdlib.h>
    static double numdiff_threshold(const char* name, double value) {
        const char* given = getenv(name);
        return given ? strtod(given, NULL) : value;
    }
"""


@dataclass(frozen=True)
class Threshold:
    """A constant, as it is written in the sources."""

    path: str  # of the file, from the root
    line: int
    name: str
    type: str
    text: str
    value: float
    why: str
    is_size: bool  # of an array: it has to be known when the module is built

    @property
    def module(self) -> str:
        return Path(self.path).stem

    @property
    def key(self) -> str:
        """The variable of the environment."""
        return f"{self.module}.{self.name}"

    @property
    def tried(self) -> tuple[float, ...]:
        """Half and twice its value, or a level less and a level more."""
        v = self.value
        if LEVELS.search(self.text) and v > 1:
            return v - 1, v + 1
        both = (v // 2, 2 * v) if self.type == "int" else (v / 2, 2 * v)
        return tuple(t for t in both if t != v)

    def set_to(self, value: float) -> str:
        """A value as it is written in the sources or the environment."""
        return str(int(value)) if self.type == "int" else repr(value)


def thresholds() -> list[Threshold]:
    """All constants of the modules of the adaptive method."""
    known: dict[str, float] = {}
    found = []
    for path in _files(ROOT):
        for threshold in _constants(path, dict(known)):
            found.append(threshold)
            if threshold.path.endswith(".pxd"):
                known[threshold.name] = threshold.value  # other modules may refer to it
    sizes = set(re.findall(r"[A-Z][A-Z0-9_]+", " ".join(_sized())))
    return [replace(t, is_size=t.name in sizes) for t in found]


def _files(root: Path) -> Iterator[Path]:
    """Those of the method, headers first."""
    for pattern in ("numdiff/_kernels/{}.pxd", "src/{}.pyx"):
        for module in reversed(MODULES):
            path = root / pattern.format(module)
            if path.exists():
                yield path


def _sized() -> Iterator[str]:
    """What stands in square brackets, and what other constants of the compiler are made of."""
    for path in (*ROOT.glob("src/*.pyx"), *ROOT.glob("numdiff/_kernels/*.pxd")):
        text = path.read_text()
        yield from re.findall(r"\[([^\]]*)\]", text)
        yield from (m["value"] for _, m in _members(text.splitlines()))


def _members(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Those of enums without a name that have a value."""
    inside = False
    for i, line in enumerate(lines):
        if line.strip() and not line.startswith(" "):
            inside = line.startswith("cdef enum:")
        match = MEMBER.match(line) if inside else None
        if match:
            yield i, match


def _constants(path: Path, known: dict[str, float]) -> Iterator[Threshold]:
    lines = path.read_text().splitlines()
    members = dict(_members(lines))
    for i, line in enumerate(lines):
        match = members.get(i) or NUMBER.match(line) or SHARED.match(line)
        if match is None:
            continue
        parts = match.groupdict()
        try:
            value = eval(parts["value"], {"__builtins__": {}}, known)
        except (NameError, SyntaxError):
            continue  # of the compiler's own constants
        known[parts["name"]] = value
        above = lines[i - 1].strip()
        why = parts.get("why") or (above[1:].strip() if above.startswith("#") else "")
        kind = parts.get("type") or "int"
        where = str(path.relative_to(ROOT))
        yield Threshold(where, i, parts["name"], kind, parts["value"], value, why, False)


# ---------------------------------------------------------------------------------------------------------------------
# The copy


class Copy:
    """The project with its constants read from the environment."""

    def __init__(self, root: Path, constants: Sequence[Threshold]) -> None:
        self.root = root
        for name in ("src", "numdiff", "tests", "benchmarks", "docs"):
            ignored = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__", "results", "*.pyx", "*.pxd")
            shutil.copytree(ROOT / name, root / name, ignore=ignored, dirs_exist_ok=True)
        for name in ("setup.py", "pyproject.toml", "README.md", "CHANGELOG.md"):
            shutil.copy2(ROOT / name, root / name)
        self.texts = {}
        for path in (*ROOT.glob("src/*.pyx"), *ROOT.glob("numdiff/_kernels/*.pxd")):
            where = str(path.relative_to(ROOT))
            self.texts[where] = read_from_environment(path.read_text(), [c for c in constants if c.path == where])
            self._write(where, self.texts[where])
        self.build()

    def _write(self, where: str, text: str) -> None:
        """Only what differs, so that nothing is built that is up to date."""
        path = self.root / where
        if not path.exists() or path.read_text() != text:
            path.write_text(text)

    def build(self) -> None:
        command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])

    @contextlib.contextmanager
    def set(self, constant: Threshold, value: float) -> Iterator[dict[str, str]]:
        """The environment in which the constant has that value."""
        if not constant.is_size:
            yield {constant.key: constant.set_to(value)}
            return
        text = self.texts[constant.path]
        old = re.compile(rf"^(    {constant.name} = )[^#\n]*?(?=\s*(#|$))", re.MULTILINE)
        try:
            self._write(constant.path, old.sub(rf"\g<1>{constant.set_to(value)}", text))
            self.build()
            yield {}
        finally:
            self._write(constant.path, text)
            self.build()

    def failing_tests(self, paths: Sequence[str], environment: dict[str, str], *options: str) -> list[str]:
        """Those of these files that fail."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *paths]
        done = subprocess.run(
            command, cwd=self.root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        named = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        return named or (["crash"] if done.returncode else [])


def read_from_environment(text: str, constants: Sequence[Threshold]) -> str:
    """A source with these constants of it read from the environment, but for sizes of arrays."""
    lines = text.splitlines()
    taken = [c for c in constants if not c.is_size]
    header = bool(taken) and taken[0].path.endswith(".pxd")
    external = []
    for c in taken:
        if header:
            lines[c.line] = ""
            external.append(c)
        else:
            read = f'{"int" if c.type == "int" else "float"}(__import__("os").environ.get("{c.key}", {c.text}))'
            lines[c.line] = f"cdef {c.type} {c.name} = {read}"
    body = "\n".join(_without_empty_blocks(lines, "cdef enum:", "cdef extern from *:")) + "\n"
    if not external:
        return body
    functions = "".join(
        f"    static double numdiff_{c.name}(void) {{ static double v; static int known = 0; if (!known) "
        f'{{ v = numdiff_threshold("{c.key}", {c.value!r}); known = 1; }} return v; }}\n'
        for c in external
    )
    module = external[0].module
    functions = functions.replace("numdiff_threshold", f"numdiff_{module}")
    reader = READER.replace("numdiff_threshold", f"numdiff_{module}")
    # a header may be included by several others
    guard = f"NUMDIFF_{module.upper()}"
    code = f"    #ifndef {guard}\n    #define {guard}\n{reader}{functions}    #endif\n"
    declared = "".join(f'    const {c.type} {c.name} "(({c.type})numdiff_{c.name}())"\n' for c in external)
    return f'cdef extern from *:\n    """\n{code}    """\n{declared}\n{body}'


def _without_empty_blocks(lines: Sequence[str], *openings: str) -> Iterator[str]:
    """Leave out enums that have lost all members, and move out of them what has become a variable."""
    i = 0
    while i < len(lines):
        if lines[i] not in openings:
            yield lines[i]
            i += 1
            continue
        end = i + 1
        while end < len(lines) and (
            not lines[end].strip() or lines[end].startswith(" ") or "environ.get" in lines[end]
        ):
            end += 1
        inside = lines[i + 1 : end]
        kept = [line for line in inside if line.startswith(" ")]
        if any(not line.strip().startswith("#") for line in kept):
            yield lines[i]
            yield from kept
        yield from (line for line in inside if not line.startswith(" "))
        i = end


# ---------------------------------------------------------------------------------------------------------------------
# The answers


def fixed_set(n: int) -> list[Case]:
    """The functions that are differentiated: n of each kind, and all of the banks at a point each."""
    found = [case for kind in KINDS for case in cases(kind, 1, n)]
    for i, problem in enumerate(PROBLEMS):
        x = problem.sample(11, 1)[0]
        made = Case("bank", problem.name, problem.f, x, None)
        orders = (1, 2, 3, 4, 6, 9) if i % 4 == 0 else (1, 2, 3, 4)
        found += [replace(made, truth=exact(problem, x, k), order=k) for k in orders]
        truth = exact(problem, x, 1 + i % 2)
        for given in ({"rtol": 1e-6}, {"side": "right"}, {"side": "left", "rtol": 1e-3}):
            found.append(replace(made, truth=truth, order=1 + i % 2, options=given))
    for noisy in NOISY:
        made = Case("noisy", noisy.name, noisy.f, noisy.x, None)
        found += [replace(made, truth=exact(noisy.problem, noisy.x, k), order=k) for k in (1, 2)]
        found.append(replace(made, truth=exact(noisy.problem, noisy.x, 1), options={"rtol": 1e-3}))
    for hard in HARD:
        sides = None if hard.left is None or hard.right is None else (hard.left, hard.right)
        truth = None if hard.exact is None else mpf(hard.exact)
        also = () if hard.trend is None else (mpf(hard.trend),)
        options = {"bounds": hard.bounds} if np.any(np.isfinite(hard.bounds)) else {}
        found.append(
            Case("hard", hard.name, hard.f, hard.x, truth, hard.order, also=also, sides=sides, options=options)
        )
    return found


def fresh_numdiff(root: Path) -> ModuleType:
    """The package of the copy, in place of the one that is loaded."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "numdiff"]:
        del sys.modules[name]
    sys.path.insert(0, str(root))
    import numdiff

    if Path(numdiff.__file__ or "").parent.parent != root:
        raise ImportError(f"numdiff was not loaded from {root}")
    return numdiff


@dataclass(frozen=True)
class Judged:
    """An entry, as far as it is counted."""

    packed: bytes
    covered: bool
    given: bool
    digits: float
    nfev: int


def judged(entry: Entry) -> Judged:
    packed = struct.pack("<ddqq", entry.value, entry.error, entry.status, entry.nfev)
    return Judged(packed, entry.covered, entry.given, entry.digits, entry.nfev)


def answers(numdiff: ModuleType, asked: Sequence[Case], before: Sequence[list[Judged]] | None) -> list[list[Judged]]:
    """What comes out; only what differs from before is judged."""
    found = []
    for i, case in enumerate(asked):
        try:
            options: dict[str, Any] = {"full_output": True, **case.options}
            if case.is_jacobian:
                result = numdiff.jacobian(case.f, case.x, **options)
            else:
                result = numdiff.derivative(case.f, case.x, order=case.order, **options)
        except Exception as error:
            found.append([Judged(repr(error).encode(), False, False, float("nan"), 0)])
            continue
        entries = list(entries_of(case, i, result))
        old = before[i] if before is not None and len(before[i]) == len(entries) else None
        found.append(
            [
                old[j] if old and old[j].packed[:24] == _start(e) and old[j].nfev == e.nfev else judged(e)
                for j, e in enumerate(entries)
            ]
        )
    return found


def _start(e: Entry) -> bytes:
    return struct.pack("<ddq", e.value, e.error, e.status)


def _answer_into(pipe: Connection, root: Path, environment: dict[str, str], asked: Sequence[Case], before: Any) -> None:
    """In a process of its own."""
    os.environ.update(environment)
    with contextlib.suppress(BrokenPipeError):
        try:
            pipe.send(answers(fresh_numdiff(root), asked, before))
        except ImportError as error:
            pipe.send(str(error))


def answers_with(
    root: Path, environment: dict[str, str], asked: Sequence[Case], before: Sequence[list[Judged]] | None
) -> list[list[Judged]] | str:
    """The answers in an environment, or why there are none."""
    context = multiprocessing.get_context("fork")  # functions cannot be sent, but inherited
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer_into, args=(theirs, root, environment, asked, before))
    process.start()
    theirs.close()
    try:
        if not ours.poll(SECONDS):
            return f"no end in {SECONDS:g} s"
        received: list[list[Judged]] | str = ours.recv()
        return received
    except EOFError:
        return "crash"
    finally:
        process.terminate()
        process.join()


# ---------------------------------------------------------------------------------------------------------------------
# What is printed

HEADER = ("constant", "is", "tried", "answers", "covered", "bounds", "digits", "evaluations")


@dataclass(frozen=True)
class Change:
    """Answers before and after."""

    pairs: tuple[tuple[Judged, Judged], ...]

    @classmethod
    def between(cls, before: Sequence[list[Judged]], after: Sequence[list[Judged]]) -> "Change":
        pairs = []
        for old, new in zip(before, after, strict=True):
            if len(old) == len(new):
                pairs += [(a, b) for a, b in zip(old, new, strict=True) if a.packed != b.packed]
            else:
                pairs.append((old[0], new[0]))
        return cls(tuple(pairs))

    @cached_property
    def digits(self) -> list[float]:
        lost = [b.digits - a.digits for a, b in self.pairs]
        return [d for d in lost if d == d]

    def cells(self) -> list[str]:
        """How many differ; of them covered no more, and only now; bounds lost, and gained; the median of
        the digits and the mean of the evaluations that they gain."""
        pairs = self.pairs
        if not pairs:
            return ["0", "", "", "", ""]
        lost, gained = (sum(x.covered > y.covered for x, y in way) for way in (pairs, [(b, a) for a, b in pairs]))
        less, more = (sum(x.given > y.given for x, y in way) for way in (pairs, [(b, a) for a, b in pairs]))
        digits = f"{statistics.median(self.digits):+.2f}" if self.digits else ""
        evaluations = statistics.mean(b.nfev - a.nfev for a, b in pairs)
        return [str(len(pairs)), f"-{lost} +{gained}", f"-{less} +{more}", digits, f"{evaluations:+.1f}"]


def rows(copy: Copy, chosen: Sequence[Threshold], asked: Sequence[Case], tests: Sequence[str]) -> Iterator[list[str]]:
    """A row for each value that is tried."""
    before = answers_with(copy.root, {}, asked, None)
    if isinstance(before, str):
        raise RuntimeError(before)
    count, covered = sum(map(len, before)), sum(j.covered for row in before for j in row)
    print(f"{count} answers of {len(asked)} functions, {covered} covered\n")
    print(table((*HEADER, "a test that fails") if tests else HEADER, [], left=1), end="")
    ever = [f"--deselect={name}" for name in copy.failing_tests(tests, {})] if tests else []
    for constant in chosen:
        failing: list[str] = []  # at either value
        for value in constant.tried:
            with copy.set(constant, value) as environment:
                after = answers_with(copy.root, environment, asked, before)
                cells = [after, "", "", "", ""] if isinstance(after, str) else Change.between(before, after).cells()
                if tests:
                    failing = failing or copy.failing_tests(tests, environment, "-x", *ever)
                    cells.append(failing[0].rpartition("/")[2] if failing else "none")
            yield [constant.key, f"{constant.value:.6g}", f"{value:.6g}", *cells]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.thresholds",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these constants")
    parser.add_argument(
        "--module", nargs="+", default=[], choices=MODULES, metavar="MODULE", help="those of these modules"
    )
    parser.add_argument("--sizes", action="store_true", help="sizes of arrays as well: minutes each, if shared")
    parser.add_argument(
        "--tests", nargs="*", metavar="PATH", help="the first test that fails at either value as well: minutes each"
    )
    parser.add_argument("--n", type=int, default=40, help="functions of each kind; slow kinds take a share of it")
    parser.add_argument("--copy", type=Path, help="where the copy is made and kept; else it is a temporary one")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    constants = thresholds()
    unknown = set(options.only) - {c.name for c in constants}
    if unknown:
        parser.error(f"no such constant: {', '.join(sorted(unknown))}")
    chosen = [
        c
        for c in constants
        if (c.name in options.only or not options.only)
        and (c.module in options.module or not options.module)
        and (options.sizes or options.only or not c.is_size)
    ]
    with contextlib.ExitStack() as stack:
        root = options.copy or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root.mkdir(parents=True, exist_ok=True)
        copy = Copy(root.resolve(), constants)
        tests = () if options.tests is None else options.tests or TESTS
        for row in rows(copy, chosen, fixed_set(options.n), tests):
            print("| " + " | ".join(row) + " |", flush=True)
    for c in chosen:
        if not c.why:
            print(f"without a reason: {c.key}")


if __name__ == "__main__":
    main()
