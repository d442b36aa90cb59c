"""t-SNE in a process of its own is scikit-learn's, tells how far it is, and ends when it is told to."""

from subprocess import Popen

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness
from threadpoolctl import threadpool_limits

from explorer.errors import UserError
from explorer.latent.tsne import tsne

pytestmark = pytest.mark.process

DIGITS = load_digits().data.astype(np.float32)


@pytest.fixture
def started(monkeypatch):
    """Record the processes that t-SNE starts."""
    processes = []
    monkeypatch.setattr(
        "explorer.latent.tsne.Popen",
        lambda *words, **settings: processes.append(Popen(*words, **settings)) or processes[-1],
    )
    return processes


def test_the_places_are_scikit_learns_own_and_progress_rises(started):
    *shares, places = tsne(DIGITS[:300])
    with threadpool_limits(1):
        expected = TSNE(perplexity=30, init="pca", random_state=0).fit_transform(DIGITS[:300])
    assert places.shape == (300, 2) and places.dtype == np.float32 and np.array_equal(places, expected)
    assert shares[0] == 0
    assert len(shares) > 5
    assert all(a < b for a, b in zip(shares, shares[1:]))
    assert shares[-1] <= 1
    [process] = started
    assert process.returncode is not None


@pytest.mark.parametrize("n", [10, 40])
def test_a_few_codes_keep_their_neighbours(n):
    *_, places = tsne(DIGITS[:n])
    assert places.shape == (n, 2) and np.isfinite(places).all()
    assert trustworthiness(DIGITS[:n], places, n_neighbors=3) > 0.75


def test_codes_of_one_dimension_find_places():
    line = np.repeat([0.0, 10.0], 20)[:, None] + np.linspace(0, 1, 40)[:, None]
    *_, places = tsne(line)
    assert places.shape == (40, 2) and trustworthiness(line, places, n_neighbors=3) > 0.9


def test_closed_early_it_ends_its_process(started):
    running = tsne(np.tile(DIGITS, (2, 1)))
    assert next(running) == 0 and 0 < next(running) < 0.5
    [process] = started
    assert process.poll() is None
    running.close()
    assert process.poll() < 0  # ended by a signal, before it was done


def test_a_process_that_others_end_gets_a_sentence(started):
    running = tsne(DIGITS)
    next(running)
    started[0].kill()
    with pytest.raises(UserError, match="ended too early"):
        list(running)


def test_what_cannot_be_placed_gets_a_sentence_and_no_process(started):
    for codes, message in [
        (DIGITS[:9], "10 codes or more, and there are 9"),
        (np.ones((50, 3)), "same point"),
        (np.full((50, 2), np.nan), "finite numbers"),
    ]:
        with pytest.raises(UserError, match=message):
            next(tsne(codes))
    assert not started
