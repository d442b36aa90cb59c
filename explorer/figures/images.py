"""Arrays to pictures."""

import io

import numpy as np
from PIL import Image


def to_uint8(image: np.ndarray) -> np.ndarray:
    """float [C, H, W] in [0, 1], or uint8, -> uint8 [H, W] (grey) or [H, W, 3]."""
    pixels = image if image.dtype == np.uint8 else np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


def png(image: np.ndarray, side: int | None = None) -> bytes:
    """image [C, H, W] as a PNG, pixel for pixel, or enlarged to about that side with hard pixel edges."""
    picture = Image.fromarray(to_uint8(image))
    if side:
        picture = picture.resize([n * max(1, round(side / max(picture.size))) for n in picture.size], Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
