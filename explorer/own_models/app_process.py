"""The app in a process of its own, on this machine alone, with the runs and images of one folder."""

import atexit
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from explorer.errors import UserError
from explorer.store.folders import PACKAGE

HOST = "127.0.0.1"
START_SECONDS, POLL_SECONDS = 60.0, 0.1
LOG_FILE = "app.log"
MAX_STARTS, PORT_IN_USE = 5, "is not available"  # what Streamlit prints of a port


class AppProcess:
    """folder: with runs/ and data/. Raises UserError if the app does not start within START_SECONDS."""

    def __init__(self, folder: Path):
        self._log = folder / LOG_FILE
        for _ in range(MAX_STARTS):  # another process may take the port before the app does
            self._process, self.address = self._start(folder)
            atexit.register(self.close)
            if self._wait_for_answer():
                return
            self.close()
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            if not any(PORT_IN_USE in line for line in lines):
                break
        raise UserError(f"The app did not start: {(lines or ['it printed nothing'])[-1]}")

    def _start(self, folder: Path) -> tuple[subprocess.Popen, str]:
        """Return the process, and the address that it will have."""
        port = free_port()
        options = {"address": HOST, "port": str(port), "headless": "true"}
        words = [word for name, value in options.items() for word in (f"--server.{name}", value)]
        variables = {"EXPLORER_RUNS": str(folder / "runs"), "EXPLORER_DATA": str(folder / "data")}
        paths = str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        with self._log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "explorer.own_models.serve", str(folder), *words],
                env=os.environ | variables,
                stdin=subprocess.PIPE,  # the process ends when it is closed, however this one ends
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return process, f"http://{HOST}:{port}"

    def _wait_for_answer(self) -> bool:
        """Return whether the app answers, and not another server at its address."""
        end = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < end:
            if self.address.encode() in self._log.read_bytes() and self._answers():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def page_of(self, run: str) -> str:
        """Return the address of a run on Explore."""
        return f"{self.address}/explore?run={quote(run)}"

    def wait(self) -> None:
        """Return when the process has ended, or the user interrupts."""
        with suppress(KeyboardInterrupt):
            self._process.wait()

    def close(self) -> None:
        """End the process."""
        atexit.unregister(self.close)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if self._process.stdin:
            self._process.stdin.close()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/_stcore/health", timeout=POLL_SECONDS * 10) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False


def free_port() -> int:
    """Return a port that no process of this machine uses at present."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]
