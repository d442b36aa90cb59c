"""What the app is started with is safe: asked of a running one, as README starts it."""

import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.launch import running_app

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def crash_app():
    """Start an app that shows its options and then crashes."""
    with running_app("tests/browser/crash_app.py") as address:
        yield address


def handshake(port: int, host: str, origin: str) -> int:
    """Return the status with which a websocket is opened or refused."""
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade:"
        " websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key:"
        " dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.encode())
        return int(connection.recv(100).split()[1])


def test_the_options_of_a_running_app(browser, crash_app):
    page = browser.new_page()
    page.goto(crash_app)
    options = json.loads(page.get_by_test_id("stCode").inner_text())
    page.close()
    assert options == {
        "server.address": "127.0.0.1",
        "server.allowedHosts": ["localhost", "127.0.0.1"],
        "server.maxUploadSize": 50,
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "type",
    }


def test_a_crash_shows_no_path_of_this_machine(browser, crash_app):
    page = browser.new_page()
    page.goto(crash_app)
    page.get_by_test_id("stException").wait_for()
    shown = page.inner_text("body")
    page.close()
    assert "FileNotFoundError" in shown
    assert "crash_app" not in shown
    assert str(ROOT) not in shown
    assert "Traceback" not in shown


def test_it_answers_on_this_machine_alone(crash_app):
    port = urlsplit(crash_app).port
    with socket.create_connection(("127.0.0.1", port), timeout=20):
        pass
    with pytest.raises(OSError):  # 127.0.0.2 is this machine too, and would answer if it listened everywhere
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize(
    "host, origin, status",
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 101),
        ("localhost:{port}", "http://localhost:{port}", 101),
        ("evil.example", "http://evil.example", 403),
        ("127.0.0.1.evil.example:{port}", "http://127.0.0.1.evil.example:{port}", 403),
    ],
)
def test_a_foreign_host_gets_no_session(crash_app, host, origin, status):
    """Simulate DNS rebinding, when a browser takes this machine for another site."""
    port = urlsplit(crash_app).port
    assert handshake(port, host.format(port=port), origin.format(port=port)) == status


def test_nothing_is_shown_as_unsafe_html_or_script():
    sources = [*ROOT.glob("explorer/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]
    assert len(sources) > 100
    unsafe = re.compile(r"unsafe_allow|components\.v1|st\.iframe|components\.html")
    assert not [path for path in sources if unsafe.search(path.read_text(encoding="utf-8"))]
