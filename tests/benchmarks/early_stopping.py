"""Learning rates with early stopping: `python -m tests.benchmarks.early_stopping [--seeds 0,1,2] [train's
flags]`.

Prints the loss of the test images, distortion + beta·rate, and the number of epochs, of each seed.
"""

import argparse
import math
from dataclasses import fields, replace
from unittest.mock import patch

import torch

from explorer.cli.arguments import add_settings, list_of
from explorer.data import load_dataset
from explorer.data.dataset import Dataset
from explorer.device import choose_device
from explorer.events import Finished
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.specs import RunSpec
from explorer.training.early_stopping import EarlyStopping
from explorer.training.evaluation import evaluate
from explorer.training.trainer import train


def cosine_over_the_limit(stopping: EarlyStopping, epochs_done: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * epochs_done / stopping.last_epoch))


def loss_of_training(spec: RunSpec, data: Dataset) -> tuple[float, int]:
    """Train. Return the loss of the test images, in nats per image, and the number of epochs."""
    *_, end = train(spec, data, choose_device(spec.network))
    assert isinstance(end, Finished)
    model = build_autoencoder(spec, data.shape, len(data.class_names))
    model.load_state_dict({name: torch.from_numpy(w) for name, w in end.weights.items()})
    metrics = evaluate(model, build_likelihood(spec, model), data.x[data.test], data.y[data.test]).metrics
    return metrics.distortion + spec.beta * metrics.rate, end.epochs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=list_of(int), default=[0, 1, 2])
    add_settings(parser, "seed", "schedule")
    args = parser.parse_args()
    given = {f.name: getattr(args, f.name) for f in fields(RunSpec) if hasattr(args, f.name)}
    base = RunSpec(**({"patience": 10} | given))
    data = load_dataset(base.dataset, base.image_size, base.colour)
    for seed in args.seeds:
        decayed, constant = replace(base, seed=seed), replace(base, seed=seed, schedule="constant")
        loss, n_epochs = loss_of_training(decayed, data)
        results = {"constant, then a decay": (loss, n_epochs), "constant": loss_of_training(constant, data)}
        with patch.object(EarlyStopping, "lr_factor", cosine_over_the_limit):
            results["cosine over the limit, cut off"] = loss_of_training(constant, data)
        fixed = replace(decayed, patience=None, epochs=n_epochs)
        results["cosine, all training images, as many epochs as the first"] = loss_of_training(fixed, data)
        for what, (loss, n) in results.items():
            print(f"seed {seed}  {loss:8.2f} nats  {n:5d} epochs  {what}", flush=True)


if __name__ == "__main__":
    main()
