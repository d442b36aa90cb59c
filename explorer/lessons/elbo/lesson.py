"""The evidence lower bound: log p(x) is constant in q, and the KL divergence falls by as much as the bound
rises.
"""

import time

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "elbo"
PAGE = page_of(NAME)
SHOWN = "digits-vae-2d"
STEPS, PLAYED = 40, 2.5  # of the gradient ascent; seconds of its animation
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
WAYS = {"hand": "By hand", "climb": "Gradient ascent"}
BY = Setting("by", "hand", page=PAGE, options=tuple(WAYS))
STEP = Setting("step", 0, 0, STEPS, page=PAGE)
MU0, MU1 = (Setting(name, 0.0, -3, 3, 0.05, page=PAGE) for name in ("mu0", "mu1"))
S0, S1 = (Setting(name, 0.0, -2.75, 0, 0.05, page=PAGE) for name in ("s0", "s1"))
HAND = (MU0, MU1, S0, S1)
LABELS = ("μ₀", "μ₁", "log σ₀", "log σ₁")

px, L = tex("x", r"\log p(x)"), tex("z", "L_b")
gap, paid = tex("mu", r"\mathrm{KL}(q\,\|\,p(z|x))"), tex("rate", r"\mathrm{KL}(q\,\|\,p(z))")
fit = tex("distortion", r"\mathrm{E}_q \log p(x|z)")
MATHEMATICS = read_mathematics(__file__, px=px, L=L, gap=gap, fit=fit, paid=paid)
WHYS = {
    "Why maximise the bound over q?": (
        "The bound and the KL to the true posterior add up to log p(x), which is constant. So raising the "
        "bound, which can be computed, brings q closer to the true posterior."
    ),
    "Why minimise KL(q‖p(z))?": (
        "New images are decoded from samples of p(z), so the posteriors must cover the same region. Without"
        " this term q would shrink to the best z, as in an AE."
    ),
    "Why maximise ∫ q(z|x) log p(x|z) dz?": (
        "It is the expected log-likelihood: the mean of log p(x|z) over samples of q. The higher it "
        "is, the better the images decoded from these samples match x. Its negative is the distortion."
    ),
}

LESSON = Lesson(
    NAME,
    "**Fit the Gaussian q (pink) to the true posterior (blue)** of a test image with the sliders, and watch"
    " both bars.",
    Question(
        "You move q and keep the decoder. The bound rises. What does log p(x) do?",
        ("It rises with the bound", "It is constant", "It falls"),
        1,
        "p(x) = ∫ p(x|z) p(z) dz depends on the decoder and the prior, not on q. The KL to the true posterior"
        " falls by as much as the bound rises.",
    ),
    MATHEMATICS,
    (
        "explorer.latent.quadrature:Grid.log_integral",
        "explorer.lessons.elbo.compute:Evidence.terms",
        "explorer.lessons.elbo.compute:climb",
    ),
    (IMAGE, BY, STEP, *HAND),
    concepts=(13, 14, 15, 16, 27),
    runs=(SHOWN,),
)


@st.cache_resource(max_entries=1, show_spinner="Decoding 65,536 points of the latent space…")
def _decoded(version: str, _run):
    from explorer.lessons.elbo.compute import decoded

    return decoded(RunView(_run).load())


@st.cache_resource(max_entries=16, show_spinner=False)
def _evidence(version: str, row: int, _run):
    from explorer.lessons.elbo.compute import evidence

    return evidence(RunView(_run).load(), _decoded(version, _run), RunView(_run).embedding.images[row])


@st.cache_data(max_entries=64, show_spinner=False)
def _climb(version: str, row: int, start: tuple[float, ...], _run) -> list[tuple[float, ...]]:
    from explorer.lessons.elbo.compute import climb

    return climb(_evidence(version, row, _run), start, STEPS)


