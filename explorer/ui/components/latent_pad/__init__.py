"""The latent pad: a map of codes, a slider for each dimension, and the image that z decodes to, live in the
browser; of one run, or of two beside each other under one pointer.

The browser is sent blocks (a map, a decoder's weights, images) once, and keeps them; where z lies, and what
else changes, travels in a state. Python learns of z when it is let go. What is no bytes goes as a list of
one: Streamlit would look through a dict for tables, and import pandas for it.
"""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.live.bundle import join_modules, join_styles
from explorer.ui.components.latent_pad.block import Block, LazyBlock

SENT_BLOCKS_KEY = "sent_blocks"


_pad_component = st.components.v2.component(
    "latent_pad",
    js=join_modules("hosts/streamlit/pad.js"),
    css=join_styles("hosts/streamlit/theme.css", "view/button.css", "figures/pad/pad.css"),
)
_transport_component = st.components.v2.component(
    "latent_pad_transport", js=join_modules("hosts/streamlit/transport.js")
)


def latent_pad(
    key: str,
    *,
    sides: Sequence[tuple[Block, Block | None]],
    state: dict,
    images: Block | LazyBlock | None = None,
    classifier: Block | None = None,
    compact: bool = False,
    on_commit: Callable[[dict], None],
    on_decode_request: Callable[[dict], None] | None = None,
) -> None:
    """Mount a pad of one run, or of two of the same images. compact: there is something beside it. images:
    sent after all else.

    sides: the map and the decoder of each run; decoder None if the server decodes. state: {"zs": a z [D] of
    each side, "row": of the selected point or None, "last_message": the number of the last message received,
    "film_position": on the axis of the film or None, "walk_start": [2], "overlay": what a tool marks on the
    map (Pad.setToolOverlay in pad.js), and if the server decodes "server_images": {"zs", "film_position",
    "pixels": base64 of uint8 [C, H, W] or None of each side}}. on_commit receives {"number", "zs", "row": of
    a clicked point or None, "side", "film_position", "walk_start"}; on_decode_request {"number", "zs",
    "film_position"}.
    """

    def receive(type: str, then: Callable[[dict], None]):
        def call():
            message = st.session_state.get(key, {}).get(type)  # none from a pad that is no longer there
            if isinstance(message, dict) and isinstance(message.get("number"), int):
                then(message)

        return call

    container = _send_blocks(key, [*(block for side in sides for block in side), classifier], state, images)
    parts = [{"map": map.id, "decoder": decoder and decoder.id} for map, decoder in sides]
    _pad_component(
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
        on_commit_change=receive("commit", on_commit),
        on_decode_request_change=receive("decode_request", on_decode_request or (lambda _: None)),
        on_missing_blocks_change=receive("missing_blocks", _mark_missing),
    )
    with container:
        _send_unsent(key, [images])


def replay_pad(key: str, map_block: Block, pictures_block: Block) -> None:
    """A training over its epochs: the map, whose film they are, and the pictures of its frames."""
    _send_blocks(key, [map_block, pictures_block], {})
    _pad_component(
        key=key,
        data=[{"key": key, "replay": {"map": map_block.id, "pictures": pictures_block.id}}],
        on_missing_blocks_change=lambda: _mark_missing(
            (st.session_state.get(key) or {}).get("missing_blocks") or {}
        ),
    )


def _send_blocks(
    key: str, blocks: Sequence[Block | None], state: dict, late_block: Block | LazyBlock | None = None
) -> DeltaGenerator:
    """Send the blocks that this browser has not been sent yet, and the state, which announces a later block.
    Return the container for that one.
    """
    container = st.container(key=f"hidden-{key}")
    with container:
        new = [block.id for block in _unsent([*blocks, late_block])]
        _send_unsent(key, blocks)
        _transport_component(key=f"{key}-state", data=[{**state, "pad_key": key, "announced_blocks": new}])
    return container


def _send_unsent(key: str, blocks: Sequence[Block | LazyBlock | None]) -> None:
    for block in _unsent(blocks):
        _transport_component(key=f"{key}-{block.id}", data=block.content)
        st.session_state[SENT_BLOCKS_KEY].add(block.id)


def _unsent(blocks: Sequence[Block | LazyBlock | None]) -> list[Block | LazyBlock]:
    """Those that this browser has not been sent yet, each once."""
    sent = st.session_state.setdefault(SENT_BLOCKS_KEY, set())
    return [
        block for block in {block.id: block for block in blocks if block}.values() if block.id not in sent
    ]


def _mark_missing(payload: dict) -> None:
    """The browser has lost blocks: they are sent again."""
    st.session_state[SENT_BLOCKS_KEY].difference_update(payload.get("ids", ()))
