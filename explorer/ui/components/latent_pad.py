"""The latent pad: a map of codes, a slider for each dimension, and the image that z decodes to, live in the
browser; of one run, or of two beside each other under one pointer.
"""

from collections.abc import Callable, Sequence

from explorer.live.block import Block, LazyBlock
from explorer.live.fields import AE_Z, Z, pad_fields
from explorer.live.figure import PAD
from explorer.ui.components.live_figure import live_figure


def latent_pad(
    key: str,
    *,
    sides: Sequence[tuple[Block, Block | None]],
    state: dict,
    images: Block | LazyBlock | None = None,
    classifier: Block | None = None,
    betas: Sequence[float] = (),
    n_classes: int = 0,
    n_images: int = 0,
    compact: bool = False,
    on_commit: Callable[[dict], None],
    on_decode_request: Callable[[dict], None] | None = None,
) -> None:
    """Mount a pad of one run, or of two of the same images. compact: there is something beside it. images,
    classifier: loaded after all else; betas: the KL weights of a ladder; n_classes: of a conditional
    model; n_images: of how many test images both of two runs have codes, for the ends of their path.

    sides: the map and the decoder of each run; decoder None if the server decodes. state: {"values": as
    pad_fields() declares them, "row": of the selected point or None, "row_codes": the codes of the images at
    the ends of the path, by their row: [frames][D] of each run, "overlay": what a tool marks on the map
    (Pad.setToolOverlay in pad.js), and if the server decodes "server_images": {"values": those decoded,
    "pixels": base64 of uint8 [C, H, W] or None of each side}}. on_commit receives {"number", "values", "row":
    of a clicked point or None, "side"}; on_decode_request {"number", "values"}.
    """
    names = (AE_Z, Z)[-len(sides) :]
    live_figure(
        PAD,
        key,
        fields=pad_fields({name: len(state["values"][name]) for name in names}, betas, n_classes, n_images),
        state=state,
        blocks={"sides": [{"map": map, "decoder": decoder} for map, decoder in sides]},
        later={"images": images, "classifier": classifier},
        options={"compact": compact, "is_named": classifier is not None},
        on_commit=on_commit,
        on_messages={"decode_request": on_decode_request or (lambda _: None)},
    )
