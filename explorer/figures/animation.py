"""Frames of an animation, a map of points beside images above a caption, and their files."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from explorer.figures.images import to_uint8
from explorer.figures.palette import class_colour
from explorer.figures.vector_picture import as_pictures

SIDE = 360  # px of the map, and of the images beside it
MARGIN, CAPTION_HEIGHT, FONT_SIZE = 12, 34, 15  # px
POINT_RADIUS, CURSOR_RADIUS = 1.5, 6  # px
SCALE = 2  # the map is drawn so many times as large, for smooth circles
WHITE, BLACK, PATH_COLOUR = "#ffffff", "#000000", "#6b7280"


@dataclass(frozen=True)
class MapFrame:
    """points [n, 2] of classes labels [n]; bounds: x0, y0, x1, y1; path [m, 2]: a line or None; cursor [2]: a
    ring or None.
    """

    points: np.ndarray
    labels: np.ndarray
    bounds: np.ndarray
    path: np.ndarray | None = None
    cursor: np.ndarray | None = None


def draw_frame(map_frame: MapFrame, rows: Sequence[np.ndarray], caption: str) -> Image.Image:
    """Return a frame: the map, and beside it rows of images, each uint8 or float in [0, 1] [n, C, H, W]."""
    frame = Image.new("RGB", (2 * SIDE + 3 * MARGIN, SIDE + 2 * MARGIN + CAPTION_HEIGHT), WHITE)
    frame.paste(_draw_map(map_frame), (MARGIN, MARGIN))
    height = SIDE // len(rows)
    for i, images in enumerate(map(as_pictures, rows)):
        width = SIDE // len(images)
        scale = min(width / images.shape[3], height / images.shape[2])
        size = [max(round(scale * side), 1) for side in (images.shape[3], images.shape[2])]
        for j, image in enumerate(images):
            picture = Image.fromarray(to_uint8(image)).convert("RGB").resize(size, Image.Resampling.NEAREST)
            frame.paste(picture, (2 * MARGIN + SIDE + j * width, MARGIN + i * height))
    font = ImageFont.load_default(FONT_SIZE)
    ImageDraw.Draw(frame).text((MARGIN, SIDE + 2 * MARGIN), caption, BLACK, font)
    return frame


def _draw_map(frame: MapFrame) -> Image.Image:
    """Return the map of SIDE pixels, to scale, y upwards."""
    size = SCALE * SIDE
    low, high = frame.bounds[:2], frame.bounds[2:]
    scale = size / max(*(high - low), np.finfo(np.float32).tiny)

    def place(points: np.ndarray) -> np.ndarray:
        return (points - (low + high) / 2) * (scale, -scale) + size / 2

    picture = Image.new("RGB", (size, size), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size - 1, size - 1), outline=PATH_COLOUR)
    for (x, y), label in zip(place(frame.points), frame.labels):
        r = SCALE * POINT_RADIUS
        draw.ellipse((x - r, y - r, x + r, y + r), class_colour(int(label)))
    if frame.path is not None:
        draw.line([tuple(point) for point in place(frame.path)], BLACK, 2 * SCALE)
    if frame.cursor is not None:
        x, y = place(frame.cursor)
        for r, colour in ((CURSOR_RADIUS + 1, BLACK), (CURSOR_RADIUS, WHITE), (CURSOR_RADIUS - 3, BLACK)):
            draw.ellipse((x - SCALE * r, y - SCALE * r, x + SCALE * r, y + SCALE * r), colour)
    return picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def encode_animation(frames: Sequence[Image.Image], to: str, seconds: float) -> bytes:
    """Return the frames as a file that lasts so many seconds and repeats without end. to: gif, webp or
    apng.
    """
    kind, options = {
        "gif": ("GIF", {"disposal": 1, "optimize": True}),
        "webp": ("WEBP", {"quality": 85, "method": 3}),
        "apng": ("PNG", {}),
    }[to]
    if (
        to == "gif"
    ):  # one palette for all frames, so that no colour flickers; it must know each frame's colours
        sample = np.concatenate([np.asarray(frame) for frame in frames[:: max(len(frames) // 8, 1)]])
        palette = Image.fromarray(sample).quantize(256, Image.Quantize.MAXCOVERAGE)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    buffer = io.BytesIO()
    milliseconds = max(round(1000 * seconds / len(frames)), 20)  # browsers show no faster GIF
    frames[0].save(
        buffer, kind, save_all=True, append_images=frames[1:], duration=milliseconds, loop=0, **options
    )
    return buffer.getvalue()
