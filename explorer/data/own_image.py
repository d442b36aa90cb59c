"""Convert an uploaded or drawn image into one like those of a data set."""

from io import BytesIO

import numpy as np

from explorer.data.image import read_image
from explorer.data.image_files import ImageFiles
from explorer.data.problems import is_single_coloured
from explorer.errors import UserError
from explorer.untrusted.archive import Entry

MAX_BACKGROUND_GREY = 16  # grey levels up to this are background
MIN_BORDER_SHARE = 0.9  # the share of references with one kind of border that decides the comparison
CHECKED_IMAGE_SIZE = (28, 28)  # pixels of the copy that is checked for content
MAX_LAYOUT_IMAGES = 300  # images from which the layout of the data is measured


def read_own_image(content: bytes, shape: tuple[int, int, int]) -> np.ndarray:
    """Convert an image file to uint8 [C, H, W]: upright, cropped to its centre, resized, and grey if C is 1.
    Transparent parts become white.

    Raises UserError if it is not an image, or damaged, or too large.
    """
    channels, *size = shape
    image = read_image(BytesIO(content), tuple(size), channels == 3)
    if isinstance(image, str):
        raise UserError(
            f"This file cannot be used: {image.rstrip('.')}. Choose a PNG or JPEG image that other programs"
            " can open, of at most 89 megapixels."
        )
    return image


def rendering_notes(content: bytes) -> list[str]:
    """Return sentences on how read_own_image() renders an image file: how it is scaled, and which parts are
    not shown.
    """
    files = ImageFiles(lambda entry: entry.source, None)
    files.scan([Entry("image", len(content), len(content), "", content)])
    files.images = files.images[:1]
    files.choose_rendering()
    if not files.images:
        return []
    [small], n_pages = files.decode([0], CHECKED_IMAGE_SIZE, True), files.images[0].n_pages
    page_notes = [f"This file has {n_pages:,} pages: the first is used."] * (n_pages > 1)
    return files.notes + page_notes + ["This image is of one colour."] * is_single_coloured(small)


def invert(x: np.ndarray) -> np.ndarray:
    """Invert uint8 pixels: light becomes dark."""
    return 255 - x


def looks_inverted(x: np.ndarray, references: np.ndarray) -> bool:
    """Return whether the border of x [C, H, W] is light where those of references [n, C, H, W] are dark, or
    the other way round.

    References with both light and dark borders, such as photographs, do not decide it.
    """
    light = _has_light_border(references).mean()
    return bool(light <= 1 - MIN_BORDER_SHARE if _has_light_border(x[None])[0] else light >= MIN_BORDER_SHARE)


def convert_drawing(strokes: np.ndarray, shape: tuple[int, int, int], references: np.ndarray) -> np.ndarray:
    """Convert white strokes on black, uint8 [h, w], to uint8 [C, H, W], in the style of the images references
    [n, C, H, W].

    The bounding box gets the length that it has in the references, and the position: by its centre, or by its
    centre of mass, as for MNIST (LeCun et al., Proc. IEEE 1998, section III.A). The result is dark on white
    if the references are. Raises UserError if nothing is drawn.
    """
    from PIL import Image

    if not (strokes > MAX_BACKGROUND_GREY).any():
        raise UserError("Draw something first: the canvas is empty.")
    channels, height, width = shape
    references = references[:: -(-len(references) // MAX_LAYOUT_IMAGES)]
    dark_on_light = looks_inverted(np.zeros(shape, np.uint8), references)
    longest, centre, target = _measure_layout(invert(references) if dark_on_light else references)

    top, bottom, left, right = _box(strokes)
    scale = min(longest / max(bottom - top, right - left), height / (bottom - top), width / (right - left))
    size = [max(1, round(scale * side)) for side in (right - left, bottom - top)]
    glyph = Image.fromarray(strokes[top:bottom, left:right]).resize(size, Image.Resampling.BOX)
    row, col = np.rint(target - centre(np.asarray(glyph))).astype(int).tolist()
    image = Image.new("L", (width, height))
    image.paste(glyph, (col, row))
    x = np.repeat(np.asarray(image)[None], channels, 0)
    return invert(x) if dark_on_light else x


def _has_light_border(x: np.ndarray) -> np.ndarray:
    """Return for x [n, C, H, W] whether the border, one pixel wide, is lighter than middle grey, bool [n]."""
    inner = np.zeros(x.shape[2:], bool)
    inner[1:-1, 1:-1] = True
    return x[:, :, ~inner].mean((1, 2)) > 127.5


def _measure_layout(references: np.ndarray):
    """Measure how light objects lie on dark in references [n, C, H, W]: the longer side of their bounding
    boxes in pixels, the kind of centre that varies less between images, and its row and column.
    """
    grey = [image for image in references.mean(1) if (image > MAX_BACKGROUND_GREY).any()] or [
        np.full(references.shape[2:], 255.0)
    ]
    boxes = np.array([_box(image) for image in grey])
    centres = {
        centre: np.array([centre(image) for image in grey]) for centre in (_box_centre, _centre_of_mass)
    }
    steady = min(centres, key=lambda centre: centres[centre].var(0).sum())
    return np.median((boxes[:, 1::2] - boxes[:, ::2]).max(1)), steady, np.median(centres[steady], 0)


def _box(grey: np.ndarray) -> tuple[int, int, int, int]:
    """Return the top, bottom, left and right of the foreground in grey [H, W]."""
    rows = np.nonzero((grey > MAX_BACKGROUND_GREY).any(1))[0]
    cols = np.nonzero((grey > MAX_BACKGROUND_GREY).any(0))[0]
    return rows[0], rows[-1] + 1, cols[0], cols[-1] + 1


def _box_centre(grey: np.ndarray) -> np.ndarray:
    """Return the row and column of the centre of the bounding box."""
    top, bottom, left, right = _box(grey)
    return np.array([top + bottom, left + right]) / 2


def _centre_of_mass(grey: np.ndarray) -> np.ndarray:
    """Return the row and column of the centre of mass; the centre of pixel i is at i + ½."""
    return np.array(
        [np.average(np.arange(n) + 0.5, weights=grey.sum(1 - axis)) for axis, n in enumerate(grey.shape)]
    )
