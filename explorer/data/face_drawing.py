"""Drawn faces of 64×64 pixels in colour. Each part is painted with the share of every pixel that it covers,
from the signed distance to its edge in pixels, so that edges are smooth and move by fractions of a pixel.
"""

import numpy as np

IMAGE_SIZE = 64
BATCH = 32  # images that are drawn together: 1.5 MB
CENTRE, HEAD_ROW, HEAD_HEIGHT = 32.0, 33.0, 39.0  # px: the column and the row of the middle of the head
HAIR_TOP, EYE_ROW, NOSE_ROW, MOUTH_ROW = 9.0, 31.0, 32.5, 45.5
HAIR_WIDTH = 4.0  # px beside the face, of hair that reaches below the ears

# The background is of medium brightness: with a bright one, codes are at first used for the mean brightness.
BACKGROUND, PULLOVER, FRAME = (122, 150, 168), (36, 82, 90), (28, 44, 118)
# Tones from light to dark, and hair from black to blond, evenly spaced
SKIN_TONES = np.array(
    [(248, 220, 198), (232, 188, 152), (203, 147, 108), (160, 106, 74), (112, 71, 50)], np.float32
)
HAIR_TONES = np.array(
    [(32, 26, 28), (82, 52, 36), (136, 78, 40), (186, 122, 58), (228, 190, 112)], np.float32
)
LIP_RED = np.array((196, 32, 52), np.float32)
WHITE, PUPIL = (252, 250, 248), (30, 24, 26)


Window = tuple[tuple[int, int], tuple[int, int]]  # rows and columns, from the first to after the last


class _Canvas:
    """Colours of n images, float32 [n, 3, 64, 64], on which parts are painted."""

    def __init__(self, n: int):
        self.colours = np.empty((n, 3, IMAGE_SIZE, IMAGE_SIZE), np.float32)
        self.colours[:] = np.float32(BACKGROUND)[:, None, None]

    def paint(self, distance: np.ndarray, colour, window: Window, opacity=1.0) -> None:
        """Paint where the signed distance [n or 1, H, W] in a window is negative. colour: [3] or [n, 3];
        opacity: a number or [n].
        """
        rows, columns = (slice(*limits) for limits in window)
        covered = np.clip(0.5 - distance, 0, 1) * np.reshape(np.float32(opacity), (-1, 1, 1))
        area = self.colours[:, :, rows, columns]
        area += covered[:, None] * (np.reshape(np.float32(colour), (-1, 3, 1, 1)) - area)


