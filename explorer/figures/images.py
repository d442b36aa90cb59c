"""Arrays to pictures."""

import base64
import io

import numpy as np
from PIL import Image


def to_uint8(image: np.ndarray) -> np.ndarray:
    """float [C, H, W] in [0, 1], or uint8, -> uint8 [H, W] (grey) or [H, W, 3]."""
    pixels = image if image.dtype == np.uint8 else np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


def image_sheet(rows: list[np.ndarray], gap: int = 1) -> np.ndarray:
    """Rows of images, each [n, C, H, W], uint8 or float in [0, 1], as one image uint8 [C, …, …] with black
    gaps.
    """

    def line(images: np.ndarray) -> np.ndarray:
        pixels = images if images.dtype == np.uint8 else np.rint(images * 255).astype(np.uint8)
        return np.concatenate(list(np.pad(pixels, ((0, 0), (0, 0), (gap, gap), (gap, gap)))), axis=2)

    return np.concatenate([line(images) for images in rows], axis=1)


def to_png(image: np.ndarray) -> bytes:
    """image [C, H, W] as a PNG, pixel for pixel."""
    return _encode(image, "PNG")


def to_webp(image: np.ndarray) -> bytes:
    """image [C, H, W] as a WebP, pixel for pixel: smaller than a PNG, for browsers."""
    # of effort: the usual takes four times as long for 1% less
    return _encode(image, "WEBP", lossless=True, method=1, quality=0)


def _encode(image: np.ndarray, kind: str, **how) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(to_uint8(image)).save(buffer, kind, **how)
    return buffer.getvalue()


def to_data_uri(image: np.ndarray) -> str:
    """image [C, H, W] as an address that holds the PNG itself: nothing is left for a browser to fetch."""
    return "data:image/png;base64," + base64.b64encode(to_png(image)).decode()


def enlarge(images: np.ndarray, factor: int) -> np.ndarray:
    """Return images [n, C, H, W] with each pixel repeated in both directions, for a gallery."""
    return images.repeat(factor, 2).repeat(factor, 3)
