"""Train the network that reads the known factors of images."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.models.regressor import build_regressor
from explorer.training.adam import Adam
from explorer.training.trainer import lr_factor

STEPS, BATCH_SIZE, LR = 3000, 128, 2e-3
EVALUATION_BATCH = 500  # images
# standard deviation for pixels in [0, 1], added while training, because decoded images differ from those of
# the data set
NOISE_SIGMA = 0.05


def train_regressor(
    data: Dataset, on_step: Callable[[int, int], None], seed: int = 0
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """Minimise the squared error of standardised factors on the training split. Return float16 weights, the
    mean and the standard deviation [K] of each factor in the training split, and their R² [K] on the test
    split.

    Raises UserError if no factor is known, or a factor is constant.
    """
    if not data.factors:
        raise UserError(
            f"The images of {data.name} have no known factors. Choose faces, shapes, moons or celeba."
        )
    factors = np.stack(list(data.factors.values()), 1)
    mean, sd = factors[data.train].mean(0), factors[data.train].std(0)
    if not sd.all():
        name = list(data.factors)[int(sd.argmin())]
        raise UserError(f"The factor {name} has the same value for all training images: choose other images.")
    targets = torch.from_numpy(((factors - mean) / sd).astype(np.float32))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build_regressor(data.shape, factors.shape[1])
        x = torch.from_numpy(data.x[data.train])
        optimizer = Adam(model.parameters(), LR)
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: lr_factor("cosine", step, STEPS)
        )
        for step in range(STEPS):
            rows = torch.randint(len(x), (BATCH_SIZE,))
            batch = x[rows].float() / 255
            predicted = model(batch + NOISE_SIGMA * torch.randn_like(batch))
            loss = nn.functional.mse_loss(predicted, targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            on_step(step + 1, STEPS)
    weights = {name: w.numpy().astype(np.float16) for name, w in model.state_dict().items()}
    model.load_state_dict({name: torch.from_numpy(w.astype(np.float32)) for name, w in weights.items()})
    error = predict(model, data.x[data.test]) - targets[data.test].numpy()
    return weights, mean, sd, 1 - np.square(error).mean(0) / targets[data.test].numpy().var(0)


@torch.inference_mode()
def predict(model: nn.Module, x: np.ndarray) -> np.ndarray:
    """Return the outputs [n, K] of a model for images, uint8 [n, C, H, W] or float in [0, 1]."""
    scale = 255 if x.dtype == np.uint8 else 1
    batches = torch.from_numpy(np.ascontiguousarray(x)).split(EVALUATION_BATCH)
    return torch.cat([model(batch.float() / scale) for batch in batches]).numpy()
