"""The evidence lower bound: log p(x) is constant in q, and the KL divergence falls by as much as the bound
rises.
"""

import time

import numpy as np
import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.store.run import Run
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "elbo"
PAGE = page_name(NAME)
RUN = "digits-vae-2d"
N_STEPS = 40  # of the gradient ascent
ANIMATION_SECONDS, FRAME_SECONDS = 2.5, 0.03  # of the whole animation, and before its next frame
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
START_KEY = f"{PAGE} play"  # of the session, for when the animation began
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
        start = tuple(setting.get() for setting in Q_SETTINGS)
        path = [start] if by_hand else _gradient_ascent(version, row, start, run)
        progress = 1.0 if by_hand else _animation_progress()
        # the bound rises most in the first steps
        step = 0 if by_hand else round(STEP.get() * progress**2)
        _show_terms(run, row, path, step)
    with right:
        _show_plane(run, row, path[: step + 1], encoder)
    for prompt, answer in EXPLANATIONS.items():
        with st.expander(prompt):
            st.markdown(answer)
    if progress < 1:
        time.sleep(FRAME_SECONDS)
        _rerun()


def _set_q(q: tuple[float, ...]) -> None:
    """Set the controls of q to a value, rounded to their steps."""
    for setting, value in zip(Q_SETTINGS, q):
        setting.set(
            float(np.clip(round(value / setting.step) * setting.step, setting.low, setting.high).round(2))
        )


def _start_animation() -> None:
    """Choose the last step, and let the next runs show the steps before it."""
    STEP.set(N_STEPS)
    st.session_state[START_KEY] = time.monotonic()


def _animation_progress() -> float:
    """Return how much of the animation is over, from 0 to 1."""
    start = st.session_state.get(START_KEY)
    return 1.0 if start is None else min((time.monotonic() - start) / ANIMATION_SECONDS, 1.0)


def _rerun() -> None:
    """Run the interactive part again, or the whole page if it has just been run."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def _show_terms(run, row: int, path: list, step: int) -> None:
    """Show the bound and log p(x) at one step of the ascent, in equations and as bars."""
    from explorer.lessons.elbo.compute import log_normaliser
    from explorer.lessons.elbo.figure import ascent_curve, bound_bars, equation

    image = _evidence(run_version(run), row, run)
    steps, log_evidence = [image.terms(q) for q in path], image.log_evidence
    terms = steps[step]
    lowest = float(np.floor(min(image.terms((0.0, 0.0, 0.0, 0.0)).bound, steps[0].bound) / 5) * 5)
    above, below = st.columns(2)
    above.latex(equation(px, log_evidence, L, terms.bound, "+", gap))
    below.latex(equation(L, terms.bound, fit, terms.log_likelihood, "-", paid))
    plots(f"{PAGE} bars", [bound_bars(log_evidence, terms.bound, terms.log_likelihood, lowest)])
    if len(path) > 1:
        bounds = [at_step.bound for at_step in steps]
        plots(f"{PAGE} ascent", [ascent_curve(bounds, log_evidence, step, lowest)])
    if not run.spec.likelihood_kind.is_density:
        missing = log_normaliser(RunView(run).load(), np.array(path[step][:2]))
        st.caption(
            "For grey pixels the Bernoulli likelihood is not a normalised density: log p(x|μ) lacks a"
            f" log-normaliser of **{missing:.1f} nats** (Loaiza-Ganem and Cunningham, NeurIPS 2019). The"
            " continuous Bernoulli likelihood includes it."
        )


def _show_plane(run, row: int, path: list, encoder: tuple) -> None:
    """Show the latent plane with the path of q, and the image decoded at its present mean."""
    from explorer.figures.images import to_data_uri
    from explorer.lessons.elbo.compute import GRID
    from explorer.lessons.elbo.figure import latent_plane

    e, image, q = RunView(run).embedding, _evidence(run_version(run), row, run), path[-1]
    posterior = np.exp(image.log_posterior)
    plots(f"{PAGE} plane", [latent_plane(GRID.axis, posterior, q, encoder, path, e.mu, e.y, run.class_names)])
    with st.container(horizontal=True):
        decoded = RunView(run).decode(np.array(q[:2]))
        # In the page itself: a file would be deleted at the next frame, perhaps before it is fetched
        for picture, caption in ((e.images[row], "image x"), (decoded, "E[x|μ]")):
            st.image(to_data_uri(picture), caption, width=88, alt=caption)
        st.caption(
            "Blue: true posterior. Pink: q, 1 and 2 standard deviations. Dashed: the encoder's q,"
            f" {image.terms(encoder).kl_to_posterior:.2f} nats from the true posterior. Grey: codes of test"
            " images."
        )
