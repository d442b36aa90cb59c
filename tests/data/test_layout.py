"""What folders mean: classes and splits."""

import numpy as np
import pytest

from explorer.data.layout import infer_layout

A, B = "0.png", "1.png"


@pytest.mark.parametrize(
    "names, folders, is_test",
    [
        ([f"train/cat/{A}", f"train/dog/{A}", f"test/cat/{A}"], ["cat", "dog", "cat"], [0, 0, 1]),
        ([f"ds/Train/cat/{A}", f"ds/Test/cat/{A}", f"ds/Test/dog/{A}"], ["cat", "cat", "dog"], [0, 1, 1]),
        ([f"train/cat/{A}", f"val/cat/{A}"], ["cat", "cat"], [0, 1]),
        ([f"train/cat/{A}", f"valid/cat/{A}"], ["cat", "cat"], [0, 1]),
        ([f"training/cat/{A}", f"validation/dog/{A}"], ["cat", "dog"], [0, 1]),
        ([f"train/cat/{A}", f"val/cat/{A}", f"test/cat/{A}"], ["cat", "cat", "cat"], [0, 0, 1]),
        ([f"train/{A}", f"test/{A}"], ["", ""], [0, 1]),
        (
            [f"cat/train/{A}", f"cat/test/{A}", f"dog/train/{A}", f"dog/test/{A}"],
            ["cat", "cat", "dog", "dog"],
            [0, 1, 0, 1],
        ),
        (
            [f"bottle/train/good/{A}", f"bottle/test/good/{A}", f"bottle/test/broken/{A}"],
            ["good", "good", "broken"],
            [0, 1, 1],
        ),
        ([f"train/cat/{A}", f"test/cat/{A}", "readme.png"], ["cat", "cat", ""], [0, 1, 0]),
    ],
)
def test_train_and_test_folders_are_a_split(names, folders, is_test):
    layout = infer_layout(names)
    assert layout.folders == folders and np.array_equal(layout.is_test, np.array(is_test, bool))
    assert bool(layout.note) == any("val/" in name for name in names) * any("test/" in name for name in names)


@pytest.mark.parametrize(
    "names, folders",
    [
        ([f"train/{A}", f"car/{A}", f"test/{A}"], ["train", "car", "test"]),  # vehicles
        ([f"train/cat/{A}", f"train/dog/{A}"], ["cat", "dog"]),
        ([f"test/{A}", f"test/{B}"], ["test", "test"]),
        ([f"test/cat/{A}", f"val/dog/{A}"], ["test", "val"]),
        ([f"x/y/a/{A}", f"x/y/b/deep/{A}"], ["a", "b"]),
        ([A, B], ["", ""]),
        ([f"./a/{A}", f"b//{A}", f"c/{A}"], ["a", "b", "c"]),
        ([f"Cat/{A}", f"cat/{B}"], ["Cat", "Cat"]),
    ],
)
def test_other_folders_are_classes(names, folders):
    layout = infer_layout(names)
    assert layout.folders == folders and layout.is_test is None and not layout.note
