"""Augmentation against numpy, image by image."""

import numpy as np
import pytest
import torch

from explorer.data import load_dataset
from explorer.device import Device
from explorer.fields import AUGMENTATIONS
from explorer.specs import RunSpec
from explorer.training.augmentation import augment
from explorer.training.trainer import train

N = 400


def images():
    return torch.randint(
        0, 256, (N, 3, 28, 14), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)
    )


def changed(names):
    return augment(images(), names, torch.Generator().manual_seed(0)).numpy(), images().numpy()


def test_half_of_the_images_are_mirrored():
    new, old = changed("mirror")
    mirrored = [np.array_equal(a, b[:, :, ::-1]) for a, b in zip(new, old)]
    unchanged = [np.array_equal(a, b) for a, b in zip(new, old)]
    assert all(m != u for m, u in zip(mirrored, unchanged))
    assert 160 < sum(mirrored) < 240


@pytest.mark.parametrize(("name", "largest"), [("shift", 2), ("small-shift", 1)])
def test_shifts_repeat_the_edge_and_are_equally_likely(name, largest):
    """Compare with numpy's padding: 2 or 1 of 28 pixels down, 1 of 14 to the right."""
    new, old = changed(name)
    found = []
    for a, b in zip(new, old):
        padded = np.pad(b, ((0, 0), (2, 2), (1, 1)), mode="edge")
        found += [
            (down, right)
            for down in range(-2, 3)
            for right in range(-1, 2)
            if np.array_equal(a, padded[:, 2 - down : 30 - down, 1 - right : 15 - right])
        ]
    assert len(found) == N and len(set(found)) == 3 * (2 * largest + 1)


def test_brightness_multiplies_all_pixels_of_an_image_by_one_factor():
    new, old = changed("brightness")
    free = (old > 100) & (old < 200)  # so that no factor saturates them
    factors = [(a[f] / b[f]) for a, b, f in zip(new.astype(float), old.astype(float), free)]
    assert max(f.std() for f in factors) < 0.005
    means = np.array([f.mean() for f in factors])
    assert means.min() == pytest.approx(0.8, abs=0.01) and means.max() == pytest.approx(1.2, abs=0.01)
    assert new[:, :, 0, 0].dtype == np.uint8 and new[old == 255].max() == 255


def test_only_training_images_are_changed_and_what_is_reconstructed_are_these(monkeypatch):
    """Training images become black, and the model learns to draw black: the validation images are not."""
    monkeypatch.setattr("explorer.training.update.augment", lambda x, names, rng: torch.zeros_like(x))
    spec = RunSpec(model="ae", epochs=10, width=16, lr=1e-2, patience=10, augment="mirror")
    *_, last, _ = train(spec, load_dataset("digits"), Device("cpu", False, 1, "a test"))
    assert last.distortion < 2 and last.validation_distortion > 50


@pytest.mark.parametrize("names", [*AUGMENTATIONS, ",".join(AUGMENTATIONS)])
def test_the_generator_decides(names):
    first, second = (augment(images(), names, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second) and first.dtype == torch.uint8 and first.shape == images().shape
    assert not torch.equal(first, augment(images(), names, torch.Generator().manual_seed(4)))
