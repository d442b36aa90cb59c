"""Use case: a short trial of a training, which finds out how long a step takes and what cannot be trained."""

import time
from itertools import pairwise
from math import ceil, prod

import numpy as np

from explorer.data import load_dataset
from explorer.data.dataset import Dataset
from explorer.data.facts import read_facts
from explorer.device import choose_device
from explorer.errors import UserError
from explorer.events import Failed, Finished, Step
from explorer.recipe import count_steps
from explorer.specs import RunSpec
from explorer.training.trainer import train

N_INTERVALS = 3  # between progress reports, four a second
N_BATCHES, MAX_BYTES = 64, 32 * 2**20  # of random images: so many that the end of an epoch counts little
Shape = tuple[int, int, int]  # C, H, W of an image


def validate(spec: RunSpec) -> None:
    """Raise UserError for a spec that cannot be trained here."""
    next(train(spec, trial_data(spec), choose_device(spec.network)))


def trial_data(spec: RunSpec, shape: Shape | None = None) -> Dataset:
    """Return the images of a trial: those of the spec, or random ones of the shape, if one is given. Images
    that are read one by one are not waited for: random ones of their shape, in two classes, take their place.

    Raises UserError for images that cannot be read.
    """
    if not (shape := shape or _known_shape(spec)):
        return load_dataset(spec.dataset, spec.image_size, spec.colour)
    n = max(spec.batch_size, min(N_BATCHES * spec.batch_size, MAX_BYTES // prod(shape)))
    x = np.random.default_rng(0).integers(0, 256, (n, *shape), np.uint8)
    return Dataset("random", x, np.arange(n) % 2, ("one class", "another"), n)


def measure_step_seconds(spec: RunSpec, data: Dataset, n_intervals: int = N_INTERVALS) -> float:
    """Return the duration of a step in the fastest of so many intervals between progress reports, the one
    least disturbed by other work; of the whole training, if it ends before.

    Raises UserError for what cannot be trained here, or diverges at once.
    """
    progress = []
    for event in train(spec, data, choose_device(spec.network)):
        if isinstance(event, Step):
            progress.append((time.perf_counter(), event.done))
        if isinstance(event, Failed):
            raise UserError(
                "A short trial of this training diverged: the loss became infinite. Try a learning rate"
                f" below {spec.lr:g}."
            )
        if isinstance(event, Finished):
            return event.seconds / (event.epochs * ceil(data.n_train / spec.batch_size))
        if len(progress) > n_intervals:
            break
    share_a_second = max(
        (after - before) / (end - start) for (start, before), (end, after) in pairwise(progress)
    )
    return 1 / share_a_second / count_steps(spec, data.n_train)


def _known_shape(spec: RunSpec) -> Shape | None:
    """Return the shape of images that are read one by one; None for other data sets, and for vectors."""
    if not spec.dataset_kind.is_slow:
        return None
    facts = read_facts(spec.dataset, spec.image_size, spec.colour)
    return None if facts.are_vectors else (facts.channels, facts.side, facts.side)
