"""The lesson on gaps, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from explorer.latent.gap_map import build_gap_index
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from explorer.store.classifier import read_classifier
from explorer.store.embedding import read_embedding
from explorer.ui import catalogue
from tests.pages.conftest import follow, galleries, live_plots, pictures

PAGE = "learn_gaps"
RUNS = {"AE": "mnist-ae-2d", "VAE": "mnist-ladder-2d"}
opened = partial(follow, PAGE)
VEIL = round(0.3 * 255)


def way(kind: str, first: int, last: int, t: np.ndarray) -> np.ndarray:
    """Return the points [n, 2] between the codes of the images that are nearest to the means of their
    classes.
    """
    e = read_embedding(load_run(RUNS[kind]).run)
    ends = []
    for label in (first, last):
        rows = np.flatnonzero(e.y[: len(e.images)] == label)
        flat = e.images[rows].reshape(len(rows), -1) / 255
        ends.append(e.mu[rows[cdist(flat, flat.mean(0, keepdims=True)).argmin()]].astype(np.float64))
    return (1 - t[:, None]) * ends[0] + t[:, None] * ends[1]


def farther(kind: str, z: np.ndarray) -> np.ndarray:
    """Return the distance ratio [n] in doublings: above 0 is a gap."""
    return np.log2(np.divide(*distances(kind, z)) + 1e-12)


def distances(kind: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return by brute force the distance from each z to the nearest code and to the 5th nearest sample."""
    e = read_embedding(load_run(RUNS[kind]).run)
    index = build_gap_index(e.mu, e.logvar, np.random.default_rng(0))
    w = index.fitted.whiten(z)
    return cdist(w, index.whitened).min(1), np.sort(cdist(w, index.draws), axis=1)[:, 4]


def test_every_setting_goes_to_both_ends(app):
    opened(app)
    for t in (0.0, 1.0):
        app.slider(key=f"{PAGE} t").set_value(t).run()
        assert not app.exception and app.query_params["t"] == str(t)
    assert [s.value for s in app.selectbox] == ["0", "1"]
    for name in ("from", "to"):
        for value in ("9", "0"):
            app.selectbox(key=f"{PAGE} {name}").set_value(value).run()
            assert not app.exception and app.selectbox(key=f"{PAGE} {name}").value == value
    # The path from 0 to itself is one point, which is in a gap or not.
    assert all(
        len(gallery["underlined"]) in (0, 11)
        for title, gallery in galleries(app).items()
        if title.startswith("Interpolation")
    )


@pytest.mark.parametrize("kind", RUNS)
def test_the_way_and_its_gaps_are_those_computed_elsewhere(app, kind):
    opened(app, answer="2", **{"from": "4", "to": "1"})
    z = way(kind, 4, 1, np.linspace(0, 1, 11))
    gallery = galleries(app)[f"Interpolation, {kind}"]
    assert (
        np.abs(pictures(gallery).astype(int) - np.rint(255 * load_run(RUNS[kind]).decode(z)[:, 0])).max() <= 1
    )
    assert gallery["underlined"] == np.flatnonzero(farther(kind, z) > 0).tolist()
    assert gallery["captions"] == [""] * 5 + ["▲"] + [""] * 5
    column = list(RUNS).index(kind)
    label = [m.value for m in app.markdown if m.value.startswith(("**AE**,", "**VAE**,"))][column]
    assert label == f"**{kind}**, " + ("in a gap" if 5 in gallery["underlined"] else "outside gaps")
    caption = [c.value for c in app.caption if "nearest code is" in c.value][column]
    written = [float(number) for number in re.findall(r"(\d\.\d\d\d)", caption)]
    assert np.allclose(written, np.ravel(distances(kind, z[[5]])), atol=6e-4)
    p = read_classifier(find_run(RUNS[kind]))[0].probabilities(load_run(RUNS[kind]).decode(z[[5]]))[0]
    assert caption.startswith(
        f"{'' if p.max() >= 0.9 else 'Below 90% confidence. '}Classifier: {p.argmax()}"
        f" ({100 * p.max():.0f}%). The"
    )


def test_the_map_marks_the_place_and_the_chart_the_share(app):
    opened(app, t="0.3")
    ae, vae, chart = (plot["values"] for plot in live_plots(app))
    for kind, one in (("AE", ae), ("VAE", vae)):
        z = one["z"]["x"], one["z"]["y"]
        assert np.allclose(z, way(kind, 0, 1, np.array([0.3])), atol=1e-5)
    assert chart["present"] == {"x": 0.3}
    t, ratio = (np.array(chart["VAE"][name]) for name in "xy")
    assert np.allclose(np.log2(ratio), farther("VAE", way("VAE", 0, 1, t)), atol=1e-4) and len(t) == 101


def test_what_lies_in_a_gap_is_seen_after_a_prediction(app):
    opened(app)
    shown = galleries(app)
    in_gaps = np.concatenate([pictures(one)[one["underlined"]] for one in shown.values()])
    others = np.concatenate([np.delete(pictures(one), one["underlined"], 0) for one in shown.values()])
    assert len(in_gaps) and np.abs(in_gaps.astype(int) - VEIL).max() <= 1 and (others.max((1, 2)) > 150).all()
    for answer in (1, 2, 3):
        app.button(key=f"{PAGE} answer {answer}").click().run()
        seen = np.concatenate([pictures(one)[one["underlined"]] for one in galleries(app).values()])
        assert not app.exception and (seen.max((1, 2)) > 150).all() and len(seen) == len(in_gaps)
        assert any(m.value.startswith("**Correct.**") for m in app.markdown) == (answer == 2)


