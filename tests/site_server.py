"""A static web server on this machine for a folder, below a path, for tests and benchmarks."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

PREFIX = "/course/week 3/"


class Handler(SimpleHTTPRequestHandler):
    """Serve files below PREFIX alone, so that an absolute path is not found; if `compresses`, as gzip."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, compresses: bool, **named):
        self.compresses = compresses
        super().__init__(*args, **named)

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        file = Path(self.directory) / path.removeprefix(PREFIX)
        if not path.startswith(PREFIX) or not file.is_file():
            return self.send_error(404)
        content = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if self.compresses:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address) -> None:
        """Say nothing of browsers that close a connection."""


@contextmanager
def static_server(folder: Path, compresses: bool = False) -> Iterator[str]:
    """Yield the address of a folder, which ends with "/"."""
    handler = partial(Handler, directory=str(folder), compresses=compresses)
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PREFIX.replace(' ', '%20')}"
        finally:
            server.shutdown()
            thread.join()
