"""The vector-quantised autoencoder: a code is a few entries of one codebook (van den Oord, Vinyals and
Kavukcuoglu, NeurIPS 2017).
"""

import torch
from torch import Tensor, nn

from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import Codes
from explorer.specs import RunSpec


class VQVAE(Autoencoder):
    """codebook [n_codes, code_dim]. It is learnt by averages (explorer.objectives.codebook) and is no
    parameter of the optimizer's.
    """

    n_statistics = 1

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spec: RunSpec):
        super().__init__(encoder, decoder, spec)
        self.register_buffer("codebook", torch.randn(spec.n_codes, spec.code_dim))

    def posterior(self, statistics: Tensor) -> Codes:
        """Each group of code_dim numbers becomes the entry nearest to it (equation 1)."""
        n_codes, code_dim = self.codebook.shape
        index = nearest(statistics.detach().reshape(-1, code_dim), self.codebook).view(len(statistics), -1)
        return Codes(statistics, self.codebook[index].flatten(1), index, n_codes)


def nearest(points: Tensor, codebook: Tensor) -> Tensor:
    """points [n, d], codebook [K, d] -> int64 [n]; of equals the first."""
    return torch.cdist(points, codebook, compute_mode="donot_use_mm_for_euclid_dist").argmin(
        1
    )  # products would round small distances
