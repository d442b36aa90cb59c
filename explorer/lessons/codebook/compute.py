"""Encode images as entries of a VQ-VAE's codebook, measure the use of the entries and what random codes are
decoded to, and put what a browser needs of them into a block.
"""

import numpy as np
import torch

from explorer.latent.draws import sample_codebook
from explorer.latent.estimate import estimate_perplexity
from explorer.latent.share import Z95, share_of_true
from explorer.live.block import LazyBlock, make_block, share_block
from explorer.models.vqvae import VQVAE
from explorer.objectives.codebook import perplexity
from explorer.runs.load import LoadedRun, load_model
from explorer.store.classifier import MIN_CLASS_PROBABILITY, read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE, Run

N_MEASURED = 2000  # random codes
OKLCH_LIGHTNESS, MAX_OKLCH_CHROMA = 0.72, 0.15  # of Oklch: black numbers are readable on all of them
LMS_TO_LINEAR_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
OKLAB_TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
)


@torch.inference_mode()
def encode(model: VQVAE, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return encoder outputs float32 [n, G, d] of x uint8 [n, C, H, W], and their nearest entries int64 [n,
    G].
    """
    codes = model.encode(torch.tensor(x).float() / 255)
    return codes.encoded.unflatten(1, (-1, model.codebook.shape[1])).numpy(), codes.index.numpy()


def entry_shares(index: np.ndarray, n_codes: int) -> tuple[np.ndarray, float]:
    """Return the share of each entry in all choices [n_codes], and their perplexity, pooled over positions.
    index is of any shape.
    """
    counts = np.bincount(index.ravel(), minlength=n_codes)
    return counts / counts.sum(), perplexity(torch.from_numpy(counts))


def perplexity_intervals(index: np.ndarray, n_codes: int) -> list[list[float]]:
    """Return the ends of the 95% interval, over the images of index [n, G], of the pooled perplexity and of
    that of each position.
    """
    estimates = [estimate_perplexity(part, n_codes) for part in (index, *np.hsplit(index, index.shape[1]))]
    return [[e.low, e.high] for e in estimates if e]


def share_half_widths(index: np.ndarray, n_codes: int) -> np.ndarray:
    """Return half the width of the 95% interval of each entry's share [n_codes], over the images of index
    [n, G], whose positions are not independent.
    """
    by_image = (index[:, :, None] == np.arange(n_codes)).mean(1)
    return Z95 * by_image.std(0) / np.sqrt(len(index))


def entry_colours(codebook: np.ndarray) -> np.ndarray:
    """Return a colour uint8 [K, 3] for each entry of codebook [K, 2]: hue by direction from the middle,
    chroma by distance, one lightness (Ottosson's Oklab).
    """
    offset = codebook - codebook.mean(0)
    lab = np.column_stack(
        [
            np.full(len(offset), OKLCH_LIGHTNESS),
            MAX_OKLCH_CHROMA * offset / np.linalg.norm(offset, axis=1).max(),
        ]
    )
    linear = np.clip((lab @ OKLAB_TO_LMS.T) ** 3 @ LMS_TO_LINEAR_RGB.T, 0, 1)
    return np.rint(
        255 * np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    ).astype(np.uint8)


def low_confidence_shares(loaded: LoadedRun, index: np.ndarray) -> list[str]:
    """Measure the share of decoded images that the classifier gives less than MIN_CLASS_PROBABILITY, with its
    95% interval: of N_MEASURED codes of the uniform prior; of as many with each position's entries as they
    occur in index [n, G], independently; and of the codes index themselves. Empty without a classifier.
    """
    if not (found := read_classifier(loaded.run)):
        return []
    rng, book, n_groups = np.random.default_rng(0), loaded.model.codebook.numpy(), index.shape[1]
    own = np.stack([rng.choice(column, N_MEASURED) for column in index.T], 1)
    codes = (
        sample_codebook(book, n_groups, N_MEASURED, rng),
        book[own].reshape(N_MEASURED, -1),
        book[index].reshape(len(index), -1),
    )
    probabilities = (found[0].probabilities(loaded.decode(z)).max(1) for z in codes)
    return [str(share_of_true(p < MIN_CLASS_PROBABILITY)) for p in probabilities]


def codes_block(run: Run) -> LazyBlock:
    """Return the block of a VQ-VAE's codebook [K, d] and its test images: images uint8 [n, C, H, W], encoded
    [n, G, d], and index uint8 [n, G].
    """
    return share_block(
        LazyBlock(f"codebook {run.files[MODEL_FILE]['sha256']}", lambda id: _build(id, load_model(run)))
    )


def _build(id: str, loaded: LoadedRun):
    run, book, images = loaded.run, loaded.model.codebook.numpy(), read_embedding(loaded.run).images
    encoded, index = encode(loaded.model, images)
    share, pooled = entry_shares(index, len(book))
    metadata = {
        "colours": ["#" + bytes(colour).hex() for colour in entry_colours(book)],
        "share": share.tolist(),
        "share_half_width": share_half_widths(index, len(book)).tolist(),
        "perplexity": pooled,
        "perplexity_intervals": perplexity_intervals(index, len(book)),
        "position_perplexities": [entry_shares(column, len(book))[1] for column in index.T],
        "low_confidence": low_confidence_shares(loaded, index),
        "rate": run.test.rate,
        "distortion": run.test.distortion,
    }
    tensors = {"codebook": book, "images": images, "encoded": encoded, "index": index.astype(np.uint8)}
    return make_block(id, metadata, tensors)
