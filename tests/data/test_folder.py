import os
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from explorer.data import load
from explorer.data.dataset import shuffled
from explorer.errors import UserError

RED, GREEN, BLUE = (200, 30, 40), (20, 180, 60), (30, 60, 210)


@pytest.fixture
def save(tmp_path):
    """Saves images of one colour, by path below the folder of images; returns that folder."""
    root = tmp_path / "images"

    def save(*names, colour=GREEN, mode="RGB", size=(40, 40), **options):
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            Image.new(mode, size, colour).save(root / name, **options)
        return root

    return save


def write_png(path, side, rows):
    """A black PNG of one bit a pixel, packed row by row, which is said to be side × side."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(1), b"\0" + bytes(side // 8)
    pixels = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def read(root, size=28, colour=True):
    return load(f"folder:{root}", size, colour)


def classes(data):
    return [data.class_names[i] for i in data.y]


def test_subfolders_are_classes_and_labels_follow_their_images(save):
    colours = {"apple": RED, "leaf": GREEN, "sea": BLUE}
    for name, colour in colours.items():
        root = save(*[f"{name}/{i}.png" for i in range(7)], f"{name}/deeper/7.png", colour=colour)
    data = read(root)
    assert data.class_names == ("apple", "leaf", "sea") and np.bincount(data.y).tolist() == [8, 8, 8]
    assert classes(data) != sorted(classes(data))  # in another order than on disk
    np.testing.assert_array_equal(data.x, np.tile(np.array([colours[c] for c in classes(data)])[:, :, None, None], (28, 28)))


def test_without_subfolders_there_is_one_class(save):
    data = read(save("a.png", "b.jpg", "c.gif"))
    assert data.class_names == ("images",) and data.y.tolist() == [0, 0, 0]


def test_loose_files_beside_subfolders_are_a_class_of_their_own(save):
    save("loose.png", "other.png", colour=RED)
    data = read(save("sub/a.png", "sub/b.png", colour=BLUE))
    assert data.class_names == ("sub", "(no folder)")
    assert {(c, *x[:, 0, 0]) for c, x in zip(classes(data), data.x)} == {("sub", *BLUE), ("(no folder)", *RED)}


def test_folders_without_readable_images_are_no_classes(save):
    root = save("a/1.png", "a/2.png")
    (root / "empty").mkdir()
    (root / "notes").mkdir()
    (root / "notes" / "broken.png").write_text("text")
    (root / "notes" / "read me.txt").write_text("text")
    data = read(root)
    assert data.class_names == ("a",) and data.skipped == ("notes/broken.png: not an image that can be read",)


def test_hidden_files_and_folders_are_left_alone(save):
    data = read(save("a/1.png", "a/2.png", ".trash/3.png", "a/.thumbnails/4.png", "a/._5.png"))
    assert data.class_names == ("a",) and len(data.x) == 2 and data.skipped == ()


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colour, channels", [(True, 3), (False, 1)])
@pytest.mark.parametrize("original", [(7, 9), (64, 64), (500, 300)])
def test_images_get_the_size_and_channels_asked_for(save, size, colour, channels, original):
    data = read(save("a.png", "b.jpg", size=original), size, colour)
    assert data.shape == (channels, size, size) and data.x.dtype == np.uint8
    wanted = GREEN if colour else (round(0.299 * GREEN[0] + 0.587 * GREEN[1] + 0.114 * GREEN[2]),)
    assert abs(data.x.astype(int) - np.array(wanted)[:, None, None]).max() <= 2


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


@pytest.mark.parametrize("mode, fill, grey", [
    ("RGBA", (90, 90, 90, 255), 90),
    ("LA", (90, 255), 90),
    ("1", 1, 255),
    ("I;16", 90 * 257, 90),
    ("I;16", 65535, 255),
])
def test_any_kind_of_png_keeps_its_brightness(save, mode, fill, grey):
    root = save("a.png", "b.png", mode=mode, colour=fill)
    assert (read(root, colour=False).x == grey).all() and (read(root, colour=True).x == grey).all()


@pytest.mark.parametrize("transparency", [{}, {"transparency": 3}, {"transparency": bytes([255, 128])}],
                         ids=["none", "one colour", "a table"])
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


@pytest.mark.parametrize("name, spoil", [
    ("empty.png", lambda data: b""),
    ("text.png", lambda data: b"not an image at all\n" * 100),
    ("cut.jpg", lambda data: data[:len(data) // 2]),
    ("cut.png", lambda data: data[:len(data) // 2]),
    ("header.png", lambda data: data[:30]),
    ("flipped.png", lambda data: data[:60] + bytes(b ^ 255 for b in data[60:90]) + data[90:]),
    ("cut.gif", lambda data: data[:len(data) // 2]),
    ("cut.webp", lambda data: data[:len(data) // 2]),
    ("cut.bmp", lambda data: data[:len(data) // 2]),
    ("cut.tif", lambda data: data[:len(data) // 2]),
])
def test_a_broken_image_is_named_and_skipped_and_the_rest_keep_their_labels(save, name, spoil):
    save("a/1.png", "a/2.png", "a/9.png", colour=RED)
    root = save("b/1.png", "b/2.png", colour=BLUE)
    noise = Image.frombytes("RGB", (64, 64), random.Random(0).randbytes(64 * 64 * 3))
    noise.save(root / "a" / name)
    assert len(read(root).x) == 6  # whole, it is read
    (root / "a" / name).write_bytes(spoil((root / "a" / name).read_bytes()))
    data = read(root)
    assert len(data.skipped) == 1 and data.skipped[0].startswith(f"a/{name}: ") and len(data.skipped[0]) > len(name) + 2
    assert sorted(zip(classes(data), data.x[:, 0, 0, 0])) == [("a", RED[0])] * 3 + [("b", BLUE[0])] * 2


def exif(*entries):
    """An EXIF block of (tag, type, count, four bytes), little-endian; it promises one entry more than it has."""
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries) + 1) + b"".join(struct.pack("<HHI4s", *e) for e in entries)


@pytest.mark.parametrize("block, kept", [
    (exif(), True),
    (exif((274, 3, 1, b"\x06\0\0\0")), True),
    (exif((274, 3, 1, b"\x06\0\0\0"), (282, 2, 4, b"abc\0")), False),
    (exif((274, 3, 1, b"\x06\0\0\0"), (256, 2, 4, b"abc\0")), False),
], ids=["cut short", "cut short after the orientation", "resolution in letters", "width in letters"])
def test_damaged_exif_costs_at_most_that_image(save, block, kept):
    root = save("a.png", "b.png")
    Image.new("RGB", (40, 40), RED).save(root / "photo.jpg", exif=block)
    data = read(root)
    assert len(data.x) == 2 + kept and [s.split(":")[0] for s in data.skipped] == ["photo.jpg"] * (not kept)


@pytest.mark.parametrize("side, rows", [(12_000, 12_000), (20_000, 20_000), (30_000, 1)])
def test_an_image_too_large_to_be_meant_is_skipped_before_it_is_unpacked(save, side, rows):
    root = save("a.png", "b.png")
    write_png(root / "good.png", 80, 80)
    write_png(root / "bomb.png", side, rows)
    data = read(root)
    assert len(data.x) == 3 and len(data.skipped) == 1
    assert data.skipped[0].startswith("bomb.png: ") and "pixels" in data.skipped[0]


def test_the_same_folder_reads_the_same_however_it_came_about(save, tmp_path):
    names = [f"{c}/{i}.png" for c in "xyz" for i in range(5)]
    for i, name in enumerate(names):
        root = save(name, colour=(10 * i, 0, 0))
    other = tmp_path / "other"
    for name in reversed(names):
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_bytes((root / name).read_bytes())
    first = read(root)
    for again in (read(root), read(other)):
        np.testing.assert_array_equal(again.x, first.x)
        np.testing.assert_array_equal(again.y, first.y)
        assert again.n_train == first.n_train == 12


def test_the_order_is_that_of_sorted_paths_shuffled_for_good(save):
    names = [f"{c}/{i}.png" for c in "zxy" for i in (3, 1, 2, 0, 10)]
    for name in names:
        root = save(name, colour=(sorted(names).index(name), 0, 0))
    np.testing.assert_array_equal(read(root).x[:, 0, 0, 0], shuffled(15))


def test_one_fifth_is_the_test_split(save):
    data = read(save(*[f"{i}.png" for i in range(20)]))
    assert (data.n_train, data.n_test) == (16, 4)


def test_two_images_are_enough(save):
    data = read(save("a.png", "b.png"))
    assert (data.n_train, data.n_test) == (1, 1)


@pytest.mark.parametrize("good, broken, says", [
    (1, 0, "1 readable image,"), (0, 0, "no readable images"), (1, 2, "2 skipped: broken0.png"), (0, 1, "1 skipped: broken0.png"),
])
def test_fewer_than_two_images_are_a_user_error(save, good, broken, says):
    root = save("held.txt.png")
    (root / "held.txt.png").rename(root / "held.txt")  # an image, but not by its name
    for i in range(good):
        save(f"{i}.png")
    for i in range(broken):
        (root / f"broken{i}.png").write_text("text")
    with pytest.raises(UserError) as error:
        read(root)
    assert says in str(error.value) and str(root) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("what", ["absent", "a file"])
def test_a_path_that_is_no_folder_is_a_user_error(tmp_path, what):
    path = tmp_path / "images"
    if what == "a file":
        path.write_text("text")
    with pytest.raises(UserError, match=f"There is no folder {path}"):
        read(path)


def test_a_home_folder_is_found(save, monkeypatch):
    root = save("a.png", "b.png")
    monkeypatch.setenv("HOME", str(root.parent))
    assert len(read("~/images").x) == 2


def test_names_may_be_in_any_script(save):
    save("猫/naïve été.png", "猫/二.PNG", colour=RED)
    data = read(save("Ελλάδα/🙂.jpeg", "Ελλάδα/a b.tiff", colour=BLUE))
    assert data.class_names == ("Ελλάδα", "猫") and np.bincount(data.y).tolist() == [2, 2]


def test_links_in_a_circle_do_no_harm(save):
    root = save("a/1.png", "b/2.png")
    os.symlink(root, root / "a" / "round")
    os.symlink(root / "b", root / "b" / "round")
    os.symlink("itself.png", root / "itself.png")
    os.symlink("nowhere.png", root / "broken.png")
    data = read(root)
    assert len(data.x) == 2 and data.class_names == ("a", "b")


def test_a_folder_with_an_images_name_is_only_a_folder(save):
    data = read(save("cats.png/1.png", "cats.png/2.png"))
    assert data.class_names == ("cats.png",) and len(data.x) == 2


def test_what_is_transparent_is_white(save, tmp_path):
    root = save("a/1.png", "a/2.png")
    drawing = Image.new("RGBA", (28, 28), (0, 0, 0, 0))
    drawing.paste((0, 0, 0, 255), (0, 0, 28, 14))
    for name in ("1", "2"):
        drawing.save(root / "a" / f"{name}.png")
    x = read(root).x
    assert (x[:, 0, :14] == 0).all() and (x[:, 0, 14:] == 255).all()


def test_a_linked_folder_is_a_class(save, tmp_path):
    root = save("a/1.png", "a/2.png")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Image.new("L", (28, 28), 9).save(elsewhere / "3.png")
    (root / "linked").symlink_to(elsewhere)
    assert read(root).class_names == ("a", "linked")
