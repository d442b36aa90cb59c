"""PCA by numpy's singular value decomposition; the interval by scipy's paired t-test."""

import tracemalloc

import numpy as np
import pytest
from scipy.stats import ttest_rel

from explorer.data import load_dataset as load_data
from explorer.latent.yardstick import MAX_EXACT_PIXELS, compare_with_pca, pca_errors


def errors_by_svd(train: np.ndarray, test: np.ndarray, k: int) -> np.ndarray:
    a, b = (x.reshape(len(x), -1) / 255 for x in (train, test))
    axes = np.linalg.svd(a - a.mean(0), full_matrices=False)[2][:k]
    deviation = b - a.mean(0)
    return np.square(deviation - deviation @ axes.T @ axes).mean(1)


def textures(n: int, side: int = 19, seed: int = 0) -> np.ndarray:
    """Return colour images of more pixels than are solved exactly: 30 patterns of falling strength."""
    rng = np.random.default_rng(seed)
    patterns = np.random.default_rng(9).standard_normal((30, 3 * side * side))
    strengths = rng.standard_normal((n, 30)) * 20 * 0.8 ** np.arange(30)
    noise = rng.standard_normal((n, 3 * side * side))
    return (128 + strengths @ patterns / 3 + noise).clip(0, 255).astype(np.uint8).reshape(n, 3, side, side)


@pytest.mark.parametrize("k", [1, 2, 16])
def test_few_pixels_are_exact(k):
    data = load_data("digits")
    train, test = data.x[data.train], data.x[data.test]
    errors, n_components = pca_errors(train, test, k)
    assert n_components == k
    assert errors == pytest.approx(errors_by_svd(train, test, k), rel=1e-3, abs=1e-7)


@pytest.mark.parametrize("n_train", [12, 300])
def test_many_pixels_are_solved_by_subspace_iteration(n_train):
    train, test = textures(n_train), textures(50, seed=1)
    assert train[0].size > MAX_EXACT_PIXELS
    errors, n_components = pca_errors(train, test, 8)
    expected = errors_by_svd(train, test, 8)
    assert n_components == 8 and errors.mean() == pytest.approx(expected.mean(), rel=1e-3)
    assert errors == pytest.approx(expected, rel=0.02)
    assert np.array_equal(errors, pca_errors(train, test, 8)[0])


@pytest.mark.parametrize(
    "images", [lambda n, seed: textures(n, 6, seed), lambda n, seed: textures(n, 19, seed)]
)
def test_there_are_at_most_as_many_components_as_directions_in_the_training_images(images):
    train, test = images(5, 0), images(20, 1)
    errors, n_components = pca_errors(train, test, 30)
    assert n_components == 4
    assert errors == pytest.approx(errors_by_svd(train, test, 4), rel=1e-3)


def test_as_many_components_as_pixels_leave_no_error():
    data = load_data("digits")
    errors, n_components = pca_errors(data.x[data.train], data.x[data.test], 512)
    n_varying = (data.x[data.train].reshape(data.n_train, -1).std(0) > 0).sum()
    assert n_components == n_varying == 61 and errors.max() < 1e-3 and errors.mean() < 1e-5


@pytest.mark.parametrize("n_train", [1, 3])
def test_one_image_or_equal_images_have_no_components(n_train):
    image, test = textures(1), textures(4, seed=1)
    errors, n_components = pca_errors(image.repeat(n_train, 0), test, 2)
    assert n_components == 0
    assert errors == pytest.approx(np.square(test / 255 - image / 255).mean((1, 2, 3)), rel=1e-4)


def test_images_are_converted_in_parts():
    train = np.random.default_rng(0).integers(0, 256, (3000, 3, 32, 32), dtype=np.uint8)
    tracemalloc.start()
    pca_errors(train, train[:10], 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * train.size  # as float32 they have four bytes a pixel, and their copies more


def test_the_interval_is_that_of_a_paired_t_test():
    rng = np.random.default_rng(0)
    of_pca = rng.random(200)
    errors = of_pca + rng.normal(0.01, 0.05, 200)
    y = compare_with_pca(errors, of_pca, 3, 1.5, errors)
    interval = ttest_rel(errors, of_pca).confidence_interval(0.95)
    assert (y.difference_low, y.difference_high) == pytest.approx((interval.low, interval.high))
    assert (y.mse, y.pca_mse, y.n, y.n_components) == (errors.mean(), of_pca.mean(), 200, 3)
    assert y.is_worse == (ttest_rel(errors, of_pca).pvalue < 0.05 and errors.mean() > of_pca.mean())
    assert compare_with_pca(of_pca + 0.1 + errors / 100, of_pca, 3, 1.5, errors).is_worse
    assert not compare_with_pca(of_pca - 0.1 + errors / 100, of_pca, 3, 1.5, errors).is_worse


def test_the_interval_of_the_ratio_to_training_images_contains_the_true_one():
    """Gamma variables, as squared errors nearly are: in 2,000 trials it is a 95% interval."""
    rng, within = np.random.default_rng(0), []
    for _ in range(2000):
        test, training = 3 * rng.gamma(4, size=20), rng.gamma(4, size=100)
        y = compare_with_pca(test, test, 3, 1.5, training)
        within.append(y.ratio_low < 3 < y.ratio_high)
        assert y.ratio_low < y.mse / y.train_mse < y.ratio_high
    assert np.mean(within) == pytest.approx(0.95, abs=0.015)


def test_without_an_error_there_is_no_ratio():
    y = compare_with_pca(np.full(3, 0.1), np.full(3, 0.1), 1, 1.5, np.zeros(4))
    assert (y.train_mse, y.ratio_low, y.ratio_high) == (0.0, None, None)


def test_one_test_image_has_no_interval():
    y = compare_with_pca(np.array([0.5]), np.array([0.1]), 1, 1.5, np.array([0.2, 0.3]))
    assert y.ratio_low is None and y.ratio_high is None
    assert y.difference_low is None and y.difference_high is None and not y.is_worse
    assert "that of PCA with 1 component 0.1000 (1 test image)" in str(y)
