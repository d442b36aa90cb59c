"""A web server, an empty data folder and folders of images, all real, for the tests of explorer.data."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from PIL import Image

from explorer.data import load_dataset

RED, GREEN, BLUE = (200, 30, 40), (20, 180, 60), (30, 60, 210)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        web, name = self.server.web, self.path.lstrip("/")
        web.asked.append(name)
        self.close_connection = True
        if name in web.raw:
            self.wfile.write(web.raw[name])
        elif name in web.files:
            self.send_response(200)
            self.send_header("Content-Length", str(len(web.files[name])))
            self.end_headers()
            self.wfile.write(web.files[name])
        else:
            self.send_error(404)

    def log_message(self, *args):
        pass


@pytest.fixture
def web(monkeypatch):
    """Start a server on this machine, with files by name, raw answers (including the status line) by name,
    and the list of requests.
    """
    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.web = SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/", files={}, raw={}, asked=[])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.web
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def dead_url(monkeypatch):
    """Return an address at which nothing listens."""
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Set EXPLORER_DATA to a folder that does not exist yet."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def save(tmp_path):
    """Return a function that saves images of one colour, by path below the folder of images, and returns that
    folder.
    """
    root = tmp_path / "images"

    def save(*names, colour=GREEN, mode="RGB", size=(40, 40), **options):
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            Image.new(mode, size, colour).save(root / name, **options)
        return root

    return save


def read(root, size=28, colour=True):
    return load_dataset(f"folder:{root}", size, colour)


def classes(data):
    return [data.class_names[i] for i in data.y]
