"""What explorer/live/core/codebook.js should compute, by scipy and torch."""

import numpy as np
import torch
from scipy.spatial.distance import cdist


def codebook_cases() -> dict:
    """Return points with their nearest entries, codes with their z, and images with the cross-entropy of
    decoded ones.
    """
    rng = np.random.default_rng(0)
    book, points = rng.standard_normal((32, 2)), rng.standard_normal((60, 2))
    codes = rng.integers(32, size=(5, 4))
    images, x_logits = torch.rand(6, 64), 2 * torch.randn(6, 64)
    nats = torch.nn.functional.binary_cross_entropy_with_logits(x_logits, images, reduction="none").sum(1)
    return {
        "book": book.ravel(),
        "points": points,
        "nearest": cdist(points, book).argmin(1),
        "codes": codes,
        "zs": book[codes].reshape(5, 8),
        "images": images.numpy().astype(float),
        "pixels": x_logits.sigmoid().numpy().astype(float),
        "nats": nats.numpy().astype(float),
        "index": np.column_stack([np.tile([0, 1], 50), np.repeat([2, 3], 50)]).ravel(),
    }
