"""The KL divergence between a posterior and the prior: a price for every bit of news in a code."""

import numpy as np
import pandas as pd
import streamlit as st

from explorer.figures.palette import RED
from explorer.ui import cache, words
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (7, 8)
PAGE = "learn_kl"
MU = Setting("mu", 1.0, -3, 3, 0.1, page=PAGE)
S = Setting("s", -2.0, -6, 2, 0.1, page=PAGE)
SHOWN = "mnist-vae-2d"

mu, mu2, var, s, sig = tex("mu", r"\mu"), tex("mu", r"\mu^2"), tex("sigma", r"\sigma^2"), tex("sigma", "s"), tex("sigma", r"\sigma")
kl, exp_s, line = tex("rate", r"\mathrm{KL}"), tex("x", "e^{s}"), rf"\textcolor{{{RED}}}{{(1 + s)}}"  # blue and red, as drawn
MATHEMATICS = rf"""
For each dimension, in closed form and in nats:

$${kl}\big(N({mu}, {var})\,\|\,N(0, 1)\big) = \tfrac12\Big({mu2} + {exp_s} - {line}\Big), \qquad {s} = \log {var}.$$

It is a sum of two prices: $\tfrac12 {mu2}$ for lying away from 0, and $\tfrac12\big({exp_s} - {line}\big)$ for a width other than 1. The
line ${line}$ touches the curve ${exp_s}$ at ${s} = 0$ and lies below it everywhere else: so the difference is never negative, and lowest
where the variance is 1.

**Why the log of the variance?** A variance must be positive, and useful ones reach from a thousandth to one. Its logarithm may be any
number, so that a network can put it out without a constraint, and a step of the same size means the same ratio everywhere.

**Why N(0, I)?** Any fixed distribution would hold the codes together. This one has a closed form, treats all directions alike, and is
easy to draw from: that is how a VAE makes new images.

*A slip that is easy to make:* to write ${var} + {mu2} - \log {sig} - 1$. That is lowest at ${sig} = 0.707$, not at 1: the logarithm is of
the variance, and the whole is halved. Another: to read "${sig} = 0$" off the curve above as an AE. It is ${s}$ that is 0 there, and the
variance 1; an AE, whose variance is 0, lies at ${s} \to -\infty$, where the price has no end.
"""

LESSON = Lesson(
    PAGE,
    "A posterior pays for every difference from the prior. **Move μ and s,** and watch which of the two costs more: being elsewhere, or "
    "being narrow.",
    Question("A posterior at μ = 0 may choose its width. At which σ does it pay least?",
             ("As narrow as it can be", "σ = 1, as wide as the prior", "As wide as it can be"), 1,
             "There it equals the prior, and the price is 0. But then every image has the same code, and the code says nothing: at σ = 1, "
             "μ = 0 no information is carried. Drag s to 0 and μ to 0 to see it."),
    MATHEMATICS,
    ("explorer.objectives.rate:rate_per_dimension", "explorer.models.posterior:Gaussian"),
    (MU, S),
)


@st.cache_resource(show_spinner=False)
def _surface() -> dict:
    from explorer.figures.lesson_kl import grid, surface
    from explorer.lessons.kl import rate

    return surface(rate(*grid()))


def picture() -> None:
    from explorer.figures.lesson_kl import densities, densities_at, variance_term
    from explorer.figures.live import fill
    from explorer.lessons.kl import rate

    left, right = st.columns(2)
    with left:
        mu = MU.slider("μ, where the posterior lies")
    with right:
        s = S.slider("s, the log of its variance")
    whole, away, asked = float(rate(mu, s)), float(rate(mu, 0.0)), bool(LESSON.answer.get())
    st.markdown(f"σ = {np.exp(s / 2):.2f}. The price is **{whole:.2f} nats**: {away:.2f} for lying at {words.minus(mu)}, and "
                f"{whole - away:.2f} for its width.")
    lies, pays, everywhere = st.columns(3)
    lies.vega_lite_chart(fill(densities(), **densities_at(mu, s)), width="stretch")
    curve = pd.DataFrame({"s": [s], "value": [np.exp(s) - 1 - s]} if asked else {"s": [], "value": []})
    pays.vega_lite_chart(fill(variance_term(asked), here=curve), width="stretch")
    if asked:
        everywhere.vega_lite_chart(fill(_surface(), here=pd.DataFrame({"mu": [mu], "s": [s]})), width="stretch")
    else:
        everywhere.caption("Predict first; then the difference of the two curves is drawn, and the price of every μ and s.")
    _together()


@st.cache_data(show_spinner=False)
def _aggregates(version: str, _mu: np.ndarray, _logvar: np.ndarray) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Name, z and density of each dimension's aggregate posterior."""
    from explorer.latent.aggregate import aggregate_posterior

    return [(words.dimension(i), *aggregate_posterior(_mu[:, i], _logvar[:, i])) for i in range(_mu.shape[1])]


def _together() -> None:
    """What all posteriors of a run make together."""
    from explorer.figures.kl_weight import aggregate_against_prior
    from explorer.latent.aggregate import kl_to_prior

    run = next((run for run in cache.all_runs()[0] if run.name == SHOWN), None)
    if run is None:
        return
    e = cache.view(run).embedding
    found = _aggregates(cache.version(run), e.mu, e.logvar)
    st.markdown(f"**What it is for.** The posteriors of all {len(e.mu):,} test images of MNIST together, the aggregate posterior: "
                + ", ".join(f"{name} is {kl_to_prior(z, density):.2f} nats from the prior" for name, z, density in found)
                + f". Yet a single image pays {run.test.rate:.1f} on average, both dimensions together: each is narrow and has a place of "
                "its own, and together they nearly make up the prior.")
    st.plotly_chart(aggregate_against_prior(found), key="together", config={"displayModeBar": False},
                    alt="Density of the aggregate posterior of each dimension, and of the prior")


teach(LESSON, picture)
