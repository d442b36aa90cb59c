"""What core/pca.js should compute, by scikit-learn."""

import numpy as np
from sklearn.decomposition import PCA


def pca_cases() -> dict:
    """Return images of twelve pixels, their scores and their reconstructions from two and from all scores."""
    rng = np.random.default_rng(6)
    x = rng.beta(0.5, 0.5, (40, 12))
    pca = PCA(5).fit(x)
    scores = pca.transform(x[:3])
    reconstructions = [(pca.mean_ + scores[:, :k] @ pca.components_[:k]).clip(0, 1) for k in (2, 5)]
    return {
        "x": x[:3],
        "mean": pca.mean_,
        "components": pca.components_,
        "scores": scores,
        "of_two": reconstructions[0],
        "of_five": reconstructions[1],
        "errors": [((part - x[:3]) ** 2).sum(1) for part in reconstructions],
    }
