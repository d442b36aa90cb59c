"""What the lesson says of two moons and of a dimmed one, against torch.distributions and scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsRegressor
from torch.distributions import Bernoulli, Normal

from explorer.data.moons import draw_moons
from explorer.lessons.cloud.compute import (
    LIGHTS,
    N_IMAGES,
    PAIR,
    grid_axes,
    log_joint_parts,
    posteriors_block,
    truth_block,
)
from explorer.lessons.cloud.phase import build_phase_estimator
from explorer.live.block import read_block
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.live.lesson_cloud_cases import overlap_by_grid

RUN = "moons-ladder-2d"
MIN_OVERLAP, MAX_DISTANCE = 0.2, 2.0  # of the pair, and of the true means from μ, in σ of the encoder


@pytest.fixture(scope="module")
def moons():
    """Return the run's model at KL weight 1 and its embedding."""
    return load_run(RUN), read_embedding(find_run(RUN))


@pytest.fixture(scope="module")
def block() -> tuple[dict, dict]:
    """Return the metadata and the tensors of the encoder's posteriors."""
    return read_block(posteriors_block(find_run(RUN)))


@pytest.fixture(scope="module")
def truth() -> dict:
    """Return the tensors of the true posterior."""
    return read_block(truth_block(find_run(RUN)))[1]


