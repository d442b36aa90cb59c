"""How soon the app is there, in headless Chromium: from its start, and from page to page. Then what its
server does for many.
"""

import os
import subprocess
import sys
import time
from unittest.mock import patch

import numpy as np
from playwright.sync_api import Browser, Page

from explorer.registry import LESSONS
from explorer.ui.learn.lesson import page_name
from tests.benchmarks import crowd
from tests.benchmarks.messages import Messages
from tests.benchmarks.table import Row, say
from tests.browser.launch import ROOT, chromium_or_exit, running_app, runs_of_its_own

VIEWPORT = {"width": 1440, "height": 900}
LESSON_SIGN = '[data-testid="live-control"]'  # which is there with the whole figure
SIGNS = {  # by page: an element that must be painted
    "/": '[data-testid="decoded"]',
    "/explore": '[data-testid="decoded"]',
    "/compare": '[data-testid="decoded-2"]',
    "/train": '[data-testid="stBaseButton-primary"]',
    "/library": '[data-testid="stDataFrame"]',
    "/images": '[data-testid="stFileUploader"]',
    **{f"/{page_name(name)}": LESSON_SIGN for name in LESSONS},
}
LAST = "the first page's image is painted"
SLIDER = '[data-testid="stSlider"]'

# Whether a sign stands on the page, also within a component, and its canvas and all visible charts and plots are painted.
PAINTED = """
    globalThis.painted = (sign) => {
        const within = [...document.querySelectorAll('[data-testid^="stBidiComponent"]')].map(({ shadowRoot }) => shadowRoot);
        const parts = [document, ...within.filter(Boolean)], all = (selector) => parts.flatMap((part) => [...part.querySelectorAll(selector)]);
        const [found] = all(sign);
        return Boolean(found) && (found.tagName !== "CANVAS" || found.getContext("2d").getImageData(0, 0, 1, 1).data[3] > 0)
            && all('[data-testid="stPlotlyChart"]').every((chart) => chart.querySelector(".main-svg"))
            && all(".plot").filter((plot) => plot.checkVisibility()).every((plot) => plot.querySelector(".plot-axes")?.getAttribute("d"));
    };
    globalThis.seen = async (sign) => {
        while (!painted(sign)) await new Promise(requestAnimationFrame);
        return performance.timeOrigin + performance.now();
    };
"""
SWITCH = """async ([path, sign]) => {
    const link = [...document.querySelectorAll('[data-testid^="stTopNav"]')].find(({ href }) => href && new URL(href).pathname === path);
    const start = performance.timeOrigin + performance.now();
    link.click();
    while (location.pathname !== path) await new Promise(requestAnimationFrame);
    return await seen(sign) - start;
}"""
FIRST_SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert app.get("bidi_component") and not app.exception
print(*sys.modules)
"""


def measure(rounds: int) -> list[Row]:
    with runs_of_its_own(), patch.dict(os.environ):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # so that a second start finds compiled files
        with chromium_or_exit() as browser:
            rows = [*starts(browser, rounds), *switches(browser, rounds)]
        return [*rows, *crowd.measure(rounds)]


def starts(browser: Browser, rounds: int) -> list[Row]:
    apps = {"app.py": SIGNS["/"], crowd.BARE: SLIDER}
    timings = {script: [] for script in apps}
    for i in range(rounds + 1):
        say(f"app: starts, round {i} of {rounds}")
        for script, sign in apps.items():  # taking turns
            timings[script].append(started(browser, script, sign))
    ours, theirs = (each[1:] for each in timings.values())  # the first one fills the disk's cache
    rows = [
        Row(
            "app",
            f"start of the server until {stage}",
            "s",
            tuple(s[stage] for s in ours),
            crowd.BASELINE,
            tuple(s[stage] for s in theirs),
            less_is_better=True,
            asked="<= 2.2" if stage == LAST else None,
        )
        for stage in ours[0]
    ]
    return [
        *rows,
        Row(
            "app",
            "modules of torch that the first page's script imports (the warm-up does, once it has been sent)",
            "",
            (float(first_imports("torch")),),
            asked="<= 0",
        ),
    ]


def first_imports(package: str) -> int:
    """Return how many modules of a package the first page's script has imported at its end, in a process of
    its own, without the warm-up.
    """
    command = [sys.executable, "-c", FIRST_SCRIPT, str(ROOT / "explorer/ui/main.py")]
    modules = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return sum(name.partition(".")[0] == package for name in modules)


def started(browser: Browser, script: str, sign: str) -> dict[str, float]:
    """Return the seconds until each stage, in a running browser that has not seen this address before."""
    page = browser.new_page(viewport=VIEWPORT)
    page.add_init_script(PAINTED)
    messages, since_1970 = Messages(page), time.time() - time.perf_counter()
    start = time.perf_counter()
    with running_app(script) as address:
        answers = time.perf_counter()
        page.goto(address, wait_until="commit")
        shown = page.evaluate("(sign) => seen(sign)", sign) / 1000 - since_1970
        page.close()
    messaged = max(moment for moment in messages.last_message if moment < shown)
    return {
        "it answers": answers - start,
        "the page asks for its content, as Streamlit's JavaScript runs": messages.sent[0] - start,
        "it has been told all that is painted": messaged - start,
        LAST: shown - start,
    }


def switches(browser: Browser, rounds: int) -> list[Row]:
    """Measure switching from the library to each page and back, after each was opened once."""
    timings = {path: [] for path in SIGNS}
    with running_app() as address:
        page = browser.new_page(viewport=VIEWPORT)
        page.add_init_script(PAINTED)
        page.goto(f"{address}/library")
        page.evaluate("(sign) => seen(sign)", SIGNS["/library"])
        page.wait_for_timeout(1000 * crowd.WARM)
        for i in range(rounds + 1):
            say(f"app: pages, round {i} of {rounds}")
            for path in SIGNS:
                if path != "/library":
                    timings[path].append(switch(page, path))
                    back = switch(page, "/library")
            timings["/library"].append(back)
        page.close()
    timings = {path: ms[1:] for path, ms in timings.items()}
    slowest = max(timings, key=lambda path: np.median(timings[path]))
    return [
        Row(
            "app",
            f"a click on a page's name until it is painted, median of {len(SIGNS)} pages",
            "ms",
            tuple(np.median(list(timings.values()), axis=0)),
            asked="<= 300",
        ),
        Row("app", f"the same, of the slowest page ({slowest})", "ms", tuple(timings[slowest])),
    ]


def switch(page: Page, path: str) -> float:
    """Return the milliseconds of a switch to a page."""
    if path.startswith("/learn"):
        page.get_by_test_id("stTopNavSection").click()
        page.get_by_test_id("stTopNavDropdownLink").first.wait_for()
    ms = page.evaluate(SWITCH, [path, SIGNS[path]])
    page.wait_for_timeout(700)  # waits for what follows the sign
    return ms
