"""Takes the README's pictures: python -m tests.screenshots"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.launch import chromium, running_app
from tests.browser.pad import DECODED, spot

HERE = Path(__file__).parent
HOVERED = 0.62, 0.42  # of the map's width and height
PICTURES = [
    ("home", "/", 1440, 900, "light"),
    ("explore", "/explore?run=moons-vae-2d", 1440, 900, "dark"),
    ("explore-pca", "/explore?run=fashion-mnist-vae-16d", 1440, 900, "light"),
    ("compare", "/compare", 1440, 900, "light"),
    ("library", "/library", 1440, 900, "light"),
    ("phone", "/", 390, 844, "dark"),
]


def main() -> None:
    with sync_playwright() as playwright, running_app() as address:
        browser = chromium(playwright)
        if browser is None:
            raise SystemExit("No Chromium found: install one, or set CHROMIUM to its path.")
        for name, path, width, height, theme in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.goto(address + path)
            page.wait_for_selector('[data-testid="stDataFrame"]' if name == "library" else DECODED)
            page.wait_for_timeout(2000)
            if name.startswith("explore"):
                page.mouse.move(*spot(page, *HOVERED))
                page.wait_for_timeout(500)
            page.screenshot(path=HERE / f"{name}.png")
            print(HERE / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
