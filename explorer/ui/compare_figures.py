"""What the KL weight does, in figures: the rate–distortion curve, the gap, and all codes together against the prior."""

import numpy as np
import streamlit as st

from explorer.figures.kl_weight import aggregate_against_prior, gap_over_beta, rate_distortion
from explorer.latent.aggregate import aggregate_posterior, kl_to_prior
from explorer.latent.ladder import rung_at
from explorer.store.run import Run
from explorer.ui import cache, words

DIMENSIONS_SHOWN = 4  # those that say most
PLOT = {"displayModeBar": False}


def compare_figures(ae: Run, vae: Run, beta: float) -> None:
    columns = iter(st.columns(3))
    if vae.film:
        found, at = cache.gaps(ae), _between(vae, beta)
        with next(columns):
            st.markdown("**What a smaller rate costs**", help="The rate–distortion curve: how many nats a code carries, and how well the "
                                                             "image is decoded from it.")
            figure = rate_distortion(*_over(vae, "beta", "rate", "distortion"), vae.spec.rungs, (beta, at["rate"], at["distortion"]),
                                     ae.test.distortion)
            st.plotly_chart(figure, config=PLOT, key="rate-distortion", alt="Distortion over rate, with the present KL weight marked")
        with next(columns):
            st.markdown("**How the gaps close**", help="The share of draws that meet no code: drawn from the Gaussian fitted to the codes "
                                                       "(gap), and from the prior (prior gap).")
            figure = gap_over_beta(*_over(vae, "beta", "gap", "prior_gap"), (beta, at["gap"]), found and found.gap)
            st.plotly_chart(figure, config=PLOT, key="gap-over-beta", alt="Gap over the KL weight, with the present one marked")
    with next(columns):
        st.markdown("**All codes together, against the prior**", help="The aggregate posterior: the mean of the posteriors of all test "
                                                                      "images, in each dimension, and its KL to the prior.")
        shown = _aggregates(cache.version(vae), vae, beta if vae.film else None)
        figure = aggregate_against_prior([(f"{name}, KL {kl:.2f} nats", z, density) for name, z, density, kl in shown])
        st.plotly_chart(figure, config=PLOT, key="aggregate", alt="Densities of the aggregate posterior and of the prior")


def _over(vae: Run, *names: str) -> list[list]:
    """What was measured at each frame of a ladder's film."""
    return [[getattr(frame, name) for frame in vae.film] for name in names]


def _between(vae: Run, beta: float) -> dict[str, float | None]:
    """A ladder's figures at a KL weight: as measured, or between two frames that were."""
    i, t = rung_at(tuple(frame.beta for frame in vae.film), beta)
    found = {}
    for name in ("distortion", "rate", "gap"):
        a, b = (getattr(frame, name) for frame in vae.film[i : i + 2])
        found[name] = None if a is None or b is None else (1 - t) * a + t * b
    return found


@st.cache_data(max_entries=64, show_spinner=False)
def _aggregates(version: str, _vae: Run, beta: float | None) -> list[tuple[str, np.ndarray, np.ndarray, float]]:
    """Name, z, density, and KL to the prior in nats, of the dimensions that say most."""
    view = cache.view(_vae)
    mu, logvar = view.posteriors(beta)
    found = []
    for d in view.dimensions[:DIMENSIONS_SHOWN]:
        z, density = aggregate_posterior(mu[:, d.index], logvar[:, d.index])
        found.append((words.dimension(d.index), z, density, kl_to_prior(z, density)))
    return found
