"""From a point to a cloud: where the clouds of two moons meet, and how wide the cloud of a doubtful one is."""

import numpy as np
import streamlit as st

from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (3, 4, 26)
PAGE = "learn_cloud"
PAIRS = {"half-full": (0.5, 1.0), "half-gibbous": (0.5, 0.75), "new-half": (0.05, 0.5)}  # lit shares
PAIR = Setting("pair", "half-full", page=PAGE, options=tuple(PAIRS))
NOISE = Setting("noise", 1.0, 0, 10, 0.5, page=PAGE)
WAY = Setting("way", 50, 0, 100, 5, page=PAGE)
LIGHT = Setting("light", 40, 0, 100, 5, page=PAGE)
DRAW = Setting("draw", 0, 0, 9999, page=PAGE)
RUNS = {"VAE": "moons-vae-2d", "AE": "moons-ae-2d"}
DOTS = 60  # draws from each cloud

mu, sigma, eps, z, x = tex("mu", r"\mu"), tex("sigma", r"\sigma"), tex("eps", r"\varepsilon"), tex("z", "z"), tex("x", "x")
s, sigma2, x_i = tex("sigma", "s"), tex("sigma", r"\sigma^2"), tex("x", "x_i")
MATHEMATICS = rf"""
An AE's encoder puts out one number for each latent dimension; a VAE's two, in two dimensions four in all:

$$q({z} \mid {x}) = N\big({mu}({x}),\ \mathrm{{diag}}\,{sigma2}({x})\big), \qquad {z} = {mu}({x}) + {sigma}({x}) \cdot {eps}.$$

${mu}$ and ${sigma}$ of an image are always the same; ${eps} \sim N(0, I)$, and so ${z}$, is another each time: in two dimensions within
one ${sigma}$ of the middle in 39 % of draws, within two in 86 %.

**What decodes in an overlap?** The decoder sees ${z}$ and not whose it is. Over all images ${x_i}$, the picture that costs least there is
their mean, each weighted by how often this ${z}$ would be its own:

$${tex("x", "x^*")}({z}) = \frac{{\sum_i q({z} \mid {x_i})\,{x_i}}}{{\sum_i q({z} \mid {x_i})}}.$$

Of only a half and a full moon, that is one laid over the other. But the phases between were learnt too, and it is their clouds that lie
between: so what comes out is nearly one of them.

**What sets the width?** A wide cloud costs the decoder, which must draw the same image from all of it; a narrow one costs KL divergence.
So ${sigma}$ is large where the picture hardly changes with ${z}$: to second order, $1/{sigma2}$ is 1 plus the curvature of
$-\log p({x} \mid {z})$. A dim moon pins down less. That is the model's uncertainty about ${z}$, given ${x}$.

*A slip that is easy to make:* to call what the encoder puts out "σ, the variance". It is ${s} = \log {sigma2}$: ${s} = 0$ is ${sigma} = 1$,
and a cloud that has shrunk to a point, as an AE's, lies at ${s} \to -\infty$.
"""

LESSON = Lesson(
    PAGE,
    "An AE makes an image a point, a VAE a cloud: a middle μ, a width σ, and another z from it each time. **Enlarge the noise** till two "
    "clouds meet, **and walk** from one to the other.",
    Question("Where the clouds of a half and a full moon meet, the decoder can't know whose z it is. What will it draw?",
             ("A half moon", "A full moon", "A phase between", "Noise"), 2,
             "It must please both, and the clouds of the phases between lie there too: see the lit share half-way."),
    MATHEMATICS,
    ("explorer.models.vae:VAE", "explorer.models.posterior:Gaussian", "explorer.lessons.cloud:Side.meeting"),
    (PAIR, NOISE, WAY, LIGHT, DRAW),
)


@st.cache_resource(show_spinner="Reading the two models…", max_entries=4)
def _still(versions: tuple[str, ...], _runs: dict):
    """What never moves: each model with its codes; what reads phases, and how far it errs; of each pair its rows and maps."""
    from explorer.figures.lesson_cloud import clouds
    from explorer.lessons.cloud import moons_of, phase_reader, side

    views = {name: cache.view(run) for name, run in _runs.items()}
    e = views["VAE"].embedding
    reader = phase_reader(e.images, e.factors["phase"][: len(e.images)])
    sides = {name: side(cache.loaded(_runs[name]), v.scale, v.embedding.mu, e.images) for name, v in views.items()}
    rows = {pair: moons_of(phases, e.factors) for pair, phases in PAIRS.items()}
    maps = {pair: {name: clouds(side.codes, e.y, _runs[name].class_names, side.codes[two], name) for name, side in sides.items()}
            for pair, two in rows.items()}
    return sides, reader, reader.error(), rows, maps


@st.cache_data(show_spinner=False)
def _costs(versions: tuple[str, ...], times: float, _sides: dict, _e) -> dict[str, float]:
    costs = {name: side.cost(times * np.exp(_e.logvar[: len(_e.images)] / 2)) for name, side in _sides.items()}
    return {name: round(cost, 1) + 0.0 for name, cost in costs.items()}  # never −0


