"""Compression of files that never change, once for all visitors."""

import asyncio
import gzip
from collections import OrderedDict

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

MAX_CACHE_BYTES = 64 * 2**20  # of compressed files
MIN_BYTES = 1024  # of a file that is worth compressing
# A larger file, such as a map of a million codes, is compressed less: ten times as fast, and 2% larger.
MAX_SMALLEST_BYTES = 4 * 2**20
COMPRESSIBLE_TYPES = (
    "text/",
    "application/javascript",
    "application/json",
    "application/octet-stream",
    "image/svg+xml",
)


class ImmutableGzipMiddleware:
    """ASGI middleware that compresses responses which are public and immutable, and keeps them by their path.

    Streamlit (1.67) sends its frontend uncompressed: 2.7 MB, which take 14 s at 1.6 Mbit/s, and 0.8 MB
    compressed. Starlette's GZipMiddleware would compress it anew for each visitor.
    """

    def __init__(self, app):
        self.app = app
        self.responses: OrderedDict[str, Response] = OrderedDict()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or not _accepts_gzip(scope):
            return await self.app(scope, receive, send)
        path = scope["path"]
        if path in self.responses:
            self.responses.move_to_end(path)
            return await self.responses[path](scope, receive, send)
        recorder = _Recorder(send)
        await self.app(scope, receive, recorder.receive_message)
        if recorder.is_complete:
            response = await asyncio.to_thread(_compress, recorder.start, bytes(recorder.body))
            self._store(path, response)
            await response(scope, receive, send)

    def _store(self, path: str, response: Response) -> None:
        self.responses[path] = response
        while sum(len(r.body) for r in self.responses.values()) > MAX_CACHE_BYTES:
            self.responses.popitem(last=False)


class _Recorder:
    """Passes a response on, or records it in start and body if it is to be compressed. It stays incomplete if
    the visitor leaves the page while it is sent.
    """

    def __init__(self, send):
        self.send, self.start, self.body, self.is_complete = send, None, None, False

    async def receive_message(self, message):
        if message["type"] == "http.response.start" and _is_worth_compressing(message):
            self.start, self.body = message, bytearray()
        elif self.body is None:
            await self.send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.is_complete = not message.get("more_body", False)


def _accepts_gzip(scope) -> bool:
    headers = Headers(scope=scope)
    return (
        scope["method"] == "GET" and "gzip" in headers.get("accept-encoding", "") and "range" not in headers
    )


def _is_worth_compressing(start) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and {"public", "immutable"} <= set(headers.get("cache-control", "").split(", "))
        and "content-encoding" not in headers
        and headers.get("content-type", "").startswith(COMPRESSIBLE_TYPES)
        and int(headers.get("content-length", MIN_BYTES)) >= MIN_BYTES
    )


def _compress(start, body: bytes) -> Response:
    """Return the response with its body compressed. It is another representation, so it gets another ETag."""
    response = Response(gzip.compress(body, 9 if len(body) <= MAX_SMALLEST_BYTES else 4, mtime=0))
    length = response.headers["content-length"]
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-encoding"], headers["content-length"] = "gzip", length
    if "etag" in headers:
        headers["etag"] = f'{headers["etag"].rstrip(chr(34))}-gzip"'
    headers.add_vary_header("Accept-Encoding")
    response.raw_headers = headers.raw
    return response
