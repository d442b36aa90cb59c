import numpy as np
import pytest

from explorer.latent.ladder import film_kl_weights, interpolate_weights, rung_at

BETAS = (0.01, 0.1, 1.0, 4.0)


@pytest.mark.parametrize(
    ("beta", "i", "t"),
    [
        (0.01, 0, 0),
        (0.1**1.5, 0, 0.5),
        (0.1, 1, 0),
        (2, 2, 0.5),
        (4, 2, 1),
        (0.001, 0, 0),
        (9, 2, 1),
    ],
)
def test_a_kl_weight_lies_between_its_rungs_by_logarithm(beta, i, t):
    assert rung_at(BETAS, beta) == (i, pytest.approx(t))


def test_weights_are_mixed_between_rungs_and_untouched_at_them():
    w = {"a": np.arange(8, dtype=np.float16).reshape(4, 2)}
    for i, beta in enumerate(BETAS):
        assert np.allclose(interpolate_weights(w, BETAS, beta)["a"], w["a"][i])
        assert interpolate_weights(w, BETAS, beta)["a"].dtype == np.float32
    assert np.allclose(interpolate_weights(w, BETAS, 2)["a"], [5, 6])


def test_a_film_has_the_rungs_and_what_lies_midway():
    assert film_kl_weights(BETAS) == pytest.approx((0.01, 0.1**1.5, 0.1, 0.1**0.5, 1, 2, 4))
    assert film_kl_weights(()) == ()
