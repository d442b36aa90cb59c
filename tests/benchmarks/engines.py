"""Measure drags in Firefox and in WebKit: `python -m tests.benchmarks.engines`."""

from tests.browser.launch import running_app
from tests.engines.conftest import ENGINES
from tests.engines.drags import DRAGS, drag, open_page


def main() -> None:
    print("engine   drag            images/s  frames/s  messages")
    with running_app() as address:
        for engine, (find, open_browser, packages) in ENGINES.items():
            if not find():
                print(f"{engine} was not found: install {packages}")
                continue
            with open_browser() as page:
                for name, (path, control, image) in DRAGS.items():
                    open_page(page, address, path, shows=image)
                    seen = drag(page, control, image)
                    print(
                        f"{engine:8}"
                        f" {name:16}{seen.images / seen.seconds:8.1f}{seen.frames / seen.seconds:10.1f}{seen.messages:10}"
                    )


if __name__ == "__main__":
    main()
