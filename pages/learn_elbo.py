"""The evidence lower bound: log p(x) stands still, and what the bound gains the KL divergence loses."""

import time

import numpy as np
import streamlit as st

from explorer.ui import cache
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (13, 14, 15, 16, 27)
PAGE = "learn_elbo"
SHOWN = "digits-vae-2d"
STEPS, PLAYED = 40, 2.5  # of the ascent; seconds that it plays
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
WAYS = {"hand": "By hand", "climb": "By gradient"}
BY = Setting("by", "hand", page=PAGE, options=tuple(WAYS))
STEP = Setting("step", 0, 0, STEPS, page=PAGE)
MU0, MU1 = (Setting(name, 0.0, -3, 3, 0.05, page=PAGE) for name in ("mu0", "mu1"))
S0, S1 = (Setting(name, 0.0, -2.75, 0, 0.05, page=PAGE) for name in ("s0", "s1"))
HAND = (MU0, MU1, S0, S1)
LABELS = ("μ₀", "μ₁", "log σ₀", "log σ₁")

px, L = tex("x", r"\log p(x)"), tex("z", "L_b")
gap, paid = tex("mu", r"\mathrm{KL}(q\,\|\,p(z|x))"), tex("rate", r"\mathrm{KL}(q\,\|\,p(z))")
fit = tex("distortion", r"\mathrm{E}_q \log p(x|z)")
MATHEMATICS = rf"""
**Two networks.** The decoder is a generator, $p_\theta(x|z)$ with weights $\theta$; the encoder is an inference network,
$q_\phi(z|x)$ with weights $\phi$. (Some texts write $\lambda$ for the one and $\phi$ for the other.) Maximum likelihood asks for the
$\theta$ at which the training images are most probable, $\sum_x \log p_\theta(x)$ highest, where

$$p_\theta(x) = \int p_\theta(x|z)\,p(z)\,dz.$$

In this plane that is a sum over $256^2 = 65{{,}}536$ cells, one decode each. In 16 dimensions as fine a grid has
$256^{{16}} \approx 3\cdot10^{{38}}$ cells: at a million decodes a second, $10^{{25}}$ years. The integral is intractable.

**The bound.** $\int q\,dz = 1$, so that for any $q$

$${px} = \int q\,{px}\,dz = \int q \log\frac{{p(x|z)\,p(z)}}{{p(z|x)}}\,dz,$$

$${px} = \underbrace{{\int q \log\frac{{p(x|z)\,p(z)}}{{q}}\,dz}}_{{{L}}} + \underbrace{{\int q \log\frac{{q}}{{p(z|x)}}\,dz}}_{{{gap}}}.$$

A KL divergence is never negative, so ${L}$ is a lower bound. It needs no $p(z|x)$, and falls into two parts that can be computed:
${L} = {fit} - {paid}$.

**Variational EM.** *E step:* hold $\theta$, raise ${L}$ over $q$, as you do here; ${px}$ stands still. *M step:* hold $q$, raise ${L}$ over
$\theta$; where the KL was 0, ${px}$ rises at least as much. A VAE takes both steps at once, by gradient, and leaves the search for $q$
to one encoder for all images: quick, but for a single image it may miss.

*Slips that are easy to make.* "The larger ${L}$, the larger the likelihood": over $q$ alone only the bound tightens. "In the end the KL
vanishes": only if the true posterior is of the family that $q$ is chosen from, and few are Gaussian (try image 200). "$p(x|z)$ is
intractable": each one is a single decode; what can't be done is the integral over all $z$.
"""
WHYS = {
    "Why may one maximise the bound over q?": "The sum stands still: what the bound gains, the KL to the true posterior loses. Raising the "
    "one, which can be computed, brings q nearer to the other, which beyond a few dimensions can't.",
    "Why minimise KL(q‖p(z))?": "The bound subtracts it: the price of a q more definite than the prior. New images are decoded from draws "
    "of p(z), so codes must lie where it draws. With no such price, q would shrink onto the one best z, as in an AE.",
    "Why maximise ∫ q(z|x) log p(x|z) dz?": "It is a weighted mean: how probable the image is at each z, weighted by how often q draws "
    "that z. Where it is high, what q draws decodes to this image. It is minus the distortion.",
}

LESSON = Lesson(
    PAGE,
    "How probable is this image to the decoder? A Gaussian q stands in for its true posterior. **Move q onto the blue,** and watch both "
    "bars.",
    Question("You move q, and leave the decoder as it is. The bound rises. What does log p(x) do?",
             ("It rises with the bound", "It stands still", "It falls"), 1,
             "p(x) = ∫ p(x|z) p(z) dz knows the decoder and the prior; q is not in it. What the bound gains, the KL to the true posterior "
             "loses, nat for nat."),
    MATHEMATICS,
    ("explorer.latent.quadrature:Grid.log_integral", "explorer.lessons.elbo:Evidence.terms", "explorer.lessons.elbo:climb"),
    (IMAGE, BY, STEP, *HAND),
)


