"""How the codebook of a VQ-VAE is learned, and how much of it is used (van den Oord, Vinyals and Kavukcuoglu,
NeurIPS 2017).
"""

import math

import torch
from torch import Tensor

from explorer.models.posterior import CodebookPosterior

COMMITMENT_WEIGHT = 0.25  # beta_c
EMA_DECAY = 0.99  # of the moving averages, per batch
MIN_USE = 0.03  # an entry used less than this, relative to equal use, is reset


def commitment_loss(posterior: CodebookPosterior) -> Tensor:
    """Return beta_c·‖encoded − sg(mu)‖², [B], which keeps the encoder near the entries that it chose
    (equation 3). It is no part of the distortion.
    """
    return COMMITMENT_WEIGHT * (posterior.encoded - posterior.mu.detach()).square().sum(1)


class CodebookAverages:
    """Exponential moving averages, for each entry, of how often it was chosen, counts [K], and of the sum of
    the encoder outputs that chose it, sums [K, d]. The entry is their ratio (appendix A.1, equations 6 to 8).

    An entry whose use falls below MIN_USE of an even share is reset to an encoder output of the batch, with
    an even share (Dhariwal et al., 2020, Jukebox, "random restarts").
    """

    def __init__(self, codebook: Tensor):
        self.codebook = codebook
        self.counts = codebook.new_zeros(len(codebook))
        self.sums = torch.zeros_like(codebook)

    @torch.no_grad()
    def update(self, posterior: CodebookPosterior, rng: torch.Generator) -> None:
        """Update the averages with one batch. Entries that are almost never chosen are reset to random
        encoder outputs.
        """
        index = posterior.index.flatten()
        encoded = posterior.encoded.reshape(len(index), -1)
        chosen = torch.zeros_like(self.counts).index_add_(0, index, torch.ones_like(encoded[:, 0]))
        self.counts.mul_(EMA_DECAY).add_(chosen, alpha=1 - EMA_DECAY)
        self.sums.mul_(EMA_DECAY).add_(
            torch.zeros_like(self.sums).index_add_(0, index, encoded), alpha=1 - EMA_DECAY
        )
        mean_count = self.counts.mean()
        dead = self.counts < MIN_USE * mean_count
        rows = torch.randint(len(encoded), self.counts.shape, generator=rng, device=encoded.device)
        candidates = encoded[rows]
        self.counts.copy_(torch.where(dead, mean_count, self.counts))
        self.sums.copy_(torch.where(dead[:, None], mean_count * candidates, self.sums))
        self.codebook.copy_(self.sums / self.counts[:, None])


def perplexity(counts: Tensor) -> float:
    """Return exp of the entropy of the use of the entries, 1 to K: their number, if all were used equally
    often. counts [K]: how often each one was chosen.
    """
    share = counts.double() / counts.sum()
    return math.exp(-torch.special.xlogy(share, share).sum().item())
