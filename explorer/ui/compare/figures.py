"""What the KL weight does, in figures: the rate–distortion curve, the gap, and the aggregate posterior
against the prior.
"""

import math

import numpy as np

from explorer.figures.bars import rate_bars
from explorer.figures.kl_weight import aggregate_against_prior, gap_over_beta, rate_distortion
from explorer.latent.aggregate import aggregate_posterior, kl_to_prior
from explorer.latent.dimensions import ACTIVE_MIN_VARIANCE, DimensionRates, dimension_rates
from explorer.latent.ladder import rung_at
from explorer.store.run import Run
from explorer.ui.components.prose import in_words, st
from explorer.views import words
from explorer.views.pairs import is_conditional, side_names
from explorer.views.readouts import frame_gap
from explorer.views.run_view import RunView, run_version

MAX_DIMENSIONS = 4  # those of the highest rate
PLOT_CONFIG = {"displayModeBar": False}
RATE_HELP = (
    "The distortion tells how well an image is reconstructed. The rate is an upper bound on the information"
    " I(x; z) that a code has about its image: rate = I(x; z) + KL(q(z) ‖ p(z)). For {n:,} images I(x; z) is"
    " at most ln {n:,} = {most:.1f} nats. Dots are trained KL weights; between them the weights of the"
    " network are interpolated."
)
GAP_HELP = (
    "These are shares of samples in gaps: samples of the Gaussian fitted to the codes (gap) and of the prior"
    " (prior gap). Here a code is a sample of an image's posterior, while the map shows posterior means. Dots"
    " are trained KL weights, with 95% intervals."
)
AGGREGATE_HELP = (
    "The aggregate posterior is the mean of the posteriors of all test images. It is shown for each dimension"
    " alone, with its KL divergence from the prior. The KL divergence of all dimensions together is at least"
    " the sum of these."
)


CONDITIONAL_DISTORTION_NOTE = (
    "The conditional VAE is not drawn here: it is given the class, so its distortion and rate bound"
    " log p(x | class)."
)
RATES_HELP = (
    "The bars add up to the rate: KL(q(z|x) ‖ p(z)) of each dimension, the mean over {n:,} test images with"
    " its 95% interval. A dimension is active if its posterior means have a variance of more than {least:g};"
    " the posteriors of an inactive one are almost the prior, and the decoder ignores it."
)


def runs_with_prior(ae: Run, vae: Run) -> list[tuple[Run, str]]:
    """Return the runs that have a rate, with what they are called, empty for the only one."""
    runs = [(run, name) for run, name in zip((ae, vae), side_names(ae, vae)) if run.spec.has_prior]
    return runs if len(runs) > 1 else [(vae, "")]


def show_figures(ae: Run, vae: Run, beta: float) -> None:
    """Draw the figures of the KL weight. beta: of a ladder on the right."""
    runs = runs_with_prior(ae, vae)
    n = 2 * bool(vae.film) + sum(1 + (run.spec.latent_dim > 1) for run, _ in runs)
    per_row = 2 if n % 2 == 0 and n > 2 else 3
    columns = (column for _ in range(0, n, per_row) for column in st.columns(per_row))
    if vae.film:
        ae_gaps, metrics, n = RunView(ae).gap_map, _interpolate_metrics(vae, beta), vae.test.n
        left_name = side_names(ae, vae)[0]
        with next(columns):
            st.markdown("**Rate–distortion curve**", help=RATE_HELP.format(n=n, most=math.log(n)))
            figure = rate_distortion(
                *_film_values(vae, "beta", "rate", "distortion"),
                vae.spec.rungs,
                (beta, metrics["rate"], metrics["distortion"]),
                None if is_conditional(ae) else ae.test.distortion,
            )
            st.plotly_chart(
                figure,
                config=PLOT_CONFIG,
                key="rate-distortion",
                alt="Distortion over rate, with the present KL weight marked",
            )
            if is_conditional(ae):
                st.caption(CONDITIONAL_DISTORTION_NOTE)
        with next(columns):
            st.markdown("**Gap and KL weight**", help=GAP_HELP)
            estimates = [[frame_gap(frame, prior) for frame in vae.film] for prior in (False, True)]
            figure = gap_over_beta(
                *_film_values(vae, "beta", "gap", "prior_gap"),
                vae.spec.rungs,
                *estimates,
                (beta, metrics["gap"]),
                ae_gaps and ae_gaps.estimate,
                left_name,
            )
            st.plotly_chart(
                figure,
                config=PLOT_CONFIG,
                key="gap-over-beta",
                alt="Gap over the KL weight, with the present one marked",
            )
    for run, name in runs:
        if run.spec.latent_dim > 1:
            with next(columns):
                _show_rates(run, beta if run.film else None, name)
        with next(columns):
            _show_aggregate_posterior(run, beta if run.film else None, name)


