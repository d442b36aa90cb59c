"""One network under three losses: what reconstruction does alone, what the KL divergence does alone, and what both do."""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (5, 9)
PAGE = "learn_objectives"
EPOCHS = 200
EPOCH = Setting("epoch", 1, 1, EPOCHS, page=PAGE)
SHOWN = Setting("shown", "draws", page=PAGE, options=("draws", "means"))
SCALE = Setting("scale", "own", page=PAGE, options=("own", "common"))
RUNS = {"digits-vae-2d-recon-only": "Reconstruction alone", "digits-vae-2d-kl-only": "Almost KL alone", "digits-vae-2d-both": "Both"}
AE = "digits-ae-2d"
IMAGES = 8

D, R, beta = tex("distortion", "D"), tex("rate", "R"), r"\beta"
mu, mu2, sig, var = tex("mu", r"\mu"), tex("mu", r"\mu^2"), tex("sigma", r"\sigma"), tex("sigma", r"\sigma^2")
eps, z = tex("eps", r"\varepsilon"), tex("z", "z")
MATHEMATICS = rf"""
All three minimise, averaged over the images,

$$
{D} + {beta}\,{R}, \qquad {D} = -\log p(x\,|\,{mu} + {sig}{eps}), \qquad
{R} = \tfrac12\sum_d\big({mu2}_d + {var}_d - \log {var}_d - 1\big),
$$

with ${beta} = 0$, ${beta} = 1000$ (the distortion still counts, for a thousandth) and ${beta} = 1$. Near a good code the distortion is a
bowl, of curvature $h$ along a dimension of ${z}$. The noise then costs $\tfrac12 h\,{var}$ there, and

$$
\tfrac12 h\,{var} + \tfrac{{{beta}}}2\big({var} - \log {var}\big) \quad\text{{is lowest at}}\quad {var} = \frac{{{beta}}}{{{beta} + h}}.
$$

**Reconstruction alone,** ${beta} = 0$: the best width is 0. And means that lie further apart make the bowls as much wider, so that they
leave the noise less to blur. Nobody pays for either: *push the means apart, shrink σ*. What is left is an AE.

**KL alone:** the best is ${mu} = 0$, ${var} = 1$ for every image, whatever it shows. The decoder can't tell them apart, and answers all
with the mean image.

**Both:** a code may be as narrow as its image needs, and must lie as near to 0 as there is room. Clusters form, since like images share
their bowls, and are packed densely, since distance costs $\tfrac12{mu2}$.

*A slip that is easy to make:* "as σ rises to 1, less information is lost". It is the other way: at ${sig} = 1$ and ${mu} = 0$ the
code says nothing at all. The picture in the middle is that.
"""

LESSON = Lesson(
    PAGE,
    "The same network, the same first weights, the same images; only the loss differs. **Drag the epoch** from the first to the last, and "
    "watch three maps that begin alike part ways. The rings are 1, 2 and 3 standard deviations of the prior.",
    Question("Which of the three ends up as a plain autoencoder, and why?",
             ("Reconstruction alone", "Almost KL alone", "Both"), 0,
             "Clouds that overlap blur what is decoded. With nothing else to pay for, the network draws the means apart and shrinks σ, "
             "until no cloud reaches another: each is as good as a point. An encoder that *may* be probabilistic need not be; it takes "
             "the regularizer."),
    MATHEMATICS,
    ("explorer.objectives.distortion:Bernoulli.distortion", "explorer.objectives.rate:rate_per_dimension",
     "explorer.lessons.objectives:what_width_pays"),
    (EPOCH, SHOWN, SCALE),
)


@st.cache_resource(max_entries=8, show_spinner=False)
def _replay(folder: Path, version: str):
    from explorer.lessons.objectives import replay_of

    return replay_of(folder)


def picture() -> None:
    from explorer.figures.lesson_objectives import box_of, code_map, code_map_at
    from explorer.figures.live import fill
    from explorer.lessons.objectives import drawn, moment

    by_name = {run.name: run for run in cache.all_runs()[0]}
    replays = {name: _replay(by_name[name].folder, cache.version(by_name[name])) for name in RUNS if name in by_name}
    if missing := [name for name in RUNS if not replays.get(name)]:
        st.info(f"This lesson shows three runs that come along, and the replay of {' and '.join(missing)} is not there. "
                "`bash trained/make.sh` makes it again.")
        return
    left, right = st.columns([3, 2])
    with left:
        epoch = EPOCH.slider(f"Epoch, of {EPOCHS}")
    with right, st.container(horizontal=True, gap="medium"):
        shown = SHOWN.pick("Dots", SHOWN.options, {"draws": "Draws", "means": "Means μ"}.get,
                           "Draws: of each test image's posterior one z = μ + σε, with the σ below and always the same ε.")
        scale = SCALE.pick("Scale", SCALE.options, {"own": "Own", "common": "Common"}.get)
    moments = [moment(r, epoch) for r in replays.values()]
    codes = [m.mu if shown == "means" else drawn(m) for m in moments]
    for column, (name, r), m, z in zip(st.columns(3), replays.items(), moments, codes):
        with column:
            st.markdown(f"**{RUNS[name]}**, β = {by_name[name].spec.beta:g}")
            box = box_of(*(codes if scale == "common" else [z]))
            st.vega_lite_chart(fill(code_map(r.class_names), **code_map_at(z, r.y, r.class_names, box)), width="content")
            st.markdown(f"${sig}$ **{m.sigma:.2g}**, means ${mu}$ spread over **{m.spread:.2g}**  \n"
                        f"distortion ${D}$ **{m.distortion:.1f}**, rate ${R}$ **{m.rate:.1f}** nats")
            _images(name, r.originals, m)
    st.caption(f"{len(codes[0])} test images of the digits, each as the digit that it shows, as last seen by that epoch "
               f"({', '.join(str(m.epoch) for m in moments)}). Back: what comes back from μ. Samples of the prior, decoded. σ: the width "
               "whose price is what the clouds pay on average. Spread: the standard deviation of μ. Distortion and rate: per training "
               "image, mean over the epoch.")
    if LESSON.answer.get():
        _beside_an_ae(by_name)


def _images(name: str, originals: np.ndarray, m) -> None:
    rows = {"image": originals, "back": m.recreated, "sample": m.samples}
    gallery(f"{PAGE} {name}", RUNS[name], np.concatenate([part[:IMAGES] for part in rows.values()]),
            [f"{what} {i}" for what in rows for i in range(1, IMAGES + 1)], IMAGES, heads=[*rows])


def _beside_an_ae(by_name: dict) -> None:
    """What the trained models measure on images they were not trained on: it answers the question."""
    if AE in by_name:
        told = ", ".join(f"{title[0].lower() + title[1:]} {by_name[name].test.distortion:.1f}" for name, title in RUNS.items())
        st.markdown(f"**Beside an AE.** Distortion at the end, on the {by_name[AE].test.n} test images: {told}; an AE of the same network, "
                    f"trained for {by_name[AE].epochs} epochs, {by_name[AE].test.distortion:.1f} nats per image.")


teach(LESSON, picture)
