"""The KL weight: what a stronger regularizer buys, and what it costs."""

import math

import numpy as np
import streamlit as st

from explorer.ui import cache, pairs, words
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (10, 11)
PAGE = "learn_kl_weight"
BETA = Setting("beta", 1.0, 0.001, 10, page=PAGE)
IMAGES = Setting("images", "mnist", page=PAGE, options=pairs.FIRST)
SHOWN, ACROSS, DRAWS = 600, 6, 12  # codes on the map; images in a row; samples
PRICED = 1000  # test images
BEST = {"distortion": "the lowest distortion is at", "elbo": "the highest ELBO at", "prior_gap": "the smallest prior gap at"}

D, R, beta = tex("distortion", "D"), tex("rate", "R"), r"\beta"
mu, var, sig2 = tex("mu", r"\mu"), tex("sigma", r"\sigma^2"), tex("eps", "s^2")
MATHEMATICS = rf"""
Training looks for the lowest ${D} + {beta}\,{R}$. All places with the same sum lie on a line that falls by ${beta}$ nats of distortion for
each nat of rate (dashed). The best place is where the curve only touches it:

$$
\frac{{\mathrm d{D}}}{{\mathrm d{R}}} = -{beta}.
$$

So ${beta}$ is a price: *a nat of rate must save ${beta}$ nats of distortion, or it is not spent*. Only at ${beta} = 1$ is
$-({D} + {R})$ a bound on $\log p(x)$, the ELBO. With pixels of variance ${sig2}$, ${D}$ is $\|x - \hat x\|^2 / 2{sig2}$ and a constant:
then the weight of an L2 loss against the KL divergence is the same choice under another name, ${sig2} = {beta}/2$. That all is said of the
images of the training; on the test images shown here the curve is not quite the lowest, and may rise again at its far end.

**Not purely for reconstruction.** A dimension of ${R}$ that can't save its price is switched off: ${mu} = 0$ and ${var} = 1$ for every
image, an inactive unit. When all are, the posterior has collapsed. In those that stay, the width settles where
${var} = {beta}/({beta} + h)$, with $h$ the curvature of the distortion (see *Three objectives*). The noise then costs
$\tfrac12 h\,{var}$ a dimension, which is about ${beta}/2$ where $h \gg {beta}$: in two dimensions, **about ${beta}$ nats an image**.
Compare that with what is measured above. The rest of the difference to an AE has either sign: codes that must lie close together have
less room, but on images that it was not trained on a network may also gain by having learned with noise.

*A hope that is easy to have:* that the code of a VAE is a better start for reconstruction than that of an AE, since it is "more". It
serves two ends, and pays for both.
"""

LESSON = Lesson(
    PAGE,
    "**Drag the KL weight** from left to right: the clouds move in, the gaps close, draws turn into images, and all of them blur. Too "
    "strong, and the code says nothing any more: try *Digits*, above 2.",
    Question("Which β is right?", ("The one that reconstructs best", "1, because that is the ELBO", "It depends on the use"), 2,
             "Each figure would choose another one; below stands which, on these images. A small β reconstructs, a large one leaves no "
             "gaps to sample from, and β = 1 makes the loss a bound on log p(x), which is a reason, but says nothing of what *you* need. "
             "So it is chosen by experiment: train at several, look, and measure."),
    MATHEMATICS,
    ("explorer.latent.ladder:mixed", "explorer.lessons.kl_weight:distortions", "explorer.lessons.kl_weight:choices"),
    (BETA, IMAGES),
)


@st.cache_data(max_entries=100, show_spinner=False)
def _distortions(version: str, beta: float, _run) -> tuple[float, float]:
    from explorer.lessons.kl_weight import distortions

    loaded = cache.loaded(_run, beta)
    return distortions(loaded.model, loaded.likelihood, cache.view(_run).embedding.images[:PRICED])


def picture() -> None:
    runs = cache.all_runs()[0]
    ladders = {run.spec.dataset: run for run in runs if run.name == f"{run.spec.dataset}-ladder-2d" and run.film}
    if not ladders:
        st.info("This lesson shows ladders, VAEs at many KL weights, and none of those that come along is there. "
                "`bash trained/make.sh` makes them again.")
        return
    left, right = st.columns([3, 2])
    with right:
        vae = ladders[IMAGES.pick("Images", [name for name in pairs.FIRST if name in ladders], words.DATASETS.get)]
    with left:
        at = _slider([frame.beta for frame in vae.film])
    ae = pairs.partner(vae, runs)
    for column, part in zip(st.columns([1.05, 1, 1.15]), (_map, _decoded, _curve)):
        with column:
            part(vae, ae, at)
    _side_by_side(vae, ae, at)


