"""The posteriors of a run at each KL weight of its film, as the plots of Compare show them: the rate of each
dimension, and the aggregate posterior. A run without a film has one frame.
"""

import numpy as np

from explorer.latent.aggregate import aggregate_posterior, kl_to_prior
from explorer.latent.dimensions import dimension_rates
from explorer.live.block import Block, LazyBlock, make_block
from explorer.store.ownership import owner_key
from explorer.store.run import EMBEDDING_FILE
from explorer.views import words
from explorer.views.caching import cached
from explorer.views.run_view import RunView

MAX_DIMENSIONS = 4  # whose aggregate posterior is shown: those of the highest rate
N_POINTS = 401  # of each density


@cached(32)
def posteriors_block(view: RunView) -> LazyBlock:
    """Return a block with the metadata labels, of the D dimensions, shown, the indices of the K whose
    aggregate posterior is shown, and n, the number of images; and with the tensors rates, half_widths and
    is_active [F, D] of explorer.latent.dimensions.dimension_rates(), bounds [F, 2] of z, masses
    [F, K, N_POINTS] at equal distances between them, which are the density times their distance, and kl
    [F, K] to the prior in nats.
    """
    n_frames, n_dimensions = max(len(view.betas), 1), view.run.spec.latent_dim
    size = 4 * n_frames * (MAX_DIMENSIONS * N_POINTS + 3 * n_dimensions)
    id = f"kl weight {view.run.name} {view.version} {view.run.files[EMBEDDING_FILE]['sha256']}"
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
    return make_block(id, {"labels": labels, "shown": shown, "n": rates[0].n}, tensors)


def _aggregate(mu: np.ndarray, logvar: np.ndarray) -> tuple[list[float], list[np.ndarray], list[float]]:
    """Return bounds, masses and kl of one frame; mu, logvar [n, K]."""
    densities = [aggregate_posterior(mu[:, k], logvar[:, k]) for k in range(mu.shape[1])]
    low, high = min(z[0] for z, _ in densities), max(z[-1] for z, _ in densities)
    points = np.linspace(low, high, N_POINTS)
    masses = [(high - low) * np.interp(points, z, density, 0, 0) for z, density in densities]
    return [low, high], masses, [kl_to_prior(z, density) for z, density in densities]
