"""What the tools say is what is measured: each figure beside a computation of its own, each general sentence
beside the shipped runs.
"""

import re

import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.stats import norm

from explorer.data import load_dataset as load_data
from explorer.latent.disentanglement import measure_separation
from explorer.latent.gap_map import build_gap_index
from explorer.latent.interpolation import interpolate_linear
from explorer.latent.traversal import correlation, manifold_grid
from explorer.runs.load import load_run
from explorer.runs.regressor import load_factor_reader
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.views.run_view import RunView
from tests.pages.conftest import galleries, opened, pad_state, pictures, visit


@pytest.fixture
def app(trained_runs, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(trained_runs))
    return opened()


def show(app, run, tool, **query):
    return visit("explore", app, run=run, tool=tool, **query)


def said(app, pattern: str) -> list[str]:
    """Return the groups of the one caption or text that matches."""
    [match] = [
        match for element in (*app.caption, *app.markdown) if (match := re.search(pattern, element.value))
    ]
    return list(match.groups())


def test_explore_says_once_what_an_image_and_a_gap_are(app):
    for run, has_posterior in (("tiny-vae", True), ("tiny-ae", False)):
        visit("explore", app, run=run)
        texts = [c.value for c in (*app.caption, *app.markdown)]
        assert sum("not a sample from p(x|z)" in text for text in texts) == 1
        assert sum("gaps are measured on posterior samples" in text for text in texts) == has_posterior


def test_an_attribute_direction_is_measured_on_the_other_classes(app):
    show(app, "digits-vae-2d", "attributes", less="3", more="8")
    loaded = load_run("digits-vae-2d")
    e, classifier = read_embedding(loaded.run), read_classifier(loaded.run)[0]
    rows, step = np.flatnonzero(~np.isin(e.y, (3, 8))), e.mu[e.y == 8].mean(0) - e.mu[e.y == 3].mean(0)
    before, after = (classifier.probabilities(loaded.decode(e.mu[rows] + v)).argmax(1) for v in (0, step))
    unchanged, to_target = (after == e.y[rows]).mean(), (after == 8).mean()
    own_share = (before == e.y[rows]).mean()
    n, *shares = (
        int(text)
        for text in said(
            app,
            r"Added to (\d+) codes of other classes, this direction keeps the class of (\d+)% .*, turns"
            r" (\d+)% .* into 8 and (\d+)% .* Without it, (\d+)% \(\d+ to \d+%\) keep their class",
        )
    )
    assert n == len(rows)
    assert shares == pytest.approx(
        [100 * share for share in (unchanged, to_target, 1 - unchanged - to_target, own_share)], abs=0.51
    )


def test_where_there_is_no_other_class_or_no_classifier_nothing_is_claimed(app):
    for run, query in (
        ("moons-vae-2d", {"attribute": "phase"}),
        ("digits-vae-2d", {"less": "3", "more": "3"}),
    ):
        show(app, run, "attributes", **query)
        assert not any("Without it" in c.value for c in app.caption)


def test_a_grid_says_equal_shares_only_where_they_are(app):
    """Compute the shares of samples in the cells around the images, whose edges are the quantiles
    Φ⁻¹(i/n).
    """
    n, rng, edges = 5, np.random.default_rng(0), norm.ppf(np.arange(1, 5) / 5)
    assert np.allclose(manifold_grid(n, "quantile")[0, :, 0], norm.ppf((np.arange(n) + 0.5) / n))
    for run, equal in (("mnist-vae-2d", True), ("mnist-ae-2d", False), ("mnist-vae-16d", True)):
        unit = RunView(load_run(run).run).scale.map_root
        # each axis in its own standard deviations
        axes = rng.standard_normal((200_000, 2)) @ unit.T / np.linalg.norm(unit, axis=1)
        cells = np.bincount(
            n * np.searchsorted(edges, axes[:, 0]) + np.searchsorted(edges, axes[:, 1]), minlength=n * n
        ) / len(axes)
        assert (np.ptp(cells * n * n) < 0.1) == equal
        assert correlation(unit) == pytest.approx(np.corrcoef(axes.T)[0, 1], abs=0.01)
        show(app, run, "grid", side="5")
        assert any("each image stands for the same share" in c.value for c in app.caption) == equal
        assert (
            any(f"(r = {correlation(unit):.2f})".replace("-", "−") in c.value for c in app.caption) != equal
        )