def _slider(betas: list[float]) -> int:
    """Which of the KL weights."""
    options = [float(f"{beta:.2g}") for beta in betas]
    BETA.set(min(options, key=lambda beta: abs(math.log(beta / BETA.get()))))
    st.select_slider("KL weight β", options, format_func=lambda beta: f"{beta:g}", key=BETA.key, persist_state="session")
    return options.index(BETA.get())


def _map(vae, ae, at: int) -> None:
    from explorer.figures.lesson_objectives import box_of, code_map, code_map_at
    from explorer.figures.live import fill

    view = cache.view(vae)
    mu, logvar = (part[:SHOWN] for part in view.posteriors(vae.film[at].beta))
    z = mu + np.exp(logvar / 2) * np.random.default_rng(0).standard_normal(mu.shape)
    box = box_of(np.quantile(z, [0.005, 0.995], axis=0))
    codes = code_map_at(z, view.embedding.y[: len(z)], vae.class_names, box)
    st.vega_lite_chart(fill(code_map(vae.class_names), **codes), width="content")


def _decoded(vae, ae, at: int) -> None:
    from explorer.lessons.kl_weight import decoded

    rows = decoded(ae and cache.loaded(ae), cache.loaded(vae, vae.film[at].beta), cache.view(vae).embedding.images[:ACROSS], DRAWS)
    names = [f"{what} {i + 1}" for what, part in rows.items() for i in range(len(part))]
    gallery(f"{PAGE} {vae.name}", "Test images, what comes back, and draws", np.concatenate(list(rows.values())), names, ACROSS,
            heads=[*rows, *[""] * (DRAWS // ACROSS - 1)])


def _curve(vae, ae, at: int) -> None:
    from explorer.figures.lesson_kl_weight import rate_distortion, rate_distortion_at
    from explorer.figures.live import fill

    betas, rate, distortion = zip(*((f.beta, f.rate, f.distortion) for f in vae.film))
    told = rate_distortion_at(betas, rate, distortion, at, [ae.test.distortion] if ae else [])
    st.vega_lite_chart(fill(rate_distortion(), **told), width="stretch")


def _side_by_side(vae, ae, at: int) -> None:
    from explorer.figures.lesson_kl_weight import side_by_side, signed

    frame, shown, found = vae.film[at], min(SHOWN, vae.test.n), None
    if ae:
        with st.spinner("Measuring the gaps of the AE…"):
            found = cache.gaps(ae)
    left, right = st.columns([1, 2])
    left.markdown(side_by_side(frame, vae.spec.latent_dim, ae and ae.test, found and found.gap))
    if ae:
        of_mean, of_draw = _distortions(cache.version(vae), frame.beta, vae)
        whole, noise = frame.distortion - ae.test.distortion, of_draw - of_mean
        right.markdown(f"**The price.** This VAE's distortion is **{signed(whole)} nats** against the AE's: {signed(noise)} because z is "
                       f"drawn and is not μ itself (of {min(PRICED, cache.view(vae).images_kept):,} images), {signed(whole - noise)} "
                       "because its codes are other ones.")
    if LESSON.answer.get():
        from explorer.lessons.kl_weight import choices

        right.markdown(f"**By experiment,** for {words.dataset(vae)}: " + "; ".join(
            f"{BEST[figure]} β = {f.beta:.2g}{'' if f.active_units else ', where no unit is active'}"
            for figure, f in choices(vae.film).items()) + ".")
    right.caption(f"Test images of {words.dataset(vae)}, distortion and rate in nats per image. Map: a draw of each of {shown} posteriors, "
                  "with 1, 2 and 3 standard deviations of the prior. Images: decoded from μ; draws: from the prior. Curve: all KL weights; "
                  "the dashed line falls by β. Gap: the share of draws that meet no code, of the Gaussian fitted to the codes, and of the "
                  "prior." + words.making(vae))


teach(LESSON, picture)