def true_moments(truth, light: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean and standard deviations [2] of the true posterior of the dimmed moon, as the figure
    computes them, and the weights of the cells.
    """
    weight = np.exp((log := light * truth["linear"].astype(float) + truth["constant"]) - log.max())
    weight /= weight.sum()
    mean, sigma = [], []
    for axis, marginal in zip(grid_axes(), (weight.sum(0), weight.sum(1))):
        mean.append(marginal @ axis)
        sigma.append(np.sqrt(marginal @ (axis - mean[-1]) ** 2))
    return np.array(mean), np.array(sigma), weight


def test_a_phase_is_read_as_scikit_learn_does_and_rightly_off_moons_never_seen(moons):
    e = moons[1]
    reader = build_phase_estimator(e.images, e.factors["phase"])
    rng = np.random.default_rng(1)
    known = rng.uniform(0, 1, 100)
    unseen = (
        draw_moons(known, rng.uniform(-40, 40, 100), rng.uniform(0.55, 0.9, 100)).astype(np.float32) / 255
    )
    expected = (
        KNeighborsRegressor(5)
        .fit(e.images.reshape(1000, -1) / 255, e.factors["phase"])
        .predict(unseen.reshape(100, -1))
    )
    assert np.allclose(reader.estimate(unseen), expected, atol=2e-3)
    assert np.abs(reader.estimate(unseen) - known).mean() < 0.02


def test_the_error_of_reading_is_that_of_leaving_each_out(moons):
    images, phase = moons[1].images[:60], moons[1].factors["phase"][:60]
    flat = images.reshape(60, -1) / 255
    errors = [
        KNeighborsRegressor(5).fit(np.delete(flat, i, 0), np.delete(phase, i)).predict(flat[i : i + 1])[0]
        - phase[i]
        for i in range(60)
    ]
    assert build_phase_estimator(images, phase).leave_one_out_error() == pytest.approx(
        np.abs(errors).mean(), abs=1e-4
    )


def encoder_distances(loaded, e, rows) -> np.ndarray:
    """Return how far the mean of the true posterior lies from μ, in σ, for each row."""
    axis = np.arange(-6.6, 6.6, 0.04)
    z = torch.tensor(np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2), dtype=torch.float32)
    x = torch.from_numpy(e.images[rows]).float().flatten(1).T / 255
    with torch.inference_mode():
        log = torch.cat(
            [
                (logits := loaded.model.decode(part).flatten(1)) @ x
                - torch.nn.functional.softplus(logits).sum(1, keepdim=True)
                - part.square().sum(1, keepdim=True) / 2
                for part in z.split(8192)
            ]
        )
    mean = (torch.softmax(log.double(), 0).T @ z.double()).numpy()
    return np.hypot(*((mean - e.mu[rows]) / np.exp(e.logvar[rows] / 2)).T)


def test_the_two_posteriors_overlap_and_no_other_pair_of_a_larger_difference_does(moons):
    loaded, e = moons
    sigma, phase, pair = np.exp(e.logvar.astype(float) / 2), e.factors["phase"], list(PAIR)
    difference = phase[pair[1]] - phase[pair[0]]
    assert overlap_by_grid(e.mu[pair], sigma[pair]) > MIN_OVERLAP and difference > 0.1
    rng, others = np.random.default_rng(0), []
    for i in rng.choice(1000, 400, replace=False):
        for j in np.argsort(((e.mu - e.mu[i]) ** 2).sum(1))[1:12]:
            is_larger = abs(phase[i] - phase[j]) > difference + 1e-6
            if is_larger and overlap_by_grid(e.mu[[i, j]], sigma[[i, j]], 300) > MIN_OVERLAP + 0.005:
                others.append((i, j))
    rows = sorted({row for other in [PAIR, *others] for row in other})
    distance = dict(zip(rows, encoder_distances(loaded, e, rows)))
    assert all(distance[row] <= MAX_DISTANCE for row in PAIR)
    assert all(max(distance[i], distance[j]) > MAX_DISTANCE for i, j in others)


def test_where_they_overlap_a_phase_between_is_decoded(moons):
    loaded, e = moons
    reader = KNeighborsRegressor(5).fit(e.images.reshape(1000, -1) / 255, e.factors["phase"])
    phase = reader.predict(loaded.decode(e.mu[list(PAIR)].mean(0)).reshape(1, -1))[0]
    low, high = e.factors["phase"][list(PAIR)]
    assert low + 0.03 < phase < high - 0.03


def test_the_block_has_the_posteriors_of_the_encoder(moons, block):
    loaded, e = moons
    metadata, tensors = block
    assert metadata["rows"] == list(PAIR) and max(PAIR) < N_IMAGES
    assert np.array_equal(tensors["images"], e.images[:N_IMAGES].reshape(N_IMAGES, -1))
    assert np.allclose(metadata["phase"], e.factors["phase"][:N_IMAGES])
    assert np.allclose(tensors["sigma"], np.exp(e.logvar[list(PAIR)] / 2))
    x = torch.from_numpy(LIGHTS[[0, 40, 100], None, None, None] * e.images[PAIR[0]] / 255).float()
    with torch.inference_mode():
        posterior = loaded.model.encode(x)
    assert np.allclose(tensors["dimmed_mu"][[0, 40, 100]], posterior.mu, atol=1e-5)
    assert np.allclose(tensors["dimmed_sigma"][[0, 40, 100]], torch.exp(posterior.logvar / 2), rtol=1e-4)
    assert sum(tensor.nbytes for tensor in tensors.values()) < 1_100_000


def test_the_parts_of_the_joint_density_are_those_of_torch_distributions(moons):
    loaded, e = moons
    image, light = e.images[PAIR[0]] / np.float32(255), 0.4
    z = np.random.default_rng(0).normal(0, 1, (50, 2))
    linear, constant = log_joint_parts(loaded, image, z)
    with torch.inference_mode():
        logits = loaded.model.decode(torch.tensor(z, dtype=torch.float32)).double()
    x = torch.tensor(light * image).double().expand_as(logits)
    expected = Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3))
    expected += Normal(0, 1).log_prob(torch.tensor(z)).sum(1)
    actual = light * linear.astype(float) + constant
    assert np.allclose(actual - actual[0], expected - expected[0], atol=2e-3)


@pytest.mark.parametrize("light", [40, 100])
def test_the_true_posterior_is_that_of_importance_sampling(moons, truth, light):
    """Sample from a wide Gaussian around the mean from the grid."""
    loaded, e = moons
    mean, sigma, _ = true_moments(truth, LIGHTS[light])
    proposal = Normal(torch.tensor(mean), torch.tensor(2.5 * sigma))
    torch.manual_seed(light)
    z = proposal.sample((30_000,))
    with torch.inference_mode():
        logits = torch.cat([loaded.model.decode(part) for part in z.float().split(10_000)]).double()
    x = torch.from_numpy(LIGHTS[light] * e.images[PAIR[0]] / 255).expand_as(logits)
    log = Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3))
    log += Normal(0, 1).log_prob(z).sum(1) - proposal.log_prob(z).sum(1)
    weights, z = torch.softmax(log, 0).numpy(), z.numpy()
    n, expected = 1 / (weights**2).sum(), weights @ z
    assert n > 500
    assert (np.abs(expected - mean) < 5 * sigma / np.sqrt(n)).all()
    assert np.allclose(np.sqrt(weights @ (z - expected) ** 2), sigma, rtol=0.1)


def test_the_encoder_is_right_in_full_light_and_extrapolates_in_less(block, truth):
    """Check what question and answer say, and that the grid holds the true posterior at each light."""
    distance, ratio = [], []
    for light, mu, sigma in zip(LIGHTS, block[1]["dimmed_mu"], block[1]["dimmed_sigma"]):
        mean, true_sigma, weight = true_moments(truth, light)
        assert max(edge.sum() for edge in (weight[0], weight[-1], weight[:, 0], weight[:, -1])) < 1e-9
        distance.append(np.hypot(*((mean - mu) / sigma)))
        ratio.append(np.sqrt(np.prod(sigma / true_sigma)))
    assert distance[100] < 1 and abs(np.log(ratio[100])) < 0.2
    assert 10 < distance[70] < 20 and min(distance[40:95]) > 3
    sigma = np.sqrt(block[1]["dimmed_sigma"].prod(1))
    assert 1.7 < sigma[70] / sigma[100] < 2
    assert ratio[70] > 1.5 and ratio[10] < 0.8  # too wide at 70%, too narrow at 10%
