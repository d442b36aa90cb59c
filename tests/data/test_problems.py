"""What is announced about a set of images, against counts by pairwise comparison."""

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.data.dataset import Dataset
from explorer.data.problems import are_single_coloured, find_problems

rng = np.random.default_rng(0)


def images(n, shape=(1, 5, 5)):
    return rng.integers(0, 256, (n, *shape), np.uint8)


def dataset(x, n_train=None, y=None, names=("a", "b")):
    y = np.zeros(len(x), np.int64) if y is None else np.asarray(y)
    return Dataset("x", x, y, names, len(x) * 4 // 5 if n_train is None else n_train)


def test_ordinary_images_have_no_problems():
    assert find_problems(dataset(images(40))) == () and load_dataset("digits").notes == ()


def test_few_images_are_too_few():
    assert [bool(find_problems(dataset(images(n)))) for n in (2, 10, 11)] == [True, True, False]
    assert find_problems(dataset(images(6)))[0].startswith("6 images are too few to learn from")


def test_copies_are_counted_within_the_set_and_across_the_split():
    x = images(60, (3, 4, 4))[rng.integers(0, 60, 100)]
    n_train = 70
    equal = (x[:, None] == x[None]).all((2, 3, 4))
    n_copies = int(np.tril(equal, -1).any(1).sum())
    n_seen = int(equal[n_train:, :n_train].any(1).sum())
    assert 0 < n_seen < 30 and find_problems(dataset(x, n_train)) == (
        f"{n_copies} of 100 images are equal to another one.",
        f"{n_seen} of 30 test images are also in the training split, so test figures look better than they"
        " are.",
    )


def test_one_image_repeated_is_said_once():
    assert find_problems(dataset(images(1).repeat(20, 0))) == (
        "All 20 images are the same image, so there is nothing to learn.",
    )
    assert find_problems(dataset(np.full((20, 3, 4, 4), 7, np.uint8))) == (
        "All 20 images have the same single colour, so there is nothing to learn.",
    )


def test_images_of_one_colour_are_counted():
    x = images(20, (3, 6, 6))
    plain = images(20, (3, 1, 1)).repeat(6, 2).repeat(6, 3)
    plain[3, 1, 0, 5] += 1
    assert are_single_coloured(plain).tolist() == [i != 3 for i in range(20)]
    assert find_problems(dataset(np.concatenate([x, plain]))) == ("19 of 40 images are of one colour.",)
    assert find_problems(dataset(np.delete(plain, 3, 0)))[0].startswith("Every image is of one colour")


@pytest.mark.parametrize(
    "small, large, is_named", [(3, 500, True), (9, 90, True), (9, 80, False), (12, 500, False)]
)
def test_a_small_class_beside_a_large_one_is_named(small, large, is_named):
    problems = find_problems(dataset(images(small + large), y=[0] * small + [1] * large))
    assert [f"The class a has {small} images and b has {large}" in p for p in problems] == [True] * is_named


def test_several_small_classes_share_a_sentence():
    problems = find_problems(dataset(images(63), y=[0] + [1] * 2 + [2] * 60, names=("a", "b", "c")))
    assert problems == (
        "The class a has 1 image and c has 60 (2 classes have at most 9): a model learns little of so small a"
        " class.",
    )
