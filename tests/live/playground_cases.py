"""What core/playground/codes_on_map.js should compute, by the modules with which Python draws maps."""

import numpy as np

from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.views.map_block import _posterior_cholesky


def playground_cases() -> list[dict]:
    """Return codes of a VAE and of an AE in 2, 1 and 5 dimensions, and where a map shows them."""
    return [_codes(dim, has_prior) for dim in (2, 1, 5) for has_prior in (True, False)]


def _codes(dim: int, has_prior: bool) -> dict:
    rng = np.random.default_rng(dim)
    mu = (rng.normal(size=(60, dim)) @ rng.normal(size=(dim, dim)) + rng.normal(size=dim)).astype(np.float32)
    logvar = rng.normal(-2, 1, (60, dim)).astype(np.float32)
    projection = fit_projection(mu)
    scale = reference_gaussian(mu, projection, has_prior)
    return {
        "latent_dim": dim,
        "mu": mu.ravel(),
        "logvar": logvar.ravel() if has_prior else None,
        "plane": projection.axes.T @ projection.axes,  # what of it does not depend on how the map is turned
        "squared_radii": np.square(projection.points[:, : min(dim, 2)]).sum(1),
        "map_covariance_trace": float(np.trace(scale.map_root @ scale.map_root)),
        "posterior_areas": np.prod(_posterior_cholesky(logvar, projection.axes)[:, [0, 2]], axis=1),
        "covariance": np.atleast_2d(np.cov(mu, rowvar=False, bias=True)),
    }