def _grid(window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns [1, 1, W] and rows [1, H, 1] of the centres of the pixels in a window."""
    (top, bottom), (left, right) = window
    x = np.arange(left, right, dtype=np.float32)[None, None, :] + np.float32(0.5)
    return x, np.arange(top, bottom, dtype=np.float32)[None, :, None] + np.float32(0.5)


def draw_faces(
    skin_colour,
    hair_colour,
    hair_length,
    face_width,
    eye_distance,
    eye_size,
    eyebrow_height,
    nose_length,
    mouth_curve,
    glasses,
) -> np.ndarray:
    """Return images, uint8 [N, 3, 64, 64]. Each argument has one value per image; explorer.data.faces.FACTORS
    has their limits and units.
    """
    values = np.stack(np.broadcast_arrays(*map(np.float32, list(locals().values()))), 1)
    images = np.empty((len(values), 3, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for start in range(0, len(values), BATCH):
        part = values[start : start + BATCH]
        images[start : start + BATCH] = np.rint(_draw(*part.T))
    return images


def _draw(tone, hair_tone, hair_length, width, distance, size, brow, nose, curve, glasses) -> np.ndarray:
    canvas = _Canvas(len(tone))
    skin, hair = _between(SKIN_TONES, tone), _between(HAIR_TONES, hair_tone)
    _draw_head(canvas, skin, hair, hair_length, width / 2)
    _draw_eyes(canvas, hair * np.float32(0.3), distance / 2, size / 2, brow)
    _draw_nose(canvas, skin * np.float32(0.5), nose)
    _draw_mouth(canvas, 0.35 * skin + 0.65 * LIP_RED, curve)
    _draw_glasses(canvas, distance / 2, glasses)
    return canvas.colours


def _draw_head(canvas: _Canvas, skin, hair, hair_length, half_width) -> None:
    """Paint shoulders, ears, the hair behind the head, neck, face and the hair on the forehead."""
    shoulders, ears, behind = ((54, 64), (6, 58)), ((28, 40), (8, 56)), ((8, 60), (10, 54))
    neck, face, top = ((44, 60), (25, 39)), ((13, 54), (13, 51)), ((8, 32), (10, 54))
    x, y = _grid(shoulders)
    canvas.paint(_ellipse(x - CENTRE, y - 68, 25, 13), PULLOVER, shoulders)
    half, end = _per_image(half_width), _per_image(HAIR_TOP + hair_length)
    x, y = _grid(ears)
    canvas.paint(_ellipse(abs(x - CENTRE) - half, y - 34, 2.6, 4), skin * np.float32(0.9), ears)
    x, y = _grid(behind)
    beside = np.clip(0.8 + 0.25 * (end - 26), 0.8, HAIR_WIDTH)  # px of hair beside the face
    outline = _ellipse(x - CENTRE, np.minimum(y - 31, 0), half + beside, 31 - HAIR_TOP)
    corner = np.maximum(outline + 2, 0) ** 2 + np.maximum(y - end + 2, 0) ** 2
    cut = np.maximum(np.maximum(outline, y - end), np.sqrt(corner) - 2)
    canvas.paint(cut, hair * np.float32(0.86), behind)
    x, y = _grid(neck)
    canvas.paint(np.maximum(abs(x - CENTRE) - 5.5, abs(y - 52) - 7), skin * np.float32(0.8), neck)
    x, y = _grid(face)
    jaw = np.clip((y - HEAD_ROW) / (HEAD_HEIGHT / 2), 0, 1)
    canvas.paint(
        _ellipse(x - CENTRE, y - HEAD_ROW, half * (1 - 0.14 * jaw * jaw), HEAD_HEIGHT / 2), skin, face
    )
    x, y = _grid(top)
    hairline = y - 17.5 - 4 * ((x - CENTRE) / half) ** 4 + 0.1 * (x - CENTRE)
    canvas.paint(np.maximum(cut[:, : top[0][1] - top[0][0]], hairline), hair, top)


def _draw_eyes(canvas: _Canvas, brow_colour, offset, half_size, brow) -> None:
    window = ((18, 38), (14, 50))
    x, y = _grid(window)
    side = abs(x - CENTRE) - _per_image(offset)
    half, rise = _per_image(half_size), y - EYE_ROW
    white = _ellipse(side, rise, half, half * 0.78)
    canvas.paint(white, WHITE, window)
    iris = np.sqrt(side * side + rise * rise)
    canvas.paint(np.maximum(iris - half * 0.6, white), (96, 66, 48), window)
    canvas.paint(np.maximum(iris - half * 0.34, white), PUPIL, window)
    canvas.paint(np.maximum(abs(white) - 0.45, rise + 0.3), (52, 36, 34), window)
    arc = rise + _per_image(brow) - 0.06 * side * side + 0.25
    canvas.paint(np.maximum(abs(arc) - 0.85 + 0.04 * abs(side), abs(side) - 3.6), brow_colour, window)


def _draw_nose(canvas: _Canvas, shade, length) -> None:
    window = ((30, 46), (24, 40))
    x, y = _grid(window)
    across, tip = x - CENTRE, _per_image(NOSE_ROW + length)
    share = np.clip((y - NOSE_ROW) / (tip - NOSE_ROW), 0, 1)
    bridge = np.maximum(abs(across - 0.6 - 2 * share * share) - 0.75, np.maximum(NOSE_ROW - y, y - tip))
    base = np.maximum(abs(y - tip + 0.08 * (across - 0.3) ** 2 - 0.2) - 0.9, abs(across - 0.3) - 2.9)
    canvas.paint(np.minimum(bridge, base), shade, window)


def _draw_mouth(canvas: _Canvas, colour, curve) -> None:
    window = ((40, 52), (22, 42))
    x, y = _grid(window)
    t, bend = (x - CENTRE) / 7.5, _per_image(curve)
    slope = np.hypot(1, 2 * bend * t / 7.5)
    line = abs(y - MOUTH_ROW - bend * (0.5 - t * t)) / slope - 1.7 + 0.7 * np.minimum(t * t, 1)
    canvas.paint(np.maximum(line, abs(x - CENTRE) - 7.5), colour, window)


def _draw_glasses(canvas: _Canvas, offset, glasses) -> None:
    window = ((24, 40), (12, 52))
    x, y = _grid(window)
    from_centre = abs(x - CENTRE)
    side, rise = abs(from_centre - _per_image(offset)), abs(y - EYE_ROW - 0.4)
    corner = np.hypot(np.maximum(side - 2.4, 0), np.maximum(rise - 2.2, 0)) - 2.1
    lens = np.minimum(np.maximum(side - 2.4, rise - 2.2), 0) + corner
    canvas.paint(lens, (226, 240, 250), window, glasses * np.float32(0.25))
    bridge = np.maximum(abs(y - EYE_ROW) - 0.6, from_centre - _per_image(offset) + 4.5)
    canvas.paint(np.minimum(abs(lens) - 0.6, bridge), FRAME, window, glasses)


def _per_image(values) -> np.ndarray:
    """Return the values [n] in the shape [n, 1, 1]."""
    return np.asarray(values, np.float32)[:, None, None]


def _between(tones: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Return colours [n, 3] at positions 0..1 along evenly spaced tones."""
    stops = np.linspace(0, 1, len(tones))
    return np.stack([np.interp(position, stops, channel) for channel in tones.T], 1).astype(np.float32)


def _ellipse(x, y, a, b):
    """Return the signed distance to an ellipse with the half-axes a and b, to first order at its edge."""
    u, v = x / a, y / b
    scaled, slope = np.sqrt(u * u + v * v), np.sqrt((u / a) ** 2 + (v / b) ** 2)
    return scaled * (scaled - 1) / np.maximum(slope, np.float32(1e-6))
