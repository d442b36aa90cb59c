"""A mixture of K Gaussians, and a VAE as an infinite mixture: one network gives the mean and the width of
each of its Gaussians.
"""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, tex
from explorer.ui.words import format_number

NAME = "mixture"
PAGE = page_name(NAME)
MAX_GAUSSIANS, N_SAMPLES = 12, 150
K = Setting("k", 3, 1, MAX_GAUSSIANS, page=PAGE)
Z = Setting("z", 0.0, -3, 3, 0.05, page=PAGE)

px, z, m, s = tex("x", "p(x)"), tex("z", "z"), tex("mu", "m"), tex("sigma", "s")
MATHEMATICS = read_mathematics(__file__, px=px, z=z, m=m, s=s)

LESSON = Lesson(
    NAME,
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
    (
        "explorer.lessons.mixture.compute:Mixture",
        "explorer.lessons.mixture.compute:infinite_mixture",
        "explorer.lessons.mixture.compute:elbo",
    ),
    (K, Z),
    concepts=(12,),
)


@st.cache_data(show_spinner="Fitting mixtures…")
def _fit_mixtures() -> list:
    """Fit a mixture of each number of Gaussians."""
    from explorer.lessons.mixture.compute import fit_mixture, sample_truth

    return [fit_mixture(sample_truth(0), k) for k in range(1, MAX_GAUSSIANS + 1)]


@st.cache_resource(show_spinner="Training a small VAE, about two seconds…")
def _train_decoder():
    """Train the decoder of the small VAE."""
    from explorer.lessons.mixture.compute import sample_truth, train_decoder

    return train_decoder(sample_truth(0))


@st.cache_data(show_spinner=False)
def _scores():
    """Return mean test log-likelihoods in nats: of each mixture, of the VAE, of the true density; and mixture
    − VAE (Difference) for each K.
    """
    from explorer.latent.difference import mean_difference
    from explorer.lessons.mixture.compute import infinite_mixture, sample_truth, true_density

    test = sample_truth(1)
    vae = np.log(infinite_mixture(_train_decoder()).density(test))
    mixtures = [np.log(mixture.density(test)) for mixture in _fit_mixtures()]
    return (
        [float(log_density.mean()) for log_density in mixtures],
        float(vae.mean()),
        float(np.log(true_density(test)).mean()),
        [mean_difference(log_density, vae) for log_density in mixtures],
    )


def _x_grid() -> np.ndarray:
    from explorer.lessons.mixture.compute import MAX_X, MIN_X

    return np.linspace(MIN_X, MAX_X, 171)


def picture(runs: dict[str, Run]) -> None:
    from explorer.lessons.mixture import compute
    from explorer.lessons.mixture.figure import (
        MIXTURE_COLOUR,
        VAE_COLOUR,
        mixture_plot,
        network_plot,
        score_plot,
    )

    x, numbers, grid = _x_grid(), compute.sample_truth(0), np.linspace(-3, 3, 241)
    decoder = _train_decoder()
    rng = np.random.default_rng(0)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        k = K.slider("K, number of Gaussians")
        mixture = _fit_mixtures()[k - 1]
        figure = mixture_plot(
            "Mixture",
            MIXTURE_COLOUR,
            x,
            numbers,
            mixture.component_densities(x),
            mixture.density(x),
            mixture.sample(N_SAMPLES, rng),
        )
        plots(f"{PAGE} mixture", [figure])
        st.markdown(
            "**Mixture:** one Gaussian." if k == 1 else f"**Mixture:** {k} Gaussians, and their sum (bold)."
        )
    with middle:
        z = Z.slider("z, index of a Gaussian of the VAE")
        (mean,), (sd,) = compute.decode_gaussians(decoder, np.array([z]))
        finite, infinite = compute.finite_mixture(decoder, k), compute.infinite_mixture(decoder)
        selected = compute.Mixture(np.array([1 / k]), np.array([mean]), np.array([sd])).density(x)
        figure = mixture_plot(
            "VAE",
            VAE_COLOUR,
            x,
            numbers,
            finite.component_densities(x),
            infinite.density(x),
            infinite.sample(N_SAMPLES, rng),
            selected,
            finite.density(x),
        )
        plots(f"{PAGE} vae", [figure])
        st.markdown(
            f"**VAE:** the mixture of all its Gaussians (bold); {k} of them, at equally likely z (thin), and"
            " their sum (dashed); the Gaussian at z (orange)."
        )
    with right:
        st.markdown(
            f"**Network:** z = {format_number(z, 2)} selects the mean m(z) = **{format_number(mean, 2)}** and"
            f" the standard deviation s(z) = **{sd:.2f}**."
        )
        figure = network_plot(grid, *compute.decode_gaussians(decoder, grid), x, (z, mean, sd))
        plots(f"{PAGE} network", [figure])
    by_k, vae, truth, _ = _scores()
    plots(f"{PAGE} scores", [score_plot(by_k, vae, truth, k)])
    _show_comparison(k)


def _show_comparison(k: int) -> None:
    """Show both test log-likelihoods, and which model fits better, only where the interval of the difference
    excludes 0.
    """
    by_k, vae, truth, differences = _scores()
    difference = differences[k - 1]
    verdict = {
        1: "The mixture fits better.",
        -1: "The VAE fits better.",
        0: "Which one fits better is not established.",
    }[difference.sign]
    first_better = next(
        (i + 1 for i in range(MAX_GAUSSIANS) if all(d.sign == 1 for d in differences[i:])), None
    )
    st.markdown(
        f"Mixture **{format_number(by_k[k - 1], 2)}**, VAE **{format_number(vae, 2)}**, true density"
        f" {format_number(truth, 2)} nats per number. Mixture − VAE: {difference.format(2)}. {verdict}"
        + (f" From K = {first_better} on, the mixture fits better." if first_better else "")
    )
    st.caption(
        "These are mean log-likelihoods of 2,000 test numbers; ± is a 95% interval over these numbers. Each"
        f" model was trained once. The points below the curves are {N_SAMPLES} samples of each model."
    )
