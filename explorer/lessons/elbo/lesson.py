"""The evidence lower bound: log p(x) is constant in q, and the KL divergence falls by as much as the bound
rises.
"""

import time

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "elbo"
PAGE = page_name(NAME)
RUN = "digits-vae-2d"
N_STEPS, ANIMATION_SECONDS = 40, 2.5  # of the gradient ascent; seconds of its animation
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
MODES = {"hand": "By hand", "climb": "Gradient ascent"}
MODE = Setting("by", "hand", page=PAGE, options=tuple(MODES))
STEP = Setting("step", 0, 0, N_STEPS, page=PAGE)
MU0, MU1 = (Setting(name, 0.0, -3, 3, 0.05, page=PAGE) for name in ("mu0", "mu1"))
S0, S1 = (Setting(name, 0.0, -2.75, 0, 0.05, page=PAGE) for name in ("s0", "s1"))
Q_SETTINGS = (MU0, MU1, S0, S1)
Q_LABELS = ("μ₀", "μ₁", "log σ₀", "log σ₁")

px, L = tex("x", r"\log p(x)"), tex("z", "L_b")
gap, paid = tex("mu", r"\mathrm{KL}(q\,\|\,p(z|x))"), tex("rate", r"\mathrm{KL}(q\,\|\,p(z))")
fit = tex("distortion", r"\mathrm{E}_q \log p(x|z)")
MATHEMATICS = read_mathematics(__file__, px=px, L=L, gap=gap, fit=fit, paid=paid)
EXPLANATIONS = {
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
        "explorer.lessons.elbo.compute:gradient_ascent",
    ),
    (IMAGE, MODE, STEP, *Q_SETTINGS),
    concepts=(13, 14, 15, 16, 27),
    runs=(RUN,),
)


@st.cache_resource(max_entries=1, show_spinner="Decoding 65,536 points of the latent space…")
def _decode_grid(version: str, _run):
    from explorer.lessons.elbo.compute import decode_grid

    return decode_grid(RunView(_run).load())


