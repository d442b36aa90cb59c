import numpy as np
from sklearn.datasets import load_digits

from explorer.data import load_dataset


def test_they_are_scikit_learns_own():
    """Compare images and labels together, in any order."""
    data, original = load_dataset("digits"), load_digits()
    assert len(data.x) == 1797 and data.shape == (1, 8, 8)
    ours = np.column_stack([data.x.reshape(1797, -1) * (16 / 255), data.y])
    expected = np.column_stack([original.data, original.target])
    np.testing.assert_array_equal(sorted(ours.round().tolist()), sorted(expected.tolist()))


def test_pixels_span_black_to_white_in_equal_steps():
    x = load_dataset("digits").x
    np.testing.assert_array_equal(np.unique(x), np.rint(np.linspace(0, 255, 17)))


def test_the_split_is_fixed_for_good():
    """Check the split, because stored runs refer to images by their index."""
    first, again = load_dataset("digits"), load_dataset("digits")
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.n_train, first.n_test) == (1437, 360)
    assert first.y[first.test][:20].tolist() == [0, 8, 8, 9, 8, 3, 7, 5, 0, 6, 6, 3, 1, 3, 8, 7, 8, 6, 1, 5]


def test_every_class_is_in_both_splits():
    data = load_dataset("digits")
    assert np.bincount(data.y[data.test], minlength=10).min() >= 20
    assert np.bincount(data.y[data.train], minlength=10).min() >= 100
