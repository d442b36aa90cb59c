"""The KL weight: how β trades distortion against rate, gaps and sampling, measured on a ladder."""

import math

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import catalogue, words
from explorer.ui.compare import pairs
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "kl_weight"
PAGE = page_name(NAME)
BETA = Setting("beta", 1.0, 0.001, 10, page=PAGE)
IMAGES = Setting("images", "mnist", page=PAGE, options=pairs.PREFERRED_DATASETS)
N_MAP_CODES = 600
GALLERY_COLUMNS = 6
CURVE_FIELDS = "beta", "rate", "distortion"  # of a frame
N_SAMPLES = 12  # of the prior
MAX_MEASURED_IMAGES = 2500  # test images whose distortions are compared one by one

D, R, beta = tex("distortion", "D"), tex("rate", "R"), r"\beta"
mu, var, sig2 = tex("mu", r"\mu"), tex("sigma", r"\sigma^2"), tex("eps", "s^2")
MATHEMATICS = read_mathematics(__file__, D=D, beta=beta, R=R, sig2=sig2, mu=mu, var=var)

LESSON = Lesson(
    NAME,
    "**Move β from left to right,** and watch the posteriors, the samples and the table. With *Digits*, watch"
    " the active units above β = 2.",
    Question(
        "Which β is right?",
        ("The one with the lowest distortion", "1, because it trains on the ELBO", "It depends on the use"),
        2,
        "A low distortion serves reconstruction, a small prior gap serves sampling, and β = 1 trains on the"
        " ELBO. Choose β by experiment: the best trained β by each figure is printed below.",
    ),
    MATHEMATICS,
    (
        "explorer.latent.ladder:interpolate_weights",
        "explorer.lessons.kl_weight.compute:distortions",
        "explorer.lessons.kl_weight.compute:lowest_mean",
    ),
    (BETA, IMAGES),
    concepts=(10, 11),
    runs=tuple(f"{dataset}-ladder-2d" for dataset in pairs.PREFERRED_DATASETS),
    any_run=True,
    accepts=lambda run: bool(run.film) and run.name == f"{run.spec.dataset}-ladder-2d",
)


@st.cache_data(max_entries=100, show_spinner=False)
def _distortions(version: str, beta: float | None, n: int, _run, _images) -> tuple[np.ndarray, np.ndarray]:
    from explorer.lessons.kl_weight.compute import distortions

    loaded = RunView(_run).load(beta)
    return distortions(loaded.model, loaded.likelihood, _images[:n])


@st.cache_data(max_entries=8, show_spinner="Comparing the trained KL weights…")
def _best_betas(version: str, _run) -> dict[str, tuple[float, list[float]]]:
    """Return, for each figure, the best of the trained KL weights, and those that can't be distinguished from
    it.
    """
    from explorer.lessons.kl_weight.compute import lowest_mean, rates, smallest_gap
    from explorer.ui.components.readouts import frame_gap

    x, losses, bounds, gaps = RunView(_run).embedding.images[:MAX_MEASURED_IMAGES], {}, {}, {}
    for beta in _run.spec.rungs:
        frame = next(frame for frame in _run.film if frame.beta == beta)
        losses[beta] = _distortions(version, beta, MAX_MEASURED_IMAGES, _run, x)[1].mean(0)
        bounds[beta] = losses[beta] + rates(RunView(_run).load(beta).model, x)
        gaps[beta] = frame_gap(frame, prior=True)
    best = {"lowest distortion": lowest_mean(losses), "highest ELBO": lowest_mean(bounds)}
    return best | ({} if None in gaps.values() else {"smallest prior gap": smallest_gap(gaps)})


def picture(runs: dict[str, Run]) -> None:
    ladders = {run.spec.dataset: run for run in runs.values()}
    left, right = st.columns([3, 2])
    with right:
        options = [name for name in pairs.PREFERRED_DATASETS if name in ladders]
        vae = ladders[IMAGES.segmented_control("Images", options, words.dataset_option)]
    with left:
        index = _choose_beta([frame.beta for frame in vae.film])
    ae = pairs.best_partner(vae, [run for run in catalogue.visible_runs()[0] if pairs.is_ae(run)])
    for column, part in zip(st.columns([1.05, 1, 1.15]), (_show_map, _show_decoded, _show_curve)):
        with column:
            part(vae, ae, index)
    _show_comparison(vae, ae, index)


def _choose_beta(betas: list[float]) -> int:
    """Show the slider, and return the index of the chosen KL weight."""
    options = [float(f"{beta:.2g}") for beta in betas]
    BETA.set(min(options, key=lambda beta: abs(math.log(beta / BETA.get()))))
    st.select_slider(
        "KL weight β", options, format_func=lambda beta: f"{beta:g}", key=BETA.key, persist_state="session"
    )
    return options.index(BETA.get())


