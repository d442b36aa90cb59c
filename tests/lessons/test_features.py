"""Few labels on codes, principal components and pixels, against NumPy, gradients by torch, and arithmetic
done by hand.
"""

import numpy as np
import pytest
import torch

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.lessons.features import compute
from explorer.runs.load import load_run
from explorer.store.embedding import read_embedding

RUNS = {"mnist": "mnist-vae-16d", "fashion-mnist": "fashion-mnist-vae-16d"}


def data_of(name):
    loaded = load_run(RUNS[name])
    e = read_embedding(loaded.run)
    n = len(e.images)
    return loaded, compute.build_features(e.mu[:n], e.images, e.y[:n], round(0.6 * n))


@pytest.fixture(scope="module")
def mnist():
    return data_of("mnist")


def test_every_kind_of_feature_has_the_same_variance_and_pca_is_that_of_the_covariance(mnist):
    _, data = mnist
    for kind in data.features.values():
        assert kind[: data.n_pool].var(0).sum() == pytest.approx(16)
    pool = data.images[: data.n_pool].reshape(data.n_pool, -1) / 255
    variances, axes = np.linalg.eigh(np.cov(pool, rowvar=False, bias=True))
    of_all = (
        (data.images.reshape(len(data.y), -1) / 255 - pool.mean(0))
        @ axes[:, :-17:-1]
        * 4
        / np.sqrt(variances[-16:].sum())
    )
    np.testing.assert_allclose(np.abs(data.features["PCA"]), np.abs(of_all), atol=1e-6)
    np.testing.assert_allclose(data.features["codes"], data.scale * data.mu, rtol=1e-6)
    np.testing.assert_allclose(
        data.features["pixels"] / data.features["pixels"].max(), data.images.reshape(len(data.y), -1) / 255
    )


@pytest.fixture
def installed():
    try:
        return load_data("mnist")
    except UserError:
        pytest.skip("MNIST is not on this machine")


def test_without_its_training_images_labels_and_test_come_from_those_that_are_shipped(
    mnist, tmp_path, monkeypatch
):
    loaded, data = mnist
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    images = compute.gather_images(loaded, read_embedding(loaded.run))
    assert not images.from_training_set
    assert images.n_pool == data.n_pool == 1224
    assert images.counts == data.counts
    np.testing.assert_array_equal(images.features["codes"], data.features["codes"])


def test_with_its_training_images_a_thousand_of_each_class_get_a_label_and_none_of_the_test(mnist, installed):
    loaded, _ = mnist
    e = read_embedding(loaded.run)
    data = compute.gather_images(loaded, e)
    assert data.from_training_set and data.counts == list(compute.LABEL_COUNTS) and data.counts[-1] == 1000
    rows = data.rows(1000, 0)
    assert (np.bincount(data.y[rows]) == 1000).all() and rows.max() < data.n_pool
    np.testing.assert_array_equal(data.images[: data.n_pool], installed.x[: data.n_pool])
    np.testing.assert_array_equal(
        data.images[data.n_pool :], installed.x[installed.n_train :][: len(e.images)]
    )
    np.testing.assert_allclose(data.mu, loaded.encode(data.images).mu.numpy(), atol=1e-4)
    share = {
        kind: a.mean(1) for kind, a in compute.probe_accuracies(data, (50, 1000), lambda share: None).items()
    }
    assert share["codes"][0] > share["pixels"][0] + 0.01 and share["pixels"][1] > share["codes"][1] + 0.005


def test_as_many_labels_a_class_as_asked_the_fewer_among_the_more_none_in_the_test(mnist):
    _, data = mnist
    assert data.counts == [1, 2, 5, 10, 20, 50, 100]
    for smaller, larger in zip(data.counts, data.counts[1:]):
        a, b = data.rows(smaller, 3), data.rows(larger, 3)
        assert (np.bincount(data.y[b]) == larger).all()
        assert set(a) < set(b)
        assert max(b) < data.n_pool
        assert len(set(b)) == 10 * larger
    assert set(data.rows(1, 0)) != set(data.rows(1, 1))


@pytest.mark.parametrize("kind", ["codes", "PCA", "pixels"])
def test_the_probe_is_where_its_loss_is_lowest(mnist, kind):
    """Check with torch that the gradient of the summed cross-entropy plus ½‖w‖² is 0 there."""
    _, data = mnist
    rows = data.rows(5, 0)
    fitted = compute.fit_probe(data.features[kind][rows], data.y[rows])
    w, b = (torch.tensor(part, requires_grad=True) for part in (fitted.coef_, fitted.intercept_))
    logits = torch.tensor(data.features[kind][rows]) @ w.T + b
    loss = (
        torch.nn.functional.cross_entropy(logits, torch.tensor(data.y[rows]), reduction="sum")
        + w.square().sum() / 2
    )
    loss.backward()
    assert max(w.grad.abs().max(), b.grad.abs().max()) < 0.2 and float(w.detach().abs().max()) > 0.1
    moved = [
        logits_loss(data.features[kind][rows], data.y[rows], s * fitted.coef_, s * fitted.intercept_)
        for s in (0.9, 1, 1.1)
    ]
    assert moved[1] == pytest.approx(loss.item()) and moved[1] < min(moved[0], moved[2])