def test_midpoints_in_gaps_are_counted_for_both_paths(app):
    show(app, "tiny-vae", "interpolate")
    [shares] = [
        re.findall(r"(linear|spherical) ([\d.]+) ± ([\d.]+)%", c.value)
        for c in app.caption
        if "midpoint" in c.value
    ]
    e, rng = read_embedding(load_run("tiny-vae").run), np.random.default_rng(5)
    mu = e.mu.astype(float)
    for path_type, share, error in shares:
        measured = []
        for _ in range(10):
            a, b = mu[rng.integers(len(mu), size=(2, 300))]
            middle = (a + b) / 2
            if path_type == "spherical":  # about the origin of a plane: half the angle, half of both radii
                angle = np.angle(np.exp(1j * (np.arctan2(b[:, 1], b[:, 0]) - np.arctan2(a[:, 1], a[:, 0]))))
                angles = np.arctan2(a[:, 1], a[:, 0]) + angle / 2
                middle = (
                    (np.linalg.norm(a, axis=1) + np.linalg.norm(b, axis=1))[:, None]
                    / 2
                    * np.stack([np.cos(angles), np.sin(angles)], 1)
                )
            measured.append((build_gap_index(e.mu, e.logvar, rng).log2_distance_ratio(middle) > 0).mean())
        assert 100 * np.mean(measured) == pytest.approx(float(share), abs=3 * float(error) + 1)


def test_samples_below_90_percent_confidence_are_counted(app):
    show(app, "digits-ae-2d", "sample", draws="64", seed="2")
    loaded = load_run("digits-ae-2d")
    p = read_classifier(loaded.run)[0].probabilities(
        loaded.decode(np.array(pad_state(app)["overlay"]["marks"]))
    )
    expected = [str((p.max(1) < 0.9).sum())]
    pattern = r"(\d+) of 64, \d+% \(\d+ to \d+%\), are below 90% confidence"
    assert said(app, pattern) == expected
    show(app, "digits-ae-2d", "sample", draws="64", seed="2", pixels="sample")
    assert said(app, rf"Of the images E\[x\|z\], {pattern}") == expected


@pytest.mark.parametrize("run", ["tiny-vae", "tiny-ae", "tiny-ladder"])
def test_the_mean_a_sample_of_the_pixels_or_both_are_shown(app, run):
    for pixels in ("mean", "sample", "both"):
        show(app, run, "sample", pixels=pixels, draws="8", seed="4")
        zs = np.array(pad_state(app)["overlay"]["marks"])
        loaded = load_run(run)
        kinds = {"mean": loaded.decode(zs), "sample": loaded.sample_pixels(zs, 4)}
        expected = (
            np.stack([*kinds.values()], 1).reshape(-1, *loaded.run.shape)
            if pixels == "both"
            else kinds[pixels]
        )
        assert np.abs(pictures(galleries(app)["Samples"]).ravel() - 255.0 * expected.ravel()).max() < 1


@pytest.mark.parametrize(
    "run, source, temperature",
    [
        ("tiny-vae", "prior", "Gaussian"),
        ("tiny-vae", "codes", "each posterior"),
        ("tiny-ae", "prior", "Gaussian"),
        ("tiny-ae", "codes", None),
        ("tiny-vqvae", "prior", None),
    ],
)
def test_temperature_is_explained_for_each_source_and_only_offered_where_it_does_something(
    app, run, source, temperature
):
    show(app, run, "sample", source=source, draws="32", temperature="0.5")
    sliders = [s for s in app.slider if s.label == "Temperature"]
    assert len(sliders) == (temperature is not None) and all(temperature in s.help for s in sliders)
    cool = np.array(pad_state(app)["overlay"]["marks"])
    show(app, run, "sample", source=source, draws="32", temperature="2.0")
    assert np.allclose(cool, pad_state(app)["overlay"]["marks"]) == (temperature is None)


