"""Ways of training the same network on the same images: ours, pythae's trainer, and the loop of most
tutorials.

Each is a generator of Epochs; what is done between two of them is not timed. They are run as their users
would: alone in a process, in which nobody else has told the libraries anything.
"""

import contextlib
import io
import logging
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from unittest.mock import patch

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy
from torch.utils.data import DataLoader

from explorer.data import data_folder, load_dataset
from explorer.data.dataset import Dataset
from explorer.device import Device
from explorer.events import EpochEnd
from explorer.memory import tune_for_training
from explorer.models.autoencoder import Autoencoder, build_autoencoder
from explorer.networks.conv import OutputConvTranspose2d
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.specs import RunSpec
from explorer.training.checkpoint import copy_weights, extract_weights
from explorer.training.evaluation import evaluate
from explorer.training.trainer import train


@dataclass(frozen=True)
class Epoch:
    seconds: float
    images_per_second: float
    weights: dict[str, np.ndarray]


@contextlib.contextmanager
def processes(n: int) -> Iterator[list[ProcessPoolExecutor]]:
    """Yield pools of one process each, in which the libraries have their default settings."""
    gnu_openmp = {"GOMP_SPINCOUNT": "300000"}  # explorer/__init__.py would set another
    with patch.dict(os.environ, gnu_openmp), contextlib.ExitStack() as stack:
        yield [stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) for _ in range(n)]


def at_once(function: Callable, *calls: tuple) -> list:
    """Return the results of the calls, each in a process of its own."""
    with processes(len(calls)) as pools:
        return [call.result() for call in [pool.submit(function, *args) for pool, args in zip(pools, calls)]]


def alone(function: Callable, *args):
    return at_once(function, args)[0]


def speeds(*rivals: tuple[Callable, RunSpec, Device]) -> list[float]:
    """Return the images per second of several implementations, in all epochs but the first. Each trains an
    epoch while the others wait.
    """
    with processes(len(rivals)) as pools:
        for pool, rival in zip(pools, rivals):
            pool.submit(_begin, *rival).result()
        _, *results = [
            [pool.submit(_speed_of_next_epoch).result() for pool in pools] for _ in range(rivals[0][1].epochs)
        ]
    return [len(each) / sum(1 / speed for speed in each) for each in zip(*results)]


def _begin(way: Callable, spec: RunSpec, device: Device) -> None:
    global _training
    _training = way(spec, load_dataset(spec.dataset, spec.image_size, spec.colour), device)


def _speed_of_next_epoch() -> float:
    return next(_training).images_per_second


def epochs(way: Callable, spec: RunSpec, device: Device, most_seconds: float = math.inf) -> list[Epoch]:
    """Return the epochs of an implementation, up to the one that ends after most_seconds of training."""
    results, seconds = [], 0.0
    for epoch in way(spec, load_dataset(spec.dataset, spec.image_size, spec.colour), device):
        results.append(epoch)
        seconds += epoch.seconds
        if seconds >= most_seconds:
            break
    return results


def whole(
    way: Callable, spec: RunSpec, device: Device, times: int = 1
) -> tuple[list[dict[str, float]], dict[str, np.ndarray]]:
    """Measure several trainings in a row, in seconds: from the first line to the last weights, the part
    outside epochs, and the extra time of the first epoch. Return these and the last weights.
    """
    data, results = load_dataset(spec.dataset, spec.image_size, spec.colour), []
    for _ in range(times):
        start = time.perf_counter()
        run = list(way(spec, data, device))
        seconds = time.perf_counter() - start
        each = [e.seconds for e in run]
        results.append(
            {
                "in all": seconds,
                "outside of epochs": seconds - sum(each),
                "first epoch": each[0] - float(np.median(each[1:])),
            }
        )
    return results, run[-1].weights


