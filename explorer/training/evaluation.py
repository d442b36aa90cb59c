"""Evaluate a model on the test split with fixed noise, so that two evaluations of one model agree."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from explorer.events import ACTIVE_MIN_VARIANCE, RunMetrics
from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import CodebookPosterior
from explorer.objectives.codebook import perplexity
from explorer.objectives.distortion import Likelihood
from explorer.objectives.gaussian import LearnedGaussian
from explorer.objectives.rate import kl_per_dimension

NOISE_SEED = 20_131_220  # the day "Auto-Encoding Variational Bayes" appeared
BATCH_SIZE = 1000


@dataclass(frozen=True)
class Evaluation:
    """The metrics of a model and the values of each image: mu, logvar [n, D] (logvar None if the posterior is
    not Gaussian), distortion [n] and rate [n, D] in nats; all float32. index [n, G]: the entries of a
    codebook that the images chose; None without one.
    """

    metrics: RunMetrics
    mu: np.ndarray
    logvar: np.ndarray | None
    distortion: np.ndarray
    rate: np.ndarray
    index: np.ndarray | None = None


@torch.inference_mode()
def evaluate(
    model: Autoencoder,
    likelihood: Likelihood,
    x: np.ndarray,
    y: np.ndarray | None = None,
    statistics: np.ndarray | None = None,
) -> Evaluation:
    """Evaluate a model on images, with one posterior sample per image. x uint8 [N, C, H, W]; y int64 [N]:
    their classes, on which the figures of a conditional model depend: its elbo bounds log p(x|y). statistics
    float32 [N, n]: what the encoder returns for x, if it is known.
    """
    device = next((w.device for w in model.parameters()), torch.device("cpu"))
    rng = torch.Generator().manual_seed(NOISE_SEED)
    distortions: list[Tensor] = []
    rates: list[Tensor] = []
    mus: list[Tensor] = []
    logvars: list[Tensor] = []
    indices: list[Tensor] = []  # [n, G]: the entries of a codebook that were chosen in a batch
    images, classes = torch.from_numpy(x), None if y is None else torch.from_numpy(y).to(device)
    for first in range(0, len(images), BATCH_SIZE):
        rows = slice(first, first + BATCH_SIZE)
        batch, labels = images[rows].to(device).float() / 255, None if classes is None else classes[rows]
        if statistics is None:
            posterior = model.encode(batch, labels)
        else:
            posterior = model.posterior(torch.from_numpy(statistics[rows]).to(device))
        eps = torch.randn(posterior.mu.shape, generator=rng).to(device)
        x_logits = model.decode(posterior.sample(eps), labels)
        distortions.append(likelihood.distortion(x_logits, batch).cpu())
        rates.append(kl_per_dimension(posterior).cpu())
        mus.append(posterior.mu.cpu())
        if posterior.logvar is not None:
            logvars.append(posterior.logvar.cpu())
        if isinstance(posterior, CodebookPosterior):
            indices.append(posterior.index.cpu())
    mu, distortion_of, rate_of = (torch.cat(parts).numpy() for parts in (mus, distortions, rates))
    per_dimension = rate_of.mean(0, dtype=np.float64)
    distortion, rate = float(distortion_of.mean(dtype=np.float64)), float(per_dimension.sum())
    variances = mu.var(axis=0, dtype=np.float64)
    active = int((variances > ACTIVE_MIN_VARIANCE * (1 if logvars else variances.max())).sum())
    elbo = -(distortion + rate) if model.kind.has_rate else None
    metrics = RunMetrics(distortion, rate, elbo, active, len(x), per_dimension.tolist())
    index = torch.cat(indices) if indices else None
    if index is not None:
        chosen = index.flatten().bincount()
        metrics = replace(metrics, codes_used=int((chosen > 0).sum()), perplexity=perplexity(chosen))
    if isinstance(likelihood, LearnedGaussian):
        metrics = replace(metrics, sigma=likelihood.sigma.item())
    logvar = torch.cat(logvars).numpy() if logvars else None
    return Evaluation(metrics, mu, logvar, distortion_of, rate_of, None if index is None else index.numpy())
