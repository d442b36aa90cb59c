"""Tables: images in the columns of a CSV, and labels beside images."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from explorer.data.labels_file import read_labels
from explorer.data.upload import read_upload
from explorer.errors import UserError

DIGITS = (load_digits().images[:30] * 15.9375).round().astype(np.uint8)
FLAT, TARGETS = DIGITS.reshape(30, 64), load_digits().target[:30]
PIXELS = [f"pixel{i}" for i in range(64)]


def table(columns, header=None, delimiter=",") -> bytes:
    lines = ([delimiter.join(map(str, header))] if header else []) + [
        delimiter.join(map(str, row)) for row in zip(*columns)
    ]
    return "\n".join(lines).encode()


def seen(upload) -> np.ndarray:
    return np.stack([upload.read(i, (8, 8), False)[0] for i in range(len(upload.names))])


@pytest.mark.parametrize(
    "content, labelled",
    [
        (table([TARGETS, *FLAT.T], ["label", *PIXELS]), True),
        (table([*FLAT.T, TARGETS], [*PIXELS, "label"]), True),
        (table([*FLAT.T], PIXELS), False),
        (table([TARGETS, *FLAT.T]), True),
        (table([*FLAT.T, TARGETS]), True),
        (table([*FLAT.T]), False),
        (table([range(30), TARGETS, *FLAT.T], ["id", "label", *PIXELS]), True),
        (table([TARGETS, *FLAT.T], ["label", *PIXELS], ";"), True),
        (table([TARGETS, *FLAT.T], ["label", *PIXELS], "\t"), True),
        (b"\xef\xbb\xbf" + table([TARGETS, *FLAT.T], ["label", *PIXELS]), True),
        (table([TARGETS, *FLAT.T], ["label", *PIXELS]).replace(b"\n", b"\r\n"), True),
        (table([TARGETS, *FLAT.T], [f'"{name}"' for name in ("label", *PIXELS)]), True),
        (table([range(30), *FLAT.T], ["", *PIXELS]), False),
        (table([np.array(list("abc"))[TARGETS % 3], *FLAT.T]), None),
        (table([TARGETS, *FLAT.T], ["label", *range(64)]), True),
        (table([*FLAT.T], range(64)), False),
    ],
    ids=range(16),
)
def test_a_table_of_pixels(content, labelled):
    upload = read_upload([("train.csv", content)])
    assert np.array_equal(seen(upload), DIGITS)
    expected = {
        True: [str(t) for t in TARGETS],
        False: ["images"] * 30,
        None: ["abc"[t % 3] for t in TARGETS],
    }[labelled]
    assert [upload.class_names[y] for y in upload.y] == expected


@pytest.mark.parametrize("last", [True, False])
def test_labels_beside_pixels_of_0_and_1(last):
    pixels = [*(FLAT > 100).astype(int).T]
    upload = read_upload([("it.csv", table([*pixels, TARGETS] if last else [TARGETS, *pixels]))])
    assert np.array_equal(seen(upload), (DIGITS > 100) * 255) and len(upload.class_names) == 10


def test_names_for_labels_and_decimal_pixels():
    names = np.array(["ä", "b"])[TARGETS % 2]
    upload = read_upload([("it.csv", table([names, *(FLAT / 255).T], ["class", *PIXELS]))])
    assert np.array_equal(seen(upload), DIGITS) and [upload.class_names[y] for y in upload.y] == [*names]


def test_two_tables_in_a_zip_are_a_split():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as held:
        for name, rows in (("mnist_train.csv", slice(0, 20)), ("mnist_test.csv", slice(20, 30))):
            held.writestr(name, table([TARGETS[rows], *FLAT[rows].T], ["label", *PIXELS]))
    data = read_upload([("archive.zip", file.getvalue())]).to_dataset("x", 16, False)
    assert (data.n_train, data.n_test) == (20, 10)
    assert sorted(data.class_names[y] for y in data.y[data.test]) == sorted(str(t) for t in TARGETS[20:])


@pytest.mark.parametrize(
    "content, message",
    [
        (table([TARGETS, *FLAT.T[:60]], ["label", *PIXELS[:60]]), "61 columns, which cannot form"),
        (b"a,b\n1,2\n", "2 columns"),
        (table([TARGETS, *FLAT.T]) + b"\n1,2,3", "cannot be read as a table"),
        (table([*FLAT.T[:63], ["a"] * 30]), "square|not numbers"),
        (b"", "1 column,"),
        (b"\0\1\2" * 100, "1 column,"),
        (table([[1], *[[2]] * 64], ["label", *PIXELS]), "contains 1 image"),
        (table([*FLAT.T[:63], ["a"] * 30], PIXELS), "not numbers"),
    ],
    ids=range(8),
)
def test_other_tables_are_refused_in_a_sentence(content, message):
    with pytest.raises(UserError, match=message) as error:
        read_upload([("it.csv", content)])
    assert str(error.value).isprintable()


NAMES = ["img/0.png", "img/1.png", "img/2.png"]


@pytest.mark.parametrize(
    "content",
    [
        "file,label\n0.png,a\n1.png,b\n2.png,a\n",
        "file_name;class\nimg/0.png;a\nimg/1.png;b\nimg/2.png;a\n",
        "id,breed\n0,a\n1,b\n2,a\n",
        "label\tfile\na\t0.png\nb\t1.png\na\t2.png\n",
        "width,file,label\n3,0.png,a\n3,1.png,b\n4,2.png,a\n",
        "0.png,a\n1.png,b\n2.png,a\n",
        "file,label\n./img\\0.png,a\n./img\\1.png,b\n./img\\2.png,a\n",
        '"file","label"\r\n"0.png","a"\r\n"1.png","b"\r\n"2.png","a"\r\n',
    ],
    ids=range(8),
)
def test_labels_beside_images(content):
    assert read_labels(content.encode(), NAMES).classes == ["a", "b", "a"]


def test_a_split_beside_the_labels():
    labels = read_labels(b"file,label,split\n0.png,a,train\n1.png,b,test\n2.png,a,train\n", NAMES)
    assert labels.classes == ["a", "b", "a"] and labels.splits == ["train", "test", "train"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"file,label\n",
        b"name,age\nanna,3\n",
        b"file,width,height\n0.png,3,4\n1.png,3,4\n2.png,3,4\n",
        b"\0\1",
        b'"' * 100,
    ],
)
def test_tables_about_something_else_are_no_labels(content):
    assert read_labels(content, NAMES) is None


def test_a_table_of_labels_with_markup_and_a_split_at_the_door():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as held:
        for i in range(4):
            image = io.BytesIO()
            Image.fromarray(DIGITS[i]).save(image, "PNG")
            held.writestr(f"x/{i}.png", image.getvalue())
        held.writestr(
            "metadata.csv",
            "file_name,label,split\n"
            + "".join(f"{i}.png,<b>{i % 2}</b>\u202e,{'test' if i == 3 else 'train'}\n" for i in range(4)),
        )
    upload = read_upload([("it.zip", file.getvalue())])
    assert upload.class_names == ("<b>0</b>�", "<b>1</b>�")
    assert upload.is_test.tolist() == [
        False,
        False,
        False,
        True,
    ]
