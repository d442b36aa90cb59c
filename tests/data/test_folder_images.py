"""The images of a folder: any size, kind and state."""

import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.data.conftest import BLUE, GREEN, RED, classes, read


def write_png(path, side, rows):
    """Write a black PNG of one bit per pixel, packed row by row, whose header claims side × side."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(1), b"\0" + bytes(side // 8)
    pixels = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colour, channels", [(True, 3), (False, 1)])
@pytest.mark.parametrize("original", [(7, 9), (64, 64), (500, 300)])
def test_images_get_the_size_and_channels_asked_for(save, size, colour, channels, original):
    data = read(save("a.png", "b.jpg", size=original), size, colour)
    assert data.shape == (channels, size, size) and data.x.dtype == np.uint8
    expected = GREEN if colour else (round(0.299 * GREEN[0] + 0.587 * GREEN[1] + 0.114 * GREEN[2]),)
    assert abs(data.x.astype(int) - np.array(expected)[:, None, None]).max() <= 2


@pytest.mark.parametrize("size", [(90, 30), (30, 90)], ids=["wide", "tall"])
def test_an_image_that_is_not_square_is_cut_to_its_middle(save, size):
    root = save("x.png", "y.png", colour=RED, size=size)
    for name in "xy":
        with Image.open(root / f"{name}.png") as image:
            image.paste(GREEN, (size[0] // 2 - 15, size[1] // 2 - 15, size[0] // 2 + 15, size[1] // 2 + 15))
            image.save(root / f"{name}.png")
    assert (read(root).x == np.array(GREEN)[:, None, None]).all()


def test_shrinking_averages_the_pixels(save):
    checks = np.indices((56, 56)).sum(0) % 2 * 255
    root = save("a.png")
    for name in "ab":
        Image.fromarray(checks.astype(np.uint8)).save(root / f"{name}.png")
    assert abs(read(root, colour=False).x.astype(int) - 127).max() <= 1


@pytest.mark.parametrize("orientation, red", [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_photograph_is_turned_upright(save, orientation, red, suffix):
    image = Image.new("RGB", (64, 64), BLUE)
    image.paste(RED, (0, 0, 32, 64))
    exif = Image.Exif()
    exif[274] = orientation
    root = save("plain.png")
    for i in range(2):
        image.save(root / f"{i}.{suffix}", exif=exif)
    (root / "plain.png").unlink()
    x = read(root).x.astype(int)
    side = {"left": x[..., :12], "right": x[..., 16:], "top": x[..., :12, :], "bottom": x[..., 16:, :]}[red]
    assert (side[:, 0] > side[:, 2] + 100).all()
    assert (x[:, 0] > x[:, 2]).mean() == 0.5


@pytest.mark.parametrize(
    "mode, fill, grey",
    [
        ("RGBA", (90, 90, 90, 255), 90),
        ("LA", (90, 255), 90),
        ("1", 1, 255),
        ("I;16", 90 * 257, 90),
        ("I;16", 65535, 255),
    ],
)
def test_any_kind_of_png_keeps_its_brightness(save, mode, fill, grey):
    root = save("a.png", "b.png", mode=mode, colour=fill)
    assert (read(root, colour=False).x == grey).all() and (read(root, colour=True).x == grey).all()


@pytest.mark.parametrize(
    "transparency",
    [{}, {"transparency": 3}, {"transparency": bytes([255, 128])}],
    ids=["none", "one colour", "a table"],
)
@pytest.mark.parametrize("colour", [True, False])
def test_a_palette_png_is_read(save, transparency, colour):
    root = save("a.png")
    for name in "ab":
        Image.new("RGB", (40, 40), (90, 90, 90)).quantize(16).save(root / f"{name}.png", **transparency)
    data = read(root, colour=colour)
    assert (data.x == 90).all() and data.skipped == ()


def test_a_cmyk_jpeg_is_read(save):
    data = read(save("a.jpg", "b.jpg", mode="CMYK", colour=(0, 0, 0, 165)))
    assert abs(data.x.astype(int) - 90).max() <= 2


@pytest.mark.parametrize(
    "name, spoil",
    [
        ("empty.png", lambda data: b""),
        ("text.png", lambda data: b"not an image at all\n" * 100),
        ("cut.jpg", lambda data: data[: len(data) // 2]),
        ("cut.png", lambda data: data[: len(data) // 2]),
        ("header.png", lambda data: data[:30]),
        ("flipped.png", lambda data: data[:60] + bytes(b ^ 255 for b in data[60:90]) + data[90:]),
        ("cut.gif", lambda data: data[: len(data) // 2]),
        ("cut.webp", lambda data: data[: len(data) // 2]),
        ("cut.bmp", lambda data: data[: len(data) // 2]),
        ("cut.tif", lambda data: data[: len(data) // 2]),
    ],
)
def test_a_broken_image_is_named_and_skipped_and_the_rest_keep_their_labels(save, name, spoil):
    save("a/1.png", "a/2.png", "a/9.png", colour=RED)
    root = save("b/1.png", "b/2.png", colour=BLUE)
    noise = Image.frombytes("RGB", (64, 64), random.Random(0).randbytes(64 * 64 * 3))
    noise.save(root / "a" / name)
    assert len(read(root).x) == 6  # whole, it is read
    (root / "a" / name).write_bytes(spoil((root / "a" / name).read_bytes()))
    data = read(root)
    assert len(data.skipped) == 1
    assert data.skipped[0].startswith(f"a/{name}: ")
    assert len(data.skipped[0]) > len(name) + 2
    assert sorted(zip(classes(data), data.x[:, 0, 0, 0])) == [("a", RED[0])] * 3 + [("b", BLUE[0])] * 2


def exif(*entries):
    """Create an EXIF block of (tag, type, count, four bytes), little-endian, whose header claims one entry
    more than it has.
    """
    return (
        b"Exif\0\0II*\0\x08\0\0\0"
        + struct.pack("<H", len(entries) + 1)
        + b"".join(struct.pack("<HHI4s", *e) for e in entries)
    )


@pytest.mark.parametrize(
    "block, is_read",
    [
        (exif(), True),
        (exif((274, 3, 1, b"\x06\0\0\0")), True),
        (exif((274, 3, 1, b"\x06\0\0\0"), (282, 2, 4, b"abc\0")), False),
        (exif((274, 3, 1, b"\x06\0\0\0"), (256, 2, 4, b"abc\0")), False),
    ],
    ids=["cut short", "cut short after the orientation", "resolution in letters", "width in letters"],
)
def test_damaged_exif_costs_at_most_that_image(save, block, is_read):
    root = save("a.png", "b.png")
    Image.new("RGB", (40, 40), RED).save(root / "photo.jpg", exif=block)
    data = read(root)
    assert len(data.x) == 2 + is_read
    assert [s.split(":")[0] for s in data.skipped] == ["photo.jpg"] * (not is_read)


@pytest.mark.parametrize("side, rows", [(12_000, 12_000), (20_000, 20_000), (30_000, 1)])
def test_an_image_too_large_to_be_meant_is_skipped_before_it_is_unpacked(save, side, rows):
    root = save("a.png", "b.png")
    write_png(root / "good.png", 80, 80)
    write_png(root / "bomb.png", side, rows)
    data = read(root)
    assert len(data.x) == 3 and len(data.skipped) == 1
    assert data.skipped[0].startswith("bomb.png: ") and "pixels" in data.skipped[0]


def test_what_is_transparent_is_white(save, tmp_path):
    root = save("a/1.png", "a/2.png")
    drawing = Image.new("RGBA", (28, 28), (0, 0, 0, 0))
    drawing.paste((0, 0, 0, 255), (0, 0, 28, 14))
    for name in ("1", "2"):
        drawing.save(root / "a" / f"{name}.png")
    x = read(root).x
    assert (x[:, 0, :14] == 0).all() and (x[:, 0, 14:] == 255).all()
