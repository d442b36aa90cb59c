"""The lesson on the KL divergence of a posterior from the prior, and of all posteriors together."""

import numpy as np
import streamlit as st

from explorer.figures.palette import RED
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, find_runs, page_name, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "kl"
PAGE = page_name(NAME)
MU = Setting("mu", 1.0, -3, 3, 0.1, page=PAGE)
S = Setting("s", -2.0, -11, 2, 0.1, page=PAGE)
RUN = "mnist-vae-2d"

z = tex("z", "z")
mu = tex("mu", r"\mu")
mu2 = tex("mu", r"\mu^2")
var = tex("sigma", r"\sigma^2")
s = tex("sigma", "s")
sig = tex("sigma", r"\sigma")
# Blue and red, as in the figure.
kl = tex("rate", r"\mathrm{KL}")
exp_s = tex("x", "e^{s}")
line = rf"\textcolor{{{RED}}}{{(1 + s)}}"
MATHEMATICS = read_mathematics(
    __file__, kl=kl, mu=mu, var=var, mu2=mu2, exp_s=exp_s, line=line, s=s, z=z, sig=sig
)

LESSON = Lesson(
    NAME,
    "The KL divergence penalises every difference between a posterior and the prior. **Move μ and s,** and"
    " compare its parts for the mean and the width.",
    Question(
        "Let μ = 0. At which σ is KL lowest?",
        ("As small as possible", "σ = 1, as in the prior", "As large as possible"),
        1,
        "At μ = 0 and σ = 1 the posterior equals the prior, and KL is 0. But if every posterior equals the"
        " prior, z carries no information about the image.",
    ),
    MATHEMATICS,
    ("explorer.objectives.rate:kl_per_dimension", "explorer.models.posterior:GaussianPosterior"),
    (MU, S),
    concepts=(7, 8),
)


def _format_significant(value: float) -> str:
    """Return a value with two significant digits, without an exponent."""
    return np.format_float_positional(value, precision=2, fractional=False, trim="-")


def picture(runs: dict[str, Run]) -> None:
    from explorer.lessons.kl.compute import rate
    from explorer.lessons.kl.figure import densities, grid, surface, variance_term

    left, right = st.columns(2)
    with left:
        mu = MU.slider("μ, the mean of the posterior")
    with right:
        s = S.slider("s, the logarithm of its variance")
    total, mean_part, is_answered = float(rate(mu, s)), float(rate(mu, 0.0)), bool(LESSON.answer.get())
    st.markdown(
        f"σ = {_format_significant(np.exp(s / 2))}. KL = **{total:.2f} nats**: {mean_part:.2f} for the mean"
        f" and {total - mean_part:.2f} for the width."
    )
    content = [densities(mu, s), variance_term(s, is_answered)]
    if is_answered:
        content.append(surface(rate(*grid()), mu, s))
    plots("learn kl", content)
    if not is_answered:
        st.caption(
            "After your prediction, this page also shows the difference of the two curves, and KL at every μ"
            " and s."
        )
    _show_aggregate()


@st.cache_data(show_spinner="Computing the aggregate posterior…", max_entries=4)
def _aggregates(
    version: str, _mu: np.ndarray, _logvar: np.ndarray
) -> tuple[list[tuple[str, np.ndarray, np.ndarray]], list[float], float]:
    """Return name, z and density of each dimension's aggregate posterior; the KL divergence of each from the
    prior, and that of both jointly.
    """
    from explorer.latent.aggregate import aggregate_posterior, joint_kl_to_prior, kl_to_prior

    densities = [
        (words.dimension_label(i), *aggregate_posterior(_mu[:, i], _logvar[:, i]))
        for i in range(_mu.shape[1])
    ]
    return (
        densities,
        [kl_to_prior(z, density) for _, z, density in densities],
        joint_kl_to_prior(_mu, _logvar),
    )


def _show_aggregate() -> None:
    """Show the aggregate posterior of a run, and its KL divergence from the prior."""
    from explorer.figures.kl_weight import aggregate_against_prior

    run = find_runs((RUN,)).get(RUN)
    if run is None:
        return
    embedding = RunView(run).embedding
    densities, marginal, joint = _aggregates(run_version(run), embedding.mu, embedding.logvar)
    low, high = np.exp(np.quantile(embedding.logvar, (0.025, 0.975)))
    st.markdown(
        f"**The aggregate posterior** of {len(embedding.mu):,} test images of MNIST is **{joint:.2f} nats**"
        " from the"
        " prior: "
        + " and ".join(f"{kl:.2f} for {name} alone" for kl, (name, *_) in zip(marginal, densities))
        + f", and {joint - sum(marginal):.2f} because the dimensions depend on each other. KL of a single"
        f" image is {run.test.rate:.1f} nats on average; 95% of the variances are between"
        f" {_format_significant(low)} and {_format_significant(high)}."
    )
    st.plotly_chart(
        aggregate_against_prior(densities),
        key="together",
        config={"displayModeBar": False},
        alt="Density of the aggregate posterior of each dimension, and of the prior",
    )
