"""Which arrays are images and labels, by name; and their shapes."""

import io

import numpy as np
import pytest
from sklearn.datasets import load_digits

from explorer.data.array_names import ArrayPair, pair_arrays, parse_split
from explorer.data.upload import read_upload
from explorer.errors import UserError

DIGITS = (load_digits().images[:40] * 15.9375).round().astype(np.uint8)
TARGETS = load_digits().target[:40]


def npz(**arrays) -> list[tuple[str, bytes]]:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return [("it.npz", file.getvalue())]


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    "name, expected",
    [
        ("x_train", ("x", "train")),
        ("X_test", ("x", "test")),
        ("train_images", ("images", "train")),
        ("val_labels", ("labels", "val")),
        ("trainX", ("x", "train")),
        ("Xtrain", ("x", "train")),
        ("y-valid", ("y", "valid")),
        ("test", ("", "test")),
        ("images", ("images", "")),
        ("training_set_images", ("set_images", "training")),
        ("mnist_train", ("mnist", "train")),
        ("arr_0", ("arr_0", "")),
        ("latest", ("latest", "")),
        ("contest_x", ("contest_x", "")),
    ],
)
def test_a_split_is_found_at_either_end_of_a_name(name, expected):
    assert parse_split(name) == expected


@pytest.mark.parametrize(
    "names, pairs, others",
    [
        (
            ["x_train", "y_train", "x_test", "y_test"],
            [ArrayPair("x_train", "y_train", "train"), ArrayPair("x_test", "y_test", "test")],
            [],
        ),
        (
            ["train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels"],
            [ArrayPair(f"{s}_images", f"{s}_labels", s) for s in ("train", "val", "test")],
            [],
        ),
        (
            ["imgs", "latents_values", "metadata"],
            [ArrayPair("imgs", None, "")],
            ["latents_values", "metadata"],
        ),
        (["x", "y"], [ArrayPair("x", "y", "")], []),
        (["arr_0", "arr_1", "arr_2"], [ArrayPair("arr_0", "arr_1", "")], ["arr_2"]),
        (["whatever"], [ArrayPair("whatever", None, "")], []),
        (["data", "target"], [ArrayPair("data", "target", "")], []),
        (["images", "x"], [ArrayPair("images", None, "")], ["x"]),
        (
            ["x_train", "x_test", "y_train"],
            [ArrayPair("x_train", "y_train", "train"), ArrayPair("x_test", None, "test")],
            [],
        ),
    ],
)
def test_images_and_labels_are_found_by_the_names_people_use(names, pairs, others):
    assert pair_arrays(names) == (pairs, others)


def test_medmnist_arrays_are_a_split_of_three():
    """Check that validation images are used for training, as there are test images."""
    parts = {"train": slice(0, 20), "val": slice(20, 30), "test": slice(30, 40)}
    arrays = {f"{split}_images": DIGITS[rows] for split, rows in parts.items()}
    upload = read_upload(
        npz(**arrays, **{f"{split}_labels": TARGETS[rows, None] for split, rows in parts.items()})
    )
    data = upload.to_dataset("x", 16, False)
    assert (data.n_train, data.n_test) == (30, 10)
    assert data.notes == ("The validation images are used for training, and the test images are not.",)
    big = DIGITS.repeat(2, 1).repeat(2, 2)
    for rows, part in ((data.train, slice(0, 30)), (data.test, slice(30, 40))):
        assert sorted(
            (data.class_names[y], x.tobytes()) for x, y in zip(data.x[rows], data.y[rows])
        ) == sorted((str(y), x.tobytes()) for x, y in zip(big[part], TARGETS[part]))


def test_images_without_labels_beside_some_with_have_a_class_of_their_own():
    upload = read_upload(npz(x_train=DIGITS[:30], y_train=TARGETS[:30], x_test=DIGITS[30:]))
    assert upload.counts["(no label)"] == 10
    assert upload.class_names[-1] == "(no label)"
    assert upload.is_test.sum() == 10


def test_sprites_of_0_and_1_with_what_is_pickled_beside_them():
    sprites = (DIGITS > 100).astype(np.uint8)
    upload = read_upload(
        npz(imgs=sprites, latents_values=np.zeros((40, 6)), metadata=np.array([{"a": 1}], object))
    )
    assert np.array_equal(upload.read(3, (8, 8), False)[0], sprites[3] * 255) and len(upload.skipped) == 2


def test_files_of_arrays_chosen_together_are_as_good_as_an_npz():
    upload = read_upload([("images.npy", npy(DIGITS)), ("labels.npy", npy(TARGETS)), ("notes.txt", b"x")])
    assert [upload.class_names[y] for y in upload.y] == [str(t) for t in TARGETS]
    assert upload.skipped == ("notes.txt: it is not an array, and only the arrays are used",)


@pytest.mark.parametrize("first", [True, False])
def test_flat_colour_is_read_in_the_order_that_makes_a_picture(first):
    ramp = np.stack(np.broadcast_arrays(np.arange(16)[:, None] * 10, np.arange(16)[None] * 10, 90), 2).astype(
        np.uint8
    )
    x = np.stack([ramp, ramp[::-1]])
    flat = (x.transpose(0, 3, 1, 2) if first else x).reshape(2, -1)
    upload = read_upload([("x.npy", npy(flat))])
    assert np.array_equal(upload.read(0, (16, 16), True).transpose(1, 2, 0), ramp)


@pytest.mark.parametrize(
    "x",
    [
        DIGITS.astype(np.float32),
        DIGITS / 127.5 - 1,
        DIGITS.astype(np.int64),
        (DIGITS / 255 - 0.1307) / 0.3081,
        DIGITS.astype(np.uint16) * 257,
        DIGITS.astype(int) - 1,
        np.rint(DIGITS / 15.9375).astype(np.uint8),
    ],
    ids=range(7),
)
def test_any_numbers_become_the_same_greys(x):
    upload = read_upload(npz(x=x))
    seen = np.stack([upload.read(i, (8, 8), False)[0] for i in range(40)])
    assert np.abs(seen.astype(int) - DIGITS).max() <= 1


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"x": DIGITS, "y": np.zeros((40, 3))}, "one for each image"),
        ({"x": DIGITS, "y": np.full(40, np.nan)}, "one for each image"),
        ({"x": DIGITS, "y": np.full(40, 1e300)}, "one for each image"),
        ({"x": DIGITS[:, 0, :1]}, "not supported"),
        ({"x": np.full(40, "a")}, "not supported"),
    ],
)
def test_labels_and_images_of_other_forms_are_refused(arrays, message):
    with pytest.raises(UserError, match=message):
        read_upload(npz(**arrays))
