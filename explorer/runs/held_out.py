"""Test images of a run, which samples are measured against."""

import math

import numpy as np

from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.registry import DATASETS
from explorer.store.embedding import read_embedding
from explorer.store.run import Run

MAX_VALUES = 5000 * 28 * 28  # of all images together


def held_out_images(run: Run, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at most n test images, uint8 [m, C, H, W], and the rows [m] of their codes: random ones if the
    run is of a built-in data set that is on this machine, otherwise the first ones, which are kept with the
    run. They have at most MAX_VALUES values, because each is compared with all others.
    """
    e = read_embedding(run)
    n = min(n, MAX_VALUES // math.prod(run.shape))
    tests = _all_tests(run)
    if tests is None or not np.array_equal(tests[: len(e.images)], e.images):
        return e.images[:n], np.arange(len(e.images))[:n]
    rows = np.random.default_rng(0).permutation(min(len(tests), len(e.mu)))[:n]
    return tests[rows], rows


def _all_tests(run: Run) -> np.ndarray | None:
    spec = run.spec
    if spec.dataset not in DATASETS:  # folders are read only where a visitor may
        return None
    try:
        data = load_dataset(spec.dataset, spec.image_size, spec.colour, with_problems=False)
    except UserError:  # it is not on this machine
        return None
    return data.x[data.test]
