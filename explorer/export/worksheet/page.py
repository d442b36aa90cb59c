"""Sheets of exercises, or their keys, as one HTML file to print, which needs no server."""

import re
from collections.abc import Sequence
from pathlib import Path

from explorer.export.worksheet.sheet import Sheet, sheet_elements
from explorer.live.block import Block, LazyBlock, content_id
from explorer.live.bundle import join_styles
from explorer.live.page import block_element, content_digest, head_elements

HOST = "hosts/sheet/sheet.js"
# A sheet is as wide as its paper, whatever the window is: figures have the layout of wide pages.
WIDE, NARROW = (
    re.compile(r"\(min-width: \d+px\)"),
    re.compile(r"\(max-width: \d+px\)(, \(max-height: \d+px\))?"),
)
STYLE = Path(__file__).with_name("worksheet.css")


def worksheet_page(sheets: Sequence[Sheet]) -> str:
    """Return the page: one sheet after the other. Its figures are drawn when it is opened."""
    blocks: dict[str, str] = {}  # elements by their ids

    def write(block: Block | LazyBlock) -> str:
        """Add an element with the block, which figures may share, and return its id."""
        id = f"block-{content_id(block.content)}"
        if id not in blocks:
            blocks[id] = block_element(id, block)
        return id

    articles = [
        element for i, sheet in enumerate(sheets) for element in sheet_elements(sheet, f"sheet-{i}", write)
    ]
    figures = {sheet.content.figure.name: sheet.content.figure for sheet in sheets}
    scripts = [
        figure.script(HOST, f'drawSheets({figure.class_name}, "{name}");') for name, figure in figures.items()
    ]
    parts = dict.fromkeys(path for figure in figures.values() for path in figure.styles)
    styles = NARROW.sub("not all", WIDE.sub("all", join_styles(*parts)))
    style = f"{styles}\n{STYLE.read_text(encoding='utf-8')}"
    sources = " ".join(f"'{content_digest(script)}'" for script in scripts)
    policy = (
        f"default-src 'none'; script-src {sources}; style-src '{content_digest(style)}';"
        " img-src blob: data:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            *head_elements(_title(sheets), policy, style),
            '<p id="progress" role="status">Drawing the figures…</p>',
            "<main>",
            *articles,
            "</main>",
            *blocks.values(),
            *(f'<script type="module">{script}</script>' for script in scripts),
            "</html>\n",
        ]
    )


def worksheet_file_name(names: Sequence[str], is_key: bool) -> str:
    """Return the usual name of the file with the sheets of lessons."""
    subject = names[0] if len(names) == 1 else "lessons"
    return f"{subject}-{'key' if is_key else 'worksheet'}.html"


def _title(sheets: Sequence[Sheet]) -> str:
    subject = sheets[0].title if len(sheets) == 1 else f"{len(sheets)} lessons"
    return f"{'Key' if sheets[0].is_key else 'Worksheet'}: {subject}"
