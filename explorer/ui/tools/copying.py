"""Is the decode a copy of a training image, a blend of some, or something new?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.latent.neighbours import blend, nearest, nearest_distances
from explorer.privacy import without_key
from explorer.store.run import Run
from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

NEAREST, BLENDED, TYPICAL = 6, 60, 100  # images: shown, of which a blend is made, from which the usual distance is taken


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    bar = st.progress(0.0, "Reading the training images…")
    try:
        yield lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} training images")
    finally:
        bar.empty()


@st.cache_resource(max_entries=2, show_spinner=False)
def _images(dataset: str, image_size: int, colour: bool, _run: Run) -> tuple[np.ndarray, np.ndarray]:
    from explorer import describing

    check_dataset(dataset)
    with _progress() as say:
        return describing.learnt_from(_run.spec, say)


@st.cache_resource(max_entries=8, show_spinner=False)
def _codes(folder: Path, version: str, beta: float | None, _run: Run, _x: np.ndarray) -> np.ndarray:
    from explorer import describing

    with _progress() as say:
        return describing.codes(cache.loaded(_run, beta), _x, say)


@st.cache_data(max_entries=32, show_spinner="Measuring how near real images are to each other…")
def _usual(folder: Path, version: str, _run: Run, _x: np.ndarray) -> float:
    """The median distance of a test image from its nearest training image."""
    return float(np.median(nearest_distances(_x, cache.view(_run).embedding.images[:TYPICAL])))


def show(here: Visit) -> None:
    run, spec = here.run, here.run.spec
    here_at = run.folder, cache.version(run)
    try:
        x, y = _images(spec.dataset, spec.image_size, spec.colour, run)
    except UserError as error:
        st.error(f"{without_key(str(error))} Only this tool needs the training images: the others use the test images that the run keeps.")
        return
    mu, usual = _codes(*here_at, here.beta, run, x), _usual(*here_at, run, x)
    decoded = here.decode(here.z[None])[0]
    by_pixel, pixel_distances = nearest(x, decoded, BLENDED if len(x) > BLENDED else len(x))
    by_code, code_distances = nearest(mu, here.z, min(NEAREST, len(mu)))
    mixed = blend(decoded, x[by_pixel])
    parts = np.argsort(-mixed.weights)[:NEAREST]
    parts = parts[mixed.weights[parts] > 1e-3]

    def class_of(rows):
        return [run.class_names[y[row]] for row in rows]

    st.markdown(f"The nearest training image is **{pixel_distances[0]:.2f}** away; from a real test image it is usually "
                f"**{usual:.2f}**. A copy would be 0 away. The best blend of {len(by_pixel)} training images comes as near as "
                f"**{mixed.distance:.2f}**, with {(mixed.weights > 1e-3).sum()} of them.")
    gallery(key("decode and blend", run), "The decode and the blend", np.stack([decoded, np.clip(mixed.image, 0, 1)]),
            ["decoded from z", "the best blend"], 6, captions=["decoded from z", f"best blend\n{mixed.distance:.2f} away"])
    for title, rows, captions in (
        ("Nearest in pixels", by_pixel[:NEAREST], [f"{d:.2f}" for d in pixel_distances[:NEAREST]]),
        ("Nearest in code", by_code, [f"{d:.2f}" for d in code_distances]),
        ("What the blend is made of", by_pixel[parts], [f"× {w:.2f}" for w in mixed.weights[parts]]),
    ):
        st.markdown(f"**{title}**")
        names = [f"a training image, {name}, {caption}" for name, caption in zip(class_of(rows), captions)]
        gallery(key(title, run), title, x[rows], names, NEAREST, captions=captions,
                on_pick=lambda i, rows=rows: here.go(mu[rows[i]]))
    st.caption("Distances in pixels are roots of summed squares, of pixels from 0 to 1; in code, of z. The blend is of the "
               f"{len(by_pixel)} nearest images with weights of 0 or more (non-negative least squares), which need not sum to 1. Click "
               "a training image to go to its code.")


TOOL = Tool("Copying?", "Copying or creating?", "What the decode owes to the images that were learnt from. Go to a code, then to a gap: "
            "near a code it comes close to one image, in a gap it is a blend of several, or like none.", show)
