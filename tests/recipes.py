"""The examples of CONTRIBUTING.md, made part of the project for the duration of a test."""

import re
import shlex
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from explorer import registry
from explorer.ui.explore.tools import TOOLS

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"^(?:`(?P<name>[^`]+)`(?P<place>[^\n]*):\n\n)?```(?:python|sh)\n(?P<code>.*?)^```", re.M | re.S
)


@dataclass(frozen=True)
class Recipe:
    """A recipe in the documentation. file: the path of the new file, and its content; table: the name of the
    registry, and the new line in it; commands: the arguments of each command.
    """

    file: tuple[str, str]
    table: tuple[str, str]
    commands: list[list[str]]

    @property
    def module(self) -> str:
        return self.file[0].removesuffix(".py").replace("/", ".")


def recipes() -> dict[str, Recipe]:
    """Return the recipes by the titles of their sections."""
    by_title = {}
    for section in re.split(r"^## ", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.M)[1:]:
        title = section.partition("\n")[0]
        # The recipe for a lesson has several files: tests/pages/test_add_a_lesson.py follows it.
        if title.startswith("Add a ") and title != "Add a lesson":
            file, table, *commands = BLOCK.finditer(section)
            lines = [line for block in commands for line in block["code"].splitlines()]
            by_title[title.removeprefix("Add a ")] = Recipe(
                (file["name"], file["code"]),
                (table["name"], table["code"]),
                [shlex.split(line.removeprefix("python -m explorer ")) for line in lines],
            )
    return by_title


def add(recipe: Recipe, folder: Path, monkeypatch) -> str:
    """Write the file of a recipe into a folder that Python searches as the project's own, and add its line.
    Return the name of the addition.
    """
    path, code = recipe.file
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code, encoding="utf-8")
    package = import_module(recipe.module.rpartition(".")[0])
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(file.parent)])
    monkeypatch.delitem(sys.modules, recipe.module, raising=False)
    table, line = recipe.table
    if table == "TOOLS":
        [(name, entry)] = eval(f"{{{line}}}", {file.stem: import_module(recipe.module)}).items()
        monkeypatch.setitem(TOOLS, name, entry)
    else:
        entry = eval(line, vars(registry).copy())
        name = entry.name
        monkeypatch.setitem(getattr(registry, table), name, entry)
    return name
