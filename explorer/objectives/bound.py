"""A tighter bound on log p(x) than the ELBO: many draws from an image's posterior, weighted by importance."""

import math
from collections.abc import Callable

import numpy as np
import torch

from explorer.errors import UserError
from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import Codes, Point
from explorer.objectives.distortion import Likelihood

BATCH = 250  # draws decoded at a time


@torch.inference_mode()
def importance_weighted_bound(
    model: Autoencoder,
    likelihood: Likelihood,
    x: np.ndarray,
    n_samples: int,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> float:
    """x uint8, or float in [0, 1], [C, H, W] -> nats: log of the mean over z ~ q(z|x) of p(x|z)·p(z)/q(z|x).

    Burda, Grosse and Salakhutdinov (ICLR 2016, equation 8): with one sample it is a draw of the ELBO; on
    average it rises with the number of samples, towards log p(x). Where q(z|x) lies beside the true posterior
    it may stay nats away, either way, even with thousands. Raises UserError for an AE, a VQ-VAE, or fewer
    samples than 1.
    """
    if n_samples < 1:
        raise UserError(f"The bound is a mean over samples: choose at least 1, not {n_samples}.")
    device = next(model.parameters()).device
    pixels = torch.tensor(x)[None]  # a copy: an image read from a file may not be written to
    image = (pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels.float()).to(device)
    posterior = model.encode(image)
    if isinstance(posterior, Point):
        raise UserError(
            "An AE has no posterior to sample from, so it has no bound on log p(x): choose a VAE."
        )
    if isinstance(posterior, Codes):
        raise UserError(
            "The posterior of a VQ-VAE is deterministic, so its samples are all the same: use its elbo as the"
            " bound."
        )
    eps = torch.randn(n_samples, posterior.mu.shape[1], generator=torch.Generator().manual_seed(seed)).to(
        device
    )
    log_weights = []
    for some in eps.split(BATCH):
        z = posterior.sample(some)
        log_ratio = 0.5 * (some.square() + posterior.logvar - z.square()).sum(1)  # log p(z)/q(z|x)
        x_logits = model.decode(z)
        distortion = likelihood.distortion(x_logits, image.expand_as(x_logits))
        on_progress(len(some) + sum(map(len, log_weights)), n_samples)
        log_weights.append(log_ratio.cpu().double() - distortion.cpu().double())
    return torch.cat(log_weights).logsumexp(0).item() - math.log(n_samples)