def picture() -> None:
    found = {run.name: run for run in cache.all_runs()[0]}
    if not set(RUNS.values()) <= found.keys():
        st.info(f"This page shows the runs {' and '.join(RUNS.values())}, which come with this project in trained/: one is not here.")
        return
    runs = {name: found[wanted] for name, wanted in RUNS.items()}
    e = cache.view(runs["VAE"]).embedding
    _meeting(runs, e)
    _doubt(cache.loaded(runs["VAE"]), e)


def _meeting(runs: dict, e) -> None:
    from explorer.figures.lesson_cloud import clouds_at, on_the_way, way_at
    from explorer.figures.live import fill
    from explorer.lessons.cloud import STEPS, overlap

    noise, way, pair = st.columns(3, vertical_alignment="bottom")
    with noise:
        NOISE.slider("Noise, times the encoder's own σ")
    with way:
        WAY.slider("Place on the way from one to the other, %")
    with pair:
        PAIR.select("Two test images", PAIR.options, lambda name: " and ".join(name.split("-")) + " moon")
    sides, reader, error, pairs, maps = _still(versions := tuple(cache.version(run) for run in runs.values()), runs)
    rows, place = pairs[PAIR.get()], WAY.get() / 100
    sigma, eps = NOISE.get() * np.exp(e.logvar[rows] / 2), np.random.default_rng(DRAW.get()).standard_normal((2, DOTS, 2))
    met = {name: side.meeting(rows, sigma, place, eps) for name, side in sides.items()}
    for column, (name, m) in zip(st.columns(2), met.items()):
        with column:
            _decodes(name, m.images, reader.read(m.images), (e.images[rows] / 255).astype(np.float32), e.factors["phase"][rows])
    *columns, way = st.columns([1, 1, 1.1])
    for column, (name, m) in zip(columns, met.items()):
        column.vega_lite_chart(fill(maps[PAIR.get()][name], **clouds_at(m.ends, sigma, m.draws, m.here)), width="content")
    phases = {name: reader.read(m.way) for name, m in met.items()}
    way.vega_lite_chart(fill(on_the_way(*PAIR.get().split("-")), **way_at(STEPS, phases, place)), width="stretch")
    cost, shared = _costs(versions, NOISE.get(), sides, e), {name: 100 * overlap(m.ends, sigma) for name, m in met.items()}
    st.markdown(f"The two clouds share **{shared['VAE']:.0f} %** in the VAE, **{shared['AE']:.0f} %** in the AE. Around each of "
                f"{len(e.images):,} test images, this noise costs the VAE **{cost['VAE']:.1f} nats** more, the AE **{cost['AE']:.1f}**.")
    st.caption("An AE has no σ: it is given the VAE's, in standard deviations of its own codes. A decode's lit share is that of the five "
               f"test images nearest in pixels, which errs by {100 * error:.1f} percentage points on test images. The networks differ in "
               f"size: {' and '.join(f'{run.spec.width} units a layer ({name})' for name, run in runs.items())}.")
    st.button("Encode both again", on_click=lambda: DRAW.set((DRAW.get() + 1) % 10_000), help="Other draws from the same clouds")


def _decodes(name: str, drawn: np.ndarray, read: np.ndarray, ends: np.ndarray, phases: np.ndarray) -> None:
    """The one test image, draws from its cloud, the place on the way, draws from the other's cloud, the other test image."""
    captions = [f"{100 * share:.0f} %" for share in (phases[0], *read, phases[1])]
    middle = len(captions) // 2
    names = ["test image", *["draw"] * (middle - 1), "on the way", *["draw"] * (middle - 1), "test image"]
    gallery(f"{PAGE} decodes {name}", f"What the {name} decodes", np.concatenate([ends[:1], drawn, ends[1:]]),
            [f"{what}, lit {caption}" for what, caption in zip(names, captions)], len(names), heads=[name], captions=captions,
            marked=[middle], mark="Between the test images: draws from their clouds; underlined, the place on the way. In %: lit.")


def _doubt(loaded, e) -> None:
    from explorer.figures.lesson_cloud import widths, widths_at
    from explorer.figures.live import fill
    from explorer.lessons.cloud import STEPS, doubt, moons_of, width

    st.subheader("How sure is it?")
    light, rows = LIGHT.slider("Light left in the half moon, %") / 100, moons_of(PAIRS["half-full"], e.factors)
    d = doubt(loaded, *e.images[rows], light, np.random.default_rng(DRAW.get()).standard_normal((5, 2)))
    left, right = st.columns([2, 3], vertical_alignment="center")
    left.vega_lite_chart(fill(widths(), **widths_at(STEPS, d.widths, light)), width="stretch")
    with right:
        names = ["the image", *["draw"] * len(d.draws)]
        gallery(f"{PAGE} dim", "The dim image and its draws", np.concatenate([d.image[None], d.draws]), names, len(names), captions=names)
        st.markdown(f"In full light its cloud has σ = {d.widths[-1]:.3f}, with {LIGHT.get()} % of it **{d.width:.3f}**: "
                    f"**{d.width / d.widths[-1]:.1f} times as wide**. The encoder is less sure which moon it sees.")
        st.caption(f"Not all that looks doubtful widens a cloud. Half and full moon laid over each other: σ = {d.blend:.3f}; the full one "
                   f"alone: {width(np.exp(e.logvar[rows[1:]] / 2))[0]:.3f}. A black image has a narrower cloud than a dark one: of what it "
                   "has never seen, an encoder may be sure without reason.")


teach(LESSON, picture)
