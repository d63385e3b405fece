"""The floors of the library: imports only go down, and what is public is whole."""

import ast
import inspect
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import numdiff
from numdiff import testing

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "numdiff"


def floors_told():
    """Those of the page on architecture: a module imports from lower floors only, and every module has its place."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    block = text.partition("<!-- floors -->\n```text\n")[2].partition("```")[0]
    return [{name if name == "numdiff" else f"numdiff.{name}" for name in line.split()} for line in block.splitlines()]


FLOORS = floors_told()
FLOOR = {module: number for number, floor in enumerate(FLOORS) for module in floor}
# numpy's C interface, the C library's headers and Cython's own
EVERYWHERE = {"numpy", "libc", "cython", "cpython"}
C_IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+c?import\b|c?import\s+([\w., ]+))", re.MULTILINE)


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PYTHON = {module_name(path): path for path in PACKAGE.rglob("*.py")}
KERNELS = {
    path: f"numdiff._kernels.{path.stem}"
    for path in [*(ROOT / "src").glob("*.pyx"), *(PACKAGE / "_kernels").glob("*.pxd")]
}


def imports_of_python(source):
    """Names of the modules imported, wherever in the module they are."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            # `from numdiff import _tour` imports numdiff._tour
            yield from members & FLOOR.keys() or {node.module}


def imports_of_cython(source):
    """Names of the modules imported or cimported."""
    for line in C_IMPORT.finditer(source):
        names = line[1] or line[2]
        yield from (name.split()[0] for name in names.split(","))


def of_the_library(names):
    return {name for name in names if name.partition(".")[0] in ("numdiff", "tests", "benchmarks")}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numdiff", ["numdiff"]),
        ("from numdiff import gradient", ["numdiff"]),
        ("from numdiff import _tour", ["numdiff._tour"]),
        ("def f():\n    from numdiff._result import Status", ["numdiff._result"]),
        ("import os, numdiff._tour as t", ["os", "numdiff._tour"]),
    ],
)
def test_imports_of_python_are_seen(source, names):
    assert list(imports_of_python(source)) == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("cimport numpy as cnp", ["numpy"]),
        ("cimport numpy as cnp, cython", ["numpy", "cython"]),
        ("from libc.math cimport fabs, pow", ["libc.math"]),
        ("from numdiff._kernels.values cimport (\n    Values)", ["numdiff._kernels.values"]),
        ("import numpy as np", ["numpy"]),
        ("    from numdiff._result import Status", ["numdiff._result"]),
        ("# important", []),
    ],
)
def test_imports_of_cython_are_seen(source, names):
    assert list(imports_of_cython(source)) == names


@pytest.mark.parametrize("module", sorted({*PYTHON, *KERNELS.values()}))
def test_every_module_has_its_floor(module):
    assert module in FLOOR


@pytest.mark.parametrize("module", sorted(PYTHON))
def test_python_imports_go_down(module):
    used = of_the_library(imports_of_python(PYTHON[module].read_text("utf-8")))
    upwards = {name for name in used if FLOOR.get(name, len(FLOORS)) >= FLOOR[module]}
    # for type checkers only: numdiff.testing is imported when it is first asked for
    assert upwards == ({"numdiff.testing"} if module == "numdiff" else set())


@pytest.mark.parametrize("path", sorted(KERNELS), ids=lambda path: path.name)
def test_kernel_imports_go_down(path):
    module = KERNELS[path]
    used = of_the_library(imports_of_cython(path.read_text("utf-8"))) - {module}
    upwards = {name for name in used if FLOOR.get(name, len(FLOORS)) >= FLOOR[module]}
    assert upwards == set()


@pytest.mark.parametrize("path", sorted(KERNELS), ids=lambda path: path.name)
def test_kernels_need_numpy_only(path):
    others = {name.partition(".")[0] for name in imports_of_cython(path.read_text("utf-8"))} - {"numdiff"}
    assert others <= EVERYWHERE | set(sys.stdlib_module_names)


@pytest.mark.parametrize("module", sorted(PYTHON))
def test_python_modules_need_numpy_only(module):
    """scipy is imported where it is used."""
    tree = ast.parse(PYTHON[module].read_text("utf-8"))
    top = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
    others = {name.partition(".")[0] for name in imports_of_python(ast.unparse(top))}
    assert others <= {"numpy", "numdiff"} | set(sys.stdlib_module_names)


def in_a_new_interpreter(code):
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return run.stdout.split()


def test_import_brings_no_scipy():
    loaded = in_a_new_interpreter("import numdiff, sys; print(*sys.modules)")
    assert "numdiff" in loaded
    assert {name for name in loaded if name.partition(".")[0] in ("scipy", "tests", "benchmarks")} == set()


