"""The command line, in this process and as a program of its own."""

import functools
import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import numdiff
from numdiff import _tour
from numdiff.__main__ import CLOSED_PIPE, main

# The package under test, wherever the working directory is.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(numdiff.__file__).parents[1])}


def run(*arguments, cwd, **options):
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, **options)


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
    wrong = replace(_tour.RULES[0], analytic=lambda x: 0.0)
    sections = (functools.partial(_tour.rules, table=[wrong, *_tour.RULES[1:]]),)
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
        "from numdiff.__main__ import main\n"
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
