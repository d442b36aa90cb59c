"""Between the codes: what a decoder makes of a place that it has never seen."""

import numpy as np
import pandas as pd
import streamlit as st

from explorer.latent.draws import from_gaussian
from explorer.latent.interpolation import linear
from explorer.ui import cache, words
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (2, 18, 19, 25)
PAGE = "learn_gaps"
DIGITS = tuple("0123456789")
T = Setting("t", 0.5, 0, 1, 0.01, page=PAGE)
FROM, TO = Setting("from", "0", page=PAGE, options=DIGITS), Setting("to", "1", page=PAGE, options=DIGITS)
SEED = Setting("seed", 0, 0, 9999, page=PAGE)
SHOWN = {"AE": "mnist-ae-2d", "VAE": "mnist-ladder-2d"}  # of one network; the ladder is seen at KL weight 1
DRAWS, FINE, DOTS, VEIL = 11, 101, 1000, 0.3
SURE = 0.9  # as everywhere: below it, the classifier names nothing (explorer.store.classifier)

z, a, b, x = tex("z", "z"), tex("z", "a"), tex("z", "b"), tex("x", "x")
draw = tex("eps", r"\tilde z")
MATHEMATICS = rf"""
**Interpolation.** A straight way leads from the code ${a}$ of one image to the code ${b}$ of another, and every step of it is decoded:

$${z}(t) = (1 - t)\,{a} + t\,{b}, \qquad 0 \le t \le 1.$$

**What an AE is asked.** Its loss is a sum over images, $\sum_n -\log p({x}_n\,|\,f({x}_n))$, and so only over codes. What lies between them
is in no term: nothing says what is to be there, and a decoder, being continuous, goes on in some way from what is near.

**What counts as a gap.** Draw as many places ${draw}$ from the Gaussian fitted to the codes as there are codes. A place lies in a gap if
its nearest code is farther than its fifth nearest draw (1 − coverage; Naeem and others, 2020). Were codes and draws from one distribution,
its five nearest neighbours would all have to be draws, a coin that falls five times alike: $1/2^5 = 3\,\%$. The figures depend on how many
codes there are.

**Sampling.** From a VAE: draw ${z}$ from the prior N(0, I), mean 0 and variance 1, and decode it. An AE has no prior; here its draws come
from the Gaussian fitted to its codes.

*A slip that is easy to make:* to think that the KL divergence leaves no gaps. It asks each posterior to be near the prior, not all of
them together to fill it; the reconstruction loss pulls the other way. What is left is measured above.
"""

LESSON = Lesson(
    PAGE,
    "An autoencoder is taught at its codes, and nowhere else. **Move t** along the way from one image's code to another's. Grey is a gap: "
    "no code lies there.",
    Question("What does a network decode from a place that it has never seen?",
             ("Nothing: it stays blank", "Some image: every place has one", "The nearest training image"), 1,
             "A decoder is a function: every z has an image, and nothing in it says that it was never taught there. In a gap it has no "
             "idea: it may give a blend of what lies around, a broken shape, or by luck a good one."),
    MATHEMATICS,
    ("explorer.latent.interpolation:linear", "explorer.latent.gaps:in_gap", "explorer.latent.gap_map:Between.farther",
     "explorer.latent.draws:from_gaussian"),
    (T, FROM, TO, SEED),
)


@st.cache_resource(max_entries=2, show_spinner="Measuring gaps…")
def _shares(versions: tuple[str, ...], _runs: dict) -> list:
    from explorer.lessons.gaps import shares

    return [shares(cache.loaded(run), cache.between(run)) for run in _runs.values()]


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(versions: tuple[str, ...], seed: int, _runs: dict) -> dict:
    """Of each model, places drawn: from the prior, or from the Gaussian fitted to the codes of an AE."""
    from explorer.lessons.gaps import look

    return {kind: look(cache.loaded(run), cache.between(run),
                       from_gaussian(cache.view(run).scale, DRAWS, 1.0, np.random.default_rng(seed))) for kind, run in _runs.items()}


@st.cache_resource(max_entries=64, show_spinner=False)
def _ways(versions: tuple[str, ...], ends: tuple[str, ...], _runs: dict) -> tuple[dict, dict, dict]:
    """Of each model, the straight way between the codes of two test images, and the map that shows it; and how far codes are on both."""
    from explorer.figures.lesson_gaps import gap_strips, how_far, walk_map
    from explorer.lessons.gaps import look, typical

    ways, maps = {}, {}
    for kind, run in _runs.items():
        e, gaps = cache.view(run).embedding, cache.gaps(run)
        mu = e.mu[[typical(e.images, e.y[: len(e.images)], DIGITS.index(end)) for end in ends]]
        ways[kind] = look(cache.loaded(run), cache.between(run), linear(*mu, FINE))
        maps[kind] = walk_map(gap_strips(gaps.bounds, gaps.shade), gaps.bounds, e.mu[:DOTS], e.y[:DOTS], run.class_names, mu)
    return ways, maps, how_far(np.linspace(0, 1, FINE), {kind: way.to_code / way.to_draw for kind, way in ways.items()})


