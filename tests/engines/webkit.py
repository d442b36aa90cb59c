"""Drive WebKit (WebKitGTK's MiniBrowser on a virtual screen) over WebDriver (W3C)."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.launch import free_port
from tests.engines.page import Page

PROGRAMS = "WebKitWebDriver", "Xvfb", "dbus-run-session"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element's id, by the standard
ENVIRONMENT = {
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    "LIBGL_ALWAYS_SOFTWARE": "1",
}

# WebDriver knows nothing of a page's console. This is run as soon as the document is there, before the app's
# scripts have arrived.
COLLECT_ERRORS = """(() => {
    globalThis.seenErrors = [];
    addEventListener("error", (event) => seenErrors.push(event.message));
    addEventListener("unhandledrejection", (event) => seenErrors.push(String(event.reason)));
    const log = console.error;
    console.error = (...args) => { seenErrors.push(args.join(" ")); log.apply(console, args); };
    return true;
})()"""


class WebKit(Page):
    """One window of MiniBrowser."""

    moves_per_second = 100  # WebKit jumps from position to position

    def __init__(self, driver: str, browser: str):
        self.driver = driver
        options = {
            "browserName": "MiniBrowser",
            "pageLoadStrategy": "none",
            "webkitgtk:browserOptions": {"binary": browser, "args": ["--automation"]},
        }
        session = self._request("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.driver += f"/session/{session['sessionId']}"

    def open(self, url: str) -> None:
        self._request("POST", "/frame", {"id": None})
        self.evaluate("globalThis.isLeft = true")
        self._request("POST", "/url", {"url": url})
        while True:
            try:
                self.wait_for(f"!globalThis.isLeft && {COLLECT_ERRORS}")
                break
            except RuntimeError as error:
                if "unload" not in str(error):  # The document that is left was asked, and ended meanwhile.
                    raise
        self.wait_for("document.readyState === 'complete'")

    def evaluate(self, expression: str):
        return self._request("POST", "/execute/sync", {"script": f"return {expression}", "args": []})

    def enter_frame(self) -> None:
        self._request("POST", "/frame", {"id": 0})

    def perform(self, *sources: dict) -> None:
        self._request("POST", "/actions", {"actions": list(sources)})

    def choose_files(self, selector: str, *paths: Path) -> None:
        element = self._request("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self._request("POST", f"/element/{element}/value", {"text": "\n".join(map(str, paths))})

    def errors(self) -> list[str]:
        return self.evaluate("seenErrors")

    def close(self) -> None:
        self._request("DELETE", "")

    def _request(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.driver + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()}") from None


def find_browser() -> str | None:
    """Return the path of MiniBrowser; None if it or a program that drives it is missing."""
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")) + sorted(
        Path("/usr/libexec").glob("webkit2gtk-4.*/MiniBrowser")
    )
    return str(browsers[-1]) if browsers and all(map(shutil.which, PROGRAMS)) else None


@contextmanager
def open_webkit() -> Iterator[WebKit]:
    """Start a MiniBrowser, whose window has the size of VIEWPORT by default, on a virtual screen."""
    with TemporaryDirectory() as folder, _screen() as display:
        port = free_port()
        environment = (
            os.environ | ENVIRONMENT | {"DISPLAY": display, "XDG_DATA_HOME": folder, "XDG_CACHE_HOME": folder}
        )
        process = subprocess.Popen(
            ["dbus-run-session", "--", "WebKitWebDriver", f"--port={port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            driver = f"http://127.0.0.1:{port}"
            _wait_for_driver(driver)
            page = WebKit(driver, find_browser())
            yield page
            page.close()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


@contextmanager
def _screen() -> Iterator[str]:
    """Start a virtual screen and yield the name of its display, which Xvfb chooses."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_driver(driver: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{driver}/status", timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("WebKitWebDriver did not start")