def logits_loss(x, y, w, b) -> float:
    logits = x @ w.T + b
    logits -= np.log(np.exp(logits).sum(1, keepdims=True))
    return float(-logits[np.arange(len(y)), y].sum() + (w**2).sum() / 2)


@pytest.mark.parametrize("name", RUNS)
def test_the_answer_of_the_lesson_is_what_is_measured(name, monkeypatch):
    """Check that with one label PCA leads; with equal variances it loses several points; from five labels on
    MNIST's codes lead, Fashion-MNIST's never.
    """
    monkeypatch.setattr(compute, "LABEL_COUNTS", (1, 5, 20, 100))
    loaded, data = data_of(name)
    progress = []
    accuracies = {
        kind: a.mean(1) for kind, a in compute.probe_accuracies(data, data.counts, progress.append).items()
    }
    assert progress[-1] == 1 and progress == sorted(progress)
    assert accuracies["PCA"][0] > max(accuracies["codes"][0], accuracies["pixels"][0]) + 0.01
    ahead = accuracies["codes"] > np.maximum(accuracies["PCA"], accuracies["pixels"])
    assert ahead[1:].all() if name == "mnist" else not ahead.any()
    assert loaded.run.test.active_units == {"mnist": 10, "fashion-mnist": 6}[name]
    even, test = data.features["PCA"] / data.features["PCA"].std(0), slice(data.n_pool, None)
    rows = [data.rows(1, seed) for seed in range(compute.N_SEEDS)]
    assert (
        np.mean([compute.fit_probe(even[r], data.y[r]).score(even[test], data.y[test]) for r in rows])
        < accuracies["PCA"][0] - 0.02
    )


def test_along_a_class_is_what_its_labels_say(mnist):
    _, data = mnist
    shares, label = np.array([-1.0, 0, 1]), 7
    zs, chances = compute.class_directions(data, 10, label, shares)
    rows = data.rows(10, 0)
    mu, y = data.mu[rows].astype(np.float64), data.y[rows]
    step = mu[y == label].mean(0) - mu[y != label].mean(0)
    start = data.mu[data.n_pool :][data.y[data.n_pool :] != label][0]
    np.testing.assert_allclose(zs[:, 1], [start, start], rtol=1e-6)
    np.testing.assert_allclose(zs[1, 2] - zs[1, 1], step, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(np.diff(zs, axis=1), axis=-1), np.linalg.norm(step), rtol=1e-5)
    fitted = compute.fit_probe(data.features["codes"][rows], y)
    np.testing.assert_allclose(
        np.cross(*(np.stack([zs[0, 2] - zs[0, 1], fitted.coef_[label]])[:, :3])), 0, atol=1e-5
    )
    odds = np.exp(zs[0] * data.scale @ fitted.coef_.T + fitted.intercept_)
    np.testing.assert_allclose(chances[0], odds[:, label] / odds.sum(1), rtol=1e-5)
    assert chances[0, 0] < chances[0, 1] < chances[0, 2]


def test_fine_tuning_starts_from_the_run_leaves_it_as_it_was_and_beats_a_random_start(mnist):
    loaded, data = mnist
    before = [p.clone() for p in loaded.model.parameters()]
    x = torch.from_numpy(data.images).float() / 255
    y = torch.from_numpy(data.y)
    rows = torch.from_numpy(data.rows(20, 0))
    state = torch.get_rng_state()
    share = {}
    for fresh in (False, True):
        predictions = compute.fine_tune(loaded, x[rows], y[rows], 10, 0, fresh)(x[data.n_pool :])
        again = compute.fine_tune(loaded, x[rows], y[rows], 10, 0, fresh)(x[data.n_pool :])
        assert torch.equal(predictions, again)
        share[fresh] = float((predictions == y[data.n_pool :]).float().mean())
    assert share[False] > share[True] + 0.02 and share[True] > 0.4
    assert all(torch.equal(a, b) for a, b in zip(before, loaded.model.parameters()))
    assert torch.equal(state, torch.get_rng_state())


def test_without_a_step_fine_tuning_is_a_layer_on_the_codes(mnist, monkeypatch):
    for name in ("MIN_STEPS", "N_EPOCHS"):
        monkeypatch.setattr(compute, name, 0)
    loaded, data = mnist
    x = torch.from_numpy(data.images[:50]).float() / 255
    predict = compute.fine_tune(loaded, x, torch.from_numpy(data.y[:50]), 10, 4, False)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        head = torch.nn.Linear(16, 10)
    with torch.inference_mode():
        assert torch.equal(predict(x), head(torch.from_numpy(data.mu[:50])).argmax(1))
