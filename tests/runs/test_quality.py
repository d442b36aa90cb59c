"""The yardstick of saved runs against scikit-learn's PCA, distributions of torch, and neighbours by brute
force.
"""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from sklearn.decomposition import PCA

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.objectives.distortion import build_likelihood
from explorer.runs import quality
from explorer.runs.load import load_run
from explorer.runs.measure import evaluate_at_beta
from explorer.runs.quality import constant_distortion, keep_quality, measure_samples
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.classifier import Classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import encode_record, read_run


def expected_errors(name: str, y=None) -> tuple[float, float]:
    """Return the mean squared error of the reconstructions of the stored codes, and that of PCA."""
    loaded, data = load_run(name), load_data("digits")
    train, test = (data.x[part].reshape(-1, 64) / 255 for part in (data.train, data.test))
    decoded = loaded.decode(read_embedding(loaded.run).mu, y).reshape(-1, 64)
    pca = PCA(loaded.run.spec.latent_dim, svd_solver="full").fit(train)
    of_pca = np.square(test - pca.inverse_transform(pca.transform(test))).mean()
    return np.square(test - decoded).mean(), of_pca


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-ae", "tiny-ladder", "tiny-vqvae", "tiny-vae-6d"])
def test_a_run_is_saved_with_its_yardstick(runs_folder, name):
    run = find_run(name)
    y = run.yardstick
    assert (y.mse, y.pca_mse) == pytest.approx(expected_errors(name), rel=1e-3)
    assert (y.n, y.n_components) == (360, run.spec.latent_dim)
    assert y.difference_low < y.mse - y.pca_mse < y.difference_high
    assert (run.samples is None) == (not run.spec.has_prior)


