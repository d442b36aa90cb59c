"""The latent pad: a map of codes, a slider for each dimension, and the image that z decodes to, live in the
browser; of one run, or of two beside each other under one pointer.

The browser is sent blocks (a map, a decoder's weights, images) once, and keeps them; where z lies, and what
else changes, travels in letters. Python learns of z when it is let go. What is no bytes goes as a list of
one: Streamlit would look through a dict for tables, and import pandas for it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.components.latent_pad.block import Block, LateBlock

HERE = Path(__file__).parent
PARTS = (
    "block",
    "store",
    "dom",
    "save_image",
    "network",
    "server_decoder",
    "film",
    "plane",
    "view",
    "dots",
    "gap_shading",
    "marks",
    "map",
    "map_input",
    "legend",
    "sliders",
    "direction_slider",
    "readouts",
    "film_controls",
    "decoded_image",
    "originals",
    "side",
    "path_strip",
    "samples",
    "layout",
    "pad",
    "replay",
    "mount",
)
SENT = "blocks sent to this browser"


def javascript(*parts: str) -> str:
    """The parts as one module: none imports another."""
    return "\n".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in parts)


def style(*parts: str) -> str:
    return "\n".join((HERE / f"{part}.css").read_text(encoding="utf-8") for part in parts)


_pad = st.components.v2.component("latent_pad", js=javascript(*PARTS), css=style("button", "pad"))
_courier = st.components.v2.component("latent_pad_courier", js=javascript("store", "transport"))


def latent_pad(
    key: str,
    *,
    sides: Sequence[tuple[Block, Block | None]],
    letter: dict,
    images: Block | LateBlock | None = None,
    classifier: Block | None = None,
    compact: bool = False,
    on_commit: Callable[[dict], None],
    on_ask: Callable[[dict], None] | None = None,
) -> None:
    """Mount a pad of one run, or of two of the same images. compact: there is something beside it. images:
    sent after all else.

    sides: of each run its map and its decoder, None if the server decodes. letter: {"zs": a z [D] of each
    side, "row": of the chosen point or None, "heard": the number "n" of the last message heard, or None},
    "film": a place on its axis, if there is one, "start": of a walk [2], "drawn": what a tool shows of itself
    (Pad.setToolOverlay in pad.js), and if the server decodes "decoded": {"zs", "film", "pixels": base64 of
    uint8 [C, H, W] or None of each side}. on_commit gets {"n", "zs", "row": of a clicked point or None,
    "side", "film", "start"}; on_ask {"n", "zs", "film"}.
    """

    def said(what: str, then: Callable[[dict], None]):
        def hear():
            message = st.session_state.get(key, {}).get(what)  # none from a pad that is no longer there
            if isinstance(message, dict) and isinstance(message.get("n"), int):
                then(message)

        return hear

    couriers = _send(key, [*(block for side in sides for block in side), classifier], letter, images)
    parts = [{"map": map.id, "decoder": decoder and decoder.id} for map, decoder in sides]
    _pad(
        key=key,
        data=[
            {
                "key": key,
                "sides": parts,
                "images": images and images.id,
                "classifier": classifier and classifier.id,
                "compact": compact,
            }
        ],
        on_commit_change=said("commit", on_commit),
        on_ask_change=said("ask", on_ask or (lambda _: None)),
        on_missing_change=said("missing", _forget),
    )
    with couriers:
        _carry(key, [images])


def replay(key: str, map: Block, pictures: Block) -> None:
    """A training over its epochs: the map, whose film they are, and the pictures of its frames."""
    _send(key, [map, pictures], {})
    _pad(
        key=key,
        data=[{"key": key, "replay": {"map": map.id, "pictures": pictures.id}}],
        on_missing_change=lambda: _forget((st.session_state.get(key) or {}).get("missing") or {}),
    )


def _send(
    key: str, blocks: Sequence[Block | None], letter: dict, later: Block | LateBlock | None = None
) -> DeltaGenerator:
    """The blocks that this browser has not been sent yet, and the letter, which announces a later one; where
    that is to go.
    """
    couriers = st.container(key=f"couriers-{key}")
    with couriers:
        new = [block.id for block in _new([*blocks, later])]
        _carry(key, blocks)
        _courier(key=f"{key}-letter", data=[{**letter, "to": key, "sending": new}])
    return couriers


def _carry(key: str, blocks: Sequence[Block | LateBlock | None]) -> None:
    for block in _new(blocks):
        _courier(key=f"{key}-{block.id}", data=block.content)
        st.session_state[SENT].add(block.id)


def _new(blocks: Sequence[Block | LateBlock | None]) -> list[Block | LateBlock]:
    """Those that this browser has not been sent yet, each once."""
    sent = st.session_state.setdefault(SENT, set())
    return [
        block for block in {block.id: block for block in blocks if block}.values() if block.id not in sent
    ]


def _forget(told: dict) -> None:
    """The browser has lost blocks: they are sent again."""
    st.session_state[SENT].difference_update(told.get("ids", ()))
