"""Draws from the prior, and from the aggregate posterior."""

import numpy as np
import streamlit as st

from explorer.latent.draws import from_aggregate, from_codebook, from_gaussian
from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.settings import DRAWS, SEED, SOURCE, TEMPERATURE
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

COLUMNS = 8


def _zs(here: Visit) -> np.ndarray:
    rng, temperature = np.random.default_rng(SEED.get()), TEMPERATURE.get()
    if SOURCE.get() == "prior" and here.run.spec.n_codes:
        return from_codebook(cache.codebook(here.run), here.run.spec.n_groups, DRAWS.get(), rng)
    if SOURCE.get() == "prior":
        return from_gaussian(cache.view(here.run).scale, DRAWS.get(), temperature, rng)
    return from_aggregate(*here.codes(), DRAWS.get(), temperature, rng)


def drawn(here: Visit) -> dict:
    return {"marks": _zs(here).tolist()}


def show(here: Visit) -> None:
    has_prior, n_codes = here.run.spec.has_prior, here.run.spec.n_codes
    names = ("The prior", "The aggregate posterior") if has_prior else ("The codebook" if n_codes else "The Gaussian fitted", "The codes")
    sources = dict(zip(("prior", "codes"), names))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        SOURCE.pick("Draw from", list(sources), sources.get)
        st.button("Draw again", key=key("draw again", here.run), type="primary",
                  on_click=lambda: SEED.set((SEED.get() + 1) % int(SEED.high)))
    left, right = st.columns(2)
    with left:
        if n_codes:
            st.caption("Entries have no standard deviations, and so no temperature.")
        else:
            TEMPERATURE.slider("Temperature", "Multiplies the standard deviations: below 1 draws stay near the middle")
    with right:
        DRAWS.slider("Draws")
    zs = _zs(here)
    gaps = here.in_gap(zs)
    names = [f"draw {i + 1}{', in a gap' if gap else ''}" for i, gap in enumerate(gaps)]
    gallery(key("draws", here.run), "Draws", here.decode(zs), names, COLUMNS, marked=np.flatnonzero(gaps),
            mark=f"Underlined: {gaps.sum()} of {len(zs)} in a gap, where no code lies.", on_pick=lambda i: here.go(zs[i]))
    if n_codes:
        st.caption("Each place of z gets an entry of the book, all equally likely: the prior under which the rate is constant. Which ones "
                   "go together it does not know." if SOURCE.get() == "prior" else "The codes of test images themselves.")
    elif SOURCE.get() == "prior":
        st.caption("A VAE makes new images so: z from N(0, I), then decode." if has_prior else
                   "An AE has no prior to draw from: this is the Gaussian with the mean and covariance of its codes.")
    else:
        st.caption("A test image at random, then z from its own posterior: where the codes really lie. The prior is meant to be this."
                   if has_prior else "The codes of test images themselves: an AE has no clouds around them, and no temperature.")


TOOL = Tool("Sample", "Draws", "Images of nothing in the data, from z drawn at random: they are small rings on the map. Click one to go "
            "there; raise the temperature, and see where the model stops making sense.", show, (SOURCE, DRAWS, TEMPERATURE, SEED), drawn)
