"""Does a VAE only copy or average its training set? Compare decoded images with the nearest training images
and blends of them.
"""

import numpy as np
import streamlit as st

from explorer.latent.share import Z95, format_median, share_of_true
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, resample_button, tex
from explorer.ui.pages import page_file
from explorer.ui.run_view import RunView, run_version

NAME = "copying"
PAGE = page_name(NAME)
DIGITS = tuple("0123456789")
START = Setting("from", "3", page=PAGE, options=DIGITS)
END = Setting("to", "gap", page=PAGE, options=("gap", *DIGITS))
T = Setting("t", 0.5, 0, 1, 0.1, page=PAGE)
SEED = Setting("draw", 0, 0, 9999, page=PAGE)
RUN = "digits-vae-2d"
N_STEPS, N_NEAREST, N_SAMPLES, N_SHOWN_SAMPLES = 11, 4, 64, 11
# The groups with their colours.
GROUP_COLOURS = {
    "test images": "grey",
    "test images, decoded": "class 0",
    f"{N_SAMPLES} samples": "accent",
}

x, z, w, q = tex("x", "x_i"), tex("z", "z"), tex("rate", "w_i(z)"), tex("rate", r"q(z\,|\,x_i)")
xh, x1 = tex("distortion", r"\hat{x}(z)"), tex("x", "x_j")
MATHEMATICS = read_mathematics(__file__, z=z, x=x, q=q, xh=xh, w=w, x1=x1)

LESSON = Lesson(
    NAME,
    "Do VAEs only average their training set? **Move t** from the code of a training image towards a gap or"
    " another image, and compare the decoded image with the training images.",
    Question(
        "What does the decoder output on the line from a code to a gap?",
        ("A copy of one training image", "Almost a blend of several", "Nothing close to an image or a blend"),
        1,
        "Two numbers could distinguish all training images, but the noise on z and the smoothness of the"
        " network prevent copies. Compare the distances to the best blend and to the nearest image below. The"
        " mathematics explains why.",
    ),
    MATHEMATICS,
    (
        "explorer.latent.neighbours:nearest_points",
        "explorer.latent.neighbours:fit_blend",
        "explorer.lessons.copying.compute:ideal_decode",
        "explorer.lessons.copying.compute:is_copy",
    ),
    (START, END, T, SEED),
    concepts=(20,),
    runs=(RUN,),
)


@st.cache_resource(max_entries=2, show_spinner="Measuring distances between real images…")
def _reference_distances(folder, version: str, _run):
    from explorer.lessons.copying.compute import measure_reference_distances

    return measure_reference_distances(RunView(_run).load(), RunView(_run).embedding.images)


