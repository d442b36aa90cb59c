"""Record a model while it trains, so rarely that this takes at most a small share of the training's time."""

import math
import time
from pathlib import Path

import numpy as np
import torch

from explorer.data.dataset import Dataset
from explorer.events import EpochEnd
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.specs import RunSpec
from explorer.store.replay import (
    MAX_FRAMES,
    frame_epochs,
    join_frames,
    remove_every_second_frame,
    remove_frames_after,
    write_frame,
    write_static_data,
)

N_CODES, N_PICTURES = 600, 10
MAX_TIME_SHARE = 0.05  # of the training's time


class ReplayRecorder:
    """Records frames of a training in the run's folder (explorer.store.replay)."""

    def __init__(self, spec: RunSpec, folder: Path, data: Dataset, epochs_before: int):
        x = data.x[data.test][:N_CODES]
        self.folder, self.images = folder, torch.from_numpy(x).float() / 255
        with torch.random.fork_rng():
            model = build_autoencoder(spec, data.shape, len(data.class_names))
        self.model = model.eval().requires_grad_(False)
        self.likelihood, self.has_prior = build_likelihood(spec, self.model), spec.has_prior
        self.codebook_entries = torch.from_numpy(
            np.random.default_rng(0).integers(spec.n_codes or 1, size=(N_PICTURES, spec.n_groups))
        )
        self.noise = (
            np.random.default_rng(0).standard_normal((N_PICTURES, spec.latent_dim)).astype(np.float32)
        )
        self.seconds_spent = 0.0
        self.started_at = time.perf_counter()
        self.last_epoch = 0
        self.y = torch.from_numpy(data.y[data.test][:N_CODES])
        self.sample_y = torch.arange(N_PICTURES) % len(data.class_names)
        self.epoch_interval = 1  # epochs from a frame to the next
        remove_frames_after(folder, epochs_before)
        write_static_data(folder, data.class_names, data.y[data.test][:N_CODES], x[:N_PICTURES])

    def record(self, event: EpochEnd, weights: dict[str, np.ndarray]) -> None:
        """Record a frame at the end of an epoch, if there is time for it; the first and the last always."""
        start = time.perf_counter()
        too_soon = (
            event.epoch < self.last_epoch + self.epoch_interval
            or self.seconds_spent > MAX_TIME_SHARE * (start - self.started_at)
        )
        if 1 < event.epoch < event.epochs and too_soon:
            return
        self.model.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})
        with torch.inference_mode():
            posterior = self.model.encode(self.images, self.y)
            mu, rates = posterior.mu, kl_per_dimension(posterior).mean(0)
            z = torch.from_numpy(self.noise)
            if self.codebook_entries.numel():
                z = self.model.codebook[self.codebook_entries].flatten(1)
            elif not self.has_prior:
                z = mu.mean(0) + z * mu.std(0, correction=0)
            decoded = [
                self.likelihood.mean(self.model.decode(code, y))
                for code, y in ((mu[:N_PICTURES], self.y[:N_PICTURES]), (z, self.sample_y))
            ]
        pictures = np.stack(
            [
                np.resize((part * 255).round().to(torch.uint8).numpy(), (N_PICTURES, *part.shape[1:]))
                for part in decoded
            ]
        )
        record = {"epoch": event.epoch, "distortion": event.distortion, "rate": event.rate}
        write_frame(
            self.folder,
            record,
            {"mu": mu.numpy().astype(np.float16), "rates": rates.numpy(), "pictures": pictures},
        )
        if len(epochs := frame_epochs(self.folder)) > MAX_FRAMES:
            remove_every_second_frame(self.folder)
            self.epoch_interval = math.ceil(2 * (epochs[-1] - epochs[0]) / len(epochs))
        self.last_epoch = event.epoch
        self.seconds_spent += time.perf_counter() - start

    def close(self) -> None:
        join_frames(self.folder)
