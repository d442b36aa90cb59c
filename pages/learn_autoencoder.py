"""An autoencoder: an image to a few numbers, and back."""

import numpy as np
import streamlit as st

from explorer.ui import cache, words
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (1, 22)
PAGE = "learn_autoencoder"
IMAGE = Setting("image", 0, 0, 9, page=PAGE)
K = Setting("k", 2, 1, 64, page=PAGE)
SHOWN = "mnist-ae-2d"
ENLARGED = 3  # screen pixels for one of an image, at least

x, z, back = tex("x", "x"), tex("z", "z"), tex("distortion", r"\hat x")
x_i, back_i = tex("x", "x_i"), tex("distortion", r"\hat x_i")
MATHEMATICS = rf"""
The encoder is a function $f$ to few numbers, the decoder a function $g$ back. Both are learned together, so that what comes back is
close to what went in:

$${z} = f({x}), \qquad {back} = g({z}), \qquad \min_{{f, g}} \ \text{{mean over images of }} D({x}, {back}).$$

**Two ways to say close.** Each is $-\log p({x}\,|\,{z})$, in nats, for what pixels are taken to be:

$$\text{{cross-entropy: }} D = -\sum_i \big({x_i} \log {back_i} + (1 - {x_i}) \log(1 - {back_i})\big),$$

$$\text{{L2: }} D = \frac{{1}}{{2\sigma^2}} \sum_i ({x_i} - {back_i})^2 + \text{{constant}}.$$

The first takes a pixel for a coin (Bernoulli), the second for a number with Gaussian noise. A grey pixel is a coin that fell on both
sides, which no prediction foretells: so even a perfect copy costs some nats.

**Why not PCA?** If $f$ and $g$ are linear and $D$ is L2, the best ones keep the plane of the first principal components (Baldi and
Hornik, 1989): PCA *is* the linear autoencoder, but for the choice of axes in that plane. A nonlinearity between the layers lets the
network bend the plane to where images are.

*A slip that is easy to make:* to average over pixels. The sum over pixels is $-\log p({x}\,|\,{z})$; the mean is 784 times less. That
changes nothing here, but once another term stands beside it, as in a VAE, it would weigh 784 times as much.
"""

LESSON = Lesson(
    PAGE,
    "An encoder writes an image down as two numbers; a decoder paints it again from these alone. **Choose an image, then move k:** PCA "
    "does the same with k numbers, without a bend.",
    Question("The network keeps 2 numbers of 784. How many must PCA keep until it comes as close, by squared error?",
             ("2 as well", "About 8", "About 30"), 1,
             "The dashed line is the network, whose two numbers say where on a bent sheet an image lies. PCA has flat ones only: each of "
             "its numbers says how much to add of one fixed picture, and to follow the bend it needs several."),
    MATHEMATICS,
    ("explorer.models.autoencoder:Autoencoder.encode", "explorer.models.autoencoder:Autoencoder.decode", "explorer.networks.mlp:mlp",
     "explorer.objectives.distortion:Bernoulli", "explorer.lessons.autoencoder:by_pca"),
    (IMAGE, K),
)
NETWORKS = {
    "linear": "one layer each way, no nonlinearity: with L2, PCA",
    "mlp": "dense layers, each unit joined to all of the next, a nonlinearity between",
    "conv": "convolutions, and transposed ones back: the same few weights everywhere in the image",
    "gru": "recurrent: rows read and written one after the other; an LSTM is its elder sister",
}


def _run():
    return next((run for run in cache.all_runs()[0] if run.name == SHOWN and run.spec.latent_dim == 2), None)


@st.cache_resource(max_entries=2, show_spinner="Fitting PCA to test images…")
def _measured(version: str) -> tuple:
    """A PCA of one half of the images that the run keeps; on the other half, its means over k, and what the network makes of it."""
    from explorer.lessons.autoencoder import by_network, fitted, over_k

    run = _run()
    images = cache.view(run).embedding.images
    half = len(images) // 2
    pca = fitted(images[:half])
    return half, pca, over_k(pca, images[half:]), by_network(cache.loaded(run), images[half:])


