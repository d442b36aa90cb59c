"""The modules of explorer/live/core/, executed by Node, against values that Python computes now."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from explorer.live.bundle import FOLDER
from tests.live.core_cases import write_cases

TESTS = sorted(Path(__file__).parent.glob("core/*.test.js"))


def find_node() -> str:
    """Without Node the test is skipped, except where CI is set."""
    node = shutil.which("node")
    if not node:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("node is not installed (version 20 or later)")
    return node


def test_core_computes_what_python_computes(tmp_path):
    """Run the tests in one process of Node, whose start takes longer than most of them."""
    write_cases(tmp_path)
    code = "".join(f"await import({path.as_uri()!r});" for path in TESTS)
    done = subprocess.run(
        [find_node(), "--input-type=module", "-e", code],
        env=os.environ | {"CASES": str(tmp_path), "CORE": (FOLDER / "core").as_posix()},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_imported_by_node_without_a_browser():
    paths = sorted(path.as_uri() for path in FOLDER.rglob("*.js"))
    code = "".join(f"await import({path!r});" for path in paths)
    done = subprocess.run([find_node(), "--input-type=module", "-e", code], capture_output=True, text=True)
    assert len(paths) > 30 and done.returncode == 0, done.stderr
