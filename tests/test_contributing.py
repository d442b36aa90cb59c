"""The recipes of CONTRIBUTING.md work as they are written."""

import json
import subprocess
import sys

import pytest

from explorer.cli.parser import main
from explorer.store.catalogue import find_run
from tests.pages.conftest import opened, pad_codes, visit
from tests.recipes import ROOT, add, recipes

RECIPES = recipes()


def test_there_is_a_recipe_for_everything_that_has_a_registry():
    assert list(RECIPES) == ["data set", "network", "model", "likelihood", "tool"]


@pytest.mark.parametrize(
    "recipe", [recipe for recipe in RECIPES.values() if recipe.commands], ids=lambda r: r.module
)
def test_its_commands_succeed_and_its_run_can_be_explored(recipe, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    name = add(recipe, tmp_path, monkeypatch)
    for command in recipe.commands:
        assert main([*command, "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert name in find_run(last["run"]).spec.to_dict().values()
    assert main(["show", last["run"]]) == 0
    explored = visit("explore", opened(), run=last["run"])
    assert not explored.error and len(pad_codes(explored)) == 1


def test_a_tool_opens_and_moves_z(tmp_path, monkeypatch, runs_folder):
    tool = add(RECIPES["tool"], tmp_path, monkeypatch)
    app = visit("explore", opened(), run="tiny-vae", tool=tool)
    [button] = [b for b in app.button if b.label == "Go to the mean code"]
    before = pad_codes(app)
    button.click().run()
    assert not app.exception and not app.error and pad_codes(app) != before


def test_the_files_are_formatted_as_the_project_is(tmp_path):
    for recipe in RECIPES.values():
        path, code = recipe.file
        assert not (ROOT / path).exists()
        for arguments in (["check"], ["format", "--check"]):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", path, "-"],
                input=code,
                cwd=ROOT,
                capture_output=True,
                encoding="utf-8",
            )
            assert done.returncode == 0, done.stdout + done.stderr
