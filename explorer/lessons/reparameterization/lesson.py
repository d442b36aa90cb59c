"""The lesson on the reparameterization trick: z as a function of μ, σ and noise, so that a loss of z has a
gradient.
"""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, resample_button, tex

NAME = "reparameterization"
PAGE = page_name(NAME)
MU = Setting("mu", -0.5, -2, 2, 0.1, page=PAGE)
SIGMA = Setting("sigma", 0.8, 0.1, 2, 0.1, page=PAGE)
N = Setting("n", 10, 1, 1000, page=PAGE)
LOSS = Setting("loss", "bowl", page=PAGE, options=("bowl", "ripples"))
SEED = Setting("draw", 0, 0, 9999, page=PAGE)
BATCH_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LOSS_FORMULAS = {"bowl": "(z − 1)²", "ripples": "cos 4z"}
MAX_SHOWN_SAMPLES = 40  # samples shown, at most

mu, sigma, eps, z = tex("mu", r"\mu"), tex("sigma", r"\sigma"), tex("eps", r"\varepsilon"), tex("z", "z")
sigma2, mu_x, sigma_x = tex("sigma", r"\sigma^2"), tex("mu", r"\mu_\phi(x)"), tex("sigma", r"\sigma_\phi(x)")
MATHEMATICS = read_mathematics(
    __file__, z=z, mu=mu, sigma2=sigma2, sigma=sigma, mu_x=mu_x, sigma_x=sigma_x, eps=eps
)

LESSON = Lesson(
    NAME,
    "The encoder is trained through a random z. **Move μ and σ:** the noise ε stays the same, and each z"
    " moves with them.",
    Question(
        "z is sampled directly from N(μ, σ²). What is the gradient of the reconstruction loss with respect to"
        " μ and σ?",
        ("The same, with more noise", "0", "It has the wrong sign"),
        1,
        "A sampled z is a number that does not depend on μ and σ: the gradient is 0 in every batch (row"
        " *sampled directly*). Only KL would train the encoder, and every posterior would collapse to the"
        " prior.",
    ),
    MATHEMATICS,
    (
        "explorer.models.posterior:GaussianPosterior.sample",
        "explorer.lessons.reparameterization.compute:pathwise_gradient",
        "explorer.lessons.reparameterization.compute:score_function_gradient",
        "explorer.lessons.reparameterization.compute:direct",
    ),
    (MU, SIGMA, N, LOSS, SEED),
    concepts=(6,),
)


def picture(runs: dict[str, Run]) -> None:
    from explorer.lessons.reparameterization.compute import (
        estimate_gradients,
        loss_values,
        sample_noise,
        sample_path,
        spread_ratio,
    )
    from explorer.lessons.reparameterization.figure import MAX_Z, gradient_chart, loss_chart, sample_chart

    left, right = st.columns(2)
    with left:
        left_half, right_half = st.columns(2)
        with left_half:
            MU.slider("μ")
        with right_half:
            SIGMA.slider("σ")
    with right:
        left_half, right_half = st.columns(2, vertical_alignment="bottom")
        with left_half:
            N.set(min(BATCH_SIZES, key=lambda size: abs(size - N.get())))
            st.select_slider(
                "Samples in a batch",
                BATCH_SIZES,
                key=N.key,
                format_func="{:,}".format,
                persist_state="session",
            )
        with right_half:
            LOSS.selectbox("Loss f(z)", LOSS.options, LOSS_FORMULAS.get)
    mu, sigma, loss, n = MU.get(), SIGMA.get(), LOSS.get(), N.get()
    eps, grid = sample_noise(SEED.get())[:, :n], np.linspace(-MAX_Z, MAX_Z, 241)
    # Direct sampling is shown only after the prediction.
    estimators = ("direct", "score", "pathwise") if LESSON.answer.get() else ("score", "pathwise")
    estimates = estimate_gradients(loss, mu, sigma, eps)
    path = sample_path(loss, mu, sigma, eps[0, :MAX_SHOWN_SAMPLES])
    spreads = estimates.pathwise.std(0), estimates.score.std(0)
    with left:
        curve = grid, loss_values(loss, grid)
        plots("learn reparameterization samples", [sample_chart(path, mu, sigma)])
        plots("learn reparameterization loss", [loss_chart(loss, curve, path)])
    with right:
        for i, name in enumerate(("μ", "σ")):
            values = {estimator: getattr(estimates, estimator)[:, i] for estimator in estimators}
            axis_end = _round_up(1.5 * max(s[i] for s in spreads) * np.sqrt(n) + abs(estimates.exact[i]))
            chart = gradient_chart(values, float(estimates.exact[i]), name, axis_end)
            plots(f"learn reparameterization gradient {i}", [chart])
    exact = " and ".join(
        f"{words.format_number(estimates.exact[i], 2)} for {name}" for i, name in enumerate(("μ", "σ"))
    )
    ratios = " and ".join(
        f"{_format_ratio(*spread_ratio(estimates.score[:, i], estimates.pathwise[:, i]))} for {name}"
        for i, name in enumerate("μσ")
    )
    st.markdown(
        f"Both estimates have the same expectation, the exact gradient: {exact}. The standard deviation of"
        f" the score function, divided by that of z = μ + σ·ε, is {ratios} (95% intervals)."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Left: {min(n, MAX_SHOWN_SAMPLES)} samples of one batch, μ ± σ, and the slope of the loss at"
            " each z. Right:"
            f" the estimates of {len(eps)} batches of {n:,} (those beyond the axis are drawn at its end) with"
            " their standard deviation; orange: the exact gradient.",
            width="stretch",
        )
        resample_button(SEED)


def _format_ratio(ratio: float, low: float, high: float) -> str:
    """Return a ratio and its interval, with two digits."""
    digits = 2 if ratio < 1 else 1 if ratio < 10 else 0
    return f"**{ratio:.{digits}f}** ({low:.{digits}f} to {high:.{digits}f})"


def _round_up(value: float) -> float:
    """Round a value up to 1, 2 or 5 times a power of ten, so that an axis seldom changes."""
    power = 10 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if value <= step * power))
