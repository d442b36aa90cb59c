"""What is answered to a page asked for under a name that is not allowed (in a browser:
tests/browser/test_hosts.py).
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.ui.serving import MAX_LOGGED_NAMES, AllowedHostMiddleware
from explorer.ui.streamlit_internals import open_browser


@pytest.mark.parametrize(
    "host",
    ["", "a b", "<script>alert(1)</script>", "é.example", "x" * 5000, "[::1", "user@localhost", "a\x1b[31m"],
)
def test_a_host_of_any_kind_is_one_plain_line(host, caplog):
    status, headers, body = asked(AllowedHostMiddleware(never), host.encode("latin-1"))
    assert status == 403
    assert headers["content-type"].startswith("text/plain")
    assert headers["x-content-type-options"] == "nosniff"
    [line] = [record.getMessage() for record in caplog.records]
    assert line.isprintable() and line.isascii() and len(line) < 600 and len(body) < 1000


def test_a_crowd_of_names_does_not_fill_the_log(caplog):
    app = AllowedHostMiddleware(never)
    for i in range(3 * MAX_LOGGED_NAMES):
        assert asked(app, f"host{i % (2 * MAX_LOGGED_NAMES)}.example".encode())[0] == 403
    assert len(caplog.records) == MAX_LOGGED_NAMES


def run(coroutine) -> None:
    """Run in a thread of its own: a browser's test may have left an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


async def never(scope, receive, send):
    raise AssertionError("it was let through")


def asked(app, host: bytes) -> tuple[int, dict, str]:
    """Return the middleware's response to a page requested under that host name."""
    sent = []

    async def send(message):
        sent.append(message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "streamlit.config.get_option",
            lambda name: ["localhost"] if name == "server.allowedHosts" else None,
        )
        run(app({"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host)]}, None, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


@pytest.mark.parametrize(
    "mode, headless, opened",
    [
        ("starlette-app", False, ["http://127.0.0.1:8501"]),
        ("starlette-app", True, []),
        ("asgi-server", False, []),
    ],
)
def test_a_browser_opens_where_streamlit_run_has_a_screen(monkeypatch, mode, headless, opened):
    addresses = []
    monkeypatch.setattr("streamlit.config._server_mode", mode)
    monkeypatch.setattr("streamlit.cli_util.open_browser", addresses.append)
    options = {
        "server.headless": headless,
        "server.address": "127.0.0.1",
        "browser.serverPort": 8501,
        "server.baseUrlPath": "",
    }
    monkeypatch.setattr("streamlit.config.get_option", options.get)
    monkeypatch.setattr("streamlit.config.is_manually_set", lambda name: name == "server.address")
    open_browser()
    assert addresses == opened
