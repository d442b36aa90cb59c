"""Places between codes, against distances by brute force, and against the gaps that the command line
measures.
"""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from explorer.latent.gap_estimate import estimate_gap
from explorer.latent.gap_map import build_gap_index, build_gap_map
from explorer.latent.share import share_of_count
from explorer.lessons.gaps import compute
from explorer.lessons.gaps.figure import distance_chart, gap_strips, line_map
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run

RUNS = ("mnist-ae-2d", "mnist-ladder-2d")


@pytest.fixture(scope="module", params=RUNS)
def run(request):
    loaded = load_model(read_run(SHIPPED_FOLDER / request.param))
    e = read_embedding(loaded.run)
    return loaded, e, build_gap_index(e.mu, e.logvar, np.random.default_rng(0))


@pytest.fixture(scope="module")
def ae():
    return read_embedding(read_run(SHIPPED_FOLDER / "mnist-ae-2d"))


def whitened(index, z):
    """Return z in standard deviations, by the covariance's Cholesky factor: up to a rotation, which preserves
    distances.
    """
    return (z - index.codes.mean(0)) @ np.linalg.inv(
        np.linalg.cholesky(np.cov(index.codes, rowvar=False, bias=True))
    ).T


def test_distances_and_gaps_are_those_of_brute_force(run):
    loaded, e, index = run
    z = np.linspace(e.mu[0], e.mu[1], 13).astype(np.float64)
    places = compute.decode_points(loaded, index, z)
    to_codes = np.sort(cdist(whitened(index, z), whitened(index, index.codes)), axis=1)[:, 0]
    draws = whitened(index, index.fitted.unwhiten(index.draws))
    to_draws = np.sort(cdist(whitened(index, z), draws), axis=1)[:, 4]
    assert np.allclose(places.code_distance, to_codes, atol=1e-8)
    assert np.allclose(places.sample_distance, to_draws, atol=1e-8)
    assert np.array_equal(places.in_gap, to_codes > to_draws)
    assert np.array_equal(places.in_gap, index.log2_distance_ratio(z) > 0)


def test_a_code_of_the_map_lies_in_no_gap_and_far_away_does(run):
    loaded, _, index = run
    assert not compute.decode_points(loaded, index, index.codes[:50]).in_gap.any()
    assert (
        compute.decode_points(loaded, index, index.fitted.unwhiten(np.array([[9.0, 9.0]]))).code_distance[0]
        > 1
    )


def test_what_is_decoded_is_named_by_the_classifier(run):
    loaded, e, index = run
    places = compute.decode_points(loaded, index, e.mu[:30].astype(np.float64))
    c = read_classifier(loaded.run)[0]
    flat = places.x.reshape(30, -1).astype(np.float64)
    hidden = np.maximum(flat @ c.weights["1.weight"].T.astype(np.float64) + c.weights["1.bias"], 0)
    logits = hidden @ c.weights["3.weight"].T.astype(np.float64) + c.weights["3.bias"]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert np.array_equal(places.label, p.argmax(1)) and np.allclose(places.confidence, p.max(1), atol=1e-4)
    assert np.array_equal(places.x, loaded.decode(e.mu[:30])) and (places.label == e.y[:30]).mean() > 0.6


def test_shares_are_those_of_counting(run):
    loaded, e, index = run
    s = compute.measure_gaps(loaded, index, e.mu, e.logvar)
    assert s.gap == estimate_gap(e.mu, e.logvar) and s.gap.n == 5000 == s.in_gaps.n + s.outside.n
    assert build_gap_map(e.mu, e.logvar).estimate == s.gap
    assert s.in_gaps.n / 5000 == pytest.approx(s.gap.share, abs=0.02)
    radii = np.sort(cdist(index.draws[:400], index.draws), axis=1)[:, 5]  # the nearest is itself
    is_in_gap = cdist(index.draws[:400], index.whitened).min(1) > radii
    below = (
        read_classifier(loaded.run)[0]
        .probabilities(loaded.decode(index.fitted.unwhiten(index.draws[:400])))
        .max(1)
        < 0.9
    )
    for share, mask in ((s.in_gaps, is_in_gap), (s.outside, ~is_in_gap)):
        assert abs(below[mask].mean() - share.value) < 4 * np.sqrt(
            share.value * (1 - share.value) / mask.sum()
        )


