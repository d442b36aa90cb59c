"""Measure how near decoded images are to training images and to blends of them, as test images are, and put
the training images with their posteriors into a block.
"""

import numpy as np

from explorer.latent.gap_map import GAP_THRESHOLD, build_gap_map, deepest_gap
from explorer.latent.gaps import neighbours
from explorer.latent.neighbours import fit_blend, nearest_points
from explorer.latent.share import Share, format_median, median_with_interval, share_of_true
from explorer.live.block import LazyBlock, make_block, share_block
from explorer.runs.inference import load_training_images, posteriors
from explorer.runs.load import LoadedRun, load_model
from explorer.runs.surgery import read_surgeries
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE, Run

MAX_BLENDED_IMAGES = 60  # images that a blend can use
# of the distance to the second nearest image (Yoon et al., ICML 2023 workshop on structured probabilistic
# inference)
MAX_COPY_RATIO = 1 / 3
N_MEASURED = 200  # images of each group
DECODED, SAMPLES, TEST = "training images, decoded", "samples of the prior", "test images"


def two_nearest_distances(images: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the Euclidean distances [n, 2], over pixels in [0, 1], of each of the queries [n, C, H, W] from
    the nearest and the second nearest of the images [N, C, H, W]; both are uint8 or float in [0, 1].
    """
    return neighbours(_flatten(images), _flatten(queries), 2)[0]


def blend_distances(images: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the distance [n] of each of the queries float [n, C, H, W] from the nearest non-negative blend
    of its MAX_BLENDED_IMAGES nearest images uint8 [N, C, H, W].
    """
    k = min(MAX_BLENDED_IMAGES, len(images))
    return np.array([fit_blend(x, images[nearest_points(images, x, k)[0]]).distance for x in queries])


def is_copy(distances: np.ndarray) -> np.ndarray:
    """Return, for two_nearest_distances() [n, 2], whether the nearest image is nearer than a third of the
    distance to the second nearest, bool [n].
    """
    return distances[:, 0] < MAX_COPY_RATIO * distances[:, 1]


def copy_share(distances: np.ndarray) -> Share:
    """Return the share of copies among two_nearest_distances() [n, 2], with its 95% interval."""
    return share_of_true(is_copy(distances))


def training_block(run: Run) -> LazyBlock:
    """Return the block of the training images of a VAE with two dimensions: images uint8 [N, C, H, W], y [N],
    mu and logvar [N, 2]; ends [1 + classes, 2]: the place deepest in a gap, and the code of the first image
    of each class; in_gap and bounds of the map. Its content raises UserError if the images are not on this
    machine.
    """
    return share_block(
        LazyBlock(f"copying {run.files[MODEL_FILE]['sha256']}", lambda id: _build(id, load_model(run)))
    )


def _build(id: str, loaded: LoadedRun):
    run, e = loaded.run, read_embedding(loaded.run)
    gap_map = build_gap_map(e.mu, e.logvar)
    x, y = load_training_images(run.spec, lambda done, total: None)
    mu, logvar = posteriors(loaded, x, lambda done, total: None)
    gap = deepest_gap(gap_map)
    first = [mu[np.argmax(y == label)] for label in range(len(run.class_names))]
    tensors = {
        "images": x,
        "y": y.astype(np.uint8),
        "mu": mu,
        "logvar": logvar,
        "ends": np.stack([e.mu.mean(0) if gap is None else gap, *first]).astype(np.float32),
        "in_gap": (gap_map.shade > GAP_THRESHOLD).astype(np.uint8),
    }
    metadata = {
        "classes": run.class_names,
        "bounds": gap_map.bounds.tolist(),
        "groups": measure_groups(loaded, e.images, x, mu),
        "information": describe_information(run),
    }
    return make_block(id, metadata, tensors)


def measure_groups(loaded: LoadedRun, test: np.ndarray, training: np.ndarray, mu: np.ndarray) -> list[dict]:
    """Measure the first N_MEASURED training images uint8 [N, C, H, W], decoded from their codes mu, as many
    samples of the prior, and as many test images: the share of copies, and the medians of the
    distances to the nearest training image and to the best blend; text is with 95% intervals.
    """
    samples = np.random.default_rng(0).standard_normal((N_MEASURED, mu.shape[1]))
    groups = {
        DECODED: loaded.decode(mu[:N_MEASURED]),
        SAMPLES: loaded.decode(samples),
        TEST: test[:N_MEASURED] / np.float32(255),
    }
    measured = []
    for name, images in groups.items():
        nearest, blends = two_nearest_distances(training, images), blend_distances(training, images)
        share = copy_share(nearest)
        measured.append(
            {
                "name": f"{len(images)} {name}",
                "copies": str(share),
                "nearest": median_with_interval(nearest[:, 0])[0],
                "blend": median_with_interval(blends)[0],
                "nearest_text": format_median(nearest[:, 0]),
                "blend_text": format_median(blends),
            }
        )
    return measured


def describe_information(run: Run) -> str:
    """Return a sentence on I(x; z) of the training images; nothing if it was not measured."""
    surgery = read_surgeries(run).get(run.spec.beta)
    if not surgery or surgery.mutual_information.value is None:
        return ""
    information = surgery.mutual_information
    return (
        f"I(x; z) is {information} of at most ln {surgery.n:,} = {surgery.most_information:.1f} nats: the"
        f" noise leaves about {np.exp(information.value):.0f} groups that z tells apart."
    )


def _flatten(images: np.ndarray) -> np.ndarray:
    flat = images.reshape(len(images), -1).astype(np.float64)
    return flat / 255 if images.dtype == np.uint8 else flat
