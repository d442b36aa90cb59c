"""Use case: the codes of the training images of a run, and how near other images are to the training images.
What took long to compute is kept with the run, and used again for the same training images.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import numpy as np

from explorer.latent.draws import sample_gaussian
from explorer.latent.gap_map import build_gap_index
from explorer.latent.neighbours import nearest_distances
from explorer.latent.scale import ReferenceGaussian
from explorer.runs.inference import codes
from explorer.runs.load import LoadedRun
from explorer.store.embedding import read_embedding
from explorer.store.measurement import (
    keep_measurement,
    keep_tensor_measurement,
    read_measurement,
    read_tensor_measurement,
)

CODES_FILE = "training-codes.safetensors"
CODES_KIND = "training codes"
DISTANCES_FILE = "training-distances.json"
MIN_SECONDS_KEPT = 1.0  # what took less is computed again
MAX_IMAGES = 100  # of each kind, whose distances are measured
N_GAP_CANDIDATES = 2000  # samples that are tested for lying in a gap
MIN_GAP_SAMPLES = 10  # samples in gaps that a median needs


def encode_training_images(
    loaded: LoadedRun,
    x: np.ndarray,
    y: np.ndarray,
    on_progress: Callable[[int, int], None],
    beta: float | None = None,
    min_seconds: float = MIN_SECONDS_KEPT,
) -> np.ndarray:
    """Return the codes mu, float32 [n, D], of the training images x, uint8 [n, C, H, W], with the classes y
    [n]. beta: the KL weight at which a ladder was loaded, None for that of its settings, whose codes alone
    are kept; codes that take less than min_seconds are not kept either.
    """
    run = loaded.run
    if beta not in (None, run.spec.beta):
        return codes(loaded, x, on_progress, y)
    images = digest_arrays(x, y) if run.spec.model_kind.is_conditional else digest_arrays(x)

    def parse(record: dict, tensors: dict[str, np.ndarray]) -> np.ndarray | None:
        if record["images"] != images:
            return None
        mu = tensors["mu"]
        if mu.shape != (len(x), run.spec.latent_dim) or mu.dtype != np.float32 or not np.isfinite(mu).all():
            raise ValueError("codes that can't be")
        return mu

    if (stored := read_tensor_measurement(run, CODES_FILE, CODES_KIND, parse)) is not None:
        return stored
    start = time.monotonic()
    mu = codes(loaded, x, on_progress, y)
    if time.monotonic() - start >= min_seconds:
        keep_tensor_measurement(run, CODES_FILE, CODES_KIND, {"images": images}, {"mu": mu})
    return mu


@dataclass(frozen=True)
class TrainingDistances:
    """Euclidean distances to the nearest training image, over pixels in [0, 1]: of test images [n], of their
    reconstructions [n], and of decoded samples in gaps [m], m being 0 if there are fewer than
    MIN_GAP_SAMPLES.
    """

    tests: np.ndarray
    reconstructions: np.ndarray
    in_gaps: np.ndarray


def measure_training_distances(
    loaded: LoadedRun,
    posteriors: tuple[np.ndarray, np.ndarray | None],
    scale: ReferenceGaussian,
    x: np.ndarray,
    beta: float | None = None,
    min_seconds: float = MIN_SECONDS_KEPT,
) -> TrainingDistances:
    """Measure distances to the training images x, uint8 [n, C, H, W]. posteriors: mu, logvar [m, D] of the
    test images; scale: of which samples are taken; beta, min_seconds: as in encode_training_images().
    """
    run = loaded.run
    if beta not in (None, run.spec.beta):
        return _measure_distances(loaded, posteriors, scale, x)
    images = digest_arrays(x)

    def parse(record: dict) -> TrainingDistances | None:
        if record["images"] != images:
            return None
        distances = TrainingDistances(*(np.array(record[f.name], float) for f in fields(TrainingDistances)))
        if not all(each.ndim == 1 and np.isfinite(each).all() for each in asdict(distances).values()):
            raise ValueError("distances that can't be")
        return distances

    if stored := read_measurement(run, DISTANCES_FILE, parse):
        return stored
    start = time.monotonic()
    distances = _measure_distances(loaded, posteriors, scale, x)
    if time.monotonic() - start >= min_seconds:
        values = {name: each.round(5).tolist() for name, each in asdict(distances).items()}
        keep_measurement(run, DISTANCES_FILE, {"images": images} | values)
    return distances


def _measure_distances(
    loaded: LoadedRun,
    posteriors: tuple[np.ndarray, np.ndarray | None],
    scale: ReferenceGaussian,
    x: np.ndarray,
) -> TrainingDistances:
    e, rng = read_embedding(loaded.run), np.random.default_rng(0)
    tests, y = e.images[:MAX_IMAGES].astype(np.float32) / 255, e.y[:MAX_IMAGES]
    samples = sample_gaussian(scale, N_GAP_CANDIDATES, 1.0, rng)
    index = build_gap_index(*posteriors, np.random.default_rng(0))
    in_gaps = samples[index.log2_distance_ratio(samples) > 0][:MAX_IMAGES] if index else samples[:0]
    kinds = [tests, loaded.decode(posteriors[0][: len(tests)], y[: len(tests)])]
    if len(in_gaps) >= MIN_GAP_SAMPLES:
        kinds.append(loaded.decode(in_gaps, rng.choice(e.y, len(in_gaps))))
    distances = nearest_distances(x, np.concatenate(kinds))  # in one pass over the training images
    ends = np.cumsum([len(kind) for kind in kinds])
    return TrainingDistances(*np.split(distances, ends)[:3])


def digest_arrays(*arrays: np.ndarray) -> str:
    """Return a digest that differs between arrays of different shapes or contents."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)  # without a copy
    return digest.hexdigest()
