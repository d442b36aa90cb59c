import os

import numpy as np
import pytest
from PIL import Image

from explorer.data.dataset import shuffle_order
from explorer.errors import UserError
from tests.data.conftest import BLUE, GREEN, RED, classes, read


def test_subfolders_are_classes_and_labels_follow_their_images(save):
    colours = {"apple": RED, "leaf": GREEN, "sea": BLUE}
    for name, colour in colours.items():
        root = save(*[f"{name}/{i}.png" for i in range(7)], f"{name}/deeper/7.png", colour=colour)
    data = read(root)
    assert data.class_names == ("apple", "leaf", "sea") and np.bincount(data.y).tolist() == [8, 8, 8]
    assert classes(data) != sorted(classes(data))  # in another order than on disk
    np.testing.assert_array_equal(
        data.x, np.tile(np.array([colours[c] for c in classes(data)])[:, :, None, None], (28, 28))
    )


def test_without_subfolders_there_is_one_class(save):
    data = read(save("a.png", "b.jpg", "c.gif"))
    assert data.class_names == ("images",) and data.y.tolist() == [0, 0, 0]


def test_loose_files_beside_subfolders_are_a_class_of_their_own(save):
    save("loose.png", "other.png", colour=RED)
    data = read(save("sub/a.png", "sub/b.png", colour=BLUE))
    assert data.class_names == ("sub", "(no folder)")
    assert {(c, *x[:, 0, 0]) for c, x in zip(classes(data), data.x)} == {
        ("sub", *BLUE),
        ("(no folder)", *RED),
    }


def test_folders_without_readable_images_are_no_classes(save):
    root = save("a/1.png", "a/2.png")
    (root / "empty").mkdir()
    (root / "notes").mkdir()
    (root / "notes" / "broken.png").write_text("text", encoding="utf-8")
    (root / "notes" / "read me.txt").write_text("text", encoding="utf-8")
    data = read(root)
    assert data.class_names == ("a",)
    assert data.skipped == ("notes/broken.png: it is not an image that can be read",)


def test_hidden_files_and_folders_are_left_alone(save):
    data = read(save("a/1.png", "a/2.png", ".trash/3.png", "a/.thumbnails/4.png", "a/._5.png"))
    assert data.class_names == ("a",) and len(data.x) == 2 and data.skipped == ()


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
    np.testing.assert_array_equal(read(root).x[:, 0, 0, 0], shuffle_order(15))


def test_one_fifth_is_the_test_split(save):
    data = read(save(*[f"{i}.png" for i in range(20)]))
    assert (data.n_train, data.n_test) == (16, 4)


def test_two_images_are_enough(save):
    data = read(save("a.png", "b.png"))
    assert (data.n_train, data.n_test) == (1, 1)


@pytest.mark.parametrize(
    "n_good, n_broken, message",
    [
        (1, 0, "contains 1 image that can be read,"),
        (0, 0, "contains no images that can be read"),
        (1, 2, "2 skipped; broken0.png"),
        (0, 1, "1 skipped; broken0.png"),
    ],
)
def test_fewer_than_two_images_are_a_user_error(save, n_good, n_broken, message):
    root = save("held.txt.png")
    (root / "held.txt.png").rename(root / "held.txt")  # an image, but not by its name
    for i in range(n_good):
        save(f"{i}.png")
    for i in range(n_broken):
        (root / f"broken{i}.png").write_text("text", encoding="utf-8")
    with pytest.raises(UserError) as error:
        read(root)
    assert message in str(error.value) and str(root) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["absent", "a file"])
def test_a_path_that_is_no_folder_is_a_user_error(tmp_path, kind):
    path = tmp_path / "images"
    if kind == "a file":
        path.write_text("text", encoding="utf-8")
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


def test_a_linked_folder_is_a_class(save, tmp_path):
    root = save("a/1.png", "a/2.png")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Image.new("L", (28, 28), 9).save(elsewhere / "3.png")
    (root / "linked").symlink_to(elsewhere)
    assert read(root).class_names == ("a", "linked")
