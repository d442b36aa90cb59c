"""The conditional VAE: its elbo against quadrature over z, its gradient against torch.distributions, and what
it refuses.
"""

import io
from contextlib import nullcontext

import numpy as np
import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from PIL import Image
from safetensors.numpy import save
from torch import distributions, nn

from explorer.cli.parser import main
from explorer.data import load_dataset
from explorer.data.dataset import Dataset
from explorer.device import Device
from explorer.errors import UserError
from explorer.figures.images import to_uint8
from explorer.latent.quadrature import Grid
from explorer.models.autoencoder import build_autoencoder
from explorer.models.cvae import CVAE
from explorer.objectives.bernoulli import Bernoulli
from explorer.objectives.bound import importance_weighted_bound
from explorer.runs.densities import fit_density, samples_npz
from explorer.runs.export_run import decoder_onnx, run_zip
from explorer.runs.factors import measure_factors
from explorer.runs.import_run import import_run, import_weights
from explorer.runs.inference import distortion_at, posterior, posteriors
from explorer.runs.load import LoadedRun, load_run
from explorer.runs.measure import measure_gaps
from explorer.runs.measure_densities import measure_densities
from explorer.runs.surgery import measure_surgery
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE, read_tensors
from explorer.training.evaluation import evaluate
from explorer.training.trainer import train
from explorer.training.update import Update

