"""The JavaScript of the app: names, imports and layers by eslint, the types of core/ by TypeScript."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from explorer.live.bundle import FOLDER
from tests.conftest import ROOT

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules/.bin"
MAX_LINES = 250
WRONG = [  # JavaScript, and the rule that finds the mistake
    ("export const a = b;", "no-undef"),
    ("export const a = document.title;", "no-undef"),
    ("const a = 1;", "no-unused-vars"),
    ('import { a } from "./nothing.js";\nexport const b = a;', "modules/imports-resolve"),
    ('import { Pad } from "../figures/pad/pad.js";\nexport const b = Pad;', "modules/imports-go-down"),
    ("export const a = 1, b = 2;", "no-restricted-syntax"),
    ("export const [a] = [1];", "no-restricted-syntax"),
]


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


def test_eslint_finds_what_it_should():
    """Lint all of WRONG in one process."""
    program = """
    const { ESLint } = require("eslint"), [cwd, overrideConfigFile, filePath, texts] = process.argv.slice(1);
    const eslint = new ESLint({ cwd, overrideConfigFile }), lint = (text) => eslint.lintText(text, { filePath });
    Promise.all(JSON.parse(texts).map(lint)).then((found) => console.log(JSON.stringify(found)));
    """
    if not (TOOLS / "eslint").exists():
        run_tool("eslint")
    name, texts = FOLDER / "core/written_by_a_test.js", json.dumps([text for text, _ in WRONG])
    command = ["node", "-e", program, ROOT, HERE / "eslint.config.js", name, texts]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    for (text, rule), [found] in zip(WRONG, json.loads(done.stdout), strict=True):
        assert rule in [message["ruleId"] for message in found["messages"]], text
