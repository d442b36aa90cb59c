"""A mixture of K Gaussians, and a VAE as an infinite mixture: one network gives the mean and the width of
each of its Gaussians.
"""

import numpy as np
import streamlit as st

from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, teach, tex
from explorer.ui.words import minus

CONCEPTS = (12,)
PAGE = "learn_mixture"
MOST, SAMPLES = 12, 150
K = Setting("k", 3, 1, MOST, page=PAGE)
Z = Setting("z", 0.0, -3, 3, 0.05, page=PAGE)

px, z, m, s = tex("x", "p(x)"), tex("z", "z"), tex("mu", "m"), tex("sigma", "s")
MATHEMATICS = rf"""
**A mixture** selects one of $K$ Gaussians with probability $P(k)$, and samples $x$ from it. The density of $x$ is the sum

$${px} = \sum_{{k=1}}^{{K}} P(k)\,N\big(x;\, \mu_k, \sigma_k^2\big).$$

Each Gaussian has its own weight, mean and standard deviation. These are $3K - 1$ free numbers, because the weights add up to 1.

**A VAE** selects by a continuous ${z}$, so that the sum becomes an integral, and the mixture is infinite:

$${px} = \int p({z})\,N\big(x;\, {m}({z}), {s}({z})^2\big)\,d{z}, \qquad p({z}) = N({z}; 0, 1).$$

The weights are not learned: $p({z})$ is fixed. The means and standard deviations come from one network, ${m}({z})$ and ${s}({z})$. The
size of the network does not grow with the number of Gaussians. Close values of ${z}$ have similar Gaussians: ${m}$ is continuous, so
between two modes it must pass through the values in between. It passes through them quickly, so few ${z}$ have such a mean.

**Which one fits better?** Mixtures of Gaussians are *dense*: with enough of them, any density can be approximated. For single numbers a
few come close, as the curve shows. For images, each Gaussian of a mixture needs its own mean image, while a VAE has one network for all.

Here the integral is a sum over 2,400 values of ${z}$. For an image $x$ and a ${z}$ of 16 dimensions this sum is intractable. That is why
a VAE, like this one, is trained with a lower bound.

*A common mistake* is to call ${z}$ the weight of its Gaussian. ${z}$ is the index of a Gaussian, as $k$ is; the weight is $p({z})\,d{z}$.
"""

LESSON = Lesson(
    PAGE,
    "Two models describe the density of 2,000 numbers (grey). **Add Gaussians** to a mixture (pink). **Move"
    " z** in a VAE (green), and watch which Gaussian it selects.",
    Question(
        "Each of K Gaussians has a weight, a mean and a standard deviation to learn. A VAE mixes infinitely"
        " many Gaussians. Where are these numbers stored?",
        (
            "In a list, one entry per training image",
            "In one network and the prior of z",
            "Nowhere: they are all equal",
        ),
        1,
        "The weight is given by the prior N(0, 1), which is not learned. The mean and the standard deviation"
        " are outputs of one network at z.",
    ),
    MATHEMATICS,
    ("explorer.lessons.mixture:Mixture", "explorer.lessons.mixture:endless", "explorer.lessons.mixture:elbo"),
    (K, Z),
)


@st.cache_data(show_spinner="Fitting mixtures…")
def _fitted() -> list:
    """A mixture of each number of Gaussians."""
    from explorer.lessons.mixture import drawn, fitted

    return [fitted(drawn(0), k) for k in range(1, MOST + 1)]


@st.cache_resource(show_spinner="Training a small VAE, about two seconds…")
def _trained():
    from explorer.lessons.mixture import drawn, trained

    return trained(drawn(0))


@st.cache_data(show_spinner=False)
def _scores():
    """Mean test log-likelihoods in nats: of each mixture, of the VAE, of the true density; and mixture − VAE
    (Difference) for each K.
    """
    from explorer.lessons.difference import mean_difference
    from explorer.lessons.mixture import drawn, endless, true_density

    test = drawn(1)
    vae, mixtures = (
        np.log(endless(_trained()).density(test)),
        [np.log(found.density(test)) for found in _fitted()],
    )
    return (
        [float(each.mean()) for each in mixtures],
        float(vae.mean()),
        float(np.log(true_density(test)).mean()),
        [mean_difference(each, vae) for each in mixtures],
    )


