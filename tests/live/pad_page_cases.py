"""What core/playground/pad_blocks.js should write: the map of a run by the modules with which Python shows
it.
"""

import numpy as np

from explorer.export.playground.page_template import page_block
from explorer.latent.dimensions import rank_dimensions
from explorer.latent.gap_map import GAP_THRESHOLD, GapIndex, shade_gaps
from explorer.latent.gaps import FittedGaussian
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian, symmetric_square_root
from explorer.live.block import read_block
from explorer.specs import RunSpec
from explorer.store.embedding import Embedding
from explorer.views.map_block import RunInfo, map_block
from explorer.views.readouts import _build_readouts

N, SHAPE, CLASSES = 50, (1, 3, 4), ("one", "zwölf", "three")
DISTORTION, RATES = 12.34, [0.4, 0.9]


def pad_page_cases() -> dict:
    """Return the template of a page, images, and codes of a VAE and of an AE with the maps of them."""
    images = np.random.default_rng(3).integers(0, 256, (N, *SHAPE), np.uint8)
    return {
        "template": page_block(),
        "images": images.ravel(),
        "shape": SHAPE,
        "maps": [_map(name) for name in ("vae", "ae")],
        "gaps": [_gaps(dim) for dim in (1, 2)],
    }


def _gaps(dim: int) -> dict:
    """Return codes in two clusters, draws, and the shade of the gaps, whitened by a symmetric matrix."""
    rng = np.random.default_rng(dim)
    clusters = rng.normal(size=(80, dim)) + 20 * rng.integers(0, 2, (80, 1))
    codes = (clusters @ rng.normal(size=(dim, dim))).astype(np.float32)
    draws = rng.normal(size=codes.shape).astype(np.float32)
    mean, root = codes.mean(0), symmetric_square_root(np.atleast_2d(np.cov(codes, rowvar=False, bias=True)))
    fitted = FittedGaussian(mean, root, np.linalg.inv(root))
    bounds, shade = shade_gaps(GapIndex(np.arange(80), codes, fitted, fitted.whiten(codes), draws))
    assert (shade > GAP_THRESHOLD).any()
    return {"dim": dim, "codes": codes.ravel(), "draws": draws.ravel(), "bounds": bounds, "shade": shade}


def _map(name: str) -> dict:
    rng, has_prior = np.random.default_rng(len(name)), name == "vae"
    mu = (rng.normal(size=(N, 2)) * [0.05, 2] + rng.normal(size=2)).astype(np.float32)
    logvar = rng.normal(-2, 1, (N, 2)).astype(np.float32) if has_prior else None
    y = np.append(rng.choice([0, 2], N - 2), [0, 2])  # one class is not among the test images
    projection, rates = fit_projection(mu), RATES if has_prior else [0.0, 0.0]
    run = RunInfo(RunSpec("digits", model=name), SHAPE, CLASSES)
    readouts = _build_readouts(2, [], [], [DISTORTION], [sum(RATES)] if has_prior else None, None)[1:]
    block = map_block(
        "map",
        run,
        Embedding(mu, logvar, y, np.zeros((0, *SHAPE), np.uint8), {}),
        reference_gaussian(mu, projection, has_prior),
        rank_dimensions(mu, rates, has_prior),
        "the set",
        readouts=readouts,
    )
    metadata, tensors = read_block(block)
    del metadata["id"], metadata["film"]
    return {
        "model": name,
        "mu": mu.ravel(),
        "logvar": None if logvar is None else logvar.ravel(),
        "labels": np.searchsorted([0, 2], y),
        "test": {"n": N, "distortion": DISTORTION, "rate": sum(rates), "rate_per_dimension": rates},
        "metadata": metadata,
        "tensors": {
            key: tensor.astype(np.float32).ravel()
            for key, tensor in tensors.items()
            if key not in ("bounds", "label_positions")  # the playground leaves out other outliers
        },
    }
