"""Compute what the lesson shows of a run: two test images whose posteriors overlap, the posteriors of one of
them at every brightness, and the parts of its true posterior on a grid.
"""

import numpy as np
import torch
from torch.nn.functional import softplus

from explorer.lessons.cloud.phase import build_phase_estimator
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.runs.load import LoadedRun, load_model
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE, Run

# Test images of moons-ladder-2d: of those whose posteriors overlap by 20% or more, and for which the encoder
# is right, the two of the largest difference in phase (a test looks for others).
PAIR = (495, 531)
N_IMAGES = 600  # in which the nearest to a decoded one are looked for
LIGHTS = np.linspace(0, 1, 101)  # brightness of the first image
BOUNDS = (-2.5, -1.5, 3.5, 2.5)  # of the grid: z₀ and z₁ of its lowest corner, and of its highest
STEP = 0.02
BATCH_SIZE = 8192


def posteriors_block(run: Run) -> LazyBlock:
    """Return the block of the encoder's posteriors: images [N_IMAGES, pixels] with their phases; mu [N, 2] of
    the test images; of PAIR the rows and sigma [2, 2]; dimmed_mu, dimmed_sigma [101, 2] of the first one at
    LIGHTS.
    """
    id = f"cloud {run.files[MODEL_FILE]['sha256']}"
    return share_block(LazyBlock(id, lambda id: _build_posteriors(id, run)))


def truth_block(run: Run) -> LazyBlock:
    """Return the block of the true posterior of the first image of PAIR: linear, constant [rows, columns] of
    log_joint_parts() on the grid with these bounds.
    """
    id = f"cloud truth {run.files[MODEL_FILE]['sha256']}"
    return share_block(LazyBlock(id, lambda id: _build_truth(id, run)))


def _build_posteriors(id: str, run: Run) -> Block:
    e, loaded, rows = read_embedding(run), load_model(run), list(PAIR)
    images, phase = e.images[:N_IMAGES], e.factors["phase"][:N_IMAGES]
    dimmed = loaded.encode((LIGHTS[:, None, None, None] * e.images[PAIR[0]] / 255).astype(np.float32))
    metadata = {
        "rows": rows,
        "shape": run.shape,
        "phase": phase.tolist(),
        "phase_error": build_phase_estimator(images, phase).leave_one_out_error(),
    }
    tensors = {
        "mu": e.mu,
        "sigma": np.exp(e.logvar[rows] / 2),
        "dimmed_mu": dimmed.mu.numpy(),
        "dimmed_sigma": np.exp(dimmed.logvar.numpy() / 2),
    }
    tensors = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    return make_block(id, metadata, tensors | {"images": images.reshape(N_IMAGES, -1)})


def _build_truth(id: str, run: Run) -> Block:
    e, loaded, (x, y) = read_embedding(run), load_model(run), grid_axes()
    z = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    parts = log_joint_parts(loaded, e.images[PAIR[0]] / np.float32(255), z)
    tensors = {name: part.reshape(len(y), len(x)) for name, part in zip(("linear", "constant"), parts)}
    return make_block(id, {"bounds": BOUNDS}, tensors)


def grid_axes() -> tuple[np.ndarray, np.ndarray]:
    """Return the midpoints of the cells of the grid along z₀ and z₁."""
    x0, y0, x1, y1 = BOUNDS
    return np.arange(x0 + STEP / 2, x1, STEP), np.arange(y0 + STEP / 2, y1, STEP)


@torch.inference_mode()
def log_joint_parts(loaded: LoadedRun, image: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two parts [m] of log p(x, z) at z [m, 2], for a Bernoulli likelihood, less a constant: for an
    image x = light · image, it is light · linear + constant. image float [C, H, W] in [0, 1].

    With the logits l(z): log p(x|z) = x·l − Σ log(1 + exp(l)), and log p(z) = −|z|²/2.
    """
    x, linear, constant = torch.from_numpy(image).float().flatten(), [], []
    for batch in torch.from_numpy(z).float().split(BATCH_SIZE):
        logits = loaded.model.decode(batch).flatten(1)
        linear.append(logits @ x)
        constant.append(-softplus(logits).sum(1) - batch.square().sum(1) / 2)
    return torch.cat(linear).numpy(), torch.cat(constant).numpy()
