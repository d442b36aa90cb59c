"""What the KL weight does, in live plots: the rate–distortion curve, the gap, the rate of each dimension, and
the aggregate posterior against the prior.
"""

import math

from explorer.latent.dimensions import ACTIVE_MIN_VARIANCE
from explorer.live.block import LazyBlock
from explorer.live.fields import BETA, pad_fields
from explorer.live.figure import KL_WEIGHT_PLOT
from explorer.store.run import Run
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.pad_position import PadPosition
from explorer.ui.components.prose import in_words, st
from explorer.views.kl_weight_block import posteriors_block
from explorer.views.kl_weight_plots import gap_options, rate_distortion_options
from explorer.views.pairs import is_conditional, side_names
from explorer.views.run_view import RunView, run_version

RATE_HELP = (
    "The distortion tells how well an image is reconstructed. The rate is an upper bound on the information"
    " I(x; z) that a code has about its image: rate = I(x; z) + KL(q(z) ‖ p(z)). For {n:,} images I(x; z) is"
    " at most ln {n:,} = {most:.1f} nats. Between trained KL weights, the weights of the network are"
    " interpolated."
)
GAP_HELP = (
    "These are shares of samples in gaps: samples of the Gaussian fitted to the codes (gap) and of the prior"
    " (prior gap). Here a code is a sample of an image's posterior, while the map shows posterior means."
)
INTERPOLATED = " Between the KL weights at which the ladder was measured, values are interpolated."
AGGREGATE_HELP = (
    "The aggregate posterior is the mean of the posteriors. It is shown for each dimension alone, with its KL"
    " divergence from the prior. The KL divergence of all dimensions together is at least the sum of these."
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


def show_figures(ae: Run, vae: Run, position: PadPosition) -> None:
    """Draw the figures of the KL weight. position: of the pad."""
    runs = runs_with_prior(ae, vae)
    n_plots = 2 * bool(vae.film) + sum(1 + (run.spec.latent_dim > 1) for run, _ in runs)
    per_row = 2 if n_plots % 2 == 0 and n_plots > 2 else 3
    columns = (column for _ in range(0, n_plots, per_row) for column in st.columns(per_row))
    if vae.film:
        with next(columns):
            options = rate_distortion_options(ae, vae, in_words("nats per image"))
            _show_plot("rate_distortion", vae, position, options)
            help = RATE_HELP.format(n=vae.test.n, most=math.log(vae.test.n))
            st.caption(f"Dots are trained KL weights.{INTERPOLATED}", help=help)
            if is_conditional(ae):
                st.caption(CONDITIONAL_DISTORTION_NOTE)
        with next(columns):
            _show_plot("gap", vae, position, gap_options(ae, vae))
            st.caption(f"Dots are trained KL weights, with 95% intervals.{INTERPOLATED}", help=GAP_HELP)
    for run, name in runs:
        options = {"model": name, "unit": in_words("nats per image")}
        n, between = RunView(run).n_mapped, INTERPOLATED if run.film else ""
        if run.spec.latent_dim > 1:
            with next(columns):
                _show_plot("rates", run, position, options, posteriors_block(RunView(run)))
                help = RATES_HELP.format(n=n, least=ACTIVE_MIN_VARIANCE)
                st.caption(f"The line on each bar is its 95% interval.{between}", help=help)
        with next(columns):
            _show_plot("aggregate", run, position, options, posteriors_block(RunView(run)))
            st.caption(f"The mean of the posteriors of {n:,} test images.{between}", help=AGGREGATE_HELP)


def _show_plot(
    kind: str, run: Run, position: PadPosition, options: dict, posteriors: LazyBlock | None = None
) -> None:
    """Show a plot that follows the KL weight of a ladder while the pad's slider moves. kind: of CREATE in
    explorer/live/figures/kl_weight/plot.js.
    """
    betas = list(RunView(run).betas)
    values = {BETA: position.film_position} if betas else {}
    live_figure(
        KL_WEIGHT_PLOT,
        f"{kind} {run.name} {run_version(run)}",
        fields=pad_fields({}, betas),
        state={"values": values, "last_message": position.last_message},
        blocks={"posteriors": posteriors} if posteriors else {},
        options=options | {"kind": kind, "betas": betas},
    )
