"""Train the network of a diffusion model on codes (explorer.latent.densities.diffusion)."""

import math
from collections.abc import Callable

import numpy as np
import torch

from explorer.models.denoiser import Denoiser
from explorer.training.adam import Adam
from explorer.training.trainer import lr_factor

BATCH_SIZE = 512
AVERAGE_DECAY = 0.998  # of the running average of the weights, which is the result
AVERAGE_WARMUP_STEPS = 10  # in which it follows the weights faster
TIME_POWER = 1.5  # above 1: more small t, at which the details of a density are decided
N_REPORTS = 100  # of progress


def train_denoiser(
    w: np.ndarray,
    position_frequencies: tuple[int, ...],
    time_frequencies: tuple[int, ...],
    on_progress: Callable[[float], None],
    *,
    width: int,
    n_steps: int,
    lr: float,
    seed: int = 0,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Minimise E‖v(x, t) − (cos(t)·ε − sin(t)·w)‖² with x = cos(t)·w + sin(t)·ε over whitened codes w [n, R],
    noise ε and times t. Return weight and bias of each linear layer, float32.

    on_progress: called with the share that is done; what it raises ends the training. One thread, because
    products of this size are not faster with more.
    """
    rng, codes = torch.Generator().manual_seed(seed), torch.from_numpy(w.astype(np.float32))
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = Denoiser(w.shape[1], width, position_frequencies, time_frequencies)
        parameters: list[torch.Tensor] = list(model.parameters())
        average = [p.detach().clone() for p in parameters]
        optimizer = Adam(parameters, lr)
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: lr_factor("cosine", step, n_steps)
        )
        for step in range(n_steps):
            batch = codes[torch.randint(len(codes), (BATCH_SIZE,), generator=rng)]
            noise = torch.randn(batch.shape, generator=rng)
            # one time in each of BATCH_SIZE equal intervals
            shares = (torch.arange(BATCH_SIZE) + torch.rand(BATCH_SIZE, generator=rng)) / BATCH_SIZE
            t = math.pi / 2 * shares**TIME_POWER
            cos, sin = t.cos()[:, None], t.sin()[:, None]
            velocity = model(cos * batch + sin * noise, t)
            loss = (velocity - (cos * noise - sin * batch)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            decay = min(AVERAGE_DECAY, step / (step + AVERAGE_WARMUP_STEPS))
            with torch.no_grad():
                torch._foreach_lerp_(average, parameters, 1 - decay)
            if step % max(1, n_steps // N_REPORTS) == 0:
                on_progress(step / n_steps)
        with torch.no_grad():
            for p, value in zip(parameters, average):
                p.copy_(value)
    finally:
        torch.set_num_threads(n_threads)
    on_progress(1.0)
    return [(m.weight.detach().numpy(), m.bias.detach().numpy()) for m in model.linear_layers()]
