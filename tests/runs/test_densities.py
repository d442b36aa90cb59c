"""Densities of stored runs: fitted to the training codes, kept, read again, and measured."""

import io

import numpy as np
import pytest
from scipy import stats

from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.registry import DENSITIES
from explorer.runs.densities import (
    densities_of,
    density_kind,
    fit_density,
    samples_npz,
    stored_density,
    training_posteriors,
)
from explorer.runs.load import load_model, load_run
from explorer.runs.measure_densities import measure_densities
from explorer.runs.train import train_run
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.classifier import MIN_CLASS_PROBABILITY, read_classifier
from explorer.store.density import density_file
from explorer.store.measurement import MEASUREMENTS_FOLDER, digest_measurements
from explorer.store.run import read_run
from tests.conftest import SPECS

pytestmark = pytest.mark.usefixtures("runs_folder")


def test_training_posteriors_are_the_encoders_of_all_training_images():
    loaded, shares = load_run("tiny-vae"), []
    posteriors = training_posteriors(loaded, shares.append)
    data = load_dataset("digits")
    expected = loaded.encode(data.x[data.train][:50])
    assert posteriors.mu.shape == (data.n_train, 2)
    assert posteriors.mu[:50] == pytest.approx(expected.mu.numpy(), abs=1e-5)
    assert posteriors.logvar[:50] == pytest.approx(expected.logvar.numpy(), abs=1e-5)
    assert shares == sorted(shares) and shares[-1] == 1
    assert training_posteriors(load_run("tiny-ae")).logvar is None


def test_a_fit_is_kept_with_the_run_and_read_the_next_time(monkeypatch):
    loaded = load_run("tiny-ae")
    assert stored_density(loaded.run, "mixture-5") is None
    density = fit_density(loaded, "mixture-5")
    monkeypatch.setattr("explorer.runs.densities.training_posteriors", None)  # not needed again
    again = fit_density(load_run("tiny-ae"), "mixture-5")
    for a, b in ((density, again), (density, stored_density(loaded.run, "mixture-5"))):
        assert np.array_equal(a.sample(9, np.random.default_rng(0)), b.sample(9, np.random.default_rng(0)))


def test_the_fitted_gaussian_has_the_moments_of_the_training_codes():
    loaded = load_run("tiny-ae")
    mu = training_posteriors(loaded).mu.astype(float)
    expected = stats.multivariate_normal(mu.mean(0), np.cov(mu.T, bias=True)).logpdf(mu[:40])
    assert fit_density(loaded, "gaussian").log_density(mu[:40]) == pytest.approx(expected, abs=1e-3)


def test_a_kept_density_is_not_used_when_it_is_damaged_or_of_other_weights(runs_folder):
    run = load_run("tiny-ae").run
    fit_density(load_run("tiny-ae"), "mixture-2")
    file = run.folder / density_file("mixture-2")
    content = file.read_bytes()
    for damaged in (content[:-8], b"", content.replace(b"means", b"meant")):
        file.write_bytes(damaged)
        assert stored_density(run, "mixture-2") is None
    file.write_bytes(content)
    assert stored_density(run, "mixture-2")
    (runs_folder / "tiny-ae" / "run.json").unlink()
    train_run(SPECS["tiny-ae"].__class__.from_dict(SPECS["tiny-ae"].to_dict() | {"seed": 5}), "tiny-ae")
    assert stored_density(load_run("tiny-ae").run, "mixture-2") is None


def test_of_a_ladder_only_the_usual_kl_weight_is_kept():
    at_low = load_run("tiny-ladder", 0.01)
    density = fit_density(at_low, "gaussian", 0.01)
    assert stored_density(at_low.run, "gaussian") is stored_density(at_low.run, "gaussian", 0.01) is None
    usual = fit_density(load_run("tiny-ladder"), "gaussian")
    assert stored_density(at_low.run, "gaussian", 1.0) is not None
    assert density.whitening.root != pytest.approx(usual.whitening.root, abs=1e-3)


def test_each_model_has_its_densities():
    assert list(densities_of(SPECS["tiny-vae"])) == list(DENSITIES)
    assert list(densities_of(SPECS["tiny-ae"])) == [name for name in DENSITIES if name != "prior"]
    assert not densities_of(SPECS["tiny-vqvae"])
    for spec, name, message in (
        (SPECS["tiny-ae"], "prior", "An AE has no prior"),
        (SPECS["tiny-ae"], "mixture-7", "no density named 'mixture-7'"),
        (SPECS["tiny-vqvae"], "gaussian", "entries of a codebook"),
    ):
        with pytest.raises(UserError, match=message):
            density_kind(spec, name)


