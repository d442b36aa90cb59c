"""What the lesson on closing the gap shows, against the densities of the runs and new samples."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file
from scipy.spatial.distance import cdist
from scipy.stats import multivariate_normal

from explorer.errors import UserError
from explorer.latent.share import is_larger
from explorer.lessons.closing_gap import compute
from explorer.lessons.closing_gap.lesson import LESSON, MAP, RUNS, SAMPLES, VAE, WIDE_VAE, blocks
from explorer.registry import N_COMPONENTS
from explorer.runs.densities import stored_density
from explorer.runs.density_shares import DENSITIES_FILE, PARTS, read_density_shares
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run

SHIPPED = {name: read_run(SHIPPED_FOLDER / name) for name in RUNS}
SHARES = {name: read_density_shares(SHIPPED[name]) for name in (SAMPLES, VAE, WIDE_VAE)}
OF_AE, OF_VAE, OF_WIDE = SHARES[SAMPLES], SHARES[VAE]["prior"], SHARES[WIDE_VAE]["prior"]
FITS = [OF_AE[name] for name in compute.NAMES.values()]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the metadata and the tensors of each block of the lesson."""
    path, parts = tmp_path_factory.mktemp("closing_gap") / "block.safetensors", {}
    for name, block in blocks(SHIPPED).items():
        path.write_bytes(block.content)
        with safe_open(path, "numpy") as file:
            parts[name] = json.loads(file.metadata()["block"]), load_file(path)
    return parts


def test_the_models_of_16_numbers_have_one_network_but_for_the_wide_one():
    specs = [SHIPPED[name].spec for name in (SAMPLES, VAE, WIDE_VAE)]
    assert all(spec.latent_dim == 16 for spec in specs) and specs[1].beta == specs[2].beta == 1
    assert [(s.network, s.depth) for s in specs] == [("mlp", specs[0].depth)] * 3
    assert specs[0].width == specs[1].width < specs[2].width


@pytest.mark.parametrize(("block", "run"), [("map_mixtures", MAP), ("mixtures", SAMPLES)])
def test_the_mixtures_are_those_kept_with_the_runs(shown, block, run):
    """Compare log densities of test codes, by scipy, with those of the kept density."""
    metadata, tensors = shown[block]
    codes = read_embedding(SHIPPED[run]).mu[:200].astype(float)
    assert metadata["n_components"] == list(N_COMPONENTS)
    for k, name in compute.NAMES.items():
        weights, means, factors = (
            tensors[f"{part}_{k}"].astype(float) for part in ("weights", "means", "factors")
        )
        assert weights.shape == (k,) and weights.sum() == pytest.approx(1, abs=1e-5)
        assert (factors == np.tril(factors)).all()
        p = sum(w * multivariate_normal(m, f @ f.T).pdf(codes) for w, m, f in zip(weights, means, factors))
        assert np.allclose(np.log(p), stored_density(SHIPPED[run], name).log_density(codes), atol=0.02)


def test_components_near_to_the_same_one_before_stay_together(shown):
    _, tensors = shown["map_mixtures"]
    for before, now in zip(N_COMPONENTS, N_COMPONENTS[1:]):
        parents = cdist(tensors[f"means_{now}"], tensors[f"means_{before}"]).argmin(1)
        assert (np.diff(parents) >= 0).all()


def test_the_same_number_leads_to_nearer_components_than_without_the_order(shown):
    """The order shortens the way of samples between fits."""
    _, tensors = shown["map_mixtures"]
    u, rng = np.linspace(0, 1, 500, endpoint=False), np.random.default_rng(0)

    def length(order):
        places = []
        for k in N_COMPONENTS:
            rows = order(k)
            shares = np.cumsum(tensors[f"weights_{k}"][rows])
            places.append(tensors[f"means_{k}"][rows][np.searchsorted(shares / shares[-1], u, side="right")])
        return sum(np.linalg.norm(b - a, axis=1).mean() for a, b in zip(places[1:], places[2:]))

    assert length(np.arange) < 0.7 * np.mean([length(rng.permutation) for _ in range(10)])


def test_shares_shown_are_those_kept_and_those_of_new_samples(shown):
    metadata, _ = shown["shares"]
    rows = {row["label"]: row for row in metadata["rows"]}
    assert list(rows) == [*map(str, N_COMPONENTS), "diff.", "VAE", "wide"] and metadata["n"] == 5000
    assert rows["10"]["shares"]["gap"] == [getattr(FITS[3].gap, key) for key in ("share", "low", "high")]
    loaded, classifier = load_model(SHIPPED[SAMPLES]), read_classifier(SHIPPED[SAMPLES])[0]
    rng, codes = np.random.default_rng(7), read_embedding(SHIPPED[SAMPLES]).mu.astype(float)
    codes = codes[rng.choice(len(codes), 5000, replace=False)]
    turn = np.linalg.inv(np.linalg.cholesky(np.cov(codes.T))).T
    for name in ("gaussian", "mixture-50"):
        samples = stored_density(SHIPPED[SAMPLES], name).sample(5000, rng)
        w, s, some = codes @ turn, samples @ turn, slice(0, 1000)
        measured = {
            "gap": cdist(s[some], w).min(1) > np.sort(cdist(s[some], s), 1)[:, 5],
            "reverse_gap": cdist(w[some], s).min(1) > np.sort(cdist(w[some], w), 1)[:, 5],
            "unsure": classifier.probabilities(loaded.decode(samples[some])).max(1) < 0.9,
        }
        for part, is_true in measured.items():
            share, p = getattr(OF_AE[name], part), is_true.mean()
            error = np.hypot(np.sqrt(p * (1 - p) / len(is_true)), share.error)
            assert share.share == pytest.approx(p, abs=4 * error)


def test_the_text_says_what_is_measured():
    """With 50 Gaussians the AE has fewer samples in gaps than both VAEs; the wide VAE's gap is small, but
    more of its samples are below 90%. From 5 Gaussians on, both measures of decoded images are lower.
    """
    last = OF_AE["mixture-50"]
    assert is_larger(OF_VAE.gap, last.gap) and is_larger(OF_WIDE.gap, last.gap) and last.gap.share < 0.1
    assert OF_WIDE.gap.share < 0.1 and is_larger(OF_WIDE.unsure, last.unsure)
    parts = "unsure", "uncovered_by_features"
    is_better = [all(is_larger(getattr(OF_VAE, p), getattr(fit, p)) for p in parts) for fit in FITS]
    assert N_COMPONENTS[is_better.index(True)] == 5 and all(is_better[2:])


def test_the_solution_has_the_fewest_gaussians_below_the_vae():
    is_lower = [all(is_larger(getattr(OF_VAE, p), getattr(fit, p)) for p in PARTS) for fit in FITS]
    k = N_COMPONENTS[is_lower.index(True)]
    assert LESSON.solution == {"k": k} and LESSON.shows[-1]["k"] != k


def test_without_kept_mixtures_the_remedy_is_named(tmp_path):
    run = read_run(SHIPPED_FOLDER / VAE)
    with pytest.raises(UserError, match="explorer gaps mnist-ladder-16d --density all"):
        compute.mixtures_block(run).content  # noqa: B018


def test_what_the_lesson_needs_is_kept_with_the_runs():
    assert all((SHIPPED_FOLDER / name / DENSITIES_FILE).exists() for name in (SAMPLES, VAE, WIDE_VAE))