SPEC = RunSpec("digits", model="cvae", epochs=60, width=64, lr=5e-3)
CPU = Device("cpu", False, 1, "a test")
GRID = Grid(6.0, 300)
ROWS = range(0, 60, 5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conditional")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        train_run(SPEC, "styles")
    return folder


@pytest.fixture
def run(folder, monkeypatch) -> LoadedRun:
    monkeypatch.setenv("EXPLORER_RUNS", str(folder))
    return load_run("styles")


@pytest.fixture
def test_images() -> tuple[np.ndarray, np.ndarray]:
    data = load_dataset("digits")
    return data.x[data.test], data.y[data.test]


def one_hot(label: int, n: int) -> torch.Tensor:
    return torch.eye(10)[[label] * n]


def log_likelihoods(run: LoadedRun, x: np.ndarray, label: int) -> np.ndarray:
    """Return log p(x|z, y) at every point of the grid, with torch.distributions; the class follows z."""
    points = torch.from_numpy(GRID.points).float()
    logits = run.model.decoder(torch.cat([points, one_hot(label, len(points))], 1)).double()
    pixels = torch.from_numpy(x).double() / 255
    coins = distributions.Bernoulli(logits=logits, validate_args=False)
    return coins.log_prob(pixels).sum((1, 2, 3)).numpy().reshape(GRID.n, GRID.n)


def posterior_by_hand(run: LoadedRun, x: np.ndarray, label: int) -> distributions.Normal:
    """Return q(z|x, y); the class follows the pixels."""
    pixels = torch.from_numpy(x).float().reshape(1, -1) / 255
    mu, logvar = run.model.encoder(torch.cat([pixels, one_hot(label, 1)], 1)).double().chunk(2, 1)
    return distributions.Normal(mu[0], (logvar[0] / 2).exp())


def elbo_by_quadrature(run: LoadedRun, x: np.ndarray, label: int, log_p: np.ndarray) -> float:
    """log_p: log_likelihoods() of x and the label."""
    q = posterior_by_hand(run, x, label)
    weights = q.log_prob(torch.from_numpy(GRID.points)).sum(1).exp().numpy().reshape(GRID.n, GRID.n)
    assert weights.sum() * GRID.step**2 == pytest.approx(1, abs=1e-6)
    kl = distributions.kl_divergence(q, distributions.Normal(0.0, 1.0)).sum().item()
    return (weights * log_p).sum() * GRID.step**2 - kl


def log_evidence(log_p: np.ndarray) -> float:
    """Return log p(x|y) = log ∫ p(x|z, y) N(z; 0, I) dz; log_p: log_likelihoods() of x and y."""
    prior = GRID.log_normal(0, 1)[:, None] + GRID.log_normal(0, 1)
    return GRID.log_integral(log_p + prior)


def test_its_elbo_is_that_of_quadrature_and_bounds_the_evidence_of_the_class(run, test_images):
    x, y = test_images[0][ROWS], test_images[1][ROWS]
    # the mean over many samples of the posterior, each of which evaluate() takes once
    repeated = evaluate(run.model, run.likelihood, np.repeat(x, 1000, 0), np.repeat(y, 1000))
    elbo = -(repeated.distortion + repeated.rate.sum(1)).reshape(len(x), 1000)
    log_p = [log_likelihoods(run, image, label) for image, label in zip(x, y)]
    expected = np.array([elbo_by_quadrature(run, *case) for case in zip(x, y, log_p)])
    assert (abs(elbo.mean(1) - expected) < 4.5 * elbo.std(1) / np.sqrt(1000) + 1e-3).all()
    evidence = np.array([log_evidence(values) for values in log_p])
    assert (expected < evidence).all() and (evidence - expected).mean() < 3


def test_with_many_samples_the_bound_is_the_evidence_of_the_class(run, test_images):
    x, y = test_images[0][3], int(test_images[1][3])
    for label in (y, (y + 1) % 10):
        bound = importance_weighted_bound(run.model, run.likelihood, x, 20_000, y=label)
        assert bound == pytest.approx(log_evidence(log_likelihoods(run, x, label)), abs=0.3)


def test_the_test_figures_depend_on_the_classes(run, test_images):
    x, y = test_images
    stored = run.run.test
    right, wrong = (evaluate(run.model, run.likelihood, x, labels).metrics for labels in (y, (y + 1) % 10))
    assert right.elbo == pytest.approx(stored.elbo, abs=1e-3)
    assert wrong.elbo < stored.elbo - 10


def test_a_class_decodes_to_images_of_itself(run):
    classes = np.arange(10)
    images = run.decode(np.zeros((10, 2)), classes)
    data = load_dataset("digits")
    means = np.stack([data.x[data.y == label].mean(0) / 255 for label in classes])
    distances = ((images[:, None] - means[None]) ** 2).sum((2, 3, 4))
    assert (distances.argmin(1) == classes).all()
    assert np.allclose(images[3], run.decode(np.zeros(2), 3)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("network", "joined"), [("mlp", (1, 74)), ("conv", (1, 11, 8, 8)), ("gru", (1, 11, 8, 8))]
)
def test_the_class_follows_the_pixels_or_is_a_plane(network, joined):
    model, seen = build_autoencoder(RunSpec(model="cvae", network=network, width=8), (1, 8, 8), 10), []
    model.encoder.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    x = torch.rand(1, 1, 8, 8)
    model.encode(x, torch.tensor([4]))
    [given] = seen
    given = given.reshape(joined)
    pixels, classes = (given[:, :64], given[:, 64:]) if network == "mlp" else (given[:, :1], given[:, 1:])
    assert torch.equal(pixels.reshape(x.shape), x)
    assert torch.equal(classes.reshape(10, -1), torch.eye(10)[4][:, None].expand(10, classes[0, 0].numel()))


def test_a_step_has_the_gradient_of_the_conditional_elbo(test_images):
    x, y = (torch.from_numpy(part[:50]) for part in test_images)
    torch.manual_seed(0)
    model = build_autoencoder(RunSpec("digits", model="cvae", width=16), (1, 8, 8), 10)
    assert isinstance(model, CVAE)
    rows, beta = torch.tensor([7, 3, 41]), 0.7
    eps = torch.randn(3, 2, generator=torch.Generator().manual_seed(5))
    classes = torch.eye(10)[y[rows]]
    pixels = x[rows].float() / 255
    mu, logvar = model.encoder(torch.cat([pixels.flatten(1), classes], 1)).chunk(2, 1)
    q = distributions.Normal(mu, (logvar / 2).exp())
    coins = distributions.Bernoulli(
        logits=model.decoder(torch.cat([mu + q.scale * eps, classes], 1)), validate_args=False
    )
    rate = distributions.kl_divergence(q, distributions.Normal(0.0, 1.0)).sum()
    loss = (-coins.log_prob(pixels).sum() + beta * rate) / 3
    expected = torch.autograd.grad(loss, [*model.parameters()])

    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    rng = torch.Generator().manual_seed(5)
    Update(model, Bernoulli(), x, optimizer, rng, nullcontext(), None, y)(rows, 0.0, beta)
    for parameter, gradient in zip(model.parameters(), expected):
        assert parameter.grad is not None and torch.allclose(parameter.grad, gradient, atol=1e-5)


def test_the_codes_need_the_classes(run, test_images):
    x, y = test_images
    e = read_embedding(run.run)
    mu, logvar = posteriors(run, x, lambda done, total: None, y)
    assert np.allclose(mu, e.mu, atol=1e-4) and np.allclose(logvar, e.logvar, atol=1e-2)
    q = posterior_by_hand(run, x[8], int(y[8]))
    one = posterior(run, x[8], int(y[8]))
    assert np.allclose(one[0], q.mean.detach(), atol=1e-5)
    assert np.allclose(np.exp(one[1] / 2), q.stddev.detach(), atol=1e-5)
    expected = -run.likelihood.distortion(
        torch.logit(torch.from_numpy(run.decode(mu[8], int(y[8]))).double()),
        torch.from_numpy(x[8:9]).double() / 255,
    ).item()
    assert -distortion_at(run, x[8], mu[8], int(y[8])) == pytest.approx(expected, abs=1e-2)
    for attempt in (
        lambda: posteriors(run, x, lambda done, total: None),
        lambda: run.decode(mu[0]),
        lambda: run.decode(mu[0], 10),
        lambda: run.decode(mu[:2], np.array([3, -1])),
    ):
        with pytest.raises(UserError, match="Name one of its 10 classes, from 0 to 9"):
            attempt()


def test_its_gaps_are_those_of_codes_and_of_images_with_classes(run):
    gaps = measure_gaps("styles")
    assert gaps.n == 360 and 0 <= gaps.prior_gap < 0.5 and 0 < gaps.drift < 10
    assert gaps.unsure is not None


def test_the_terms_of_its_rate_are_those_of_a_grid_of_the_posteriors_with_their_classes(run):
    surgery = measure_surgery(run.run, None, lambda *_: None, lambda *_: None)
    data = load_dataset("digits")
    x, y = torch.from_numpy(data.x[data.train]).double() / 255, data.y[data.train]
    joined = torch.cat([x.flatten(1), torch.eye(10)[y].double()], 1)[:, None, None]
    with torch.inference_mode():
        mu, logvar = run.model.encoder(joined.float()).double().chunk(2, 1)
    q = distributions.Normal(mu, (logvar / 2).exp())
    axis = torch.linspace(-8, 8, 801, dtype=torch.float64)
    step, prior = axis[1] - axis[0], distributions.Normal(0, 1).log_prob(axis)
    across, up = (q.log_prob(axis[:, None, None].expand(-1, len(mu), 2)).exp()[..., d] for d in (0, 1))
    joint = across @ up.T / len(mu)  # q(z): the mean over images of q(z|x, y)
    marginals = [part.mean(1) for part in (across, up)]
    marginal_kl = sum((m * (m.log() - prior)).nansum() * step for m in marginals)
    correlation = (joint * (joint / (marginals[0][:, None] * marginals[1])).log()).nansum() * step**2
    information = -(joint * joint.log()).nansum() * step**2 - q.entropy().sum(1).mean()
    for term, expected in (
        (surgery.mutual_information, information),
        (surgery.total_correlation, correlation),
        (surgery.marginal_kl, marginal_kl),
    ):
        assert term.value == pytest.approx(expected.item(), abs=3e-3)
    rate = distributions.kl_divergence(q, distributions.Normal(0, 1)).sum(1).mean()
    assert surgery.rate == pytest.approx(rate.item(), abs=1e-4) and surgery.n == len(x)


def test_samples_are_decoded_with_a_class_or_with_those_of_test_images(run):
    prior = fit_density(run, "prior")
    three, mixed = (np.load(io.BytesIO(samples_npz(run, prior, 2000, 1, label=label))) for label in (3, None))
    assert (three["y"] == 3).all() and np.array_equal(three["z"], mixed["z"])
    for samples in (three, mixed):
        expected = np.rint(255 * run.decode(samples["z"][:30], samples["y"][:30]))
        assert np.abs(samples["x"][:30] - expected).max() <= 1
    shares = np.bincount(mixed["y"], minlength=10) / 2000
    of_test_images = np.bincount(read_embedding(run.run).y, minlength=10) / 360
    assert np.abs(shares - of_test_images).max() < 0.03
    # the classes are independent of z
    assert np.abs([np.corrcoef(mixed["y"], z)[0, 1] for z in mixed["z"].T]).max() < 0.08


def test_densities_are_measured_with_the_classes_of_test_images(run):
    prior, real = measure_densities(run, ["prior"], 300)
    assert 0 <= prior.gap.share < 0.5 and prior.pixels.coverage.share > 0.3
    assert prior.unsure is not None and real.gap is None


def test_it_is_exported_and_imported(run):
    again = import_run(run_zip(run.run), "styles-again")
    weights = read_tensors(run.run, MODEL_FILE)
    other = import_weights(save(weights), SPEC, "styles-weights")
    z = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    y = np.array([0, 3, 3, 9])
    for name in (again.name, other.name):
        assert np.array_equal(load_run(name).decode(z, y), run.decode(z, y))
    assert other.test.elbo == pytest.approx(run.run.test.elbo, abs=1e-3)


def test_its_decoder_has_the_class_as_an_input_of_onnx(run):
    model = decoder_onnx(run.run)
    z = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    y = np.array([1, 2, 2, 0, 9])
    [x] = ReferenceEvaluator(onnx.load_from_string(model)).run(["x"], {"z": z, "y": y})
    assert np.abs(x - run.decode(z, y)).max() < 1e-5


def test_images_of_one_class_are_refused():
    x = np.zeros((20, 1, 8, 8), np.uint8)
    data = Dataset("plain", x, np.zeros(20, np.int64), ("images",), 15)
    with pytest.raises(UserError, match="needs the class of each image, and these images have none"):
        next(train(SPEC, data, CPU))


def test_other_models_take_no_notice_of_classes():
    model = build_autoencoder(RunSpec("digits"), (1, 8, 8), 10)
    x, y = torch.rand(3, 1, 8, 8), torch.tensor([1, 2, 3])
    assert torch.equal(model.encode(x, y).mu, model.encode(x).mu)
    assert isinstance(model.encoder, nn.Sequential)


def test_the_command_line_decodes_a_class(run, tmp_path, capsys):
    out = tmp_path / "five.png"
    assert main(["decode", "styles", "--z", "0.5,-1", "--class", "5", "--out", str(out)]) == 0
    assert np.array_equal(np.asarray(Image.open(out)), to_uint8(run.decode([0.5, -1], 5)[0]))
    assert main(["decode", "styles", "--z", "0,0", "--out", str(out)]) == 2
    assert "Name one of its 10 classes" in capsys.readouterr().err
    assert main(["decode", "styles", "--z", "0,0", "--class", "ten", "--out", str(out)]) == 2
    assert "There is no class named 'ten'" in capsys.readouterr().err
    words = [
        "export",
        "styles",
        "--to",
        "samples",
        "--n",
        "5",
        "--class",
        "4",
        "--out",
        str(tmp_path / "s.npz"),
    ]
    assert main(words) == 0 and (np.load(tmp_path / "s.npz")["y"] == 4).all()


def test_factors_are_read_in_images_of_their_own_classes(tmp_path, monkeypatch):
    """Moon phases have classes and known factors."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    train_run(RunSpec("moons", model="cvae", epochs=2, width=32), "moon-styles")
    report = measure_factors(load_run("moon-styles").run)
    assert report.r_squared and report.regressor is not None
