"""Neighbours against scikit-learn's, blends against the conditions of the optimum (Karush, Kuhn and
Tucker).
"""

import time
import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from explorer.errors import UserError
from explorer.latent import neighbours
from explorer.latent.neighbours import fit_blend, nearest_distances, nearest_points

SHAPES = [(1, 8, 8), (3, 16, 16)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("shape", SHAPES)
def test_pixels_are_compared_between_0_and_1(shape, rng):
    points, query = rng.integers(0, 256, (3000, *shape), np.uint8), rng.random(shape)
    rows, distances = nearest_points(points, query, 9)
    expected = (
        NearestNeighbors(n_neighbors=9).fit(points.reshape(3000, -1) / 255).kneighbors(query.reshape(1, -1))
    )
    assert np.array_equal(rows, expected[1][0]) and distances == pytest.approx(expected[0][0], rel=1e-5)


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
def test_codes_are_compared_as_they_are(dim, rng, monkeypatch):
    monkeypatch.setattr(neighbours, "CHUNK_VALUES", 100 * dim + 1)
    points, query = rng.standard_normal((950, dim)) * 1e-3 + 1000, np.full(dim, 1000.0)
    rows, distances = nearest_points(points, query, 950)
    expected = cdist(query[None], points)[0]
    assert np.array_equal(rows, expected.argsort()) and distances == pytest.approx(np.sort(expected))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_image_among_them_is_its_own_nearest_at_no_distance(shape, rng):
    points = rng.integers(0, 256, (500, *shape), np.uint8)
    rows, distances = nearest_points(points, points[321] / 255, 2)
    assert rows[0] == 321 and distances[0] == 0 < distances[1]


def test_equals_come_by_row(rng):
    image = rng.integers(0, 256, (3, 5, 7), np.uint8)
    points = np.tile(image, (9000, 1, 1, 1))
    points[::2] = 255 - image
    rows, distances = nearest_points(points, rng.random((3, 5, 7)) * 0.1 + image / 255 * 0.9, 4500)
    assert np.array_equal(rows, np.arange(1, 9000, 2)) and np.unique(distances).size == 1


def test_sixty_thousand_images_take_little_time_and_memory(rng):
    points, query = rng.integers(0, 256, (60_000, 1, 28, 28), np.uint8), rng.random((1, 28, 28))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        nearest_points(points, query, 10)
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    nearest_points(points, query, 10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert min(seconds) < 0.5 and peak < 8e6


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("k", [1, 2, 16])
def test_no_other_weights_come_nearer(shape, k, rng):
    """Check the optimality conditions: no weight is negative, no larger weight reduces the distance, and the
    gradient is 0 for every positive weight.
    """
    images, x = rng.integers(0, 256, (k, *shape), np.uint8), rng.random(shape)
    blend = fit_blend(x, images)
    residual, flat = (x - blend.image).ravel(), images.reshape(k, -1) / 255
    assert blend.weights.shape == (k,) and blend.image.shape == shape and (blend.weights >= 0).all()
    assert blend.image == pytest.approx(np.tensordot(blend.weights, images / 255, 1))
    assert blend.distance == pytest.approx(np.linalg.norm(residual))
    slope = flat @ residual
    assert slope.max() < 1e-9 and slope * blend.weights == pytest.approx(np.zeros(k), abs=1e-9)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_a_sum_of_images_is_found_again_and_need_not_weigh_one(dtype, rng):
    pixels = rng.integers(0, 256, (5, 3, 8, 8), np.uint8)
    images = pixels if dtype == np.uint8 else (pixels / 255).astype(dtype)
    weights = np.array([0.5, 0, 1.2, 0, 0.1])
    blend = fit_blend(np.tensordot(weights, pixels / 255, 1), images)
    assert blend.weights == pytest.approx(weights, abs=1e-5) and blend.distance == pytest.approx(0, abs=1e-5)


def test_a_negative_image_is_explained_by_nothing(rng):
    x = -rng.random((1, 4, 4))
    blend = fit_blend(x, rng.random((3, 1, 4, 4)))
    assert not blend.weights.any()
    assert not blend.image.any()
    assert blend.distance == pytest.approx(np.linalg.norm(x))


def test_equal_and_black_images_are_blended_too(rng):
    image = rng.random((1, 4, 4))
    blend = fit_blend(2 * image, np.stack([image, np.zeros_like(image), image]))
    assert blend.distance == pytest.approx(0, abs=1e-9) and blend.weights[[0, 2]].sum() == pytest.approx(2)


def test_what_cannot_be_compared_gets_a_sentence(rng):
    images = rng.random((4, 1, 8, 8))
    for call in (lambda x, of: nearest_points(of, x, 1), fit_blend):
        with pytest.raises(UserError, match="There are no images"):
            call(images[0], images[:0])
        with pytest.raises(UserError, match="1 × 2 × 2 can't be compared with images of 1 × 8 × 8"):
            call(np.zeros((1, 2, 2)), images)
    for k in (0, 5):
        with pytest.raises(UserError, match=f"choose 1 to 4 neighbours, not {k}"):
            nearest_points(images, images[0], k)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_the_nearest_distances_are_scikit_learns(dtype):
    rng = np.random.default_rng(0)
    points, queries = ((255 * rng.random((n, 1, 28, 28))).astype(dtype) for n in (5000, 20))
    unit = 255 if dtype == np.uint8 else 1
    expected = (
        NearestNeighbors(n_neighbors=1)
        .fit(points.reshape(5000, -1) / unit)
        .kneighbors(queries.reshape(20, -1) / unit)[0][:, 0]
    )
    assert nearest_distances(points, queries) == pytest.approx(expected, rel=1e-3)
