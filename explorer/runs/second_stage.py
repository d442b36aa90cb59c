"""Use cases: fit a diffusion model to codes."""

from collections.abc import Callable

import numpy as np

from explorer.latent.densities.diffusion import TIME_FREQUENCIES, Diffusion, position_frequencies
from explorer.latent.gaps import fit_gaussian
from explorer.training.second_stage import train_denoiser

# dimensions up to which the first settings are used: width of the network, steps, learning rate
MAX_SMALL_DIMENSIONS = 3
SMALL = {"width": 96, "n_steps": 3000, "lr": 6e-3}
LARGE = {"width": 192, "n_steps": 6000, "lr": 3e-3}


def fit_diffusion(codes: np.ndarray, on_progress: Callable[[float], None]) -> Diffusion:
    """Fit a diffusion model to codes [n, D]. on_progress: called with the share that is done; what it raises
    ends the fit. Raises UserError if all codes are one point.
    """
    whitening = fit_gaussian(codes)
    w = whitening.whiten(codes)
    settings = SMALL if w.shape[1] <= MAX_SMALL_DIMENSIONS else LARGE
    layers = train_denoiser(w, position_frequencies(w.shape[1]), TIME_FREQUENCIES, on_progress, **settings)
    return Diffusion("diffusion", whitening, tuple(layers))
