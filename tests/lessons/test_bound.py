"""What the lesson on importance-weighted bounds says of its images, against decoding and quadrature."""

import math

import numpy as np
import pytest
from scipy.special import logsumexp

from explorer.lessons.bound.lesson import LESSON
from explorer.runs.evidence import decode_grid, grid_log_likelihood
from explorer.runs.load import load_model
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.evidence_block import GRID
from tests.live.lesson_bound_cases import best_gaussian, log_weights

PRIOR = (0.0, 0.0, 0.0, 0.0)
REPEATS = 60


@pytest.fixture(scope="module")
def digits():
    loaded = load_model(find_run("digits-vae-2d"))
    return loaded, read_embedding(find_run("digits-vae-2d")), decode_grid(loaded, GRID)


def joint(digits, row: int) -> np.ndarray:
    loaded, e, logits = digits
    prior = GRID.log_normal(0, 1)
    return grid_log_likelihood(loaded, logits, e.images[row]) + prior[:, None] + prior


def estimates(digits, row: int, q, k: int) -> np.ndarray:
    """Return estimates of log p(x) from k draws of q each, minus log p(x), [REPEATS]."""
    noise = np.random.default_rng(row + k).standard_normal((REPEATS * k, 2))
    weights = log_weights(digits[0], digits[1].images[row], q, noise).reshape(REPEATS, k)
    return logsumexp(weights, axis=1) - math.log(k) - GRID.log_integral(joint(digits, row))


def kl(digits, row: int, q) -> float:
    """Return KL(q‖p(z|x)) on the grid: of the best Gaussian, the least that one with independent dimensions
    has.
    """
    log_joint = joint(digits, row)
    log_q = GRID.log_normal(q[0], math.exp(q[2]))[:, None] + GRID.log_normal(q[1], math.exp(q[3]))
    masses = np.exp(log_q) * GRID.step**2
    return float((masses * (log_q - log_joint + GRID.log_integral(log_joint))).sum())


def encoder(digits, row: int) -> np.ndarray:
    return np.concatenate([digits[1].mu[row], digits[1].logvar[row] / 2])


def test_with_more_draws_of_the_prior_more_estimates_lie_above(digits):
    few, many = (estimates(digits, 19, PRIOR, k) for k in (1, 600))
    assert few.mean() < -10 and abs(many.mean()) < 0.15
    assert (few > 0).mean() < 0.2 < 0.3 < (many > 0).mean() < 0.7


def test_the_solution_of_the_task_is_one(digits):
    row, k = int(LESSON.solution["image"]), LESSON.solution["k"]
    best = best_gaussian(joint(digits, row), GRID)
    assert kl(digits, row, PRIOR) - kl(digits, row, best) > 7  # with one draw the best Gaussian is far better
    prior, other = (estimates(digits, row, q, k) for q in (PRIOR, best))
    assert prior.mean() > other.mean() + 0.5


def test_what_the_teachers_note_says_of_images(digits):
    rows = (0, 2, 21)
    best = {row: best_gaussian(joint(digits, row), GRID) for row in rows}
    of_family = {row: kl(digits, row, best[row]) / kl(digits, row, encoder(digits, row)) for row in rows}
    assert of_family[0] > 0.6 and of_family[21] < 0.1
    assert kl(digits, 2, best[2]) < kl(digits, 2, encoder(digits, 2)) - 1
    wide, narrow = (estimates(digits, 2, q, 300) for q in (encoder(digits, 2), best[2]))
    assert wide.mean() > narrow.mean() + 0.06
