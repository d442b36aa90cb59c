"""What a KL weight costs, against other ways to compute it."""

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.linalg import orthogonal_procrustes
from torch.distributions import Bernoulli, Normal, kl_divergence

from explorer.data import load_dataset as load_data
from explorer.latent.difference import Difference, mean_difference
from explorer.latent.gap_estimate import GapEstimate
from explorer.latent.quadrature import Grid
from explorer.lessons.kl_weight.compute import (
    N_POSTERIOR_SAMPLES,
    distortions,
    film_rates,
    lowest_mean,
    measure_rungs,
    rates,
    smallest_gap,
)
from explorer.lessons.kl_weight.lesson import LESSON
from explorer.runs.load import load_run
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.training.evaluation import evaluate

LADDERS = "mnist-ladder-2d", "fashion-mnist-ladder-2d", "digits-ladder-2d", "moons-ladder-2d"


@pytest.fixture(scope="module")
def x():
    return read_embedding(read_run(SHIPPED_FOLDER / "mnist-ladder-2d")).images[:500]


@torch.inference_mode()
def independent(loaded, x, draws: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute with torch's distributions: distortions from the mean [n], from samples of each posterior
    [draws, n], and rates [n].
    """
    images = torch.from_numpy(x).float() / 255
    posterior = loaded.model.encode(images)

    def distortion(z):
        return (
            -Bernoulli(logits=loaded.model.decode(z), validate_args=False)
            .log_prob(images)
            .flatten(1)
            .sum(1)
            .numpy()
        )

    torch.manual_seed(0)
    around = Normal(posterior.mu, (posterior.logvar / 2).exp())
    return (
        distortion(posterior.mu),
        np.stack([distortion(around.sample()) for _ in range(draws)]),
        kl_divergence(around, Normal(0.0, 1.0)).sum(1).numpy(),
    )


def noise_error(sampled: np.ndarray, n: int) -> float:
    """Return the standard error that n posterior samples leave in a mean; sampled [draws, images]."""
    return float(np.sqrt(sampled.var(0, ddof=1).mean() / n))


@pytest.mark.parametrize("beta", [0.01, 1.0, 10.0])
def test_distortions_and_rates_are_those_of_torchs_distributions(x, beta):
    loaded = load_run("mnist-ladder-2d", beta)
    mean, sampled = distortions(loaded.model, loaded.likelihood, x)
    wanted_mean, expected, wanted_rates = independent(loaded, x, 20)
    assert mean == pytest.approx(wanted_mean, rel=1e-4) and sampled.shape == (N_POSTERIOR_SAMPLES, 500)
    assert sampled.mean() == pytest.approx(
        expected.mean(), abs=4 * noise_error(expected, 500 * N_POSTERIOR_SAMPLES)
    )
    assert rates(loaded.model, x) == pytest.approx(wanted_rates, rel=1e-4)


@pytest.mark.parametrize("beta", [1.0, 4.0, 10.0])
def test_in_two_dimensions_noise_costs_about_beta_nats(x, beta):
    """Check the prediction for optimal variances, sigma² = beta/(beta + h): ½·h·sigma² per dimension, beta/2
    for h far above beta.
    """
    loaded = load_run("mnist-ladder-2d", beta)
    mean, sampled = distortions(loaded.model, loaded.likelihood, x)
    assert (sampled - mean).mean() == pytest.approx(beta, rel=0.25)


def test_of_an_ae_mean_and_samples_are_the_same(x):
    loaded = load_run("mnist-ae-2d")
    mean, sampled = distortions(loaded.model, loaded.likelihood, x)
    assert np.allclose(sampled, mean, rtol=1e-5)


def test_a_mean_difference_is_that_of_a_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 40)) + [[0.3], [0.0]]
    difference, expected = mean_difference(a, b), stats.ttest_rel(a, b).confidence_interval(0.95)
    assert [
        difference.mean - difference.half_width,
        difference.mean + difference.half_width,
    ] == pytest.approx([expected.low, expected.high])
    assert [Difference(m, 0.5).sign for m in (0.6, 0.4, -0.4, -0.6)] == [1, 0, 0, -1]
    assert [Difference(m, 0.5).format() for m in (0.62, -0.41, -0.01)] == [
        "+0.6 ± 0.5",
        "−0.4 ± 0.5",
        "0.0 ± 0.5",
    ]


@torch.inference_mode()
def evidence_and_parts(beta: float, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log p(x) by quadrature over the plane, distortion by quadrature over each posterior, and rate,
    of each image of the digits ladder.
    """
    loaded, grid = load_run("digits-ladder-2d", beta), Grid(8.0, 256)
    logits = torch.cat([loaded.model.decode(z) for z in torch.from_numpy(grid.points).float().split(8192)])
    images = torch.from_numpy(x).float() / 255
    posterior, prior = loaded.model.encode(images), grid.log_normal(0, 1)
    offsets = Grid(6.0, 48)
    weights = torch.from_numpy(
        np.exp(offsets.log_normal(0, 1)[:, None] + offsets.log_normal(0, 1)).ravel() * offsets.step**2
    )
    whole, distortion = [], []
    for image, mu, logvar in zip(images, posterior.mu, posterior.logvar):
        joint = (
            -loaded.likelihood.distortion(logits, image.expand_as(logits)).double().numpy().reshape(256, 256)
        )
        whole.append(grid.log_integral(joint + prior[:, None] + prior))
        decoded = loaded.model.decode(mu + (logvar / 2).exp() * torch.from_numpy(offsets.points).float())
        distortion.append(
            float(weights @ loaded.likelihood.distortion(decoded, image.expand_as(decoded)).double())
        )
    return np.array(whole), np.array(distortion), independent(loaded, x, 1)[2]


@pytest.mark.parametrize(
    "beta", [0.1, 4.0, *(pytest.param(b, marks=pytest.mark.slow) for b in (0.01, 1.0, 10.0))]
)
def test_distortion_plus_rate_bounds_the_evidence_at_every_kl_weight_and_the_training_loss_does_not(beta):
    """Check the mathematics of the lesson: −(D + R) is a bound for any beta; −(D + beta·R) is looser above 1,
    and no bound below.
    """
    data = load_data("digits")
    whole, distortion, rate = evidence_and_parts(beta, data.x[data.test][:60])
    numerical = 0.01  # nats
    assert (-(distortion + rate) < whole + numerical).all()
    objective = -(distortion + beta * rate)
    if beta < 1:
        assert (objective > whole + numerical).mean() > 0.8
    else:
        assert (objective <= -(distortion + rate) + 1e-6).all() and (objective < whole + numerical).all()


@pytest.mark.parametrize("name", LADDERS[:2])
def test_between_two_heavy_weights_the_curve_falls_by_a_weight_between(name):
    """Check dD/dR = −beta: the slope of a chord is a weight between its ends. Only data sets with many test
    images are used.
    """
    film = [f for f in read_run(SHIPPED_FOLDER / name).film if f.beta in (1.0, 2.0, 4.0, 10.0)]
    assert len(film) == 4
    for a, b in zip(film, film[1:]):
        assert 0.9 * a.beta < (b.distortion - a.distortion) / (a.rate - b.rate) < 1.1 * b.beta


def test_how_far_maps_turn_between_rungs_and_how_mixed_weights_score():
    """Check the statements of docs/performance.md on Fashion-MNIST, and why the best beta is chosen among
    trained rungs, with SciPy's Procrustes rotation.
    """
    worst, turns = {}, {}
    for name in LADDERS[:2]:
        run = read_run(SHIPPED_FOLDER / name)
        e, betas = read_embedding(run), [f.beta for f in run.film]
        rungs = [e.film.mu[betas.index(beta)] for beta in run.spec.rungs]
        rotations = [orthogonal_procrustes(a - a.mean(0), b - b.mean(0))[0] for a, b in zip(rungs, rungs[1:])]
        assert all(np.linalg.det(r) > 0 for r in rotations)  # never flips
        turns[name] = max(np.degrees(np.abs(np.arctan2(r[0, 1], r[0, 0]))) for r in rotations)
        total = [f.distortion + f.beta * f.rate for f in run.film]
        worst[name] = [total[i] - (total[i - 1] + total[i + 1]) / 2 for i in range(1, len(total), 2)]
    assert turns[LADDERS[0]] < 2.8 and turns[LADDERS[1]] == pytest.approx(3.8, abs=0.05)
    assert max(worst[LADDERS[0]]) < -0.05 and max(worst[LADDERS[1]]) == pytest.approx(1.3, abs=0.05)
    assert sum(d > 0 for d in worst[LADDERS[1]]) == 5


def test_the_best_is_named_with_all_that_can_not_be_distinguished_from_it():
    rng = np.random.default_rng(0)
    common = 20 * rng.standard_normal(400)
    values = {
        beta: common + shift + rng.standard_normal(400)
        for beta, shift in ((0.1, 0.0), (1.0, 0.02), (4.0, 1.0))
    }
    best, others = lowest_mean(values)
    assert {best, *others} == {0.1, 1.0} and values[best].mean() == min(v.mean() for v in values.values())
    separated = {beta: v + 5 * (beta != 4.0) for beta, v in values.items()}
    assert lowest_mean(separated) == (4.0, [])
    for beta in (0.1, 1.0):  # SciPy's paired test agrees
        assert (beta in others or beta == best) and stats.ttest_rel(values[4.0], values[beta]).pvalue < 0.05
    gaps = {
        0.1: GapEstimate(0.2, 0.18, 0.22, 1000, 0.01),
        1.0: GapEstimate(0.11, 0.09, 0.13, 1000, 0.01),
        4.0: GapEstimate(0.1, 0.08, 0.12, 1000, 0.01),
    }
    assert smallest_gap(gaps) == (4.0, [1.0])


@pytest.fixture(scope="module")
def ladder():
    return find_run("mnist-ladder-16d")


def test_a_rate_is_the_mean_kl_divergence_of_torchs_distributions(ladder):
    e = read_embedding(ladder)
    for frame, mu, logvar, row in zip(
        ladder.film, e.film.mu, e.film.logvar, film_rates(e.film.mu, e.film.logvar)
    ):
        q = Normal(torch.tensor(mu.astype(float)), torch.tensor(logvar.astype(float) / 2).exp())
        assert row == pytest.approx(kl_divergence(q, Normal(0.0, 1.0)).mean(0).numpy(), rel=1e-6)
        assert row.sum() == pytest.approx(frame.rate, rel=0.05)  # of 1,000 images, and of all


def test_dimensions_collapse_one_after_the_other(ladder):
    """Check the question, the answer and the task of the lesson."""
    e = read_embedding(ladder)
    by_dimension = film_rates(e.film.mu, e.film.logvar)
    left = [int((row >= 0.01).sum()) for row in by_dimension]
    assert left[0] == 16 and left == sorted(left, reverse=True) and left[-1] == 8
    assert by_dimension[-1].max() / by_dimension[-1].sum() < 0.3  # not all in one
    assert (round(ladder.film[0].rate), round(ladder.film[-1].rate)) == (47, 5)
    log_betas = np.log([frame.beta for frame in ladder.film])
    found = LESSON.solution["beta"]
    low, high = (
        min(np.interp(np.log(found * by), log_betas, column) for column in by_dimension.T)
        for by in (1.1, 1 / 1.1)
    )
    assert low < 0.01 < high


def test_the_figures_of_a_trained_weight_are_those_of_an_evaluation_with_its_spread(ladder):
    gaps = {beta: GapEstimate(0.5 / beta, 0.4 / beta, 0.6 / beta, 1000, 0.005) for beta in ladder.spec.rungs}
    measured, best = measure_rungs(ladder, gaps)
    assert [rung["beta"] for rung in measured] == list(ladder.spec.rungs)
    x = read_embedding(ladder).images
    for rung in measured:
        run = load_run(ladder.name, rung["beta"])
        found = evaluate(run.model, run.likelihood, x)
        for name, values in (("distortion", found.distortion), ("rate", found.rate.sum(1))):
            value, half_width = rung[name]
            assert abs(value - values.mean()) < 4 * values.std() / np.sqrt(len(x))
            assert half_width == pytest.approx(1.96 * values.std() / np.sqrt(10_000), rel=0.1)
    assert best["smallest prior gap"] == (8.0, [])
    assert "smallest prior gap" not in measure_rungs(ladder, gaps | {1.0: None})[1]
    assert best["highest ELBO"][0] == 1.0 and best["lowest distortion"] == (0.1, [])
    assert {b for beta, others in best.values() for b in (beta, *others)} <= set(ladder.spec.rungs)


def test_what_the_browser_gets_is_small(ladder):
    parts = LESSON.blocks({ladder.name: ladder})
    assert sum(len(part.content) for part in parts.values()) < 1_600_000