def _show_rates(run: Run, beta: float | None, name: str) -> None:
    """Draw the rate of each dimension. name: of the model, if there are two."""
    rates, top = _dimension_rates(run_version(run), run, beta)
    st.markdown(
        f"**Rate of each dimension**{_of(name)}: {rates.is_active.sum()} of {run.spec.latent_dim} active",
        help=RATES_HELP.format(n=rates.n, least=ACTIVE_MIN_VARIANCE),
    )
    labels = [words.dimension_label(i) for i in range(run.spec.latent_dim)]
    st.plotly_chart(
        rate_bars(labels, rates.nats, rates.half_width, rates.is_active, top, in_words("nats per image")),
        config=PLOT_CONFIG,
        key=f"rate-bars{name}",
        alt=f"The rate of each latent dimension{_of(name)} at the present KL weight",
    )


def _show_aggregate_posterior(run: Run, beta: float | None, name: str) -> None:
    """Draw the aggregate posterior of the dimensions. name: of the model, if there are two."""
    st.markdown(f"**Aggregate posterior**{_of(name)}", help=AGGREGATE_HELP)
    posteriors = _aggregate_posteriors(run_version(run), run, beta)
    figure = aggregate_against_prior(
        [(f"{label}, KL {kl:.2f} nats", z, density) for label, z, density, kl in posteriors]
    )
    st.plotly_chart(
        figure,
        config=PLOT_CONFIG,
        key=f"aggregate{name}",
        alt=f"Densities of the aggregate posterior{_of(name)} and of the prior",
    )


def _of(name: str) -> str:
    return f" of the {name}" if name else ""


def _film_values(vae: Run, *names: str) -> list[list]:
    """Return the measured values of each frame of a ladder's film."""
    return [[getattr(frame, name) for frame in vae.film] for name in names]


def _interpolate_metrics(vae: Run, beta: float) -> dict[str, float | None]:
    """Return a ladder's figures at a KL weight: as measured, or interpolated between two measured frames."""
    i, t = rung_at(tuple(frame.beta for frame in vae.film), beta)
    metrics = {}
    for name in ("distortion", "rate", "gap"):
        a, b = (getattr(frame, name) for frame in vae.film[i : i + 2])
        metrics[name] = None if a is None or b is None else (1 - t) * a + t * b
    return metrics


@st.cache_data(max_entries=64, show_spinner=False)
def _dimension_rates(version: str, _vae: Run, beta: float | None) -> tuple[DimensionRates, float]:
    """Return the rates of the dimensions at a KL weight, and the end of their axis, which all KL weights
    share.
    """
    view = RunView(_vae)
    rates = [dimension_rates(*view.posteriors(weight)) for weight in (beta, *view.betas)]
    return rates[0], 1.05 * max(float((each.nats + each.half_width).max()) for each in rates)


@st.cache_data(max_entries=64, show_spinner=False)
def _aggregate_posteriors(
    version: str, _vae: Run, beta: float | None
) -> list[tuple[str, np.ndarray, np.ndarray, float]]:
    """Return name, z, density and KL to the prior in nats of the dimensions with the highest rate."""
    view = RunView(_vae)
    mu, logvar = view.posteriors(beta)
    posteriors = []
    for d in view.dimensions[:MAX_DIMENSIONS]:
        z, density = aggregate_posterior(mu[:, d.index], logvar[:, d.index])
        posteriors.append((words.dimension_label(d.index), z, density, kl_to_prior(z, density)))
    return posteriors