def test_gaps_are_those_of_other_draws_and_their_order_is_said(app):
    """Compute the share by brute force, on a thousand new samples from the Gaussian fitted to new posterior
    samples.
    """
    opened(app)
    [text] = [m.value for m in app.markdown if m.value.startswith("Of the **samples**")]
    estimates = re.findall(r"\*\*(\d+)% \((\d+) to (\d+)%\)\*\* of the (\w+)'s", text)
    rng = np.random.default_rng(77)
    for share, low, high, kind in estimates:
        e = read_embedding(load_run(RUNS[kind]).run)
        rows = rng.permutation(len(e.mu))[:5000]
        codes = e.mu[rows] + (
            0 if e.logvar is None else np.exp(e.logvar[rows] / 2) * rng.standard_normal((5000, 2))
        )
        draws = rng.multivariate_normal(codes.mean(0), np.cov(codes.T), 5000)
        turn = np.linalg.inv(np.linalg.cholesky(np.cov(codes.T))).T
        w, queries = (codes @ turn, (draws @ turn)[:1000])
        expected = (cdist(queries, w).min(1) > np.sort(cdist(queries, draws @ turn), 1)[:, 5]).mean()
        assert float(share) == pytest.approx(
            100 * expected, abs=400 * np.sqrt(expected * (1 - expected) / 1000)
        )
        assert int(low) <= int(share) <= int(high) <= int(low) + 6
    assert [kind for *_, kind in estimates] == ["AE", "VAE"]
    assert int(estimates[0][1]) > int(estimates[1][2])
    assert "the VAE has fewer" in text
    assert any("5,000 codes" in c.value and "posterior means" in c.value for c in app.caption)


def test_shares_below_90_percent_are_those_of_the_classifier_and_so_is_what_is_concluded(app):
    opened(app)
    [text] = [
        m.value
        for m in app.markdown
        if m.value.startswith("**Images below 90% confidence of the classifier:**")
    ]
    figures = {
        kind: [
            tuple(int(v) / 100 for v in found) for found in re.findall(r"(\d+)% \((\d+) to (\d+)%\)", part)
        ]
        for kind, part in zip(RUNS, text.partition(". ")[0].split(";"))
    }
    classifier = read_classifier(find_run(RUNS["AE"]))[0]
    for kind, (in_gaps, outside) in figures.items():
        e, loaded = read_embedding(load_run(RUNS[kind]).run), load_run(RUNS[kind])
        z = np.random.default_rng(5).multivariate_normal(e.mu.mean(0), np.cov(e.mu.T), 1500)
        below, is_in_gap = classifier.probabilities(loaded.decode(z)).max(1) < 0.9, farther(kind, z) > 0
        for (share, low, high), mask in ((in_gaps, is_in_gap), (outside, ~is_in_gap)):
            p, n = below[mask].mean(), mask.sum()
            assert share == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / n) + (high - low) / 2)
        assert (kind in (re.search(r"higher in gaps for the ([\w ]+)\.", text) or ["", ""])[1].split()) == (
            in_gaps[0] - outside[0] > np.hypot(in_gaps[2] - in_gaps[1], outside[2] - outside[1]) / 2
        )
    found = re.search(r"in (\d+)% \((\d+) to (\d+)%\) of ([\d,]+) images of uniform noise", text)
    share, low, high = map(int, found.groups()[:3])
    noise = classifier.probabilities(np.random.default_rng(3).random((4000, 1, 28, 28))).max(1) >= 0.9
    assert share == pytest.approx(100 * noise.mean(), abs=high - low + 1)
    assert "does not show that an image is good" in text


def test_others_are_drawn_by_a_button_and_a_seed_draws_the_same_again(app):
    opened(app, answer="1")
    title = "VAE, from the prior N(0, I)"
    first = pictures(galleries(app)[title])
    expected = load_run(RUNS["VAE"]).decode(np.random.default_rng(0).standard_normal((11, 2)))
    assert np.abs(first.astype(int) - np.rint(255 * expected[:, 0])).max() <= 1
    next(b for b in app.button if b.label == "Resample").click().run()
    other = pictures(galleries(app)[title])
    assert app.query_params["seed"] == "1" and not np.array_equal(first, other)
    opened(app, answer="1", seed="1")
    assert np.array_equal(pictures(galleries(app)[title]), other)


def test_a_link_restores_what_was_chosen(app):
    opened(app, t="0.25", seed="7", **{"from": "3", "to": "8"})
    assert app.slider(key=f"{PAGE} t").value == 0.25 and [s.value for s in app.selectbox] == ["3", "8"]
    assert [app.query_params[name] for name in ("t", "from", "to", "seed")] == ["0.25", "3", "8", "7"]
    opened(app, t="1.5", **{"from": "no class"})
    assert "t can't be '1.5'" in app.warning[0].value and [s.value for s in app.selectbox] == ["0", "1"]


def test_without_the_runs_it_says_so(app, monkeypatch):
    monkeypatch.setattr(catalogue, "visible_runs", lambda: ([], []))
    opened(app)
    assert "mnist-ae-2d" in app.info[0].value and not galleries(app)