def test_inactive_rows_say_how_little_they_change(app):
    show(app, "mnist-vae-16d", "traverse", steps="5")
    gallery = galleries(app)["Traversals"]
    shown = pictures(gallery).astype(float).reshape(len(gallery["row_labels"]), 5, 28, 28) / 255
    inactive = [row for row, head in zip(shown, gallery["row_labels"]) if "inactive" in head]
    if inactive:
        [largest] = said(app, r"no pixel changes by more than ([\d.]+)")
        assert float(largest) == pytest.approx(max(np.ptp(row, axis=0).max() for row in inactive), abs=0.005)
    else:
        assert not any("inactive" in c.value for c in app.caption)
        app.toggle[0].set_value(True).run()
        assert any("inactive" in head for head in galleries(app)["Traversals"]["row_labels"]) == any(
            "inactive" in c.value for c in app.caption
        )


def test_copying_prints_distances_and_no_contrast(app):
    show(app, "tiny-ae", "copying", z="0,0")
    data, loaded = load_data("digits"), load_run("tiny-ae")
    x = data.x[data.train].reshape(-1, 64) / 255
    decoded = loaded.decode(np.zeros((1, 2)))[0].ravel()
    distances = np.linalg.norm(x - decoded, axis=1)
    _, blend = nnls(x[np.argsort(distances)[:60]].T, decoded)
    nearest, _, best = said(
        app, r"nearest training image \*\*([\d.]+)\*\*, best blend of (\d+) training images \*\*([\d.]+)\*\*"
    )
    assert float(nearest) == pytest.approx(distances.min(), abs=0.006)
    assert float(best) == pytest.approx(blend, abs=0.006)
    images, e = data.x[data.test][:100].reshape(100, 64) / 255, read_embedding(loaded.run)
    medians = [
        np.median(np.linalg.norm(x[:, None] - group, axis=2).min(0))
        for group in (images, loaded.decode(e.mu[:100]).reshape(100, 64))
    ]
    shown = [
        float(v) for v in said(app, r"100 test images ([\d.]+) \(.*100 of their reconstructions ([\d.]+) \(")
    ]
    assert shown == pytest.approx(medians, abs=0.006)


@pytest.mark.parametrize("run", ["digits-vae-2d", "digits-ae-2d"])
def test_a_decoded_image_is_a_blend_everywhere_and_never_a_copy(app, run):
    """Check images decoded from codes, from points outside gaps and from points in gaps."""
    data, loaded, rng = load_data("digits"), load_run(run), np.random.default_rng(0)
    x, e = data.x[data.train].reshape(-1, 64) / 255, read_embedding(loaded.run)
    index = build_gap_index(e.mu, e.logvar, rng)
    samples = index.fitted.unwhiten(rng.standard_normal((400, 2)))
    gaps = index.log2_distance_ratio(samples) > 0
    for zs in (e.mu[:20], samples[gaps][:20], samples[~gaps][:20]):
        decoded = loaded.decode(zs).reshape(len(zs), 64)
        distances = np.linalg.norm(decoded[:, None] - x, axis=2)
        blends = [nnls(x[np.argsort(row)[:60]].T, image)[1] for row, image in zip(distances, decoded)]
        assert distances.min() > 0.1 and np.median(blends) < np.median(distances.min(1)) / 2


def test_selected_figures_have_standard_errors(app):
    show(app, "tiny-vae", "select", rows="1,2,3,4,5,6,7,8")
    table = app.dataframe[0].value
    mean, error = said(app, r"mean distortion (−?-?[\d.]+) ± ([\d.]+)")
    assert float(mean.replace("−", "-")) == pytest.approx(table["distortion"].mean(), abs=0.06)
    assert float(error) == pytest.approx(table["distortion"].std(ddof=1) / np.sqrt(8), abs=0.06)


