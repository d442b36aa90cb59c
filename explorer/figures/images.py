"""Convert arrays to pictures."""

import base64
import io

import numpy as np
from PIL import Image

from explorer.figures.vector_picture import as_pictures


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Convert float [C, H, W] in [0, 1], or uint8, to uint8 [H, W] (grey) or [H, W, 3]; a vector to its
    picture.
    """
    image = as_pictures(image[None])[0]
    pixels = image if image.dtype == np.uint8 else np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


def image_sheet(rows: list[np.ndarray], gap: int = 1) -> np.ndarray:
    """Arrange rows of images, each [n, C, H, W], uint8 or float in [0, 1], as one image uint8 [C, …, …] with
    black gaps; of vectors their pictures.
    """

    def line(images: np.ndarray) -> np.ndarray:
        images = as_pictures(images)
        pixels = images if images.dtype == np.uint8 else np.rint(images * 255).astype(np.uint8)
        return np.concatenate(list(np.pad(pixels, ((0, 0), (0, 0), (gap, gap), (gap, gap)))), axis=2)

    return np.concatenate([line(images) for images in rows], axis=1)


def to_png(image: np.ndarray) -> bytes:
    """Encode an image [C, H, W] as a PNG without scaling."""
    return _encode(image, "PNG")


def to_webp(image: np.ndarray) -> bytes:
    """Encode an image [C, H, W] as a lossless WebP, which is smaller than a PNG, for browsers."""
    # method is the effort: the default takes four times as long for a file that is 1% smaller
    return _encode(image, "WEBP", lossless=True, method=1, quality=0)


def _encode(image: np.ndarray, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(to_uint8(image)).save(buffer, kind, **options)
    return buffer.getvalue()


def to_data_uri(image: np.ndarray) -> str:
    """Encode an image [C, H, W] as a data URI that contains the PNG, so that a browser has nothing to
    fetch.
    """
    return "data:image/png;base64," + base64.b64encode(to_png(image)).decode()


def enlarge(images: np.ndarray, factor: int) -> np.ndarray:
    """Return images [n, C, H, W] with each pixel repeated in both directions, for a gallery."""
    return images.repeat(factor, 2).repeat(factor, 3)
