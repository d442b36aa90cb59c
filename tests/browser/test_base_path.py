"""The app below a path of its server's address, also behind a proxy that adds the path itself, and in a frame."""

import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.launch import ROOT, free_port, until_it_answers
from tests.browser.pad import ready


@contextmanager
def served(base: str):
    """Start the app below a path, and yield its address."""
    port = free_port()
    words = ["run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", *words, "--server.baseUrlPath", base]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_it_answers(port, process, base)
        yield f"http://127.0.0.1:{port}/{base}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def framing(address: str):
    """Serve a page with the app in a frame, on another port, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{address}" width="1200" height="900">'.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()


@pytest.fixture(scope="module")
def below(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
        with served("course/latent") as address:
            yield address


@pytest.mark.parametrize("path", ["/", "/explore?run=digits-vae-2d"])
def test_scripts_and_blocks_are_found_below_a_base_path(browser, below, path):
    page = browser.new_page()
    page.goto(below + path)
    ready(page)
    page.close()


def test_the_app_works_in_a_frame_of_another_site(browser, below):
    page = browser.new_page()
    with framing(f"{below}/explore?run=digits-vae-2d&embed=true") as address:
        page.goto(address)
        page.frame_locator("iframe").locator('[data-testid="decoded"]').wait_for()
    page.close()
