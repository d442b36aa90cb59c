"""What a lesson's folder contains, and which of its files may show something on a page."""

import ast
from pathlib import Path

import pytest

from explorer.registry import LESSONS

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("explorer/lessons/*/lesson.py"))


def test_every_folder_is_a_lesson_in_the_registry():
    assert {folder.name for folder in FOLDERS} == set(LESSONS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_only_lesson_py_imports_streamlit_the_pages_or_another_lesson(folder):
    assert (folder / "mathematics.md").exists()
    for path in folder.glob("*.py"):
        modules = {
            node.module if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        foreign = {m for m in modules if m.startswith("explorer.lessons.") and m.split(".")[2] != folder.name}
        assert not foreign
        if path.name != "lesson.py":
            assert not {m for m in modules if m.split(".")[0] == "streamlit" or m.startswith("explorer.ui")}
