"""Use cases: the densities that codes of a run are sampled from, and samples of them as a file."""

import io
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError, unknown_name_error
from explorer.kinds import DensityKind
from explorer.latent.densities.density import Density
from explorer.latent.densities.diffusion import Diffusion
from explorer.latent.densities.mixture import Mixture
from explorer.latent.gaps import sample_codes
from explorer.registry import DENSITIES
from explorer.runs.inference import BATCH, draw_classes, load_training_images
from explorer.runs.load import LoadedRun
from explorer.specs import RunSpec
from explorer.store.density import StoredDensity, read_density, write_density
from explorer.store.run import Run

MAX_SAMPLES = 100_000
MAX_FIT_CODES = 60_000  # training codes that a density is fitted to
READING_SHARE = 0.15  # of the time of a fit, to read and encode the training images; for the progress only
CLASSES: dict[str, type[Mixture] | type[Diffusion]] = {"diffusion": Diffusion}  # others are mixtures

Progress = Callable[[float], None]


def no_progress(share: float) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Posteriors:
    """The posteriors of images: mu, logvar float32 [n, D]; logvar is None for an AE, whose codes are mu."""

    mu: np.ndarray
    logvar: np.ndarray | None


def densities_of(spec: RunSpec) -> dict[str, DensityKind]:
    """Return the densities that codes of a model can be sampled from; none for a VQ-VAE, whose codes are
    entries of a codebook.
    """
    if spec.n_codes:
        return {}
    return {name: kind for name, kind in DENSITIES.items() if spec.has_prior or not kind.is_for_prior}


def density_kind(spec: RunSpec, name: str) -> DensityKind:
    """Return the kind of density. Raises UserError if there is none, or the model does not have it."""
    if spec.n_codes:
        raise UserError(
            "The codes of a VQ-VAE are entries of a codebook, and densities are fitted to continuous codes."
            " Choose another run."
        )
    kinds = densities_of(spec)
    if name in DENSITIES and name not in kinds:
        raise UserError(f"An AE has no prior. Choose one of {', '.join(kinds)}.")
    if name not in kinds:
        raise unknown_name_error("density", name, kinds)
    return kinds[name]


def training_posteriors(loaded: LoadedRun, on_progress: Progress = no_progress) -> Posteriors:
    """Encode the training images. Raises UserError if they are not on this machine."""
    x, y = load_training_images(loaded.run.spec, lambda done, total: on_progress(0.5 * done / max(total, 1)))
    mus, logvars = [], []
    for first in range(0, len(x), BATCH):
        posterior = loaded.encode(x[first : first + BATCH], y[first : first + BATCH])
        mus.append(posterior.mu.numpy())
        if posterior.logvar is not None:
            logvars.append(posterior.logvar.numpy())
        on_progress(0.5 + 0.5 * min(first + BATCH, len(x)) / len(x))
    return Posteriors(np.concatenate(mus), np.concatenate(logvars) if logvars else None)


def stored_density(run: Run, name: str, beta: float | None = None) -> Density | None:
    """Return a density that is kept with the run, or needs no fit; None if it must be fitted first."""
    kind = density_kind(run.spec, name)
    if kind.is_for_prior:
        return kind.builder(np.empty((0, run.spec.latent_dim)))
    if not kind.is_fitted or beta not in (None, run.spec.beta) or not (stored := read_density(run, name)):
        return None
    with suppress(LookupError, ValueError):  # the file of another version
        density = _unpack(name, stored)
        n_components = len(density.weights) if isinstance(density, Mixture) else None
        if density.whitening.mean.shape == (run.spec.latent_dim,) and n_components == kind.arguments.get(
            "n_components"
        ):
            return density
    return None


def fit_density(
    loaded: LoadedRun,
    name: str,
    beta: float | None = None,
    on_progress: Progress = no_progress,
    posteriors: Posteriors | None = None,
) -> Density:
    """Return a density of the codes of a run: as it is kept, or fitted to one posterior sample of each
    training image, at most MAX_FIT_CODES of them, and kept. Those of a ladder are kept at the KL weight
    of its settings only.

    beta: the KL weight at which a ladder was loaded; posteriors: of the training images, if they are known;
    what on_progress raises ends the fit. Raises UserError if the model has no such density, or the training
    images are not on this machine.
    """
    if density := stored_density(loaded.run, name, beta):
        return density
    kind, reading = density_kind(loaded.run.spec, name), 0.0
    if posteriors is None:
        reading = READING_SHARE if kind.is_fitted else 1.0
        posteriors = training_posteriors(loaded, lambda share: on_progress(reading * share))
    if kind.of_posteriors:
        return kind.builder(posteriors.mu, posteriors.logvar)
    codes = sample_codes(posteriors.mu, posteriors.logvar, MAX_FIT_CODES, np.random.default_rng(0))
    start = time.monotonic()
    fitted = kind.builder(codes, lambda share: on_progress(reading + (1 - reading) * share), **kind.arguments)
    stored = StoredDensity(fitted.to_tensors(), len(codes), time.monotonic() - start)
    if beta in (None, loaded.run.spec.beta):
        write_density(loaded.run, name, stored)
    return _unpack(name, stored)


def _unpack(name: str, stored: StoredDensity) -> Mixture | Diffusion:
    """Return the density as it is read from its file, so that a new one gives the same samples."""
    return CLASSES.get(name, Mixture).from_tensors(name, stored.tensors)


def samples_npz(
    loaded: LoadedRun,
    density: Density,
    n: int,
    seed: int,
    temperature: float = 1.0,
    label: int | None = None,
) -> bytes:
    """Return an .npz file of n samples: z float32 [n, D], log_density [n] in nats where the density has one,
    and the decoded images x uint8 [n, C, H, W]; of a conditional model also the classes y int64 [n] that were
    decoded: label, or those of random test images. Raises UserError for a number that is too small or too
    large.
    """
    if not 1 <= n <= MAX_SAMPLES:
        raise UserError(f"The number of samples must be from 1 to {MAX_SAMPLES:,}, not {n:,}.")
    z = density.sample(n, np.random.default_rng(seed), temperature)
    arrays = {"z": z.astype(np.float32)}
    with suppress(UserError):  # the codes of an AE have no density
        arrays["log_density"] = density.log_density(z)
    y = draw_classes(loaded, n, seed) if label is None else np.full(n, label, np.int64)
    if loaded.run.spec.model_kind.is_conditional:
        arrays["y"] = y
    images = [loaded.decode(z[i : i + BATCH], y[i : i + BATCH]) for i in range(0, n, BATCH)]
    arrays["x"] = np.rint(255 * np.concatenate(images)).astype(np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()
