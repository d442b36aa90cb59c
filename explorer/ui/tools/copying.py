"""Is the decode a copy of a training image, a blend of some, or something new?"""

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.gaps import distances
from explorer.latent.neighbours import blend, nearest
from explorer.store.run import Run
from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

NEAREST, BLENDED, TYPICAL = 6, 60, 100  # images: shown, of which a blend is made, from which the usual distance is taken


@st.cache_resource(max_entries=3, show_spinner=False)
def _learnt(folder, version: str, beta: float | None, _run: Run):
    from explorer import describing

    bar = st.progress(0.0, "Reading the training images…")
    try:
        return describing.learnt(cache.loaded(_run, beta), lambda done, total: bar.progress(done / total, f"{done:,} of {total:,}"))
    finally:
        bar.empty()


@st.cache_resource(max_entries=8, show_spinner="Measuring how near real images are to each other…")
def _usual(folder, version: str, _run: Run, _x: np.ndarray) -> float:
    """The median distance of a test image from its nearest training image."""
    images = cache.view(_run).embedding.images[:TYPICAL]
    flat = [part.reshape(len(part), -1) / np.float32(255) for part in (_x, images)]
    return float(np.median(distances(*flat, 1)))


def show(here: Visit) -> None:
    run = here.run
    here_at = run.folder, cache.version(run)
    try:
        learnt = _learnt(*here_at, here.beta, run)
    except UserError as error:
        st.error(f"{error} Only this tool needs the training images: the others use the test images that the run keeps.")
        return
    usual = _usual(*here_at, run, learnt.x)
    decoded = here.decode(here.z[None])[0]
    by_pixel, pixel_distances = nearest(learnt.x, decoded, BLENDED if len(learnt.x) > BLENDED else len(learnt.x))
    by_code, code_distances = nearest(learnt.mu, here.z, min(NEAREST, len(learnt.mu)))
    mixed = blend(decoded, learnt.x[by_pixel])
    parts = np.argsort(-mixed.weights)[:NEAREST]
    parts = parts[mixed.weights[parts] > 1e-3]

    def class_of(rows):
        return [run.class_names[learnt.y[row]] for row in rows]

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
        gallery(key(title, run), title, learnt.x[rows], names, NEAREST, captions=captions,
                on_pick=lambda i, rows=rows: here.go(learnt.mu[rows[i]]))
    st.caption("Distances in pixels are roots of summed squares, of pixels from 0 to 1; in code, of z. The blend is of the "
               f"{len(by_pixel)} nearest images with weights of 0 or more (non-negative least squares), which need not sum to 1. Click "
               "a training image to go to its code.")


TOOL = Tool("Copying?", "Copying or creating?", "What the decode owes to the images that were learnt from. Go to a code, then to a gap: "
            "near a code it comes close to one image, in a gap it is a blend of several, or like none.", show)
