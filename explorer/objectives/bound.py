"""A tighter bound on log p(x) than the ELBO, by importance sampling from the posterior of an image."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from explorer.errors import UserError
from explorer.models.autoencoder import Autoencoder
from explorer.objectives.distortion import Likelihood

DRAW_BATCH_SIZE = 250  # samples decoded at a time


@torch.inference_mode()
def importance_weighted_bound(
    model: Autoencoder,
    likelihood: Likelihood,
    x: np.ndarray,
    n_samples: int,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    y: int | None = None,
) -> float:
    """Return the log of the mean over z ~ q(z|x) of p(x|z)·p(z)/q(z|x), in nats. x uint8, or float in [0, 1],
    [C, H, W]; y: its class, for a conditional model, whose bound is on log p(x|y).

    Burda, Grosse and Salakhutdinov (ICLR 2016, equation 8): with one sample, its expectation is the ELBO; the
    expectation rises with the number of samples, towards log p(x). Where q(z|x) fits the true posterior
    poorly, the result may be several nats too low or too high even with thousands of samples. Raises
    UserError for a posterior that is not Gaussian, and for fewer than 1 sample.
    """
    if n_samples < 1:
        raise UserError(f"The bound is a mean over samples: choose at least 1, not {n_samples}.")
    device = next(model.parameters()).device
    pixels = torch.tensor(x)[None]  # a copy, because an image read from a file may be read-only
    image = (pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels.float()).to(device)
    label = None if y is None else torch.tensor([y], device=device)
    posterior = model.encode(image, label)
    eps = torch.randn(n_samples, posterior.mu.shape[1], generator=torch.Generator().manual_seed(seed)).to(
        device
    )
    log_weights: list[Tensor] = []
    for batch in eps.split(DRAW_BATCH_SIZE):
        log_ratio = posterior.log_ratio(batch)
        x_logits = model.decode(posterior.sample(batch), None if label is None else label.expand(len(batch)))
        distortion = likelihood.distortion(x_logits, image.expand_as(x_logits))
        on_progress(len(batch) + sum(map(len, log_weights)), n_samples)
        log_weights.append(log_ratio.cpu().double() - distortion.cpu().double())
    return torch.cat(log_weights).logsumexp(0).item() - math.log(n_samples)
