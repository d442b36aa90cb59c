"""An image of the visitor's own, or a test image: its posterior, its reconstruction, its distortion and rate,
and log p(x).
"""

import numpy as np
import streamlit as st

from explorer.data.formats import IN_WORDS
from explorer.data.own_image import from_drawing, from_file, inverted, looks_inverted, notes_on
from explorer.errors import UserError
from explorer.registry import LESSONS
from explorer.ui import words
from explorer.ui.components.drawing import drawing
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import IMAGE, INPUT, SAMPLES
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.learn.lesson import page_of
from explorer.ui.pages import page_file
from explorer.ui.run_view import RunView

INPUTS = {"test": "A test image", "draw": "Draw", "upload": "Upload"}
MOST_KEPT = 50  # estimates of log p(x)


def _given(here: ExploreSession) -> np.ndarray | None:
    """uint8 [C, H, W]: the image that is looked at, once there is one."""
    images = RunView(here.run).embedding.images
    return images[min(IMAGE.get(), len(images) - 1)] if INPUT.get() == "test" else here.own.get(INPUT.get())


def _posterior(here: ExploreSession, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """mu, logvar, rate [D]; logvar None for an AE."""
    from explorer.runs import inference

    return inference.posterior(RunView(here.run).load(here.beta), x)


def drawn(here: ExploreSession) -> dict:
    if (x := _given(here)) is None:
        return {}
    mu, logvar, _ = _posterior(here, x)
    cloud = {} if logvar is None else {"cloud": {"mu": mu.tolist(), "sd": np.exp(logvar / 2).tolist()}}
    return {"marks": [mu.tolist()]} | cloud


def show(here: ExploreSession) -> None:
    run, images = here.run, RunView(here.run).embedding.images
    INPUT.pick("Image", list(INPUTS), INPUTS.get)
    if INPUT.get() == "test":
        IMAGE.number("Test image number", len(images) - 1)
    elif INPUT.get() == "draw":
        _draw(here, images)
    else:
        _upload(here, images)
    if (x := _given(here)) is None:
        st.caption("Your image stays in this app and is kept for this visit only.")
        return
    loaded, (mu, logvar, rate) = RunView(run).load(here.beta), _posterior(here, x)
    sd = None if logvar is None else np.exp(logvar / 2)

    def draw_eps():
        here.eps = np.random.default_rng().standard_normal(len(mu))
        here.go(mu + sd * here.eps)

    with st.container(horizontal=True):
        st.button("Go to its code", key=key("go to own", run), on_click=here.go, args=(mu,), type="primary")
        if sd is not None:
            st.button(
                "Sample from its posterior",
                key=key("draw own", run),
                on_click=draw_eps,
                help="z = μ + σ·ε, with a new ε",
            )
    zs, names = [mu], ["decoded from μ"]
    if sd is not None and here.eps is not None and len(here.eps) == len(mu):
        zs, names = [*zs, mu + sd * here.eps], [*names, "decoded from μ + σ·ε"]
    gallery(
        key("own", run),
        "The image and its reconstruction",
        np.concatenate([x[None] / np.float32(255), loaded.decode(np.array(zs))]),
        ["the image", *names],
        4,
        captions=["the image", *names],
        on_pick=lambda i: here.go(zs[i - 1]) if i else None,
        about=here.name,
    )
    _figures(here, loaded, x, zs[-1], rate)


def _draw(here: ExploreSession, images: np.ndarray) -> None:
    def take(strokes: np.ndarray) -> None:
        here.eps = None
        try:
            here.own["draw"] = from_drawing(strokes, here.run.shape, images)
        except UserError:
            here.own.pop("draw", None)  # an empty one

    st.caption(
        "Draw with the mouse, a pen or a finger. The drawing is centred and scaled like the images of the"
        " data set."
    )
    drawing(key("drawing", here.run), on_draw=take)


def _upload(here: ExploreSession, images: np.ndarray) -> None:
    name = key("upload", here.run)

    def take() -> None:
        here.eps, here.fault, here.notes = None, "", []
        here.own.pop("upload", None)
        if file := st.session_state[name]:
            try:
                x = from_file(file.getvalue(), here.run.shape)
                here.own["upload"] = inverted(x) if looks_inverted(x, images) else x
                here.notes = notes_on(file.getvalue())
            except UserError as error:
                here.fault = str(error)

    st.file_uploader(
        "An image file", key=name, on_change=take, help=f"{IN_WORDS}. The central square is used."
    )
    if here.fault and st.session_state.get(name):
        st.error(here.fault)
    if "upload" in here.own:
        for note in here.notes:
            st.caption(note)
        st.button(
            "Invert",
            key=key("invert", here.run),
            on_click=lambda: here.own.update(upload=inverted(here.own["upload"])),
            help="A dark drawing on white paper is inverted automatically if the data set is light on dark.",
        )


def _figures(here: ExploreSession, loaded, x: np.ndarray, z: np.ndarray, rate: np.ndarray) -> None:
    from explorer.figures.bars import bars
    from explorer.runs import inference

    distortion, test, spec = inference.distortion_at(loaded, x, z), here.run.test, here.run.spec
    if spec.n_codes:
        st.markdown(
            f"The distortion is **{distortion:.1f}** nats at this z, the rate **{rate.sum():.1f}** nats. Test"
            f" images have a mean distortion of {test.distortion:.1f}, and the same rate."
        )
        st.caption(
            f"The rate is {spec.n_groups} · ln {spec.n_codes} for every image: {spec.n_groups} positions with"
            f" a uniform prior over {spec.n_codes} entries."
        )
        return
    if not spec.has_prior:
        st.markdown(
            f"The distortion is **{distortion:.1f}** nats; the mean over the test images is"
            f" {test.distortion:.1f}."
        )
        st.caption(
            "The code of an AE is a point: it has no posterior and no rate, and the model assigns no"
            " probability to an image."
        )
        return
    st.markdown(
        f"The distortion is **{distortion:.1f}** nats at this z, the rate **{rate.sum():.1f}** nats; the"
        f" means over the test images are {test.distortion:.1f} and"
        f" {test.rate:.1f}{' at KL weight 1' if spec.rungs else ''}."
    )
    figure = bars(rate, [words.dimension(i) for i in range(len(rate))], "rate, nats")
    st.plotly_chart(
        figure,
        key=key("rates", here.run),
        alt="Rate of each latent dimension, in nats",
        config={"displaylogo": False},
    )
    SAMPLES.pick("Importance samples for log p(x)", SAMPLES.options, lambda n: f"{int(n):,}")
    n = int(SAMPLES.get())
    found, spread = _log_likelihood(here, loaded, x, n)
    st.markdown(
        f"log p(x) ≈ **{words.minus(found)} ± {spread:.1f}** nats ({n:,} importance sample{'s' * (n > 1)}; on"
        " average an underestimate)",
        help=(
            f"Mean and standard deviation of {inference.REPEATS} estimates with {n:,} samples each. Where "
            "q(z|x) fits the true posterior poorly, log p(x) can be higher by much more."
        ),
    )
    if not spec.likelihood_kind.is_density:
        st.caption(
            f"On grey pixels, the {spec.likelihood.capitalize()} likelihood is not a normalised density:"
            " compare log p(x) only between models with this likelihood."
        )
    st.page_link(page_file(page_of("elbo")), label=f"Lesson: {LESSONS['elbo']}", icon=":material/school:")


def _log_likelihood(here: ExploreSession, loaded, x: np.ndarray, n: int) -> tuple[float, float]:
    """log p(x) in nats and its spread; once for each image and number of samples."""
    from explorer.runs import inference

    asked = here.beta, x.tobytes(), n
    if asked not in here.likelihoods:
        bar = st.progress(0.0, "Sampling from the posterior…")
        found = inference.log_likelihood(
            loaded, x, n, lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} samples")
        )
        here.likelihoods = dict([*here.likelihoods.items()][-MOST_KEPT:]) | {asked: found}
        bar.empty()
    return here.likelihoods[asked]


TOOL = Tool(
    "Your image",
    "Draw or upload an image, or choose a test image. The map marks its code, and the posterior of a VAE as"
    " an ellipse. Compare the image with its reconstruction.",
    show,
    (INPUT, IMAGE, SAMPLES),
    drawn,
)
