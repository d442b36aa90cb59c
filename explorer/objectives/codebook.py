"""How a VQ-VAE's codebook is learnt, and how much of it is in use (van den Oord, Vinyals and Kavukcuoglu,
NeurIPS 2017).
"""

import math

import torch
from torch import Tensor

from explorer.models.posterior import Codes

COMMITMENT = 0.25  # beta_c
DECAY = 0.99  # of the averages, from one batch to the next
DEAD = 0.03  # of an even share of the use, below which an entry is given up


def commitment(posterior: Codes) -> Tensor:
    """[B] beta_c·‖encoded − sg(mu)‖², which keeps the encoder near the entries it chose (equation 3); no part
    of the distortion.
    """
    return COMMITMENT * (posterior.encoded - posterior.mu.detach()).square().sum(1)


class Averages:
    """Exponential moving averages of how often each entry was chosen, counts [K], and of the sum of what
    chose it, sums [K, d].

    An entry is their ratio (appendix A.1, equations 6 to 8). One that falls below a DEAD part of an even
    share of the use starts again from an encoder output of the batch, with an even share (Dhariwal et al.,
    2020, Jukebox, "random restarts").
    """

    def __init__(self, codebook: Tensor):
        self.codebook = codebook
        self.counts = codebook.new_zeros(len(codebook))
        self.sums = torch.zeros_like(codebook)

    @torch.no_grad()
    def update(self, posterior: Codes, rng: torch.Generator) -> None:
        """Update the averages with one batch. Entries that are almost never chosen are reset to random
        encoder outputs.
        """
        index = posterior.index.flatten()
        encoded = posterior.encoded.reshape(len(index), -1)
        chosen = torch.zeros_like(self.counts).index_add_(0, index, torch.ones_like(encoded[:, 0]))
        self.counts.mul_(DECAY).add_(chosen, alpha=1 - DECAY)
        self.sums.mul_(DECAY).add_(torch.zeros_like(self.sums).index_add_(0, index, encoded), alpha=1 - DECAY)
        even = self.counts.mean()
        dead = self.counts < DEAD * even
        candidates = encoded[
            torch.randint(len(encoded), self.counts.shape, generator=rng, device=encoded.device)
        ]
        self.counts.copy_(torch.where(dead, even, self.counts))
        self.sums.copy_(torch.where(dead[:, None], even * candidates, self.sums))
        self.codebook.copy_(self.sums / self.counts[:, None])


def perplexity(chosen: Tensor) -> float:
    """chosen [K], how often each entry was: exp of the entropy of its use. As if that many were used equally
    often; 1 to K.
    """
    share = chosen.double() / chosen.sum()
    return math.exp(-torch.special.xlogy(share, share).sum().item())