@st.cache_resource(show_spinner=False)
def _still() -> dict[str, dict]:
    """The charts, whose moving data are filled in."""
    from explorer.figures.lesson_mixture import PINK, mixture, network, scores
    from explorer.figures.palette import ACCENT
    from explorer.lessons.mixture import drawn, picked

    x, data, grid = _axis(), drawn(0), np.linspace(-3, 3, 241)
    return {
        "list": mixture(x, data, PINK),
        "endless": mixture(x, data, ACCENT),
        "network": network(grid, *picked(_trained(), grid), x),
        "scores": scores(*_scores()[:3]),
    }


def _axis() -> np.ndarray:
    from explorer.lessons.mixture import HIGH, LOW

    return np.linspace(LOW, HIGH, 171)


def picture() -> None:
    from explorer.figures.lesson_mixture import mixture_at, network_at, scores_at
    from explorer.figures.live import fill
    from explorer.lessons.mixture import Mixture, endless, picked, some

    x, decoder, by_k, charts, rng = _axis(), _trained(), _scores()[0], _still(), np.random.default_rng(0)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        k = K.slider("K, number of Gaussians")
        of_k = _fitted()[k - 1]
        told = mixture_at(x, of_k.parts(x), of_k.density(x), of_k.draw(SAMPLES, rng))
        st.vega_lite_chart(fill(charts["list"], **told), width="stretch")
        st.markdown(
            "**Mixture:** one Gaussian." if k == 1 else f"**Mixture:** {k} Gaussians, and their sum (bold)."
        )
    with middle:
        z = Z.slider("z, index of a Gaussian of the VAE")
        (mean,), (sd,) = picked(decoder, np.array([z]))
        few, whole = some(decoder, k), endless(decoder)
        one = Mixture(np.array([1 / k]), np.array([mean]), np.array([sd])).density(x)
        told = mixture_at(x, few.parts(x), whole.density(x), whole.draw(SAMPLES, rng), one, few.density(x))
        st.vega_lite_chart(fill(charts["endless"], **told), width="stretch")
        st.markdown(
            f"**VAE:** the mixture of all its Gaussians (bold); {k} of them, at equally likely z (thin), and"
            " their sum (dashed); the Gaussian at z (orange)."
        )
    with right:
        st.markdown(
            f"**Network:** z = {minus(z, 2)} selects the mean m(z) = **{minus(mean, 2)}** and the standard"
            f" deviation s(z) = **{sd:.2f}**."
        )
        st.vega_lite_chart(fill(charts["network"], **network_at(z, mean, sd)), width="stretch")
    st.vega_lite_chart(fill(charts["scores"], **scores_at(by_k, k)), width="stretch")
    _compared(k)


def _compared(k: int) -> None:
    """Both test log-likelihoods, and which model fits better, only where the interval of the difference
    excludes 0.
    """
    by_k, vae, truth, differences = _scores()
    difference = differences[k - 1]
    verdict = {
        1: "The mixture fits better.",
        -1: "The VAE fits better.",
        0: "Which one fits better is not established.",
    }[difference.sign]
    ahead = next((i + 1 for i in range(MOST) if all(d.sign == 1 for d in differences[i:])), None)
    st.markdown(
        f"Mixture **{minus(by_k[k - 1], 2)}**, VAE **{minus(vae, 2)}**, true density {minus(truth, 2)} nats"
        f" per number. Mixture − VAE: {difference.text(2)}. {verdict}"
        + (f" From K = {ahead} on, the mixture fits better." if ahead else "")
    )
    st.caption(
        "These are mean log-likelihoods of 2,000 test numbers; ± is a 95% interval over these numbers. Each"
        f" model was trained once. The ticks below the curves are {SAMPLES} samples of each model."
    )


teach(LESSON, picture)