@pytest.mark.parametrize("run", ["mnist-vae-2d", "fashion-mnist-vae-2d", "digits-vae-2d"])
def test_the_classifier_is_no_judge_of_nonsense(app, run):
    classifier, rng = read_classifier(load_run(run).run)[0], np.random.default_rng(0)
    noise, white = rng.random((500, *classifier.shape)), np.ones((1, *classifier.shape))
    shares = [(classifier.probabilities(x.astype(np.float32)).max(1) >= 0.9).mean() for x in (noise, white)]
    assert max(shares) > 0.3


@pytest.mark.slow
def test_on_most_paths_between_classes_a_third_class_appears():
    """Check what the home page suggests to look for."""
    loaded, rng = load_run("mnist-vae-2d"), np.random.default_rng(0)
    e, classifier = read_embedding(loaded.run), read_classifier(loaded.run)[0]
    pairs = [(i, j) for i, j in rng.integers(len(e.mu), size=(100, 2)) if e.y[i] != e.y[j]]
    classes_of_paths = [
        classifier.probabilities(loaded.decode(interpolate_linear(e.mu[i], e.mu[j], 25))).argmax(1)
        for i, j in pairs
    ]
    third = [bool(set(classes) - {e.y[i], e.y[j]}) for classes, (i, j) in zip(classes_of_paths, pairs)]
    assert np.mean(third) > 0.6  # it is about 0.8, with a standard error of 0.04


def test_each_tool_is_named_as_on_every_page():
    from explorer.ui.explore.tools import TOOLS

    labels = [
        "Traverse",
        "Grid",
        "Interpolate",
        "Sample",
        "Attributes",
        "Your image",
        "Copying",
        "Select",
        "Export",
    ]
    assert [tool.label for tool in TOOLS.values()] == labels and list(TOOLS)[-1] == "take"


def test_what_a_direction_changes_is_read_in_decoded_images(app):
    show(app, "moons-vae-2d", "attributes", attribute="phase")
    loaded, reader = load_run("moons-vae-2d"), load_factor_reader(load_run("moons-vae-2d").run)
    e = read_embedding(loaded.run)
    order = e.factors["phase"].argsort(kind="stable")
    step = e.mu[order[-333:]].mean(0) - e.mu[order[:333]].mean(0)
    change = reader.read(loaded.decode(e.mu[:500] + step)) - reader.read(loaded.decode(e.mu[:500]))
    [table] = [frame.value for frame in app.dataframe if "change" in frame.value]
    assert list(table["factor"]) == [
        "phase (lit share)",
        "tilt (degrees)",
        "size (share of half the image)",
    ]
    shown = [float(text.split()[0].replace("−", "-")) for text in table["change"]]
    assert shown == pytest.approx(change.mean(0), abs=0.1) and shown[0] == pytest.approx(
        change[:, 0].mean(), abs=0.01
    )
    relative = [float(text.replace("−", "-")) for text in table["in SD"]]
    assert relative == pytest.approx(change.mean(0) / reader.regressor.sd, abs=0.02)
    [n] = said(app, r"Mean change over (\d+) codes of test images, with its 95% interval")
    assert n == "500"


@pytest.mark.parametrize("tool", ["attributes", "traverse"])
def test_mig_and_sap_stand_where_factors_are_known(app, tool):
    show(app, "moons-vae-2d", tool)
    e = read_embedding(load_run("moons-vae-2d").run)
    expected = measure_separation(e.mu, e.factors)
    mig, sap, n = said(app, r"MIG ([\d.]+) \(.*\), SAP ([\d.]+) \(.*\)\*\*: .* (1,000) test images")
    assert (mig, sap) == (f"{expected.mig.value:.2f}", f"{expected.sap.value:.2f}")
    low, high = said(app, r"In 3 trainings with .* different seeds, .* MIG is ([\d.]+) to ([\d.]+),")
    assert float(low) <= float(mig) <= float(high)
    [table] = [frame.value for frame in app.dataframe if "dimension" in frame.value]
    assert len(table) == 3
    show(app, "digits-vae-2d", tool)
    assert not any("MIG" in c.value for c in app.caption) and not len(app.dataframe)
