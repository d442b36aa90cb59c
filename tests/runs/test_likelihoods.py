"""A run with each likelihood: it learns, and is the same after it was saved, exported and imported."""

import io
import json
from zipfile import ZipFile

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.numpy import save
from scipy import stats
from scipy.special import logsumexp

from explorer.cli.parser import main
from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.objectives.bound import importance_weighted_bound
from explorer.registry import LIKELIHOODS
from explorer.runs.export_run import decoder_onnx, run_zip
from explorer.runs.import_run import import_run, import_weights
from explorer.runs.load import load_model, load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.run import MODEL_FILE, encode_record, read_tensors
from explorer.training.evaluation import evaluate
from explorer.views.words import metrics_sentence

QUICK = {"epochs": 30, "width": 32, "lr": 5e-3}
Z = np.array([[0.5, -1.0], [0, 0], [3, 2]], np.float32)


@pytest.fixture(scope="module")
def trained_folder(tmp_path_factory):
    """Train one run with each likelihood, and a ladder whose sigma is learned."""
    folder = tmp_path_factory.mktemp("likelihoods")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        for name in LIKELIHOODS:
            train_run(RunSpec("digits", likelihood=name, **QUICK), name)
        rungs = {"model": "ladder", "betas": "0.1,1,10", "rung_epochs": 10}
        train_run(RunSpec("digits", likelihood="learned-gaussian", **rungs, **QUICK), "ladder")
    return folder


@pytest.fixture
def runs(trained_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(trained_folder))
    return trained_folder


def epoch_losses(folder) -> list[float]:
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    return [e["distortion"] + e["rate"] for e in events if e["event"] == "epoch_end"]


def root_mean_square_error(loaded) -> float:
    """Return the root mean square error of training images, decoded from a sample of their posteriors."""
    data = load_data("digits")
    x = torch.from_numpy(data.x[data.train]).float() / 255
    posterior = loaded.encode(data.x[data.train])
    z = posterior.sample(torch.randn(posterior.mu.shape, generator=torch.Generator().manual_seed(7)))
    return (loaded.model.decode(z) - x).square().mean().sqrt().item()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_it_learns_and_its_stored_figures_are_those_of_its_weights(runs, name):
    losses, loaded, data = epoch_losses(runs / name), load_run(name), load_data("digits")
    assert losses[-1] < losses[0] - 5
    metrics = evaluate(loaded.model, loaded.likelihood, data.x[data.test]).metrics
    assert metrics.elbo == pytest.approx(loaded.run.test.elbo, abs=1e-3)
    assert (metrics.sigma is not None) == (loaded.run.test.sigma is not None) == (name == "learned-gaussian")


@pytest.mark.parametrize("name", [*LIKELIHOODS, "ladder"])
def test_it_is_the_same_after_export_and_import(runs, tmp_path, monkeypatch, name):
    loaded = load_run(name)
    content = run_zip(loaded.run)
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    copy = import_run(content)
    assert copy.spec == loaded.run.spec and copy.test == loaded.run.test
    assert np.array_equal(load_model(copy).decode(Z), loaded.decode(Z))
    x = torch.rand(3, 1, 8, 8)
    for run in (load_model(copy), loaded):
        nats = run.likelihood.distortion(run.model.decode(torch.from_numpy(Z)), x)
    assert torch.equal(nats, loaded.likelihood.distortion(loaded.model.decode(torch.from_numpy(Z)), x))


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_its_onnx_decoder_gives_the_mean(runs, name):
    loaded = load_run(name)
    [x] = onnxruntime.InferenceSession(decoder_onnx(loaded.run)).run(["x"], {"z": Z})
    assert x == pytest.approx(loaded.decode(Z), abs=1e-5)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_samples_of_pixels_scatter_around_the_mean(runs, name):
    loaded = load_run(name)
    z = np.repeat(Z[:1], 4000, 0)
    x = loaded.sample_pixels(z, 0)
    assert x.shape == (4000, 1, 8, 8) and x.dtype == np.float32 and x.min() >= 0 and x.max() <= 1
    assert np.array_equal(x, loaded.sample_pixels(z, 0)) and (x != loaded.sample_pixels(z, 1)).any()
    if "gaussian" not in name:  # whose pixels are shown between 0 and 1
        assert np.abs(x.mean(0) - loaded.decode(Z[:1])[0]).max() < 0.03
    with pytest.raises(UserError, match="2 finite numbers"):
        loaded.sample_pixels(np.zeros((1, 3)), 0)


