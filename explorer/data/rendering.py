"""Convert Pillow's images of any kind to 8 bits per channel on an opaque background, in the same way for all
images of a data set.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from explorer.data.pixels import (
    BITS_16,
    BITS_32,
    COLOUR,
    COLOUR_16,
    DECIMAL,
    GREY,
    PixelScale,
    RangeCollector,
    choose_background,
    scale_to_8_bits,
)

if TYPE_CHECKING:
    from PIL.Image import Image

LOSSY_FORMATS = ("JPEG", "MPO", "AVIF", "HEIF")  # their values are not exact: 255 is white
THUMBNAIL_SIZE = (64, 64)  # pixels of the copy that is checked for visibility on a background


@dataclass(frozen=True)
class Rendering:
    """How the pixels of images are shown. scales: black and white by kind of pixels; background: the grey
    behind transparent parts.
    """

    scales: dict[str, PixelScale] = field(default_factory=dict)
    background: int = 255


def pixel_kind(image: "Image") -> str:
    """Return how the pixels are stored: one of the kinds of explorer.data.pixels, or "" for one bit per
    pixel. Call this before the image is decoded.
    """
    if image.mode.startswith("I;16"):
        return BITS_16
    if image.mode in ("1", "I", "F"):
        return {"1": "", "I": BITS_32, "F": DECIMAL}[image.mode]
    if any(";16" in str(tile[3]) for tile in getattr(image, "tile", ())):
        return COLOUR_16  # Pillow keeps the upper byte of each value
    return GREY if image.mode in ("L", "LA") else COLOUR


def is_deep(kind: str) -> bool:
    """Return whether the pixels have more than 8 bits after decoding."""
    return kind in (BITS_16, BITS_32, DECIMAL)


def pixel_range(image: "Image", kind: str) -> tuple[float, float]:
    """Decode the image and return the lowest and highest value of its pixels, without the transparency."""
    if is_deep(kind):
        values = np.asarray(image)
        return float(values.min()), float(values.max())
    bands = image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGB")
    extrema = bands.getextrema() if len(bands.getbands()) > 1 else [bands.getextrema()]
    extrema = [limits for band, limits in zip(bands.getbands(), extrema) if band != "A"]
    return min(low for low, _ in extrema), max(high for _, high in extrema)


def visible_range(image: "Image", kind: str, scales: dict[str, PixelScale]) -> tuple[int, int, int, int]:
    """Return the lowest and highest grey of a transparent image on white, and on black."""
    from PIL import Image, ImageOps

    small = ImageOps.fit(to_8_bits(image, kind, scales).convert("RGBA"), THUMBNAIL_SIZE, Image.Resampling.BOX)
    return tuple(value for grey in (255, 0) for value in on_background(small, grey).convert("L").getextrema())


def choose_rendering(image: "Image") -> Rendering:
    """Choose the rendering of a single image. Raises UnreadableImage for pixels that are not finite
    numbers.
    """
    ranges, kind = RangeCollector(), pixel_kind(image)
    if kind and image.format not in LOSSY_FORMATS:
        ranges.add(kind, *pixel_range(image, kind))
    scales = ranges.scales()
    return Rendering(
        scales,
        choose_background([visible_range(image, kind, scales)]) if image.has_transparency_data else 255,
    )


def to_8_bits(image: "Image", kind: str, scales: dict[str, PixelScale]) -> "Image":
    """Scale the image to 8 bits per channel. Its transparency is unchanged."""
    from PIL import Image

    scale = scales.get(kind, PixelScale(0, 255))
    if is_deep(kind):
        return Image.fromarray(scale_to_8_bits(np.asarray(image), scale))
    if not kind or (scale.low, scale.high) == (0, 255):
        return image
    if image.has_transparency_data:
        image = image.convert("LA" if image.mode == "LA" else "RGBA")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    table = scale_to_8_bits(np.arange(256, dtype=np.uint16), scale).tolist()
    return image.point(
        [value for band in image.getbands() for value in (range(256) if band == "A" else table)]
    )


def on_background(image: "Image", grey: int) -> "Image":
    """Put an RGBA image on that grey and return it as RGB."""
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", image.size, (grey, grey, grey, 255)), image).convert("RGB")
