"""What holds for every data set that needs no network."""

import numpy as np
import pytest
from PIL import Image

from explorer.data import load_dataset
from explorer.data.dataset import shuffle_order
from explorer.errors import UserError
from explorer.registry import DATASETS


@pytest.fixture(scope="module", params=["digits", "moons", "shapes", "faces", "folder"])
def data(request, tmp_path_factory):
    if request.param != "folder":
        return load_dataset(request.param)
    root = tmp_path_factory.mktemp("images")
    for i in range(6):
        (root / "ab"[i % 2]).mkdir(exist_ok=True)
        Image.new("RGB", (30, 40), (40 * i, 0, 0)).save(root / "ab"[i % 2] / f"{i}.png")
    return load_dataset(f"folder:{root}", 32, True)


def test_images_are_bytes_of_one_shape(data):
    assert data.x.dtype == np.uint8 and data.x.ndim == 4 and data.x.flags.c_contiguous
    assert data.shape == data.x.shape[1:] and data.shape[0] in (1, 3) and data.x.max() > 127


def test_labels_name_a_class_of_each_image(data):
    assert data.y.dtype == np.int64 and data.y.shape == (len(data.x),)
    assert sorted(set(data.y)) == list(range(len(data.class_names)))
    assert len(set(data.class_names)) == len(data.class_names)
    assert all(isinstance(name, str) for name in data.class_names)


def test_both_splits_have_images_and_share_none(data):
    assert 0 < data.n_train < len(data.x) == data.n_train + data.n_test
    assert len(data.x[data.train]) == data.n_train and len(data.x[data.test]) == data.n_test
    assert data.train.stop == data.test.start


def test_factors_are_known_for_each_image(data):
    assert all(
        v.shape == (len(data.x),) and v.dtype == np.float32 and np.isfinite(v).all()
        for v in data.factors.values()
    )


@pytest.mark.parametrize("n", [1, 2, 1797])
def test_a_shuffled_order_is_a_fixed_permutation(n):
    assert sorted(shuffle_order(n)) == list(range(n)) and (shuffle_order(n) == shuffle_order(n)).all()


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="Did you mean digits"):
        load_dataset("digit")


@pytest.mark.parametrize("name", ["moons", "shapes"])
def test_the_first_images_are_drawn_alone(name):
    """They are those of the whole set."""
    whole, some = load_dataset(name), DATASETS[name].builder(most=(30, 20))
    rows = [*range(30), *range(whole.n_train, whole.n_train + 20)]
    np.testing.assert_array_equal(some.x, whole.x[rows])
    np.testing.assert_array_equal(some.y, whole.y[rows])
    assert (some.n_train, some.n_test) == (30, 20)
    for factor, values in some.factors.items():
        np.testing.assert_array_equal(values, whole.factors[factor][rows])
