"""The film of a ladder's codes over its KL weights, for a map."""

from explorer.latent.projection import Projection
from explorer.store.embedding import Embedding
from explorer.store.run import Run
from explorer.views.map_block import Film


def ladder_film(run: Run, e: Embedding, projection: Projection) -> Film:
    """Return the codes of a ladder, of which e is the embedding, on the map of the projection."""
    places = (e.film.mu - projection.centre) @ projection.axes.T
    if e.mu.shape[1] == 1:  # scattered in the same way at every KL weight
        places[..., 1] = projection.points[: places.shape[1], 1]
    betas = tuple(frame.beta for frame in run.film)
    return Film(
        places, "beta", "KL weight β", betas, log_axis=True, ticks=run.spec.rungs, logvar=e.film.logvar
    )
