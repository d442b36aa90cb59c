"""Use case: see what an augmentation does to images before training."""

import numpy as np
import torch

from explorer.training.augmentation import augment


def preview_augmentation(x: np.ndarray, names: str, n_changes: int) -> np.ndarray:
    """Return each image and n_changes random changes of it, uint8 [n, 1 + n_changes, C, H, W]. x uint8
    [n, C, H, W]; names: of augmentations, as in RunSpec.
    """
    repeated = torch.from_numpy(x).repeat_interleave(n_changes, 0)
    changed = augment(repeated, names, torch.Generator().manual_seed(0)).numpy()
    return np.concatenate([x[:, None], changed.reshape(len(x), n_changes, *x.shape[1:])], 1)
