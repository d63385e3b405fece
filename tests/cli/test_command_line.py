"""The command line, in this process and as a program of its own."""

import functools
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest

import numdiff
from numdiff import _tour
from numdiff._cli.main import CLOSED_PIPE, main
from numdiff._tour.differentiation_rules import RULES, rules

# The package under test, wherever the working directory is.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(numdiff.__file__).parents[1])}


def run(*arguments, cwd, **options):
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, **options)


def run_in_shell(script, *arguments, cwd):
    command = ["sh", "-c", script, sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"numdiff {numdiff.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_names_the_commands(capsys, arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: numdiff ")
    assert "tour" in out
    assert "check" in out


def test_no_arguments_print_the_help(capsys):
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("usage: numdiff ")


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["tour", "nonsense"], ["tour", "--nonsense"]])
def test_bad_usage_is_status_2(capsys, arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: numdiff ")
    assert "nonsense" in captured.err


def test_tour_is_status_1_if_anything_disagrees(capsys, monkeypatch):
    wrong = replace(RULES[0], analytic=lambda x: 0.0)
    sections = (functools.partial(rules, table=[wrong, *RULES[1:]]),)
    monkeypatch.setattr(_tour, "SECTIONS", sections)
    assert main(["tour"]) == 1
    assert capsys.readouterr().out.endswith("8 of 10 comparisons agree.\n")


def test_tour_of_the_program_from_another_directory(tmp_path):
    done = run("-m", "numdiff", "tour", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    agreeing, of, total, *rest = done.stdout.splitlines()[-1].split()
    assert (of, rest) == ("of", ["comparisons", "agree."])
    assert agreeing == total
    assert int(total) > 50


def test_program_without_arguments_and_with_bad_ones(tmp_path):
    assert run("-m", "numdiff", cwd=tmp_path).stdout.startswith("usage: numdiff ")
    done = run("-m", "numdiff", "nonsense", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_version_does_not_import_scipy(tmp_path):
    code = (
        "import sys\n"
        "from numdiff._cli.main import main\n"
        "try:\n"
        "    main(['--version'])\n"
        "except SystemExit:\n"
        "    sys.exit('scipy' in sys.modules)\n"
    )
    done = run("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("numdiff ")


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
def test_closed_pipe_ends_quietly(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-W", "error", "-m", "numdiff", "tour"]
    try:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == CLOSED_PIPE


def test_script_is_the_command_line():
    (script,) = entry_points(group="console_scripts", name="numdiff")
    assert script.load() is main


# ---------------------------------------------------------------------------- numdiff check

MODULE = """
import math
import numpy as np

print("imported")
scale = 3.0
evaluated = []


def cost(x):
    return float(np.sum(x**2))


def gradient(x):
    return 2 * x


def tripled(x):
    return 3 * x


def nan(x):
    return x * np.nan


def pair(x):
    return cost(x), gradient(x)


def squares(x):
    return x**2


def diagonal(x):
    return np.diag(2 * x.reshape(-1))


def two(x):
    return np.diag(2 + 0 * x)


def sine(t):
    return math.sin(t)


def cosine(t):
    return math.cos(t)


def coarse(x):
    return round(np.sin(x[0]), 3)


def coarse_gradient(x):
    return np.cos(x)


def kink(x):
    return abs(x[0])


def ones(x):
    return np.ones_like(x)


def kept_inside(x):
    assert 0 <= x[0] <= 1, x
    return float(x[0] ** 2)


def broken(x):
    raise ValueError("broken inside")


def ended(x):
    raise SystemExit(0)


def talkative(x):
    print("evaluated")
    return cost(x)


def later(x):
    import model_helper

    return model_helper.cost(x)


def word(x):
    return "a word"


class Model:
    cost = staticmethod(cost)
    weights = [1.0]
"""


@pytest.fixture
def model(tmp_path, monkeypatch):
    """The name of a module in the current directory, another one in every test."""
    name = f"model_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    yield name
    sys.modules.pop(name, None)


def check(model, *arguments):
    """Exit status of the command; a name that begins with a colon is one in the module."""
    try:
        return main(["check", *(model + a if a.startswith(":") else a for a in arguments)])
    except SystemExit as exit_:
        return exit_.code


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        ((":cost", ":gradient", "--x", "1,2,-3"), 0, "check_gradient: PASS (3 of 3 entries pass"),
        ((":cost", ":gradient", "--x", "2"), 0, "check_gradient: PASS (1 of 1 entries passes"),
        ((":cost", ":tripled", "--gradient", "--x", "1,2"), 1, "hint: every entry is 1.5 times what it should be"),
        ((":pair", "--x", "1,2"), 0, "check_gradient: PASS (2 of 2 entries pass"),
        ((":Model.cost", ":gradient", "--x", "1,2"), 0, "check_gradient: PASS"),
        ((":squares", ":diagonal", "--jacobian", "--x", "1,2"), 0, "check_jacobian: PASS (4 of 4"),
        ((":gradient", ":two", "--hessian", "--x", "1,2"), 0, "check_hessian: PASS (4 of 4"),
        ((":sine", ":cosine", "--derivative", "--x", "1"), 0, "check_derivative: PASS (1 of 1"),
        ((":sine", ":cosine", "--derivative", "--x", "1,2"), 0, "check_derivative: PASS (2 of 2"),
        ((":sine", ":sine", "--derivative", "--x", "1"), 1, "check_derivative: FAIL (1 of 1"),
        (("math:sin", "math:cos", "--derivative", "--x", "1"), 0, "check_derivative: PASS (1 of 1"),
        ((":coarse", ":coarse_gradient", "--x", "1"), 3, "resolution=0.0001 was asked"),
        ((":coarse", ":coarse_gradient", "--x", "1", "--resolution", "0.1"), 0, "check_gradient: PASS"),
        ((":cost", ":tripled", "--x", "1", "--atol", "2"), 3, "check_gradient: INCONCLUSIVE"),
        ((":cost", ":tripled", "--x", "1", "--rtol", "1.1"), 3, "check_gradient: INCONCLUSIVE"),
        ((":cost", ":gradient", "--x", "1,2", "--max-nfev", "4"), 3, "max_nfev was reached"),
        ((":kink", ":nan", "--x", "0"), 1, "check_gradient: FAIL"),
        ((":kink", ":squares", "--x", "0"), 3, "a subgradient; f has a kink"),
        ((":kink", ":squares", "--x", "0", "--allow-subgradient"), 0, "check_gradient: PASS"),
        (
            (":cost", ":gradient", "--x", "1,2,3", "--directions", "2", "--seed", "3"),
            0,
            "2 of 2 directional derivatives",
        ),
        ((":cost", ":gradient", "--x", "1,2,3", "--directions", "auto"), 0, "n is 3"),
        ((":kept_inside", ":gradient", "--x", "1", "--bounds", "0,1"), 0, "check_gradient: PASS"),
        ((":kept_inside", ":gradient", "--x", "1", "--side", "left"), 0, "check_gradient: PASS"),
        ((":kink", ":ones", "--x", "0", "--side", "right"), 0, "check_gradient: PASS"),
        ((":kink", ":ones", "--x", "0", "--side", "left"), 1, "check_gradient: FAIL"),
        ((":sine", ":cosine", "--x", "1", "--derivative", "--noise", "0.1"), 3, "check_derivative: INCONCLUSIVE"),
    ],
)
def test_check(model, capsys, arguments, status, text):
    assert check(model, *arguments) == status
    captured = capsys.readouterr()
    assert captured.out.startswith("check_")
    assert text in captured.out
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("x", [["--x=-1,2"], ["--x", "-1,2"], ["--x", "-.5,-1e-3"], ["--x", "-2"], ["--x", "-1e-3"]])
def test_negative_numbers(model, capsys, x):
    assert check(model, ":cost", ":gradient", *x) == 0
    assert check(model, *x, "--bounds", "-5,5", ":cost", ":gradient") == 0


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2), (0,)])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", ">f8"])
def test_x_from_a_file(model, capsys, shape, dtype):
    np.save("start.npy", np.full(shape, 3, dtype=dtype))
    assert check(model, ":cost", ":gradient", "--x", "start.npy") == 0
    count = math.prod(shape)
    assert (f"{count} of {count} entries" if count else "no entries") in capsys.readouterr().out


