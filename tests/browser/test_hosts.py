"""The app opened under a name that is not allowed: visitor and operator are told which setting allows it, by
a server just started.
"""

import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser.launch import ROOT, free_port, until_it_answers


@contextmanager
def served(tmp_path, *options: str):
    """Start the app with these options, and yield its port and a function that returns its log."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        *options,
    ]
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        until_it_answers(port, process)
        yield port, lambda: (tmp_path / "log").read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(20)


def answer(port: int, host: str, path: str = "/") -> tuple[int, str, str]:
    """Return the status, the content type and the text."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.headers["Content-Type"], response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_who_comes_by_another_name_is_told_and_so_is_the_operator(browser, tmp_path, monkeypatch):
    """Use a name below localhost, which Chromium resolves to this machine."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    with served(tmp_path) as (port, log):
        page = browser.new_page()
        page.goto(f"http://lab.localhost:{port}/explore")
        text = page.inner_text("body")
        page.close()
        assert "lab.localhost" in text
        assert "allowedHosts" in text
        assert "--server.allowedHosts lab.localhost" in text
        status, kind, same = answer(port, f"lab.localhost:{port}")
        assert (status, kind) == (403, "text/plain; charset=utf-8") and same.split() == text.split()
        log_lines = [line for line in log().splitlines() if "lab.localhost" in line]
        assert len(log_lines) == 1
        assert "--server.allowedHosts lab.localhost" in log_lines[0]
        assert "config.toml" in log_lines[0]
        for path in ("/", "/learn_kl?mu=0", "/_stcore/host-config", "/static/x.js"):
            assert answer(port, "192.0.2.7:80", path)[0] == 403
        assert answer(port, "192.0.2.7", "/_stcore/health")[0] == 200  # requested by machines
        for host in ("localhost", f"127.0.0.1:{port}", "LOCALHOST."):
            assert answer(port, host)[0] == 200


def test_a_name_that_is_allowed_opens_the_app(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    with served(tmp_path, "--server.allowedHosts", "lab.localhost", "--server.allowedHosts", "127.0.0.1") as (
        port,
        log,
    ):
        page = browser.new_page()
        page.goto(f"http://lab.localhost:{port}/library")
        expect(page.get_by_role("heading", name="Library")).to_be_visible()
        page.close()
        assert "not allowed" not in log()
