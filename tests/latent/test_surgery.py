"""The terms of the rate against a Gaussian whose terms are known, and an independent grid."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from explorer.errors import UserError
from explorer.latent.surgery import take_rate_apart


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def linear_gaussian(n: int, weights: np.ndarray, sd: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray, tuple]:
    """Return mu, logvar [n, D] of z = Wx + sd·ε with x from N(0, I), and its information, total correlation
    and marginal KL divergences for all x: q(z) is N(0, WWᵀ + diag sd²).
    """
    mu = rng.standard_normal((n, weights.shape[1])) @ weights.T
    covariance = weights @ weights.T + np.diag(sd**2)
    log_det, variances = np.linalg.slogdet(covariance)[1], np.diag(covariance)
    terms = (
        (log_det - 2 * np.log(sd).sum()) / 2,
        (np.log(variances).sum() - log_det) / 2,
        (variances - np.log(variances) - 1).sum() / 2,
    )
    return mu, np.broadcast_to(2 * np.log(sd), mu.shape), terms


def terms_of(s):
    return s.mutual_information, s.total_correlation, s.marginal_kl


@pytest.mark.parametrize("seed", range(3))
def test_in_two_dimensions_the_terms_are_those_of_the_gaussian(seed):
    rng = np.random.default_rng(seed)
    mu, logvar, expected = linear_gaussian(
        20_000, np.array([[0.9, 0.3], [0.5, -0.4]]), np.array([0.2, 0.3]), rng
    )
    surgery = take_rate_apart(mu, logvar, seed)
    for term, value in zip(terms_of(surgery), expected):
        assert term.value == pytest.approx(value, abs=0.03)
        assert term.low <= value <= term.high and term.high - term.low < 0.1


@pytest.mark.parametrize("dim", [1, 3, 16])
def test_the_brackets_contain_the_terms_of_the_gaussian(dim, rng):
    weights = rng.normal(0, 1, (dim, dim)) / np.sqrt(dim)
    mu, logvar, expected = linear_gaussian(4000, weights, rng.uniform(0.1, 0.9, dim), rng)
    for term, value in zip(terms_of(take_rate_apart(mu, logvar)), expected):
        assert term.low - 1e-9 <= value <= term.high + 1e-9


def test_in_many_dimensions_the_information_has_a_bracket_and_no_value(rng):
    mu, logvar, expected = linear_gaussian(2000, np.eye(16), np.full(16, 0.3), rng)
    surgery = take_rate_apart(mu, logvar)
    assert (
        expected[0] > surgery.most_information == pytest.approx(np.log(2000))
    )  # more than it can be of 2,000
    assert surgery.mutual_information.value is surgery.total_correlation.value is None
    assert surgery.mutual_information.low == pytest.approx(surgery.most_information, abs=0.1)
    assert surgery.marginal_kl.value == pytest.approx(expected[2], abs=0.1)
    assert str(surgery.mutual_information) == (
        f"{surgery.mutual_information.low:.2f} to {surgery.mutual_information.high:.2f}"
    )


def test_the_terms_are_those_of_a_grid_of_the_mixture_of_all_posteriors(rng):
    mu = rng.standard_normal((80, 2)) * [1, 0.6] + rng.choice([-1.2, 1.2], (80, 1))
    logvar = 2 * np.log(rng.uniform(0.25, 0.7, (80, 2)))
    axis, step = np.linspace(-8, 8, 641, retstep=True)
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1)
    q = np.mean([multivariate_normal(m, np.diag(np.exp(v))).pdf(points) for m, v in zip(mu, logvar)], 0)
    q /= q.sum() * step**2
    each = [q.sum(1 - d) * step for d in (0, 1)]
    prior = np.exp(-(axis**2) / 2) / np.sqrt(2 * np.pi)
    marginal_kl = sum(p @ np.log(p / prior) * step for p in each)
    correlation = (q * np.log(q / np.outer(*each))).sum() * step**2
    log_posteriors = [multivariate_normal(m, np.diag(np.exp(v))).entropy() for m, v in zip(mu, logvar)]
    information = -(q * np.log(q)).sum() * step**2 - np.mean(log_posteriors)

    surgery = take_rate_apart(mu, logvar)
    for term, expected in zip(terms_of(surgery), (information, correlation, marginal_kl)):
        assert term.value == pytest.approx(expected, abs=2e-3) and term.low <= expected <= term.high
    assert sum(term.value for term in terms_of(surgery)) == pytest.approx(surgery.rate, abs=1e-9)
    rates = (mu**2 + np.exp(logvar) - logvar - 1).sum(1) / 2
    assert surgery.rate == pytest.approx(rates.mean())


def test_posteriors_narrower_than_the_grid_have_a_bracket_and_no_value(rng):
    """Of 500 points far apart, each z tells its image: of these the information is ln 500."""
    mu = rng.uniform(-30, 30, (500, 2))
    surgery = take_rate_apart(mu, np.full((500, 2), -20.0))
    information = surgery.mutual_information
    assert information.value is None and surgery.total_correlation.value is None
    assert information.low == pytest.approx(np.log(500), abs=1e-6) and information.high > 3 * np.log(500)


def test_posteriors_that_are_the_prior_tell_nothing():
    surgery = take_rate_apart(np.zeros((50, 2)), np.zeros((50, 2)))
    assert [term.value for term in terms_of(surgery)] == pytest.approx([0, 0, 0], abs=1e-3)
    assert surgery.rate == 0


def test_fewer_images_leave_a_wider_bracket(rng):
    """The information of few images is too small: the bracket says by how much."""
    mu, logvar, expected = linear_gaussian(20_000, np.eye(2), np.full(2, 0.05), rng)
    many, few = take_rate_apart(mu, logvar), take_rate_apart(mu[:1000], logvar[:1000])
    assert few.mutual_information.value < many.mutual_information.value < expected[0]
    widths = [s.mutual_information.high - s.mutual_information.low for s in (many, few)]
    assert widths[0] < widths[1] / 2
    for s in (many, few):
        assert s.mutual_information.low <= expected[0] <= s.mutual_information.high


def test_one_image_has_no_terms():
    with pytest.raises(UserError, match="two training images or more"):
        take_rate_apart(np.zeros((1, 2)), np.zeros((1, 2)))
