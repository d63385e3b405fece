"""The options of all functions are declared once."""

import inspect
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import numdiff
from numdiff import _options, testing

PACKAGE = Path(numdiff.__file__).parent
FUNCTIONS = {name: getattr(numdiff, name) for name in numdiff.__all__ if inspect.isfunction(getattr(numdiff, name))}
ASSERTIONS = {name: getattr(testing, name) for name in testing.__all__ if name.startswith("assert_")}
DECLARED = {
    name: option
    for group in vars(_options).values()
    if isinstance(group, type) and hasattr(group, "__total__")
    for name, option in _options.options_of(group).items()
}


def keywords_of(f):
    return [p.name for p in inspect.signature(f).parameters.values() if p.kind is p.KEYWORD_ONLY]


@pytest.mark.parametrize("name", sorted(FUNCTIONS | ASSERTIONS))
def test_signature_and_documentation_name_every_option(name):
    f = (FUNCTIONS | ASSERTIONS)[name]
    kinds = {p.kind for p in inspect.signature(f).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds
    assert "**options" not in f.__doc__
    for option in keywords_of(f):
        text = inspect.getdoc(f)
        assert f"\n{option} : " in text or f"{option}, " in text or f", {option}\n" in text, option


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_public_functions_live_in_numdiff(name):
    assert FUNCTIONS[name].__module__ == "numdiff"


@pytest.mark.parametrize("option", sorted(DECLARED))
def test_an_option_is_declared_in_one_file(option):
    """Nobody else names its default: signatures take it from the declaration."""
    spelt = f"{option}=" if option != "args" else "args=()"
    for path in [*PACKAGE.rglob("_operators/*.py"), PACKAGE / "_checks" / "check.py"]:
        code = path.read_text("utf-8").replace(" ", "").split('"""')[::2]
        heads = [line for part in code for line in part.splitlines() if line.startswith("def")]
        assert not any(spelt in head for head in heads), path


@pytest.mark.parametrize("name", sorted(FUNCTIONS | ASSERTIONS))
@pytest.mark.parametrize(("given", "meant"), [("bound", "bounds"), ("vectorised", "vectorized"), ("arg", "args")])
def test_a_misspelt_option(name, given, meant):
    f = (FUNCTIONS | ASSERTIONS)[name]
    arguments = {
        p.name: 1 if p.name == "degree" else 1.0 if p.name in ("x", "x0") else abs
        for p in inspect.signature(f).parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD and (p.default is p.empty or p.name == "x")
    }
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{given}'; did you mean '{meant}'\\?"):
        f(**arguments, **{given: None})


def test_an_option_that_resembles_none():
    with pytest.raises(TypeError, match=r"got an unexpected keyword argument 'qqq'; it takes method, accuracy"):
        numdiff.derivative(abs, 1.0, qqq=3)


def test_a_new_option_is_one_entry(tmp_path):
    """Written into a copy of the package, it is in every signature and in the documentation."""
    shutil.copytree(PACKAGE, tmp_path / "numdiff")
    file = tmp_path / "numdiff" / "_options.py"
    source = file.read_text("utf-8")
    entry = 'patience: Annotated[int, Option(7, "int", "How long to wait.")]\n    '
    head, mark, rest = source.partition("vectorized: Annotated[")
    assert mark
    file.write_text(head + entry + mark + rest, "utf-8")
    code = """
import inspect, numdiff, numdiff.testing
assert numdiff.__file__.startswith(PATH), numdiff.__file__
for f in (numdiff.derivative, numdiff.jacobian, numdiff.taylor, numdiff.check_hessian, numdiff.testing.assert_gradient):
    assert inspect.signature(f).parameters["patience"].default == 7
    assert "patience : int, optional\\n    How long to wait.\\n" in inspect.getdoc(f)
assert numdiff.gradient(lambda x: x[0] ** 2, [3.0], patience=3).round(9) == [6.0]
""".replace("PATH", repr(str(tmp_path)))
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=120)


@pytest.mark.parametrize("name", ["gradient", "jacobian", "taylor", "check_derivative"])
def test_options_of_others_are_refused(name):
    arguments = (abs, abs, 1.0) if name == "check_derivative" else (abs, 1.0, 2) if name == "taylor" else (abs, 1.0)
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'order'; it takes"):
        FUNCTIONS[name](*arguments, order=2)
