"""Files as people bring them, at every door: the right pixels, classes and split, and a sentence where
something was decided.
"""

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import load_dataset
from explorer.data.own_image import read_own_image, rendering_notes
from explorer.data.server_folder import read_server_path
from explorer.data.upload import read_upload
from explorer.errors import UserError
from explorer.untrusted.foreign import CODE

ROOT, CASES = Path(__file__).parents[2], Path(__file__).parent / "cases"
SIZE = (32, 32)


def found(name: str):
    return read_upload([(name, (CASES / name).read_bytes())])


def pixels(upload, size=SIZE) -> np.ndarray:
    """Return the grey pixels [n, *size]."""
    return np.stack([upload.read(i, size, False)[0] for i in range(len(upload.names))])


def arrays(name: str) -> dict[str, np.ndarray]:
    with np.load(CASES / name) as held:
        return dict(held)


def images_in(name: str) -> dict[str, Image.Image]:
    with zipfile.ZipFile(CASES / name) as held:
        return {
            entry: Image.open(io.BytesIO(held.read(entry)))
            for entry in held.namelist()
            if entry.endswith((".png", ".tif"))
        }


def unpacked(name: str, place: Path) -> Path:
    with zipfile.ZipFile(CASES / name) as held:
        held.extractall(place)
    return place


def test_decimal_tiffs_have_one_scale():
    upload = found("floattiff.zip")
    raw = images_in("floattiff.zip")
    expected = [np.rint(np.asarray(raw[name]) * 255) for name in sorted(raw)]
    assert np.array_equal(pixels(upload), expected) and max(w.max() for w in expected) == 204
    assert upload.notes == ("Pixels (decimal) are scaled: 0 is black, 1 is white.",)
    assert upload.counts == {
        "other": 5,
        "scan": 5,
    }


@pytest.mark.parametrize(
    "name, top, kind", [("tiff_int32.tif", 65535, "32-bit"), ("png16_12bit.png", 4095, "16-bit")]
)
def test_integers_of_more_than_8_bits_are_scaled_by_the_values_there(name, top, kind):
    content = (CASES / name).read_bytes()
    raw = np.asarray(Image.open(CASES / name)).astype(float)
    assert raw.max() == top
    upload = read_upload([(name, content), (f"again-{name}", content)])
    assert np.array_equal(pixels(upload), [np.rint(raw * 255 / top)] * 2)
    assert upload.notes == (f"Pixels ({kind}) are scaled: 0 is black, {top:,} is white.",)
    assert np.array_equal(read_own_image(content, (1, *SIZE))[0], np.rint(raw * 255 / top))
    assert rendering_notes(content) == [*upload.notes]


def test_masks_of_0_and_1_are_black_and_white():
    upload, raw = found("npz_u8_zero_one.npz"), arrays("npz_u8_zero_one.npz")
    assert np.array_equal(pixels(upload), raw["images"] * 255)
    assert upload.notes == ("Pixels (8-bit) are scaled: 0 is black, 1 is white.",)


@pytest.mark.parametrize("door", ["upload", "folder", "server", "file"])
def test_a_train_test_layout_is_a_split_at_every_door(door, tmp_path, monkeypatch):
    place = unpacked("train_test.zip", tmp_path / "x")
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path))
    data = {
        "upload": lambda: found("train_test.zip").to_dataset("x", 32, False),
        "folder": lambda: load_dataset(f"folder:{place}", 32),
        "server": lambda: read_server_path(str(place)).to_dataset("x", 32, False),
        "file": lambda: load_dataset(f"file:{CASES / 'train_test.zip'}", 32),
    }[door]()
    assert data.class_names == ("disc", "square") and (data.n_train, data.n_test) == (16, 16)
    raw = images_in("train_test.zip")
    for rows, split in ((data.train, "train"), (data.test, "test")):
        expected = sorted(
            (name.split("/")[2], np.asarray(image).tobytes())
            for name, image in raw.items()
            if f"/{split}/" in name
        )
        assert (
            sorted((data.class_names[y], x.tobytes()) for x, y in zip(data.x[rows], data.y[rows])) == expected
        )


