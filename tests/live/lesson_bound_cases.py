"""What core/importance.js should compute, by decoding at each draw, torch.distributions and SciPy, with the
evidences of lesson_elbo_cases.
"""

import numpy as np
import torch
from scipy import optimize
from scipy.special import logsumexp
from torch import distributions

from explorer.latent.quadrature import Grid
from explorer.runs.load import LoadedRun, load_model
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.views.evidence_block import GRID
from tests.live.lesson_elbo_cases import IMAGES, PLACES, RUN, digits_case, gaussian

N_DRAWS = 600
LOWEST, HIGHEST = -2.75, 0.0  # log σ of the best Gaussian
STARTS = [(x, y, -1.5, -1.5) for x in (-1, 1) for y in (-1, 1)]


@torch.inference_mode()
def log_likelihood(loaded: LoadedRun, x: np.ndarray, z: torch.Tensor) -> torch.Tensor:
    """Return log p(x|z), float64 [n], by decoding at each z [n, 2]."""
    decoded = loaded.model.decode(z.float()).double()
    coins = distributions.Bernoulli(logits=decoded, validate_args=False)
    return coins.log_prob(torch.from_numpy(x).double() / 255).flatten(1).sum(1)


def log_weights(loaded: LoadedRun, x: np.ndarray, q, noise: np.ndarray) -> np.ndarray:
    """Return log p(x|z) p(z) / q(z) at z = μ + σ·noise, [n]; q: μ₀, μ₁, log σ₀, log σ₁; noise [n, 2]."""
    z = gaussian(q).mean + gaussian(q).stddev * torch.from_numpy(noise)
    return (log_likelihood(loaded, x, z) + gaussian((0.0,) * 4).log_prob(z) - gaussian(q).log_prob(z)).numpy()


def best_gaussian(log_joint: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the Gaussian with the highest bound, from several starts, by L-BFGS; log_joint [n, n]."""

    def shortfall(q: np.ndarray) -> float:
        down, across = (np.exp(grid.log_normal(q[i], np.exp(q[2 + i]))) for i in (0, 1))
        return -(down @ log_joint @ across * grid.step**2 + q[2] + q[3])

    limits = [(-3, 3)] * 2 + [(LOWEST, HIGHEST)] * 2
    ends = [optimize.minimize(shortfall, start, method="L-BFGS-B", bounds=limits) for start in STARTS]
    return min(ends, key=lambda end: end.fun).x


def bound_cases() -> dict:
    run, rng = read_run(RUN), np.random.default_rng(9)
    loaded, e, prior = load_model(run), read_embedding(run), GRID.log_normal(0, 1)
    noise, images = rng.standard_normal((N_DRAWS, 2)), []
    for row, image in zip(IMAGES, digits_case()["images"]):
        gaussians = [PLACES[0], PLACES[3], image["encoder"]]
        images.append(
            {
                "q": gaussians,
                "log_weights": [log_weights(loaded, e.images[row], q, noise) for q in gaussians],
                "best": best_gaussian(image["log_likelihood"] + prior[:, None] + prior, GRID),
            }
        )
    weights = np.exp(rng.normal(-3, 3, (6, 20)))
    return {
        "noise": noise.ravel(),
        "images": images,
        "weights": weights.ravel(),
        "length": weights.shape[1],
        "of_rows": [logsumexp(np.log(weights[:, :k]), axis=1) - np.log(k) for k in (1, 7, 20)],
        "of_groups": [np.log(weights.ravel()[: 120 // k * k].reshape(-1, k).mean(1)) for k in (1, 7, 20)],
    }
