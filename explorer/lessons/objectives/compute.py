"""Read trainings of one network with different losses from their replays, and measure the trained models."""

from collections.abc import Mapping

import numpy as np
import torch

from explorer.errors import UserError
from explorer.live.block import BlockTree, LazyBlock, make_block, share_block
from explorer.runs.load import LoadedRun, load_model
from explorer.store.embedding import read_embedding
from explorer.store.replay import Replay, read_replay
from explorer.store.run import MODEL_FILE, Run

MIN_LOG_VARIANCE = -60.0  # of the table from which a width is interpolated
N_POSTERIOR_SAMPLES = 10  # samples of each posterior, for a distortion
N_PRIOR_SAMPLES = 1000  # of the prior
N_LEVELS = 8191  # of the means between the lowest and the highest: a thirtieth of a pixel of the map
N_SHOWN = 8  # test images and samples of a replay
RECONSTRUCTION_RUN, KL_RUN, BOTH_RUN = (f"digits-vae-2d-{name}" for name in ("recon-only", "kl-only", "both"))


def frame_figures(replay: Replay) -> dict[str, list[float]]:
    """Return for each frame of a replay its epoch; distortion and rate, in nats per training image, as they
    were in that epoch; sigma, of sigma_for_rate(); and spread, the standard deviation of the means.
    """
    return {
        "epochs": list(replay.epochs),
        "distortion": list(replay.distortion),
        "rate": list(replay.rate),
        "sigma": [sigma_for_rate(mu, rates) for mu, rates in zip(replay.mu, replay.rates)],
        "spread": [root_mean_square_sd(mu) for mu in replay.mu],
    }


def root_mean_square_sd(mu: np.ndarray) -> float:
    """Return the standard deviation of the means mu [n, D], root mean square over the dimensions."""
    return float(np.sqrt(mu.var(0, dtype=np.float64).mean()))


def sigma_for_rate(mu: np.ndarray, rates: np.ndarray) -> float:
    """Return the sigma, at most 1, whose KL divergence is the mean, over images and dimensions, of the rate's
    part for the width.

    mu [n, D], rates [D] in nats, mean over the same images. A rate is ½mu² + ½(sigma² − log sigma² − 1)
    (Kingma and Welling, ICLR 2014, appendix B): the second part is that of the width.
    """
    width_part = float(np.mean(rates - np.square(mu, dtype=np.float64).mean(0) / 2))
    s = np.linspace(0, MIN_LOG_VARIANCE, 6001)
    return float(np.exp(np.interp(width_part, (np.exp(s) - s - 1) / 2, s) / 2))


@torch.inference_mode()
def mean_distortion(
    loaded: LoadedRun, images: np.ndarray, mu: np.ndarray, logvar: np.ndarray | None
) -> tuple[float, float]:
    """Return the mean distortion, in nats per image, over N_POSTERIOR_SAMPLES samples of each posterior, and
    its standard error over images. images uint8 [n, C, H, W]; mu, logvar [n, D], logvar None for an AE.
    """
    x, rng = torch.from_numpy(images).float() / 255, np.random.default_rng(0)
    distortions = []
    for _ in range(1 if logvar is None else N_POSTERIOR_SAMPLES):
        z = mu if logvar is None else mu + np.exp(logvar / 2) * rng.standard_normal(mu.shape)
        distortions.append(
            loaded.likelihood.distortion(loaded.model.decode(torch.tensor(z, dtype=torch.float32)), x)
            .double()
            .numpy()
        )
    by_image = np.mean(distortions, 0)
    return float(by_image.mean()), float(by_image.std(ddof=1) / np.sqrt(len(by_image)))


def nearest_code_distance(mu: np.ndarray, logvar: np.ndarray, quantile: float) -> float:
    """Return a quantile, over images, of the distance to the nearest other mean, in the image's own sigma;
    mu, logvar [n, D].
    """
    distances = (mu[:, None] - mu.astype(np.float64)) / np.exp(logvar / 2)[:, None]
    distances = np.sqrt((distances**2).sum(2))
    np.fill_diagonal(distances, np.inf)
    return float(np.quantile(distances.min(1), quantile))


def max_pixel_change(loaded: LoadedRun) -> float:
    """Return the largest difference of any pixel between the images decoded from N_PRIOR_SAMPLES samples of
    the prior.
    """
    decoded = loaded.decode(
        np.random.default_rng(0).standard_normal((N_PRIOR_SAMPLES, loaded.run.spec.latent_dim))
    )
    return float((decoded.max(0) - decoded.min(0)).max())


def replay_block(run: Run) -> LazyBlock:
    """Return the block of a run's replay: levels [F, n, 2] of mu, in steps above the lowest, and figures of
    each frame; y [n], the classes; noise [n, 2], always the same; originals [N_SHOWN, C, H, W], and pictures
    [F, 2, N_SHOWN, C, H, W], reconstructions and samples; and measured, what the trained model has on test
    images. Levels and pictures are differences from the frame before, modulo 2 to their bits, which compress
    to half. It raises UserError for a run without a replay.
    """
    return share_block(LazyBlock(f"objectives {run.files[MODEL_FILE]['sha256']}", lambda id: _build(id, run)))


def _build(id: str, run: Run):
    replay = read_replay(run.folder)
    if replay is None:
        raise UserError(f"Run {run.name} has no replay. Restore its folder, or train it again.")
    low, step = replay.mu.min(), np.ptp(replay.mu) / N_LEVELS
    levels = np.rint((replay.mu - low) / step).astype(np.uint16)
    metadata = {
        "beta": run.spec.beta,
        "class_names": list(replay.class_names),
        "image_shape": list(replay.originals.shape[1:]),
        "measured": _measure(run),
        "low": float(low),
        "step": float(step),
        **frame_figures(replay),
    }
    tensors = {
        "levels": np.diff(levels, axis=0, prepend=np.uint16(0)),
        "y": replay.y.astype(np.uint8),
        "noise": np.random.default_rng(0).standard_normal(replay.mu.shape[1:]).astype(np.float32),
        "originals": replay.originals[:N_SHOWN],
        "pictures": np.diff(replay.pictures[:, :, :N_SHOWN], axis=0, prepend=np.uint8(0)),
    }
    return make_block(id, metadata, tensors)


def _measure(run: Run) -> dict[str, float]:
    e, loaded = read_embedding(run), load_model(run)
    mean, error = mean_distortion(loaded, e.images, e.mu, e.logvar)
    return {
        "n": len(e.images),
        "distortion": mean,
        "half_width": 1.96 * error,
        "nearest_code": nearest_code_distance(e.mu, e.logvar, 0.01),
        "n_samples": N_PRIOR_SAMPLES,
        "pixel_change": max_pixel_change(loaded),
    }


def blocks(runs: Mapping[str, Run]) -> BlockTree:
    names = {"reconstruction": RECONSTRUCTION_RUN, "kl": KL_RUN, "both": BOTH_RUN}
    return {part: replay_block(runs[name]) for part, name in names.items()}