@pytest.mark.parametrize("door", ["upload", "folder", "file"])
def test_a_wrapper_folder_is_no_class_at_any_door(door, tmp_path):
    data = {
        "upload": lambda: found("mac.zip").to_dataset("x", 28, False),
        "file": lambda: load_dataset(f"file:{CASES / 'mac.zip'}"),
        "folder": lambda: load_dataset(f"folder:{unpacked('mac.zip', tmp_path)}"),
    }[door]()
    assert data.class_names == ("a", "b") and np.bincount(data.y).tolist() == [5, 5] and data.skipped == ()


def test_names_in_utf_8_without_the_flag_are_read_and_composed():
    upload = found("finder_utf8_noflag.zip")
    assert upload.counts == {"\u00c4pfel": 5, "\u732b": 5} and upload.encodings == ()


def test_white_drawings_are_put_on_black():
    upload = found("white_icons.zip")
    raw = images_in("white_icons.zip")
    assert np.array_equal(pixels(upload), [np.asarray(raw[name])[..., 3] for name in sorted(raw)])
    assert upload.notes == (
        "Transparent images are shown on black, because they would not be visible on white.",
    )
    assert read_own_image(zipfile.ZipFile(CASES / "white_icons.zip").read("a/0.png"), (1, *SIZE)).max() == 255


def test_an_array_among_images_is_skipped_and_named():
    upload = found("images_and_npy.zip")
    assert upload.counts == {"a": 5, "b": 5}
    assert upload.skipped == ("ds/features.npy: it is an array, and only the images are used",)


@pytest.mark.parametrize("name", ["disc.avif", "disc.jfif", "disc.pgm"])
def test_one_list_of_suffixes_for_every_door(name, tmp_path, monkeypatch):
    content = (CASES / name).read_bytes()
    expected = np.asarray(Image.open(CASES / name).convert("L"))
    for i in range(2):
        (tmp_path / f"{i}-{name}").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as held:
        held.writestr(f"1-{name}", content), held.writestr(f"2-{name}", content)
    monkeypatch.setenv("EXPLORER_FOLDERS", str(tmp_path))
    doors = [
        read_upload([(name, content), (f"2-{name}", content)]),
        read_upload([("it.zip", (tmp_path / "both.zip").read_bytes())]),
        read_server_path(str(tmp_path)),
    ]
    seen = [pixels(upload)[0] for upload in doors]
    seen += [
        read_own_image(content, (1, *SIZE))[0],
        load_dataset(f"folder:{tmp_path}", 32).x[0, 0],
        load_dataset(f"file:{tmp_path / 'both.zip'}", 32).x[0, 0],
    ]
    assert all(np.abs(image.astype(int) - expected).max() <= 1 for image in seen)


def test_heic_photographs_are_read():
    import pillow_heif

    photo = Image.linear_gradient("L").convert("RGB")
    file = io.BytesIO()
    pillow_heif.from_pillow(photo).save(file, quality=90)
    upload = read_upload([("1.HEIC", file.getvalue()), ("2.heic", file.getvalue())])
    seen = upload.read(0, (64, 64), True)
    assert upload.sizes == {(256, 256): 2} and np.abs(seen.mean((0, 2)) - (np.arange(64) * 4 + 1.5)).max() < 4
    assert np.array_equal(read_own_image(file.getvalue(), (3, 64, 64)), seen)


def test_every_page_of_a_tiff_is_an_image():
    upload = found("stack.tif")
    with Image.open(CASES / "stack.tif") as stack:
        expected = []
        for page in range(stack.n_frames):
            stack.seek(page)
            expected.append(np.asarray(stack).copy())
    assert len(expected) == 6 and np.array_equal(pixels(upload), expected)
    assert upload.notes == ("1 TIFF file has 6 pages: every page is an image.",)
    assert upload.names[5] == "stack.tif, page 6"
    content = (CASES / "stack.tif").read_bytes()
    assert np.array_equal(read_own_image(content, (1, *SIZE))[0], expected[0])
    assert rendering_notes(content) == ["This file has 6 pages: the first is used."]


