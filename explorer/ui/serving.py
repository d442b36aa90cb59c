"""Start Streamlit's server, and answer requests for host names that are not allowed."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from explorer.logs import LOGGER, configure
from explorer.names import sanitize
from explorer.ui.classroom.expiry import delete_rooms_hourly
from explorer.ui.streamlit_internals import is_host_allowed, open_browser
from explorer.ui.warm_up import warm_up

HEALTH_PATH = "/_stcore/health"  # requested by machines, under any host name
MAX_LOGGED_NAMES = 100


class AllowedHostMiddleware:
    """ASGI middleware that reports hosts that are not allowed. Streamlit (1.67) refuses only the websocket to
    a host that `server.allowedHosts` does not name: the page would load, and stay empty. The middleware tells
    the visitor which setting allows the name, and the operator, once for each name.
    """

    def __init__(self, app):
        self.app, self.logged_names = app, set()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and not scope["path"].endswith(HEALTH_PATH):
            host = Headers(scope=scope).get("host")
            if not is_host_allowed(host):
                name = _display_host(host)
                self._log_once(name)
                return await PlainTextResponse(
                    visitor_message(name), 403, {"X-Content-Type-Options": "nosniff"}
                )(scope, receive, send)
        await self.app(scope, receive, send)

    def _log_once(self, name: str) -> None:
        if name not in self.logged_names and len(self.logged_names) < MAX_LOGGED_NAMES:
            self.logged_names.add(name)
            LOGGER.warning(operator_message(name))


def visitor_message(name: str) -> str:
    return (
        f"This app can't be opened at the address {name}, because its server does not allow this address.\n"
        "Ask the person who runs the app for another address.\n"
        f"If you run it, {_remedy(name)}\n"
    )


def operator_message(name: str) -> str:
    return (
        f"A visitor opened the app at the address {name}, which is not allowed. To allow it, {_remedy(name)}"
    )


def _remedy(name: str) -> str:
    return (
        "add it to allowedHosts under [server] in .streamlit/config.toml, or start the app with"
        f" --server.allowedHosts {name}, once for each allowed address."
    )


def _display_host(host: str | None) -> str:
    """Return the host without the port, in a form that can be shown."""
    try:
        name = urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        name = ""
    return sanitize(name).encode("ascii", "replace").decode() or "without a name"


@asynccontextmanager
async def lifespan(app):
    """Prepare the server before its first visitor."""
    configure(st.get_option("logger.level"))
    warm_up()
    expiry = asyncio.create_task(delete_rooms_hourly())
    open_browser()
    yield
    expiry.cancel()
