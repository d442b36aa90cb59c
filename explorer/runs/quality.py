"""Use case: how good a run is (explorer.quality): measured when it is saved, or later for an earlier run."""

import json
from contextlib import suppress
from dataclasses import asdict, replace

import numpy as np
import torch

from explorer.data import load_dataset as load_data
from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.latent.fidelity import measure_fidelity
from explorer.latent.share import Share, share_of_true
from explorer.latent.yardstick import compare_with_pca, pca_errors
from explorer.objectives.distortion import Likelihood
from explorer.quality import SampleQuality, Yardstick
from explorer.runs.load import LoadedRun, load_model
from explorer.store.atomic import write_atomically
from explorer.store.classifier import MIN_CLASS_PROBABILITY, read_classifier
from explorer.store.run import RECORD_FILE, Run, encode_record, read_run
from explorer.training.early_stopping import split_validation

BATCH = 500  # images that are encoded and decoded at a time
N_TRAINING = 1000  # training images whose errors are compared with those of test images
N_NAMED = 1000  # samples that the classifier names
N_COMPARED = 500  # test images, and samples, whose pixels are compared
MIN_COMPARED = 20
N_HALVINGS = 60  # of the interval that contains the logit of a pixel
MAX_LOGIT = 1e6


def measure_quality(loaded: LoadedRun, data: Dataset) -> Run:
    """Return the run with its yardstick and the quality of its samples, of a ladder at KL weight 1."""
    return replace(
        loaded.run, yardstick=measure_yardstick(loaded, data), samples=measure_samples(loaded, data)
    )


def keep_quality(run: Run, data: Dataset | None = None) -> Run:
    """Measure a stored run that was saved without a yardstick, and write its figures into its record, if its
    folder can be written to. data: its images, if they are read already. Raises UserError if they are not on
    this machine.
    """
    spec = run.spec
    data = data or load_data(spec.dataset, spec.image_size, spec.colour)
    measured = measure_quality(load_model(run), data)
    with suppress(UserError, OSError):  # then it is measured again at the next time
        record = json.loads((run.folder / RECORD_FILE).read_bytes())
        for name, part in (("yardstick", measured.yardstick), ("samples", measured.samples)):
            record[name] = part and asdict(part)
        write_atomically(run.folder / RECORD_FILE, encode_record(record))
        return read_run(run.folder)
    return measured


def measure_yardstick(loaded: LoadedRun, data: Dataset) -> Yardstick | None:
    """Return the reconstruction errors of the test images, beside those of PCA; None if the training images,
    or the encoder, are not known.
    """
    if not data.n_train or not loaded.has_encoder:
        return None
    x, y = data.x[data.test], data.y[data.test]
    rows = split_validation(data.n_train)[0] if loaded.run.spec.patience else np.arange(data.n_train)
    rows = np.random.default_rng(0).permutation(rows)[:N_TRAINING]
    of_training = _errors(loaded, data.x[data.train][rows], data.y[data.train][rows])
    of_pca, n_components = pca_errors(data.x[data.train], x, loaded.run.spec.latent_dim)
    constant = constant_distortion(loaded.likelihood, data.x[data.train], x)
    return compare_with_pca(_errors(loaded, x, y), of_pca, n_components, constant, of_training)


@torch.inference_mode()
def constant_distortion(likelihood: Likelihood, train: np.ndarray, test: np.ndarray) -> float:
    """Return the mean distortion of the test images for the mean training image, in nats: that of a model
    whose codes say nothing. train, test: uint8 [N, C, H, W].

    The mean is that of the training images and one grey image, so that no pixel is certain.
    """
    mean = torch.from_numpy((train.sum(0, dtype=np.float64) / 255 + 0.5) / (len(train) + 1))
    low, high = torch.full_like(mean, -MAX_LOGIT), torch.full_like(mean, MAX_LOGIT)
    for _ in range(N_HALVINGS):
        middle = (low + high) / 2
        is_below = likelihood.mean(middle) < mean
        low, high = torch.where(is_below, middle, low), torch.where(is_below, high, middle)
    x_logits, total = ((low + high) / 2).float(), 0.0
    for rows in _batches(len(test)):
        x = torch.from_numpy(test[rows]).float() / 255
        total += float(likelihood.distortion(x_logits.expand(x.shape), x).sum(dtype=torch.float64))
    return total / len(test)


def measure_samples(loaded: LoadedRun, data: Dataset) -> SampleQuality | None:
    """Return how decoded samples from the prior compare with reconstructions of training images, by the
    classifier, or without one by their pixels; None without a prior, or with too few images.
    """
    if not loaded.run.spec.has_prior or not loaded.has_encoder:
        return None
    result = read_classifier(loaded.run)
    n = min(N_NAMED, data.n_train) if result else min(N_COMPARED, data.n_train, data.n_test)
    if n < MIN_COMPARED:
        return None
    rng = np.random.default_rng(0)
    rows = np.sort(rng.choice(data.n_train, n, replace=False))
    x, y = data.x[data.train][rows], data.y[data.train][rows]
    z = rng.standard_normal((n, loaded.run.spec.latent_dim))
    samples = np.concatenate([loaded.decode(z[part], y[part]) for part in _batches(n)])
    reconstructions = np.concatenate([_reconstruct(loaded, x[part], y[part]) for part in _batches(n)])
    if result:

        def measure(images: np.ndarray) -> Share:
            share = share_of_true(result[0].probabilities(images).max(1) < MIN_CLASS_PROBABILITY)
            assert share is not None  # as there are images
            return share

    else:
        points = data.x[data.test][rng.choice(data.n_test, n, replace=False)].reshape(n, -1) / np.float32(255)

        def measure(images: np.ndarray) -> Share:
            coverage = measure_fidelity(points, images.reshape(n, -1)).coverage
            return replace(coverage, share=1 - coverage.share)

    of_samples, of_reconstructions = measure(samples), measure(reconstructions)
    return SampleQuality(
        "classifier" if result else "pixels",
        of_samples.share,
        of_samples.error,
        of_reconstructions.share,
        of_reconstructions.error,
        n,
    )


def _errors(loaded: LoadedRun, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the mean squared error per pixel of each image, float64 [n]."""
    errors = [
        np.square(_reconstruct(loaded, x[rows], y[rows]) - x[rows].astype(np.float32) / 255).mean((1, 2, 3))
        for rows in _batches(len(x))
    ]
    return np.concatenate(errors).astype(np.float64)


def _reconstruct(loaded: LoadedRun, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return E[x | z = mu] of images x, uint8 [n, C, H, W] of the classes y [n], float32 in [0, 1]."""
    return loaded.decode(loaded.encode(x, y).mu.numpy(), y)


def _batches(n: int) -> list[slice]:
    return [slice(first, min(first + BATCH, n)) for first in range(0, n, BATCH)]
