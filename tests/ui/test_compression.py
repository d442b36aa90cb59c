"""Files that never change are compressed once, and arrive as they were."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from explorer.ui import compression
from explorer.ui.compression import ImmutableGzipMiddleware
from tests.ui.asgi import request

IMMUTABLE = {"Cache-Control": "public, immutable, max-age=31536000", "ETag": '"abc"'}
SCRIPT = b"export const answer = 42;\n" * 1000


class Server:
    """An app with one file, and how often it was asked for it."""

    def __init__(self, body=SCRIPT, media_type="application/javascript", headers=IMMUTABLE, status=200):
        self.calls = 0

        async def answer(request):
            self.calls += 1
            return Response(body, status, headers, media_type)

        self.app = ImmutableGzipMiddleware(
            Starlette(routes=[Route("/{name}", answer, methods=["GET", "POST"])])
        )

    def get(self, path="/a.js", method="GET", **headers) -> tuple[int, dict[str, str], bytes]:
        """Return the status, the headers and the body."""
        return request(self.app, path, method, **headers)


def test_a_file_is_compressed_once_for_all():
    server = Server()
    first, second = server.get(accept_encoding="gzip, br"), server.get(accept_encoding="gzip")
    assert first == second and server.calls == 1
    status, headers, body = first
    assert status == 200 and gzip.decompress(body) == SCRIPT and len(body) < len(SCRIPT) / 10
    assert headers["content-encoding"] == "gzip" and headers["content-length"] == str(len(body))
    assert headers["vary"] == "Accept-Encoding" and "immutable" in headers["cache-control"]
    assert headers["etag"] == '"abc-gzip"' and headers["content-type"].startswith("application/javascript")


def test_a_response_that_ends_early_is_not_kept():
    """Starlette stops to send when the visitor leaves the page."""

    async def cut_off(scope, receive, send):
        headers = [(b"content-type", b"text/css"), (b"cache-control", b"public, immutable")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": SCRIPT[:2000], "more_body": True})

    server = Server()
    whole, server.app.app = server.app.app, cut_off
    with pytest.raises(ValueError, match="not enough values"):  # nothing was sent
        server.get(accept_encoding="gzip")
    server.app.app = whole
    assert gzip.decompress(server.get(accept_encoding="gzip")[2]) == SCRIPT


def test_a_browser_without_gzip_gets_the_file_itself():
    server = Server()
    server.get(accept_encoding="gzip")
    status, headers, body = server.get()
    assert (status, body) == (200, SCRIPT) and "content-encoding" not in headers and server.calls == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"Cache-Control": "no-cache"}},
        {"headers": {"Cache-Control": "private, immutable, max-age=31536000"}},
        {"media_type": "font/woff2"},
        {"body": b"short"},
        {"status": 404},
        {"headers": IMMUTABLE | {"Content-Encoding": "br"}},
    ],
)
def test_other_responses_pass_unchanged(changes):
    server = Server(**changes)
    for _ in range(2):
        status, headers, body = server.get(accept_encoding="gzip")
        assert (status, body) == (changes.get("status", 200), changes.get("body", SCRIPT))
        assert headers.get("content-encoding") in (None, "br")
    assert server.calls == 2


@pytest.mark.parametrize("request_headers", [{"range": "bytes=0-9"}, {"method": "POST"}])
def test_parts_and_uploads_pass_unchanged(request_headers):
    server = Server()
    assert server.get(accept_encoding="gzip", **request_headers)[2] == SCRIPT


def test_the_files_that_were_used_least_recently_give_way(monkeypatch):
    server = Server()
    size = len(server.get("/a.js", accept_encoding="gzip")[2])
    monkeypatch.setattr(compression, "MAX_CACHE_BYTES", 2 * size)
    for path in ("/b.js", "/a.js", "/c.js", "/a.js", "/b.js"):
        server.get(path, accept_encoding="gzip")
    assert list(server.app.responses) == ["/a.js", "/b.js"] and server.calls == 4
