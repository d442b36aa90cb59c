"""The latent pad: a map of codes, a slider for each dimension, and the image that z decodes to, live in the
browser; of one run, or of two beside each other under one pointer.

The browser loads blocks (a map, a decoder's weights, images) from the app's routes, and keeps them; where z
lies, and what else changes, travels in a state. Python learns of z when it is let go. Data go as a list of
one: Streamlit would look through a dict for tables, and import pandas for it.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.live.fields import AE_Z, Z, describe, pad_fields
from explorer.store.ownership import KEY_SEPARATOR
from explorer.ui import visitor
from explorer.ui.components.latent_pad.block import Block, LazyBlock, publish
from explorer.ui.components.live_component import live_component

_pad_component = live_component(
    "latent_pad", "hosts/streamlit/pad.js", "view/button.css", "figures/pad/pad.css"
)


def latent_pad(
    key: str,
    *,
    sides: Sequence[tuple[Block, Block | None]],
    state: dict,
    images: Block | LazyBlock | None = None,
    classifier: Block | None = None,
    betas: Sequence[float] = (),
    compact: bool = False,
    on_commit: Callable[[dict], None],
    on_decode_request: Callable[[dict], None] | None = None,
) -> None:
    """Mount a pad of one run, or of two of the same images. compact: there is something beside it. images:
    loaded after all else; betas: the KL weights of a ladder.

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

    parts = [{"map": publish(map), "decoder": publish(decoder)} for map, decoder in sides]
    blocks = [*(block for side in sides for block in side), images, classifier]
    names = (AE_Z, Z)[-len(sides) :]
    fields = pad_fields({name: len(z) for name, z in zip(names, state["zs"])}, betas)
    content = {
        "fields": describe(fields),
        "sides": parts,
        "images": publish(images),
        "classifier": publish(classifier),
        "compact": compact,
    }
    _pad_component(
        key=key,
        data=[{"content": content, "key": _key_of(blocks), "state": state}],
        on_commit_change=receive("commit", on_commit),
        on_decode_request_change=receive("decode_request", on_decode_request or (lambda _: None)),
        on_missing_blocks_change=lambda: None,  # this run of the page has registered them anew
    )


def replay_pad(key: str, map_block: Block, pictures_block: Block) -> None:
    """A training over its epochs: the map, whose film they are, and the pictures of its frames."""
    content = {"replay": {"map": publish(map_block), "pictures": publish(pictures_block)}}
    _pad_component(
        key=key,
        data=[{"content": content, "key": _key_of([map_block, pictures_block]), "state": {}}],
        on_missing_blocks_change=lambda: None,
    )


def _key_of(blocks: Sequence[Block | LazyBlock | None]) -> str:
    """Return the visitor's key for private blocks, if the browser may not send it by itself."""
    owners = {block.owner for block in blocks if block and block.owner}
    return KEY_SEPARATOR.join(
        sorted(key for key in owners if visitor.owns(key) and not visitor.sends_cookie(key))
    )
