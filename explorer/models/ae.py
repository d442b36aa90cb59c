"""The autoencoder: the code of an image is a point (Rumelhart, Hinton and Williams, 1986)."""

from torch import Tensor

from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import PointPosterior


class AE(Autoencoder):
    n_statistics = 1

    def posterior(self, statistics: Tensor) -> PointPosterior:
        return PointPosterior(statistics)
