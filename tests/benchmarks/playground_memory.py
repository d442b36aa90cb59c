"""The memory of the playground in Chromium while two models train: what JavaScript uses, in the page and in its
Worker, and the memory of the renderer.
"""

import json
import os
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, CDPSession
from scipy.stats import linregress, t

from explorer.export.playground.content import playground_content
from explorer.live.page import build_page
from tests.browser.launch import chromium_or_exit

SETTINGS = "#compare=True&model_2=AE"
WARM_UP_SHARE = 1 / 6  # of the time, which the slope leaves out: code is compiled, and caches are filled
COLUMNS = "minutes", "page, MB", "Worker, MB", "renderer, MB"


@dataclass(frozen=True)
class Sample:
    """page, worker: MB that JavaScript uses after its garbage was collected; renderer: MB of its process."""

    minutes: float
    page: float
    worker: float
    renderer: float


class WorkerSession:
    """Sends commands of the DevTools protocol to the Worker of a page."""

    def __init__(self, session: CDPSession):
        [target] = [
            info
            for info in session.send("Target.getTargets", {"filter": [{"type": "worker"}]})["targetInfos"]
            if info["type"] == "worker"
        ]
        self.session, self.answers, self.number = session, {}, 0
        attached = session.send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": False})
        self.id = attached["sessionId"]
        session.on("Target.receivedMessageFromTarget", self._receive)

    def _receive(self, event: dict) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self.answers[message["id"]] = message

    def send(self, method: str) -> dict:
        self.number += 1
        message = json.dumps({"id": self.number, "method": method})
        self.session.send("Target.sendMessageToTarget", {"sessionId": self.id, "message": message})
        while self.number not in self.answers:
            self.session.send("Runtime.evaluate", {"expression": "0"})  # until the event has arrived
        return self.answers.pop(self.number).get("result", {})


def measure_memory(minutes: float) -> None:
    """Print a sample each minute, at least ten in all, and the slope of each column with its 95% interval."""
    with TemporaryDirectory() as folder, chromium_or_exit() as browser:
        file = Path(folder, "playground.html")
        file.write_text(build_page(playground_content()), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(file.as_uri() + SETTINGS)
        page.get_by_test_id("play").click()
        page.wait_for_timeout(1000)
        session = page.context.new_cdp_session(page)
        worker, pid = WorkerSession(session), _renderer_of(browser)
        print(" | ".join(COLUMNS), flush=True)
        samples, start, count = [], time.monotonic(), max(10, round(minutes))
        for i in range(count + 1):
            page.wait_for_timeout(max(0, 1000 * (start + 60 * minutes * i / count - time.monotonic())))
            samples.append(Sample((time.monotonic() - start) / 60, *_measure(session, worker, pid)))
            print(" | ".join(f"{value:.2f}" for value in astuple(samples[-1])), flush=True)
        print(page.get_by_test_id("training-status").inner_text())
    table = np.array([astuple(sample) for sample in samples if sample.minutes >= WARM_UP_SHARE * minutes])
    for title, values in zip(COLUMNS[1:], table.T[1:]):
        line = linregress(table[:, 0], values)
        reach = t.ppf(0.975, len(table) - 2) * line.stderr
        print(
            f"{title}: {line.slope:+.4f} ± {reach:.4f} a minute, from minute {table[0, 0]:.0f} to"
            f" {table[-1, 0]:.0f}; {values.min():.2f} to {values.max():.2f}"
        )


def _measure(session: CDPSession, worker: WorkerSession, pid: int) -> tuple[float, float, float]:
    """Return the memory of the page, of its Worker, and of the renderer, in MB."""
    used = []
    for target in session, worker:
        target.send("HeapProfiler.collectGarbage")
        heap = target.send("Runtime.getHeapUsage")
        used.append((heap["usedSize"] + heap.get("backingStorageSize", 0)) / 1e6)
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return used[0], used[1], pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _renderer_of(browser: Browser) -> int:
    """Return the process of the busiest renderer, which trains."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process for process in processes if process["type"] == "renderer"]
    return max(renderers, key=lambda process: process["cpuTime"])["id"]
