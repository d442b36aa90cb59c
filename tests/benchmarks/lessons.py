"""The lessons, measured in headless Chromium: `python -m tests.benchmarks.lessons [LESSON ...]`.

For each lesson, a server of its own: how long the page takes until its figure is painted, for the first
visitor of a server that has done its warm-up, with an empty cache, the processor's time of the server for
that, and then ROUNDS times more with the same browser. Then its main control is dragged for two seconds: how
often the figure changes, how long after an event of the pointer the change is painted, and how many messages
the server gets meanwhile. Linux only.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, BrowserContext

from explorer.registry import LESSONS
from explorer.ui.learn.lesson import page_name
from tests.benchmarks import crowd
from tests.benchmarks.app import LESSON_SIGN, PAINTED, VIEWPORT
from tests.benchmarks.drags import WATCH, Drag, drag
from tests.benchmarks.table import say, spread
from tests.browser.launch import app_process, chromium_or_exit, runs_of_its_own

ROUNDS, SETTLE = 3, 1500  # ms before the drag
SLEEPS = 10
MAX_OPENING, MAX_FIRST, MAX_PAINT = 1, 2, 2 * 1000 / 60  # s, s, ms: what is asked
# A change of the figure, not of the control that is dragged, counts as painted, once a frame.
FOLLOW = """() => {
    const isOutside = (node) => !(node.nodeType === 1 ? node : node.parentElement)?.closest("[data-testid=live-control], .live-controls, output");
    let pending = false;
    const mark = () => {
        if (pending) return;
        const channel = new MessageChannel();
        pending = true;
        markPainted();
        channel.port1.onmessage = () => (pending = false);
        channel.port2.postMessage(0);
    };
    for (const name of ["putImageData", "drawImage", "fillRect", "stroke", "fill"]) {
        const draw = CanvasRenderingContext2D.prototype[name];
        CanvasRenderingContext2D.prototype[name] = function (...args) { mark(); return draw.apply(this, args); };
    }
    for (const { shadowRoot } of document.querySelectorAll('[data-testid^="stBidiComponent"]')) {
        const observer = new MutationObserver((changes) => changes.some(({ target }) => isOutside(target)) && mark());
        if (shadowRoot) observer.observe(shadowRoot, { subtree: true, childList: true, attributes: true, characterData: true });
    }
}"""


def opening(context: BrowserContext, address: str) -> float:
    """Return the seconds until a lesson's figure is painted, in a new tab."""
    page = context.new_page()
    start = time.time()
    page.goto(address, wait_until="commit")
    shown = page.evaluate("(sign) => seen(sign)", LESSON_SIGN) / 1000
    page.close()
    return shown - start


def dragged(context: BrowserContext, address: str) -> Drag:
    """Drag the main control of a lesson."""
    page, sent = context.new_page(), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(0)))
    page.goto(address)
    page.evaluate("(sign) => seen(sign)", LESSON_SIGN)
    page.wait_for_timeout(SETTLE)
    page.evaluate(FOLLOW)
    result = drag(page, sent, LESSON_SIGN)
    page.close()
    return result


def processor_seconds(pid: int) -> float:
    """Return the processor's time that a process has taken."""
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def until_warm(pid: int) -> None:
    """Wait for crowd.WARM seconds, and until all threads of a server have slept for SLEEPS looks: until then
    it does its warm-up, which may wait for a busy machine.
    """
    time.sleep(crowd.WARM)
    looks = 0
    while looks < SLEEPS:
        stats = [path.read_text(encoding="utf-8") for path in Path(f"/proc/{pid}/task").glob("*/stat")]
        is_asleep = all(stat.rpartition(")")[2].split()[0] == "S" for stat in stats)
        looks = looks + 1 if is_asleep else 0
        time.sleep(0.1)


def measure(browser: Browser, name: str) -> str:
    """Return the row of a lesson in the table."""
    with app_process("app.py") as (server, process):
        until_warm(process.pid)
        context, address = browser.new_context(viewport=VIEWPORT), f"{server}/{page_name(name)}"
        context.add_init_script(PAINTED + WATCH)
        before = processor_seconds(process.pid)
        first = opening(context, address)
        worked = processor_seconds(process.pid) - before
        again = tuple(opening(context, address) for _ in range(ROUNDS))
        result = dragged(context, address)
        context.close()
    late = float(np.percentile(result.took, 95))
    return (
        f"| {LESSONS[name]} | {flag(first, MAX_FIRST)} | {worked:.2f} | {spread(again)} | {result.images:.0f} |"
        f" {flag(late, MAX_PAINT)} | {result.messages} |"
    )


def flag(value: float, most: float) -> str:
    """Return a number, in bold if it is above the one that is asked."""
    return f"{value:.3g}" if value <= most else f"**{value:.3g}**"


def main() -> None:
    names = sys.argv[1:] or list(LESSONS)
    if unknown := set(names) - set(LESSONS):
        sys.exit(f"There is no lesson {', '.join(sorted(unknown))}: choose from {', '.join(LESSONS)}.")
    lines = []
    with runs_of_its_own(), chromium_or_exit() as browser:
        for name in names:
            say(name)
            lines.append(measure(browser, name))
    print(
        f"| lesson | first visitor, s (asked: {MAX_FIRST}) | its server's processor, s | again, s ({MAX_OPENING}) | changed frames/s |"
        f" event to paint, p95, ms ({MAX_PAINT:.0f}) | messages |\n|-|-|-|-|-|-|-|"
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
