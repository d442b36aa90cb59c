"""Streamlit's frontend arrives compressed, which depends on how Streamlit marks its files."""

import gzip
import re
from urllib.request import Request, urlopen

from tests.browser.pad import ready

SIZES = (
    "() => performance.getEntriesByType('resource').map((e) => [e.name, e.transferSize, e.decodedBodySize])"
)


def test_scripts_and_styles_are_compressed_and_the_same(app):
    page = urlopen(app).read().decode()
    files = re.findall(r'(?:src|href)="\./(static/[^"]+\.(?:js|css))"', page)
    assert len(files) > 3
    for file in files:
        plain = urlopen(f"{app}/{file}").read()
        with urlopen(Request(f"{app}/{file}", headers={"Accept-Encoding": "gzip"})) as answer:
            body = answer.read()
            if len(plain) < 1024:
                assert body == plain
                continue
            assert answer.headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == plain
            assert len(body) < 0.6 * len(plain)


def test_a_first_visit_transfers_a_third_and_a_reload_none_of_them(browser, app):
    page = browser.new_page()  # whose cache is empty
    page.goto(f"{app}/explore?run=tiny-vae")
    ready(page)
    scripts = [size for size in page.evaluate(SIZES) if re.search(r"/static/.+\.(js|css)$", size[0])]
    transferred, decoded = (sum(size[i] for size in scripts) for i in (1, 2))
    assert decoded > 1e6 and 0.1 * decoded < transferred < 0.45 * decoded
    page.reload()
    ready(page)
    again = [size for size in page.evaluate(SIZES) if re.search(r"/static/.+\.(js|css)$", size[0])]
    assert len(again) == len(scripts) and sum(size[1] for size in again) == 0
    page.close()


def test_home_loads_its_figure_beside_the_frontend_from_the_second_visit_on(open_page):
    ready(open_page("/"))
    page = open_page("/")
    ready(page)
    entries = page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.name.includes('/content/'))"
        ".map((e) => [e.name, e.initiatorType])"
    )
    early = [name for name, initiator in entries if initiator != "fetch"]
    assert len(early) == 3  # the script, the map and the decoder
    assert len({name for name, _ in entries}) == len(entries)  # nothing is requested twice