def test_what_cannot_be_written_is_fitted_all_the_same(monkeypatch):
    def refuse(*_):
        raise UserError("The disk is full.")

    monkeypatch.setattr("explorer.store.measurement.write_atomically", refuse)
    assert fit_density(load_run("tiny-ae"), "gaussian").sample(3, np.random.default_rng(0)).shape == (3, 2)


def test_samples_are_exported_with_their_log_density_and_images():
    loaded = load_run("tiny-vae")
    density = fit_density(loaded, "prior")
    arrays = np.load(io.BytesIO(samples_npz(loaded, density, 7, 3)))
    assert arrays["z"] == pytest.approx(density.sample(7, np.random.default_rng(3)), abs=1e-6)
    assert arrays["log_density"] == pytest.approx(stats.norm.logpdf(arrays["z"]).sum(1), abs=1e-5)
    assert arrays["x"].dtype == np.uint8 and arrays["x"].shape == (7, *loaded.run.shape)
    assert arrays["x"] / 255 == pytest.approx(loaded.decode(arrays["z"]), abs=0.003)
    codes = AggregatePosterior(np.zeros((4, 2)), None)
    assert "log_density" not in np.load(io.BytesIO(samples_npz(loaded, codes, 2, 0)))
    for n in (0, -1, 10**9):
        with pytest.raises(UserError, match="from 1 to 100,000"):
            samples_npz(loaded, density, n, 0)


def test_measures_are_those_of_the_definitions_and_real_images_come_last():
    loaded = load_run("tiny-vae")
    rows = {m.name: m for m in measure_densities(loaded, ["gaussian", "aggregate"], n=200)}
    assert list(rows) == ["gaussian", "aggregate", "real images"]
    real, aggregate = rows["real images"], rows["aggregate"]
    assert real.gap is real.reverse_gap is None
    for row in rows.values():
        assert row.n == row.n_images == 200
        for figure in (row.gap, row.reverse_gap, row.unsure, row.pixels.coverage, row.features.coverage):
            assert figure is None or 0 <= figure.low <= figure.share <= figure.high <= 1
    # Training and test codes are alike, and so are the images.
    assert aggregate.gap.share < 0.12 and aggregate.reverse_gap.share < 0.15
    assert real.pixels.coverage.share > 0.85 and 0.8 < real.pixels.density.value < 1.2
    classifier, _ = read_classifier(loaded.run)
    data = load_dataset("digits")
    x = data.x[data.test][np.random.default_rng(0).choice(data.n_test, 200, replace=False)] / np.float32(255)
    confidence = classifier.probabilities(x).max(1)
    assert real.unsure.share == (confidence < MIN_CLASS_PROBABILITY).mean()
    hidden = np.maximum(
        x.reshape(200, -1) @ classifier.weights["1.weight"].T + classifier.weights["1.bias"], 0
    )
    assert classifier.features(x) == pytest.approx(hidden, abs=1e-3)


def test_a_wrong_number_gets_a_sentence():
    with pytest.raises(UserError, match="--n must be at least 1"):
        list(measure_densities(load_run("tiny-vae"), ["prior"], n=0))
    with pytest.raises(UserError, match="more test images"):
        list(measure_densities(load_run("tiny-vae"), ["prior"], n=8))


def test_what_is_fitted_to_an_included_run_is_kept_among_the_runs_of_the_user(runs_folder):
    run = read_run(SHIPPED_FOLDER / "digits-ae-2d")
    fitted = fit_density(load_model(run), "mixture-2")
    assert not (run.folder / density_file("mixture-2")).exists()
    assert (runs_folder / MEASUREMENTS_FOLDER / run.name / density_file("mixture-2")).exists()
    before = digest_measurements(run, density_file("gaussian"))
    fit_density(load_model(run), "gaussian")
    assert digest_measurements(run, density_file("gaussian")) != before
    z = stored_density(run, "mixture-2").sample(3, np.random.default_rng(0))
    assert np.array_equal(z, fitted.sample(3, np.random.default_rng(0)))
