"""Estimate the moon phase of decoded images."""

from dataclasses import dataclass

import numpy as np

N_NEIGHBOURS = 5  # images whose mean phase is the estimate


@dataclass(frozen=True)
class PhaseEstimator:
    """Estimates an image's phase as the mean phase of the images nearest to it in pixels: x [N, pixels] in
    [0, 1], squared_norms [N], phase [N].
    """

    x: np.ndarray
    squared_norms: np.ndarray
    phase: np.ndarray

    def estimate(self, images: np.ndarray) -> np.ndarray:
        """Return the phases [n] of images [n, C, H, W] in [0, 1]."""
        # Near-black pixels are denormal, and so slow, in float32.
        return self._mean(self._order(images.reshape(len(images), -1).astype(np.float64)))

    def leave_one_out_error(self) -> float:
        """Return the mean absolute error on the images themselves, each estimated from the others."""
        order = self._order(self.x)
        np.fill_diagonal(order, np.inf)
        return float(np.abs(self._mean(order) - self.phase).mean())

    def _order(self, images: np.ndarray) -> np.ndarray:
        """Return squared distances [n, N], less a constant of each image."""
        return self.squared_norms - 2 * images @ self.x.T

    def _mean(self, order: np.ndarray) -> np.ndarray:
        """Return the mean phase [n] of the N_NEIGHBOURS nearest images."""
        return self.phase[np.argpartition(order, N_NEIGHBOURS - 1, axis=1)[:, :N_NEIGHBOURS]].mean(1)


def build_phase_estimator(images: np.ndarray, phase: np.ndarray) -> PhaseEstimator:
    """Build the estimator from images uint8 [N, C, H, W] with phases [N]."""
    x = images.reshape(len(images), -1) / 255
    return PhaseEstimator(x, (x**2).sum(1), phase.astype(np.float64))