@st.cache_resource(max_entries=1, show_spinner="Decoding 65,536 places of the plane…")
def _decoded(version: str, _run):
    from explorer.lessons.elbo import decoded

    return decoded(cache.loaded(_run))


@st.cache_resource(max_entries=16, show_spinner=False)
def _evidence(version: str, row: int, _run):
    from explorer.lessons.elbo import evidence

    return evidence(cache.loaded(_run), _decoded(version, _run), cache.view(_run).embedding.images[row])


@st.cache_data(max_entries=64, show_spinner=False)
def _climb(version: str, row: int, start: tuple[float, ...], _run) -> list[tuple[float, ...]]:
    from explorer.lessons.elbo import climb

    return climb(_evidence(version, row, _run), start, STEPS)


def picture() -> None:
    run = next((run for run in cache.all_runs()[0] if run.name == SHOWN), None)
    if run is None:
        st.info(f"This lesson needs the run {SHOWN}: `python -m explorer train --dataset digits --epochs 200 --run {SHOWN}` trains it.")
        return
    version, e = cache.version(run), cache.view(run).embedding
    left, right = st.columns([3, 2], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            row = IMAGE.number("Test image", min(len(e.images), 360) - 1)
            by_hand = BY.pick("Move q", list(WAYS), WAYS.get) == "hand"
            encoder = (*e.mu[row].tolist(), *(e.logvar[row] / 2).tolist())
            if by_hand:
                st.button("Take the encoder's q", on_click=_take, args=(encoder,))
            else:
                st.button("Play", key="play-learn_elbo", on_click=_play, icon=":material/play_arrow:", type="primary")
        if by_hand:
            for pair in (0, 2):
                with st.container(horizontal=True):
                    for setting, label in zip(HAND[pair : pair + 2], LABELS[pair : pair + 2]):
                        setting.slider(label)
        else:
            STEP.slider("Step of the ascent, from your own q")
        plays = not by_hand and st.session_state.pop(f"{PAGE} play", False)
        charts = _place(plays)
    with right:
        places = charts, _place(plays)
    for asks, answer in WHYS.items():
        with st.expander(asks):
            st.markdown(answer)
    start = tuple(setting.get() for setting in HAND)
    way = [start] if by_hand else _climb(version, row, start, run)
    last = 0 if by_hand else STEP.get()
    if plays:
        begun = time.monotonic()
        while (share := (time.monotonic() - begun) / PLAYED) < 1:
            _draw(run, row, way, round(last * share**2), encoder, places)  # most happens at first
            time.sleep(0.03)
    _draw(run, row, way, last, encoder, places)


def _take(q: tuple[float, ...]) -> None:
    for setting, value in zip(HAND, q):
        setting.set(float(np.clip(round(value / setting.step) * setting.step, setting.low, setting.high).round(2)))


def _play() -> None:
    STEP.set(STEPS)
    st.session_state[f"{PAGE} play"] = True


def _place(plays: bool):
    """To be drawn into once; or again and again, for which it is cleared at first, and a browser makes its charts anew."""
    return st.empty() if plays else st.container()


def _draw(run, row: int, way: list, step: int, encoder: tuple, places: tuple) -> None:
    """q, and what it is worth, at a step of its way."""
    from explorer.figures.images import to_uint8
    from explorer.figures.lesson_elbo import ascent, ascent_at, equation, lengths, lengths_at, plane, plane_at
    from explorer.figures.live import fill
    from explorer.lessons.elbo import GRID

    e, image = cache.view(run).embedding, _evidence(cache.version(run), row, run)
    steps, whole = [image.terms(q) for q in way], image.log_evidence
    q, found = way[step], steps[step]
    lowest = np.floor(min(image.terms((0.0, 0.0, 0.0, 0.0)).bound, steps[0].bound) / 5) * 5
    charts, beside = (place.container() for place in places)
    above, below = charts.columns(2)
    above.latex(equation(px, whole, L, found.bound, "+", gap))
    below.latex(equation(L, found.bound, fit, found.log_likelihood, "-", paid))
    charts.vega_lite_chart(fill(lengths(), **lengths_at(whole, found.bound, found.log_likelihood, lowest)), width="stretch")
    if len(way) > 1:
        charts.vega_lite_chart(fill(ascent(STEPS), **ascent_at([at.bound for at in steps], whole, step, lowest)), width="stretch")
    told = plane_at(GRID.axis, np.exp(image.log_posterior), q, encoder, way[: step + 1], e.mu, e.y)
    beside.vega_lite_chart(fill(plane(), **told), width="content")
    with beside.container(horizontal=True):
        for picture, said in ((e.images[row], "the image"), (cache.decode(run, np.array(q[:2])), "from μ")):
            st.image(to_uint8(picture), said, width=88, alt=said)
        st.caption("Blue: the true posterior. Pink: q, one and two standard deviations. Dashed: the encoder's q, whose KL to the true "
                   f"posterior is {image.terms(encoder).kl_to_posterior:.2f} nats. Grey: the codes of all test images.")


teach(LESSON, picture)
