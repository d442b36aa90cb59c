"""The lesson on posteriors: two that overlap, and how good the encoder's is for images unlike those it was
trained on.
"""

import numpy as np
import streamlit as st

from explorer.latent.share import Z95
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, resample_button, tex
from explorer.ui.run_view import RunView, run_version

NAME = "cloud"
PAGE = page_name(NAME)
OVERLAPPING = "overlapping"
PHASE_PAIRS = {"half-full": (0.5, 1.0), "half-gibbous": (0.5, 0.75), "new-half": (0.05, 0.5)}  # lit shares
PAIR = Setting("pair", OVERLAPPING, page=PAGE, options=(OVERLAPPING, *PHASE_PAIRS))
NOISE = Setting("noise", 1.0, 0, 10, 0.5, page=PAGE)
POSITION = Setting("way", 50, 0, 100, 5, page=PAGE)
BRIGHTNESS = Setting("light", 40, 0, 100, 5, page=PAGE)
SEED = Setting("draw", 0, 0, 9999, page=PAGE)
# With the same network; the ladder is used at KL weight 1.
RUNS = {"VAE": "moons-ladder-2d", "AE": "moons-ae-2d"}
N_SAMPLES = 60  # samples from each posterior
MAX_MEAN_DISTANCE = 3.0  # sigma: a mean farther than this lies outside q(z|x)

mu = tex("mu", r"\mu")
sigma = tex("sigma", r"\sigma")
eps = tex("eps", r"\varepsilon")
z = tex("z", "z")
x = tex("x", "x")
s, sigma2, x_i = tex("sigma", "s"), tex("sigma", r"\sigma^2"), tex("x", "x_i")
MATHEMATICS = read_mathematics(
    __file__, z=z, x=x, mu=mu, sigma2=sigma2, sigma=sigma, eps=eps, x_i=x_i, x_star=tex("x", "x^*"), s=s
)

LESSON = Lesson(
    NAME,
    "An AE encodes an image as a point, a VAE as a distribution with mean μ and standard deviation σ, from"
    " which z is sampled. **Move the noise and the position of z** between the means of two posteriors that"
    " overlap, and watch the decoded images.",
    Question(
        "A z lies in the posteriors of two moons. What does the decoder output?",
        ("The first moon", "The second moon", "A phase between them", "Noise"),
        2,
        "The decoder cannot tell which image z came from. The loss is lowest at the weighted mean of the "
        "images whose posteriors contain z.",
    ),
    MATHEMATICS,
    (
        "explorer.models.vae:VAE",
        "explorer.models.posterior:GaussianPosterior",
        "explorer.lessons.cloud.compute:StandardizedModel.decode_pair",
        "explorer.lessons.cloud.true_posterior:true_posteriors",
    ),
    (PAIR, NOISE, POSITION, BRIGHTNESS, SEED),
    concepts=(3, 4, 26),
    runs=tuple(RUNS.values()),
)


@st.cache_resource(show_spinner="Reading the two models…", max_entries=4)
def _fixed_data(versions: tuple[str, ...], _runs: dict):
    """Compute what does not change: each model with its codes; the phase estimator and its error; the rows
    of each pair; the dimmed moon.
    """
    from explorer.lessons.cloud.compute import (
        dim_image,
        find_overlapping_pair,
        nearest_moons,
        standardize_model,
    )
    from explorer.lessons.cloud.phase import build_phase_estimator

    views, vae = {name: RunView(run) for name, run in _runs.items()}, RunView(_runs["VAE"]).load()
    embedding = views["VAE"].embedding
    n = len(embedding.images)
    estimator = build_phase_estimator(embedding.images, embedding.factors["phase"][:n])
    sides = {
        name: standardize_model(RunView(_runs[name]).load(), v.scale, v.embedding.mu, embedding.images)
        for name, v in views.items()
    }
    sigma, phase = np.exp(embedding.logvar[:n] / 2), embedding.factors["phase"][:n]
    overlapping = find_overlapping_pair(vae, embedding.mu[:n], sigma, phase, embedding.images)
    rows = ({OVERLAPPING: overlapping} if overlapping else {}) | {
        pair: nearest_moons(phases, embedding.factors) for pair, phases in PHASE_PAIRS.items()
    }
    dimmed = dim_image(vae, embedding.images[next(iter(rows.values()))[0]])
    return sides, estimator, estimator.leave_one_out_error(), rows, dimmed


@st.cache_data(show_spinner=False)
def _noise_costs(versions: tuple[str, ...], noise: float, _sides: dict, _e) -> dict[str, str]:
    """Return the cost of noise for each model, as text with its 95% interval."""
    costs = {
        name: side.noise_cost(noise * np.exp(_e.logvar[: len(_e.images)] / 2))
        for name, side in _sides.items()
    }
    # Adding 0.0 avoids −0.
    return {
        name: f"{words.format_number(round(cost, 1) + 0.0)} ± {Z95 * error:.1f}"
        for name, (cost, error) in costs.items()
    }


def picture(runs: dict[str, Run]) -> None:
    runs = {kind: runs[name] for kind, name in RUNS.items()}
    embedding, versions = RunView(runs["VAE"]).embedding, tuple(map(run_version, runs.values()))
    fixed_data = _fixed_data(versions, runs)
    _show_overlap(versions, runs, embedding, *fixed_data[:-1])
    _show_dimmed(RunView(runs["VAE"]).load(), fixed_data[-1])


