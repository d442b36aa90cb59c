"""What the lesson on decoder noise shows, against scikit-learn, scipy and two trainings."""

import json
from copy import copy

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file
from scipy.integrate import quad
from sklearn.decomposition import PCA
from torch.distributions import MultivariateNormal

from explorer.data import load_dataset
from explorer.device import Device
from explorer.lessons.noise.compute import N_DIMENSIONS, N_SHOWN
from explorer.lessons.noise.lesson import LESSON, blocks
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.bernoulli import Bernoulli
from explorer.objectives.continuous_bernoulli import ContinuousBernoulli
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.training.trainer import train

TASK_NATS = 2  # as explorer/live/figures/lessons/noise.js has it


@pytest.fixture(scope="module")
def run():
    return find_run(LESSON.runs[0])


@pytest.fixture(scope="module")
def pixels(run):
    images = read_embedding(run).images
    return images.reshape(len(images), -1) / 255.0


@pytest.fixture(scope="module")
def pca(pixels):
    """Return scikit-learn's PCA, with variances that are means over the images."""
    pca = PCA(N_DIMENSIONS, svd_solver="covariance_eigh").fit(pixels)
    pca.explained_variance_ *= (len(pixels) - 1) / len(pixels)
    pca.noise_variance_ *= (len(pixels) - 1) / len(pixels)
    return pca


def log_likelihood(pca: PCA, pixels: np.ndarray, sigma: float) -> float:
    """Return the mean log p(x), in nats, by the covariance that scikit-learn gives a PCA of this sigma."""
    of_sigma = copy(pca)
    of_sigma.noise_variance_ = sigma**2
    density = MultivariateNormal(torch.tensor(pca.mean_), torch.tensor(of_sigma.get_covariance()))
    return density.log_prob(torch.tensor(pixels)).mean().item()


def test_the_block_is_the_pca_of_scikit_learn(run, pixels, pca, tmp_path):
    path = tmp_path / "block.safetensors"
    path.write_bytes(blocks({run.name: run})["components"].content)
    with safe_open(path, "numpy") as file:
        metadata = json.loads(file.metadata()["block"])
    tensors = load_file(path)
    assert metadata["n"] == len(pixels)
    assert metadata["rest"] == pytest.approx(pca.noise_variance_ * (pixels.shape[1] - N_DIMENSIONS), rel=1e-5)
    assert tensors["variances"] == pytest.approx(pca.explained_variance_, rel=1e-5)
    cosines = np.abs((tensors["components"] * pca.components_).sum(1))
    assert (cosines > 0.999).all() and np.allclose(tensors["mean"], pca.mean_, atol=1e-6)
    assert np.array_equal(tensors["images"].reshape(N_SHOWN, -1), np.round(pixels[:N_SHOWN] * 255))


def test_the_text_says_what_is_computed(pca):
    """Twelve of 64 dimensions are used at σ = 1, all of them at the best σ."""
    used = {sigma: int((pca.explained_variance_ > sigma**2).sum()) for sigma in (0.2, 1)}
    assert used == {0.2: 64, 1: 12} and LESSON.text.options[LESSON.text.right - 1].startswith("12:")
    assert (pca.explained_variance_ > pca.noise_variance_).all()


def test_the_solution_solves_the_task_and_what_is_shown_does_not(pixels, pca):
    best = np.sqrt(pca.noise_variance_)
    highest = log_likelihood(pca, pixels, best)
    assert all(log_likelihood(pca, pixels, best * ratio) < highest for ratio in (0.97, 1.03))
    assert highest - log_likelihood(pca, pixels, LESSON.solution["sigma"]) < TASK_NATS / 4
    [sigma, *_] = LESSON.fields
    for value in (sigma.default, *(shown["sigma"] for shown in LESSON.shows)):
        assert value > 2 * best  # and log p(x) falls from the best on


def test_a_variance_and_a_kl_weight_train_the_same_network():
    settings = {"likelihood": "gaussian", "width": 32, "latent_dim": 4, "epochs": 4}
    digits, means = load_dataset("digits"), []
    x = torch.from_numpy(digits.x[:100]).float() / 255
    for sigma, beta in ((0.2, 25.0), (1.0, 1.0)):
        spec = RunSpec("digits", sigma=sigma, beta=beta, **settings)
        *_, end = train(spec, digits, Device("cpu", False, 1, "a test"))
        model = build_autoencoder(spec, digits.shape)
        model.load_state_dict({name: torch.from_numpy(w) for name, w in end.weights.items()})
        with torch.no_grad():
            means.append(model.eval().decode(model.encode(x).mu))
    assert means[0].std() > 0.1 and torch.allclose(*means, atol=1e-3)


@pytest.mark.parametrize("m", [0.02, 0.3, 0.5, 0.9])
def test_a_bernoulli_is_no_density_of_grey_pixels_and_the_continuous_one_is(m):
    logit = torch.logit(torch.tensor([[m]], dtype=torch.float64))

    def integrate(likelihood) -> float:
        return quad(lambda x: float(torch.exp(-likelihood.distortion(logit, torch.tensor([[x]])))), 0, 1)[0]

    expected = 0.5 if m == 0.5 else (2 * m - 1) / (np.log(m) - np.log(1 - m))
    assert integrate(Bernoulli()) == pytest.approx(expected, rel=1e-5) and expected <= 0.5
    assert integrate(ContinuousBernoulli()) == pytest.approx(1, rel=1e-5)
