"""A live figure as one HTML file, which needs no server and asks for nothing from outside."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from html import escape
from typing import Any

from explorer.live.bundle import join_modules, join_styles
from explorer.live.fields import describe
from explorer.query import Field

KINDS = ("pad", "pair", "replay")
STYLES = "hosts/page/page.css", "view/button.css", "figures/pad/pad.css"
# bytes, None for a block that is not there, or a list or a dict of such trees
Blocks = Any


def build_page(
    kind: str,
    blocks: dict[str, Blocks],
    state: dict,
    fields: Sequence[Field],
    title: str,
    *,
    compress: bool = True,
) -> str:
    """Return the HTML of a figure.

    kind: "pad", "pair" or "replay"; blocks: {"sides": [{"map", "decoder", "codes"}, ...], "images",
    "classifier"} as safetensors, the last two may be None; of a replay {"map", "pictures"}. state: {"zs",
    "film_position", "walk_start", "row"} where the hash of the address says nothing; of a replay
    {"film_position"}. compress: as gzip, which browsers unpack since 2023.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no figure {kind!r}: choose from {', '.join(KINDS)}")
    if any(side["decoder"] is None for side in blocks.get("sides", ())):
        raise ValueError("a page needs a decoder that runs in the browser")
    elements: list[str] = []
    figure = {
        "kind": kind,
        "fields": describe(fields),
        "state": state,
        "blocks": _write_blocks(blocks, elements, compress),
    }
    script = f"{join_modules('hosts/page/page.js')}\nopenPage();\n"
    style = join_styles(*STYLES)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}';"
        " img-src blob: data:; base-uri 'none'; form-action 'none'"
    )
    data = json.dumps(figure).replace("<", "\\u003c")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title>",
            f"<style>{style}</style>",
            f"<h1>{escape(title)}</h1>",
            '<p id="note" role="status"></p>',
            '<div id="root" class="pad-root"><p role="status">Loading the map…</p></div>',
            "<noscript><p>This figure needs JavaScript.</p></noscript>",
            f'<script type="application/json" id="figure">{data}</script>',
            *elements,
            f'<script type="module">{script}</script>',
            "</html>\n",
        ]
    )


def _write_blocks(blocks: Blocks, elements: list[str], compress: bool) -> Any:
    """Add an element for each block, and return the tree with their ids."""
    if blocks is None:
        return None
    if isinstance(blocks, bytes):
        id, encoding = f"block-{len(elements)}", "gzip" if compress else "none"
        text = base64.b64encode(gzip.compress(blocks, mtime=0) if compress else blocks).decode()
        elements.append(
            f'<script type="application/octet-stream" id="{id}" data-encoding="{encoding}">{text}</script>'
        )
        return id
    if isinstance(blocks, dict):
        return {name: _write_blocks(part, elements, compress) for name, part in blocks.items()}
    return [_write_blocks(part, elements, compress) for part in blocks]


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