def test_the_learned_sigma_is_near_its_optimum_at_every_kl_weight(runs):
    """At each KL weight it is the root mean square error of the training images."""
    loaded = [load_run("learned-gaussian"), *(load_run("ladder", beta) for beta in (0.1, 1, 10))]
    sigmas = [run.likelihood.sigma.item() for run in loaded]
    assert sigmas == pytest.approx([*map(root_mean_square_error, loaded)], rel=0.02)
    assert sigmas[3] > 1.1 * max(sigmas[1:3])
    assert f"is {sigmas[0]:.3g}." in metrics_sentence(loaded[0].run)


def test_show_names_the_learned_sigma(runs, capsys):
    assert main(["show", "learned-gaussian"]) == 0
    sigma = load_run("learned-gaussian").run.test.sigma
    assert f"learned sigma {sigma:.3g}" in capsys.readouterr().out
    assert main(["show", "ladder", "--beta", "10", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["test"]["sigma"]
    assert shown == pytest.approx(load_run("ladder", 10).likelihood.sigma.item())


def test_a_record_without_the_learned_sigma_is_not_imported(runs, tmp_path, monkeypatch):
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(run_zip(load_run("learned-gaussian").run))) as before, ZipFile(packed, "w") as z:
        for entry in before.namelist():
            content = before.read(entry)
            if entry.endswith("run.json"):
                record = json.loads(content)
                del record["test"]["sigma"]
                content = encode_record(record)
            z.writestr(entry, content)
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    with pytest.raises(UserError, match="figures contradict each other"):
        import_run(packed.getvalue())


def test_weights_are_imported_with_their_sigma(runs, tmp_path, monkeypatch):
    loaded = load_run("learned-gaussian")
    weights = {name: w.astype(np.float32) for name, w in read_tensors(loaded.run, MODEL_FILE).items()}
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    run = import_weights(save(weights), loaded.run.spec, "again")
    assert run.test.sigma == loaded.run.test.sigma
    del weights["log_sigma"]
    with pytest.raises(UserError, match="log_sigma.*is missing"):
        import_weights(save(weights), loaded.run.spec, "without")


def test_the_bound_of_a_continuous_bernoulli_is_its_log_density_by_quadrature(runs):
    """Sum over a grid of z the density that SciPy computes, of an exponential distribution truncated at 1.
    torch.distributions clamps λ, which is wrong for pixels that are almost always black.
    """
    loaded, data = load_run("continuous-bernoulli"), load_data("digits")
    axis = np.linspace(-6, 6, 241)
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    z = torch.from_numpy(points).float()
    with torch.inference_mode():
        a = loaded.model.decode(z).double().numpy()
    log_prior = -(points**2).sum(1) / 2 - np.log(2 * np.pi)
    for x in data.x[data.test][:3]:
        distance = (1 - 1e-12) * np.where(a > 0, 1 - x / 255, x / 255)  # not beyond 1 by rounding
        log_density = stats.truncexpon.logpdf(distance, np.abs(a), scale=1 / np.abs(a)).sum((1, 2, 3))
        log_p = logsumexp(log_density + log_prior) + 2 * np.log(axis[1] - axis[0])
        bound = importance_weighted_bound(loaded.model, loaded.likelihood, x, 20_000)
        assert bound == pytest.approx(log_p, abs=0.1)
