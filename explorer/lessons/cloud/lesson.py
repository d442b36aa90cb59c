"""The lesson on posteriors: two that overlap, and how good the encoder's is for images unlike those it was
trained on.
"""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "cloud"
PAGE = page_of(NAME)
NEAR = "overlapping"
PAIRS = {"half-full": (0.5, 1.0), "half-gibbous": (0.5, 0.75), "new-half": (0.05, 0.5)}  # lit shares
PAIR = Setting("pair", NEAR, page=PAGE, options=(NEAR, *PAIRS))
NOISE = Setting("noise", 1.0, 0, 10, 0.5, page=PAGE)
WAY = Setting("way", 50, 0, 100, 5, page=PAGE)
LIGHT = Setting("light", 40, 0, 100, 5, page=PAGE)
DRAW = Setting("draw", 0, 0, 9999, page=PAGE)
RUNS = {"VAE": "moons-ladder-2d", "AE": "moons-ae-2d"}  # of one network; the ladder at KL weight 1
DOTS = 60  # samples from each posterior
FAR = 3.0  # sigma: a mean farther than this lies outside q(z|x)

mu = tex("mu", r"\mu")
sigma = tex("sigma", r"\sigma")
eps = tex("eps", r"\varepsilon")
z = tex("z", "z")
x = tex("x", "x")
s, sigma2, x_i = tex("sigma", "s"), tex("sigma", r"\sigma^2"), tex("x", "x_i")
MATHEMATICS = read_mathematics(
    __file__, z=z, x=x, mu=mu, sigma2=sigma2, sigma=sigma, eps=eps, x_i=x_i, x_star=tex("x", "x^*"), s=s
)

LESSON = Lesson(
    NAME,
    "An AE encodes an image as a point, a VAE as a distribution with mean μ and standard deviation σ, from"
    " which z is sampled. **Move the noise and the position of z** between the means of two posteriors that"
    " overlap, and watch the decoded images.",
    Question(
        "A z lies in the posteriors of two moons. What does the decoder output?",
        ("The first moon", "The second moon", "A phase between them", "Noise"),
        2,
        "The decoder cannot tell which image z came from. The loss is lowest at the weighted mean of the "
        "images whose posteriors contain z.",
    ),
    MATHEMATICS,
    (
        "explorer.models.vae:VAE",
        "explorer.models.posterior:Gaussian",
        "explorer.lessons.cloud.compute:Side.meeting",
        "explorer.lessons.cloud.true_posterior:true_posteriors",
    ),
    (PAIR, NOISE, WAY, LIGHT, DRAW),
    concepts=(3, 4, 26),
    runs=tuple(RUNS.values()),
)


@st.cache_resource(show_spinner="Reading the two models…", max_entries=4)
def _still(versions: tuple[str, ...], _runs: dict):
    """What never moves: each model with its codes; the phase reader and its error; the rows and maps of each
    pair; the dimmed moon.
    """
    from explorer.lessons.cloud.compute import dimmed, moons_of, overlapping_pair, phase_reader, side
    from explorer.lessons.cloud.figure import clouds

    views, vae = {name: RunView(run) for name, run in _runs.items()}, RunView(_runs["VAE"]).load()
    e = views["VAE"].embedding
    n = len(e.images)
    reader = phase_reader(e.images, e.factors["phase"][:n])
    sides = {
        name: side(RunView(_runs[name]).load(), v.scale, v.embedding.mu, e.images)
        for name, v in views.items()
    }
    near = overlapping_pair(vae, e.mu[:n], np.exp(e.logvar[:n] / 2), e.factors["phase"][:n], e.images)
    rows = ({NEAR: near} if near else {}) | {
        pair: moons_of(phases, e.factors) for pair, phases in PAIRS.items()
    }
    maps = {
        pair: {
            name: clouds(side.codes, e.y, _runs[name].class_names, side.codes[two], name)
            for name, side in sides.items()
        }
        for pair, two in rows.items()
    }
    return sides, reader, reader.error(), rows, maps, dimmed(vae, e.images[next(iter(rows.values()))[0]])


@st.cache_data(show_spinner=False)
def _costs(versions: tuple[str, ...], times: float, _sides: dict, _e) -> dict[str, str]:
    costs = {
        name: side.cost(times * np.exp(_e.logvar[: len(_e.images)] / 2)) for name, side in _sides.items()
    }
    return {
        name: f"{words.minus(round(cost, 1) + 0.0)} ± {1.96 * error:.1f}"
        for name, (cost, error) in costs.items()
    }  # never −0


def picture(runs: dict[str, Run]) -> None:
    runs = {kind: runs[name] for kind, name in RUNS.items()}
    e, versions = RunView(runs["VAE"]).embedding, tuple(run_version(run) for run in runs.values())
    still = _still(versions, runs)
    _meeting(versions, runs, e, *still[:-1])
    _dimmed(RunView(runs["VAE"]).load(), still[-1])


