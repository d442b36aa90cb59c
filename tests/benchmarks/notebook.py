"""Drags over the map of a widget in JupyterLab, where it is installed, in headless Chromium, in turns with the same
figure as a web page and with the fastest possible page: `python -m tests.benchmarks.notebook`.
"""

import sys
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from explorer.live.page import build_page
from tests.benchmarks import drags
from tests.benchmarks.pages import ASKED, PAGES
from tests.benchmarks.table import Row, printed, say
from tests.browser.jupyter import has_jupyter, open_notebook, run_cell, running_lab, write_notebook
from tests.browser.launch import chromium_or_exit
from tests.browser.pad import DECODED, MAP, PATIENCE

ROUNDS = 3
CELLS = {  # by the names of PAGES
    "digits": "explorer.load_run('digits-vae-2d').widget()",
    "MNIST": "explorer.load_run('mnist-vae-2d').widget()",
    "ladder and AE": "explorer.pair_widget('mnist-ae-2d', 'mnist-ladder-2d')",
}


@contextmanager
def opened(browser: Browser, address: str):
    """Run the cell of a notebook, and yield its page and the list of messages that it sends from now on."""
    context, sent = browser.new_context(**drags.LAPTOP), []
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(drags.WATCH)
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(0)))
    open_notebook(page, address)
    run_cell(page, 0)
    page.wait_for_selector(DECODED)
    page.wait_for_timeout(1000 * drags.SETTLE)
    yield page, sent
    context.close()


def measure(browser: Browser, name: str) -> list[Row]:
    with TemporaryDirectory() as folder:
        write_notebook(Path(folder), f"import explorer\n{CELLS[name]}")
        file = Path(folder) / "page.html"
        file.write_text(build_page(PAGES[name][0]()), encoding="utf-8")
        with (
            running_lab(Path(folder)) as address,
            opened(browser, address) as widget,
            drags.opened(browser, file.as_uri(), DECODED, drags.LAPTOP) as page,
            drags.opened(browser, drags.EMPTY_PAGE, DECODED, drags.LAPTOP) as empty,
        ):
            rounds = [[dragged(*each) for each in (widget, page, empty)] for _ in range(ROUNDS)]
    ours, of_page, of_empty = zip(*rounds)
    images, delay = f"{name}: images in a drag", f"{name}: event to paint, median"
    messages = tuple(float(drag.messages) for drag in ours)
    return [
        Row("notebook", images, "/s", _images(ours), "the same as a web page", _images(of_page)),
        Row("notebook", images, "/s", _images(ours), drags.EMPTY, _images(of_empty)),
        Row("notebook", images, "/s", _images(ours), asked=ASKED),
        Row(
            "notebook",
            delay,
            "ms",
            _delays(ours),
            "the same as a web page",
            _delays(of_page),
            less_is_better=True,
        ),
        Row("notebook", f"{name}: moves without an image", "/s", _missed(ours)),
        Row("notebook", f"{name}: messages in a drag", "", messages, asked="<= 0"),
    ]


def _images(rounds: Sequence[drags.Drag]) -> tuple[float, ...]:
    return tuple(drag.images for drag in rounds)


def _delays(rounds: Sequence[drags.Drag]) -> tuple[float, ...]:
    return tuple(median(drag.took) for drag in rounds)


def _missed(rounds: Sequence[drags.Drag]) -> tuple[float, ...]:
    return tuple(len(drag.took) / drags.SECONDS - drag.images for drag in rounds)


def dragged(page: Page, sent: list) -> drags.Drag:
    page.bring_to_front()
    return drags.drag(page, sent, MAP)


def main() -> None:
    if not has_jupyter():
        sys.exit("JupyterLab was not found: pip install jupyterlab")
    rows = []
    with chromium_or_exit() as browser:
        for name in sys.argv[1:] or CELLS:
            say(f"notebook: {name}")
            rows += measure(browser, name)
    print(printed(rows))


if __name__ == "__main__":
    main()
