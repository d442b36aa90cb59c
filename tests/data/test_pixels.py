"""What pixel values mean: the scale of a set, and the grey behind transparent images."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.data.formats import UnreadableImage
from explorer.data.pixels import (
    BITS_16,
    BITS_32,
    COLOUR,
    COLOUR_16,
    DECIMAL,
    GREY,
    INTEGER,
    PixelScale,
    RangeCollector,
    choose_background,
    choose_scale,
    scale_to_8_bits,
)
from explorer.data.problems import find_problems
from explorer.data.upload import read_upload


def encoded(image, kind="PNG", **options) -> bytes:
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, kind, **options)
    return file.getvalue()


def several(*images, kind="PNG"):
    return read_upload([(f"{i}.{kind.lower()}", encoded(image, kind)) for i, image in enumerate(images)])


@pytest.mark.parametrize(
    "kind, low, high, expected",
    [
        (GREY, 0, 255, (0, 255)),
        (GREY, 0, 200, (0, 255)),
        (GREY, 0, 16, (0, 16)),
        (GREY, 0, 1, (0, 1)),
        (GREY, 0, 0, (0, 255)),
        (COLOUR, 0, 14, (0, 255)),
        (COLOUR, 0, 1, (0, 1)),
        (BITS_16, 0, 255, (0, 255)),
        (BITS_16, 3, 1000, (0, 1023)),
        (BITS_16, 0, 4095, (0, 4095)),
        (BITS_16, 0, 10_000, (0, 16_383)),
        (BITS_16, 0, 16_384, (0, 65_535)),
        (BITS_32, 0, 65_535, (0, 65_535)),
        (BITS_32, 5, 10**6, (5, 10**6)),
        (INTEGER, -1024, 3071, (-1024, 3071)),
        (INTEGER, 0, 1, (0, 1)),
        (INTEGER, 0, 9, (0, 9)),
        (DECIMAL, 0, 1, (0, 1)),
        (DECIMAL, 0, 0.8, (0, 1)),
        (DECIMAL, 0, 0.1, (0, 0.1)),
        (DECIMAL, -1, 1, (-1, 1)),
        (DECIMAL, -0.42, 2.82, (-0.42, 2.82)),
        (DECIMAL, 0, 255, (0, 255)),
        (COLOUR_16, 0, 255, (0, 255)),
        (COLOUR_16, 0, 15, (0, 15)),
        (COLOUR_16, 0, 40, (0, 63)),
    ],
)
def test_the_scale_is_that_of_the_values_there(kind, low, high, expected):
    assert (choose_scale(kind, low, high).low, choose_scale(kind, low, high).high) == expected


def test_values_are_scaled_as_a_line_and_cut_at_its_ends():
    values = np.array([-1.0, 0, 0.5, 1, 2])
    assert scale_to_8_bits(values, PixelScale(0, 1)).tolist() == [0, 0, 128, 255, 255]
    assert scale_to_8_bits(values, PixelScale(-1, 2)).tolist() == [0, 85, 128, 170, 255]
    assert scale_to_8_bits(np.full(3, 7.0), PixelScale(7, 7)).tolist() == [0, 0, 0]
    assert scale_to_8_bits(np.array([-1e308, 0, 1e308]), PixelScale(-1e308, 1e308)).tolist() == [0, 128, 255]
    assert scale_to_8_bits(np.array([0, 5e-324]), PixelScale(0, 5e-324)).tolist() in ([0, 0], [0, 255])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_pixels_that_are_no_numbers_are_refused(value):
    with pytest.raises(UnreadableImage, match="not finite"):
        RangeCollector().add(DECIMAL, 0.0, value)
    good, bad = np.full((8, 8), 0.5, np.float32), np.full((8, 8), value, np.float32)
    good[0] = 0
    upload = several(good, bad, good, kind="TIFF")
    assert upload.skipped == ("1.tiff: some of its pixels are not finite numbers",) and len(upload.names) == 2


def test_one_scale_for_all_images_of_a_set():
    dim, bright = np.full((8, 8), 400, np.uint16), np.full((8, 8), 4000, np.uint16)
    upload = several(dim, bright)
    assert [upload.read(i, (8, 8), False).max() for i in (0, 1)] == [
        round(400 * 255 / 4095),
        round(4000 * 255 / 4095),
    ]


def test_kinds_of_pixels_beside_each_other_have_scales_of_their_own():
    ramp = np.arange(64).reshape(8, 8)
    upload = several((ramp * 65).astype(np.uint16), (ramp * 4).astype(np.uint8))
    assert abs(upload.read(0, (8, 8), False).astype(int) - upload.read(1, (8, 8), False)).max() <= 3


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P"])
def test_masks_of_0_and_1_in_any_kind_of_file(mode):
    mask = (np.indices((8, 8)).sum(0) % 2).astype(np.uint8)
    image = Image.fromarray(mask)
    if mode == "P":
        image.putpalette([value for grey in range(256) for value in (grey, grey, grey)])
    elif mode != "L":
        image = image.convert(mode)
        assert image.getpixel((1, 0))[0] == 1
    upload = several(image, image)
    assert np.array_equal(upload.read(0, (8, 8), False)[0], mask * 255) and "1 is white" in upload.notes[0]


def test_a_set_of_masks_with_empty_ones_first():
    empty, mask = np.zeros((8, 8), np.uint8), np.eye(8, dtype=np.uint8)
    upload = several(*[empty] * 100, mask)
    assert upload.read(upload.names.index("100.png"), (8, 8), False).max() == 255
    assert find_problems(upload.to_dataset("x", 16, False))[0] == "100 of 101 images are of one colour."


def test_colour_of_16_bits_that_uses_12_of_them():
    """Write a PNG with 16 bits per channel by hand, because Pillow cannot."""
    import struct
    import zlib

    values = (np.arange(64).reshape(8, 8, 1) * 65 * [1, 1, 1]).astype(">u2")  # up to 4,095

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in values)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    upload = read_upload([("a.png", content), ("b.png", content)])
    assert abs(upload.read(0, (8, 8), True)[0].astype(int) - values[..., 0] * (255 / 4095)).max() <= 16
    assert upload.notes == (
        "16-bit colour uses the values 0 to 4,095: they are scaled to black and white, in 16 steps.",
    )


@pytest.mark.parametrize(
    "ranges, grey",
    [
        ([(0, 255, 0, 0)] * 3, 255),
        ([(255, 255, 0, 255)] * 3, 0),
        ([(0, 255, 0, 0), (255, 255, 0, 255)], 127),
        ([], 255),
        ([(100, 255, 0, 100)], 255),
        ([(255, 255, 0, 0)], 255),
    ],
)
def test_the_background_is_the_one_on_which_most_is_seen(ranges, grey):
    assert choose_background(ranges) == grey


def test_white_and_black_icons_together_are_put_on_grey():
    shape = np.zeros((8, 8), np.uint8)
    shape[2:6, 2:6] = 255
    upload = several(*[np.dstack([np.full((8, 8, 3), colour, np.uint8), shape]) for colour in (0, 255)])
    assert [sorted(set(upload.read(i, (8, 8), False).ravel().tolist())) for i in (0, 1)] == [
        [0, 127],
        [127, 255],
    ]


def test_images_of_one_colour_are_announced():
    upload = several(*[np.full((8, 8), grey, np.uint8) for grey in (50, 100)])
    assert upload.is_blank()
    assert find_problems(upload.to_dataset("x", 16, False))[-1].startswith("Every image is of one colour")
    assert not several(np.eye(8, dtype=np.uint8) * 99, np.full((8, 8), 9, np.uint8)).is_blank()


def test_an_animation_is_said_to_be_one():
    frames = [Image.fromarray(np.roll(np.eye(8, dtype=np.uint8) * 200, i, 0)) for i in range(3)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    upload = read_upload([("a.gif", content), ("b.gif", content)])
    assert upload.notes == ("2 files are animations: the first image is used.",)


def test_thumbnails_and_masks_in_a_tiff_are_no_pages():
    page = Image.fromarray(np.eye(8, dtype=np.uint8) * 200)
    small = Image.fromarray(np.eye(4, dtype=np.uint8) * 200)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    content = encoded(page, "TIFF", save_all=True, append_images=[small, page])
    assert [name for name in read_upload([("a.tif", content)]).names] == ["a.tif, page 1", "a.tif, page 3"]
