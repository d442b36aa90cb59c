"""Compute what the lesson on gaps shows of a model: codes and gaps in standard deviations, and shares."""

from dataclasses import fields

import numpy as np

from explorer.latent.gap_map import GapIndex, build_gap_index
from explorer.latent.scale import symmetric_square_root
from explorer.latent.share import Share, share_of_true
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.runs.gap_shares import GapShares, measure_gap_shares
from explorer.store.classifier import MIN_CLASS_PROBABILITY, Classifier, read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run

REACH_SIGMA = 3.2  # standard deviations from the middle of a map to its edge
GRID_SIZE = 96  # cells along an axis of the map of gaps
N_SHOWN = 1500  # codes on a map
N_NOISE_IMAGES = 2000  # images of uniform noise


def codes_block(run: Run) -> LazyBlock:
    """Return the block of a run's codes in standard deviations w of the Gaussian fitted to them: z = mean + w
    @ root, mean [D], root [D, D]. In two dimensions: w [n, 2] and y [n] of the first N_SHOWN test images on
    the map, and in_gap uint8 [GRID_SIZE, GRID_SIZE], rows upwards, over ±REACH_SIGMA. The measured shares are
    among the metadata.
    """
    id = f"gaps codes {run.files[EMBEDDING_FILE]['sha256']} {run.files[MODEL_FILE]['sha256']}"
    return share_block(LazyBlock(id, lambda id: _codes(id, run)))


def _codes(id: str, run: Run) -> Block:
    e = read_embedding(run)
    index = build_gap_index(e.mu, e.logvar, np.random.default_rng(0))
    assert index is not None  # a shipped run has thousands of codes
    root, shares, classifier = standard_axes(index), measure_gap_shares(run), read_classifier(run)
    tensors = {"mean": index.fitted.mean.astype(np.float32), "root": root.astype(np.float32)}
    if len(root) == 2:
        w = (e.mu - index.fitted.mean) @ np.linalg.inv(root)
        rows = np.flatnonzero((np.abs(w) < REACH_SIGMA).all(1))[:N_SHOWN]
        tensors |= {"w": w[rows].astype(np.float16), "y": e.y[rows].astype(np.uint8)}
        tensors["in_gap"] = gap_grid(index, root)
    metadata = {
        "has_prior": run.spec.has_prior,
        "image_shape": run.shape,
        "class_names": run.class_names,
        "n": shares.gap.n,
        "reach": REACH_SIGMA,
        "shares": {field.name: _text(getattr(shares, field.name)) for field in fields(GapShares)},
        "named_noise": _text(classifier and share_of_named_noise(classifier[0])),
    }
    return make_block(id, metadata, tensors)


def standard_axes(index: GapIndex) -> np.ndarray:
    """Return root [D, D] of z = mean + w @ root. In two dimensions it turns nothing; in more, its rows are
    the principal axes, the longest first.
    """
    root = index.fitted.root
    return symmetric_square_root(root.T @ root) if len(root) == 2 else root[::-1]


def gap_grid(index: GapIndex, root: np.ndarray) -> np.ndarray:
    """Return whether the middle of each cell of the map is in a gap: uint8 [GRID_SIZE, GRID_SIZE], rows
    upwards.
    """
    middles = REACH_SIGMA * ((2 * np.arange(GRID_SIZE) + 1) / GRID_SIZE - 1)
    w = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    is_in_gap = index.log2_distance_ratio(index.fitted.mean + w @ root) > 0
    return is_in_gap.reshape(GRID_SIZE, GRID_SIZE).astype(np.uint8)


def share_of_named_noise(classifier: Classifier) -> Share | None:
    """Return the share of images of uniform noise that the classifier assigns to a class with a confidence of
    MIN_CLASS_PROBABILITY.
    """
    noise = np.random.default_rng(0).random((N_NOISE_IMAGES, *classifier.shape), np.float32)
    return share_of_true(classifier.probabilities(noise).max(1) >= MIN_CLASS_PROBABILITY)


def _text(share: Share | None) -> str:
    return "–" if share is None else str(share)