def _show_overlap(
    versions: tuple[str, ...], runs: dict, e, sides: dict, estimator, error: float, rows_by_pair: dict
) -> None:
    """Show two posteriors of each model, decoded images between their means, and how much they overlap."""
    from explorer.lessons.cloud.compute import UNIT_STEPS, overlap
    from explorer.lessons.cloud.figure import phase_chart, posterior_map

    noise_column, position_column, pair_column = st.columns(3, vertical_alignment="bottom")
    with noise_column:
        NOISE.slider("Noise, as a multiple of σ")
    with position_column:
        POSITION.slider("Position between the two means, %")
    with pair_column:
        PAIR.selectbox(
            "Two test images",
            [*rows_by_pair],
            lambda name: (
                "overlapping posteriors" if name == OVERLAPPING else f"{' and '.join(name.split('-'))} moon"
            ),
        )
    rows, position = rows_by_pair[PAIR.get()], POSITION.get() / 100
    sigma = NOISE.get() * np.exp(e.logvar[rows] / 2)
    eps = np.random.default_rng(SEED.get()).standard_normal((2, N_SAMPLES, 2))
    posterior_pairs = {name: side.decode_pair(rows, sigma, position, eps) for name, side in sides.items()}
    for column, (name, pair) in zip(st.columns(2), posterior_pairs.items()):
        with column:
            _show_decoded(
                name,
                pair.images,
                estimator.estimate(pair.images),
                (e.images[rows] / 255).astype(np.float32),
                e.factors["phase"][rows],
            )
    maps = [
        posterior_map(
            sides[name].codes,
            e.y,
            runs[name].class_names,
            pair.means,
            sigma,
            pair.samples,
            pair.z,
            name,
        )
        for name, pair in posterior_pairs.items()
    ]
    phases = {name: estimator.estimate(pair.path_images) for name, pair in posterior_pairs.items()}
    plots("learn cloud posteriors", [*maps, phase_chart(UNIT_STEPS, phases, position)])
    costs = _noise_costs(versions, NOISE.get(), sides, e)
    overlaps = {name: overlap(pair.means, sigma) for name, pair in posterior_pairs.items()}
    st.markdown(
        f"The two posteriors overlap by **{overlaps['VAE']}** (VAE) and **{overlaps['AE']}**"
        f" (AE). Over {len(e.images):,} test images, this noise adds **{costs['VAE']}** nats to the VAE's"
        f" reconstruction loss and **{costs['AE']}** to the AE's."
    )
    run = runs["VAE"]
    st.caption(
        f"AE and VAE have the same network ({run.spec.width} units per layer); the VAE's KL weight is 1. An"
        " AE has no σ: it gets the VAE's, in standard deviations of the AE's codes. The lit share of a"
        " decoded image is the mean of the five test images nearest to it in pixels (mean error"
        f" {100 * error:.1f} percentage points). Brackets"
        " contain 95% intervals over samples; ± is one over images."
    )
    resample_button(SEED)


def _show_decoded(
    name: str, images: np.ndarray, estimated: np.ndarray, test_images: np.ndarray, phases: np.ndarray
) -> None:
    """Show a test image, samples of its posterior, the image between, samples of the other's posterior, and
    the other test image.
    """
    captions = [f"{100 * share:.0f}%" for share in (phases[0], *estimated, phases[1])]
    middle = len(captions) // 2
    names = ["test image", *["sample"] * (middle - 1), "between", *["sample"] * (middle - 1), "test image"]
    gallery(
        f"{PAGE} decodes {name}",
        f"Decoded by the {name}",
        np.concatenate([test_images[:1], images, test_images[1:]]),
        [f"{kind}, lit {caption}" for kind, caption in zip(names, captions)],
        len(names),
        row_labels=[name],
        captions=captions,
        underlined=[middle],
        underline_note=(
            "Left and right: test images. Between them: decoded samples of their posteriors. Underlined: the"
            " chosen position. Percentages: lit share of the moon."
        ),
    )


def _show_dimmed(loaded, dimmed) -> None:
    """Show the encoder's posterior beside the true one for a dimmed image."""
    from explorer.lessons.cloud.compute import UNIT_STEPS, sample_posterior
    from explorer.lessons.cloud.figure import sigma_chart

    st.subheader("The encoder and the true posterior")
    step = round(BRIGHTNESS.slider("Brightness of the first moon, %") / 5)
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        plots("learn cloud sigma", [sigma_chart(UNIT_STEPS, dimmed.sigmas, step)])
    with right:
        eps = np.random.default_rng(SEED.get()).standard_normal((5, 2))
        samples = loaded.decode(sample_posterior(dimmed.mu[step], dimmed.sigma[step], eps))
        names = ["test image", *["sample"] * len(samples)]
        gallery(
            f"{PAGE} dim",
            "The dimmed image and samples of its posterior",
            np.concatenate([dimmed.images[[step]], samples]),
            names,
            len(names),
            captions=names,
        )
        encoder, true = (sigma[step] for sigma in dimmed.sigmas.values())
        distance = dimmed.mean_distance[step]
        ending = ": the encoder's posterior misses it." if distance > MAX_MEAN_DISTANCE else "."
        st.markdown(
            f"At {100 * UNIT_STEPS[step]:.0f}% brightness the encoder outputs σ = **{encoder:.3f}**; the true"
            f" posterior has σ = **{true:.3f}**, and its mean is **{distance:.1f}** times the encoder's"
            f" σ away from the encoder's mean{ending}"
        )
        st.caption(
            "The encoder was trained on moons at 100% brightness. For darker moons it extrapolates: its σ is"
            " not the model's uncertainty about z. Where the true posterior has two peaks, its σ is large."
        )
