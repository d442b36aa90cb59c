"""The preview of the augmentation on Train."""

import numpy as np

from explorer.ui.train.augmentation import N_VARIANTS, augmented_rows


def test_each_row_begins_with_the_image_and_goes_on_with_changes_of_it():
    x = np.random.default_rng(0).integers(0, 200, (2, 3, 8, 8), np.uint8)
    rows = augmented_rows(x, "mirror")
    assert rows.shape == (2, 1 + N_VARIANTS, 3, 8, 8) and np.array_equal(rows[:, 0], x)
    for image, changed in zip(x, rows[:, 1:]):
        kinds = {"same" if np.array_equal(one, image) else "mirrored" for one in changed}
        assert all(np.array_equal(one, image) or np.array_equal(one, image[..., ::-1]) for one in changed)
    assert kinds == {"same", "mirrored"}
