"""An image of one's own, or a test image: its posterior, what comes back, and what it costs."""

import numpy as np
import streamlit as st

from explorer.data.formats import IN_WORDS
from explorer.data.own_image import from_drawing, from_file, inverted, looks_inverted, notes_on
from explorer.errors import UserError
from explorer.ui import cache, words
from explorer.ui.drawing import drawing
from explorer.ui.gallery import gallery
from explorer.ui.settings import IMAGE, INPUT, SAMPLES
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

INPUTS = {"test": "A test image", "draw": "Draw", "upload": "Upload"}
MOST_BOUNDS = 50  # that are kept


def _given(here: Visit) -> np.ndarray | None:
    """uint8 [C, H, W]: the image that is looked at, once there is one."""
    images = cache.view(here.run).embedding.images
    return images[min(IMAGE.get(), len(images) - 1)] if INPUT.get() == "test" else here.own.get(INPUT.get())


def _posterior(here: Visit, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """mu, logvar, rate [D]; logvar None for an AE."""
    from explorer import describing

    return describing.posterior(cache.loaded(here.run, here.beta), x)


def drawn(here: Visit) -> dict:
    if (x := _given(here)) is None:
        return {}
    mu, logvar, _ = _posterior(here, x)
    cloud = {} if logvar is None else {"cloud": {"mu": mu.tolist(), "sd": np.exp(logvar / 2).tolist()}}
    return {"marks": [mu.tolist()]} | cloud


def show(here: Visit) -> None:
    run, images = here.run, cache.view(here.run).embedding.images
    INPUT.pick("Image", list(INPUTS), INPUTS.get)
    if INPUT.get() == "test":
        IMAGE.number("Number of the test image", len(images) - 1)
    elif INPUT.get() == "draw":
        _draw(here, images)
    else:
        _upload(here, images)
    if (x := _given(here)) is None:
        st.caption("Nothing leaves this app: the image is encoded here and kept for this visit only.")
        return
    loaded, (mu, logvar, rate) = cache.loaded(run, here.beta), _posterior(here, x)
    sd = None if logvar is None else np.exp(logvar / 2)

    def draw_eps():
        here.eps = np.random.default_rng().standard_normal(len(mu))
        here.go(mu + sd * here.eps)

    with st.container(horizontal=True):
        st.button("Go to its code", key=key("go to own", run), on_click=here.go, args=(mu,), type="primary")
        if sd is not None:
            st.button("Draw from its posterior", key=key("draw own", run), on_click=draw_eps, help="Another ε: z = μ + σ·ε")
    zs, names = [mu], ["decoded from μ"]
    if sd is not None and here.eps is not None and len(here.eps) == len(mu):
        zs, names = [*zs, mu + sd * here.eps], [*names, "from μ + σ·ε"]
    gallery(key("own", run), "The image and what comes back", np.concatenate([x[None] / np.float32(255), loaded.decode(np.array(zs))]),
            ["the image", *names], 4, captions=["the image", *names], on_pick=lambda i: here.go(zs[i - 1]) if i else None)
    _figures(here, loaded, x, zs[-1], rate)


def _draw(here: Visit, images: np.ndarray) -> None:
    def take(strokes: np.ndarray) -> None:
        here.eps = None
        try:
            here.own["draw"] = from_drawing(strokes, here.run.shape, images)
        except UserError:
            here.own.pop("draw", None)  # an empty one

    st.caption("Draw with the mouse, a pen or a finger; it is centred and scaled as the data's own images are.")
    drawing(key("drawing", here.run), on_draw=take)


def _upload(here: Visit, images: np.ndarray) -> None:
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

    st.file_uploader("An image file", key=name, on_change=take, help=f"{IN_WORDS}. Its middle is used.")
    if here.fault and st.session_state.get(name):
        st.error(here.fault)
    if "upload" in here.own:
        for note in here.notes:
            st.caption(note)
        st.button("Invert it", key=key("invert", here.run), on_click=lambda: here.own.update(upload=inverted(here.own["upload"])),
                  help="Dark drawings on white paper are inverted by themselves where the data are light on dark")


def _figures(here: Visit, loaded, x: np.ndarray, z: np.ndarray, rate: np.ndarray) -> None:
    from explorer import describing
    from explorer.figures.bars import bars

    distortion, test = describing.distortion_at(loaded, x, z), here.run.test
    if n_codes := here.run.spec.n_codes:
        st.markdown(f"Distortion **{distortion:.1f}** nats at this z, rate **{rate.sum():.1f}** nats; a test image has "
                    f"{test.distortion:.1f} on average, and the same rate.")
        st.caption(f"{here.run.spec.n_groups} choices among {n_codes} entries: the rate is the logarithm of all there are, whatever the "
                   "image. The codebook's prior has only entries: a z between them has no rate.")
        return
    if not here.run.spec.has_prior:
        st.markdown(f"Distortion **{distortion:.1f}** nats; a test image has {test.distortion:.1f} on average.")
        st.caption("An AE's code is a point: it has no posterior to draw from, no rate, and says nothing of how likely an image is.")
        return
    st.markdown(f"Distortion **{distortion:.1f}** nats at this z, rate **{rate.sum():.1f}** nats; a test image has "
                f"{test.distortion:.1f} and {test.rate:.1f} on average{' at KL weight 1' if here.run.spec.rungs else ''}.")
    figure = bars(rate, [words.dimension(i) for i in range(len(rate))], "rate, nats")
    st.plotly_chart(figure, key=key("rates", here.run), alt="Rate of each latent dimension, in nats", config={"displaylogo": False})
    SAMPLES.pick("Samples for the likelihood bound", SAMPLES.options, lambda n: f"{int(n):,}")
    found = _bound(here, loaded, x, int(SAMPLES.get()))
    st.markdown(f"log p(x) ≥ **{words.minus(found, 1)}** nats, as {int(SAMPLES.get()):,} importance-weighted "
                f"sample{'s' * (SAMPLES.get() != '1')} estimate{'s' * (SAMPLES.get() == '1')} it.")
    st.caption("More samples come nearer to log p(x) itself. An image that is not like the data may stray by some nats even with 5,000.")


def _bound(here: Visit, loaded, x: np.ndarray, n: int) -> float:
    """On log p(x), nats; once for each image and number of samples."""
    from explorer import describing

    asked = here.beta, x.tobytes(), n
    if asked not in here.bounds:
        bar = st.progress(0.0, "Drawing from the posterior…")
        found = describing.bound(loaded, x, n, lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} samples"))
        here.bounds = dict([*here.bounds.items()][-MOST_BOUNDS:]) | {asked: found}
        bar.empty()
    return here.bounds[asked]


TOOL = Tool("Your image", "Encode an image", "Draw one, upload one or take a test image: its posterior is the ellipse on the map. Draw "
            "from it, and see how much of the image z holds.", show, (INPUT, IMAGE, SAMPLES), drawn)
