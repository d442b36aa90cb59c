"""What the lesson on gaps shows, against distances by brute force and counts of new samples."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from explorer.latent.gap_estimate import estimate_gap
from explorer.latent.share import is_larger
from explorer.lessons.gaps import compute
from explorer.lessons.gaps.lesson import LESSON, RUNS, blocks
from explorer.live.block import read_block
from explorer.runs.gap_shares import read_gap_shares
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run

CLASSIFIER = read_classifier(read_run(SHIPPED_FOLDER / RUNS[0]))[0]
MODELS = [load_model(read_run(SHIPPED_FOLDER / name)) for name in RUNS]
SHARES = [read_gap_shares(loaded.run) for loaded in MODELS]


@pytest.fixture(scope="module")
def shown():
    """Return of each model the metadata and the tensors of its codes, and the tensors of its decoder."""
    parts = blocks({loaded.run.name: loaded.run for loaded in MODELS})
    decoders = [model["decoder"] for model in parts["models"][:2]] + parts["deep_decoders"]
    return [
        (*read_block(model["codes"]), read_block(decoder)[1])
        for model, decoder in zip(parts["models"], decoders)
    ]


def decoded(loaded, tensors, w):
    """Return what a model decodes at w [n, 2] standard deviations, and the confidence of the classifier."""
    images = loaded.decode(tensors["mean"] + np.asarray(w) @ tensors["root"])
    return images, CLASSIFIER.probabilities(images).max(1)


def draw_codes(loaded, rng, n):
    """Return n codes: posterior samples of test images, or an AE's codes."""
    e = read_embedding(loaded.run)
    rows = rng.permutation(len(e.mu))[:n]
    noise = 0 if e.logvar is None else np.exp(e.logvar[rows] / 2) * rng.standard_normal((n, e.mu.shape[1]))
    return e.mu[rows].astype(float) + noise


def test_models_to_compare_have_one_network():
    networks = [
        (loaded.run.spec.network, loaded.run.spec.width, loaded.run.spec.depth, loaded.run.spec.latent_dim)
        for loaded in MODELS
    ]
    assert networks[0] == networks[1] and networks[2] == networks[3]
    assert [loaded.run.spec.beta for loaded in MODELS[1::2]] == [1, 1]


def test_standard_deviations_are_those_of_the_codes(shown):
    for loaded, (_, tensors, _) in zip(MODELS, shown):
        codes = draw_codes(loaded, np.random.default_rng(4), 10_000)
        w = (codes - tensors["mean"]) @ np.linalg.inv(tensors["root"].astype(float))
        assert np.allclose(np.cov(w.T), np.eye(w.shape[1]), atol=0.15) and np.allclose(w.mean(0), 0, atol=0.1)
        if len(tensors["mean"]) == 16:  # principal axes, the longest first
            lengths = np.linalg.norm(tensors["root"], axis=1)
            assert (np.diff(lengths) <= 0).all()
            axes = tensors["root"] / lengths[:, None]
            assert np.allclose(axes @ axes.T, np.eye(16), atol=1e-4)
        else:  # the map is not turned
            assert np.allclose(tensors["root"], tensors["root"].T, atol=1e-5)
            e = read_embedding(loaded.run)
            inverse = np.linalg.inv(tensors["root"].astype(float))
            assert np.allclose(tensors["w"][0], (e.mu[0] - tensors["mean"]) @ inverse, atol=2e-3)
            assert len(tensors["w"]) == compute.N_SHOWN == len(tensors["y"])


@pytest.mark.parametrize("i", [0, 1])
def test_cells_are_in_a_gap_as_brute_force_says(shown, i):
    loaded, tensors = MODELS[i], shown[i][1]
    e, rng = read_embedding(loaded.run), np.random.default_rng(8)
    index = compute.build_gap_index(e.mu, e.logvar, np.random.default_rng(0))
    cells = rng.integers(0, compute.GRID_SIZE, (300, 2))  # row, column
    w = compute.REACH_SIGMA * ((2 * cells[:, ::-1] + 1) / compute.GRID_SIZE - 1)
    inverse = np.linalg.inv(tensors["root"].astype(float))
    codes = (index.codes - tensors["mean"]) @ inverse
    draws = (index.fitted.unwhiten(index.draws) - tensors["mean"]) @ inverse
    to_code, to_draw = cdist(w, codes).min(1), np.sort(cdist(w, draws), 1)[:, 4]
    is_clear = np.abs(np.log(to_code / to_draw)) > 1e-3
    expected = (to_code > to_draw)[is_clear]
    assert np.array_equal(tensors["in_gap"][tuple(cells.T)][is_clear], expected) and 30 < expected.sum() < 270


