"""What the codebook lesson computes, against numpy, scipy and torch.distributions."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import entropy
from torch import distributions

from explorer.latent.draws import sample_codebook
from explorer.lessons.codebook.compute import distortions, encode, entry_shares, substitute_entries
from explorer.lessons.codebook.figure import entry_colours
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run


@pytest.fixture(scope="module")
def shipped():
    loaded = load_model(read_run(SHIPPED_FOLDER / "digits-vqvae"))
    return loaded, read_embedding(loaded.run), loaded.model.codebook.numpy()


def test_what_the_encoder_says_falls_onto_the_nearest_entry_and_is_the_stored_code(shipped):
    loaded, e, book = shipped
    encoded, index = encode(loaded.model, e.images)
    assert encoded.shape == (360, 4, 2) and index.shape == (360, 4)
    assert np.array_equal(index.ravel(), cdist(encoded.reshape(-1, 2), book).argmin(1))
    assert np.allclose(book[index].reshape(360, 8), e.mu, atol=1e-5)
    assert not np.allclose(encoded.reshape(360, 8), e.mu, atol=0.1)


def test_each_entry_in_turn_stands_at_the_place_and_nowhere_else(shipped):
    book = shipped[2]
    zs = substitute_entries(book, np.array([3, 1, 4, 1]), 2).reshape(32, 4, 2)
    assert np.array_equal(zs[:, 2], book) and (zs[:, [0, 1, 3]] == book[[3, 1, 1]]).all()


def test_distortion_is_that_of_coins(shipped):
    loaded, e, book = shipped
    zs = substitute_entries(book, np.array([0, 5, 9, 31]), 0)
    coins = distributions.Bernoulli(logits=loaded.model.decode(torch.from_numpy(zs)))
    x = torch.tensor(e.images[7]).float() / 255
    expected = -(
        x * coins.log_prob(torch.ones_like(coins.logits))
        + (1 - x) * coins.log_prob(torch.zeros_like(coins.logits))
    )
    assert np.allclose(
        distortions(loaded.model, loaded.likelihood, e.images[7], zs),
        expected.sum((1, 2, 3)).detach(),
        rtol=1e-5,
    )


def test_the_use_of_the_book_is_what_the_run_recorded(shipped):
    loaded, e, book = shipped
    index = cdist(e.mu.reshape(-1, 2), book).argmin(1)  # of the stored codes themselves
    share, perplexity = entry_shares(index.reshape(-1, 4), 32)
    assert np.allclose(share, [(index == k).mean() for k in range(32)])
    assert perplexity == pytest.approx(np.exp(entropy(share)))
    assert loaded.run.test.perplexity == pytest.approx(perplexity, rel=1e-6)
    assert loaded.run.test.codes_used == len(set(index))
    assert loaded.run.test.rate == pytest.approx(4 * np.log(32), rel=1e-6)
    assert loaded.run.test.elbo == pytest.approx(-loaded.run.test.distortion - 4 * np.log(32), rel=1e-6)


def test_the_bound_keeps_one_term_of_the_sum_over_all_codes(shipped):
    """Compare log p(x) under the uniform prior, over all 32⁴ codes, with −(D + R), which keeps only the
    encoder's code.
    """
    loaded, e, book = shipped
    x = torch.tensor(e.images[:3]).float() / 255
    index = torch.cartesian_prod(*[torch.arange(32)] * 4)
    scores = []
    with torch.inference_mode():
        for rows in index.split(65536):
            logits = loaded.model.decode(torch.from_numpy(book)[rows].reshape(len(rows), 8)).flatten(1)
            scores.append(x.flatten(1) @ logits.T - torch.nn.functional.softplus(logits).sum(1))
    scores, terms = torch.cat(scores, 1).double(), 32**4
    assert scores.shape == (3, terms)
    whole = scores.logsumexp(1) - np.log(terms)
    encoder_distortions = torch.cat(
        [
            torch.from_numpy(distortions(loaded.model, loaded.likelihood, e.images[i], e.mu[i : i + 1]))
            for i in range(3)
        ]
    )
    bound = -(encoder_distortions.double() + 4 * np.log(32))
    assert (whole > bound).all() and (whole < bound + np.log(terms)).all()


def test_random_entries_are_equally_likely_at_every_place(shipped):
    book = shipped[2]
    zs = sample_codebook(book, 4, 20_000, np.random.default_rng(0)).reshape(-1, 4, 2)
    for place in range(4):
        distance = cdist(zs[:, place], book)
        assert distance.min(1).max() < 1e-6
        counts = np.bincount(distance.argmin(1), minlength=32)
        assert ((counts - 625) ** 2 / 625).sum() < 80  # chi-squared of 31 degrees of freedom: once in 300,000


def test_neighbours_look_alike_and_numbers_are_readable_on_all(shipped):
    """Check that black has a contrast of 7 or more (WCAG) on each colour, and that entries that are near to
    each other have more similar colours than others.
    """
    book = shipped[2]
    colours = entry_colours(book) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    assert (((linear @ [0.2126, 0.7152, 0.0722]) + 0.05) / 0.05).min() > 7
    apart, far = cdist(colours, colours), cdist(book, book) + 100 * np.eye(32)
    assert apart[np.arange(32), far.argmin(1)].mean() < 0.5 * apart.mean()
