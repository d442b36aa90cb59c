"""The lesson on gaps: what a decoder outputs where there were no codes in training."""

import numpy as np
import pandas as pd
import streamlit as st

from explorer.latent.draws import from_gaussian
from explorer.latent.gap_estimate import is_smaller
from explorer.latent.interpolation import linear
from explorer.latent.share import Z95
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "gaps"
PAGE = page_of(NAME)
DIGITS = tuple("0123456789")
T = Setting("t", 0.5, 0, 1, 0.01, page=PAGE)
FROM, TO = Setting("from", "0", page=PAGE, options=DIGITS), Setting("to", "1", page=PAGE, options=DIGITS)
SEED = Setting("seed", 0, 0, 9999, page=PAGE)
SHOWN = {"AE": "mnist-ae-2d", "VAE": "mnist-ladder-2d"}  # of one network; the ladder is seen at KL weight 1
DRAWS, FINE, DOTS, VEIL = 11, 101, 1000, 0.3
SURE = 0.9  # as everywhere (explorer.store.classifier)

z, a, b, x = tex("z", "z"), tex("z", "a"), tex("z", "b"), tex("x", "x")
draw = tex("eps", r"\tilde z")
MATHEMATICS = read_mathematics(__file__, a=a, b=b, z=z, x=x, draw=draw)

LESSON = Lesson(
    NAME,
    "The decoder of an autoencoder is trained at codes only. **Move t** along the line between two codes, and"
    " watch the decoded images. Grey areas are gaps: they contain no codes.",
    Question(
        "What does the decoder output at a z where there were no codes in training?",
        ("Nothing: the image is blank", "Some image, as at every z", "The nearest training image"),
        1,
        "The decoder is a function: every z has an image. In a gap the loss does not constrain this image: it"
        " may be a mixture of neighbouring images, a broken shape, or a good digit.",
    ),
    MATHEMATICS,
    (
        "explorer.latent.interpolation:linear",
        "explorer.latent.gaps:in_gap",
        "explorer.latent.gap_map:Between.farther",
        "explorer.latent.draws:from_gaussian",
    ),
    (T, FROM, TO, SEED),
    concepts=(2, 18, 19, 25),
    runs=tuple(SHOWN.values()),
    accepts=lambda run: run.class_names == DIGITS and run.spec.latent_dim == 2,
)


@st.cache_resource(max_entries=2, show_spinner="Measuring gaps…")
def _shares(versions: tuple[str, ...], _runs: dict) -> list:
    from explorer.lessons.gaps.compute import shares

    codes = {kind: RunView(run).embedding for kind, run in _runs.items()}
    return [
        shares(RunView(run).load(), RunView(run).gap_index(), codes[kind].mu, codes[kind].logvar)
        for kind, run in _runs.items()
    ]


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(versions: tuple[str, ...], seed: int, _runs: dict) -> dict:
    """Of each model, samples: from the prior, or from the Gaussian fitted to the codes of an AE."""
    from explorer.lessons.gaps.compute import look

    return {
        kind: look(
            RunView(run).load(),
            RunView(run).gap_index(),
            from_gaussian(RunView(run).scale, DRAWS, 1.0, np.random.default_rng(seed)),
        )
        for kind, run in _runs.items()
    }


@st.cache_resource(max_entries=64, show_spinner=False)
def _ways(versions: tuple[str, ...], ends: tuple[str, ...], _runs: dict) -> tuple[dict, dict, dict]:
    """Of each model, the line between the codes of two test images, and the map that shows it; and a chart of
    distances for both.
    """
    from explorer.lessons.gaps.compute import look, typical
    from explorer.lessons.gaps.figure import gap_strips, how_far, walk_map

    ways, maps = {}, {}
    for kind, run in _runs.items():
        e, gaps = RunView(run).embedding, RunView(run).gap_map
        mu = e.mu[[typical(e.images, e.y[: len(e.images)], DIGITS.index(end)) for end in ends]]
        ways[kind] = look(RunView(run).load(), RunView(run).gap_index(), linear(*mu, FINE))
        maps[kind] = walk_map(
            gap_strips(gaps.bounds, gaps.shade), gaps.bounds, e.mu[:DOTS], e.y[:DOTS], run.class_names, mu
        )
    return (
        ways,
        maps,
        how_far(np.linspace(0, 1, FINE), {kind: way.to_code / way.to_draw for kind, way in ways.items()}),
    )


