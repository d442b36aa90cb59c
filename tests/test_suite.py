"""The default `pytest` and .ci/run's second command run every test between them, and none twice."""

import re
import subprocess
import sys
import tomllib
from collections import Counter

import pytest

from tests.conftest import ROOT

CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
[REST] = re.findall(r'^pytest -m "(.+)"$', CI, re.M)  # what the default leaves out
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONS = PROJECT["tool"]["pytest"]["ini_options"]
FOLDERS = "tests/browser", "tests/engines", "tests/cli"


def collected(*words: str) -> Counter:
    """Return how many tests of FOLDERS pytest runs, by file."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", *words, *FOLDERS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return Counter({file: int(n) for file, n in re.findall(r"^(tests/\S+): (\d+)$", done.stdout, re.M)})


def test_the_default_leaves_out_exactly_what_ci_runs_afterwards():
    assert CI.count("pip install -q -r requirements.txt && pytest\n") == 1
    assert f"-m 'not ({REST})'" in OPTIONS["addopts"]
    assert REST.split(" or ") == [marker.partition(":")[0] for marker in OPTIONS["markers"]]


@pytest.mark.process
def test_every_test_is_run_once_and_of_browser_tests_the_smoke_test_by_default():
    default, other_tests = collected(), collected("-m", REST)
    assert default + other_tests == collected("-m", "")
    assert {file for file in default if "/cli/" not in file} == {"tests/browser/test_smoke.py"}
