"""What a diffusion model computes by torch, as explorer/live/core/second_stage.js should."""

import math

import numpy as np
import torch

from explorer.latent.densities.diffusion import TIME_FREQUENCIES, Diffusion, position_frequencies
from explorer.latent.gaps import fit_gaussian
from explorer.models.denoiser import Denoiser
from explorer.views.second_stage_block import second_stage_block

N_STEPS, N_PATHS, TOLERANCE = 25, 20, 2e-4


def random_denoiser(dim: int, width: int = 24) -> Denoiser:
    """Return a network with weights as large as training makes them."""
    torch.manual_seed(dim)
    network = Denoiser(dim, width, position_frequencies(dim), TIME_FREQUENCIES).eval()
    for p in network.parameters():
        p.data *= 1.5
    return network.requires_grad_(False)


def model_of(network: Denoiser, codes: np.ndarray) -> Diffusion:
    layers = [(m.weight.numpy().astype(float), m.bias.numpy().astype(float)) for m in network.linear_layers()]
    return Diffusion("diffusion", fit_gaussian(codes), tuple(layers))


@torch.inference_mode()
def path_by_torch(network: Denoiser, model: Diffusion, noise: np.ndarray, n_steps: int) -> np.ndarray:
    """Return positions [n_steps + 1, n, D]: each step keeps the w and the ε that the velocity implies."""
    x, step = torch.from_numpy(noise), math.pi / 2 / n_steps
    network, positions = network.double(), [x]
    for i in range(n_steps):
        t = math.pi / 2 - i * step
        v = network(x, torch.full((len(x),), t, dtype=torch.float64))
        w, eps = math.cos(t) * x - math.sin(t) * v, math.sin(t) * x + math.cos(t) * v
        x = math.cos(t - step) * w + math.sin(t - step) * eps
        positions.append(x)
    mean, root = (torch.from_numpy(part) for part in (model.whitening.mean, model.whitening.root))
    return torch.stack([mean + x @ root for x in positions]).numpy()


def second_stage_cases() -> list[dict]:
    cases = []
    for dim in (1, 2, 16):
        rng = np.random.default_rng(dim)
        codes = rng.standard_normal((300, dim)) @ rng.standard_normal((dim, dim)) + 3
        network = random_denoiser(dim)
        model = model_of(network, codes)
        noise = rng.standard_normal((N_PATHS, len(model.whitening.root)))
        expected = path_by_torch(network, model, noise, N_STEPS)
        cases.append(
            {
                "name": f"{dim} dimensions",
                "block": second_stage_block("s", model),
                "noise": noise,
                "n_steps": N_STEPS,
                "expected": expected.transpose(1, 0, 2),
                "tolerance": TOLERANCE * max(1.0, float(np.abs(expected).max())),
            }
        )
    return cases
