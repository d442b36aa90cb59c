"""Train the classifier of a data set."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.models.classifier import build_classifier
from explorer.training.adam import Adam
from explorer.training.trainer import lr_factor

STEPS, BATCH_SIZE, LR = 6000, 128, 2e-3
# standard deviation for pixels in [0, 1], added while training, because decoded images differ from those of
# the data set
NOISE_SIGMA = 0.1


def train_classifier(
    data: Dataset, on_step: Callable[[int, int], None], seed: int = 0
) -> tuple[dict[str, np.ndarray], float]:
    """Minimise the cross-entropy on the training split. Return float16 weights, and their accuracy on the
    test split.

    Raises UserError if there are fewer than two classes.
    """
    if len(np.unique(data.y[data.train])) < 2:
        raise UserError(
            f"The training images of {data.name} have only one class, and a classifier needs at least two. "
            "Choose another data set."
        )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build_classifier(data.shape, len(data.class_names))
        x, y = torch.from_numpy(data.x[data.train]), torch.from_numpy(data.y[data.train])
        optimizer = Adam(model.parameters(), LR)
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: lr_factor("cosine", step, STEPS)
        )
        for step in range(STEPS):
            rows = torch.randint(len(x), (BATCH_SIZE,))
            batch = x[rows].float() / 255
            loss = nn.functional.cross_entropy(model(batch + NOISE_SIGMA * torch.randn_like(batch)), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            on_step(step + 1, STEPS)
    weights = {name: w.numpy().astype(np.float16) for name, w in model.state_dict().items()}
    model.load_state_dict({name: torch.from_numpy(w.astype(np.float32)) for name, w in weights.items()})
    with torch.inference_mode():
        predictions = model(torch.from_numpy(data.x[data.test]).float() / 255).argmax(1).numpy()
    return weights, float((predictions == data.y[data.test]).mean())
