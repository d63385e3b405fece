"""What is said where the tests cannot run: sources without the kernels beside them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("chosen", [[], ["tests"]], ids=["all", "tests"])
def test_kernels_that_are_missing_are_named_with_the_remedy(tmp_path, chosen):
    shutil.copytree(ROOT / "numdiff", tmp_path / "numdiff", ignore=shutil.ignore_patterns("*.so", "*.pyd", "*.pyc"))
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *chosen]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    (line,) = done.stderr.strip().splitlines()
    assert re.fullmatch(r'ERROR: No module named .numdiff\._kernels\.\w+.: .* pip install -e "\.\[test\]"', line)