def test_seed_and_directions_are_passed_on(model, capsys):
    assert check(model, ":cost", ":gradient", "--x", "1,2", "--directions", "3", "--seed", "5", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["directions"], report["seed"]) == (3, 5)


def strict(text):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ((":cost", ":gradient", "--x", "1,2"), "pass"),
        ((":cost", ":tripled", "--x", "1,2"), "fail"),
        ((":cost", ":tripled", "--x", "1,2,3", "--directions", "2"), "fail"),
        ((":cost", ":nan", "--x", "1,2"), "fail"),
        ((":nan", ":diagonal", "--x", "1,2", "--jacobian"), "inconclusive"),
        ((":cost", ":gradient", "--x", "nan,inf"), "inconclusive"),
        ((":cost", ":cost", "--x", "1,2"), "fail"),
        ((":squares", ":nan", "--x", "0,2", "--jacobian"), "fail"),
        ((":kink", ":squares", "--x", "0"), "inconclusive"),
        ((":coarse", ":coarse_gradient", "--x", "1"), "inconclusive"),
    ],
)
def test_json(model, capsys, arguments, verdict):
    status = check(model, *arguments, "--json")
    report = strict(capsys.readouterr().out)
    assert report["verdict"] == verdict
    assert status == {"pass": 0, "fail": 1, "inconclusive": 3}[verdict]
    assert {"check", "counts", "evaluations", "hints", "notes", "worst"} <= report.keys()


