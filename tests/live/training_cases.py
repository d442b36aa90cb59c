"""What a training computes by torch, as explorer/live/core/training/ should."""

from itertools import product

import numpy as np
import torch
from torch import Tensor

from explorer.data.digits import load_digits
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.registry import LIKELIHOODS
from explorer.specs import RunSpec
from explorer.training.adam import Adam
from explorer.training.update import Update

N_IMAGES, BATCH_SIZE, STEPS = 72, 16, 200  # each epoch ends with a batch of 8
CHANGE_STEP = 100  # the step at which learning rate and KL weight change
RATES, BETAS = (4e-3, 1e-3), (0.5, 4.0)
SETTINGS = {"latent_dim": 3, "width": 21, "depth": 2, "seed": 5}
INPUT_NOISE = 0.3


def training_cases() -> dict:
    """Return images, the rows and the noise of each batch, and for each model and likelihood the weights
    before and after, and the mean losses [steps, 2] of the trainer's own update.
    """
    images = load_digits().x[:N_IMAGES]
    torch.manual_seed(0)
    order = [torch.randperm(N_IMAGES).split(BATCH_SIZE) for _ in range(STEPS)]
    rows = [batch for epoch in order for batch in epoch][:STEPS]
    noise = [INPUT_NOISE * torch.randn(len(batch), *images.shape[1:]) for batch in rows]
    eps = _draw_eps(rows)
    specs = [
        RunSpec(model=m, likelihood=k, sigma=0.2, **SETTINGS) for m, k in product(("ae", "vae"), LIKELIHOODS)
    ]
    linear = RunSpec(network="linear", latent_dim=SETTINGS["latent_dim"], likelihood="gaussian")
    cases = [*((spec, 0.0) for spec in [*specs, linear]), (RunSpec(**SETTINGS), INPUT_NOISE)]
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)  # batches are small
    runs = [_run(spec, input_noise, images, rows, noise) for spec, input_noise in cases]
    torch.set_num_threads(n_threads)
    return {
        "images": np.float32(images.reshape(N_IMAGES, -1) / 255).ravel(),
        "rows": [batch.tolist() for batch in rows],
        "eps": eps,
        "noise": [part.numpy().ravel() for part in noise],
        "settings": SETTINGS | {"batch_size": BATCH_SIZE},
        "change_step": CHANGE_STEP,
        "rates": RATES,
        "betas": BETAS,
        "runs": runs,
    }


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def _draw_eps(rows: list[Tensor]) -> list[np.ndarray]:
    """Return the noise of the posterior that Update draws for each batch."""
    rng = _generator()
    return [torch.randn(len(batch), SETTINGS["latent_dim"], generator=rng).numpy().ravel() for batch in rows]


def _run(spec: RunSpec, input_noise: float, images, rows, noise) -> dict:
    model = build_autoencoder(spec, images.shape[1:])
    first = _tensors(model)
    noise_left = iter(noise)
    if input_noise:
        encode = model.encode
        model.encode = lambda x, y=None: encode(x + next(noise_left), y)
    x, likelihood = torch.from_numpy(images), build_likelihood(spec, model)
    optimizer = Adam(model.parameters(), spec.lr)
    update = Update(model, likelihood, x, optimizer, _generator(), torch.autocast("cpu", enabled=False), None)
    losses = []
    for step, batch in enumerate(rows):
        update.sums.zero_()
        is_later = step >= CHANGE_STEP
        update(batch, RATES[is_later], BETAS[is_later] if spec.model_kind.has_rate else 0.0)
        losses.append((update.sums / len(batch)).tolist())
    last = _tensors(model)
    with torch.inference_mode():
        posterior = type(model).encode(model, x / 255)
        decoded = likelihood.mean(model.decode(posterior.mu))
    return {
        "settings": {
            "model": spec.model,
            "likelihood": spec.likelihood,
            "sigma": spec.sigma,
            "depth": spec.depth if spec.network == "mlp" else 0,
            "input_noise": input_noise,
        },
        "first": first,
        "last": last,
        "losses": losses,
        "mu": posterior.mu.numpy().ravel(),
        "logvar": None if posterior.logvar is None else posterior.logvar.numpy().ravel(),
        "decoded": decoded.numpy().ravel(),
    }


def _tensors(model: torch.nn.Module) -> dict:
    """Return a copy of all weights, each with its shape."""
    state = model.state_dict().items()
    return {name: {"shape": list(w.shape), "data": w.numpy().copy().ravel()} for name, w in state}
