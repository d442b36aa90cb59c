"""Train a small network that reads images, for a fixed number of steps."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from explorer.training.adam import Adam
from explorer.training.trainer import lr_factor

BATCH_SIZE, LR = 128, 2e-3


def train_small_network(
    build: Callable[[], nn.Module],
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    x: np.ndarray,
    targets: torch.Tensor,
    *,
    steps: int,
    noise_sigma: float,
    on_step: Callable[[int, int], None],
    seed: int,
) -> tuple[nn.Module, dict[str, np.ndarray]]:
    """Minimise loss_of(outputs, targets) over images x [n, C, H, W], uint8. Return the network with its
    weights as they are stored, and these weights, float16.

    noise_sigma: standard deviation for pixels in [0, 1], added while training, because decoded images differ
    from those of the data set; on_step(step, steps).
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model, images = build(), torch.from_numpy(x)
        optimizer = Adam(model.parameters(), LR)
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: lr_factor("cosine", step, steps)
        )
        for step in range(steps):
            rows = torch.randint(len(images), (BATCH_SIZE,))
            batch = images[rows].float() / 255
            loss = loss_of(model(batch + noise_sigma * torch.randn_like(batch)), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            on_step(step + 1, steps)
    weights = {name: w.numpy().astype(np.float16) for name, w in model.state_dict().items()}
    model.load_state_dict({name: torch.from_numpy(w.astype(np.float32)) for name, w in weights.items()})
    return model, weights
