"""Attribute directions: the difference of two groups' mean codes (Larsen et al., ICML 2016), and their effect
on other classes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError


def class_direction(mu: np.ndarray, y: np.ndarray, a: int, b: int) -> np.ndarray:
    """Return the direction [D] from the mean code of class a to that of class b. mu [N, D], y int [N]. Raises
    UserError if one has no image.
    """
    for label in (a, b):
        if not (y == label).any():
            raise UserError(
                f"No test image has the class {label}, so it has no mean code: choose another class."
            )
    return _direction(mu, y == a, y == b)


def factor_direction(mu: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the mean code where a known factor is high minus the mean code where it is low, [D]. mu [N, D],
    values [N].

    Low is the lower third of the values and high the upper third; values equal to the last one of a third
    belong to it. If both thirds end at the same value, as for a 0/1 factor that is mostly 0, low is every
    smaller value and high every larger one; if there is none, it is that value itself. So two different
    values always form two groups. Raises UserError for a factor without difference, or no image.
    """
    values = np.asarray(values, np.float64)
    if not len(values) or not values.min() < values.max():
        raise UserError(
            "This factor has the same value for all images, so it has no direction: choose another factor."
        )
    third = max(1, len(values) // 3)
    low, high = np.sort(values)[[third - 1, -third]]
    is_degenerate = low == high
    lower = values < low if is_degenerate and values.min() < low else values <= low
    upper = values > high if is_degenerate and values.max() > high else values >= high
    return _direction(mu, lower, upper)


def group_direction(mu: np.ndarray, first: Sequence[int], second: Sequence[int]) -> np.ndarray:
    """Return the direction [D] from the mean code of the first group of rows of mu [N, D] to that of the
    second. Raises UserError if one of them is empty.
    """
    if not len(first) or not len(second):
        raise UserError(
            "Choose at least one image for either group: the direction leads between their means."
        )
    return _direction(mu, np.asarray(first), np.asarray(second))


def measure_group_change(
    mu: np.ndarray,
    first: Sequence[int],
    second: Sequence[int],
    encode_decoded: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each image of the first group whether the code of its decoded image is nearer to the second
    group's mean code than to the first's, without and with the direction between the groups, bool [n] each.

    mu [N, D]; first, second: rows of at least two and one; encode_decoded: the codes [n, D] of the images
    that are decoded from zs [n, D]. Means and direction are computed without the image that they are used
    for (leave-one-out), so that it does not speak for itself.
    """
    rows, n = np.asarray(first), len(first)
    second_mean = mu[np.asarray(second)].mean(0, dtype=np.float64)
    first_means = (mu[rows].sum(0, dtype=np.float64) - mu[rows]) / (n - 1)  # [n, D]

    def are_nearer_to_second(zs: np.ndarray) -> np.ndarray:
        codes = encode_decoded(zs)
        return np.linalg.norm(codes - second_mean, axis=1) < np.linalg.norm(codes - first_means, axis=1)

    return are_nearer_to_second(mu[rows]), are_nearer_to_second(mu[rows] + second_mean - first_means)


@dataclass(frozen=True)
class Effect:
    """The effect of a direction towards a class on images of other classes: the shares that keep their class,
    change to that class, or change to another.
    """

    unchanged: float
    changed_to_target: float
    changed_to_other: float


def measure_effect(class_after: np.ndarray, class_before: np.ndarray, target: int) -> Effect:
    """Return the effect of a direction towards class target. class_after, class_before int [n]: the class of
    each image. Raises UserError without images.
    """
    if not len(class_before):
        raise UserError("There is no image of another class: choose a data set of three classes or more.")
    unchanged, to_target = float((class_after == class_before).mean()), float((class_after == target).mean())
    return Effect(unchanged, to_target, 1 - unchanged - to_target)


def _direction(mu: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return mu[end].mean(0, dtype=np.float64) - mu[start].mean(0, dtype=np.float64)