def picture() -> None:
    from explorer.figures.live import fill

    found = {run.name: run for run in cache.all_runs()[0] if run.class_names == DIGITS and run.spec.latent_dim == 2}
    if missing := [name for name in SHOWN.values() if name not in found]:
        st.info(f"This lesson shows the runs {' and '.join(SHOWN.values())}: {' and '.join(missing)} is not among the runs.")
        return
    runs = {kind: found[name] for kind, name in SHOWN.items()}
    versions = tuple(map(cache.version, runs.values()))
    step = round((FINE - 1) * T.slider("t, the share of the way"))
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
    st.markdown("**And a GAN?** It keeps the second half only: noise in, an image out, judged by a critic. It has no encoder, so an image "
                "of one's own has no code, and no way leads from it to another. A plain one takes no condition, such as a class to paint; "
                "and nothing but the critic constrains what the image looks like. In turn, it is taught wherever its noise may fall.")


def _veiled(images: np.ndarray, in_gap: np.ndarray) -> np.ndarray:
    """What is decoded in a gap is to be predicted first."""
    return images if LESSON.answer.get() else np.where(in_gap[:, None, None, None], VEIL, images)


def _place(kind: str, way, step: int, drawn: dict) -> None:
    """The map, what is decoded at the present step, and what is decoded on the way."""
    beside, across = st.columns([3, 5])
    across.vega_lite_chart(drawn, width="stretch")
    seen, steps = _veiled(way.x, way.in_gap), np.arange(0, FINE, 10)
    with beside:
        st.markdown(f"**{kind}**, " + ("in a gap" if way.in_gap[step] else "among codes"))
        st.image(seen[step, 0], width=170, clamp=True, alt=f"The image decoded by the {kind} at t = {step / (FINE - 1):.2f}")
        if way.in_gap[step] and not LESSON.answer.get():
            st.caption("Predict first; then it is shown.")
        else:
            read = "" if way.label is None else f"{DIGITS[way.label[step]]} ({100 * way.sure[step]:.0f} %). "
            read = read and (f"The classifier is unsure: {read}" if way.sure[step] < SURE else f"The classifier says {read}")
            st.caption(f"{read}The nearest code is {way.to_code[step]:.3f} standard deviations away, the 5th nearest draw "
                       f"{way.to_draw[step]:.3f}.")
    gallery(f"learn gaps way {kind}", f"The way, {kind}", seen[steps], [f"t = {i / (FINE - 1):.1f}" for i in steps],
            len(steps), captions=["▲" if i == round(step / 10) else "" for i in range(len(steps))],
            marked=np.flatnonzero(way.in_gap[steps]), mark="Underlined: in a gap.", on_pick=lambda i: T.set(float(steps[i] / (FINE - 1))))


def _sampled(shares: list, drawn: dict) -> None:
    ae, vae = shares
    st.markdown(f"**Sample.** Of {ae.n:,} draws from the Gaussian fitted to its codes, **{_percent(ae.gap)} of the AE's** meet no code, "
                f"and **{_percent(vae.gap)} of the VAE's**; if codes lay as the draws do, it would be 3 %. Of what is decoded in these "
                f"gaps the classifier can't name {_percent(ae.unsure_in_gaps)} and {_percent(vae.unsure_in_gaps)}; elsewhere, "
                f"{_percent(ae.unsure_outside)} and {_percent(vae.unsure_outside)}.")
    st.button("Draw others", on_click=lambda: SEED.set((SEED.get() + 1) % (int(SEED.high) + 1)))
    for column, (kind, places) in zip(st.columns(2), drawn.items()):
        with column:
            source = f"{kind}, from " + ("the prior N(0, I)" if kind == "VAE" else "the Gaussian fitted to its codes")
            gallery(f"learn gaps draws {kind}", source, _veiled(places.x, places.in_gap),
                    [f"z = ({', '.join(map(words.minus, z))})" for z in places.z], DRAWS, marked=np.flatnonzero(places.in_gap),
                    mark=f"{source}. Underlined: in a gap.")
    st.caption("MNIST: an AE and a VAE of the same network, the VAE at KL weight 1; others, trained anew, would give other figures. A "
               "place is in a gap if the nearest code is farther than the fifth nearest of as many draws.")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


teach(LESSON, picture)