def picture(runs: dict[str, Run]) -> None:
    from explorer.figures.live import fill

    runs = {kind: runs[name] for kind, name in SHOWN.items()}
    versions = tuple(map(run_version, runs.values()))
    step = round((FINE - 1) * T.slider("t, interpolation fraction"))
    ways, maps, far = _ways(versions, (FROM.get(), TO.get()), runs)
    for column, (kind, way) in zip(st.columns(2), ways.items()):
        with column:
            _place(kind, way, step, fill(maps[kind], here=pd.DataFrame(way.z[[step]], columns=["z0", "z1"])))
    chart, chosen = st.columns([5, 1])
    chart.vega_lite_chart(fill(far, here=pd.DataFrame({"t": [step / (FINE - 1)]})), width="stretch")
    with chosen:
        FROM.select("From a", DIGITS)
        TO.select("To a", DIGITS)
    _sampled(_shares(versions, runs), _drawn(versions, SEED.get(), runs))
    st.markdown(
        "**GANs** train only a decoder. It decodes samples of a fixed prior, and a discriminator judges the"
        " images, so the loss covers the whole prior. But without an encoder, the code of an image must be"
        " searched for (GAN inversion). And the input of a plain GAN does not include a class."
    )


def _veiled(images: np.ndarray, in_gap: np.ndarray) -> np.ndarray:
    """images, but grey where they are in a gap and the question is not answered yet."""
    return images if LESSON.answer.get() else np.where(in_gap[:, None, None, None], VEIL, images)


def _place(kind: str, way, step: int, drawn: dict) -> None:
    """The map, the image decoded at the present step, and those along the line."""
    beside, across = st.columns([3, 5])
    across.vega_lite_chart(drawn, width="stretch")
    seen, steps = _veiled(way.x, way.in_gap), np.arange(0, FINE, 10)
    with beside:
        st.markdown(f"**{kind}**, {'in a gap' if way.in_gap[step] else 'outside gaps'}")
        st.image(
            seen[step, 0],
            width=170,
            clamp=True,
            alt=f"The image decoded by the {kind} at t = {step / (FINE - 1):.2f}",
        )
        if way.in_gap[step] and not LESSON.answer.get():
            st.caption("This image is shown after your prediction.")
        else:
            below = "Below 90% confidence. " if way.label is not None and way.sure[step] < SURE else ""
            named = (
                ""
                if way.label is None
                else f"Classifier: {DIGITS[way.label[step]]} ({100 * way.sure[step]:.0f}%). "
            )
            st.caption(
                f"{below}{named}The nearest code is {way.to_code[step]:.3f} standard deviations away, and the"
                f" fifth nearest sample {way.to_draw[step]:.3f}."
            )
    gallery(
        f"learn gaps way {kind}",
        f"Interpolation, {kind}",
        seen[steps],
        [f"t = {i / (FINE - 1):.1f}" for i in steps],
        len(steps),
        captions=["▲" if i == round(step / 10) else "" for i in range(len(steps))],
        marked=np.flatnonzero(way.in_gap[steps]),
        mark="Underlined: in a gap.",
        on_pick=lambda i: T.set(float(steps[i] / (FINE - 1))),
    )


def _sampled(shares: list, drawn: dict) -> None:
    measured = dict(zip(SHOWN, shares))
    ae, vae = shares
    st.markdown(
        f"Of the **samples** from the Gaussian fitted to the codes, **{ae.gap}** of the AE's and"
        f" **{vae.gap}** of the VAE's are in"
        f" gaps{' (the VAE has fewer)' if is_smaller(vae.gap, ae.gap) else ''}. For equal distributions it"
        " would be 3%."
    )
    if ae.noise:
        told = "; ".join(
            f"{kind} {one.in_gaps or '–'} in gaps, {one.outside or '–'} outside"
            for kind, one in measured.items()
        )
        more = [kind for kind, one in measured.items() if one.is_less_confident_in_gaps]
        st.markdown(
            f"**Images below 90% confidence of the classifier:** {told}."
            + f" The share is higher in gaps for the {' and the '.join(more)}." * bool(more)
            + f" The classifier has at least 90% confidence in {ae.noise} of images of uniform noise"
            + (
                ": confidence does not show that an image is good."
                if ae.noise.value > Z95 * ae.noise.error
                else "."
            )
        )
    st.button("Resample", on_click=lambda: SEED.set((SEED.get() + 1) % (int(SEED.high) + 1)))
    for column, (kind, places) in zip(st.columns(2), drawn.items()):
        with column:
            source = f"{kind}, from " + (
                "the prior N(0, I)" if kind == "VAE" else "the Gaussian fitted to its codes"
            )
            gallery(
                f"learn gaps draws {kind}",
                source,
                _veiled(places.x, places.in_gap),
                [f"z = ({', '.join(map(words.minus, z))})" for z in places.z],
                DRAWS,
                marked=np.flatnonzero(places.in_gap),
                mark=f"{source}. Underlined: in a gap.",
            )
    st.caption(
        "The images are from MNIST. AE and VAE have the same network; the VAE's KL weight is 1. Gaps are"
        f" measured with {ae.gap.n:,} codes and samples. The maps show posterior means; the gaps are those of"
        " posterior samples. All intervals are 95% intervals."
    )
