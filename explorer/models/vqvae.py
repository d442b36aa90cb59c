"""The vector-quantised autoencoder: the code of an image is a few entries of a codebook (van den Oord,
Vinyals and Kavukcuoglu, NeurIPS 2017).
"""

import torch
from torch import Tensor, nn

from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import CodebookPosterior
from explorer.specs import RunSpec


class VQVAE(Autoencoder):
    """A VQ-VAE. Its codebook [n_codes, code_dim] is a buffer: moving averages update it
    (explorer.objectives.codebook), not the optimizer.
    """

    n_statistics = 1
    codebook: Tensor

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spec: RunSpec, n_classes: int = 0):
        super().__init__(encoder, decoder, spec, n_classes)
        assert spec.n_codes and spec.code_dim  # RunSpec has set them
        self.register_buffer("codebook", torch.randn(spec.n_codes, spec.code_dim))

    def posterior(self, statistics: Tensor) -> CodebookPosterior:
        """Return the entries that are nearest to each group of code_dim numbers (equation 1)."""
        n_codes, code_dim = self.codebook.shape
        index = nearest_entries(statistics.detach().reshape(-1, code_dim), self.codebook).view(
            len(statistics), -1
        )
        return CodebookPosterior(statistics, self.codebook[index].flatten(1), index, n_codes)


def nearest_entries(points: Tensor, codebook: Tensor) -> Tensor:
    """Return the index of the entry nearest to each point, int64 [n]; of equally near ones, the first.
    points [n, d], codebook [K, d].
    """
    # a matrix product would round small distances
    return torch.cdist(points, codebook, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
