"""What a few numbers keep of an image, against scikit-learn, torch.distributions and counting by hand."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.distributions import Bernoulli

from explorer.lessons.autoencoder import compute
from explorer.models.autoencoder import build_autoencoder
from explorer.registry import NETWORKS
from explorer.runs.load import load_model
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run


@pytest.fixture(scope="module")
def ae():
    return load_model(read_run(SHIPPED_FOLDER / "mnist-ae-2d"))


@pytest.fixture(scope="module")
def halves(ae):
    images = read_embedding(ae.run).images
    return images[: len(images) // 2], images[len(images) // 2 :]


@pytest.fixture(scope="module")
def pca(halves):
    return compute.fit_pca(halves[0])


def nats(p: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return −log p(x) under Bernoulli(p), in float64, with x as the share of ones. p, x: [n, …] in [0,
    1].
    """
    coins, x = Bernoulli(probs=torch.from_numpy(p.astype(np.float64))), torch.from_numpy(x.astype(np.float64))
    heads, tails = coins.log_prob(torch.ones_like(x)), coins.log_prob(torch.zeros_like(x))
    return -(x * heads + (1 - x) * tails).flatten(1).sum(1).numpy()


@pytest.mark.parametrize("k", [1, 9, 64])
def test_pca_is_scikit_learns_with_as_many_components(pca, halves, k):
    fit, x = (part.reshape(len(part), -1) / 255.0 for part in (halves[0], halves[1][:40]))
    expected = PCA(k, svd_solver="full").fit(fit)
    greys = expected.inverse_transform(expected.transform(x))
    back = compute.reconstruct_with_pca(pca, halves[1][:40], k)
    assert back.x.shape == (40, 1, 28, 28)
    assert np.allclose(back.x.reshape(40, -1), greys.clip(0, 1), atol=2e-4)
    assert np.allclose(back.error, ((greys.clip(0, 1) - x) ** 2).sum(1), rtol=1e-3)
    assert np.allclose(back.distortion, nats(greys.clip(0.01, 0.99), x), rtol=1e-3)


def test_losses_over_k_are_those_of_each_k(pca, halves):
    images = halves[1][:60]
    distortion, error = compute.losses_over_k(pca, images)
    assert distortion.shape == error.shape == (64, 60) and (np.diff(error.mean(1)) < 0.2).all()
    for k in (1, 2, 33, 64):
        back = compute.reconstruct_with_pca(pca, images, k)
        assert np.allclose(distortion[k - 1], back.distortion, rtol=1e-3)
        assert np.allclose(error[k - 1], back.error, rtol=1e-3)


def test_a_network_is_scored_by_what_it_decodes(ae, halves):
    x = halves[1][:40]
    back, shown = compute.reconstruct_with_network(ae, x), ae.decode(ae.encode(x).mu.numpy())
    assert np.array_equal(back.x, shown)
    assert np.allclose(back.error, ((shown - x / 255) ** 2).reshape(40, -1).sum(1), rtol=1e-4)
    assert np.allclose(
        back.distortion, nats(shown.astype(np.float64).clip(1e-12, 1 - 1e-7), x / 255), rtol=1e-3
    )


def test_pca_reaches_two_numbers_at_about_eight(ae, pca, halves):
    """Check the question and the answer of the page. In nats the number is a little higher, because the
    network was trained for nats.
    """
    distortion, error = (part.mean(1) for part in compute.losses_over_k(pca, halves[1]))
    network = compute.reconstruct_with_network(ae, halves[1])
    by_error, by_nats = (
        compute.components_needed(values, level)
        for values, level in ((error, network.error.mean()), (distortion, network.distortion.mean()))
    )
    assert 7 <= by_error <= 9 and error[by_error - 2] > network.error.mean() >= error[by_error - 1]
    assert by_error <= by_nats <= 12 and distortion[1] > network.distortion.mean() + 20


def test_components_are_counted_from_one():
    values = np.array([5.0, 3.0, 3.0, 1.0])
    assert [compute.components_needed(values, level) for level in (6, 5, 4, 3, 2, 0)] == [
        1,
        1,
        2,
        2,
        4,
        None,
    ]


def test_the_interval_is_that_of_resampled_images():
    """Use images of two kinds, whose proportion decides whether one component is enough or three are."""
    network, values = np.zeros(100), np.array([[-1.0] * 45 + [1.0] * 55, [0.4] * 100, [-0.1] * 100])
    assert compute.components_needed_interval(values, network) == (1, 3)
    assert compute.components_needed_interval(values[1:], network) == (2, 2)
    assert compute.components_needed_interval(values[1:2], network) == (None, None)


def test_a_perfect_copy_costs_the_entropy_of_its_greys(halves):
    from scipy.stats import bernoulli

    x = halves[1][:20]
    assert np.allclose(
        compute.min_distortion(x), bernoulli.entropy(x.reshape(20, -1) / 255).sum(1), atol=1e-6
    )
    assert compute.min_distortion(np.array([[[[0, 255]]]], np.uint8))[0] == pytest.approx(0, abs=1e-6)
    assert compute.min_distortion(np.full((1, 1, 2, 2), 51, np.uint8))[0] == pytest.approx(
        -4 * (0.2 * np.log(0.2) + 0.8 * np.log(0.8))
    )


def test_nothing_costs_less_than_a_perfect_copy(ae, pca, halves):
    floor = compute.min_distortion(halves[1])
    assert (compute.reconstruct_with_network(ae, halves[1]).distortion > floor).all()
    assert (compute.reconstruct_with_pca(pca, halves[1], 64).distortion > floor).all()


def test_weights_are_counted_as_in_the_models_themselves():
    counts = compute.count_weights((1, 28, 28), 2)
    assert list(counts) == list(NETWORKS)
    assert counts["linear"] == (784 * 2 + 2, 2 * 784 + 784)
    assert counts["mlp"][0] == (784 * 400 + 400) + (400 * 200 + 200) + (200 * 2 + 2)
    for kind, (encoder, decoder) in counts.items():
        model = build_autoencoder(RunSpec("mnist", model="ae", network=kind), (1, 28, 28))
        assert encoder == sum(w.numel() for w in model.encoder.state_dict().values())
        assert decoder == sum(w.numel() for w in model.decoder.state_dict().values())
