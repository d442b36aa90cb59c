"""Mixtures of Gaussians with full covariances, fitted to whitened codes by expectation maximisation
(Dempster, Laird and Rubin, 1977). One component is the Gaussian fitted to the codes, or the prior.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from explorer.errors import UserError
from explorer.latent.densities.density import check_temperature, standard_normal_log_density
from explorer.latent.gaps import FittedGaussian, fit_gaussian

MAX_ITERATIONS = 100
MAX_MIXTURE_DIMENSIONS = 64  # the time grows with the square
ITERATIONS_AT_A_TIME = 4  # between two reports of progress
COVARIANCE_FLOOR = 1e-6  # added to the variances of the whitened codes in each component
INITIAL_SHARE = 0.1  # of the time of a fit, taken by the initial clustering; for the progress only


@dataclass(frozen=True)
class Mixture:
    """A mixture of K Gaussians, of w = whitening.whiten(z) [R]. weights [K], means [K, R]; factors [K, R, R],
    lower triangular: the covariance of a component is factor factorᵀ.
    """

    name: str
    whitening: FittedGaussian
    weights: np.ndarray
    means: np.ndarray
    factors: np.ndarray

    def sample(self, n: int, rng: Generator, temperature: float = 1.0) -> np.ndarray:
        """Return samples [n, D]; the temperature multiplies the standard deviations of each component."""
        check_temperature(temperature)
        component = rng.choice(len(self.weights), n, p=self.weights / self.weights.sum())
        noise = rng.standard_normal((n, self.means.shape[1]))
        spread = np.einsum("nij,nj->ni", self.factors[component], noise)
        return self.whitening.unwhiten(self.means[component] + temperature * spread)

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Return log p(z) [n] in nats, of z [n, D]."""
        from scipy.linalg import solve_triangular
        from scipy.special import logsumexp

        w = self.whitening.whiten(z)
        logs = np.stack(
            [
                np.log(weight)
                - np.log(np.diag(factor)).sum()
                + standard_normal_log_density(
                    np.square(solve_triangular(factor, (w - mean).T, lower=True)).sum(0), w.shape[1]
                )
                for weight, mean, factor in zip(self.weights, self.means, self.factors)
            ]
        )
        return logsumexp(logs, axis=0) - self.whitening.log_volume

    def to_tensors(self) -> dict[str, np.ndarray]:
        """Return the arrays that define it, float32."""
        parts = {name: getattr(self, name) for name in ("weights", "means", "factors")}
        return {name: part.astype(np.float32) for name, part in (self.whitening.to_tensors() | parts).items()}

    @classmethod
    def from_tensors(cls, name: str, tensors: dict[str, np.ndarray]) -> "Mixture":
        """Return the mixture of these arrays. Raises LookupError or ValueError if they are not one."""
        whitening = FittedGaussian.from_tensors(tensors)
        weights, means, factors = (tensors[part].astype(float) for part in ("weights", "means", "factors"))
        k, r = len(weights), len(whitening.root)
        if means.shape != (k, r) or factors.shape != (k, r, r):
            raise ValueError("not a mixture")
        if not (weights >= 0).all() or not weights.sum() > 0 or not (np.diagonal(factors, 0, 1, 2) > 0).all():
            raise ValueError("weights or covariances that no mixture has")
        return cls(name, whitening, weights, means, factors)


def standard_normal(codes: np.ndarray) -> Mixture:
    """Return the prior N(0, I) of codes [n, D]."""
    identity = np.eye(codes.shape[1])
    whitening = FittedGaussian(np.zeros(len(identity)), identity, identity)
    return Mixture("prior", whitening, np.ones(1), np.zeros((1, len(identity))), identity[None])


def fit_mixture(codes: np.ndarray, on_progress: Callable[[float], None], n_components: int = 1) -> Mixture:
    """Fit a mixture to codes [n, D]. on_progress: called with the share that is done; what it raises ends the
    fit. Raises UserError if there are fewer codes than components, they have too many dimensions, or all of
    them are one point.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    if len(codes) < n_components:
        raise UserError(
            f"A mixture of {n_components} Gaussians needs at least as many codes, and there are {len(codes)}."
            f" Choose at most {len(codes)} Gaussians."
        )
    if n_components > 1 and codes.shape[1] > MAX_MIXTURE_DIMENSIONS:
        raise UserError(
            f"Mixtures are fitted in at most {MAX_MIXTURE_DIMENSIONS} dimensions, and these codes have"
            f" {codes.shape[1]:,}. Choose the fitted Gaussian or the diffusion model."
        )
    whitening = fit_gaussian(codes)
    whitened = whitening.whiten(codes)
    on_progress(0.0)
    model = GaussianMixture(
        n_components,
        reg_covar=COVARIANCE_FLOOR,
        max_iter=ITERATIONS_AT_A_TIME,
        random_state=0,
        warm_start=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for done in range(ITERATIONS_AT_A_TIME, MAX_ITERATIONS + 1, ITERATIONS_AT_A_TIME):
            model.fit(whitened)
            if model.converged_:
                break
            on_progress(INITIAL_SHARE + (1 - INITIAL_SHARE) * done / MAX_ITERATIONS)
    on_progress(1.0)
    name = "gaussian" if n_components == 1 else f"mixture-{n_components}"
    return Mixture(name, whitening, model.weights_, model.means_, np.linalg.cholesky(model.covariances_))
