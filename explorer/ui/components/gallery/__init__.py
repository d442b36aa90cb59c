"""Images in rows; a click on one goes to its code."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import streamlit as st

from explorer.figures.images import image_sheet, to_data_uri
from explorer.ui.components.live_component import live_component

_gallery = live_component("gallery", "hosts/streamlit/gallery.js", "figures/gallery.css")


def gallery(
    key: str,
    title: str,
    images: np.ndarray,
    names: Sequence[str],
    columns: int,
    *,
    row_labels: Sequence[str] | None = None,
    captions: Sequence[str] | None = None,
    underlined: Collection[int] = (),
    underline_note: str = "",
    chosen: int | None = None,
    dense: bool = False,
    caption_suffix: str = "",
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """images [n, C, H, W], uint8 or float in [0, 1], in rows of `columns`, named for who hears the page.

    row_labels: a word before each row; captions: under each image; underlined: images that are underlined,
    which underline_note explains; chosen: the present one; dense: without room between them; caption_suffix:
    what a saved picture's caption says after the title; on_pick(index): one was clicked.
    """

    def receive_pick():
        pick, last_key = (st.session_state.get(key) or {}).get("pick"), f"{key} last pick"
        if not isinstance(pick, dict) or not all(
            isinstance(pick.get(name), int) for name in ("number", "index")
        ):
            return
        if pick["number"] > st.session_state.get(last_key, 0) and 0 <= pick["index"] < len(
            images
        ):  # Streamlit may tell an old message again
            st.session_state[last_key] = pick["number"]
            on_pick(pick["index"])

    blank = np.zeros((-len(images) % columns, *images.shape[1:]), images.dtype)
    rows = np.concatenate([images, blank]).reshape(-1, columns, *images.shape[1:])
    _gallery(
        key=key,
        on_pick_change=receive_pick,
        data={
            "sheet": to_data_uri(image_sheet(list(rows), gap=0)),
            "n_images": len(images),
            "columns": columns,
            "image_shape": images.shape[1:],
            "title": title,
            "names": names,
            "row_labels": row_labels,
            "captions": captions,
            "underlined": [int(i) for i in underlined],
            "underline_note": underline_note,
            "chosen_index": chosen,
            "dense": dense,
            "caption_suffix": caption_suffix,
            "is_clickable": on_pick is not None,
        },
    )
