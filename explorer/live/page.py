"""A live figure as one HTML file, which needs no server and asks for nothing from outside."""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from explorer.live.block import Block, BlockTree, LazyBlock, map_blocks
from explorer.live.fields import describe
from explorer.live.figure import LiveFigure
from explorer.query import Field

HOST, STYLE = "hosts/page/page.js", "hosts/page/page.css"
Writer = Callable[[Block | LazyBlock], str]


@dataclass(frozen=True)
class PageContent:
    """What a page shows.

    fields: of the figure's state, which stands in the hash of the address; state: {"values": of the fields}
    and what else the figure's applyState() takes, where the hash says nothing. blocks, later: what its
    constructor takes, and addBlocks() once the figure is there; options: JSON values that its constructor
    takes; palette: the colours of its plots. notes: sentences below the figure, of what it is, how it was
    made, and its licence; citation: BibTeX.
    """

    figure: LiveFigure
    title: str
    fields: Sequence[Field] = ()
    state: Mapping | None = None
    blocks: BlockTree = None
    later: BlockTree = None
    options: Mapping | None = None
    palette: Mapping | None = None
    notes: tuple[str, ...] = ()
    citation: str = ""


def build_page(content: PageContent, compress: bool = True) -> str:
    """Return the HTML of a page. compress: as gzip, which browsers unpack since 2023."""
    elements: list[str] = []

    def write(block: Block | LazyBlock) -> str:
        """Add an element with the block, and return its id."""
        id = f"block-{len(elements)}"
        elements.append(block_element(id, block, compress))
        return id

    figure, figure_part = content.figure, figure_elements(content, write, write)
    script = figure.script(HOST, f"openPage({figure.class_name});")
    style = figure.style_sheet(STYLE)
    policy = (
        f"default-src 'none'; script-src '{content_digest(script)}'; style-src '{content_digest(style)}';"
        " img-src blob: data:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            *head_elements(content.title, policy, style),
            "<main>",
            f"<h1>{escape(content.title)}</h1>",
            *figure_part,
            "</main>",
            *_footer(content),
            *elements,
            f'<script type="module">{script}</script>',
            "</html>\n",
        ]
    )


def head_elements(title: str, policy: str, style: str) -> list[str]:
    """Return what a page in one file begins with. policy: of its content security; style: CSS."""
    return [
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
    ]


def figure_elements(content: PageContent, write: Writer, write_later: Writer) -> list[str]:
    """Return the elements in which a host opens a figure. write, write_later: return what names a block, of
    the figure's first ones and of those that arrive later.
    """
    data = describe_figure(content, write, write_later)
    return [
        '<p id="note" role="status"></p>',
        '<div id="root"><p role="status">Loading…</p></div>',
        "<noscript><p>This figure needs JavaScript.</p></noscript>",
        f'<script type="application/json" id="figure">{data}</script>',
    ]


def describe_figure(content: PageContent, write: Writer, write_later: Writer) -> str:
    """Return what a host opens a figure with, as JSON for a script element. write, write_later: as in
    figure_elements().
    """
    described = {
        "fields": describe(content.fields),
        "state": {"values": {}} | dict(content.state or {}),
        "blocks": map_blocks(content.blocks, write) or {},
        "later": map_blocks(content.later, write_later),
        "options": dict(content.options or {}),
        "palette": dict(content.palette or {}),
    }
    return json.dumps(described).replace("<", "\\u003c")


def block_element(id: str, block: Block | LazyBlock, compress: bool = True) -> str:
    """Return the element of a page in one file with a block."""
    encoding = "gzip" if compress else "none"
    packed = gzip.compress(block.content, mtime=0) if compress else block.content
    text = base64.b64encode(packed).decode()
    return f'<script type="application/octet-stream" id="{id}" data-encoding="{encoding}">{text}</script>'


def _footer(content: PageContent) -> list[str]:
    lines = [f"<p>{escape(note)}</p>" for note in content.notes]
    if content.citation:
        lines.append(f"<details><summary>Cite</summary><pre>{escape(content.citation)}</pre></details>")
    return ["<footer>", *lines, "</footer>"] if lines else []


def content_digest(text: str) -> str:
    """Return the source by which a Content-Security-Policy allows a script or a style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