def test_a_conditional_model_is_given_the_classes(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    run = train_run(RunSpec("digits", model="cvae", epochs=2, width=16), "tiny-cvae")
    mse, _ = expected_errors("tiny-cvae", read_embedding(run).y)
    assert run.yardstick.mse == pytest.approx(mse, rel=1e-3) and run.samples.judge == "classifier"


def test_a_run_without_a_yardstick_gets_it_later(runs_folder):
    run = find_run("tiny-vae")
    path = run.folder / "run.json"
    record = json.loads(path.read_bytes())
    del record["yardstick"], record["samples"]
    path.write_bytes(encode_record(record))
    assert (old := read_run(run.folder)).yardstick is None and old.samples is None
    kept = keep_quality(old)
    assert asdict(kept.yardstick) == pytest.approx(asdict(run.yardstick), rel=1e-6)
    assert kept.samples == run.samples and read_run(run.folder) == kept
    assert {**json.loads(path.read_bytes()), "checksum": 0, "yardstick": 0, "samples": 0} == {
        **record,
        "checksum": 0,
        "yardstick": 0,
        "samples": 0,
    }


@pytest.mark.parametrize(
    "part, values",
    [
        ("yardstick", {"mse": float("nan")}),
        ("yardstick", {"pca_mse": -1.0}),
        ("yardstick", {"n": 359}),
        ("yardstick", {"n_components": 3}),
        ("yardstick", {"difference_high": None}),
        ("yardstick", {"constant_distortion": "a"}),
        ("samples", {"judge": "me"}),
        ("samples", {"share": 1.5}),
        ("samples", {"n": 0}),
    ],
)
def test_figures_that_no_run_has_are_refused(runs_folder, part, values):
    run = find_run("tiny-vae")
    path = run.folder / "run.json"
    record = json.loads(path.read_bytes())
    record[part] |= values
    path.write_bytes(encode_record(record))
    with pytest.raises(UserError, match="Run tiny-vae can't be used"):
        read_run(run.folder)


def test_a_ladder_at_another_kl_weight_has_no_yardstick(runs_folder):
    assert evaluate_at_beta(find_run("tiny-ladder"), 0.1).yardstick is None


TRAIN, TEST = (np.random.default_rng(seed).integers(0, 256, (40, 1, 2, 3), dtype=np.uint8) for seed in (1, 2))
MEAN = (TRAIN.sum(0) / 255 + 0.5) / 41


def _continuous_bernoulli(mean: float) -> float:
    """Return the parameter λ of the continuous Bernoulli with that mean."""

    def difference(probability: float) -> float:
        return torch.distributions.ContinuousBernoulli(torch.tensor(probability).double()).mean.item() - mean

    return brentq(difference, 1e-6, 1 - 1e-6, xtol=1e-12)


@pytest.mark.parametrize("likelihood", ["bernoulli", "continuous-bernoulli", "gaussian"])
def test_the_distortion_of_the_mean_image(likelihood):
    x, mean = torch.from_numpy(TEST / 255), torch.from_numpy(MEAN)
    if likelihood == "bernoulli":
        log_p = x * mean.log() + (1 - x) * (1 - mean).log()
    elif likelihood == "gaussian":
        log_p = torch.distributions.Normal(mean, 0.3).log_prob(x)
    else:
        parameters = torch.tensor([_continuous_bernoulli(m) for m in MEAN.ravel()]).view(mean.shape)
        log_p = torch.distributions.ContinuousBernoulli(parameters).log_prob(x)
    expected = -log_p.flatten(1).sum(1).mean().item()
    measured = constant_distortion(build_likelihood(RunSpec(likelihood=likelihood, sigma=0.3)), TRAIN, TEST)
    assert measured == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_pixels_that_are_always_black_have_a_finite_distortion():
    black = np.zeros((40, 1, 2, 3), np.uint8)
    for name in ("bernoulli", "continuous-bernoulli", "gaussian", "learned-gaussian"):
        model = None if name != "learned-gaussian" else torch.nn.Module()
        if model:
            model.register_buffer("log_sigma", torch.zeros(1))
        assert np.isfinite(
            constant_distortion(build_likelihood(RunSpec(likelihood=name), model), black, TEST)
        )


def blank_classifier(run) -> Classifier:
    """Return a classifier that is certain of images whose mean is above one half."""
    n = len(run.class_names)
    weights = {
        "1.weight": np.full((1, 64), 1 / 64, np.float32),
        "1.bias": np.zeros(1, np.float32),
        "3.weight": np.r_[np.full((1, 1), 1000.0), np.zeros((n - 1, 1))].astype(np.float32),
        "3.bias": np.r_[[-500.0], np.zeros(n - 1)].astype(np.float32),
    }
    return Classifier(run.shape, run.class_names, 1.0, weights)


def test_samples_are_judged_by_the_classifier(runs_folder, monkeypatch):
    loaded, data = load_run("tiny-vae"), load_data("digits")
    monkeypatch.setattr(quality, "read_classifier", lambda run: (blank_classifier(run), ""))
    measured = measure_samples(loaded, data)
    z = np.random.default_rng(5).standard_normal((20_000, 2))
    fails = loaded.decode(z).mean((1, 2, 3)) < 0.5  # then ten classes are equally likely
    x = data.x[data.train]
    fails_of_images = loaded.decode(loaded.encode(x).mu.numpy()).mean((1, 2, 3)) < 0.5
    assert measured.judge == "classifier" and measured.n == 1000
    assert abs(measured.share - fails.mean()) < 4 * max(measured.error, 0.005)
    assert abs(measured.reconstruction_share - fails_of_images.mean()) < 4 * max(measured.error, 0.005)


def test_samples_are_judged_by_their_pixels_without_a_classifier(runs_folder, monkeypatch):
    loaded, data = load_run("tiny-vae"), load_data("digits")
    monkeypatch.setattr(quality, "read_classifier", lambda run: None)
    measured = measure_samples(loaded, data)
    points = data.x[data.test].reshape(360, -1) / 255
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    radii = np.sort(distances, axis=1)[:, 5]  # the first is the point itself
    shares = []
    for seed in range(5):
        z = np.random.default_rng(seed).standard_normal((360, 2))
        samples = loaded.decode(z).reshape(360, -1)
        near = np.linalg.norm(points[:, None] - samples[None], axis=2).min(1)
        shares.append((near >= radii).mean())
    assert measured.judge == "pixels" and measured.n == 360
    assert abs(measured.share - np.mean(shares)) < 4 * measured.error + 0.02
    few = replace(data, x=data.x[data.n_train - 15 :], y=data.y[data.n_train - 15 :], n_train=15)
    assert measure_samples(loaded, few) is None
