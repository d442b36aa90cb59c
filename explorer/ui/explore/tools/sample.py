"""Samples: z from one of the densities of a run, decoded."""

import numpy as np

from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.densities.density import Density
from explorer.latent.densities.diffusion import Diffusion
from explorer.latent.draws import sample_codebook, sample_gaussian
from explorer.latent.share import share_of_true
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.ownership import public_name
from explorer.ui.components.densities import DIFFUSION, MIXTURE, await_density, density_name, ready_density
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import (
    COMPONENTS,
    PATH_TIME,
    PIXELS,
    SAMPLE_COUNT,
    SAMPLE_SOURCE,
    SEED,
    TEMPERATURE,
)
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools import noise_path
from explorer.ui.explore.tools.classified import CLASSIFIER_HELP, LOW_CONFIDENCE_LABEL, class_probabilities
from explorer.ui.explore.tools.tool import Tool
from explorer.views import words
from explorer.views.run_view import RunView

IMAGES_PER_ROW = 8
PIXEL_LABELS = {"mean": "the mean E[x|z]", "sample": "a sample of p(x|z)", "both": "both, beside each other"}


def _source(session: ExploreSession) -> str:
    """Return the source that is chosen; a VQ-VAE has the codebook and its codes only."""
    source = SAMPLE_SOURCE.get()
    return "prior" if session.run.spec.n_codes and source in (MIXTURE, DIFFUSION) else source


def _fitted_density(session: ExploreSession) -> Density | None:
    """Return the mixture or the diffusion model that is chosen; None for others, and before its fit."""
    if (source := _source(session)) not in (MIXTURE, DIFFUSION):
        return None
    return ready_density(session.run, density_name(source, COMPONENTS.get()), session.beta)


def _sample_codes(session: ExploreSession) -> np.ndarray | None:
    """Return samples [n, D]; None before a density is fitted."""
    rng, temperature, n = np.random.default_rng(SEED.get()), TEMPERATURE.get(), SAMPLE_COUNT.get()
    spec, source = session.run.spec, _source(session)
    if source == "prior" and spec.n_codes:
        return sample_codebook(RunView(session.run).codebook, spec.n_groups, n, rng)
    if source == "prior":
        return sample_gaussian(RunView(session.run).scale, n, temperature, rng)
    if source == "codes":
        return AggregatePosterior(*session.posteriors()).sample(n, rng, temperature)
    density = _fitted_density(session)
    return density and density.sample(n, rng, temperature)


def overlay(session: ExploreSession) -> dict:
    zs, density = _sample_codes(session), _fitted_density(session)
    marks = {} if zs is None else {"marks": zs.tolist()}
    if not isinstance(density, Diffusion):
        return marks
    path = noise_path.path_of(session, density)[:: noise_path.SHOWN_STEP]
    gaps = session.are_in_gaps(path)
    return marks | {"paths": [{"zs": path.tolist(), "gaps": gaps.tolist(), "faint": False}]}


def _resample(session: ExploreSession) -> None:
    SEED.set((SEED.get() + 1) % int(SEED.high))
    session.noise = None


