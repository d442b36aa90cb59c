"""MIG and SAP against scikit-learn, and on codes for which they are known."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import balanced_accuracy_score, mutual_info_score
from sklearn.svm import LinearSVC

from explorer.errors import UserError
from explorer.latent.disentanglement import best_balanced_accuracy, measure_separation


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def mixed_codes(rng, n=3000):
    """Return codes [n, 4] that mix three factors, one of them 0 or 1, with noise."""
    factors = {
        "size": rng.uniform(-2, 3, n).astype(np.float32),
        "tilt": rng.uniform(0, 1, n).astype(np.float32),
        "hat": rng.integers(0, 2, n).astype(np.float32),
    }
    f = np.stack(list(factors.values()), 1)
    mixing = np.array([[1, 0.5, 0.2, 0], [0.3, 2, 0, 0.1], [0.1, 0.4, 1.5, 0.8]])
    return (f @ mixing + 0.3 * rng.standard_normal((n, 4))).astype(np.float32), factors


def lead(scores):
    """Return the difference between the two highest."""
    return np.sort(scores)[-1] - np.sort(scores)[-2]


def test_information_is_that_of_scikit_learn(rng):
    mu, factors = mixed_codes(rng)
    s = measure_separation(mu, factors)
    leads = []
    for f in s.factors:
        v = factors[f.name].astype(float)
        cut = np.digitize(v, np.linspace(v.min(), v.max(), 11)[1:-1]) if f.name != "hat" else v
        shares = [
            mutual_info_score(np.digitize(z, np.linspace(z.min(), z.max(), 21)[1:-1]), cut)
            / mutual_info_score(cut, cut)
            for z in mu.T.astype(float)
        ]
        assert f.information == pytest.approx(shares, abs=1e-9)
        assert f.best_dimension == int(np.argmax(shares))
        leads.append(lead(shares))
    assert s.mig.value == pytest.approx(np.mean(leads)) and s.mig.n == len(mu)


def test_the_interval_of_information_is_its_spread_over_images(rng):
    measured = []
    for mu, factors in (mixed_codes(rng) for _ in range(40)):
        name, values = next(iter(factors.items()))
        measured.append(measure_separation(mu, {name: values}).factors[0].two_best)
    for estimates in zip(*measured):  # of the best dimension, of the second best
        half_widths = [(e.high - e.low) / 2 for e in estimates]
        assert 0.6 < np.mean(half_widths) / (1.96 * np.std([e.value for e in estimates])) < 1.6
    assert all(best.value >= second.value for best, second in measured)


def test_predictability_is_that_of_scikit_learn(rng):
    mu, factors = mixed_codes(rng)
    s, leads = measure_separation(mu, factors), []
    for f in s.factors:
        v = factors[f.name]
        if f.name == "hat":
            continue
        scores = [LinearRegression().fit(z[:, None], v).score(z[:, None], v) for z in mu.T]
        assert f.predictability == pytest.approx(scores, abs=1e-5)
        leads.append(lead(scores))
    hat = next(f for f in s.factors if f.name == "hat")
    machines = [LinearSVC(class_weight="balanced").fit(z[:, None], factors["hat"]) for z in mu.T]
    accuracies = [
        balanced_accuracy_score(factors["hat"], machine.predict(z[:, None]))
        for machine, z in zip(machines, mu.T)
    ]
    # a threshold that maximises the accuracy is at least as good as that of a support vector machine
    assert (hat.predictability >= np.array(accuracies) - 1e-9).all()
    assert hat.predictability == pytest.approx(accuracies, abs=0.02)
    assert s.sap.value == pytest.approx(np.mean([*leads, lead(hat.predictability)]), abs=1e-6)


def test_the_best_threshold_is_the_best_of_all(rng):
    """Compare with trying every threshold, with equal codes among them."""
    z = rng.integers(0, 12, (80, 3)).astype(float)
    is_high = rng.random(80) < 0.2 + 0.05 * z[:, 0]
    for column, found in zip(z.T, best_balanced_accuracy(z, is_high)):
        tried = [balanced_accuracy_score(is_high, column > t) for t in np.arange(-1, 13)]
        assert found == pytest.approx(max(max(tried), 1 - min(tried)))


def test_a_dimension_of_its_own_for_each_factor_gives_one(rng):
    n = 4000
    factors = {name: rng.integers(0, 5, n).astype(np.float32) for name in "abc"}
    mu = np.stack([*factors.values(), rng.standard_normal(n)], 1)[:, [2, 3, 0, 1]]
    s = measure_separation(mu, factors)
    assert s.mig.value == pytest.approx(1, abs=0.02) and s.sap.value == pytest.approx(1, abs=0.02)
    assert [f.best_dimension for f in s.factors] == [2, 3, 0]


def test_a_factor_in_two_dimensions_alike_gives_zero(rng):
    v = rng.uniform(0, 1, 2000)
    s = measure_separation(np.stack([v, 1 - v, rng.standard_normal(2000)], 1), {"v": v})
    assert s.mig.value == pytest.approx(0, abs=0.02) and s.sap.value == pytest.approx(0, abs=1e-9)


def test_gaussian_codes_have_the_predictability_of_their_correlation(rng):
    """R² of a bivariate Gaussian is ρ²: .64 and .09, so SAP is .55."""
    v, noise = rng.standard_normal(200_000), rng.standard_normal((200_000, 2))
    mu = np.stack([0.8 * v + 0.6 * noise[:, 0], 0.3 * v + np.sqrt(1 - 0.09) * noise[:, 1]], 1)
    s = measure_separation(mu, {"v": v})
    assert s.sap.value == pytest.approx(0.55, abs=0.01) and s.sap.low < 0.55 < s.sap.high


def test_intervals_contain_the_mean_of_many_sets_of_images():
    """Draw 80 sets of 1,000 images: about 76 intervals contain their mean."""
    measured = [measure_separation(*mixed_codes(np.random.default_rng(i), 1000)) for i in range(80)]
    for estimates in ([s.mig for s in measured], [s.sap for s in measured]):
        mean = np.mean([e.value for e in estimates])
        assert sum(e.low <= mean <= e.high for e in estimates) >= 70
        width = np.mean([e.high - e.low for e in estimates])
        assert width == pytest.approx(2 * 1.96 * np.std([e.value for e in estimates]), rel=0.3)


def test_scales_and_signs_of_codes_do_not_matter(rng):
    mu, factors = mixed_codes(rng)
    a, b = measure_separation(mu, factors), measure_separation(mu * [-3, 0.1, 20, 1] + 5, factors)
    assert a.mig.value == pytest.approx(b.mig.value, abs=0.01) and a.sap.value == pytest.approx(
        b.sap.value, abs=1e-4
    )


@pytest.mark.parametrize(
    "dim, n, factors, fault",
    [
        (2, 200, {}, "no known factors"),
        (2, 200, {"v": np.ones(200)}, "no known factors"),
        (1, 200, {"v": np.arange(200.0)}, "two dimensions"),
        (3, 99, {"v": np.arange(99.0)}, "at least 100 images"),
    ],
)
def test_where_they_are_not_defined_it_says_why(dim, n, factors, fault, rng):
    with pytest.raises(UserError, match=fault):
        measure_separation(rng.standard_normal((n, dim)), factors)


def test_a_constant_dimension_tells_nothing(rng):
    v = rng.uniform(0, 1, 500)
    s = measure_separation(np.stack([v, np.zeros(500)], 1), {"v": v, "two": (v > 0.5).astype(float)})
    assert [f.information[1] for f in s.factors] == [0, 0]
    assert [f.predictability[1] for f in s.factors] == [0, 0.5]
