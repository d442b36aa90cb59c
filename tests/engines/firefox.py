"""Drive Firefox over WebDriver BiDi (W3C), which it speaks by itself: no driver program is needed."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from websockets.sync.client import ClientConnection, connect

from tests.engines.page import PATIENCE, VIEWPORT, Page

INSTALLED = "firefox-esr", "firefox"
PREFERENCES = {  # Firefox must connect to nothing but the app.
    "app.update.disabledForTesting": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.shell.checkDefaultBrowser": False,
}
START_SECONDS = 60


class Firefox(Page):
    """One tab of Firefox."""

    moves_per_second = 2  # between two positions Firefox moves by itself, at the screen's rate

    def __init__(self, socket: ClientConnection):
        self.socket, self.last_id, self.logged_names = socket, 0, []
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded"])
        self.tab = self._send("browsingContext.getTree")["contexts"][0]["context"]
        self._send("browsingContext.setViewport", context=self.tab, viewport=VIEWPORT)

    def open(self, url: str) -> None:
        # Pending loads are cancelled.
        [self.tab] = [tree["context"] for tree in self._send("browsingContext.getTree")["contexts"]]
        self._send("browsingContext.navigate", context=self.tab, url="about:blank", wait="complete")
        self.logged_names.clear()
        for seconds in (5, 15, PATIENCE):
            self._send("browsingContext.navigate", context=self.tab, url=url, wait="none")
            # Rarely, if a page was left while it moved, Firefox stays at about:blank and reports nothing.
            with suppress(AssertionError):
                self.wait_for("location.href !== 'about:blank'", seconds)
                break
        self.wait_for("location.href !== 'about:blank' && document.readyState === 'complete'")

    def evaluate(self, expression: str):
        result = self._evaluate(f"JSON.stringify({expression}) ?? 'null'")
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def enter_frame(self) -> None:
        [tree] = self._send("browsingContext.getTree", root=self.tab)["contexts"]
        self.tab = tree["children"][0]["context"]

    def perform(self, *sources: dict) -> None:
        self._send("input.performActions", context=self.tab, actions=list(sources))

    def choose_files(self, selector: str, *paths: Path) -> None:
        element = self._evaluate(f"document.querySelector({json.dumps(selector)})")["result"]
        self._send(
            "input.setFiles",
            context=self.tab,
            element={"sharedId": element["sharedId"]},
            files=[str(path) for path in paths],
        )

    def errors(self) -> list[str]:
        # Only of the present document: a previous one may report that it could not finish.
        realm = self._evaluate("0")["realm"]
        return [
            entry["text"]
            for entry in self.logged_names
            if entry["level"] == "error" and entry["source"]["realm"] == realm
        ]

    def _evaluate(self, expression: str) -> dict:
        return self._send(
            "script.evaluate", expression=expression, target={"context": self.tab}, awaitPromise=False
        )

    def _send(self, method: str, **parameters) -> dict:
        """Send a command and return its result; collect log entries that arrive in the meantime. Raises
        RuntimeError if it fails, TimeoutError without an answer in two minutes.
        """
        self.last_id += 1
        self.socket.send(json.dumps({"id": self.last_id, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=120))
            if message["type"] == "event":
                self.logged_names.append(message["params"])
            elif message["id"] == self.last_id:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]


def find_firefox() -> str | None:
    return next(filter(None, map(shutil.which, INSTALLED)), None)


@contextmanager
def open_firefox() -> Iterator[Firefox]:
    """Start a headless Firefox with a new profile."""
    with TemporaryDirectory() as folder:
        profile, log = Path(folder) / "profile", Path(folder) / "log"
        profile.mkdir()
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        )
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        with log.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [
                    find_firefox(),
                    "--headless",
                    "--no-remote",
                    "--profile",
                    profile,
                    "--remote-debugging-port",
                    "0",
                ],
                stdout=file,
                stderr=file,
            )
        try:
            with connect(f"{_address(log)}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            process.wait(20)


def _address(log: Path) -> str:
    """Return the websocket's address, which Firefox prints once it listens."""
    for _ in range(10 * START_SECONDS):
        if match := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text(encoding="utf-8")):
            return match[1]
        time.sleep(0.1)
    raise RuntimeError(f"Firefox did not start: {log.read_text(encoding='utf-8')}")
