"""Train the regressor of the data set of a run, and read factors with it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from explorer.data import load_dataset as load_data
from explorer.latent.estimate import estimate_r_squared
from explorer.models.regressor import build_regressor
from explorer.store.regressor import Regressor, read_regressor, write_regressor
from explorer.store.run import Run
from explorer.training.regression import predict, train_regressor


def train_regressor_of(
    run: Run, on_images: Callable[[int, int], None], on_step: Callable[[int, int], None]
) -> tuple[Regressor, Path]:
    """Train a regressor of the known factors of the run's data set and save it beside the runs; all runs of
    the data set share it.

    Raises UserError if no factor is known.
    """
    data = load_data(run.spec.dataset, run.spec.image_size, run.spec.colour, on_images)
    weights, mean, sd, read = train_regressor(data, on_step)
    names, actual = tuple(data.factors), np.stack(list(data.factors.values()), 1)[data.test]
    r_squared = estimate_r_squared(read, actual.astype(np.float64))
    regressor = Regressor(
        data.shape,
        names,
        tuple(data.units.get(name, "") for name in names),
        tuple(map(float, mean)),
        tuple(map(float, sd)),
        tuple(e.value for e in r_squared),
        data.n_test,
        weights,
        tuple(e.low for e in r_squared),
        tuple(e.high for e in r_squared),
    )
    return regressor, write_regressor(run.spec, regressor)


@dataclass(frozen=True)
class FactorReader:
    """A regressor that is ready to read images."""

    regressor: Regressor
    model: nn.Module

    def read(self, images: np.ndarray) -> np.ndarray:
        """Return the factors [n, K], in their units, of images, uint8 [n, C, H, W] or float in [0, 1]."""
        r = self.regressor
        return predict(self.model, images).astype(np.float64) * r.sd + r.mean


def load_factor_reader(run: Run) -> FactorReader | None:
    """Return the reader of the known factors of the run's images; None without a regressor that fits."""
    if not (r := read_regressor(run)):
        return None
    model = build_regressor(r.shape, len(r.names))
    try:
        model.load_state_dict({name: torch.from_numpy(w.astype(np.float32)) for name, w in r.weights.items()})
    except RuntimeError:  # other names or shapes of weights
        return None
    return FactorReader(r, model.eval().requires_grad_(False))
