"""Samples: z from the prior or from the aggregate posterior, decoded."""

import numpy as np
import streamlit as st

from explorer.latent.draws import from_aggregate, from_codebook, from_gaussian
from explorer.store.classifier import SURE
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import DRAWS, SEED, SOURCE, TEMPERATURE
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.classified import BELOW, NO_JUDGE, probabilities
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView

COLUMNS = 8


def _zs(here: ExploreSession) -> np.ndarray:
    rng, temperature = np.random.default_rng(SEED.get()), TEMPERATURE.get()
    if SOURCE.get() == "prior" and here.run.spec.n_codes:
        return from_codebook(RunView(here.run).codebook, here.run.spec.n_groups, DRAWS.get(), rng)
    if SOURCE.get() == "prior":
        return from_gaussian(RunView(here.run).scale, DRAWS.get(), temperature, rng)
    return from_aggregate(*here.codes(), DRAWS.get(), temperature, rng)


def drawn(here: ExploreSession) -> dict:
    return {"marks": _zs(here).tolist()}


def show(here: ExploreSession) -> None:
    has_prior, n_codes = here.run.spec.has_prior, here.run.spec.n_codes
    names = (
        ("The prior", "The aggregate posterior")
        if has_prior
        else ("The codebook" if n_codes else "The fitted Gaussian", "The codes")
    )
    sources = dict(zip(("prior", "codes"), names))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        SOURCE.pick("Sample z from", list(sources), sources.get)
        st.button(
            "Resample",
            key=key("draw again", here.run),
            type="primary",
            on_click=lambda: SEED.set((SEED.get() + 1) % int(SEED.high)),
        )
    left, right = st.columns(2)
    with left:
        if n_codes or (SOURCE.get() == "codes" and not has_prior):
            st.caption("Codes and codebook entries have no standard deviation, and so no temperature.")
        else:
            TEMPERATURE.slider(
                "Temperature",
                "The temperature multiplies the standard deviation of "
                + (
                    "the Gaussian: below 1, samples lie nearer to its mean."
                    if SOURCE.get() == "prior"
                    else "each posterior: at 0, samples are posterior means."
                ),
            )
    with right:
        DRAWS.slider("Samples")
    zs = _zs(here)
    gaps, images = here.in_gap(zs), here.decode(zs)
    names = [f"sample {i + 1}{', in a gap' if gap else ''}" for i, gap in enumerate(gaps)]
    source = f"z from {sources[SOURCE.get()][0].lower()}{sources[SOURCE.get()][1:]}"
    gallery(
        key("draws", here.run),
        "Samples",
        images,
        names,
        COLUMNS,
        marked=np.flatnonzero(gaps),
        mark=f"Underlined: {gaps.sum()} of {len(zs)} in a gap (no codes).",
        on_pick=lambda i: here.go(zs[i]),
        about=f"{here.name}, {source}, temperature {TEMPERATURE.get():g}, seed {SEED.get()}",
    )
    if (found := probabilities(here.run, images)) is not None:
        st.caption(
            f"{(found.max(1) < SURE).sum()} of {len(zs)} are {BELOW} of the classifier.", help=NO_JUDGE
        )
    st.caption(_explained(has_prior, bool(n_codes), SOURCE.get()))


def _explained(has_prior: bool, has_codebook: bool, source: str) -> str:
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
    (SOURCE, DRAWS, TEMPERATURE, SEED),
    drawn,
)
