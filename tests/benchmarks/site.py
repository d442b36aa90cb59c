"""The static site over a slow line, in headless Chromium: `python -m tests.benchmarks.site [DIR]`.

A web server on this machine serves the site of the included runs, or the site in DIR, as it is and as gzip, as
most hosts do. Chromium emulates 1.6 Mbit/s and 300 ms for each request. Measured are the seconds until the first
paint and until the figure shows its images, for a browser that has nothing yet, and the bytes until then.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from explorer.export.site.build import build_site
from tests.benchmarks.slow_line import BITS_PER_SECOND
from tests.browser.launch import chromium_or_exit
from tests.site_server import static_server

LATENCY_MS, ROUNDS = 300, 3
DECODED = '[data-testid="decoded"]'
LESSON = '[data-testid="live-figure"]'
PAGES = {  # name: path, what shows its images
    "Home": ("index.html", DECODED),
    "run, digits-vae-2d": ("explore/digits-vae-2d.html", DECODED),
    "run, mnist-vae-2d": ("explore/mnist-vae-2d.html", DECODED),
    "comparison, digits-ae-2d and -ladder-2d": ("compare/digits-ae-2d/digits-ladder-2d.html", DECODED),
    "comparison, mnist-ae-2d and -ladder-2d": ("compare/mnist-ae-2d/mnist-ladder-2d.html", DECODED),
    "run, mnist-vae-16d": ("explore/mnist-vae-16d.html", DECODED),
    "comparison, mnist-ae-16d and -ladder-16d": ("compare/mnist-ae-16d/mnist-ladder-16d.html", DECODED),
    "lesson, KL divergence": ("learn/kl.html", LESSON),
    "lesson, gaps": ("learn/gaps.html", LESSON),
    "lesson, autoencoder": ("learn/autoencoder.html", LESSON),
    "lesson, KL weight": ("learn/kl_weight.html", LESSON),
}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def visit(browser, address: str, sign: str) -> tuple[float, float, float]:
    """Return the seconds until the first paint and until the sign is there, and the kB received until then."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    devtools, received = context.new_cdp_session(page), []
    devtools.on("Network.dataReceived", lambda event: received.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BITS_PER_SECOND / 8,
            "uploadThroughput": BITS_PER_SECOND / 8,
        },
    )
    page.goto(address, wait_until="commit")
    page.wait_for_selector(sign)
    seconds, kilobytes = page.evaluate("performance.now()") / 1000, sum(received) / 1000
    painted = page.evaluate(PAINTED)
    context.close()
    return painted, seconds, kilobytes


def main() -> None:
    with TemporaryDirectory() as temporary, chromium_or_exit() as browser:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary) / "site"
        if len(sys.argv) < 2:
            build_site(folder)
        print("| on 1.6 Mbit/s and 300 ms | host | first paint, s | images, s | kB |\n|-|-|-|-|-|")
        for compresses in (False, True):
            with static_server(folder, compresses) as address:
                for name, (path, sign) in PAGES.items():
                    rounds = sorted(visit(browser, address + path, sign) for _ in range(ROUNDS))
                    painted, seconds, kilobytes = rounds[ROUNDS // 2]
                    host = "gzip" if compresses else "plain"
                    print(
                        f"| {name} | {host} | {painted:.1f} | {seconds:.1f} | {kilobytes:,.0f} |", flush=True
                    )


if __name__ == "__main__":
    main()
