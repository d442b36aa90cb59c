"""Images that someone uploads: what a preview says of them, and the data set that they become."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from explorer.data import load_dataset, own, upload
from explorer.data.folder import load_folder
from explorer.data.upload import read_upload
from explorer.errors import UserError
from explorer.specs import RunSpec

ROOT = Path(__file__).parents[2]
DIGITS = (load_digits().images[:40] * 15.9375).round().astype(np.uint8)  # [40, 8, 8]
TARGETS = load_digits().target[:40]
PHOTOS = load_sample_images().images  # 427 × 640 px, in colour


def encoded(pixels, kind="PNG", **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def zipped(files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def take(content: bytes, name="it.zip"):
    return read_upload([(name, content)])


def classes(data):
    return [data.class_names[i] for i in data.y]


def test_a_zip_is_what_the_unpacked_folder_is(tmp_path):
    files = {f"{target}/{i}.png": encoded(x) for i, (x, target) in enumerate(zip(DIGITS, TARGETS))}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    upload = take(zipped(files))
    assert upload.counts == {str(d): int((d == TARGETS).sum()) for d in range(10)}
    assert upload.sizes == {(8, 8): 40} and upload.modes == {"L": 40} and upload.skipped == ()
    data, expected = upload.to_dataset("it", 28, False), load_folder(str(tmp_path), 28, False)
    assert data.class_names == expected.class_names and data.n_train == expected.n_train == 32
    assert np.array_equal(data.x, expected.x) and np.array_equal(data.y, expected.y)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.png", "b.png"], {"images": 2}),
        (["all/a.png", "all/b.png"], {"all": 2}),
        (["all/x/a.png", "all/y/b.png"], {"x": 1, "y": 1}),
        (["x/a.png", "b.png"], {"x": 1, "(no folder)": 1}),
        (["x\\a.png", "y\\b.png"], {"x": 1, "y": 1}),
        (["Cat/a.png", "cat/b.png"], {"Cat": 2}),
        (["caf\u00e9/a.png", "cafe\u0301/b.png"], {"café": 2}),
        (["./x/a.png", "./y/b.png"], {"x": 1, "y": 1}),
        (["a\u202eb/a.png", "<b>/b.png"], {"<b>": 1, "a�b": 1}),
    ],
)
def test_top_folders_are_classes_below_those_that_all_have_in_common(names, expected):
    assert take(zipped({name: encoded(DIGITS[i]) for i, name in enumerate(names)})).counts == expected


def test_files_that_were_chosen_in_several_folders_may_have_one_name():
    assert read_upload([("1.png", encoded(DIGITS[0])), ("1.png", encoded(DIGITS[1]))]).counts == {"images": 2}


def test_a_set_of_files_needs_no_zip():
    upload = read_upload(
        [
            ("one.jpg", encoded(PHOTOS[0], "JPEG")),
            ("two.png", encoded(PHOTOS[1])),
            ("notes.txt", b"x"),
            ("more.zip", zipped({})),
            ("broken.png", b"\x89PNG"),
        ]
    )
    assert upload.counts == {"images": 2} and upload.sizes == {(640, 427): 2} and upload.modes == {"RGB": 2}
    assert upload.skipped == (
        "more.zip: it is a zip file: upload it alone",
        "notes.txt: its name is not that of an image",
        "broken.png: it is not an image that can be read",
    )
    data = upload.to_dataset("it", 64, True)
    assert data.shape == (3, 64, 64) and data.n_train == 1 and data.skipped == upload.skipped
    expected = sorted(p[:, 106:533].mean((0, 1)).tolist() for p in PHOTOS)
    assert np.array(sorted(data.x.mean((2, 3)).tolist())) == pytest.approx(np.array(expected), abs=2)


@pytest.mark.parametrize(
    "layout", ["NHW", "NHWC", "NCHW", "by column", "float16", "float64", "bool", "int64", "big-endian"]
)
def test_arrays_are_read_in_any_usual_layout(layout):
    expected = DIGITS > 100 if layout == "bool" else DIGITS
    x = {
        "NHWC": DIGITS[..., None],
        "NCHW": DIGITS[:, None],
        "by column": np.asfortranarray(DIGITS),
        "float16": DIGITS / np.float16(255),
        "float64": DIGITS / 255,
        "bool": expected,
        "int64": DIGITS.astype(np.int64),
        "big-endian": DIGITS.astype(">u2"),
    }.get(layout, DIGITS)
    upload = take(npz(images=x, labels=TARGETS, other=np.arange(3)))
    assert upload.counts == {str(d): int((d == TARGETS).sum()) for d in range(10)}
    assert "neither images nor labels" in upload.skipped[0]
    seen = np.stack([upload.read(i, (8, 8), False)[0] for i in range(40)])
    assert np.abs(seen.astype(int) - expected * (255 if layout == "bool" else 1)).max() <= (
        layout == "float16"
    )


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("first", [False, True])
def test_arrays_in_colour(channels, first):
    x = np.stack([p[:64, :96] for p in PHOTOS])
    x = np.concatenate([x, np.full((*x.shape[:3], channels - 3), 255, np.uint8)], 3)
    data = take(npz(images=x.transpose(0, 3, 1, 2) if first else x)).to_dataset("it", 64, True)
    assert sorted(image.tobytes() for image in data.x) == sorted(
        p[:64, 16:80].transpose(2, 0, 1).tobytes() for p in PHOTOS
    )


def test_labels_may_be_names_and_numbers_keep_their_order():
    names = np.array(["zero", "ünë", "<b>"])[np.arange(40) % 3]
    assert take(npz(images=DIGITS, labels=names)).counts == {"<b>": 13, "zero": 14, "ünë": 13}
    assert take(npz(images=DIGITS, labels=np.char.encode(names, "utf-8"))).counts == {
        "<b>": 13,
        "zero": 14,
        "ünë": 13,
    }
    assert list(take(npz(images=DIGITS, labels=np.arange(40) - 20)).counts) == [
        str(n) for n in range(-20, 20)
    ]
    data = take(npz(images=DIGITS, labels=TARGETS)).to_dataset("it", 16, False)
    pairs = sorted((name, x.mean()) for name, x in zip(classes(data), data.x))
    assert pairs == sorted(
        (str(t), np.repeat(np.repeat(x, 2, 0), 2, 1).mean()) for t, x in zip(TARGETS, DIGITS)
    )


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"faces_1": DIGITS, "who": TARGETS}, "No array is named images"),
        ({"images": DIGITS[0, 0]}, "not supported"),
        ({"images": DIGITS[:, None, None]}, "does not have the size"),
        ({"images": np.array([{}, None])}, "Python objects"),
        ({"images": DIGITS, "labels": np.array([{}] * 40)}, "Python objects"),
        ({"images": DIGITS / np.nan}, "not finite numbers"),
        ({"images": DIGITS[:, 0, :1]}, "not supported"),
        ({"x_train": DIGITS, "x_test": DIGITS[:, :4]}, "different shapes"),
        ({"images": DIGITS, "labels": TARGETS[:5]}, "one for each image"),
        ({"images": DIGITS, "labels": TARGETS / 2}, "one for each image"),
        ({"images": DIGITS[:1]}, "at least 2"),
        ({"images": DIGITS.astype(complex)}, "not supported"),
        ({"images": np.zeros((2, 8, 8, 5), np.uint8)}, "not supported"),
        ({"images": np.zeros((2, 0, 8), np.uint8)}, "not"),
        ({"images": np.zeros(40, [("a", "u1")])}, "not supported"),
        ({"images": np.zeros((2000, 4, 4), np.uint8), "labels": np.arange(2000)}, "the limit is 1,000"),
    ],
)
def test_arrays_that_are_no_images_and_labels_are_refused(arrays, message):
    with pytest.raises(UserError, match=message) as error:
        take(npz(**arrays))
    assert "\n" not in str(error.value)


def test_what_cannot_be_decoded_is_skipped_late_and_its_class_with_it():
    photo = encoded(PHOTOS[0])
    upload = take(
        zipped(
            {
                "a/1.png": encoded(DIGITS[0]),
                "a/2.png": encoded(DIGITS[1]),
                "b/3.png": photo[: len(photo) // 2],
            }
        )
    )
    assert upload.counts == {"a": 2, "b": 1}
    data = upload.to_dataset("it", 28, False)
    assert data.class_names == ("a",) and len(data.skipped) == 1 and data.skipped[0].startswith("b/3.png: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped({}), "contains no images"),
        (zipped({"a.png": encoded(DIGITS[0])}), "contains 1 image"),
        (b"PK\x03\x04" + bytes(50), "zip"),
        (zipped({"a.png": encoded(DIGITS[0]), "b.png": encoded(DIGITS[1])})[:-30], "zip"),
        (b"", "no images"),
        (b"text", "contains no"),
        (zipped({"a.txt": b"x"}), "1 skipped; a.txt: its name is not that of an image"),
    ],
)
def test_what_holds_too_few_images_says_what_is_wanted(content, message):
    with pytest.raises(UserError, match=message) as error:
        take(content)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_sizes_are_those_that_a_run_can_have():
    upload = take(npz(images=DIGITS))
    assert [upload.to_dataset("it", size, True).shape for size in (16, 28, 32, 64)] == [
        (3, s, s) for s in (16, 28, 32, 64)
    ]
    with pytest.raises(UserError, match="The image size must be between 1 and 256, not 300"):
        upload.to_dataset("it", 300, False)


@pytest.mark.process
def test_saved_images_are_a_data_set_for_any_process(home, tmp_path):
    data = take(npz(images=DIGITS, labels=TARGETS)).to_dataset("mine", 16, False)
    saved = own.save_own(data, "mine")
    assert saved.name == "own:mine"
    assert own.list_names() == ["mine"]
    assert own.save_own(data, "mine").n_train == 32
    again = load_dataset("own:mine")
    assert np.array_equal(again.x, data.x)
    assert np.array_equal(again.y, data.y)
    assert again.class_names == data.class_names
    assert RunSpec("own:mine", image_size=64, colour=True) == RunSpec("own:mine")
    env = os.environ | {"EXPLORER_RUNS": str(tmp_path / "runs")}
    words = [
        "train",
        "--dataset",
        "own:mine",
        "--epochs",
        "2",
        "--width",
        "16",
        "--batch-size",
        "8",
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *words], cwd=ROOT, env=env, capture_output=True, text=True
    )
    stored = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0
    assert stored["run"].startswith("own-mine-vae-conv-2d-")
    assert stored["test"]["n"] == 8


def test_a_name_that_is_taken_or_no_name_is_refused(home):
    first, second = (take(npz(images=x)).to_dataset("x", 16, False) for x in (DIGITS, DIGITS[:30]))
    own.save_own(first, "mine")
    for name in ("mine", "MINE"):
        with pytest.raises(UserError, match="named mine with other images exists already"):
            own.save_own(second, name)
    for name in ("../x", "", "a/b", "\u202e", ".hidden", "x" * 101):
        with pytest.raises(UserError, match="name"):
            own.save_own(second, name)
        with pytest.raises(UserError):
            RunSpec(f"own:{name}")
    with pytest.raises(UserError, match="Did you mean mine"):
        load_dataset("own:mime")
    assert own.list_names() == ["mine"]


def test_every_changed_byte_of_saved_images_is_noticed(home):
    data = own.save_own(take(npz(images=DIGITS)).to_dataset("x", 16, False), "mine")
    place = own.path_of("mine")
    content = place.read_bytes()
    rng = np.random.default_rng(0)
    for position in [*range(8), *rng.integers(8, len(content), 200)]:
        place.write_bytes(
            content[:position] + bytes([content[position] ^ (1 << rng.integers(8))]) + content[position + 1 :]
        )
        try:
            loaded = load_dataset("own:mine")
        except UserError as error:
            assert "Upload the images again" in str(error)
        else:
            assert np.array_equal(loaded.x, data.x)
            assert np.array_equal(loaded.y, data.y)
            assert loaded.class_names == data.class_names


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MAX_FILES", 5, "limit of 5"),
        ("MAX_UNPACKED_BYTES", 1000, "exceed the limit of"),
        ("MAX_TOTAL_PIXELS", 100, "billion pixels"),
        ("MAX_FILE_BYTES", 80, "larger than"),
        ("MAX_COMPRESSION_RATIO", 0, "compression ratio"),
        ("MAX_CLASSES", 2, "the limit is 2"),
    ],
)
def test_limits_hold(monkeypatch, limit, value, message):
    files = {f"{target}/{i}.png": encoded(x) for i, (x, target) in enumerate(zip(DIGITS, TARGETS))}
    assert len(take(zipped(files)).names) == 40
    monkeypatch.setattr(upload, limit, value)
    with pytest.raises(UserError, match=message):
        take(zipped(files))
