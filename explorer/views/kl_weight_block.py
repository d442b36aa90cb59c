"""The posteriors of a run at each KL weight of its film, as the plots of Compare show them: the rate of each
dimension, and the aggregate posterior. A run without a film has one frame.
"""

import numpy as np

from explorer.latent.aggregate import GRID_POINTS, aggregate_posterior, kl_to_prior
from explorer.latent.dimensions import dimension_rates
from explorer.live.block import Block, LazyBlock, make_block
from explorer.store.ownership import owner_key
from explorer.store.run import EMBEDDING_FILE
from explorer.views import words
from explorer.views.caching import cached
from explorer.views.run_view import RunView

MAX_DIMENSIONS = 4  # whose aggregate posterior is shown: those of the highest rate
FORMAT = 1  # of the block; another for other tensors, as browsers keep blocks for a year


@cached(32)
def posteriors_block(view: RunView) -> LazyBlock:
    """Return a block with the metadata labels, of the D dimensions, and shown, the indices of the K whose
    aggregate posterior is shown; and with the tensors rates, half_widths and is_active [F, D] of
    explorer.latent.dimensions.dimension_rates(), bounds [F, K, 2] of z, masses [F, K, GRID_POINTS] at equal
    distances between them, which are the density times their distance, and kl [F, K] to the prior in nats.
    """
    n_frames, n_dimensions = max(len(view.betas), 1), view.run.spec.latent_dim
    size = 4 * n_frames * (MAX_DIMENSIONS * GRID_POINTS + 3 * n_dimensions)
    id = f"kl weight {FORMAT} {view.run.name} {view.version} {view.run.files[EMBEDDING_FILE]['sha256']}"
    return LazyBlock(id, lambda id: _build(id, view), size, owner_key(view.run.name))


def _build(id: str, view: RunView) -> Block:
    e = view.embedding
    frames = list(zip(e.film.mu, e.film.logvar)) if e.film else [(e.mu, e.logvar)]
    rates = [dimension_rates(mu, logvar) for mu, logvar in frames]
    shown = [d.index for d in view.dimensions[:MAX_DIMENSIONS]]
    aggregates = [_aggregate(mu[:, shown], logvar[:, shown]) for mu, logvar in frames]
    bounds, masses, kl = (np.array(part, np.float32) for part in zip(*aggregates))
    tensors = {
        "rates": np.array([rate.nats for rate in rates], np.float32),
        "half_widths": np.array([rate.half_width for rate in rates], np.float32),
        "is_active": np.array([rate.is_active for rate in rates], np.uint8),
        "bounds": bounds,
        "masses": masses,
        "kl": kl,
    }
    labels = [words.dimension_label(i) for i in range(view.run.spec.latent_dim)]
    return make_block(id, {"labels": labels, "shown": shown}, tensors)


def _aggregate(mu: np.ndarray, logvar: np.ndarray) -> tuple[list[list[float]], list[np.ndarray], list[float]]:
    """Return bounds, masses and kl of one frame; mu, logvar [n, K]."""
    densities = [aggregate_posterior(mu[:, k], logvar[:, k]) for k in range(mu.shape[1])]
    bounds = [[z[0], z[-1]] for z, _ in densities]
    masses = [(z[-1] - z[0]) * density for z, density in densities]
    return bounds, masses, [kl_to_prior(z, density) for z, density in densities]
