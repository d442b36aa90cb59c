"""Images in rows; a click on one goes to its code."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from explorer.figures.images import image_sheet, to_png
from explorer.figures.vector_picture import as_pictures
from explorer.live.block import make_block
from explorer.live.figure import GALLERY
from explorer.query import Scalar
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.prose import in_words

INDEX = "index"  # of the image that was clicked


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
    images = as_pictures(images)
    blank = np.zeros((-len(images) % columns, *images.shape[1:]), images.dtype)
    rows = np.concatenate([images, blank]).reshape(-1, columns, *images.shape[1:])
    sheet = np.frombuffer(to_png(image_sheet(list(rows), gap=0)), np.uint8)
    live_figure(
        GALLERY,
        key,
        fields=[Scalar(INDEX, None, 0, len(images) - 1, kind=int)] if on_pick else [],
        blocks={"sheet": make_block(key, {}, {"sheet": sheet}, is_transient=True)},
        options={
            "n_images": len(images),
            "columns": columns,
            "image_shape": images.shape[1:],
            "noun": in_words("image"),
            "title": in_words(title),
            "names": [*map(in_words, names)],
            "row_labels": row_labels and [*map(in_words, row_labels)],
            "captions": captions and [*map(in_words, captions)],
            "underlined": [int(i) for i in underlined],
            "underline_note": in_words(underline_note),
            "chosen_index": chosen,
            "dense": dense,
            "caption_suffix": in_words(caption_suffix),
            "is_clickable": on_pick is not None,
        },
        on_commit=lambda message: on_pick(message["values"][INDEX]) if INDEX in message["values"] else None,
    )
