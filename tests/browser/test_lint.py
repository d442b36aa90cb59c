"""The JavaScript of the app: names, imports and layers by eslint, the types of core/ by TypeScript."""

import os
import subprocess
from pathlib import Path

import pytest

from explorer.live.bundle import FOLDER
from tests.conftest import ROOT

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules/.bin"
MAX_LINES = 250


def run_tool(name: str, *words: str | Path) -> str:
    """Return what a tool says. Without it the test is skipped, except where CI is set."""
    if not (TOOLS / name).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"{name} is not installed: npm ci --prefix tests/browser"
        )
    done = subprocess.run([TOOLS / name, *words], cwd=ROOT, capture_output=True, text=True)
    assert bool(done.returncode) == bool(done.stdout), done.stderr
    return done.stdout


def test_eslint_and_typescript_find_nothing():
    assert not run_tool("eslint", "-c", HERE / "eslint.config.js", "explorer", "tests/live")
    assert not run_tool("tsc", "-p", HERE / "tsconfig.json")


def test_files_stay_small():
    found = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in FOLDER.rglob("*.js")}
    assert not {name: n for name, n in found.items() if n > MAX_LINES}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("export const a = b;", "no-undef"),
        ("export const a = document.title;", "no-undef"),
        ("const a = 1;", "no-unused-vars"),
        ('import { a } from "./nothing.js";\nexport const b = a;', "modules/imports-resolve"),
        ('import { Pad } from "../figures/pad/pad.js";\nexport const b = Pad;', "modules/imports-go-down"),
        ("export const a = 1, b = 2;", "no-restricted-syntax"),
        ("export const [a] = [1];", "no-restricted-syntax"),
    ],
)
def test_eslint_finds_what_it_should(text, rule):
    if not (TOOLS / "eslint").exists():
        run_tool("eslint")
    name = FOLDER / "core/written_by_a_test.js"
    done = subprocess.run(
        [TOOLS / "eslint", "-c", HERE / "eslint.config.js", "--stdin", "--stdin-filename", name],
        input=text,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert rule in done.stdout
