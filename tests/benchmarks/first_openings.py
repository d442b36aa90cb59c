"""The processor's time of the first opening of each page, on a server that has done its warm-up:
`python -m tests.benchmarks.first_openings [TEXT …]`, of the addresses that contain one of the texts.

Each page is opened in a copy of one process (fork), without a browser, and the blocks that it registers are
built: what is not yet computed at the first visitor is in the time, what was computed for an earlier page is
not. The time of the processor counts, so that a busy machine gives the same figures; an idle core takes as long.
"""

import multiprocessing
import sys
import time
from collections.abc import Iterator
from itertools import permutations
from urllib.parse import urlencode

from streamlit.testing.v1 import AppTest

from explorer.registry import LESSONS
from explorer.store.catalogue import list_runs
from explorer.ui.content_routes import STORE
from explorer.ui.explore.tools import TOOLS
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.ui.warm_up import warm_up
from explorer.views.pairs import are_comparable
from tests.browser.launch import ROOT

MAX_SECONDS = 2.0  # that are asked
PAGES = "home", "train", "library", "images", "playground"


def addresses() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield pages with their queries."""
    for page in PAGES:
        yield page, {}
    runs, _ = list_runs()
    for run in runs:
        for tool in ("", *TOOLS):
            yield "explore", {"run": run.name} | ({"tool": tool} if tool else {})
        yield "report", {"run": run.name}
    for left, right in permutations(runs, 2):
        if are_comparable(left, right):
            yield "compare", {"ae": left.name, "vae": right.name}
    for lesson in LESSONS:
        yield page_name(lesson), {}


def open_page(page: str, query: dict[str, str]) -> tuple[float, list[str]]:
    """Return the processor's seconds of a page, and the errors that it shows."""
    start = time.process_time()
    app = AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=600)
    app.query_params.update(query)
    app.switch_page(page_file(page)).run() if page != "home" else app.run()
    for item in list(STORE.blocks.values()):
        item.build()
    faults = [element.message for element in app.exception] + [element.value for element in app.error]
    return time.process_time() - start, faults


def main() -> None:
    warm_up().join()
    AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=600)
    texts, context = sys.argv[1:], multiprocessing.get_context("fork")
    print(f"| page | processor, s (asked: ≤ {MAX_SECONDS:g}) |\n|-|-|")
    for page, query in addresses():
        address = f"{page}?{urlencode(query)}" if query else page
        if texts and not any(text in address for text in texts):
            continue
        with context.Pool(1) as pool:
            seconds, faults = pool.apply(open_page, (page, query))
        mark = "" if seconds <= MAX_SECONDS else ", not reached"
        print(f"| {address} | {seconds:.2f}{mark} {' '.join(faults)} |", flush=True)


if __name__ == "__main__":
    main()