def test_one_share_is_larger_than_another_where_scipy_finds_a_difference():
    from scipy.stats import chi2_contingency

    rng, agree = np.random.default_rng(0), []
    for _ in range(200):
        n, m = rng.integers(100, 1000, 2)
        a, b = rng.binomial([n, m], rng.uniform(0.2, 0.4, 2))
        p = chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
        agree.append(
            compute.is_larger(share_of_count(a, n), share_of_count(b, m)) == (p < 0.05 and a / n > b / m)
        )
    assert np.mean(agree) > 0.97
    assert not compute.is_larger(share_of_count(15, 50), share_of_count(15, 50))


def test_without_a_classifier_there_are_gaps_only(run, monkeypatch):
    loaded, e, index = run
    monkeypatch.setattr(compute, "read_classifier", lambda run: None)
    s = compute.measure_gaps(loaded, index, e.mu, e.logvar)
    assert (s.in_gaps, s.outside, s.noise_confident) == (None, None, None)
    assert not s.is_less_confident_in_gaps
    assert s.gap.share > 0.1


def test_the_ae_meets_more_gaps_than_the_vae_of_its_network():
    ae, vae = (load_model(read_run(SHIPPED_FOLDER / name)) for name in RUNS)
    assert (ae.run.spec.network, ae.run.spec.width, ae.run.spec.depth) == (
        vae.run.spec.network,
        vae.run.spec.width,
        vae.run.spec.depth,
    )
    of_ae, of_vae = (build_gap_map(e.mu, e.logvar).gap for e in map(read_embedding, (ae.run, vae.run)))
    assert of_ae > of_vae + 0.05 and of_vae > 0.05  # where equal distributions have 0.03


def test_typical_is_the_image_nearest_to_the_mean_of_its_class(ae):
    n = len(ae.images)
    for label in (0, 7):
        rows = np.flatnonzero(ae.y[:n] == label)
        flat = ae.images[rows].reshape(len(rows), -1) / 255
        assert (
            compute.most_typical_row(ae.images, ae.y[:n], label)
            == rows[cdist(flat, flat.mean(0, keepdims=True))[:, 0].argmin()]
        )


def test_strips_of_a_gap_cover_its_cells_and_no_others():
    shade = np.array([[200, 200, 10, 200], [10, 10, 10, 10], [0, 129, 128, 255]], np.uint8)
    strips = gap_strips(np.array([-2.0, 0.0, 2.0, 6.0], np.float32), shade)
    assert strips["x"].tolist() == [1, 1, 5, 5] and strips["width"] == 2
    assert strips["base"].tolist() == [-2, 1, -1, 1] and strips["y"].tolist() == [0, 2, 0, 2]
    assert len(gap_strips(np.array([0, 0, 1, 1], np.float32), np.zeros((3, 3), np.uint8))["x"]) == 0


def test_a_place_is_marked_where_it_is_on_the_way(ae):
    gap_map = build_gap_map(ae.mu, None)
    strips, codes = gap_strips(gap_map.bounds, gap_map.shade), (ae.mu[:50], ae.y[:50])

    def drawn(z) -> tuple[dict, dict]:
        names = tuple("0123456789")
        return line_map("Codes", strips, gap_map.bounds, codes, names, ae.mu[[3, 5]], np.array(z))

    (declaration, values), (same, others) = drawn([0.25, -1.0]), drawn([1.0, 1.0])
    assert values["z"] == {"x": 0.25, "y": -1.0} and others["z"] == {"x": 1.0, "y": 1.0}
    assert declaration == same  # so that it is updated in place
    assert np.allclose(np.stack([values["line"][name] for name in "xy"], 1), ae.mu[[3, 5]])
    assert np.allclose(np.stack([values["codes"][name] for name in "xy"], 1), codes[0], atol=1e-4)


def test_how_far_is_drawn_as_given():
    t = np.linspace(0, 1, 3)
    ratios = {"AE": np.array([1.0, 2, 3]), "VAE": np.array([0.5, 0.2, 0.1])}
    _, values = distance_chart(t, ratios, 0.5)
    for model, ratio in ratios.items():
        assert values[model]["x"] is t and values[model]["y"] is ratio
    assert values["present"] == {"x": 0.5} and values["gap"]["low"] == [1, 1]
