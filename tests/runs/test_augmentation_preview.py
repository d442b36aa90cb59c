"""The preview of an augmentation."""

import numpy as np

from explorer.runs.augmentation import preview_augmentation


def test_each_row_begins_with_the_image_and_goes_on_with_changes_of_it():
    x = np.random.default_rng(0).integers(0, 200, (2, 3, 8, 8), np.uint8)
    rows = preview_augmentation(x, "mirror", 7)
    assert rows.shape == (2, 8, 3, 8, 8) and np.array_equal(rows[:, 0], x)
    for image, changes in zip(x, rows[:, 1:]):
        kinds = [[np.array_equal(one, kind) for kind in (image, image[..., ::-1])] for one in changes]
        assert all(map(any, kinds)) and [True, False] in kinds and [False, True] in kinds
