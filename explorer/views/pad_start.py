"""Where the pad of a run, or of two runs, starts: values of the fields that pad_fields() declares."""

from typing import Any

import numpy as np

from explorer.latent.gap_map import deepest_gap
from explorer.live.fields import AE_Z, BETA, CLASS, Z
from explorer.views.run_view import RunView


def run_start(view: RunView) -> dict[str, Any]:
    """Return the code of the first test image, a ladder's KL weight, and the class of a conditional model."""
    e, values = view.embedding, {Z: view.embedding.mu[0].tolist()}
    return values | _film_start(view) | ({CLASS: int(e.y[0])} if view.n_classes else {})


def pair_start(views: tuple[RunView, RunView]) -> dict[str, Any]:
    """Return the z of both runs in the widest gap of the first, a ladder's KL weight, and the class of
    conditional models.
    """
    first, second = views
    gap = deepest_gap(first.gap_map)
    w = np.zeros(2) if gap is None else first.scale.to_standard(gap[: first.run.spec.latent_dim])
    zs = [view.scale.shift_to(view.scale.mean, w).tolist() for view in views]
    return {AE_Z: zs[0], Z: zs[1]} | _film_start(second) | ({CLASS: 0} if n_pair_classes(views) else {})


def n_pair_classes(views: tuple[RunView, RunView]) -> int:
    """Return the number of classes of which a conditional model is given one; 0 without such a model."""
    return max(view.n_classes for view in views)


def n_walk_images(views: tuple[RunView, RunView]) -> int:
    """Return how many test images may be an end of the path: those with an image and a code of both runs."""
    return min(n for view in views for n in (view.n_compared, view.images_kept))


def _film_start(view: RunView) -> dict[str, float]:
    return {BETA: view.run.spec.beta} if view.betas else {}
