"""Use case: import an encoder and a decoder of another program as a run."""

import math

import torch

from explorer.chains.imported import Imported, fit_to_images, understand
from explorer.chains.layer import Shape, describe
from explorer.chains.onnx.networks import read_decoder, read_encoder
from explorer.data import load_dataset as load_data
from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.errors import UserError
from explorer.events import Stopped
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.gaussian import LearnedGaussian
from explorer.registry import DATASETS
from explorer.runs.chains import check_chains
from explorer.runs.executed import ImportedPair
from explorer.runs.import_run import NOTE
from explorer.runs.load import build_model
from explorer.runs.save import save_run
from explorer.runs.staging import staging_folder, unused_folder
from explorer.specs import RunSpec
from explorer.store.atomic import write_atomically
from explorer.store.run import Run, read_run
from explorer.training.evaluation import evaluate

N_FITTED = 2000  # training images from which the sigma of a Gaussian likelihood is measured


def import_onnx(
    decoder: tuple[str, bytes],
    encoder: tuple[str, bytes],
    dataset: str,
    name: str,
    *,
    likelihood: str | None = None,
    pixel_range: tuple[float, float] | None = None,
    max_multiply_adds: float = math.inf,
    on_images: Progress = no_progress,
) -> Run:
    """Import the networks in two ONNX files, each a name and its content, as a run of that name, evaluated on
    the test split of a data set, whose images have the size and colour of the network. The files are read,
    and never run. max_multiply_adds: of both networks for all test images.

    Raises UserError, in one sentence with its remedy, if a file is not read or does not fit the other or the
    images, or if the name is in use; then nothing is written.
    """
    imported = understand(read_encoder(*encoder), read_decoder(*decoder), likelihood, pixel_range)
    return import_understood(imported, dataset, name, max_multiply_adds, on_images)


def import_understood(
    imported: Imported,
    dataset: str,
    name: str,
    max_multiply_adds: float = math.inf,
    on_images: Progress = no_progress,
) -> Run:
    """Import networks as import_onnx() does, and raise what it raises."""
    spec = spec_of_network(
        imported.image_shape, imported.has_logvar, imported.latent_dim, imported.likelihood, dataset
    )
    unused_folder(name)
    data = load_data(spec.dataset, spec.image_size, spec.colour, on_images)
    chains = imported.chains
    if (chains.encoder.multiply_adds + chains.decoder.multiply_adds) * data.n_test > max_multiply_adds:
        raise UserError(
            f"This network would take too long to evaluate on {data.n_test:,} test images. Import it on the"
            " command line."
        )
    chains = fit_to_images(chains, data.shape)
    return import_pair(ImportedPair(chains.encoder, chains.decoder), spec, data, name)


def spec_of_network(
    shape: Shape, has_logvar: bool, latent_dim: int, likelihood: str, dataset: str
) -> RunSpec:
    """Return the settings of the run of a network and a data set. Raises UserError for images that no run
    has.
    """
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise UserError(
            f"The decoder returns {describe(shape)} numbers, but images have one channel or three."
        )
    is_resized = "image_size" in DATASETS[dataset.partition(":")[0]].options
    size = {"image_size": shape[2], "colour": shape[0] == 3} if is_resized else {}
    return RunSpec(
        dataset,
        **size,
        model="vae" if has_logvar else "ae",
        network="imported",
        latent_dim=latent_dim,
        likelihood=likelihood,
    )


def import_pair(pair: ImportedPair, spec: RunSpec, data: Dataset, name: str) -> Run:
    """Import an encoder and a decoder, whose output is x_logits, as a run of that name, evaluated on the test
    split. The sigma of learned-gaussian is that which fits the training images best. Raises UserError if they
    do not fit the images or the settings, or if the name is in use; then nothing is written.
    """
    place = unused_folder(name)
    check_chains(pair.chains, spec.latent_dim, data.shape, spec.has_prior)
    weights = pair.chains.tensors
    if spec.likelihood_kind.learned:
        weights |= {name: torch.zeros(1).numpy() for name in spec.likelihood_kind.learned}
        model = build_model(spec, data.shape, len(data.class_names), weights, networks=pair.build())
        likelihood = build_likelihood(spec, model)
        assert isinstance(likelihood, LearnedGaussian)  # no other likelihood learns
        x = data.x[data.train][:N_FITTED]
        metrics = evaluate(model, likelihood, x).metrics
        log_sigma, _ = likelihood.refit(metrics.distortion, x[0].size)
        weights["log_sigma"] = torch.tensor([log_sigma]).numpy()
    with staging_folder(place) as aside:
        for part in pair.executed:
            write_atomically(aside / part.file, part.content)
        save_run(spec, aside, data, "cpu", Stopped(NOTE, 0, 0.0, weights), pair)
    return read_run(place)
