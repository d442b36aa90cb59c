"""What core/evidence.js should compute: a linear decoder's evidence and posterior in closed form, and the
digits by decoding at samples of q.
"""

import math
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from scipy import stats
from torch import distributions

from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.runs.evidence import decode_grid, grid_log_likelihood, log_evidence
from explorer.runs.load import load_model
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.views.evidence_block import FIRST, GRID, evidence_blocks
from explorer.views.evidence_block import IMAGES as IN_BLOCKS

RUN = Path(__file__).parents[2] / "trained/digits-vae-2d"
PLACES = [(0.0, 0.0, 0.0, 0.0), (2.5, -2.5, 0.0, 0.0), (-1.2, 0.7, -2.75, -2.75), (1.3, 0.8, -1.0, -1.6)]
IMAGES = (7, 158, 200)
N_SAMPLES = 20_000


def gaussian(q) -> distributions.MultivariateNormal:
    mu, sd = torch.tensor(q[:2], dtype=torch.float64), torch.tensor(q[2:], dtype=torch.float64).exp()
    return distributions.MultivariateNormal(mu, torch.diag(sd**2))


def elbo_cases() -> dict:
    cases = {"linear": linear_case(), "digits": digits_case(), "normaliser": normaliser_case()}
    return cases | {"block": block_case()}


def linear_case() -> dict:
    """Return a linear VAE, whose evidence and posterior are Gaussians (Tipping and Bishop, 1999), with an
    image of it.
    """
    rng, sigma = np.random.default_rng(0), 0.5
    spec = RunSpec("digits", network="linear", likelihood="gaussian", sigma=sigma, latent_dim=2)
    model = build_autoencoder(spec, (1, 8, 8))
    w = rng.standard_normal((64, 2)) * [0.25, 0.15]
    b = rng.random(64)
    with torch.no_grad():
        model.decoder[0].weight.copy_(torch.from_numpy(w))
        model.decoder[0].bias.copy_(torch.from_numpy(b))
    x = rng.integers(0, 256, (1, 8, 8), dtype=np.uint8)
    covariance = np.linalg.inv(np.eye(2) + w.T @ w / sigma**2)
    mean = covariance @ w.T @ (x.ravel() / 255 - b) / sigma**2
    posterior = distributions.MultivariateNormal(torch.from_numpy(mean), torch.from_numpy(covariance))
    loaded = SimpleNamespace(model=model, likelihood=build_likelihood(spec))
    prior = gaussian((0.0, 0.0, 0.0, 0.0))
    return {
        "reach": GRID.reach,
        "n": GRID.n,
        "log_likelihood": grid_log_likelihood(loaded, decode_grid(loaded, GRID), x).astype(np.float32),
        "log_evidence": stats.multivariate_normal(b, w @ w.T + sigma**2 * np.eye(64)).logpdf(x.ravel() / 255),
        "log_posterior": posterior.log_prob(torch.from_numpy(GRID.points)).float().numpy(),
        "places": PLACES,
        "kl_to_posterior": [distributions.kl_divergence(gaussian(q), posterior).item() for q in PLACES],
        "kl_to_prior": [distributions.kl_divergence(gaussian(q), prior).item() for q in PLACES],
        "best": [*mean, *(-np.log(np.diag(np.linalg.inv(covariance))) / 2)],
    }


def block_case() -> dict:
    """Return the block of the first image, and what Python reads of this image."""
    run, row = read_run(RUN), IN_BLOCKS[0]
    loaded, e = load_model(run), read_embedding(run)
    log_likelihood = grid_log_likelihood(loaded, decode_grid(loaded, GRID), e.images[row])
    return {
        "block": evidence_blocks(run)[FIRST].content,
        "row": row,
        "log_evidence": log_evidence(log_likelihood, GRID),
        "encoder": [*e.mu[row].tolist(), *(e.logvar[row] / 2).tolist()],
        "pixels": e.images[row].ravel() / np.float32(255),
    }


@cache
def digits_case() -> dict:
    """Return images of the digits, with log p(x) by Python's grid, and E_q log p(x|z) with its standard error
    by decoding at samples of q.
    """
    run = read_run(RUN)
    loaded, e, rows = load_model(run), read_embedding(run), IMAGES
    logits, images = decode_grid(loaded, GRID), []
    for row in rows:
        log_likelihood = grid_log_likelihood(loaded, logits, e.images[row])
        x, draws = torch.from_numpy(e.images[row]).double() / 255, []
        for q in PLACES[2:]:
            noise = torch.randn(N_SAMPLES, 2, generator=torch.Generator().manual_seed(0))
            z = gaussian(q).mean + gaussian(q).stddev * noise
            with torch.no_grad():
                decoded = loaded.model.decode(z.float()).double()
            coins = distributions.Bernoulli(logits=decoded, validate_args=False)
            draws.append(coins.log_prob(x).flatten(1).sum(1).numpy())
        images.append(
            {
                "log_likelihood": log_likelihood.astype(np.float32),
                "log_evidence": log_evidence(log_likelihood, GRID),
                "means": [float(d.mean()) for d in draws],
                "errors": [float(d.std() / math.sqrt(N_SAMPLES)) for d in draws],
                "encoder": [*e.mu[row].tolist(), *(e.logvar[row] / 2).tolist()],
            }
        )
    return {"reach": GRID.reach, "n": GRID.n, "places": PLACES[2:], "images": images}


def normaliser_case() -> dict:
    """Return pixels decoded at codes, with what torch's two densities differ by, at any grey value."""
    run = read_run(RUN)
    with torch.no_grad():
        logits = load_model(run).model.decode(torch.from_numpy(read_embedding(run).mu).float()).double()
    logits = torch.cat([logits.flatten(1), torch.tensor([[0.0, 1e-4, -9e-4, 1.1e-3, -30, 8.0] + 58 * [0.3]])])
    grey = torch.full_like(logits, 0.3)
    difference = distributions.ContinuousBernoulli(logits=logits).log_prob(grey) - distributions.Bernoulli(
        logits=logits, validate_args=False
    ).log_prob(grey)
    return {
        "pixels": torch.sigmoid(logits).float().numpy(),
        "log_normaliser": difference.sum(1).float().numpy(),
    }
