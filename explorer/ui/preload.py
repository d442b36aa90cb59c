"""Name what the figure of Home loads in the HTML of the page, so that the browser requests it at once.

Otherwise the browser learns it from the websocket, after Streamlit's frontend has arrived in seventy files, a
round trip for each six of them: a slow line is idle for much of that time.
"""

from functools import cache
from hashlib import sha256

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from explorer.ui.content_routes import FOLDER, STORE
from explorer.ui.streamlit_internals import list_component_modules

MODULE_LINK = b'<link rel="modulepreload"'  # so the frontend names most of its files
NOT_WHOLE = (b"if-", b"range")  # headers of requests for a part, or for what has changed
SHARE_BEFORE = 3 / 4  # of these; on a slow line, the image of Home is there later with 1/2 and with 1


class HomeContent:
    """The ids of the public script and blocks of the figure of Home, as its last visitor loaded them."""

    def __init__(self) -> None:
        self.script = ""
        self.blocks: tuple[str, ...] = ()

    def remember(self, script: str, blocks: tuple[str, ...]) -> None:
        """Keep the ids for the next visitors."""
        self.script, self.blocks = script, blocks

    def links(self) -> bytes:
        """Return the elements for the head of the page; none before its first visitor."""
        if not self.script:
            return b""
        modules = [*list_component_modules(), f"{FOLDER}/{self.script}"]
        blocks = [id for id in self.blocks if (item := STORE.find(id)) and item.owners is None]
        links = [f'<link rel="modulepreload" crossorigin href="./{path}">' for path in modules]
        links += [f'<link rel="preload" as="fetch" crossorigin href="./{FOLDER}/{id}">' for id in blocks]
        return "".join(links).encode()


HOME = HomeContent()


class PreloadMiddleware:
    """ASGI middleware that adds the links of Home to its HTML, which gets an ETag of its own."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        links = HOME.links() if _is_home(scope) else b""
        if not links:
            return await self.app(scope, receive, send)
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(NOT_WHOLE)]
        start, body = {}, bytearray()

        async def record(message):
            start.update(message if message["type"] == "http.response.start" else {})
            body.extend(message.get("body", b""))

        await self.app(scope | {"headers": headers}, receive, record)
        if start["status"] != 200:
            await send(start)
            return await send({"type": "http.response.body", "body": bytes(body)})
        response = Response(insert_links(bytes(body), links))
        sent = MutableHeaders(raw=list(start["headers"]))
        sent["content-length"] = response.headers["content-length"]
        etag = sent["etag"] = f'"{sha256(response.body).hexdigest()[:32]}"'
        del sent["last-modified"], sent["accept-ranges"]
        if etag in Headers(scope=scope).get("if-none-match", ""):  # a list, and W/ of a proxy that compresses
            response = Response(status_code=304)
            del sent["content-length"]
        response.raw_headers = sent.raw
        await response(scope, receive, send)


def insert_links(html: bytes, links: bytes) -> bytes:
    """Return the page with the links after SHARE_BEFORE of the frontend's own: what the frontend needs first
    is requested before them, and the line is busy while it waits for the others.
    """
    parts = html.split(MODULE_LINK)
    n = round(len(parts) * SHARE_BEFORE)
    before, after = (MODULE_LINK.join(some) for some in (parts[:n], parts[n:]))
    return before + links + MODULE_LINK + after if len(parts) > 1 else html


@cache
def _home_paths() -> set[str]:
    return {"", st.get_option("server.baseUrlPath").strip("/")}


def _is_home(scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "GET" and scope["path"].strip("/") in _home_paths()
