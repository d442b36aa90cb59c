"""The lesson on the autoencoder: it encodes an image as a few numbers and decodes it again."""

import numpy as np
import streamlit as st

from explorer.figures.images import enlarge
from explorer.registry import NETWORKS
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "autoencoder"
PAGE = page_name(NAME)
IMAGE = Setting("image", 0, 0, 9, page=PAGE)
K = Setting("k", 2, 1, 64, page=PAGE)
RUN = "mnist-ae-2d"
LOSSES = ("squared error", "sum over the pixels"), ("cross-entropy", "nats per image")
PIXEL_SIZE = 3  # screen pixels for one of an image, at least

x, z, x_hat = tex("x", "x"), tex("z", "z"), tex("distortion", r"\hat x")
x_i, x_hat_i = tex("x", "x_i"), tex("distortion", r"\hat x_i")
MATHEMATICS = read_mathematics(__file__, z=z, x=x, x_hat=x_hat, x_i=x_i, x_hat_i=x_hat_i)

LESSON = Lesson(
    NAME,
    "The encoder maps an image to two numbers, its code; the decoder reconstructs the image from them."
    " Principal component analysis (PCA) does the same linearly, with k numbers. **Choose an image, then move"
    " k,** and compare the reconstructions.",
    Question(
        "The network encodes 784 pixels as 2 numbers. How many numbers does PCA need for the same squared"
        " error?",
        ("2", "About 8", "About 30"),
        1,
        "PCA's reconstructions lie on a flat surface with k dimensions; the network's lie on a curved surface"
        " with two. PCA needs several dimensions to approximate the curved surface. The dashed lines show the"
        " network.",
    ),
    MATHEMATICS,
    (
        "explorer.models.autoencoder:Autoencoder.encode",
        "explorer.models.autoencoder:Autoencoder.decode",
        "explorer.networks.mlp:mlp",
        "explorer.objectives.bernoulli:Bernoulli",
        "explorer.lessons.autoencoder.compute:reconstruct_with_pca",
    ),
    (IMAGE, K),
    concepts=(1, 22),
    runs=(RUN,),
    accepts=lambda run: run.spec.latent_dim == 2,
)
# Other values of explorer.lessons.autoencoder.compute.OUTPUT_CLIP, which show what depends on it.
OTHER_CLIPS = (
    0.001,
    0.02,
)


@st.cache_resource(max_entries=2, show_spinner="Fitting PCA to test images…")
def _compare(version: str, _run: Run) -> tuple:
    """Fit PCA to one half of the images that the run keeps, and measure PCA and the network on the other
    half. Return the size of the first half, PCA, its losses over k, the network's reconstructions, and a
    sentence on both.
    """
    from explorer.lessons.autoencoder.compute import (
        components_needed,
        components_needed_interval,
        fit_pca,
        losses_over_k,
        reconstruct_with_network,
    )

    images = RunView(_run).embedding.images
    half = len(images) // 2
    pca, network = fit_pca(images[:half]), reconstruct_with_network(RunView(_run).load(), images[half:])
    distortion, error = losses_over_k(pca, images[half:])
    low, high = components_needed_interval(error, network.error)
    counts_by_clip = [
        _format_count(
            components_needed(losses_over_k(pca, images[half:], clip)[0].mean(1), network.distortion.mean())
        )
        for clip in OTHER_CLIPS
    ]
    sentence = (
        "PCA reaches the network's squared error with k ="
        f" **{_format_count(components_needed(error.mean(1), network.error.mean()))}** (95% interval over"
        " the images:"
        f" {_format_count(low)} to {_format_count(high)}), and its cross-entropy with k ="
        f" **{_format_count(components_needed(distortion.mean(1), network.distortion.mean()))}**. The"
        " second k"
        " depends on how PCA's outputs are clipped: at"
        f" {' or '.join(f'{100 * clip:g}%' for clip in OTHER_CLIPS)}"
        f" it is {' or '.join(counts_by_clip)}."
    )
    return half, pca, (distortion.mean(1), error.mean(1)), network, sentence


