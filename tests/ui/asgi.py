"""Requests to an ASGI app, without a server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def request(
    app, path: str, method: str = "GET", content: bytes = b"", client: str = "127.0.0.1", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers and the body; accept_encoding="gzip" is the header Accept-Encoding.
    content: what is sent; client: the address from which it comes.
    """
    messages = []
    path, _, query = path.partition("?")

    async def receive():
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message):
        messages.append(message)

    raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "client": (client, 1)}
    scope["query_string"] = query.encode()
    # with this version, a stream does not wait for receive() to tell that nobody listens
    scope["asgi"] = {"spec_version": "2.4"}
    with ThreadPoolExecutor(1) as thread:  # a browser's test may have left an event loop in this one
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    start, *parts = messages
    body = b"".join(part.get("body", b"") for part in parts)
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body