def picture(runs: dict[str, Run]) -> None:
    run = runs[SHOWN]
    version, e = run_version(run), RunView(run).embedding
    left, right = st.columns([3, 2], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            row = IMAGE.number("Test image", min(len(e.images), 360) - 1)
            by_hand = BY.pick("Move q", list(WAYS), WAYS.get) == "hand"
            encoder = (*e.mu[row].tolist(), *(e.logvar[row] / 2).tolist())
            if by_hand:
                st.button("Use the encoder's q", on_click=_take, args=(encoder,))
            else:
                st.button(
                    "Play",
                    key="play-learn_elbo",
                    on_click=_play,
                    icon=":material/play_arrow:",
                    type="primary",
                )
        if by_hand:
            for pair in (0, 2):
                with st.container(horizontal=True):
                    for setting, label in zip(HAND[pair : pair + 2], LABELS[pair : pair + 2]):
                        setting.slider(label)
        else:
            STEP.slider("Step, from your q")
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
            # the bound rises most in the first steps
            _draw(run, row, way, round(last * share**2), encoder, places)
            time.sleep(0.03)
    _draw(run, row, way, last, encoder, places)


def _take(q: tuple[float, ...]) -> None:
    for setting, value in zip(HAND, q):
        setting.set(
            float(np.clip(round(value / setting.step) * setting.step, setting.low, setting.high).round(2))
        )


def _play() -> None:
    STEP.set(STEPS)
    st.session_state[f"{PAGE} play"] = True


def _place(plays: bool):
    """A container for one drawing; or, while the animation plays, a placeholder whose charts are replaced."""
    return st.empty() if plays else st.container()


def _draw(run, row: int, way: list, step: int, encoder: tuple, places: tuple) -> None:
    """Draw q, the bars and the plane at one step of the ascent."""
    from explorer.figures.images import to_uint8
    from explorer.figures.live import fill
    from explorer.lessons.elbo.compute import GRID, log_normaliser
    from explorer.lessons.elbo.figure import ascent, ascent_at, equation, lengths, lengths_at, plane, plane_at

    e, image = RunView(run).embedding, _evidence(run_version(run), row, run)
    steps, whole = [image.terms(q) for q in way], image.log_evidence
    q, found = way[step], steps[step]
    lowest = np.floor(min(image.terms((0.0, 0.0, 0.0, 0.0)).bound, steps[0].bound) / 5) * 5
    charts, beside = (place.container() for place in places)
    above, below = charts.columns(2)
    above.latex(equation(px, whole, L, found.bound, "+", gap))
    below.latex(equation(L, found.bound, fit, found.log_likelihood, "-", paid))
    charts.vega_lite_chart(
        fill(lengths(), **lengths_at(whole, found.bound, found.log_likelihood, lowest)), width="stretch"
    )
    if len(way) > 1:
        charts.vega_lite_chart(
            fill(ascent(STEPS), **ascent_at([at.bound for at in steps], whole, step, lowest)), width="stretch"
        )
    told = plane_at(GRID.axis, np.exp(image.log_posterior), q, encoder, way[: step + 1], e.mu, e.y)
    beside.vega_lite_chart(fill(plane(), **told), width="content")
    with beside.container(horizontal=True):
        for picture, said in ((e.images[row], "image x"), (RunView(run).decode(np.array(q[:2])), "E[x|μ]")):
            st.image(to_uint8(picture), said, width=88, alt=said)
        st.caption(
            "Blue: true posterior. Pink: q, 1 and 2 standard deviations. Dashed: the encoder's q,"
            f" {image.terms(encoder).kl_to_posterior:.2f} nats from the true posterior. Grey: codes of test"
            " images."
        )
    if run.spec.likelihood == "bernoulli":
        missing = log_normaliser(RunView(run).load(), np.array(q[:2]))
        charts.caption(
            "For grey pixels the Bernoulli likelihood is not a normalised density: log p(x|μ) lacks a"
            f" log-normaliser of **{missing:.1f} nats** (Loaiza-Ganem and Cunningham, NeurIPS 2019)."
        )