def ours(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    """Train as `python -m explorer train` does."""
    tune_for_training()
    yield from _trained(spec, data, device)


def ours_shared(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    """Train as ours() does, but always on all threads."""
    with patch("explorer.training.trainer.ThreadTuner.record_step", return_value=False):
        yield from ours(spec, data, device)


def _trained(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    for event in train(spec, data, device):
        if isinstance(event, EpochEnd):
            yield Epoch(
                data.n_train / event.images_per_second,
                event.images_per_second,
                extract_weights(event.checkpoint()),
            )


def torchs_own_layers() -> AbstractContextManager:
    return patch.object(OutputConvTranspose2d, "forward", nn.ConvTranspose2d.forward)


def ours_plain(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    """Train in float32 with torch's default precision, always on all threads, with torch's own layers."""
    with (
        torchs_own_layers(),
        patch("explorer.training.trainer.matmul_settings", lambda device, threads: contextlib.nullcontext()),
        patch("explorer.training.trainer.MIN_SHARED_BATCH_VALUES", math.inf),
    ):
        yield from _trained(spec, data, replace(device, bf16=False))


def ours_plain_on_one_thread(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    """Train as ours_plain() does on one thread: the same numbers, added in another order."""
    torch.set_num_threads(1)
    yield from ours_plain(spec, data, device)


def tutorial(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    """Train on MNIST as in a tutorial: torchvision, ToTensor, DataLoader, sigmoid and binary cross-entropy,
    float32, torch's own layers.
    """
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    torch.manual_seed(spec.seed)
    loader = DataLoader(MNIST(data_folder(), transform=ToTensor()), spec.batch_size, shuffle=True)
    model = build_autoencoder(spec, data.shape).to(device.name)
    optimizer = torch.optim.Adam(model.parameters(), lr=spec.lr)
    with torchs_own_layers():
        for _ in range(spec.epochs):
            start, total = time.perf_counter(), 0.0
            for x, _ in loader:
                x = x.to(device.name)
                posterior = model.encode(x)
                mean = model.decode(posterior.sample(torch.randn_like(posterior.mu))).sigmoid()
                loss = (
                    binary_cross_entropy(mean, x, reduction="sum") + kl_per_dimension(posterior).sum()
                ) / len(x)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item()
            yield _epoch(start, data, model)


def pythae(spec: RunSpec, data: Dataset, device: Device) -> Iterator[Epoch]:
    """Train with Pythae's own trainer, epoch by epoch, with images in memory as it keeps them, and our
    network inside its VAE.

    Chadebec et al., "Pythae: Unifying Generative Autoencoders in Python", NeurIPS 2022.
    """
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    class Encoder(BaseEncoder):
        def __init__(self):
            super().__init__()
            self.net = model.encoder

        def forward(self, x):
            mu, logvar = self.net(x).chunk(2, 1)
            return ModelOutput(embedding=mu, log_covariance=logvar)

    class Decoder(BaseDecoder):
        def __init__(self):
            super().__init__()
            self.net = model.decoder

        def forward(self, z):
            return ModelOutput(reconstruction=self.net(z).sigmoid())

    logging.getLogger("pythae").setLevel(logging.ERROR)
    torch.manual_seed(spec.seed)
    model = build_autoencoder(spec, data.shape)
    vae = VAE(VAEConfig(data.shape, spec.latent_dim, reconstruction_loss="bce"), Encoder(), Decoder())
    images = BaseDataset(
        torch.from_numpy(data.x[data.train]).float() / 255, torch.from_numpy(data.y[data.train])
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        config = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=spec.epochs,
            per_device_train_batch_size=spec.batch_size,
            learning_rate=spec.lr,
            no_cuda=device.name != "cuda",
            seed=spec.seed,
        )
        trainer = BaseTrainer(vae, images, training_config=config)
        trainer.prepare_training()
    for epoch in range(1, spec.epochs + 1):
        start = time.perf_counter()
        with contextlib.redirect_stderr(io.StringIO()):
            trainer.train_step(epoch)
        yield _epoch(start, data, model)


def _epoch(start: float, data: Dataset, model: Autoencoder) -> Epoch:
    weights = copy_weights(model)  # waits for a GPU
    seconds = time.perf_counter() - start
    return Epoch(seconds, data.n_train / seconds, weights)


def elbo(spec: RunSpec, data: Dataset, weights: dict[str, np.ndarray]) -> float:
    """Return the ELBO of the test split, in float32, nats per image."""
    model = build_autoencoder(spec, data.shape)
    model.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})
    return evaluate(model.eval(), build_likelihood(spec, model), data.x[data.test]).metrics.elbo