def test_import_brings_no_checks():
    """They take longer to import than all the rest."""
    assert "numdiff._checks.procedure" not in in_a_new_interpreter("import numdiff, sys; print(*sys.modules)")
    check = "numdiff.check_gradient; "
    code = f"import numdiff, sys; {check}print('numdiff._checks.procedure' in sys.modules, hasattr(numdiff, 'no'))"
    assert in_a_new_interpreter(code) == ["True", "False"]


def test_testing_is_there_when_it_is_asked_for():
    loaded = "print('numdiff.testing' in sys.modules, 'numdiff._checks.procedure' in sys.modules); "
    asked = "print('testing' in dir(numdiff)); print(numdiff.testing.assert_gradient.__name__); "
    same = "import numdiff.testing; print(numdiff.testing is sys.modules['numdiff.testing'])"
    code = f"import numdiff, sys; {loaded}{asked}{same}"
    assert in_a_new_interpreter(code) == ["False", "False", "True", "assert_gradient", "True"]


def test_import_brings_no_command_line():
    loaded = in_a_new_interpreter("import numdiff, sys; print(*sys.modules)")
    above = FLOOR["numdiff"]
    assert not {"argparse", *(module for module, floor in FLOOR.items() if floor > above)} & set(loaded)


@pytest.mark.parametrize("kernel", sorted(KERNELS[path] for path in KERNELS if path.suffix == ".pyx"))
def test_every_kernel_can_be_imported_first(kernel):
    """None relies on another having been imported before."""
    assert in_a_new_interpreter(f"import {kernel}; print('imported')") == ["imported"]


@pytest.mark.parametrize("kind", ["ignore", "warn", "raise"])
def test_import_under_any_error_state(kind):
    """The state of numpy's errors is that of the user, before, during and after the import."""
    code = f"""
import numpy as np
np.seterr(all="{kind}")
before = np.geterr()
import numdiff
with np.errstate(invalid="raise"):
    value = numdiff.gradient(lambda x: np.log(x).sum(), [1e-9, 1.0], method="central")
print(np.geterr() == before, np.isnan(value[0]))
"""
    assert in_a_new_interpreter(code) == ["True", "True"]


# ---------------------------------------------------------------------------- what is public


def test_public_names():
    present = {name: getattr(numdiff, name) for name in dir(numdiff)}
    public = {name for name, value in present.items() if name[0] != "_" and not inspect.ismodule(value)}
    public -= {"TYPE_CHECKING"}
    assert sorted({*public, "__version__"}) == sorted(numdiff.__all__)


@pytest.mark.parametrize("module", [numdiff, testing])
def test_all_is_sorted_and_has_no_doubles(module):
    assert sorted(set(module.__all__)) == list(module.__all__)


PUBLIC = [(module, name) for module in (numdiff, testing) for name in module.__all__ if name[0] != "_"]


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_public_names_are_explained_with_an_example(module, name):
    documentation = inspect.getdoc(getattr(module, name))
    assert documentation
    assert ">>> " in documentation


def keywords(function):
    """Names of the parameters, those in a typed **options included."""
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            (options,) = typing.get_args(parameter.annotation)
            yield from (f"**{name}", *typing.get_type_hints(options))
        else:
            yield name


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, name in PUBLIC if name.islower()])
def test_every_parameter_is_explained(module, name):
    function = getattr(module, name)
    explained = {
        parameter.strip()
        for line in re.findall(r"^ *(\*{0,2}\w[\w, ]*)(?: ?:.*)?$", inspect.getdoc(function), re.MULTILINE)
        for parameter in line.split(",")
    }
    assert set(keywords(function)) <= explained


@pytest.mark.parametrize("module", sorted(PYTHON))
def test_every_module_says_what_it_is(module):
    tree = ast.parse(PYTHON[module].read_text("utf-8"))
    assert ast.get_docstring(tree)


# ---------------------------------------------------------------------------- what is written twice


def codes_in_kernels():
    """Every name and code in an enum of statuses in the kernels."""
    codes = set()
    for path in KERNELS:
        for body in re.findall(r"^cdef enum Status:.*\n((?:[ ]+.*\n|\n)+)", path.read_text("utf-8"), re.MULTILINE):
            codes |= {(name, int(code)) for name, code in re.findall(r"^\s+([A-Z_]+) = (-?\d+)", body, re.MULTILINE)}
    return codes


def test_statuses_of_the_kernels():
    """An enum of C and one of Python: Status is what users see."""
    codes = codes_in_kernels()
    assert ("NOT_ESTIMATED", 4) in codes
    assert codes == {(status.name, status.value) for status in numdiff.Status}


def test_version_is_in_the_changelog():
    assert re.search(
        rf"^#+ .*{re.escape(numdiff.__version__)}", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
