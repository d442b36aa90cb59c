"""Around Streamlit's own server: a page asked for under a name that is not allowed is answered in words, and
a browser is opened.
"""

import sys
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from streamlit import cli_util, config
from streamlit.web.server import server_util
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from explorer.names import sanitize

HEALTH = "/_stcore/health"  # is asked by machines, under any name
MOST_LOGGED = 100  # names


class HostAnswer:
    """ASGI middleware. Streamlit (1.67) refuses only the websocket to a host that `server.allowedHosts` does
    not name: the page would load, and stay empty for ever. Here its visitor is told which setting allows the
    name, and so is the operator, once for each name.
    """

    def __init__(self, app):
        self.app, self.logged = app, set()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and not scope["path"].endswith(HEALTH):
            host = Headers(scope=scope).get("host")
            if not is_host_allowed(host):
                name = _name(host)
                self._log(name)
                return await PlainTextResponse(
                    said_to_visitors(name), 403, {"X-Content-Type-Options": "nosniff"}
                )(scope, receive, send)
        await self.app(scope, receive, send)

    def _log(self, name: str) -> None:
        if name not in self.logged and len(self.logged) < MOST_LOGGED:
            self.logged.add(name)
            print(said_to_operator(name), file=sys.stderr, flush=True)


def said_to_visitors(name: str) -> str:
    return (
        f"This app can't be opened at the address {name}, because its server does not allow this address.\n"
        "Ask the person who runs the app for another address.\n"
        f"If you run it, {_remedy(name)}\n"
    )


def said_to_operator(name: str) -> str:
    return (
        f"A visitor opened the app at the address {name}, which is not allowed. To allow it, {_remedy(name)}"
    )


def _remedy(name: str) -> str:
    return (
        "add it to allowedHosts under [server] in .streamlit/config.toml, or start the app with"
        f" --server.allowedHosts {name}, once for each allowed address."
    )


def _name(host: str | None) -> str:
    """Without the port, as it may be shown."""
    try:
        name = urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        name = ""
    return sanitize(name).encode("ascii", "replace").decode() or "without a name"


@asynccontextmanager
async def opens_a_browser(app):
    """Lifespan of an st.App: as `streamlit run` does for a script, but (1.67) not for an st.App."""
    if getattr(config, "_server_mode", None) == "starlette-app" and not config.get_option("server.headless"):
        named = [name for name in ("browser.serverAddress", "server.address") if config.is_manually_set(name)]
        cli_util.open_browser(
            server_util.get_url(
                server_util.get_display_address(config.get_option(named[0])) if named else "localhost"
            )
        )
    yield
