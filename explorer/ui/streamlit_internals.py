"""Parts of Streamlit that are not public, in one place (tried on 1.67).

Each may be missing from another version; the app then works without it. tests/ui/test_streamlit_internals.py
says when one is missing. In .streamlit/config.toml, `runner.postScriptGC` is the only hidden option: without
it, a full garbage collection after each rerun takes about 100 ms once torch is loaded.
"""

import re
from functools import cache
from pathlib import Path

import streamlit

FRONTEND = Path(streamlit.__file__).with_name("static")
IMPORT = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')


def is_host_allowed(host: str | None) -> bool:
    """Return whether `server.allowedHosts` names the host of a request.

    If Streamlit lacks the function, every host passes here, and Streamlit itself refuses the websocket.
    """
    try:
        from streamlit.web.server.starlette.starlette_websocket import is_host_allowed as is_allowed
    except ImportError:
        return True
    return is_allowed(host)


def open_browser() -> None:
    """Open a browser where `streamlit run` started the app on a machine with a screen.

    `streamlit run` does it for a script, but not for an st.App. If Streamlit lacks the functions, no browser
    is opened.
    """
    try:
        from streamlit import cli_util, config
        from streamlit.web.server import server_util

        if config._server_mode != "starlette-app" or config.get_option("server.headless"):
            return
        settings = [
            name for name in ("browser.serverAddress", "server.address") if config.is_manually_set(name)
        ]
        address = "localhost"
        if settings:
            address = server_util.get_display_address(config.get_option(settings[0]))
        cli_util.open_browser(server_util.get_url(address))
    except (ImportError, AttributeError):
        return


@cache
def list_component_modules() -> tuple[str, ...]:
    """Return the scripts that the frontend loads when a page has its first component, and that its HTML does
    not name: "static/js/…" each. If Streamlit has no such files, there are none.
    """
    try:
        html = (FRONTEND / "index.html").read_text(encoding="utf-8")
        unread, modules = [path.name for path in FRONTEND.glob("static/js/BidiComponent.*.js")], []
        while unread:
            path = f"static/js/{unread.pop()}"
            if path not in modules and path not in html:
                modules.append(path)
                unread += IMPORT.findall((FRONTEND / path).read_text(encoding="utf-8"))
    except OSError:
        return ()
    return tuple(modules)
