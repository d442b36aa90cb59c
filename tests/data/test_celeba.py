"""CelebA, in its own layout and as it is published."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from explorer.data import decoded, load_dataset, torchvision_sets
from explorer.data.torchvision_sets import download_dataset, is_installed
from explorer.errors import UserError
from tests.data.celeba import ATTRIBUTES, celeba_folder
from tests.data.published import check_fetched_once, md5, torchvision_class

PARTITION = np.array([0, 0, 1, 2, 0, 2, 0, 0, 1, 2])  # of ten faces: train, valid or test
SKIN = np.arange(10) * 25  # the grey of each face, which identifies it


@pytest.fixture
def celeba_files():
    """Return ten faces of one grey each, and CelebA's five lists about them, as bytes by path, and the
    attributes, -1 or 1.
    """
    attributes = np.random.default_rng(0).choice([-1, 1], (10, 40))
    files = celeba_folder(
        [Image.new("RGB", (178, 218), (int(grey),) * 3) for grey in SKIN], attributes, PARTITION
    )
    return files, attributes


@pytest.fixture
def celeba(celeba_files, home):
    """Place the faces where the user would, and return their folder and attributes."""
    files, attributes = celeba_files
    for name, data in files.items():
        (home / "celeba" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "celeba" / name).write_bytes(data)
    return home / "celeba", attributes


@pytest.fixture
def celeba_online(celeba_files, web, home, monkeypatch):
    """Serve the same faces as CelebA is published, one zip and five lists."""
    files, attributes = celeba_files
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        for name in [n for n in files if n.endswith(".jpg")]:
            z.writestr(name, files[name])
    published = {
        "img_align_celeba.zip": archive.getvalue(),
        **{n: d for n, d in files.items() if n.endswith(".txt")},
    }
    web.files |= {f"?id=ID-{name}": data for name, data in published.items()}
    monkeypatch.setattr(torchvision_sets, "DRIVE_URL", web.url + "?id=")
    monkeypatch.setattr(
        torchvision_class("CelebA"), "file_list", [(f"ID-{n}", md5(d), n) for n, d in published.items()]
    )
    return attributes


def check_faces(data, attributes, rows):
    """Check that the data set contains these rows of the ten, each face with its own attributes."""
    assert data.x.shape == (len(rows), 3, 64, 64) and data.x.dtype == np.uint8
    assert (abs(data.x.astype(int) - SKIN[rows, None, None, None]) <= 3).all()
    assert data.n_train == (PARTITION[rows] == 0).sum()
    np.testing.assert_array_equal(np.stack([data.factors[a] for a in ATTRIBUTES], 1), attributes[rows] > 0)
    np.testing.assert_array_equal(data.y, data.factors["Smiling"])


def test_celeba_is_read_from_its_own_layout(celeba):
    data = load_dataset("celeba")
    check_faces(data, celeba[1], [0, 1, 4, 6, 7, 3, 5, 9])
    assert list(data.factors) == ATTRIBUTES
    assert data.class_names == ("not smiling", "smiling")
    assert data.skipped == ()


@pytest.mark.parametrize(
    "broken, rows", [(4, [0, 1, 6, 7, 3, 5, 9]), (5, [0, 1, 4, 6, 7, 3, 9])], ids=["of train", "of test"]
)
@pytest.mark.parametrize("fault", ["truncated", "absent", "not an image"])
def test_a_broken_face_is_named_and_the_others_keep_their_labels(celeba, broken, rows, fault):
    face = celeba[0] / "img_align_celeba" / f"{broken + 1:06}.jpg"
    if fault == "absent":
        face.unlink()
    else:
        face.write_bytes(face.read_bytes()[:-800] if fault == "truncated" else b"hello")
    data = load_dataset("celeba")
    check_faces(data, celeba[1], rows)
    assert len(data.skipped) == 1 and data.skipped[0].startswith(face.name)


@pytest.mark.parametrize(
    "content",
    [b"", b"10\n", b"<html>Too many users</html>", b"\xff\xfe\x00"],
    ids=["empty", "cut", "a page", "binary"],
)
@pytest.mark.parametrize(
    "file", ["list_attr_celeba.txt", "list_eval_partition.txt", "identity_CelebA.txt", "list_bbox_celeba.txt"]
)
def test_a_damaged_list_of_celeba_is_a_user_error(celeba, file, content):
    (celeba[0] / file).write_bytes(content)
    with pytest.raises(UserError, match="damaged.*python -m explorer data celeba"):
        load_dataset("celeba")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_celeba_needs_faces_to_train_on_and_to_test_on(celeba, part):
    (celeba[0] / "list_eval_partition.txt").write_text(
        "".join(f"{i + 1:06}.jpg {part}\n" for i in range(10)), encoding="utf-8"
    )
    with pytest.raises(UserError, match="celeba"):
        load_dataset("celeba")


def test_celeba_without_its_images_is_a_user_error(celeba):
    for face in (celeba[0] / "img_align_celeba").iterdir():
        face.unlink()
    with pytest.raises(UserError, match="celeba"):
        load_dataset("celeba")


def test_celeba_is_downloaded_and_unpacked(celeba_online, home):
    download_dataset("celeba")
    assert len(list((home / "celeba" / "img_align_celeba").iterdir())) == 10
    check_faces(load_dataset("celeba"), celeba_online, [0, 1, 4, 6, 7, 3, 5, 9])


def test_what_is_installed_is_not_fetched_again(celeba_online, web, home):
    check_fetched_once("celeba", web, home)


def test_half_unpacked_faces_do_not_count_as_installed(celeba_online, web, home, monkeypatch):
    name = "?id=ID-img_align_celeba.zip"
    whole, kind = web.files[name], torchvision_class("CelebA")
    # a later face fails its check sum
    broken = whole[: (position := whole.index(b"JFIF", len(whole) // 2))] + b"XXXX" + whole[position + 4 :]
    with monkeypatch.context() as patch:
        patch.setitem(web.files, name, broken)
        patch.setattr(
            kind,
            "file_list",
            [("ID-img_align_celeba.zip", md5(broken), "img_align_celeba.zip"), *kind.file_list[1:]],
        )
        with pytest.raises(zipfile.BadZipFile):
            download_dataset("celeba")
        assert len(list(home.rglob("*.jpg"))) > 1 and not is_installed("celeba")
    download_dataset("celeba")
    check_faces(load_dataset("celeba"), celeba_online, [0, 1, 4, 6, 7, 3, 5, 9])
    assert {p.name for p in (home / "celeba").iterdir() if p.is_dir()} == {"img_align_celeba"}


def test_the_faces_are_decoded_once(celeba, monkeypatch):
    folder, attributes = celeba
    monkeypatch.setattr(decoded, "MIN_SECONDS", 0)
    first = load_dataset("celeba")
    monkeypatch.setattr(torchvision_sets, "read_images", None)
    again = load_dataset("celeba")
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.n_train, first.class_names, first.skipped) == (
        again.n_train,
        again.class_names,
        again.skipped,
    )
    assert again.factors.keys() == first.factors.keys() == {*ATTRIBUTES}
    for name, values in first.factors.items():
        np.testing.assert_array_equal(again.factors[name], values)
    (folder / "list_attr_celeba.txt").touch()
    with pytest.raises(TypeError):
        load_dataset("celeba")
