"""What the codebook lesson computes, against numpy, scipy and torch.distributions."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from scipy.spatial.distance import cdist
from scipy.stats import binomtest, entropy

from explorer.latent.draws import sample_codebook
from explorer.lessons.codebook.compute import (
    N_MEASURED,
    codes_block,
    encode,
    entry_colours,
    entry_shares,
    low_confidence_shares,
    share_half_widths,
)
from explorer.lessons.codebook.lesson import LESSON
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run


@pytest.fixture(scope="module")
def shipped():
    loaded = load_model(read_run(SHIPPED_FOLDER / "digits-vqvae"))
    return loaded, read_embedding(loaded.run), loaded.model.codebook.numpy()


@torch.inference_mode()
def distortion(loaded, images: np.ndarray, z: np.ndarray) -> torch.Tensor:
    """Return the binary cross-entropy [n] of images uint8 [n, C, H, W] decoded from z [n, D]."""
    x_logits, x = loaded.model.decode(torch.from_numpy(z)), torch.from_numpy(images).double() / 255
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
    return cross_entropy(x_logits.double(), x, reduction="none").sum((1, 2, 3))


def test_what_the_encoder_says_falls_onto_the_nearest_entry_and_is_the_stored_code(shipped):
    loaded, e, book = shipped
    encoded, index = encode(loaded.model, e.images)
    assert encoded.shape == (360, 4, 2) and index.shape == (360, 4)
    assert np.array_equal(index.ravel(), cdist(encoded.reshape(-1, 2), book).argmin(1))
    assert np.allclose(book[index].reshape(360, 8), e.mu, atol=1e-5)
    assert not np.allclose(encoded.reshape(360, 8), e.mu, atol=0.1)


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
    bound = -(distortion(loaded, e.images[:3], e.mu[:3]) + 4 * np.log(32))
    assert (whole > bound).all() and (whole < bound + np.log(terms)).all()


def test_the_solution_of_the_task_saves_what_it_says_and_a_third_of_the_images_has_one(shipped):
    """The nearest entry need not be the best one: replace each entry in turn."""
    loaded, e, book = shipped
    _, index = encode(loaded.model, e.images)
    own, saved = distortion(loaded, e.images, e.mu), np.zeros((360, 4, 32))
    for position in range(4):
        for entry in range(32):
            code = index.copy()
            code[:, position] = entry
            saved[:, position, entry] = own - distortion(loaded, e.images, book[code].reshape(360, 8))
    image, place, entry = (LESSON.solution[name] for name in ("image", "place", "entry"))
    assert saved[image, place - 1, entry] > 0.55
    assert 0.2 < (saved.max((1, 2)) > 0.5).mean() < 0.5


def test_the_entries_of_a_code_go_together(shipped):
    """Compare shares with those of drawn codes and SciPy's intervals: entries drawn independently, even as
    often as each position uses them, are named less often than codes of images.
    """
    loaded, e, book = shipped
    index = encode(loaded.model, e.images)[1]
    uniform, own, codes = (
        [float(v) for v in text.replace("% (", " ").replace(" to ", " ").replace("%)", "").split()]
        for text in low_confidence_shares(loaded, index)
    )
    classifier, rng = read_classifier(loaded.run)[0], np.random.default_rng(5)
    drawn = (
        rng.integers(32, size=(N_MEASURED, 4)),
        np.stack([rng.permutation(np.resize(column, N_MEASURED)) for column in index.T], 1),
        index,
    )
    for (share, low, high), code in zip((uniform, own, codes), drawn):
        images = loaded.decode(book[code].reshape(len(code), 8))
        unsure = classifier.probabilities(images).max(1) < 0.9
        wilson = binomtest(int(unsure.sum()), len(code)).proportion_ci(method="wilson")
        assert share == pytest.approx(100 * unsure.mean(), abs=4)
        assert high - low == pytest.approx(100 * (wilson.high - wilson.low), abs=1.1)
    assert codes[2] < min(uniform[1], own[1])


def test_the_block_has_the_codes_and_their_use(shipped, tmp_path):
    loaded, e, book = shipped
    path = tmp_path / "block.safetensors"
    path.write_bytes(codes_block(loaded.run).content)
    with safe_open(path, "numpy") as file:
        metadata = json.loads(file.metadata()["block"])
        codebook, index, images = (file.get_tensor(name) for name in ("codebook", "index", "images"))
    assert np.array_equal(codebook, book) and np.array_equal(images, e.images)
    assert np.allclose(codebook[index].reshape(360, 8), e.mu, atol=1e-5)
    assert metadata["perplexity"] == pytest.approx(loaded.run.test.perplexity)
    each = [np.exp(entropy(np.bincount(column))) for column in index.T]
    assert metadata["position_perplexities"] == pytest.approx(each)
    assert [
        low <= v <= high
        for v, (low, high) in zip([metadata["perplexity"], *each], metadata["perplexity_intervals"])
    ] == [True] * 5
    test = loaded.run.test
    assert metadata["perplexity_intervals"][0] == pytest.approx([test.perplexity_low, test.perplexity_high])
    assert max(each) < metadata["perplexity"]  # pooled, it is larger than at any position


def test_shares_vary_between_images_as_a_bootstrap_says(shipped):
    index = encode(shipped[0].model, shipped[1].images)[1]
    rng = np.random.default_rng(0)
    drawn = [entry_shares(index[rng.integers(360, size=360)], 32)[0] for _ in range(400)]
    np.testing.assert_allclose(share_half_widths(index, 32), 1.96 * np.std(drawn, 0), rtol=0.2)


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
