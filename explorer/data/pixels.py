"""Choose which pixel value is black and which is white: one scale for all images of a data set that are
stored in the same way.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from explorer.data.formats import UnreadableImage

# How pixels are stored. The first two are not mentioned where 0 is black and 255 is white.
GREY = "8-bit"
COLOUR = "8-bit colour"
INTEGER = "integer"
COLOUR_16 = "16-bit colour"
BITS_16 = "16-bit"
BITS_32 = "32-bit"
DECIMAL = "decimal"
USUAL_WHITE_VALUES = (1, 255, 1023, 4095, 16_383, 65_535)  # white, of 1, 8, 10, 12, 14 and 16 bits
# White of 16-bit colour images with 10, 12, 14 and 16 used bits: Pillow returns only the upper byte.
USUAL_WHITE_HIGH_BYTES = (
    3,
    15,
    63,
    255,
)
# Images whose largest value is at most this use so few of their 8 bits that 255 cannot be their white.
MAX_DARK_VALUE = {
    GREY: 16,
    COLOUR: 1,
}
MIN_USED_SHARE = 0.25  # the share of a usual range that the values must use


@dataclass(frozen=True)
class PixelScale:
    """A scale of pixel values: low becomes black, high becomes white."""

    low: float
    high: float
    is_usual: bool = True  # False: no convention fits, and the lowest and highest value of the set were taken


class RangeCollector:
    """Collects the lowest and highest pixel value of each kind over a set of images."""

    def __init__(self):
        self._ranges: dict[str, tuple[float, float]] = {}

    def add(self, kind: str, low: float, high: float) -> None:
        """Add the lowest and the highest value of an image. Raises UnreadableImage unless both are finite."""
        if not np.isfinite([low, high]).all():
            raise UnreadableImage("some of its pixels are not finite numbers")
        lowest, highest = self._ranges.get(kind, (low, high))
        self._ranges[kind] = min(low, lowest), max(high, highest)

    def scales(self) -> dict[str, PixelScale]:
        return {kind: choose_scale(kind, *limits) for kind, limits in self._ranges.items()}


def choose_scale(kind: str, low: float, high: float) -> PixelScale:
    """Choose the scale by the values: the smallest usual range that contains them and of which they use a
    quarter, else their own range.
    """
    if kind == COLOUR_16:
        return PixelScale(0, next(top for top in USUAL_WHITE_HIGH_BYTES if high <= top))
    if kind in MAX_DARK_VALUE:
        return (
            PixelScale(0, 255) if high > MAX_DARK_VALUE[kind] or high <= 0 else PixelScale(0, high, high == 1)
        )
    if low < 0:
        return (
            PixelScale(-1, 1) if kind == DECIMAL and low >= -1 and high <= 1 else PixelScale(low, high, False)
        )
    top = next((top for top in USUAL_WHITE_VALUES if high <= top), None)
    if top is None:
        return PixelScale(low, high, False)
    return PixelScale(0, top) if high > MIN_USED_SHARE * top or high == 0 else PixelScale(0, high, False)


def scale_to_8_bits(values: np.ndarray, scale: PixelScale) -> np.ndarray:
    """Convert the values to uint8 of the same shape."""
    if values.dtype.kind == "b":
        return np.where(values, np.uint8(255), np.uint8(0))
    if (scale.low, scale.high) == (0, 255) and values.dtype.kind in "iu":
        return values.astype(np.uint8)
    half_span = scale.high / 2 - scale.low / 2  # halves, because the difference may overflow
    if half_span == 0:
        return np.zeros(values.shape, np.uint8)
    return np.clip(np.rint((values.astype(np.float64) / 2 - scale.low / 2) / half_span * 255), 0, 255).astype(
        np.uint8
    )


def scale_notes(scales: dict[str, PixelScale]) -> list[str]:
    """Return a sentence for each scale that has to be reported."""
    sentences = []
    for kind, scale in sorted(scales.items()):
        if kind in (GREY, COLOUR, INTEGER) and (scale.low, scale.high) == (0, 255):
            continue
        if kind == COLOUR_16:  # Pillow keeps the upper byte only
            if scale.high < 255:
                sentences.append(
                    f"16-bit colour uses the values 0 to {scale.high * 256 + 255:,}: they are scaled to black"
                    f" and white, in {scale.high + 1} steps."
                )
            continue
        source = "" if scale.is_usual else " (the lowest and the highest value found)"
        sentences.append(
            f"Pixels ({kind}) are scaled: {format_value(scale.low)} is black, {format_value(scale.high)} is"
            f" white{source}."
        )
    return sentences


def format_value(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"


def choose_background(ranges: Iterable[tuple[int, int, int, int]]) -> int:
    """Choose the grey behind transparent images: white, unless more of them are visible on black or on middle
    grey.

    ranges: for each image, the lowest and highest grey on white, and on black.
    """
    n_visible = {255: 0, 0: 0, 127: 0}
    for white_low, white_high, black_low, black_high in ranges:
        on_white = white_high - white_low >= MIN_VISIBLE_CONTRAST
        on_black = black_high - black_low >= MIN_VISIBLE_CONTRAST
        n_visible[255] += on_white
        n_visible[0] += on_black
        n_visible[127] += on_white or on_black  # both are visible on grey
    return max(n_visible, key=n_visible.get)


# The smallest difference between the lightest and the darkest pixel, in grey levels, that makes the content
# of an image visible.
MIN_VISIBLE_CONTRAST = 16
BACKGROUND_NOTES = {
    0: "Transparent images are shown on black, because they would not be visible on white.",
    127: "Transparent images are shown on grey, because some are white and some are black.",
}
