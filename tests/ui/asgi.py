"""Requests to an ASGI app, without a server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def request(app, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers and the body; accept_encoding="gzip" is the header Accept-Encoding."""
    messages = []

    async def send(message):
        messages.append(message)

    raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b""}
    with ThreadPoolExecutor(1) as thread:  # a browser's test may have left an event loop in this one
        thread.submit(asyncio.run, app(scope, None, send)).result()
    start, *parts = messages
    body = b"".join(part.get("body", b"") for part in parts)
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body
