"""One step of training: from the rows of a batch to new weights."""

from contextlib import AbstractContextManager

import torch
from torch import Tensor

from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import CodebookPosterior
from explorer.objectives.codebook import CodebookAverages, commitment_loss
from explorer.objectives.distortion import Likelihood
from explorer.objectives.gaussian import LearnedGaussian
from explorer.objectives.rate import kl_per_dimension
from explorer.training.augmentation import augment


class Update:
    """One step of Adam on distortion + beta·rate of a batch, with a VQ-VAE's commitment loss and moving
    averages, and those of a learned sigma. Augmented images are encoded, and are what is reconstructed.

    It waits for no result and reads none, so that on a GPU it can be captured (explorer.training.graphed). It
    adds the distortion and rate of the batch, in nats, to sums [2].
    """

    def __init__(
        self,
        model: Autoencoder,
        likelihood: Likelihood,
        x: Tensor,
        optimizer: torch.optim.Adam,
        rng: torch.Generator,
        autocast: AbstractContextManager,
        averages: CodebookAverages | None,
        y: Tensor | None = None,
        augmentations: str | None = None,
    ):
        self.model, self.likelihood, self.x, self.optimizer, self.rng = model, likelihood, x, optimizer, rng
        self.autocast, self.averages, self.y = autocast, averages, y
        self.augmentations = augmentations
        self.sums = torch.zeros(2, device=x.device)

    def __call__(self, rows: Tensor, lr: float | Tensor, beta: float | Tensor) -> None:
        """Take one step. rows int64 [B], of x uint8 [N, C, H, W] and of the classes y int64 [N]. A beta that
        is the number 0 leaves the rate out of the loss.
        """
        self.optimizer.param_groups[0]["lr"] = lr
        y = None if self.y is None else self.y.index_select(0, rows)
        x = self.x.index_select(0, rows)  # copies whole images; x[rows] copies pixel by pixel
        if self.augmentations:
            x = augment(x, self.augmentations, self.rng)
        x = x / 255
        with self.autocast:
            posterior = self.model.encode(x, y)
            z = posterior.sample(torch.randn(posterior.mu.shape, generator=self.rng, device=x.device))
            x_logits = self.model.decode(z, y)
        distortion, rate = self.likelihood.distortion(x_logits, x).sum(), kl_per_dimension(posterior).sum()
        loss = (distortion if isinstance(beta, float) and not beta else distortion + beta * rate) / len(rows)
        if isinstance(posterior, CodebookPosterior):
            loss = loss + commitment_loss(posterior).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.averages and isinstance(posterior, CodebookPosterior):
            self.averages.update(posterior, self.rng)
        if isinstance(self.likelihood, LearnedGaussian):
            self.likelihood.update(x_logits, x)
        self.sums += torch.stack([distortion.detach(), rate.detach()])
