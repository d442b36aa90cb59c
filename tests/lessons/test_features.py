"""Few labels on codes, principal components and pixels, against NumPy, gradients by torch, and arithmetic
done by hand.
"""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from scipy.stats import sem, t, ttest_rel

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.lessons.features import block, compute
from explorer.lessons.features.accuracies import Accuracies, read_accuracies, write_accuracies
from explorer.lessons.features.block import describe_lead, features_block
from explorer.lessons.features.lesson import LESSON, RUNS
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE


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


@pytest.mark.slow
def test_the_table_is_what_is_measured_of_training_and_test_images(installed):
    """Measure a few rows anew: a thousand labels of each class are chosen, and none of the test images."""
    loaded = load_run(RUNS["mnist"])
    e = read_embedding(loaded.run)
    data = compute.gather_images(loaded, e)
    assert data.counts == list(compute.LABEL_COUNTS) and data.counts[-1] == 1000
    rows = data.rows(1000, 0)
    assert (np.bincount(data.y[rows]) == 1000).all() and rows.max() < data.n_pool
    np.testing.assert_array_equal(data.images[: data.n_pool], installed.x[: data.n_pool])
    np.testing.assert_array_equal(
        data.images[data.n_pool :], installed.x[installed.n_train :][: len(e.images)]
    )
    np.testing.assert_allclose(data.mu, loaded.encode(data.images).mu.numpy(), atol=1e-4)
    table = {
        (row.features, row.labels): row for row in read_accuracies(loaded.run.files[MODEL_FILE]["sha256"])
    }
    changed = compute.change_pca(data, loaded.run.test.active_units)
    for measured in (compute.probe_accuracies(data, [1, 10]), compute.probe_accuracies(changed, [1])):
        for kind, values in measured.items():
            for labels, row in zip((1, 10), values):
                np.testing.assert_allclose(table[kind, labels].values, row, atol=0.003)
                assert table[kind, labels].n_test == len(data.y) - data.n_pool


def test_a_table_is_read_as_it_was_written(tmp_path):
    rows = [
        Accuracies("mnist", "abc", "PCA, fewer components", 5, 12_000, 2040, np.array([0.5, 1530 / 2040])),
        Accuracies("fashion-mnist", "def", "codes", 1, 12_000, 2040, np.array([0.25])),
    ]
    write_accuracies(rows, tmp_path / "table.csv")
    read = read_accuracies(file=tmp_path / "table.csv")
    assert [(r.dataset, r.features, r.labels, r.n_test) for r in read] == [
        ("mnist", "PCA, fewer components", 5, 2040),
        ("fashion-mnist", "codes", 1, 2040),
    ]
    assert all(np.array_equal(a.values, b.values) for a, b in zip(read, rows))
    assert [r.dataset for r in read_accuracies("def", tmp_path / "table.csv")] == ["fashion-mnist"]


def curve(dataset: str, kind: str) -> dict[int, np.ndarray]:
    rows = read_accuracies(find_run(RUNS[dataset]).files[MODEL_FILE]["sha256"])
    return {row.labels: 100 * row.values for row in rows if row.features == kind}


def test_codes_help_most_with_about_ten_labels_and_pixels_win_with_a_thousand():
    """Check the answer of the lesson by SciPy's paired intervals, over the choices of labelled images."""
    codes, pixels = curve("mnist", "codes"), curve("mnist", "pixels")
    assert len(codes) == len(compute.LABEL_COUNTS)
    intervals = {n: ttest_rel(codes[n], pixels[n]).confidence_interval(0.95) for n in codes}
    gains = {n: np.mean(codes[n] - pixels[n]) for n in codes}
    assert max(gains, key=gains.get) in (5, 10, 20) and intervals[10].low > 3
    assert intervals[1].low < 0 and intervals[1].high < intervals[10].low
    assert intervals[1000].high < 0

    codes, pixels = curve("fashion-mnist", "codes"), curve("fashion-mnist", "pixels")
    assert all(ttest_rel(codes[n], pixels[n]).confidence_interval(0.95).high < 0 for n in codes)


def test_the_fewest_labels_of_the_task_are_those_of_paired_tests():
    tuned = curve("fashion-mnist", "fine-tuned")

    def is_ahead(n: int) -> bool:
        others = [curve("fashion-mnist", kind)[n][: len(tuned[n])] for kind in ("codes", "PCA", "pixels")]
        return all(ttest_rel(tuned[n], other).confidence_interval(0.95).low > 0 for other in others)

    assert LESSON.solution["labels"] == next(n for n in tuned if is_ahead(n))


def test_a_lead_is_stated_only_where_a_paired_test_finds_one():
    rng = np.random.default_rng(0)
    middles = {"codes": 80, "PCA": 70, "pixels": 79.8}
    accuracies = {kind: rng.normal(middle, 1, 10) for kind, middle in middles.items()}
    best, other = sorted(("codes", "pixels"), key=lambda kind: -accuracies[kind].mean())
    interval = ttest_rel(accuracies[best], accuracies[other]).confidence_interval(0.95)
    half, mean = (interval.high - interval.low) / 2, np.mean(accuracies[best] - accuracies[other])
    text = describe_lead(accuracies, tuple(accuracies))
    assert interval.low < 0 and text.startswith(f"Highest: {best}, by ")
    assert f"+{mean:.1f} ± {half:.1f} points over {other} (not established)" in text
    assert "points over PCA" in text and "over PCA (not" not in text


def test_the_block_has_labelled_codes_with_their_images_and_what_the_table_says(tmp_path):
    runs = {name: find_run(name) for name in RUNS.values()}
    path = tmp_path / "block.safetensors"
    path.write_bytes(features_block(list(runs.values())).content)
    with safe_open(path, "numpy") as file:
        data = json.loads(file.metadata()["block"])["data"]
        codes, images, start = (file.get_tensor(name) for name in ("codes", "images", "start"))
    e = read_embedding(runs["mnist-vae-16d"])
    y = e.y[: len(e.images)]
    for label in range(10):
        rows = np.flatnonzero(y == label)
        np.testing.assert_allclose(codes[label], e.mu[rows[:100]], rtol=2**-11, atol=1e-7)  # float16
        np.testing.assert_array_equal(images[label], e.images[rows[:6]])
        np.testing.assert_allclose(start[label], e.mu[np.flatnonzero(y != label)[0]], atol=1e-5)
    for dataset in RUNS:
        for kind, drawn in data[dataset]["curves"].items():
            measured = curve(dataset, kind)
            assert drawn["mean"] == pytest.approx([values.mean() for values in measured.values()])
            expected = [t.interval(0.95, len(v) - 1, v.mean(), sem(v)) for v in measured.values()]
            assert drawn["half"] == pytest.approx([(high - low) / 2 for low, high in expected], rel=1e-3)
    changes = curve("mnist", compute.EVEN_PCA)[1] - curve("mnist", "PCA")[1]
    assert f"changes by −{-changes.mean():.1f} ± " in data["mnist"]["changes"]


def test_accuracies_of_other_weights_are_not_shown(monkeypatch):
    monkeypatch.setattr(block, "read_accuracies", lambda model: [])
    with pytest.raises(UserError, match="python -m explorer.lessons.features.measure"):
        features_block([find_run(name) for name in RUNS.values()])


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
