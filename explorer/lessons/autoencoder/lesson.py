"""The lesson on the autoencoder: it encodes an image as a few numbers and decodes it again."""

import numpy as np
import streamlit as st

from explorer.registry import NETWORKS
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "autoencoder"
PAGE = page_of(NAME)
IMAGE = Setting("image", 0, 0, 9, page=PAGE)
K = Setting("k", 2, 1, 64, page=PAGE)
SHOWN = "mnist-ae-2d"
ENLARGED = 3  # screen pixels for one of an image, at least

x, z, back = tex("x", "x"), tex("z", "z"), tex("distortion", r"\hat x")
x_i, back_i = tex("x", "x_i"), tex("distortion", r"\hat x_i")
MATHEMATICS = read_mathematics(__file__, z=z, x=x, back=back, x_i=x_i, back_i=back_i)

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
        "explorer.objectives.distortion:Bernoulli",
        "explorer.lessons.autoencoder.compute:by_pca",
    ),
    (IMAGE, K),
    concepts=(1, 22),
    runs=(SHOWN,),
    accepts=lambda run: run.spec.latent_dim == 2,
)
CLIPS = (0.001, 0.02)  # other values of explorer.lessons.autoencoder.compute.CLIP, to show what depends on it


@st.cache_resource(max_entries=2, show_spinner="Fitting PCA to test images…")
def _measured(version: str, _run: Run) -> tuple:
    """A PCA of one half of the images that the run keeps; of the other half, what PCA and the network reach,
    and a sentence on both.
    """
    from explorer.lessons.autoencoder.compute import (
        by_network,
        components_for,
        components_interval,
        fitted,
        over_k,
    )

    images = RunView(_run).embedding.images
    half = len(images) // 2
    pca, network = fitted(images[:half]), by_network(RunView(_run).load(), images[half:])
    distortion, error = over_k(pca, images[half:])
    low, high = components_interval(error, network.error)
    by_clip = [
        _or_more(components_for(over_k(pca, images[half:], clip)[0].mean(1), network.distortion.mean()))
        for clip in CLIPS
    ]
    said = (
        "PCA reaches the network's squared error with k ="
        f" **{_or_more(components_for(error.mean(1), network.error.mean()))}** (95% interval over the images:"
        f" {_or_more(low)} to {_or_more(high)}), and its cross-entropy with k ="
        f" **{_or_more(components_for(distortion.mean(1), network.distortion.mean()))}**. The second k"
        f" depends on how PCA's outputs are clipped: at {' or '.join(f'{100 * clip:g}%' for clip in CLIPS)}"
        f" it is {' or '.join(by_clip)}."
    )
    return half, pca, (distortion.mean(1), error.mean(1)), network, said


def _or_more(k: int | None) -> str:
    return "more than 64" if k is None else str(k)


@st.cache_data(show_spinner=False)
def _networks(shape: tuple[int, int, int]) -> str:
    from explorer.lessons.autoencoder.compute import n_weights

    rows = (
        f"| {kind} | {NETWORKS[kind].description} | {a:,} + {b:,} |"
        for kind, (a, b) in n_weights(shape, 2).items()
    )
    return "\n".join(["| network | layers | weights: encoder + decoder |", "|-|-|-:|", *rows])


def picture(runs: dict[str, Run]) -> None:
    run = runs[SHOWN]
    e, (half, pca, (distortion, error), network, said) = (
        RunView(run).embedding,
        _measured(run_version(run), run),
    )
    from explorer.figures.live import fill
    from explorer.lessons.autoencoder.compute import CLIP, by_pca, least
    from explorer.lessons.autoencoder.figure import code_map, code_map_at, over_numbers, over_numbers_at

    images, mu, y = e.images[half:], e.mu[half : len(e.images)], e.y[half : len(e.images)]
    offered = [int(np.argmax(y == label)) for label in np.unique(y)]  # the first of each class
    row = offered[min(IMAGE.get(), len(offered) - 1)]
    left, right = st.columns([3, 2])
    with left:
        gallery(
            "learn autoencoder images",
            "Test images",
            images[offered],
            [f"a test image, {run.class_names[y[i]]}" for i in offered],
            len(offered),
            marked=[offered.index(row)],
            mark="Underlined: the chosen image.",
            on_pick=IMAGE.set,
        )
    with right:
        k = K.slider("k, numbers kept by PCA", high=len(pca.components_))
    linear = by_pca(pca, images[row : row + 1], k)
    reconstructed, at, curves = st.columns([3, 2, 2])
    at.vega_lite_chart(
        fill(code_map(run.class_names), **code_map_at(mu, y, run.class_names, mu[row])), width="stretch"
    )
    with reconstructed:
        shown = np.stack([images[row] / 255, network.x[row], linear.x[0]])
        told = (
            (
                "Test image",
                f"{images[row].size} numbers",
                f"at least {least(images[row : row + 1])[0]:.1f}",
                0.0,
            ),
            (
                "Network",
                f"2 numbers: {', '.join(map(words.minus, mu[row]))}",
                f"{network.distortion[row]:.1f}",
                network.error[row],
            ),
            ("PCA", f"{k} number{'s' * (k > 1)}", f"{linear.distortion[0]:.1f}", linear.error[0]),
        )
        gallery(
            "learn autoencoder back",
            "Reconstructions",
            shown.repeat(ENLARGED, 2).repeat(ENLARGED, 3),
            [what for what, *_ in told],
            3,
            captions=[
                f"{what}\n{kept}\n{nats} nats\nsquared error {square:.1f}"
                for what, kept, nats, square in told
            ],
        )
    asked = bool(LESSON.answer.get())
    levels = network.error.mean(), network.distortion.mean()
    for values, level, title in zip((error, distortion), levels, ("squared error", "cross-entropy")):
        at_k = over_numbers_at(values, k, [level] if asked else [])
        curves.vega_lite_chart(fill(over_numbers(len(values), title), **at_k), width="stretch")
    if asked:
        st.markdown(said)
    st.caption(
        f"The network was trained on {run.n_train:,} training images of MNIST, with cross-entropy. PCA is"
        f" fitted to {half:,} test images; both are measured on {len(images):,} others. For the"
        f" cross-entropy, PCA's outputs are clipped to {100 * CLIP:g}–{100 - 100 * CLIP:g}%."
    )
    st.markdown("The app offers these **kinds of network**, here for MNIST and two numbers:")
    st.markdown(_networks(run.shape))
