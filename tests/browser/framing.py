"""A page of another site that shows the app in a frame, as a snippet of *Export* does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

from explorer.export.embed import snippets

KEYS = "<script>window.keys = []; document.addEventListener('keydown', (e) => keys.push(e.key));</script>"


@dataclass(frozen=True)
class FramingSite:
    """origin: of localhost, where the app is of 127.0.0.1, which is another site."""

    origin: str

    def page(self, address: str) -> str:
        """Return the address of a page with a frame of another one, which notes the keys that it gets."""
        return f"{self.origin}/?{quote(address)}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        [address] = parse_qs(f"address={urlsplit(self.path).query}")["address"]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!DOCTYPE html>{KEYS}{snippets(address, 'The app')[0].text}".encode())

    def log_message(self, *args):
        pass


@contextmanager
def framing_site() -> Iterator[FramingSite]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield FramingSite(f"http://localhost:{server.server_port}")
    finally:
        server.shutdown()
