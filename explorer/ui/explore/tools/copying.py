"""How near a decoded image is to the training images, and to a blend of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.latent.neighbours import fit_blend, nearest_points
from explorer.latent.share import format_median
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.tool import Tool
from explorer.views.run_view import RunView, run_version

# images: shown, of which a blend is made
N_NEAREST_IMAGES = 6
MAX_BLEND_IMAGES = 60


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None]]:
    bar = st.progress(0.0, "Reading the training images…")
    try:
        yield lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} training images")
    finally:
        bar.empty()


@st.cache_resource(max_entries=2, show_spinner=False)
def _training_images(dataset: str, image_size: int, colour: bool, _run: Run) -> tuple[np.ndarray, np.ndarray]:
    from explorer.runs import inference

    check_dataset(dataset)
    with _progress_bar() as on_progress:
        return inference.load_training_images(_run.spec, on_progress)


@st.cache_resource(max_entries=8, show_spinner=False)
def _training_codes(
    folder: Path, version: str, beta: float | None, _run: Run, _x: np.ndarray, _y: np.ndarray
) -> np.ndarray:
    from explorer.runs.training_images import encode_training_images

    with _progress_bar() as on_progress:
        return encode_training_images(RunView(_run).load(beta), _x, _y, on_progress, beta)


@st.cache_data(max_entries=32, show_spinner="Measuring distances to the training images…")
def _median_distances(
    folder: Path, version: str, beta: float | None, _session: ExploreSession, _x: np.ndarray
) -> dict[str, str]:
    """Return the median distance to the nearest training image, with its 95% interval: of test images, of
    their reconstructions, of decoded samples in gaps.
    """
    from explorer.runs.training_images import measure_training_distances

    view = RunView(_session.run)
    distances = measure_training_distances(view.load(beta), _session.posteriors(), view.scale, _x, beta)
    return {
        f"{len(each)} {name}": format_median(each)
        for name, each in (
            ("test images", distances.tests),
            ("of their reconstructions", distances.reconstructions),
            ("decoded samples in gaps", distances.in_gaps),
        )
        if len(each)
    }


def show(session: ExploreSession) -> None:
    run, spec = session.run, session.run.spec
    run_key = run.folder, run_version(run)
    try:
        x, y = _training_images(spec.dataset, spec.image_size, spec.colour, run)
    except UserError as error:
        st.error(
            f"{public_name(str(error))} Only this tool needs the training images: the other tools use the"
            " test images of the run."
        )
        return
    mu = _training_codes(*run_key, session.beta, run, x, y)
    medians = _median_distances(*run_key, session.beta, session, x)
    decoded = session.decode(session.z[None])[0]
    rows_by_pixel, pixel_distances = nearest_points(
        x, decoded, MAX_BLEND_IMAGES if len(x) > MAX_BLEND_IMAGES else len(x)
    )
    rows_by_code, code_distances = nearest_points(mu, session.z, min(N_NEAREST_IMAGES, len(mu)))
    mixed = fit_blend(decoded, x[rows_by_pixel])
    parts = np.argsort(-mixed.weights)[:N_NEAREST_IMAGES]
    parts = parts[mixed.weights[parts] > 1e-3]

    def class_of(rows):
        return [run.class_names[y[row]] for row in rows]

    used = int((mixed.weights > 1e-3).sum())
    st.markdown(
        f"Distance from the decoded image: nearest training image **{pixel_distances[0]:.2f}**, best blend of"
        f" {used} training images **{mixed.distance:.2f}**. A copy would have distance 0.",
        help=(
            "Distances are Euclidean, over pixels from 0 to 1, or over codes. The blend is the non-negative"
            f" least-squares fit of the {len(rows_by_pixel)} nearest images."
        ),
    )
    st.caption(
        "Median distance from the nearest training image: "
        + ", ".join(f"{name} {median}" for name, median in medians.items())
        + " (95% intervals)."
    )
    gallery(
        session_key("decode and blend", run),
        "The decoded image and the blend",
        np.stack([decoded, np.clip(mixed.image, 0, 1)]),
        ["decoded from z", "the best blend"],
        6,
        captions=["decoded from z", f"best blend\n{mixed.distance:.2f} away"],
        caption_suffix=session.title,
    )
    for title, rows, captions in (
        (
            "Nearest in pixels",
            rows_by_pixel[:N_NEAREST_IMAGES],
            [f"{d:.2f}" for d in pixel_distances[:N_NEAREST_IMAGES]],
        ),
        ("Nearest in code", rows_by_code, [f"{d:.2f}" for d in code_distances]),
        ("Images in the blend", rows_by_pixel[parts], [f"× {w:.2f}" for w in mixed.weights[parts]]),
    ):
        if not len(rows):  # of a blend, whose best image is black
            continue
        st.markdown(f"**{title}**")
        names = [f"a training image, {name}, {caption}" for name, caption in zip(class_of(rows), captions)]
        gallery(
            session_key(title, run),
            title,
            x[rows],
            names,
            N_NEAREST_IMAGES,
            captions=captions,
            on_pick=lambda i, rows=rows: session.move(mu[rows[i]]),
            caption_suffix=session.title,
        )
    st.caption("Click a training image to go to its code.")


TOOL = Tool(
    "Copying",
    "Is the decoded image a copy of a training image, or a blend? Move z to a code, then into a gap, and"
    " watch both distances.",
    show,
)
