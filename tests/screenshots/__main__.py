"""Takes the pictures of the documentation, or those that are named: python -m tests.screenshots [NAME …]"""

import sys
from pathlib import Path

from tests.browser.launch import chromium_or_exit, running_app, runs_of_its_own
from tests.browser.pad import DECODED, spot

HERE = Path(__file__).parent
HOVERED = 0.62, 0.42  # of the map's width and height
SIGNS = {
    "lesson": ".plot-drawing",
    "compare-16d": "text=Real test images",
    "noise-path": "text=New noise",
    "library": '[data-testid="stDataFrame"]',
    "train": '[data-testid="replay-map"]',
}
PICTURES = [
    ("home", "/", 1440, 900, "light"),
    ("explore", "/explore?run=moons-vae-2d", 1440, 900, "dark"),
    ("explore-pca", "/explore?run=fashion-mnist-vae-16d", 1440, 900, "light"),
    ("tool", "/explore?run=mnist-vae-2d&tool=interpolate&way=spherical", 1440, 900, "light"),
    ("lesson", "/learn_elbo?answer=3&image=200&mu0=-0.2&mu1=1.2", 1440, 900, "light"),
    ("compare", "/compare", 1440, 900, "light"),
    ("compare-16d", "/compare?ae=mnist-ae-16d&vae=mnist-ladder-16d&density=mixture-10", 1440, 1900, "light"),
    ("conditional", "/explore?run=mnist-cvae-2d&tool=traverse", 1440, 900, "light"),
    ("noise-path", "/explore?run=mnist-ae-2d&tool=sample&source=diffusion", 1440, 1500, "light"),
    (
        "attributes",
        "/explore?run=faces-vae-12d&tool=attributes&attribute=eyebrow_height",
        1440,
        1300,
        "light",
    ),
    ("library", "/library", 1440, 900, "light"),
    ("phone", "/", 390, 844, "dark"),
    ("train", "/train?epochs=300", 1440, 1050, "light"),
]


def main() -> None:
    if unknown := set(sys.argv[1:]) - {name for name, *_ in PICTURES}:
        sys.exit(f"There is no picture named {', '.join(sorted(unknown))}.")
    with runs_of_its_own(), chromium_or_exit() as browser, running_app() as address:
        for name, path, width, height, theme in PICTURES:
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.goto(address + path)
            if name == "train":
                page.get_by_role("button", name="Train", exact=True).click()
                page.get_by_role("link", name="Open in Explore").wait_for(timeout=60_000)
            page.wait_for_selector(SIGNS.get(name, DECODED))
            page.wait_for_timeout(2000)
            if name.startswith("explore"):
                page.mouse.move(*spot(page, *HOVERED))
                page.wait_for_timeout(500)
            page.screenshot(path=HERE / f"{name}.png")
            print(HERE / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
