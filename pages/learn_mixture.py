"""A mixture of Gaussians, and a VAE as one without end: a network says where each of its Gaussians lies."""

import numpy as np
import streamlit as st

from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting
from explorer.ui.words import minus

CONCEPTS = (12,)
PAGE = "learn_mixture"
MOST, DRAWS = 12, 150
K = Setting("k", 3, 1, MOST, page=PAGE)
Z = Setting("z", 0.0, -3, 3, 0.05, page=PAGE)

px, z, m, s = tex("x", "p(x)"), tex("z", "z"), tex("mu", "m"), tex("sigma", "s")
MATHEMATICS = rf"""
**A mixture** picks one of $K$ Gaussians with probability $P(k)$, and draws $x$ from it. Whichever it was, the density of $x$ is the sum

$${px} = \sum_{{k=1}}^{{K}} P(k)\,N\big(x;\, \mu_k, \sigma_k^2\big).$$

Each has a weight, a mean and a width of its own: $3K - 1$ numbers in all, because the weights add up to 1.

**A VAE** picks by a number ${z}$ that may take any value, so that the sum becomes an integral, and the mixture has no end:

$${px} = \int p({z})\,N\big(x;\, {m}({z}), {s}({z})^2\big)\,d{z}, \qquad p({z}) = N({z}; 0, 1).$$

The weights are not learnt: $p({z})$ is fixed. Means and widths come from one network, ${m}({z})$ and ${s}({z})$, with as many weights as it
has, however many Gaussians are asked for. Neighbours in ${z}$ get similar Gaussians: ${m}$ is continuous, so that between two humps it must
cross what lies between. It crosses fast, and only few ${z}$ are spent there.

Here the integral is a sum over 2,400 values of ${z}$. With an image for $x$ and sixteen numbers for ${z}$ nobody can sum like this: that is
why a VAE is trained by a lower bound, as this one was.

*A slip that is easy to make:* to call ${z}$ the weight of its Gaussian. It is the name of one, as $k$ is; its weight is $p({z})\,d{z}$.
"""

LESSON = Lesson(
    PAGE,
    "2,000 numbers (grey), and two ways to say how they are spread. **Add Gaussians** to a mixture (pink). **Move z** in a VAE (green), "
    "and watch which Gaussian it picks.",
    Question("Of each of K Gaussians one must learn weight, mean and width. A VAE mixes infinitely many. Where are theirs kept?",
             ("In a long list, one for each training image", "In one network, and in the prior of z", "Nowhere: they are all alike"), 1,
             "The weight is the prior's, N(0, 1), and is not learnt. Mean and width are what one network makes of z: "
             "move z to see them go by."),
    MATHEMATICS,
    ("explorer.lessons.mixture:Mixture", "explorer.lessons.mixture:endless", "explorer.lessons.mixture:elbo"),
    (K, Z),
)


@st.cache_data(show_spinner="Fitting mixtures…")
def _fitted() -> list:
    """A mixture of each number of Gaussians."""
    from explorer.lessons.mixture import drawn, fitted

    return [fitted(drawn(0), k) for k in range(1, MOST + 1)]


@st.cache_resource(show_spinner="Training a small VAE, two seconds or so…")
def _trained():
    from explorer.lessons.mixture import drawn, trained

    return trained(drawn(0))


@st.cache_data(show_spinner=False)
def _scores() -> tuple[list[float], float, float]:
    """Mean log-likelihood of numbers held out, nats: of each mixture, of the VAE, of the true density."""
    from explorer.lessons.mixture import drawn, endless, true_density

    held_out = drawn(1)
    return ([found.mean_log_likelihood(held_out) for found in _fitted()], endless(_trained()).mean_log_likelihood(held_out),
            float(np.log(true_density(held_out)).mean()))


@st.cache_resource(show_spinner=False)
def _still() -> dict[str, dict]:
    """The charts, to be filled with what moves."""
    from explorer.figures.lesson_mixture import PINK, mixture, network, scores
    from explorer.figures.palette import ACCENT
    from explorer.lessons.mixture import drawn, picked

    x, data, grid = _axis(), drawn(0), np.linspace(-3, 3, 241)
    return {"list": mixture(x, data, PINK), "endless": mixture(x, data, ACCENT), "network": network(grid, *picked(_trained(), grid), x),
            "scores": scores(*_scores())}


def _axis() -> np.ndarray:
    from explorer.lessons.mixture import HIGH, LOW

    return np.linspace(LOW, HIGH, 171)


def picture() -> None:
    from explorer.figures.lesson_mixture import mixture_at, network_at, scores_at
    from explorer.figures.live import fill
    from explorer.lessons.mixture import Mixture, endless, picked, some

    x, decoder, (by_k, vae, _), charts, rng = _axis(), _trained(), _scores(), _still(), np.random.default_rng(0)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        k = K.slider("K, how many Gaussians")
        of_k = _fitted()[k - 1]
        told = mixture_at(x, of_k.parts(x), of_k.density(x), of_k.draw(DRAWS, rng))
        st.vega_lite_chart(fill(charts["list"], **told), width="stretch")
        st.markdown(f"**{k} Gaussian{'s' * (k > 1)}** and {'its' if k == 1 else 'their'} sum, the bold line: {minus(by_k[k - 1], 2)} nats.")
    with middle:
        z = Z.slider("z, which Gaussian of the VAE")
        (mean,), (sd,) = picked(decoder, np.array([z]))
        few, whole = some(decoder, k), endless(decoder)
        one = Mixture(np.array([1 / k]), np.array([mean]), np.array([sd])).density(x)
        told = mixture_at(x, few.parts(x), whole.density(x), whole.draw(DRAWS, rng), one, few.density(x))
        st.vega_lite_chart(fill(charts["endless"], **told), width="stretch")
        st.markdown(f"**All Gaussians of the VAE**, bold: {minus(vae, 2)} nats. Thin: {k} of them, at equally likely z; dashed, their sum. "
                    "Orange: the one that z picks.")
    with right:
        st.markdown(f"z = {minus(z, 2)} picks the Gaussian of mean m(z) = **{minus(mean, 2)}** and width s(z) = **{sd:.2f}**.")
        st.vega_lite_chart(fill(charts["network"], **network_at(z, mean, sd)), width="stretch")
        st.markdown("**The network**: for every z a mean, and a width about it.")
    st.vega_lite_chart(fill(charts["scores"], **scores_at(by_k, k)), width="stretch")
    st.caption(f"Ticks: {DRAWS} numbers drawn from each model. Curve: mean log-likelihood of 2,000 other numbers from the same density, "
               "nats a number: higher is better. On a line a dozen Gaussians do well. An image has hundreds of pixels, and no list of "
               "Gaussians is long enough for all that they may show.")


teach(LESSON, picture)