def _meeting(
    versions: tuple[str, ...], runs: dict, e, sides: dict, reader, error: float, pairs: dict, maps: dict
) -> None:
    from explorer.figures.live import fill
    from explorer.lessons.cloud.compute import STEPS, overlap
    from explorer.lessons.cloud.figure import clouds_at, on_the_way, way_at

    noise, way, pair = st.columns(3, vertical_alignment="bottom")
    with noise:
        NOISE.slider("Noise, as a multiple of σ")
    with way:
        WAY.slider("Position between the two means, %")
    with pair:
        PAIR.select(
            "Two test images",
            [*pairs],
            lambda name: (
                "overlapping posteriors" if name == NEAR else f"{' and '.join(name.split('-'))} moon"
            ),
        )
    rows, place = pairs[PAIR.get()], WAY.get() / 100
    sigma = NOISE.get() * np.exp(e.logvar[rows] / 2)
    eps = np.random.default_rng(DRAW.get()).standard_normal((2, DOTS, 2))
    met = {name: side.meeting(rows, sigma, place, eps) for name, side in sides.items()}
    for column, (name, m) in zip(st.columns(2), met.items()):
        with column:
            _decodes(
                name,
                m.images,
                reader.read(m.images),
                (e.images[rows] / 255).astype(np.float32),
                e.factors["phase"][rows],
            )
    *columns, way = st.columns([1, 1, 1.1])
    for column, (name, m) in zip(columns, met.items()):
        column.vega_lite_chart(
            fill(maps[PAIR.get()][name], **clouds_at(m.ends, sigma, m.draws, m.here)), width="content"
        )
    phases = {name: reader.read(m.way) for name, m in met.items()}
    way.vega_lite_chart(fill(on_the_way(), **way_at(STEPS, phases, place)), width="stretch")
    cost = _costs(versions, NOISE.get(), sides, e)
    shared = {name: 100 * overlap(m.ends, sigma) for name, m in met.items()}
    st.markdown(
        f"The two posteriors overlap by **{shared['VAE']:.0f}%** (VAE) and **{shared['AE']:.0f}%** (AE). Over"
        f" {len(e.images):,} test images, this noise adds **{cost['VAE']}** nats to the VAE's reconstruction"
        f" loss and **{cost['AE']}** to the AE's."
    )
    run = runs["VAE"]
    st.caption(
        f"AE and VAE have the same network ({run.spec.width} units per layer); the VAE's KL weight is 1. An"
        " AE has no σ: it gets the VAE's, in standard deviations of the AE's codes. The lit share of a"
        " decoded image is the mean of the five test images nearest to it in pixels (mean error"
        f" {100 * error:.1f} percentage points). ± is a 95% interval."
    )
    st.button("Resample", on_click=lambda: DRAW.set((DRAW.get() + 1) % 10_000))


def _decodes(name: str, drawn: np.ndarray, read: np.ndarray, ends: np.ndarray, phases: np.ndarray) -> None:
    """One test image, samples of its posterior, the place between, samples of the other's posterior, the
    other test image.
    """
    captions = [f"{100 * share:.0f}%" for share in (phases[0], *read, phases[1])]
    middle = len(captions) // 2
    names = ["test image", *["sample"] * (middle - 1), "between", *["sample"] * (middle - 1), "test image"]
    gallery(
        f"{PAGE} decodes {name}",
        f"Decoded by the {name}",
        np.concatenate([ends[:1], drawn, ends[1:]]),
        [f"{what}, lit {caption}" for what, caption in zip(names, captions)],
        len(names),
        heads=[name],
        captions=captions,
        marked=[middle],
        mark=(
            "Left and right: test images. Between them: decoded samples of their posteriors. Underlined: the"
            " chosen position. Percentages: lit share of the moon."
        ),
    )


def _dimmed(loaded, d) -> None:
    from explorer.figures.live import fill
    from explorer.lessons.cloud.compute import STEPS, cloud
    from explorer.lessons.cloud.figure import widths, widths_at

    st.subheader("The encoder and the true posterior")
    at = round(LIGHT.slider("Brightness of the first moon, %") / 5)
    left, right = st.columns([2, 3], vertical_alignment="center")
    left.vega_lite_chart(fill(widths(), **widths_at(STEPS, d.widths, at)), width="stretch")
    with right:
        draws = loaded.decode(
            cloud(d.mu[at], d.sigma[at], np.random.default_rng(DRAW.get()).standard_normal((5, 2)))
        )
        names = ["test image", *["sample"] * len(draws)]
        gallery(
            f"{PAGE} dim",
            "The dimmed image and samples of its posterior",
            np.concatenate([d.images[[at]], draws]),
            names,
            len(names),
            captions=names,
        )
        encoder, true = (sigma[at] for sigma in d.widths.values())
        end = ": the encoder's posterior misses it." if d.distance[at] > FAR else "."
        st.markdown(
            f"At {100 * STEPS[at]:.0f}% brightness the encoder outputs σ = **{encoder:.3f}**; the true"
            f" posterior has σ = **{true:.3f}**, and its mean is **{d.distance[at]:.1f}** times the encoder's"
            f" σ away from the encoder's mean{end}"
        )
        st.caption(
            "The encoder was trained on moons at 100% brightness. For darker moons it extrapolates: its σ is"
            " not the model's uncertainty about z. Where the true posterior has two peaks, its σ is large."
        )
