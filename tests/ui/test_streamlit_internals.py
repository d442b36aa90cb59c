"""The parts of Streamlit that are not public exist in the version that is installed, and may be missing."""

import sys
import tomllib
from pathlib import Path

import pytest
import streamlit

from explorer.ui import streamlit_internals

ROOT = Path(__file__).parents[2]


def test_streamlit_has_them():
    from streamlit import cli_util, config
    from streamlit.web.server import server_util
    from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

    assert is_host_allowed("localhost")
    assert "starlette-app" in Path(config.__file__).read_text(encoding="utf-8")
    assert callable(cli_util.open_browser)
    assert callable(server_util.get_url)
    assert hasattr(config, "_server_mode")
    assert callable(server_util.get_display_address)


def test_the_scripts_of_a_component_are_in_the_frontend(monkeypatch, tmp_path):
    modules = streamlit_internals.list_component_modules()
    assert "BidiComponent" in modules[0] and all((streamlit_internals.FRONTEND / m).exists() for m in modules)
    monkeypatch.setattr(streamlit_internals, "FRONTEND", tmp_path)  # of another version
    assert streamlit_internals.list_component_modules.__wrapped__() == ()


def test_the_hidden_option_exists():
    options = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert options["runner"]["postScriptGC"] is False
    assert not streamlit.config.get_option("runner.postScriptGC")


@pytest.mark.parametrize(
    "missing", ["streamlit.web.server.starlette.starlette_websocket", "streamlit.cli_util"]
)
def test_the_app_works_without_them(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    if "websocket" in missing:
        assert streamlit_internals.is_host_allowed("any.example")
    else:
        monkeypatch.setattr("streamlit.config._server_mode", "starlette-app")
        streamlit_internals.open_browser()
