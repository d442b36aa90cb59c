"""Without a home, or where nothing may be written, a sentence says which variable to set; and no folder is
named "~".
"""

import os
import shutil

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.cli.parser import main
from explorer.data import data_folder, own
from explorer.data.digits import load_digits
from explorer.errors import UserError
from explorer.jobs.limits import check_disk
from explorer.store.catalogue import SHIPPED_FOLDER, runs_folder
from explorer.store.folders import configured_folder
from explorer.ui.pages import page_file
from tests.conftest import ROOT
from tests.one_process import in_one_process

BOTH = ("EXPLORER_RUNS", "EXPLORER_DATA")
NOBODY = 54_321  # no user of this machine


def test_a_folder_is_the_variables_or_the_usual_one(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    for value, expected in (
        ("/srv/runs", "/srv/runs"),
        ("runs", "runs"),
        ("~/runs", "/home/ada/runs"),
        ("", "/home/ada/x"),
        ("a~b", "a~b"),
    ):
        monkeypatch.setenv("EXPLORER_RUNS", value)
        assert str(configured_folder("EXPLORER_RUNS", "~/x")) == expected
    monkeypatch.delenv("EXPLORER_RUNS")
    assert runs_folder() == SHIPPED_FOLDER


@pytest.fixture
def homeless(tmp_path, monkeypatch):
    """Simulate a user whom the system does not know, without HOME."""
    for name in BOTH:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    yield
    assert not list(tmp_path.iterdir())


def names_both(error) -> bool:
    return (
        all(name in str(error) for name in BOTH) and "\n" not in str(error) and "no home folder" in str(error)
    )


def test_without_a_home_what_needs_images_says_what_to_set(homeless, capsys):
    with pytest.raises(UserError) as error:
        data_folder()
    assert names_both(error.value)
    with pytest.raises(UserError) as error:
        own.save_own(load_digits(), "mine")
    assert names_both(error.value) and own.list_names() == []
    for words in (["data", "mnist"], ["train", "--dataset", "own:it"], ["train", "--dataset", "mnist"]):
        assert main(words) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert names_both(line)


def test_without_a_home_what_needs_none_works(homeless, capsys):
    check_disk()
    assert main(["list"]) == 0 and main(["data", "digits"]) == 0 and main(["doctor"]) == 0
    assert names_both(capsys.readouterr().out.splitlines()[-1])


def test_a_home_in_the_variable_where_there_is_none_is_refused(homeless, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_RUNS", "~/runs")
    assert main(["list"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert names_both(line) and "~/runs" in line


def test_pages_open_where_the_images_folder_can_not_be_told(tmp_path, monkeypatch):
    """Use the home of an unknown user, which is for the app to report; without any home, Streamlit (1.67)
    itself does not start.
    """
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setenv("EXPLORER_DATA", "~no-such-user/data")
    st.cache_data.clear()
    app = AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=120).run()
    for page in ("home", "explore", "compare", "train", "images", "library"):
        app.switch_page(page_file(page)).run()
        assert not app.exception and not app.error, page


@pytest.mark.process
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user"
)
@pytest.mark.parametrize("home", [None, "/"])
def test_a_user_who_may_write_nowhere_is_told_which_variable_to_set(home):
    """Use a checkout of another user, as on a server, where HOME is not set, or is the root of the disk."""
    env = {name: value for name, value in os.environ.items() if name not in (*BOTH, "HOME")} | {
        "PYTHONDONTWRITEBYTECODE": "1"
    }
    env |= {"HOME": home} if home else {}
    become = [
        shutil.which("setpriv") or pytest.skip("setpriv becomes another user"),
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
    ]
    commands = {
        ("train", "--epochs", "1", "--width", "8"): "EXPLORER_RUNS",
        ("jobs",): "EXPLORER_RUNS",
        ("train", "--queue", "--epochs", "1"): "EXPLORER_RUNS",
        ("data", "mnist"): "EXPLORER_DATA",
    }
    results = in_one_process(list(commands), env, become)
    if not results:
        pytest.skip("another user can't read this checkout, or Python's packages")
    for done, variable in zip(results, commands.values()):
        line = done.stderr.decode().splitlines()[-1]
        assert done.returncode == 2, done
        assert f"set {variable} to another folder" in line or (home is None and names_both(line)), line
    assert not (ROOT / "~").exists()
