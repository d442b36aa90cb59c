"""Random changes of training images, so that a small set has more variety: mirror, shifts, brightness."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

SHIFT_SHARE = 1 / 14  # of height and width, the largest shift: 2 of 28 pixels
SMALL_SHIFT_SHARE = 1 / 28  # of small-shift: 1 of 28 pixels
BRIGHTNESS_RANGE = 0.2  # the largest change of the brightness, as a share of it


def augment(x: Tensor, names: str, rng: torch.Generator) -> Tensor:
    """Return images that are changed at random, each in its own way. x uint8 [B, C, H, W], of the device of
    rng; names: of augmentations, separated by commas, in the order of explorer.fields.AUGMENTATIONS.
    """
    for name in names.split(","):
        x = _CHANGES[name](x, rng)
    return x


def _mirror(x: Tensor, rng: torch.Generator) -> Tensor:
    """Mirror each image from left to right with probability 1/2."""
    is_mirrored = torch.rand((len(x), 1, 1, 1), generator=rng, device=x.device) < 0.5
    return torch.where(is_mirrored, x.flip(3), x)


def _shift(x: Tensor, rng: torch.Generator, share: float = SHIFT_SHARE) -> Tensor:
    """Shift each image by whole pixels in both directions, all shifts up to the largest equally likely; the
    pixels of the edge fill what becomes free.
    """
    for axis in (2, 3):
        size = x.shape[axis]
        largest = max(1, round(size * share))
        shift = torch.randint(-largest, largest + 1, (len(x), 1), generator=rng, device=x.device)
        source = (torch.arange(size, device=x.device) - shift).clamp(0, size - 1)  # [B, size]
        index = source[:, None, :, None] if axis == 2 else source[:, None, None, :]
        x = x.gather(axis, index.expand(x.shape))
    return x


def _brightness(x: Tensor, rng: torch.Generator) -> Tensor:
    """Multiply each image by a factor from 1 − BRIGHTNESS_RANGE to 1 + BRIGHTNESS_RANGE; pixels above 255
    become 255.
    """
    u = torch.rand((len(x), 1, 1, 1), generator=rng, device=x.device)
    factor = 1 + BRIGHTNESS_RANGE * (2 * u - 1)
    return (x * factor).round().clamp(0, 255).to(torch.uint8)


_CHANGES: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "mirror": _mirror,
    "shift": _shift,
    "small-shift": partial(_shift, share=SMALL_SHIFT_SHARE),
    "brightness": _brightness,
}