def test_the_browser_gets_the_weights_of_kl_weight_1(shown):
    for loaded, (_, _, weights) in zip(MODELS, shown):
        expected = {k: v.numpy() for k, v in loaded.model.state_dict().items() if k.startswith("decoder.")}
        assert weights.keys() == expected.keys()
        assert all(np.allclose(weights[name][0], w, atol=1e-6) for name, w in expected.items())


def test_kept_shares_are_those_of_new_samples(shown):
    rng = np.random.default_rng(77)
    for loaded, shares, (metadata, _, _) in zip(MODELS, SHARES, shown):
        codes = draw_codes(loaded, rng, 5000)
        draws = rng.multivariate_normal(codes.mean(0), np.cov(codes.T), 5000)
        turn = np.linalg.inv(np.linalg.cholesky(np.cov(codes.T))).T
        w, samples = codes @ turn, draws @ turn
        some = slice(0, 1000)
        in_gap = cdist(samples[some], w).min(1) > np.sort(cdist(samples[some], samples), 1)[:, 5]
        alone = cdist(w[some], samples).min(1) > np.sort(cdist(w[some], w), 1)[:, 5]
        below = CLASSIFIER.probabilities(loaded.decode(draws[some])).max(1) < 0.9
        pairs = (
            (shares.gap, in_gap),
            (shares.reverse_gap, alone),
            (shares.unsure, below),
            (shares.unsure_in_gaps, below[in_gap]),
            (shares.unsure_outside, below[~in_gap]),
        )
        for share, is_true in pairs:
            p = is_true.mean()
            assert share.share == pytest.approx(
                p, abs=4 * np.hypot(np.sqrt(p * (1 - p) / len(is_true)), share.error)
            )
            assert share.low < share.share < share.high
        assert shares.gap.n == metadata["n"] == 5000
        assert metadata["shares"]["gap"] == str(shares.gap)
    e = read_embedding(MODELS[0].run)
    assert SHARES[0].gap.share == estimate_gap(e.mu, e.logvar).share


def test_the_text_says_what_is_measured():
    """A quarter of an AE's images in gaps are below 90%; in 16 dimensions about half, in gaps and outside,
    and most codes have no sample near; the VAE has fewer gaps than the AE.
    """
    ae, vae, deep_ae, deep_vae = SHARES
    assert 1 - ae.unsure_in_gaps.high > 0.65 and 1 - ae.unsure_in_gaps.low < 0.85
    assert is_larger(ae.gap, vae.gap) and is_larger(deep_ae.gap, deep_vae.gap)
    assert is_larger(deep_ae.reverse_gap, deep_vae.reverse_gap) and deep_ae.reverse_gap.low > 0.5
    assert all(0.4 < share.share < 0.6 for share in (deep_ae.unsure_in_gaps, deep_ae.unsure_outside))
    assert min(vae.gap.low, deep_vae.gap.low) > 0.03


def test_the_classifier_names_noise():
    noise = compute.share_of_named_noise(CLASSIFIER)
    named = CLASSIFIER.probabilities(np.random.default_rng(3).random((4000, 1, 28, 28))).max(1) >= 0.9
    assert noise.share == pytest.approx(named.mean(), abs=4 * noise.error) and noise.low > 0.3


def test_the_solution_solves_the_task_and_what_is_shown_does_not(shown):
    tensors = [model[1] for model in shown[:2]]

    def at(values):
        w = [[values["u"], values["v"]]]
        cell = np.floor((np.array(w[0]) / compute.REACH_SIGMA + 1) / 2 * compute.GRID_SIZE).astype(int)
        confidence = [decoded(loaded, t, w)[1][0] for loaded, t in zip(MODELS, tensors)]
        return bool(tensors[0]["in_gap"][cell[1], cell[0]]), *confidence

    is_in_gap, ae, vae = at(LESSON.solution)
    assert is_in_gap and ae < 0.9 <= vae
    for values in LESSON.shows:  # clear digits in gaps of the AE
        is_in_gap, ae, _ = at(values)
        assert is_in_gap and ae > 0.9
