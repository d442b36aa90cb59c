"""Densities against scipy, scikit-learn and closed forms."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp
from sklearn.mixture import GaussianMixture

from explorer.errors import UserError
from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.densities.mixture import Mixture, fit_mixture, standard_normal
from explorer.registry import DENSITIES, N_COMPONENTS

N = 20_000


def ignore(share: float) -> None:
    pass


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def clusters(rng, n: int, dim: int) -> np.ndarray:
    """Return codes of three clusters, stretched and shifted."""
    centre = 4 * rng.standard_normal((3, dim))
    codes = centre[rng.integers(3, size=n)] + 0.7 * rng.standard_normal((n, dim))
    return codes @ rng.standard_normal((dim, dim)) + 10


@pytest.mark.parametrize("dim", [1, 2, 16])
def test_the_prior_is_scipys_standard_normal(dim, rng):
    prior, z = standard_normal(np.empty((0, dim))), 3 * rng.standard_normal((50, dim))
    assert prior.log_density(z) == pytest.approx(stats.norm.logpdf(z).sum(1))
    samples = prior.sample(N, rng)
    assert min(stats.kstest(column, "norm").pvalue for column in samples.T) > 0.01 / dim


@pytest.mark.parametrize("dim", [1, 2, 16])
def test_one_gaussian_is_scipys_with_the_moments_of_the_codes(dim, rng):
    codes = clusters(rng, 2000, dim)
    expected = stats.multivariate_normal(codes.mean(0), np.cov(codes.T, bias=True))
    density = fit_mixture(codes, ignore)
    assert density.name == "gaussian"
    assert density.log_density(codes[:100]) == pytest.approx(expected.logpdf(codes[:100]), abs=1e-3)
    samples = density.sample(N, rng, 0.5)
    distance = np.einsum(
        "ni,ij,nj->n",
        samples - expected.mean,
        np.linalg.inv(expected.cov_object.covariance),
        samples - expected.mean,
    )
    assert stats.kstest(4 * distance, stats.chi2(dim).cdf).pvalue > 0.001


@pytest.mark.parametrize("dim", [2, 5])
def test_a_mixture_is_that_of_scikit_learn_on_whitened_codes(dim, rng):
    codes, shares = clusters(rng, 1500, dim), []
    density = fit_mixture(codes, shares.append, n_components=3)
    assert density.name == "mixture-3" and shares == sorted(shares) and shares[-1] == 1
    covariances = np.einsum("kij,klj->kil", density.factors, density.factors)
    z = density.whitening.whiten(codes[:200])
    logs = [
        np.log(weight) + stats.multivariate_normal(mean, covariance).logpdf(z)
        for weight, mean, covariance in zip(density.weights, density.means, covariances)
    ]
    jacobian = np.log(abs(np.linalg.det(density.whitening.root)))
    assert density.log_density(codes[:200]) == pytest.approx(logsumexp(logs, axis=0) - jacobian)
    one_go = GaussianMixture(3, random_state=0, max_iter=100).fit(density.whitening.whiten(codes))
    assert density.log_density(codes).mean() + jacobian == pytest.approx(
        one_go.score(density.whitening.whiten(codes)), abs=0.01
    )


def test_samples_of_a_mixture_have_its_weights_means_and_temperature(rng):
    whitening = fit_mixture(np.eye(3)[:, :2] * [1, 2] + 5, ignore).whitening
    factors = np.array([[[0.2, 0], [0.1, 0.3]], [[0.5, 0], [0, 0.1]]])
    mixture = Mixture("m", whitening, np.array([0.3, 0.7]), np.array([[-9.0, 0], [9, 1]]), factors)
    w = whitening.whiten(mixture.sample(N, rng, 0.5))
    is_second = w[:, 0] > 0
    assert is_second.mean() == pytest.approx(0.7, abs=0.015)
    for part, mean, factor in zip((w[~is_second], w[is_second]), mixture.means, factors):
        assert part.mean(0) == pytest.approx(mean, abs=0.02)
        assert np.cov(part.T) == pytest.approx(factor @ factor.T / 4, abs=0.005)
    assert np.unique(mixture.sample(50, rng, 0).round(6), axis=0) == pytest.approx(
        np.unique(whitening.unwhiten(mixture.means).round(6), axis=0)
    )


@pytest.mark.parametrize("density", ["gaussian", "mixture"])
def test_codes_on_a_line_keep_their_density_along_it(density, rng):
    t = rng.standard_normal(3000) * 2
    codes = t[:, None] * [0.6, 0.8] + [1, 2]
    fitted = fit_mixture(codes, ignore, 1 if density == "gaussian" else 2)
    assert fitted.sample(100, rng) @ [0.8, -0.6] == pytest.approx(np.full(100, -0.4), abs=1e-6)
    along, inner = fitted.log_density(codes), abs(t) < 4  # per unit of length
    assert along[inner] == pytest.approx(stats.norm(t.mean(), t.std()).logpdf(t)[inner], abs=0.4)


def test_the_aggregate_posterior_is_the_mean_of_scipys_posteriors(rng):
    mu, logvar = rng.standard_normal((40, 3)), rng.normal(-1, 1, (40, 3))
    z = rng.standard_normal((25, 3))
    expected = np.mean(
        [stats.multivariate_normal(m, np.diag(np.exp(v))).pdf(z) for m, v in zip(mu, logvar)], axis=0
    )
    assert AggregatePosterior(mu, logvar).log_density(z) == pytest.approx(np.log(expected))
    with pytest.raises(UserError, match="points and have no density"):
        AggregatePosterior(mu, None).log_density(z)


def test_a_density_integrates_to_one(rng):
    codes = clusters(rng, 500, 2)
    codes = codes / codes.std(0)
    axis = np.linspace(-6, 6, 250)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2) + codes.mean(0)
    for density in (fit_mixture(codes, ignore, 5), AggregatePosterior(codes, np.full_like(codes, -4.0))):
        assert np.exp(density.log_density(grid)).sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(
            1, abs=0.01
        )


def test_a_mixture_is_read_as_it_is_written_and_others_are_refused(rng):
    codes = clusters(rng, 400, 4)
    fitted = fit_mixture(codes, ignore, 2)
    tensors = fitted.to_tensors()
    read = Mixture.from_tensors("mixture-2", tensors)
    assert read.log_density(codes) == pytest.approx(fitted.log_density(codes), abs=1e-3)
    for name in tensors:
        with pytest.raises((LookupError, ValueError)):
            Mixture.from_tensors("m", {key: t for key, t in tensors.items() if key != name})
        with pytest.raises((LookupError, ValueError)):
            Mixture.from_tensors("m", tensors | {name: tensors[name][:-1]})


def test_what_cannot_be_fitted_or_sampled_gets_a_sentence(rng):
    with pytest.raises(UserError, match="at most 5 Gaussians"):
        fit_mixture(rng.standard_normal((5, 2)), ignore, 10)
    with pytest.raises(UserError, match="at most 64 dimensions"):
        fit_mixture(rng.standard_normal((200, 65)), ignore, 2)
    with pytest.raises(UserError, match="same point"):
        fit_mixture(np.ones((50, 2)), ignore, 2)
    for temperature in (-1, np.nan, np.inf):
        with pytest.raises(UserError, match="choose 1"):
            standard_normal(np.empty((0, 2))).sample(3, rng, temperature)


def test_what_on_progress_raises_ends_a_fit(rng):
    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fit_mixture(clusters(rng, 100, 2), stop, 2)


def test_each_number_of_gaussians_has_its_entry():
    fitted = [kind for kind in DENSITIES.values() if "n_components" in kind.arguments]
    assert [kind.arguments["n_components"] for kind in fitted] == list(N_COMPONENTS)
    for kind in fitted:
        codes = np.random.default_rng(0).standard_normal((200, 2))
        assert kind.builder(codes, ignore, **kind.arguments).name == kind.name
