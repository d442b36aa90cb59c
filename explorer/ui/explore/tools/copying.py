"""How near a decoded image is to the training images, and to a blend of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.latent.draws import from_gaussian
from explorer.latent.neighbours import blend, nearest, nearest_distances
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView, run_version

# images: shown, of which a blend is made, from which a median distance is taken
NEAREST = 6
BLENDED = 60
TYPICAL = 100
TRIED, FEWEST = 2000, 10  # samples among which gaps are looked for, and in gaps for a median


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    bar = st.progress(0.0, "Reading the training images…")
    try:
        yield lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} training images")
    finally:
        bar.empty()


@st.cache_resource(max_entries=2, show_spinner=False)
def _images(dataset: str, image_size: int, colour: bool, _run: Run) -> tuple[np.ndarray, np.ndarray]:
    from explorer.runs import inference

    check_dataset(dataset)
    with _progress() as say:
        return inference.learnt_from(_run.spec, say)


@st.cache_resource(max_entries=8, show_spinner=False)
def _codes(folder: Path, version: str, beta: float | None, _run: Run, _x: np.ndarray) -> np.ndarray:
    from explorer.runs import inference

    with _progress() as say:
        return inference.codes(RunView(_run).load(beta), _x, say)


@st.cache_data(max_entries=32, show_spinner="Measuring distances to the training images…")
def _medians(
    folder: Path, version: str, beta: float | None, _here: ExploreSession, _x: np.ndarray
) -> dict[str, float]:
    """The median distance from the nearest training image: of test images, of their decoded codes, of decoded
    samples in gaps.
    """
    scale = RunView(_here.run).scale
    drawn = from_gaussian(scale, TRIED, 1.0, np.random.default_rng(0))
    asked = {
        "test images": RunView(_here.run).embedding.images[:TYPICAL],
        "their reconstructions": _here.decode(_here.codes()[0][:TYPICAL]),
        "decoded samples in gaps": (
            _here.decode(in_gaps) if len(in_gaps := drawn[_here.in_gap(drawn)][:TYPICAL]) >= FEWEST else None
        ),
    }
    return {
        name: float(np.median(nearest_distances(_x, images)))
        for name, images in asked.items()
        if images is not None
    }


def show(here: ExploreSession) -> None:
    run, spec = here.run, here.run.spec
    here_at = run.folder, run_version(run)
    try:
        x, y = _images(spec.dataset, spec.image_size, spec.colour, run)
    except UserError as error:
        st.error(
            f"{public_name(str(error))} Only this tool needs the training images: the other tools use the"
            " test images of the run."
        )
        return
    mu, medians = _codes(*here_at, here.beta, run, x), _medians(*here_at, here.beta, here, x)
    decoded = here.decode(here.z[None])[0]
    by_pixel, pixel_distances = nearest(x, decoded, BLENDED if len(x) > BLENDED else len(x))
    by_code, code_distances = nearest(mu, here.z, min(NEAREST, len(mu)))
    mixed = blend(decoded, x[by_pixel])
    parts = np.argsort(-mixed.weights)[:NEAREST]
    parts = parts[mixed.weights[parts] > 1e-3]

    def class_of(rows):
        return [run.class_names[y[row]] for row in rows]

    used = int((mixed.weights > 1e-3).sum())
    st.markdown(
        f"Distance from the decoded image: nearest training image **{pixel_distances[0]:.2f}**, best blend of"
        f" {used} training images **{mixed.distance:.2f}**. A copy would have distance 0.",
        help=(
            "Distances are Euclidean, over pixels from 0 to 1, or over codes. The blend is the non-negative"
            f" least-squares fit of the {len(by_pixel)} nearest images."
        ),
    )
    st.caption(
        "Median distance from the nearest training image: "
        + ", ".join(f"{name} {d:.2f}" for name, d in medians.items())
        + "."
    )
    gallery(
        key("decode and blend", run),
        "The decoded image and the blend",
        np.stack([decoded, np.clip(mixed.image, 0, 1)]),
        ["decoded from z", "the best blend"],
        6,
        captions=["decoded from z", f"best blend\n{mixed.distance:.2f} away"],
        about=here.name,
    )
    for title, rows, captions in (
        ("Nearest in pixels", by_pixel[:NEAREST], [f"{d:.2f}" for d in pixel_distances[:NEAREST]]),
        ("Nearest in code", by_code, [f"{d:.2f}" for d in code_distances]),
        ("Images in the blend", by_pixel[parts], [f"× {w:.2f}" for w in mixed.weights[parts]]),
    ):
        st.markdown(f"**{title}**")
        names = [f"a training image, {name}, {caption}" for name, caption in zip(class_of(rows), captions)]
        gallery(
            key(title, run),
            title,
            x[rows],
            names,
            NEAREST,
            captions=captions,
            on_pick=lambda i, rows=rows: here.go(mu[rows[i]]),
            about=here.name,
        )
    st.caption("Click a training image to go to its code.")


TOOL = Tool(
    "Copying",
    "Is the decoded image a copy of a training image, or a blend? Move z to a code, then into a gap, and"
    " watch both distances.",
    show,
)