@st.cache_data(max_entries=20, show_spinner=False)
def _decoded_samples(folder, version: str, seed: int, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return N_SAMPLES decoded samples of the prior, their distances to the two nearest training images, and
    to the best blend.
    """
    from explorer.latent.draws import sample_gaussian
    from explorer.lessons.copying.compute import blend_distances, two_nearest_distances

    zs = sample_gaussian(RunView(_run).scale, N_SAMPLES, 1.0, np.random.default_rng(seed))
    images, training = RunView(_run).load().decode(zs), _reference_distances(folder, version, _run).training.x
    return images, two_nearest_distances(training, images), blend_distances(training, images)


def picture(runs: dict[str, Run]) -> None:
    run = runs[RUN]
    reference = _reference_distances(run.folder, run_version(run), run)
    line = _choose_line(run, reference)
    strip, yardstick = st.columns([5, 3], gap="medium")
    z_at_t = line[round(T.get() * (N_STEPS - 1))]
    with strip:
        gap_index, n = RunView(run).gap_index(), N_STEPS
        distances = _show_above_nearest(
            reference,
            "Along the line",
            ["decoded\nat t", "nearest\nimage"],
            RunView(run).load().decode(line),
            [f"{t:.1f}" for t in np.linspace(0, 1, n)],
            chosen=round(T.get() * (n - 1)),
            underlined=np.flatnonzero(gap_index.log2_distance_ratio(line) > 0) if gap_index else (),
            underline_note="Underlined: in a gap.",
            on_pick=lambda i: T.set(i % n / (n - 1)),
        )
        _show_comparison(run, reference, z_at_t)
    with yardstick:
        _show_distance(reference, distances[round(T.get() * (N_STEPS - 1))])
    _show_samples(run, reference)
    st.page_link(
        page_file("explore"),
        label="Measure another z or another run",
        icon=":material/arrow_forward:",
        query_params={"run": RUN, "tool": "copying", "z": ",".join(f"{v:.4g}" for v in z_at_t)},
    )


def _choose_line(run, reference) -> np.ndarray:
    """Show the controls of the line, and return the codes on it [N_STEPS, 2]."""
    from explorer.latent.gap_map import deepest_gap
    from explorer.latent.interpolation import interpolate_linear

    gap = deepest_gap(RunView(run).gap_map)
    training = reference.training
    first = {name: training.mu[np.argmax(training.y == i)] for i, name in enumerate(run.class_names)}
    ends = ({} if gap is None else {"gap": gap}) | first

    def describe(name: str) -> str:
        return "the widest gap" if name == "gap" else f"the code of a digit {name}"

    slider, choices = st.columns([5, 3], gap="medium", vertical_alignment="bottom")
    with slider:
        T.slider("t, interpolation fraction")
    with choices, st.container(horizontal=True):
        START.selectbox("From", run.class_names, describe)
        END.selectbox("To", list(ends), describe)
    return interpolate_linear(first[START.get()], ends[END.get()], N_STEPS)


def _show_above_nearest(
    reference, title: str, heads: list[str], images: np.ndarray, captions: list[str], **options
) -> np.ndarray:
    """Show images above their nearest training images; return their distances."""
    from explorer.latent.neighbours import nearest_points

    rows, distances = (
        np.concatenate(part)
        for part in zip(*(nearest_points(reference.training.x, image, 1) for image in images))
    )
    both = np.concatenate([images, reference.training.x[rows] / np.float32(255)])
    distance_texts = [f"{d:.1f}" for d in distances]
    names = [f"decoded {caption}" for caption in captions] + [
        f"a training image at distance {d}" for d in distance_texts
    ]
    captions = captions + distance_texts
    gallery(
        f"{PAGE} {title}", title, both, names, len(images), row_labels=heads, captions=captions, **options
    )
    return distances


def _show_comparison(run, reference, z: np.ndarray) -> None:
    """Show the image decoded at z, two blends, and the nearest training images in pixels and in code."""
    from explorer.latent.neighbours import nearest_points
    from explorer.lessons.copying.compute import best_blend, ideal_decode

    decoded = RunView(run).load().decode(z)[0]
    blend = best_blend(reference.training.x, decoded)
    ideal = ideal_decode(reference.training.x, reference.training.mu, reference.logvar, z)
    decoded_column, pixel_column, code_column = st.columns([3, N_NEAREST, N_NEAREST])
    with decoded_column:
        st.markdown(f"**At t = {T.get():.1f}**")
        captions = [
            "decoded",
            f"best blend\n{blend.distance:.2f}",
            f"posterior-weighted\nmean {np.linalg.norm(decoded - ideal):.2f}",
        ]
        gallery(
            f"{PAGE} made",
            "Decoded image and blends",
            np.stack([decoded, np.clip(blend.image, 0, 1), ideal]),
            captions,
            3,
            captions=captions,
        )
    for column, title, points, target in (
        (pixel_column, "Nearest in pixels", reference.training.x, decoded),
        (code_column, "Nearest in code", reference.training.mu, z),
    ):
        rows, distances = nearest_points(points, target, N_NEAREST)
        with column:
            st.markdown(f"**{title}**")
            captions = [
                f"digit {run.class_names[reference.training.y[row]]}\n{distance:.2f}"
                for row, distance in zip(rows, distances)
            ]
            images = reference.training.x[rows]
            gallery(f"{PAGE} {title}", title, images, captions, N_NEAREST, captions=captions)
    st.caption(
        "Distances are Euclidean, of pixels from 0 to 1 or of z. The best blend is a sum of the 60 nearest"
        f" training images with weights ≥ 0; here {(blend.weights > 1e-3).sum()} have a positive weight."
        " Decoded images are means E[x|z]."
    )


def _show_distance(reference, distance: float) -> None:
    """Show how far the decoded image is from the nearest training image, beside the test images."""
    from explorer.lessons.copying.figure import histogram

    test_distances = reference.test_distances[:, 0]
    st.markdown(
        f"Distance to the nearest training image: **{distance:.2f}**. Of {len(test_distances)} test images **"
        f"{share_of_true(test_distances < distance)}** are nearer (median"
        f" {format_median(test_distances)})."
    )
    name = f"{len(test_distances)} test images"
    figure = histogram("The image at t among test images", {name: test_distances}, ["grey"], 190, distance)
    plots(f"{PAGE} distance", [figure])


def _show_samples(run, reference) -> None:
    """Show samples of the prior, measured by the same distances."""
    from explorer.lessons.copying.compute import copy_share, share_nearer
    from explorer.lessons.copying.figure import histogram

    images, distances, blends = _decoded_samples(run.folder, run_version(run), SEED.get(), run)
    st.subheader("Many samples")
    strip, chart_column = st.columns([5, 3], gap="medium")
    with strip:
        st.markdown(
            "**Copies** (less than a third as far from one training image as from the next):"
            f" {copy_share(distances)} of {len(distances)} samples,"
            f" {copy_share(reference.training_reconstructions)} of {len(reference.training.x):,} decoded"
            " training images.  \n**Nearer to a training image than the median test image is:**"
            f" {share_nearer(distances, reference.test_distances)} of the samples,"
            f" {share_nearer(reference.reconstructions, reference.test_distances)} of the decoded test"
            f" images.  \n**Distance to the best blend,** median: {format_median(blends)} for samples,"
            f" {format_median(reference.blend_distances)} for test images."
        )
        heads, captions = ["sample", "nearest\nimage"], [""] * N_SHOWN_SAMPLES
        _show_above_nearest(reference, "Samples", heads, images[:N_SHOWN_SAMPLES], captions)
        resample_button(SEED)
    with chart_column:
        groups = reference.test_distances, reference.reconstructions, distances
        nearest = {name: group[:, 0] for name, group in zip(GROUP_COLOURS, groups)}
        colours = [*GROUP_COLOURS.values()]
        plots(f"{PAGE} distances", [histogram("Samples among test images", nearest, colours, 210)])
    n, (nats, error) = len(reference.training.x), reference.mutual_information
    st.caption(
        "Brackets and bands are 95% intervals over images. A small distance does not mean a copy: a blurred"
        f" image is close to many images. I(x; z) is {nats:.1f} ± {Z95 * error:.1f} of at most"
        f" ln {n:,} = {np.log(n):.1f} nats: z distinguishes about {np.exp(nats):.0f} groups of images."
    )
