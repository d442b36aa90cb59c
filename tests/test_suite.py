"""The default `pytest` and .ci/run's second command run every test between them, and none twice."""

import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT

CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
[REST] = re.findall(r'^pytest -n 3 --reruns 1 -rsR -m "(.+)"$', CI, re.M)  # what the default leaves out
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONS = PROJECT["tool"]["pytest"]["ini_options"]


def test_the_default_leaves_out_exactly_what_ci_runs_afterwards():
    assert CI.count("pip install -q -r requirements.txt && pytest\n") == 1
    assert f"-m 'not ({REST})'" in OPTIONS["addopts"]
    assert REST.split(" or ") == [marker.partition(":")[0] for marker in OPTIONS["markers"]]


@pytest.mark.process
def test_of_browser_tests_the_default_runs_the_smoke_test_only():
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-n",
        "0",
        "tests/browser",
        "tests/engines",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert set(re.findall(r"^(tests/\S+): \d+$", done.stdout, re.M)) == {"tests/browser/test_smoke.py"}