@st.cache_resource(max_entries=16, show_spinner=False)
def _evidence(version: str, row: int, _run):
    from explorer.lessons.elbo.compute import compute_evidence

    return compute_evidence(
        RunView(_run).load(), _decode_grid(version, _run), RunView(_run).embedding.images[row]
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _gradient_ascent(version: str, row: int, start: tuple[float, ...], _run) -> list[tuple[float, ...]]:
    from explorer.lessons.elbo.compute import gradient_ascent

    return gradient_ascent(_evidence(version, row, _run), start, N_STEPS)


def picture(runs: dict[str, Run]) -> None:
    run = runs[RUN]
    version, e = run_version(run), RunView(run).embedding
    left, right = st.columns([3, 2], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            row = IMAGE.number_input("Test image", min(len(e.images), 360) - 1)
            by_hand = MODE.segmented_control("Move q", list(MODES), MODES.get) == "hand"
            encoder = (*e.mu[row].tolist(), *(e.logvar[row] / 2).tolist())
            if by_hand:
                st.button("Use the encoder's q", on_click=_set_q, args=(encoder,))
            else:
                st.button(
                    "Play",
                    key="play-learn_elbo",
                    on_click=_start_animation,
                    icon=":material/play_arrow:",
                    type="primary",
                )
        if by_hand:
            for pair in (0, 2):
                with st.container(horizontal=True):
                    for setting, label in zip(Q_SETTINGS[pair : pair + 2], Q_LABELS[pair : pair + 2]):
                        setting.slider(label)
        else:
            STEP.slider("Step, from your q")
        is_playing = not by_hand and st.session_state.pop(f"{PAGE} play", False)
        charts = _make_container(is_playing)
    with right:
        containers = charts, _make_container(is_playing)
    for prompt, answer in EXPLANATIONS.items():
        with st.expander(prompt):
            st.markdown(answer)
    start = tuple(setting.get() for setting in Q_SETTINGS)
    path = [start] if by_hand else _gradient_ascent(version, row, start, run)
    last_step = 0 if by_hand else STEP.get()
    if is_playing:
        start_time = time.monotonic()
        while (progress := (time.monotonic() - start_time) / ANIMATION_SECONDS) < 1:
            # the bound rises most in the first steps
            _draw(run, row, path, round(last_step * progress**2), encoder, containers)
            time.sleep(0.03)
    _draw(run, row, path, last_step, encoder, containers)


def _set_q(q: tuple[float, ...]) -> None:
    """Set the controls of q to a value, rounded to their steps."""
    for setting, value in zip(Q_SETTINGS, q):
        setting.set(
            float(np.clip(round(value / setting.step) * setting.step, setting.low, setting.high).round(2))
        )


def _start_animation() -> None:
    """Choose the last step, and let the next run animate the steps before it."""
    STEP.set(N_STEPS)
    st.session_state[f"{PAGE} play"] = True


def _make_container(is_playing: bool):
    """Return a container for one drawing; or, while the animation plays, a placeholder whose charts are
    replaced.
    """
    return st.empty() if is_playing else st.container()


def _draw(run, row: int, path: list, step: int, encoder: tuple, containers: tuple) -> None:
    """Draw q, the bars and the plane at one step of the ascent."""
    from explorer.figures.images import to_uint8
    from explorer.figures.live import fill_data
    from explorer.lessons.elbo.compute import GRID, log_normaliser
    from explorer.lessons.elbo.figure import (
        ascent_curve,
        ascent_curve_data,
        bound_bars,
        bound_bars_data,
        equation,
        latent_plane,
        latent_plane_data,
    )

    e, image = RunView(run).embedding, _evidence(run_version(run), row, run)
    steps, log_evidence = [image.terms(q) for q in path], image.log_evidence
    q, terms = path[step], steps[step]
    lowest = np.floor(min(image.terms((0.0, 0.0, 0.0, 0.0)).bound, steps[0].bound) / 5) * 5
    bar_container, plane_container = (place.container() for place in containers)
    above, below = bar_container.columns(2)
    above.latex(equation(px, log_evidence, L, terms.bound, "+", gap))
    below.latex(equation(L, terms.bound, fit, terms.log_likelihood, "-", paid))
    bar_container.vega_lite_chart(
        fill_data(bound_bars(), **bound_bars_data(log_evidence, terms.bound, terms.log_likelihood, lowest)),
        width="stretch",
    )
    if len(path) > 1:
        bar_container.vega_lite_chart(
            fill_data(
                ascent_curve(N_STEPS),
                **ascent_curve_data([at_step.bound for at_step in steps], log_evidence, step, lowest),
            ),
            width="stretch",
        )
    data = latent_plane_data(GRID.axis, np.exp(image.log_posterior), q, encoder, path[: step + 1], e.mu, e.y)
    plane_container.vega_lite_chart(fill_data(latent_plane(), **data), width="content")
    with plane_container.container(horizontal=True):
        decoded = RunView(run).decode(np.array(q[:2]))
        for picture, caption in ((e.images[row], "image x"), (decoded, "E[x|μ]")):
            st.image(to_uint8(picture), caption, width=88, alt=caption)
        st.caption(
            "Blue: true posterior. Pink: q, 1 and 2 standard deviations. Dashed: the encoder's q,"
            f" {image.terms(encoder).kl_to_posterior:.2f} nats from the true posterior. Grey: codes of test"
            " images."
        )
    if not run.spec.likelihood_kind.is_density:
        missing = log_normaliser(RunView(run).load(), np.array(q[:2]))
        bar_container.caption(
            "For grey pixels the Bernoulli likelihood is not a normalised density: log p(x|μ) lacks a"
            f" log-normaliser of **{missing:.1f} nats** (Loaiza-Ganem and Cunningham, NeurIPS 2019). The"
            " continuous Bernoulli likelihood includes it."
        )
