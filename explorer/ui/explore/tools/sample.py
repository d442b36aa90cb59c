"""Samples: z from the prior or from the aggregate posterior, decoded."""

import numpy as np
import streamlit as st

from explorer.latent.draws import sample_aggregate, sample_codebook, sample_gaussian
from explorer.latent.share import share_of_true
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import SAMPLE_COUNT, SAMPLE_SOURCE, SEED, TEMPERATURE
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.classified import CLASSIFIER_HELP, LOW_CONFIDENCE_LABEL, class_probabilities
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView

IMAGES_PER_ROW = 8


def _sample_codes(session: ExploreSession) -> np.ndarray:
    rng, temperature = np.random.default_rng(SEED.get()), TEMPERATURE.get()
    if SAMPLE_SOURCE.get() == "prior" and session.run.spec.n_codes:
        return sample_codebook(
            RunView(session.run).codebook, session.run.spec.n_groups, SAMPLE_COUNT.get(), rng
        )
    if SAMPLE_SOURCE.get() == "prior":
        return sample_gaussian(RunView(session.run).scale, SAMPLE_COUNT.get(), temperature, rng)
    return sample_aggregate(*session.posteriors(), SAMPLE_COUNT.get(), temperature, rng)


def overlay(session: ExploreSession) -> dict:
    return {"marks": _sample_codes(session).tolist()}


def show(session: ExploreSession) -> None:
    has_prior, n_codes = session.run.spec.has_prior, session.run.spec.n_codes
    names = (
        ("The prior", "The aggregate posterior")
        if has_prior
        else ("The codebook" if n_codes else "The fitted Gaussian", "The codes")
    )
    sources = dict(zip(("prior", "codes"), names))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        SAMPLE_SOURCE.segmented_control("Sample z from", list(sources), sources.get)
        st.button(
            "Resample",
            key=session_key("resample", session.run),
            type="primary",
            on_click=lambda: SEED.set((SEED.get() + 1) % int(SEED.high)),
        )
    left, right = st.columns(2)
    with left:
        if n_codes or (SAMPLE_SOURCE.get() == "codes" and not has_prior):
            st.caption("Codes and codebook entries have no standard deviation, and so no temperature.")
        else:
            TEMPERATURE.slider(
                "Temperature",
                "The temperature multiplies the standard deviation of "
                + (
                    "the Gaussian: below 1, samples lie nearer to its mean."
                    if SAMPLE_SOURCE.get() == "prior"
                    else "each posterior: at 0, samples are posterior means."
                ),
            )
    with right:
        SAMPLE_COUNT.slider("Samples")
    zs = _sample_codes(session)
    gaps, images = session.are_in_gaps(zs), session.decode(zs)
    names = [f"sample {i + 1}{', in a gap' if gap else ''}" for i, gap in enumerate(gaps)]
    source = f"z from {sources[SAMPLE_SOURCE.get()][0].lower()}{sources[SAMPLE_SOURCE.get()][1:]}"
    gallery(
        session_key("draws", session.run),
        "Samples",
        images,
        names,
        IMAGES_PER_ROW,
        underlined=np.flatnonzero(gaps),
        underline_note=f"Underlined: {_count(gaps)} in a gap (no codes).",
        on_pick=lambda i: session.move(zs[i]),
        caption_suffix=f"{session.title}, {source}, temperature {TEMPERATURE.get():g}, seed {SEED.get()}",
    )
    if (probabilities := class_probabilities(session.run, images)) is not None:
        is_unsure = probabilities.max(1) < MIN_CLASS_PROBABILITY
        st.caption(
            f"{_count(is_unsure)} are {LOW_CONFIDENCE_LABEL} of the classifier (95% interval).",
            help=CLASSIFIER_HELP,
        )
    st.caption(_explanation(has_prior, bool(n_codes), SAMPLE_SOURCE.get()))
    if session.label is not None:
        name = words.escape_markdown(session.run.class_names[session.label])
        st.caption(f"All are decoded with the class {name}, and N(0, I) is the prior of every class.")


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
    "Small rings mark the samples on the map. Click an image to go to its z. Raise the temperature and watch"
    " the images.",
    show,
    (SAMPLE_SOURCE, SAMPLE_COUNT, TEMPERATURE, SEED),
    overlay,
)
