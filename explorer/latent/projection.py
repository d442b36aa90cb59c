"""A flat view of codes: themselves in 2-D, at random heights over their line in 1-D, else their first two
principal components.
"""

from dataclasses import dataclass

import numpy as np

from explorer.latent.share import Z95, format_plus_minus


@dataclass(frozen=True)
class Projection:
    """points [n, 2]; z is projected to (z − centre) @ axes.T; titles name the axes; shares are of the codes'
    variance, by PCA.
    """

    points: np.ndarray
    centre: np.ndarray  # [D]
    axes: np.ndarray  # [2, D]
    axis_titles: tuple[str, str]
    variance_shares: tuple[float, float] | None

    def project(self, z: np.ndarray) -> np.ndarray:
        """Return where z [D] lies on the map, [2]."""
        return (z - self.centre) @ self.axes.T

    def shift_to(self, z: np.ndarray, point: np.ndarray) -> np.ndarray:
        """Return z [D] shifted parallel to the map, so that it is projected to that point [2]."""
        return np.asarray(z) + (point - self.project(z)) @ self.axes


def fit_projection(mu: np.ndarray) -> Projection:
    """Return where each code lies on the map. mu [n, D]. PCA is scikit-learn's; codes without spread have
    none.
    """
    n, dim = mu.shape
    if dim == 1:
        heights = np.random.default_rng(0).uniform(-1, 1, n)
        axes = np.array([[1.0], [0.0]])
        return Projection(
            np.column_stack([mu[:, 0], heights]),
            np.zeros(1),
            axes,
            ("z₀", "random height, without meaning"),
            None,
        )
    if dim == 2 or n < 2 or not mu.var(axis=0).any():
        return Projection(mu[:, :2], np.zeros(dim), np.eye(2, dim), ("z₀", "z₁"), None)
    from sklearn.decomposition import PCA

    pca = PCA(n_components=2, svd_solver="covariance_eigh").fit(mu)
    first, second = pca.explained_variance_ratio_.tolist()
    errors = variance_share_errors(mu - pca.mean_, pca.components_)
    titles = component_title(0, first, errors[0]), component_title(1, second, errors[1])
    return Projection(pca.transform(mu), pca.mean_, pca.components_, titles, (first, second))


def component_title(index: int, share: float, error: float) -> str:
    """Return the title of an axis along a principal component, with the 95% interval of its share of the
    variance. error: the standard error of the share.
    """
    return f"PC {index + 1} · {format_plus_minus(share, Z95 * error)} of the variance"


def variance_share_errors(centred: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Return the standard error, over codes, of the share of the variance along each principal axis [k].
    centred [n, D] codes less their mean, axes [k, D] (delta method).
    """
    along, variance = (centred @ axes.T).astype(np.float64) ** 2, np.square(centred, dtype=np.float64).sum(1)
    total = variance.mean()
    if not total > 0:
        return np.zeros(len(axes))
    shares = along.mean(0) / total
    return (along - shares * variance[:, None]).std(0) / total / np.sqrt(len(centred))
