"""The steps by which a lesson is added, as the documentation gives them, in a copy of the project."""

import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs/add-a-lesson.md"
OPEN = """
import json, sys
from pathlib import Path
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(str(Path("explorer/ui/main.py").absolute()), default_timeout=60).run()
app.query_params["logit"] = "2.0"
app.switch_page("../../pages/learn_sigmoid.py").run()
app.button(key="learn_sigmoid answer 2").click().run()
print(json.dumps({
    "faults": [e.message for e in [*app.exception, *app.error, *app.warning, *app.info]],
    "titles": [t.value for t in app.title],
    "captions": [c.value for c in app.caption],
    "texts": [m.value for m in app.markdown],
    "code": [c.value for c in app.code],
    "plots": [
        plot["values"]["present"]
        for e in app.get("bidi_component")
        if e.proto.component_name == "plots"
        for plot in json.loads(e.proto.json)[0]["content"]["options"]["plots"]
    ],
    "query": dict(app.query_params),
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


@pytest.mark.process
def test_the_page_of_a_lesson_that_was_added_opens(project, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    run = subprocess.run([sys.executable, "-c", OPEN], cwd=project, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    page = json.loads(run.stdout.splitlines()[-1])
    assert page["faults"] == [] and page["titles"] == ["The sigmoid"]
    assert page["captions"][0] == "Lesson 13 of 13"
    [present] = page["plots"]
    assert present["x"] == 2 and present["y"] == pytest.approx(1 / (1 + math.exp(-2)))
    assert page["code"][0].startswith("def pixel(") and page["query"] == {"logit": "2.0", "answer": "2"}
    texts = "\n".join(page["texts"])
    assert "The pixel is **0.88**." in texts and "**Correct.** At 0 both" in texts
    assert r"\sigma(\textcolor{#" in texts and "@{" not in texts


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