@st.cache_data(show_spinner=False)
def _networks(shape: tuple[int, int, int]) -> str:
    from explorer.lessons.autoencoder import n_weights

    rows = (f"| {kind} | {NETWORKS.get(kind, '')} | {a:,} + {b:,} |" for kind, (a, b) in n_weights(shape, 2).items())
    return "\n".join(["| network | made of | weights: encoder + decoder |", "|-|-|-:|", *rows])


def picture() -> None:
    run = _run()
    if run is None:
        st.info(f"This lesson shows the run {SHOWN}, which is not among the runs. Train it: `python -m explorer train --dataset mnist "
                f"--model ae --run {SHOWN}`.")
        return
    e, (half, pca, (distortion, error), network) = cache.view(run).embedding, _measured(cache.version(run))
    from explorer.figures.lesson_autoencoder import code_map, code_map_at, over_numbers, over_numbers_at
    from explorer.figures.live import fill
    from explorer.lessons.autoencoder import by_pca, catches_up, least

    images, mu, y = e.images[half:], e.mu[half : len(e.images)], e.y[half : len(e.images)]
    offered = [int(np.argmax(y == label)) for label in np.unique(y)]  # the first of each class
    row = offered[min(IMAGE.get(), len(offered) - 1)]
    left, right = st.columns([3, 2])
    with left:
        gallery("learn autoencoder images", "Test images", images[offered], [f"a test image, {run.class_names[y[i]]}" for i in offered],
                len(offered), marked=[offered.index(row)], mark="Underlined: the chosen one.",
                on_pick=IMAGE.set)
    with right:
        k = K.slider("k, how many numbers PCA keeps", high=len(pca.components_))
    straight = by_pca(pca, images[row : row + 1], k)
    came, at, curves = st.columns([3, 2, 2])
    at.vega_lite_chart(fill(code_map(run.class_names), **code_map_at(mu, y, run.class_names, mu[row])), width="stretch")
    with came:
        shown = np.stack([images[row] / 255, network.x[row], straight.x[0]])
        said = (("The image", f"{images[row].size} numbers", f"at least {least(images[row : row + 1])[0]:.1f}", 0.0),
                ("Network", f"2 numbers: {', '.join(map(words.minus, mu[row]))}", f"{network.distortion[row]:.1f}", network.error[row]),
                ("PCA", f"{k} number{'s' * (k > 1)}", f"{straight.distortion[0]:.1f}", straight.error[0]))
        gallery("learn autoencoder back", "What comes back", shown.repeat(ENLARGED, 2).repeat(ENLARGED, 3), [what for what, *_ in said], 3,
                captions=[f"{what}\n{kept}\n{nats} nats\nsquared error {square:.1f}" for what, kept, nats, square in said])
    asked = bool(LESSON.answer.get())
    for values, level, title in ((error, network.error.mean(), "squared error"), (distortion, network.distortion.mean(), "nats")):
        told = over_numbers_at(values, k, [level] if asked else [])
        curves.vega_lite_chart(fill(over_numbers(len(values), title), **told), width="stretch")
    if asked:
        squares, nats = catches_up(error, network.error.mean()), catches_up(distortion, network.distortion.mean())
        st.markdown(f"On {len(images):,} test images PCA comes as close as two numbers of the network with **{squares or 'more than 64'}** "
                    f"by squared error, and with **{nats or 'more than 64'}** by cross-entropy, for which the network was trained.")
    st.caption(f"MNIST. PCA is fitted to {half:,} test images, and both are measured on {len(images):,} others, which neither has seen; "
               f"the network learnt from {run.n_train:,} training images. For nats, PCA's greys are held between 1 and 99 %.")
    st.markdown("**Which network?** Any that takes an image to a few numbers, and one that takes them back. Here for such images and two "
                "numbers, each kind at its usual size:")
    st.markdown(_networks(run.shape))


teach(LESSON, picture)
