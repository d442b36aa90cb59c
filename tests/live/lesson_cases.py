"""What the modules of explorer/live/core/ for lessons should compute, by torch.distributions."""

import numpy as np
import torch
from torch.distributions import Normal, kl_divergence

from tests.live.lesson_bound_cases import bound_cases
from tests.live.lesson_closing_gap_cases import gaussian_mixture_cases
from tests.live.lesson_cloud_cases import nearest_cases, posterior_cases
from tests.live.lesson_codebook_cases import codebook_cases
from tests.live.lesson_copying_cases import blend_cases
from tests.live.lesson_elbo_cases import elbo_cases
from tests.live.lesson_features_cases import class_direction_cases
from tests.live.lesson_gaps_cases import standard_units_cases
from tests.live.lesson_mixture_cases import mixture_cases
from tests.live.lesson_noise_cases import linear_vae_cases
from tests.live.lesson_pca_cases import pca_cases
from tests.live.lesson_rate_cases import rate_terms_cases
from tests.live.lesson_reparameterization_cases import gradient_cases
from tests.live.lesson_slant_cases import slant_cases
from tests.live.lesson_spread_cases import spread_cases
from tests.live.lesson_steps_cases import linear_decoder_cases


def lesson_cases() -> dict[str, dict]:
    """Return the cases of each module by its name."""
    return {
        "gaussian": gaussian_cases(),
        "gaussian_mixture": gaussian_mixture_cases(),
        "evidence": elbo_cases(),
        "importance": bound_cases(),
        "blend": blend_cases(),
        "codebook": codebook_cases(),
        "class_direction": class_direction_cases(),
        "gradients": gradient_cases(),
        "linear_decoder": linear_decoder_cases(),
        "linear_vae": linear_vae_cases(),
        "mixture": mixture_cases(),
        "nearest_images": nearest_cases(),
        "pca": pca_cases(),
        "posteriors": posterior_cases(),
        "rate_terms": rate_terms_cases(),
        "slant": slant_cases(),
        "spread": spread_cases(),
        "standard_units": standard_units_cases(),
    }


def gaussian_cases() -> dict:
    rng = np.random.default_rng(0)
    z, mean, sd = rng.normal(0, 2, 50), rng.normal(0, 2, 50), np.exp(rng.uniform(-5, 1, 50))
    distribution = Normal(torch.tensor(mean), torch.tensor(sd))
    return {
        "z": z,
        "mean": mean,
        "sd": sd,
        "density": distribution.log_prob(torch.tensor(z)).exp().numpy(),
        "kl": kl_divergence(distribution, Normal(0.0, 1.0)).numpy(),
    }
