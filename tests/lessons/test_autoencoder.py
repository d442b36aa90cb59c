"""What the lesson on the autoencoder shows, against scikit-learn, torch and counting by hand."""

import json
import re

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file
from sklearn.decomposition import PCA

from explorer.lessons.autoencoder import compute
from explorer.lessons.autoencoder.lesson import LESSON, RUN, blocks
from explorer.models.autoencoder import build_autoencoder
from explorer.registry import NETWORKS
from explorer.runs.load import load_model
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run


@pytest.fixture(scope="module")
def ae():
    return load_model(read_run(SHIPPED_FOLDER / RUN))


@pytest.fixture(scope="module")
def halves(ae):
    images = read_embedding(ae.run).images
    return images[: len(images) // 2], images[len(images) // 2 :]


@pytest.fixture(scope="module")
def errors(ae, halves):
    """Return the squared errors by scikit-learn's PCA, [64, n], and by the network, [n], of the second
    half.
    """
    fit, x = (part.reshape(len(part), -1) / 255.0 for part in halves)
    pca = PCA(64, svd_solver="covariance_eigh").fit(fit)
    scores = pca.transform(x)
    by_k = [pca.mean_ + scores[:, :k] @ pca.components_[:k] for k in range(1, 65)]
    network = ae.decode(ae.encode(halves[1]).mu.numpy()).reshape(len(x), -1)
    return np.array([((greys.clip(0, 1) - x) ** 2).sum(1) for greys in by_k]), ((network - x) ** 2).sum(1)


@pytest.fixture(scope="module")
def shown(ae, tmp_path_factory):
    """Return the metadata and the tensors of the block."""
    path = tmp_path_factory.mktemp("autoencoder") / "block.safetensors"
    path.write_bytes(blocks({RUN: ae.run})["comparison"].content)
    with safe_open(path, "numpy") as file:
        metadata = json.loads(file.metadata()["block"])
    return metadata, load_file(path)


def test_pca_is_that_of_scikit_learn(halves):
    fit = halves[0].reshape(len(halves[0]), -1) / 255.0
    expected = PCA(64, svd_solver="full").fit(fit)
    mean, axes = compute.fit_pca(halves[0], 64)
    components = axes.T
    assert np.allclose(mean, expected.mean_, atol=1e-5)
    cosines = np.abs((components * expected.components_).sum(1))
    assert (cosines > 0.999).all() and np.allclose(components @ components.T, np.eye(64), atol=1e-4)
    for k in (1, 9, 64):
        x = halves[1][:40]
        of_k = PCA(k, svd_solver="full").fit(fit)
        greys = of_k.inverse_transform(of_k.transform(x.reshape(40, -1) / 255.0)).clip(0, 1)
        assert np.allclose(compute.reconstruct_with_pca(mean, components[:k], x), greys, atol=3e-3)


def test_the_block_has_the_errors_of_each_k(shown, errors, halves, ae):
    metadata, tensors = shown
    by_k, network = errors
    n = len(halves[1])
    assert (metadata["n"], metadata["n_fit"], metadata["n_train"]) == (n, len(halves[0]), 60_000)
    assert np.allclose(tensors["error"], by_k.mean(1), rtol=1e-3)
    assert metadata["network_error"] == pytest.approx(network.mean(), rel=1e-3)
    better = (by_k < network).mean(1)
    assert np.abs(tensors["share"] - better).max() <= 2 / n  # ties to rounding
    for k in (0, 7, 40):  # Wilson's interval
        z, p = 1.96, better[k]
        middle, half = p + z**2 / 2 / n, z * np.sqrt(p * (1 - p) / n + (z / n) ** 2 / 4)
        expected = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
        assert np.allclose((tensors["low"][k], tensors["high"][k]), expected, atol=3 / n)


def test_the_images_are_the_first_of_each_class_with_their_codes(shown, halves, ae):
    metadata, tensors = shown
    e = read_embedding(ae.run)
    y = e.y[len(halves[0]) : len(e.images)]
    for i, name in enumerate(metadata["class_names"]):
        row = list(y).index(int(name))
        assert np.array_equal(tensors["images"][i], halves[1][row])
        assert np.allclose(tensors["z"][i], ae.encode(halves[1][[row]]).mu.numpy()[0], atol=2e-2)


def test_the_text_says_what_is_measured(shown, errors, ae):
    """PCA with two components is better for about one image in eight, and as good on average with eight; the
    network's error is almost a third lower; it makes a 3 of the 8 that is shown.
    """
    metadata, tensors = shown
    by_k, network = errors
    assert tensors["low"][1] < 1 / 8 < tensors["high"][1]
    assert compute.components_needed(by_k.mean(1), network.mean()) == metadata["components"] == 8
    assert 0.28 < 1 - network.mean() / by_k[1].mean() < 1 / 3
    classifier, decoded = read_classifier(ae.run)[0], ae.decode(tensors["z"][[8]])
    assert classifier.probabilities(decoded).argmax() == 3
    image = tensors["images"][8].ravel() / 255
    pca = compute.reconstruct_with_pca(tensors["mean"], tensors["components"][:2], tensors["images"][[8]])
    assert ((pca - image) ** 2).sum() < ((decoded.ravel() - image) ** 2).sum()


def test_the_solution_solves_the_task(shown, ae):
    _, tensors = shown
    k, row = LESSON.solution["k"], [LESSON.solution["image"]]
    image = tensors["images"][row].reshape(1, -1) / 255
    pca = compute.reconstruct_with_pca(tensors["mean"], tensors["components"][:k], tensors["images"][row])
    network = ae.decode(tensors["z"][row]).reshape(1, -1)
    assert k > 30 and ((network - image) ** 2).sum() < ((pca - image) ** 2).sum()


def test_components_are_counted_from_one():
    values = np.array([5.0, 3.0, 3.0, 1.0])
    counts = [compute.components_needed(values, level) for level in (6, 5, 4, 3, 2, 0)]
    assert counts == [1, 1, 2, 2, 4, None]


def test_the_interval_is_that_of_resampled_images(shown, errors):
    """Use images of two kinds, whose proportion decides whether one component is enough or three are; and
    those of the lesson.
    """
    network, values = np.zeros(100), np.array([[-1.0] * 45 + [1.0] * 55, [0.4] * 100, [-0.1] * 100])
    assert compute.components_needed_interval(values, network) == (1, 3)
    assert compute.components_needed_interval(values[1:], network) == (2, 2)
    assert compute.components_needed_interval(values[1:2], network) == (None, None)
    by_k, of_network = errors
    difference, rng = by_k - of_network, np.random.default_rng(9)
    n = len(of_network)
    first = [np.argmax(difference[:, rng.integers(0, n, n)].mean(1) <= 0) + 1 for _ in range(400)]
    assert np.allclose(shown[0]["interval"], np.quantile(first, [0.025, 0.975]), atol=1)


def test_weights_of_each_kind_of_network_are_counted_as_in_the_models():
    text = (LESSON.folder / "mathematics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (.+) \| ([\d,]+) \+ ([\d,]+) \|$", text, re.MULTILINE)
    assert [row[0] for row in rows] == list(NETWORKS)
    for kind, description, *counts in rows:
        model = build_autoencoder(RunSpec("mnist", model="ae", network=kind), (1, 28, 28))
        parts = [
            sum(w.numel() for w in part.state_dict().values()) for part in (model.encoder, model.decoder)
        ]
        assert [int(count.replace(",", "")) for count in counts] == parts
        assert description == NETWORKS[kind].description
