"""The variational autoencoder: the posterior of an image is a Gaussian (Kingma and Welling, ICLR 2014)."""

from torch import Tensor

from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import GaussianPosterior


class VAE(Autoencoder):
    n_statistics = 2

    def posterior(self, statistics: Tensor) -> GaussianPosterior:
        return GaussianPosterior(*statistics.chunk(2, dim=1))