def show(session: ExploreSession) -> None:
    has_prior, n_codes = session.run.spec.has_prior, session.run.spec.n_codes
    labels = {
        "prior": "The prior" if has_prior else "The codebook" if n_codes else "The fitted Gaussian",
        "codes": "The aggregate posterior" if has_prior else "The codes",
    }
    if not n_codes:
        labels |= {MIXTURE: "A mixture", DIFFUSION: "A diffusion model"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = SAMPLE_SOURCE.segmented_control("Sample z from", list(labels), labels.get)
        st.button(
            "Resample",
            key=session_key("resample", session.run),
            type="primary",
            on_click=_resample,
            args=(session,),
        )
    if source == MIXTURE:
        COMPONENTS.segmented_control("Gaussians in the mixture", COMPONENTS.options)
    left, right = st.columns(2)
    with left:
        if n_codes or (source == "codes" and not has_prior):
            st.caption("Codes and codebook entries have no standard deviation, and so no temperature.")
        else:
            TEMPERATURE.slider("Temperature", TEMPERATURE_HELP[source])
    with right:
        SAMPLE_COUNT.slider("Samples")
    PIXELS.segmented_control(
        "Show",
        list(PIXEL_LABELS),
        PIXEL_LABELS.get,
        help="Given z, the pixels of a sample of p(x|z) are independent; the likelihood gives their noise.",
    )
    st.caption(_explanation(has_prior, bool(n_codes), source))
    density = None
    if source in (MIXTURE, DIFFUSION):
        density = await_density(session.run, density_name(source, COMPONENTS.get()), session.beta)
        if density is None:
            return
    if session.label is not None:
        name = words.escape_markdown(session.run.class_names[session.label])
        st.caption(f"All are decoded with the class {name}; N(0, I) is the prior of every class.")
    _show_samples(session, labels[source])
    if isinstance(density, Diffusion):
        noise_path.show(session, density)
    elif source == "codes" and not n_codes:
        density = AggregatePosterior(*session.posteriors())
    if density:
        _show_download(session, density)


TEMPERATURE_HELP = {
    source: f"The temperature multiplies {factor}"
    for source, factor in {
        "prior": "the standard deviation of the Gaussian: below 1, samples lie nearer to its mean.",
        "codes": "the standard deviation of each posterior: at 0, samples are posterior means.",
        MIXTURE: "the standard deviations of each Gaussian: at 0, samples are the means of the Gaussians.",
        DIFFUSION: "the noise at which each path begins.",
    }.items()
}


def _show_samples(session: ExploreSession, label: str) -> None:
    zs = _sample_codes(session)
    if zs is None:  # the fit was stopped, or the run trained again, in the meantime
        return
    gaps, means, shown = session.are_in_gaps(zs), session.decode(zs), PIXELS.get()
    names = [f"sample {i + 1}{', in a gap' if gap else ''}" for i, gap in enumerate(gaps)]
    images, n_each = means if shown == "mean" else session.sample_pixels(zs, SEED.get()), 1
    if shown == "both":
        images, n_each = np.stack([means, images], 1).reshape(-1, *means.shape[1:]), 2
        names = [f"{PIXEL_LABELS[kind]}, {name}" for name in names for kind in ("mean", "sample")]
    components = f" of {COMPONENTS.get()} Gaussians" if _source(session) == MIXTURE else ""
    source = f"z from {label[0].lower()}{label[1:]}{components}"
    gallery(
        session_key("draws", session.run),
        "Samples",
        images,
        names,
        IMAGES_PER_ROW,
        underlined=np.flatnonzero(np.repeat(gaps, n_each)),
        underline_note=f"Underlined: {_count(gaps)} in a gap (no codes).",
        on_pick=lambda i: session.move(zs[i // n_each]),
        caption_suffix=f"{session.title}, {source}, temperature {TEMPERATURE.get():g}, seed {SEED.get()},"
        f" {PIXEL_LABELS[shown]}",
    )
    if (probabilities := class_probabilities(session.run, means)) is not None:
        is_unsure = probabilities.max(1) < MIN_CLASS_PROBABILITY
        judged = "" if shown == "mean" else "Of the images E[x|z], "
        st.caption(
            f"{judged}{_count(is_unsure)} are {LOW_CONFIDENCE_LABEL} of the classifier (95% interval).",
            help=CLASSIFIER_HELP,
        )


def _show_download(session: ExploreSession, density: Density) -> None:
    from explorer.runs.densities import samples_npz

    loaded, n = RunView(session.run).load(session.beta), SAMPLE_COUNT.get()
    seed, temperature = SEED.get(), TEMPERATURE.get()
    st.download_button(
        "Samples, npz",
        lambda: samples_npz(loaded, density, n, seed, temperature, session.label),
        f"{public_name(session.run.name)}-{density.name}-samples.npz",
        "application/octet-stream",
        key=session_key("take samples", session.run),
        icon=":material/download:",
        on_click="ignore",
        help="The file contains z, the images, with pixels from 0 to 255, and log p(z) in nats where the"
        " density has one.",
    )


def _count(is_true: np.ndarray) -> str:
    """Return text such as 5 of 24, 21% (9 to 40%)."""
    return f"{is_true.sum()} of {len(is_true)}, {share_of_true(is_true)},"


def _explanation(has_prior: bool, has_codebook: bool, source: str) -> str:
    if has_codebook:
        return (
            "Each position of the code gets a random entry, all equally likely and independent: this is the"
            " uniform prior, under which the rate is constant."
            if source == "prior"
            else "These are codes of test images."
        )
    codes = "a posterior sample of each training image" if has_prior else "the codes of the training images"
    if source == MIXTURE:
        return f"A mixture of Gaussians with full covariances is fitted to {codes}."
    if source == DIFFUSION:
        return (
            f"A small diffusion model is fitted to {codes}. It leads noise to a code, on a path that the map"
            " shows."
        )
    if source == "prior":
        return (
            "A VAE generates an image like this: sample z from N(0, I), then decode it."
            if has_prior
            else "An AE has no prior: this is the Gaussian with the mean and the covariance of its codes."
        )
    return (
        "For each sample, a random test image is chosen and z is sampled from its posterior."
        if has_prior
        else "These are codes of test images: an AE has no posteriors to sample from."
    )


TOOL = Tool(
    "Sample",
    "Small rings mark the samples on the map. Click an image to go to its z. Choose another density, and"
    " watch the images.",
    show,
    (SAMPLE_SOURCE, COMPONENTS, SAMPLE_COUNT, TEMPERATURE, SEED, PIXELS, PATH_TIME),
    overlay,
    has_noise=True,
)