def test_what_f_prints_is_not_in_the_json(model, capsys):
    assert check(model, ":talkative", ":gradient", "--x", "1,2", "--json") == 0
    captured = capsys.readouterr()
    assert strict(captured.out)["verdict"] == "pass"
    assert captured.err.startswith("imported\nevaluated\n")


FILES = {
    "objects.npy": lambda name: np.save(name, np.array([1, None], dtype=object), allow_pickle=True),
    "words.npy": lambda name: np.save(name, np.array(["a"])),
    "complex.npy": lambda name: np.save(name, np.array([1j])),
    "empty.npy": lambda name: Path(name).write_bytes(b""),
    "text.npy": lambda name: Path(name).write_text("1,2,3"),
    "folder.npy": lambda name: Path(name).mkdir(),
}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((":cost", ":gradient"), "the following arguments are required: --x"),
        (("--x", "1"), "the following arguments are required: module:f"),
        (("no_such_module:f", "--x", "1"), "argument module:f: No module named 'no_such_module', in '"),
        (("numpy.no_such:f", "--x", "1"), "argument module:f: No module named 'numpy.no_such'"),
        ((":cost", "no_such_module:f", "--x", "1"), "argument module:derivative: No module named 'no_such_module'"),
        (("cost", "--x", "1"), "argument module:f: must be a module and a name in it, as in package.module:f; got"),
        (("model.py:", "--x", "1"), "argument module:f: must be a module and a name in it"),
        ((":coost", "--x", "1"), "has no 'coost'; it has cost"),
        ((":cost", ":Model.nothing", "--x", "1"), "Model has no 'nothing'; it has cost"),
        ((":scale", "--x", "1"), "argument module:f: must be a function; model_"),
        ((":cost", ":scale", "--x", "1"), ":scale is 3.0"),
        ((":cost", "--x", "1"), "f must return"),
        ((":word", ":gradient", "--x", "1"), "must be a number or an array of numbers"),
        ((":gradient", ":gradient", "--x", "1,2"), "one number"),
        ((":cost", ":word", "--x", "1"), "grad must return an array of numbers"),
        ((":cost", ":gradient", "--x", ""), "argument --x: must be numbers separated by commas, as in 1,2.5,-3"),
        ((":cost", ":gradient", "--x", "1,b"), "or the name of a .npy file; got '1,b'"),
        ((":cost", ":gradient", "--x", "missing.npy"), "argument --x: cannot read 'missing.npy': No such file"),
        ((":cost", ":gradient", "--x", "folder.npy"), "argument --x: cannot read 'folder.npy'"),
        ((":cost", ":gradient", "--x", "objects.npy"), "argument --x: must be a .npy file with an array of numbers"),
        ((":cost", ":gradient", "--x", "empty.npy"), "argument --x: must be a .npy file with an array of numbers"),
        ((":cost", ":gradient", "--x", "text.npy"), "argument --x: must be a .npy file with an array of numbers"),
        ((":cost", ":gradient", "--x", "words.npy"), "x must hold float64, float32 or integers; got dtype <U1"),
        ((":cost", ":gradient", "--x", "complex.npy"), "x must hold float64, float32 or integers; got dtype complex"),
        ((":cost", ":gradient", "--x", "1", "--resolution", "a"), "argument --resolution: must be a number; got 'a'"),
        ((":cost", ":gradient", "--x", "1", "--resolution", "2"), "resolution must lie between 0 and 1; got 2.0"),
        ((":cost", ":gradient", "--x", "1", "--rtol", "-1"), "rtol must be finite and not negative; got -1.0"),
        ((":cost", ":gradient", "--x", "1", "--atol", "nan"), "atol must be finite and not negative; got nan"),
        ((":cost", ":gradient", "--x", "1", "--max-nfev", "1.5"), "argument --max-nfev: must be an integer; got '1.5'"),
        ((":cost", ":gradient", "--x", "1", "--max-nfev", "0"), "max_nfev must be an integer from 1 to"),
        ((":cost", ":gradient", "--x", "1", "--directions", "all"), "must be an integer or auto; got 'all'"),
        ((":cost", ":gradient", "--x", "1", "--directions", "0"), "directions must be an integer from 1 to"),
        ((":cost", ":gradient", "--x", "1", "--seed", "-1"), "seed must be an integer from 0 to"),
        ((":cost", ":gradient", "--x", "1", "--bounds", "1"), "argument --bounds: must be two numbers, as in 0,1"),
        ((":cost", ":gradient", "--x", "1", "--bounds", "2,3"), "x must lie within bounds; got x = 1.0 < lb = 2.0"),
        ((":cost", ":gradient", "--x", "1", "--side", "up"), "argument --side: invalid choice: 'up'"),
        ((":cost", ":gradient", "--x", "1", "--noise", "a"), "argument --noise: must be a number; got 'a'"),
        ((":cost", ":gradient", "--x", "1", "--noise", "-1"), "noise must be finite and not negative; got -1.0"),
        ((":sine", ":cosine", "--x", "1", "--derivative", "--directions", "2"), "--directions: not with --derivative"),
        ((":sine", ":cosine", "--x", "1", "--derivative", "--jacobian"), "not allowed with argument --derivative"),
        ((":sine", ":cosine", "--x", "1", "--deriv"), "unrecognized arguments: --deriv"),
    ],
)
def test_bad_usage_of_check(model, capsys, arguments, message):
    for name, make in FILES.items():
        if name in arguments:
            make(name)
    assert check(model, *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    usage, error = captured.err.removeprefix("imported\n").rsplit("\nnumdiff", 1)
    assert usage.startswith("usage: numdiff")
    assert error.partition("error: ")[0] in (" check: ", ": ")
    assert message in error
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("arguments", "raised", "line"),
    [
        ((":broken", ":gradient", "--x", "1"), "ValueError: broken inside", 'raise ValueError("broken inside")'),
        ((":cost", ":broken", "--x", "1"), "ValueError: broken inside", 'raise ValueError("broken inside")'),
        ((":ended", ":gradient", "--x", "1"), "SystemExit: 0", "raise SystemExit(0)"),
        ((":broken", "--x", "1"), "ValueError: broken inside", 'raise ValueError("broken inside")'),
        ((":later", ":gradient", "--x", "1"), "No module named 'model_helper'", "import model_helper"),
        (("math:log", "math:sin", "--derivative", "--x", "-1"), "ValueError: math domain error", ""),
    ],
)
def test_what_the_functions_raise_is_shown(model, capsys, arguments, raised, line):
    assert check(model, *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert raised in captured.err
    assert line in captured.err
    assert "usage:" not in captured.err
    # nothing of the library between the user and the cause
    assert "_check_command.py" not in captured.err
    name = next(a for a in arguments if a in (":broken", ":ended", ":later", "math:log"))
    assert captured.err.splitlines()[-1].startswith(f"numdiff check: error: {model * (name[0] == ':')}{name} raised ")


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("import sys\nsys.exit(0)", "SystemExit: 0"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def f(:", "SyntaxError: invalid syntax"),
    ],
)
def test_what_a_module_raises_is_shown(model, capsys, tmp_path, source, raised):
    name = f"{model}_raising"
    (tmp_path / f"{name}.py").write_text(source)
    assert check(name, ":f", "--x", "1") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert raised in captured.err
    assert source.splitlines()[-1] in captured.err
    assert "importlib" not in captured.err
    assert captured.err.splitlines()[-1] == f"numdiff check: error: {name} raised {raised.partition(':')[0]}"


def test_a_function_object_keeps_how_it_is_called(model, capsys, tmp_path):
    (tmp_path / f"{model}.py").write_text(
        "import numdiff\n"
        "f = numdiff.Function(lambda x, p: (x**p).sum(axis=0), vectorized=True, args=(3,))\n"
        "grad = lambda x, p: p * x ** (p - 1)\n"
        "broken = numdiff.Function(lambda x: x.nothing)\n"
    )
    assert check(model, ":f", ":grad", "--x", "1,2") == 0
    assert check(model, ":broken", ":grad", "--x", "1,2") == 2
    assert f"{model}:broken raised AttributeError" in capsys.readouterr().err


def test_search_path_is_left_as_it_was(model, capsys):
    before = sys.path[:]
    assert check(model, ":cost", ":gradient", "--x", "1") == 0
    assert check(model, ":broken", ":gradient", "--x", "1") == 2
    assert sys.path == before


def test_help_of_check(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["check", "--help"])
    assert exit_.value.code == 0
    out = capsys.readouterr().out
    options = ["--x", "--derivative", "--gradient", "--jacobian", "--hessian", "--resolution", "--rtol", "--atol"]
    options += ["--directions", "--seed", "--bounds", "--side", "--noise", "--allow-subgradient", "--max-nfev"]
    options += ["--json"]
    for option in options:
        assert f"\n  {option}" in out
    assert "\nexamples:\n  numdiff check " in out
    for status in range(4):
        assert f"\n  {status}  " in out


# as the installed script does it: its own folder is the first of the path
SCRIPT = "import sys; sys.path[0] = 'elsewhere'; from numdiff._cli.main import main; sys.exit(main())"


@pytest.mark.parametrize("program", [["-m", "numdiff"], ["-c", SCRIPT]], ids=["module", "script"])
def test_check_of_a_program_in_another_directory(tmp_path, program):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "functions.py").write_text(MODULE)
    targets = ["package.functions:cost", "package.functions:gradient"]
    done = run(*program, "check", *targets, "--x", "-1,2", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "imported\n")
    assert strict(done.stdout)["verdict"] == "pass"
    assert run(*program, "check", targets[0], "package.functions:tripled", "--x", "1", cwd=tmp_path).returncode == 1
    assert run(*program, "check", targets[0], "package.functions:ended", "--x", "1", cwd=tmp_path).returncode == 2
    assert run(*program, "check", targets[0], "nowhere:f", "--x", "1", cwd=tmp_path).returncode == 2
    done = run(
        *program, "check", "package.functions:coarse", "package.functions:coarse_gradient", "--x=1", cwd=tmp_path
    )
    assert done.returncode == 3


