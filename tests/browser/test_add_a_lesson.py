"""The steps by which a lesson is added, as the documentation gives them, in a copy of the project."""

import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.registry import LESSONS

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs/add-a-lesson.md"
N_LESSONS = len(LESSONS) + 1  # with the one that is added
WRITE = """
from pathlib import Path

from explorer.export.contents import lesson_content
from explorer.live.page import build_page

page = build_page(lesson_content("sigmoid"))
Path("page.html").write_text(page, encoding="utf-8")
"""
OPEN = """
import json
from pathlib import Path
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(str(Path("explorer/ui/main.py").absolute()), default_timeout=60).run()
app.query_params["logit"] = "2.0"
app.switch_page("../../pages/learn_sigmoid.py").run()
[state] = [
    json.loads(e.proto.json)[0]["state"]["values"]
    for e in app.get("bidi_component")
    if e.proto.component_name == "lesson_sigmoid"
]
print(json.dumps({
    "faults": [e.message for e in [*app.exception, *app.error, *app.warning, *app.info]],
    "titles": [t.value for t in app.title],
    "captions": [c.value for c in app.caption],
    "state": state,
}))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Copy the project and add the lesson of the recipe."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("explorer", "pages"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "trained").symlink_to(ROOT / "trained", target_is_directory=True)
    (root / "explorer/lessons/sigmoid").mkdir()
    (root / "explorer/lessons/sigmoid/__init__.py").touch()
    blocks = re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)```$", RECIPE.read_text(encoding="utf-8"), re.M | re.S)
    for path, text in blocks:
        if path == "explorer/registry.py":
            registry = (root / path).read_text(encoding="utf-8")
            text = re.sub(r"(\nLESSONS = \{\n.*?)(?=\n\})", rf"\1\n{text.rstrip()}", registry, flags=re.S)
        (root / path).write_text(text, encoding="utf-8")
    assert len(blocks) == 6
    return root


def test_the_page_of_a_lesson_that_was_added_opens(project, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    run = subprocess.run([sys.executable, "-c", OPEN], cwd=project, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    page = json.loads(run.stdout.splitlines()[-1])
    assert page["faults"] == [] and page["titles"] == ["The sigmoid"]
    assert page["captions"][0] == f"Lesson {N_LESSONS} of {N_LESSONS}"
    assert page["state"] == {"logit": 2.0, "answer": 0}


def test_as_a_file_it_asks_shows_and_is_solved(browser, project):
    subprocess.run([sys.executable, "-c", WRITE], cwd=project, check=True)
    page, errors = browser.new_page(), []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((project / "page.html").as_uri())
    page.get_by_test_id("question").get_by_role("button").nth(1).click()
    expect(page.get_by_test_id("task")).to_contain_text("The pixel is 0.98.")
    assert 1 / (1 + math.exp(-4)) == pytest.approx(0.98, abs=0.005)
    page.get_by_test_id("live-control").fill("-1.1")
    expect(page.get_by_test_id("task")).to_contain_text("✓ solved")
    assert not errors


def test_its_code_is_written_as_the_project_is(project):
    files = ["explorer/lessons/sigmoid", "explorer/registry.py", "pages/learn_sigmoid.py"]
    for command in (("format", "--check"), ("check",)):
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--no-cache",
                "--config",
                ROOT / "pyproject.toml",
                *files,
            ],
            cwd=project,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stdout
