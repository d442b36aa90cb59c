"""Text is UTF-8 in files, whatever the system's language; what a terminal can't show is replaced there."""

import ast
import csv
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from explorer.data import own
from explorer.data.dataset import Dataset
from tests.conftest import ROOT
from tests.one_process import in_one_process

FILES = [
    *ROOT.glob("explorer/**/*.py"),
    *ROOT.glob("pages/*.py"),
    ROOT / "app.py",
    *ROOT.glob("tests/**/*.py"),
]
TEXT_METHODS = {"read_text": 0, "write_text": 1}  # the position of the encoding among the arguments


def opens_in_the_systems_encoding(call: ast.Call) -> bool:
    """Return whether a call reads or writes a text file without an encoding, as far as its name shows."""
    if any(keyword.arg in ("encoding", None) for keyword in call.keywords):
        return False
    if isinstance(call.func, ast.Attribute) and call.func.attr in TEXT_METHODS:
        return len(call.args) <= TEXT_METHODS[call.func.attr]
    if isinstance(call.func, ast.Name) and call.func.id == "open":
        modes = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] + call.args[1:2]
        return (
            not (modes and isinstance(modes[0], ast.Constant) and "b" in modes[0].value)
            and len(call.args) <= 3
        )
    return False


@pytest.mark.parametrize(
    "code",
    [
        "p.read_text()",
        "p.write_text('é')",
        "open(p)",
        "open(p, 'w')",
        "open(p, mode='a')",
        "(a / b).read_text()",
    ],
)
def test_a_call_without_an_encoding_is_found(code):
    assert opens_in_the_systems_encoding(ast.parse(code, mode="eval").body)


@pytest.mark.parametrize(
    "code",
    [
        "p.read_text(encoding='utf-8')",
        "p.read_text('utf-8')",
        "p.write_text('é', 'utf-8')",
        "open(p, 'rb')",
        "open(p, mode='wb')",
        "open(p, encoding='utf-8')",
        "p.read_bytes()",
        "Image.open(p)",
    ],
)
def test_a_call_with_an_encoding_is_let_be(code):
    assert not opens_in_the_systems_encoding(ast.parse(code, mode="eval").body)


def test_every_text_file_is_opened_as_utf_8():
    assert not [
        f"{path.relative_to(ROOT)}, line {node.lineno}: name the encoding, utf-8"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and opens_in_the_systems_encoding(node)
    ]


@pytest.fixture(scope="module", params=["C", "de_DE.CP1252"])
def locale(request, tmp_path_factory):
    """Return the environment of a system whose text is ASCII, or Windows' CP1252: neither can read all of our
    files.
    """
    env = os.environ | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": request.param}
    if request.param != "C":
        folder = tmp_path_factory.mktemp("locales")
        maker = shutil.which("localedef") or pytest.skip("localedef makes the locale")
        command = [maker, "-i", "de_DE", "-f", "CP1252", folder / "de_DE.CP1252"]
        if subprocess.run(command, capture_output=True).returncode or not (folder / "de_DE.CP1252").is_dir():
            pytest.skip("this system has no sources of locales")
        env["LOCPATH"] = str(folder)
    code = "import locale; print(locale.getpreferredencoding())"
    encoding = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True
    ).stdout.strip()
    assert encoding == {"C": "ANSI_X3.4-1968", "de_DE.CP1252": "CP1252"}[request.param]
    return env


@pytest.mark.process
def test_every_page_opens_whatever_the_locale(locale, tmp_path):
    """Open Home, Library and each lesson, whose code and formulas contain letters that neither locale has."""
    code = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("explorer/ui/main.py", default_timeout=120).run()
for page in sorted(Path("pages").resolve().glob("*.py")):
    app.switch_page(str(page)).run()
    assert not app.exception and not app.error and len(app.main) > 0, page.name
print(len(list(Path("pages").glob("*.py"))), "pages")
"""
    env = locale | {"EXPLORER_RUNS": str(tmp_path / "runs"), "EXPLORER_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    assert done.stdout.endswith(" pages\n"), done.stderr[-2000:]


@pytest.mark.process
def test_a_run_is_trained_shown_and_embedded_whatever_the_locale(locale, tmp_path, monkeypatch):
    """Use class names in letters of every kind, in run.json, events.jsonl and the table."""
    names = ("größe", "日本語", "Ελλάς")
    env = locale | {"EXPLORER_RUNS": str(tmp_path / "runs"), "EXPLORER_DATA": str(tmp_path / "data")}
    monkeypatch.setenv("EXPLORER_DATA", env["EXPLORER_DATA"])
    images = np.random.default_rng(0).integers(0, 256, (18, 1, 16, 16), np.uint8)
    own.save_own(Dataset("x", images, np.arange(18) % 3, names, 9), "named")

    commands = [
        ["train", "--dataset", "own:named", "--epochs", 1, "--width", 8, "--run", "it"],
        ["show", "it", "--json"],
        ["show", "it"],
        ["data", "own:named"],
        ["embed", "it", "--out", tmp_path / "codes.csv"],
    ]
    results = in_one_process(commands, env)
    assert [done.returncode for done in results] == [0] * len(commands), results
    _, as_json, shown, about, _ = (done.stdout for done in results)
    assert json.loads(as_json)["run"] == "it" and b"nats per image" in shown and b"classes: " in about
    with open(tmp_path / "codes.csv", encoding="utf-8") as file:
        assert [row["class"] for row in csv.DictReader(file)] == [names[i % 3] for i in range(9, 18)]


@pytest.mark.process
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_that_lacks_letters_shows_others_in_their_place(tmp_path, encoding):
    for name in ("größe", "日本語"):
        (tmp_path / name).mkdir()
        for i in range(3):
            Image.new("L", (16, 16), 20 * i).save(tmp_path / name / f"{i}.png")
    (tmp_path / "日本語" / "破.png").write_bytes(b"no image")
    env = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    words = ["data", f"folder:{tmp_path}"]
    done, as_json, missed = in_one_process(
        [words, [*words, "--json"], ["data", "folder:/nowhere/日本語"]], env
    )
    out, err = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert done.returncode == 0 and ("größe" if encoding == "cp1252" else "gr??e") in out and "???" in out
    assert "1 image was skipped: ???/?.png: it is not an image" in err
    assert json.loads(as_json.stdout)["class_names"] == ["größe", "日本語"]  # JSON loses nothing
    assert missed.returncode == 2 and b"???" in missed.stderr
