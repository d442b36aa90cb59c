"""Snippets say what they show whatever its name; QR codes have the size that the standard says."""

import ast
import io
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from explorer.errors import UserError
from explorer.export.embed import BORDER, ESCAPE_TYPE, SCALE, qr_png, qr_svg, snippets
from explorer.live.bundle import FOLDER

ADDRESS = 'https://lab.example.org/explore?run=a&z=0.5,-1&note="><script>x'
TITLE = 'A "run" <b>of</b>\nmine & yours'
NAMES = ["HTML", "reveal.js", "Quarto", "Jupyter Book", "Notebook", "Moodle, Canvas"]


class Frames(HTMLParser):
    """The attributes of the iframes of a text, and the texts of its scripts."""

    def __init__(self, text: str):
        super().__init__()
        self.frames, self.tags, self.scripts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "iframe":
            self.frames.append(dict(attrs))

    def handle_data(self, data):
        if self.tags[-1:] == ["script"] and data.strip():
            self.scripts.append(data)


@pytest.mark.parametrize("name", ["HTML", "reveal.js", "Quarto", "Moodle, Canvas"])
def test_a_frame_has_the_address_and_the_title_and_nothing_else(name):
    [text] = [snippet.text for snippet in snippets(ADDRESS, TITLE) if snippet.name == name]
    page = Frames(text)
    [frame] = page.frames
    assert (frame.get("src") or frame["data-src"]) == ADDRESS
    assert frame["title"] == 'A "run" <b>of</b> mine & yours'
    assert set(page.tags) <= {"section", "iframe", "script"}
    listeners = [script for script in page.scripts if ESCAPE_TYPE in script]
    assert len(listeners) == (name != "Moodle, Canvas")  # their editors drop scripts


def test_notebooks_and_books_have_the_address():
    texts = {snippet.name: snippet.text for snippet in snippets(ADDRESS, TITLE)}
    assert list(texts) == NAMES
    call = ast.parse(texts["Notebook"]).body[-1].value
    assert call.func.id == "IFrame" and call.args[0].value == ADDRESS
    first, _, caption, last = texts["Jupyter Book"].split("\n")
    assert first == f":::{{iframe}} {ADDRESS}" and last == ":::"
    assert caption == " ".join(TITLE.split())


def test_the_message_is_the_one_that_figures_send():
    assert f'"{ESCAPE_TYPE}"' in (FOLDER / "hosts/escape.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("n, version", [(14, 1), (15, 2), (213, 10), (2331, 40)])
def test_a_qr_code_has_the_size_of_its_version_and_three_finder_patterns(n, version):
    """ISO/IEC 18004, table 7: how many bytes a code with error correction M holds; a side has 17 + 4 version
    modules.
    """
    link = ("https://x.example/?" + "a" * n)[:n] if n > 15 else "h" * n
    side = 17 + 4 * version
    with Image.open(io.BytesIO(qr_png(link))) as image:
        pixels = np.asarray(image.convert("L")) < 128
    assert pixels.shape == ((side + 2 * BORDER) * SCALE,) * 2
    modules = pixels[SCALE // 2 :: SCALE, SCALE // 2 :: SCALE]
    assert not modules[:BORDER].any() and not modules[:, -BORDER:].any()
    code = modules[BORDER:-BORDER, BORDER:-BORDER]
    finder = np.maximum(*np.meshgrid(*[np.abs(np.arange(7) - 3)] * 2))  # rings around the centre
    for corner in (code[:7, :7], code[:7, -7:], code[-7:, :7]):
        assert np.array_equal(corner, finder != 2)


def test_a_qr_code_as_svg_says_what_it_is():
    svg = ElementTree.fromstring(qr_svg("https://lab.example.org/explore?run=a&z=1,2"))
    assert svg.get("role") == "img"
    assert svg[0].text == "QR code of https://lab.example.org/explore?run=a&z=1,2"


def test_a_link_that_is_too_long_is_refused():
    with pytest.raises(UserError, match="2,332 characters, which is too long"):
        qr_svg("x" * 2332)