def _format_count(k: int | None) -> str:
    """Return a number of components as text."""
    return "more than 64" if k is None else str(k)


@st.cache_data(show_spinner=False)
def _network_table(shape: tuple[int, int, int]) -> str:
    """Return a Markdown table of the kinds of network and their numbers of weights."""
    from explorer.lessons.autoencoder.compute import count_weights

    rows = (
        f"| {kind} | {NETWORKS[kind].description} | {a:,} + {b:,} |"
        for kind, (a, b) in count_weights(shape, 2).items()
    )
    return "\n".join(["| network | layers | weights: encoder + decoder |", "|-|-|-:|", *rows])


def picture(runs: dict[str, Run]) -> None:
    run = runs[RUN]
    e = RunView(run).embedding
    (half, pca, (distortion, error), network, sentence) = _compare(run_version(run), run)
    from explorer.lessons.autoencoder.compute import OUTPUT_CLIP, min_distortion, reconstruct_with_pca
    from explorer.lessons.autoencoder.figure import code_map, loss_curve

    images, mu, y = e.images[half:], e.mu[half : len(e.images)], e.y[half : len(e.images)]
    first_rows = [int(np.argmax(y == label)) for label in np.unique(y)]  # the first of each class
    row = first_rows[min(IMAGE.get(), len(first_rows) - 1)]
    left, right = st.columns([3, 2])
    with left:
        gallery(
            "learn autoencoder images",
            "Test images",
            images[first_rows],
            [f"a test image, {run.class_names[y[i]]}" for i in first_rows],
            len(first_rows),
            underlined=[first_rows.index(row)],
            underline_note="Underlined: the chosen image.",
            on_pick=IMAGE.set,
        )
    with right:
        k = K.slider("k, numbers kept by PCA", high=len(pca.components_))
    linear = reconstruct_with_pca(pca, images[row : row + 1], k)
    gallery_column, map_column, curve_column = st.columns([3, 2, 2])
    with map_column:
        plots("learn autoencoder codes", [code_map(mu, y, run.class_names, mu[row])])
    with gallery_column:
        images_shown = np.stack([images[row] / 255, network.x[row], linear.x[0]])
        columns = (
            (
                "Test image",
                f"{images[row].size} numbers",
                f"at least {min_distortion(images[row : row + 1])[0]:.1f}",
                0.0,
            ),
            (
                "Network",
                f"2 numbers: {', '.join(map(words.format_number, mu[row]))}",
                f"{network.distortion[row]:.1f}",
                network.error[row],
            ),
            ("PCA", f"{k} number{'s' * (k > 1)}", f"{linear.distortion[0]:.1f}", linear.error[0]),
        )
        gallery(
            "learn autoencoder back",
            "Reconstructions",
            enlarge(images_shown, PIXEL_SIZE),
            [title for title, *_ in columns],
            3,
            captions=[
                f"{title}\n{size}\n{nats} nats\nsquared error {squared_error:.1f}"
                for title, size, nats, squared_error in columns
            ],
        )
    is_answered = bool(LESSON.answer.get())
    levels = (network.error.mean(), network.distortion.mean()) if is_answered else (None, None)
    curves = [
        loss_curve(values, k, level, *loss)
        for values, level, loss in zip((error, distortion), levels, LOSSES)
    ]
    with curve_column:
        plots("learn autoencoder losses", curves)
    if is_answered:
        st.markdown(sentence)
    st.caption(
        f"The network was trained on {run.n_train:,} training images of MNIST, with cross-entropy. PCA is"
        f" fitted to {half:,} test images; both are measured on {len(images):,} others. For the"
        f" cross-entropy, PCA's outputs are clipped to {100 * OUTPUT_CLIP:g}–{100 - 100 * OUTPUT_CLIP:g}%."
    )
    st.markdown("The app offers these **kinds of network**, here for MNIST and two numbers:")
    st.markdown(_network_table(run.shape))
