"""The lesson on the KL divergence of a posterior from the prior, and of all posteriors together."""

import numpy as np
import pandas as pd
import streamlit as st

from explorer.figures.palette import RED
from explorer.ui import cache, words
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, teach, tex

CONCEPTS = (7, 8)
PAGE = "learn_kl"
MU = Setting("mu", 1.0, -3, 3, 0.1, page=PAGE)
S = Setting("s", -2.0, -11, 2, 0.1, page=PAGE)
SHOWN = "mnist-vae-2d"

z = tex("z", "z")
mu, mu2, var, s, sig = (
    tex("mu", r"\mu"),
    tex("mu", r"\mu^2"),
    tex("sigma", r"\sigma^2"),
    tex("sigma", "s"),
    tex("sigma", r"\sigma"),
)
kl, exp_s, line = (
    tex("rate", r"\mathrm{KL}"),
    tex("x", "e^{s}"),
    rf"\textcolor{{{RED}}}{{(1 + s)}}",
)  # blue and red, as drawn
MATHEMATICS = rf"""
For each dimension the KL divergence has a closed form, in nats:

$${kl}\big(N({mu}, {var})\,\|\,N(0, 1)\big) = \tfrac12\Big({mu2} + {exp_s} - {line}\Big), \qquad {s} = \log {var}.$$

It has two parts: $\tfrac12 {mu2}$ for the mean, and $\tfrac12\big({exp_s} - {line}\big)$ for the width. The line ${line}$ touches the curve
${exp_s}$ at ${s} = 0$ and lies below it everywhere else. So the second part is never negative, and 0 only where the variance is 1.

**Why the logarithm of the variance?** A variance must be positive, and the variances of trained posteriors differ by powers of ten (see the
figures above). Its logarithm can be any number, so a network can output it without a constraint, and equal steps are equal ratios.

**Why N(0, I)?** Any fixed distribution would hold the codes together. This one has a closed form, treats all directions alike, and is
easy to sample from when a VAE generates new images.

**The aggregate posterior** $q({z})$ is the mean of all posteriors. The mean of KL over the images, the rate, is

$$I(x; {z}) + {kl}\big(q({z})\,\|\,p({z})\big)$$

(Hoffman and Johnson, 2016): the information that ${z}$ carries about the image, and the distance of the aggregate posterior from the prior.
That distance is the sum of the KL divergences of the marginals, one for each dimension, and of the total correlation, which is 0
only if the dimensions are independent. So marginals close to the prior do not make the aggregate posterior the prior. The distance
also depends on the number of images: fewer narrow posteriors leave more space between them.

*Common mistakes.* One is to write ${var} + {mu2} - \log {sig} - 1$. It is lowest at ${sig} = 0.707$, not at 1: the logarithm must be that
of the variance, and the sum must be halved. Another is to read ${s} = 0$ as "${sig} = 0$, an AE". At ${s} = 0$ the variance is 1; an AE
has variance 0, ${s} \to -\infty$, where KL is infinite.
"""

LESSON = Lesson(
    PAGE,
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
    ("explorer.objectives.rate:rate_per_dimension", "explorer.models.posterior:Gaussian"),
    (MU, S),
)


def _significant(value: float) -> str:
    """Two significant digits, without an exponent."""
    return np.format_float_positional(value, precision=2, fractional=False, trim="-")


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
        mu = MU.slider("μ, the mean of the posterior")
    with right:
        s = S.slider("s, the logarithm of its variance")
    whole, away, asked = float(rate(mu, s)), float(rate(mu, 0.0)), bool(LESSON.answer.get())
    st.markdown(
        f"σ = {_significant(np.exp(s / 2))}. KL = **{whole:.2f} nats**: {away:.2f} for the mean and"
        f" {whole - away:.2f} for the width."
    )
    lies, pays, everywhere = st.columns(3)
    lies.vega_lite_chart(fill(densities(), **densities_at(mu, s)), width="stretch")
    curve = pd.DataFrame({"s": [s], "value": [np.exp(s) - 1 - s]} if asked else {"s": [], "value": []})
    pays.vega_lite_chart(fill(variance_term(asked), here=curve), width="stretch")
    if asked:
        everywhere.vega_lite_chart(
            fill(_surface(), here=pd.DataFrame({"mu": [mu], "s": [s]})), width="stretch"
        )
    else:
        everywhere.caption(
            "After your prediction, this page also shows the difference of the two curves, and KL at every μ"
            " and s."
        )
    _together()


@st.cache_data(show_spinner="Computing the aggregate posterior…", max_entries=4)
def _aggregates(
    version: str, _mu: np.ndarray, _logvar: np.ndarray
) -> tuple[list[tuple[str, np.ndarray, np.ndarray]], list[float], float]:
    """Name, z and density of each dimension's aggregate posterior; the KL divergence of each from the prior,
    and of both jointly.
    """
    from explorer.latent.aggregate import aggregate_posterior, joint_kl_to_prior, kl_to_prior

    found = [
        (words.dimension(i), *aggregate_posterior(_mu[:, i], _logvar[:, i])) for i in range(_mu.shape[1])
    ]
    return found, [kl_to_prior(z, density) for _, z, density in found], joint_kl_to_prior(_mu, _logvar)


def _together() -> None:
    """What all posteriors of a run form together."""
    from explorer.figures.kl_weight import aggregate_against_prior

    run = next((run for run in cache.all_runs()[0] if run.name == SHOWN), None)
    if run is None:
        return
    e = cache.view(run).embedding
    found, marginal, joint = _aggregates(cache.version(run), e.mu, e.logvar)
    low, high = np.exp(np.quantile(e.logvar, (0.025, 0.975)))
    st.markdown(
        f"**The aggregate posterior** of {len(e.mu):,} test images of MNIST is **{joint:.2f} nats** from the"
        " prior: "
        + " and ".join(f"{kl:.2f} for {name} alone" for kl, (name, *_) in zip(marginal, found))
        + f", and {joint - sum(marginal):.2f} because the dimensions depend on each other. KL of a single"
        f" image is {run.test.rate:.1f} nats on average; 95% of the variances are between"
        f" {_significant(low)} and {_significant(high)}."
    )
    st.plotly_chart(
        aggregate_against_prior(found),
        key="together",
        config={"displayModeBar": False},
        alt="Density of the aggregate posterior of each dimension, and of the prior",
    )


teach(LESSON, picture)
