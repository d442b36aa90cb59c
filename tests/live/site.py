"""A small site of included runs, and what its pages show, for tests in browsers."""

from pathlib import Path

from explorer.export.site.build import build_site
from explorer.store.catalogue import find_run
from tests.live.pages import AE, DECODED, LADDER

RUN, PAIR, LESSON = f"explore/{LADDER}.html", f"compare/{AE}/{LADDER}.html", "learn/kl.html"
FIGURE = "#root svg, #root canvas"
SITE_PAGES = {"index.html": DECODED, RUN: DECODED, PAIR: DECODED, LESSON: FIGURE, "library.html": "table"}
SITE_PAGES["playground.html"] = '[data-testid="latent-map"]'
SITE_PAGES["hand-in.html"] = '[data-testid="summary"] + .hand-in-table a'


def write_site(folder: Path) -> Path:
    """Write a site of two runs, their comparison and a lesson. The decoder of the ladder is large."""
    build_site(folder, runs=[find_run(AE), find_run(LADDER)], lessons=["kl"])
    return folder