def test_a_table_as_kaggles_mnist():
    with open(CASES / "kaggle_mnist.csv", encoding="utf-8") as file:
        rows = [[int(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    upload = found("kaggle_mnist.csv")
    assert np.array_equal(pixels(upload, (28, 28)).reshape(len(rows), -1), [row[1:] for row in rows])
    assert [upload.class_names[y] for y in upload.y] == [str(row[0]) for row in rows]


@pytest.mark.parametrize(
    "name, images, labels",
    [
        ("npz_arr0.npz", "arr_0", "arr_1"),
        ("npz_flat784.npz", "images", "labels"),
        ("npz_floatlabels.npz", "images", "labels"),
        ("npz_labels_n1.npz", "images", "labels"),
        ("npz_onehot.npz", "images", "labels"),
    ],
)
def test_arrays_under_usual_names_and_shapes(name, images, labels):
    upload, raw = found(name), arrays(name)
    side = 28 if name == "npz_flat784.npz" else 32
    assert np.array_equal(pixels(upload, (side, side)).reshape(raw[images].shape), raw[images])
    expected = raw[labels].argmax(1) if name == "npz_onehot.npz" else raw[labels].ravel().astype(int)
    assert [upload.class_names[y] for y in upload.y] == [str(label) for label in expected]
    assert upload.class_names == ("0", "1")


def test_keras_arrays_keep_their_split():
    data, raw = found("npz_keras_mnist.npz").to_dataset("x", 32, False), arrays("npz_keras_mnist.npz")
    assert (data.n_train, data.n_test) == (30, 10)
    for rows, split in ((data.train, "train"), (data.test, "test")):
        expected = sorted((int(y), x.tobytes()) for x, y in zip(raw[f"x_{split}"], raw[f"y_{split}"]))
        assert (
            sorted((int(data.class_names[y]), x.tobytes()) for x, y in zip(data.x[rows], data.y[rows]))
            == expected
        )


def test_one_plain_array():
    upload = found("images.npy")
    assert np.array_equal(pixels(upload), np.load(CASES / "images.npy")) and upload.class_names == ("images",)


def test_labels_beside_the_images():
    upload = found("images_and_csv.zip")
    with zipfile.ZipFile(CASES / "images_and_csv.zip") as held:
        label_by_name = dict(line.split(",") for line in held.read("labels.csv").decode().split()[1:])
    assert [upload.class_names[y] for y in upload.y] == [
        label_by_name[name.rpartition("/")[2]] for name in upload.names
    ]
    assert upload.class_names == ("a", "b")
    assert upload.skipped == ()
    assert upload.notes == ("The classes are read from labels.csv.",)


def test_a_class_that_is_only_in_the_training_split_is_not_said_to_be_the_only_one():
    from explorer.training.classification import train_classifier

    data = found("npz_2.npz").to_dataset("pair", 28, False)
    assert data.class_names == ("0", "1") and (data.n_train, data.n_test) == (1, 1)
    with pytest.raises(UserError, match="The training images of pair have only one class"):
        train_classifier(data, lambda done, of: None)


@pytest.mark.process
@pytest.mark.parametrize(
    "name", ["kaggle_mnist.csv", "train_test.zip", "images.npy", "npz_onehot.npz", "stack.tif"]
)
def test_the_command_line_takes_every_format(name, tmp_path):
    env = os.environ | {"EXPLORER_DATA": str(tmp_path), "EXPLORER_RUNS": str(tmp_path / "runs")}
    words = ["data", str(CASES / name)]
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *words], cwd=ROOT, env=env, capture_output=True, text=True
    )
    n = {"train_test.zip": "16 training and 16", "stack.tif": "5 training and 1"}.get(
        name, "32 training and 8"
    )
    assert done.returncode == 0 and f"file:{CASES / name}: {n} test images" in done.stdout


@pytest.mark.parametrize("name", ["m.pkl", "w.pt", "W.PTH"])
def test_files_that_can_run_code_are_not_opened(name):
    with pytest.raises(UserError, match="can run code .*: save its arrays with numpy.savez"):
        read_upload([(name, b"PK whatever")])
    image = (CASES / "disc.pgm").read_bytes()
    assert read_upload([(name, b"x"), ("1.pgm", image), ("2.pgm", image)]).skipped == (f"{name}: it {CODE}",)