def test_nothing_is_imported_from_here_if_python_is_told_not_to(tmp_path):
    (tmp_path / "model.py").write_text(MODULE)
    done = run("-P", "-m", "numdiff", "check", "model:cost", "model:gradient", "--x", "1", cwd=tmp_path)
    assert done.returncode == 2
    assert "No module named 'model'" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
def test_closed_pipe_ends_a_check_quietly(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "numdiff", "check", "math:sin", "math:cos", "--derivative", "--x", "1"]
    try:
        done = subprocess.run(
            command, cwd=tmp_path, env=ENVIRONMENT, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == CLOSED_PIPE


# ---------------------------------------------------------------------------- an answer that cannot be printed

CHECK = ["check", "math:sin", "math:cos", "--derivative", "--x", "1"]
PRINTING = {"check": CHECK, "json": [*CHECK, "--json"], "tour": ["tour"]}
posix = pytest.mark.skipif(os.name != "posix", reason="file descriptors of a shell")


@posix
@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
@pytest.mark.parametrize("stdout", [">&-", ">/dev/full"], ids=["closed", "full"])
def test_what_cannot_be_printed_is_no_verdict(tmp_path, stdout, arguments):
    """1 would say that a right derivative is wrong."""
    if stdout == ">/dev/full" and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    done = run_in_shell(f'exec "$0" "$@" {stdout}', "-m", "numdiff", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert re.fullmatch("numdiff: error: (standard output is closed|no answer could be printed: .*)\n", done.stderr)


@posix
@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"], ids=["closed", "full"])
@pytest.mark.parametrize(("derivative", "status"), [("gradient", 0), ("tripled", 1), ("ended", 2), ("missing", 2)])
def test_exit_statuses_with_nowhere_to_report(tmp_path, derivative, status, stderr):
    (tmp_path / "model.py").write_text(MODULE.replace('print("imported")', ""))
    arguments = ["-m", "numdiff", "check", "model:cost", f"model:{derivative}", "--x", "1,2"]
    assert run_in_shell(f'exec "$0" "$@" {stderr}', *arguments, cwd=tmp_path).returncode == status


def test_a_fault_of_the_program_is_no_verdict(capsys, monkeypatch):
    def section():
        raise RuntimeError("something else")

    monkeypatch.setattr(_tour, "SECTIONS", (section,))
    assert main(["tour"]) == 2
    assert capsys.readouterr().err.endswith("RuntimeError: something else\n")


@posix
def test_a_character_that_stdout_cannot_encode(tmp_path):
    code = (
        "import numdiff._cli.check as check, sys\n"
        "check.CheckReport.__str__ = lambda self: chr(0x3c0)\n"
        "from numdiff._cli.main import main\n"
        f"sys.exit(main({CHECK}))"
    )
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert done.stderr.startswith("numdiff: error: no answer could be printed: 'ascii' codec can't encode")