def _show_map(vae, ae, index: int) -> None:
    from explorer.figures.prior_map import code_map, enclosing_box

    view = RunView(vae)
    mu, logvar = (part[:N_MAP_CODES] for part in view.posteriors(vae.film[index].beta))
    z = mu + np.exp(logvar / 2) * np.random.default_rng(0).standard_normal(mu.shape)
    box = enclosing_box(np.quantile(z, [0.005, 0.995], axis=0))
    figure = code_map("Posterior samples", z, view.embedding.y[: len(z)], vae.class_names, box)
    plots(f"{PAGE} codes", [figure])


def _show_decoded(vae, ae, index: int) -> None:
    from explorer.lessons.kl_weight.compute import decode_rows

    rows = decode_rows(
        ae and RunView(ae).load(),
        RunView(vae).load(vae.film[index].beta),
        RunView(vae).embedding.images[:GALLERY_COLUMNS],
        N_SAMPLES,
    )
    names = [f"{kind} {i + 1}" for kind, part in rows.items() for i in range(len(part))]
    gallery(
        f"{PAGE} {vae.name}",
        "Test images, reconstructions and samples",
        np.concatenate(list(rows.values())),
        names,
        GALLERY_COLUMNS,
        row_labels=[*rows, *[""] * (N_SAMPLES // GALLERY_COLUMNS - 1)],
    )


def _show_curve(vae, ae, index: int) -> None:
    from explorer.lessons.kl_weight.figure import rate_distortion

    betas, rate, distortion = (np.array([getattr(f, n) for f in vae.film]) for n in CURVE_FIELDS)
    level = ae.test.distortion if ae else None
    plots(f"{PAGE} curve", [rate_distortion(betas, rate, distortion, index, level)])


def _show_comparison(vae, ae, index: int) -> None:
    from explorer.lessons.kl_weight.compute import sampling_error
    from explorer.lessons.kl_weight.figure import comparison_table
    from explorer.ui.components.readouts import frame_gap

    frame, images = vae.film[index], RunView(vae).embedding.images
    n, gap, prior_gap = min(MAX_MEASURED_IMAGES, len(images)), frame_gap(frame), frame_gap(frame, prior=True)
    with st.spinner("Measuring gaps and distortions…"):
        ae_gap = (ae_gaps := ae and RunView(ae).gap_map) and ae_gaps.estimate
        mean_distortions, sampled = _distortions(run_version(vae), frame.beta, n, vae, images)
    left, right = st.columns([1.3, 1.7])
    left.markdown(comparison_table(frame, vae.spec.latent_dim, ae and ae.test, gap, prior_gap, ae_gap))
    with right:
        if ae:
            _show_differences(
                mean_distortions, sampled, _distortions(run_version(ae), None, n, ae, images)[0], gap, ae_gap
            )
        if LESSON.answer.get():
            st.markdown(
                f"**Best trained β** for {words.run_dataset_label(vae)}: "
                + "; ".join(
                    f"{figure} at β = {best:g}"
                    + (f" (or {', '.join(f'{b:g}' for b in others)})" if others else "")
                    for figure, (best, others) in _best_betas(run_version(vae), vae).items()
                )
                + ". A β in brackets can't be distinguished from the best."
            )
        st.caption(
            f"The table and the curve are means over {vae.test.n:,} test images of"
            f" {words.run_dataset_label(vae)}, in nats per image, with one posterior sample each (±"
            f" {1.96 * sampling_error(sampled, vae.test.n):.1g}); the differences are over {n:,} of them. The"
            f" gap is the share of samples of the Gaussian fitted to {f'{gap.n:,} ' if gap else ''}posterior"
            " samples that are in gaps, the prior gap that of samples of the prior. ± and ranges are 95%"
            f" intervals. The map shows posterior samples of {min(N_MAP_CODES, vae.test.n)} images; its rings"
            " are 1, 2 and 3 standard deviations of the prior. Decoded images are means E[x|z]."
            + words.ladder_sentence(vae)
            + (pairs.difference_sentence(ae, vae) if ae else "")
        )


def _show_differences(
    mean_distortions: np.ndarray, sampled: np.ndarray, ae_distortions: np.ndarray, gap, ae_gap
) -> None:
    """Show how this VAE's distortion and gap differ from the AE's; a conclusion is stated only where the 95%
    intervals support it.
    """
    from explorer.latent.difference import mean_difference
    from explorer.latent.gap_estimate import is_smaller

    total, noise, training = (
        mean_difference(a, b)
        for a, b in (
            (sampled.mean(0), ae_distortions),
            (sampled.mean(0), mean_distortions),
            (mean_distortions, ae_distortions),
        )
    )
    verdict = {1: "The VAE's is higher.", -1: "The VAE's is lower.", 0: "The sign is not established."}
    st.markdown(
        f"**Distortion, VAE − AE: {total.format()} nats.** {verdict[total.sign]} Of this, {noise.format()}"
        f" comes from sampling z, and {training.format()} from the different training."
    )
    if gap and ae_gap:
        st.markdown(
            "**Gap:** "
            + (
                "the VAE's is smaller than the AE's."
                if is_smaller(gap, ae_gap)
                else (
                    "the VAE's is larger than the AE's."
                    if is_smaller(ae_gap, gap)
                    else "the difference from the AE is not established."
                )
            )
        )
