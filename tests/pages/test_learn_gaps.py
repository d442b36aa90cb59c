"""The lesson on gaps, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from explorer import runs
from explorer.latent.gap_map import between, gap_map
from explorer.store.catalogue import find
from explorer.store.classifier import classifier_of
from explorer.store.embedding import read_embedding
from explorer.ui import cache
from tests.pages.conftest import follow, galleries, pictures

PAGE = "learn_gaps"
RUNS = {"AE": "mnist-ae-2d", "VAE": "mnist-ladder-2d"}
opened = partial(follow, PAGE)
VEIL = round(0.3 * 255)


def tables(proto) -> dict:
    """A chart's data, by name."""
    return {d.name: convert_arrow_bytes_to_pandas_df(d.data.data) for d in proto.datasets}


def way(kind: str, first: int, last: int, t: np.ndarray) -> np.ndarray:
    """[n, 2] between the codes of the images that are nearest to the means of their classes."""
    e = read_embedding(runs.load(RUNS[kind]).run)
    ends = []
    for label in (first, last):
        rows = np.flatnonzero(e.y[: len(e.images)] == label)
        flat = e.images[rows].reshape(len(rows), -1) / 255
        ends.append(e.mu[rows[cdist(flat, flat.mean(0, keepdims=True)).argmin()]].astype(np.float64))
    return (1 - t[:, None]) * ends[0] + t[:, None] * ends[1]


def farther(kind: str, z: np.ndarray) -> np.ndarray:
    """[n], in doublings: above 0 is a gap."""
    return np.log2(np.divide(*distances(kind, z)) + 1e-12)


def distances(kind: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By brute force, from each z to the nearest code and to the 5th nearest draw."""
    e = read_embedding(runs.load(RUNS[kind]).run)
    found = between(e.mu, e.logvar, np.random.default_rng(0))
    w = found.fitted.whiten(z)
    return cdist(w, found.whitened).min(1), np.sort(cdist(w, found.draws), axis=1)[:, 4]


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
    assert all(len(told["marked"]) in (0, 11) for title, told in galleries(app).items() if title.startswith("The way"))  # 0 to itself


@pytest.mark.parametrize("kind", RUNS)
def test_the_way_and_its_gaps_are_those_computed_elsewhere(app, kind):
    opened(app, answer="2", **{"from": "4", "to": "1"})
    z = way(kind, 4, 1, np.linspace(0, 1, 11))
    told = galleries(app)[f"The way, {kind}"]
    assert np.abs(pictures(told).astype(int) - np.rint(255 * runs.load(RUNS[kind]).decode(z)[:, 0])).max() <= 1
    assert told["marked"] == np.flatnonzero(farther(kind, z) > 0).tolist() and told["captions"] == [""] * 5 + ["▲"] + [""] * 5
    column = list(RUNS).index(kind)
    here = [m.value for m in app.markdown if m.value.startswith(("**AE**,", "**VAE**,"))][column]
    assert here == f"**{kind}**, " + ("in a gap" if 5 in told["marked"] else "among codes")
    said = [c.value for c in app.caption if "nearest code is" in c.value][column]
    written = [float(number) for number in re.findall(r"(\d\.\d\d\d)", said)]
    assert np.allclose(written, np.ravel(distances(kind, z[[5]])), atol=6e-4)
    p = classifier_of(find(RUNS[kind]))[0].probabilities(runs.load(RUNS[kind]).decode(z[[5]]))[0]
    assert said.startswith(f"The classifier {'says' if p.max() >= 0.9 else 'is unsure:'} {p.argmax()} ({100 * p.max():.0f} %). The nearest")


def test_the_map_marks_the_place_and_the_chart_the_share(app):
    opened(app, t="0.3")
    ae, vae, chart = (c.proto for c in app.get("vega_lite_chart"))
    for kind, one in (("AE", ae), ("VAE", vae)):
        assert np.allclose(tables(one)["here"][["z0", "z1"]], way(kind, 0, 1, np.array([0.3])), atol=1e-5)
    assert tables(chart)["here"]["t"].tolist() == [0.3]
    [ratios] = [t for t in tables(chart).values() if "model" in t]
    of_vae = ratios[ratios["model"] == "VAE"]
    assert np.allclose(np.log2(of_vae["ratio"]), farther("VAE", way("VAE", 0, 1, of_vae["t"].to_numpy())), atol=1e-4)


def test_what_lies_in_a_gap_is_seen_after_a_prediction(app):
    opened(app)
    told = galleries(app)
    in_gaps = np.concatenate([pictures(one)[one["marked"]] for one in told.values()])
    others = np.concatenate([np.delete(pictures(one), one["marked"], 0) for one in told.values()])
    assert len(in_gaps) and np.abs(in_gaps.astype(int) - VEIL).max() <= 1 and (others.max((1, 2)) > 150).all()
    for answer in (1, 2, 3):
        app.button(key=f"{PAGE} answer {answer}").click().run()
        seen = np.concatenate([pictures(one)[one["marked"]] for one in galleries(app).values()])
        assert not app.exception and (seen.max((1, 2)) > 150).all() and len(seen) == len(in_gaps)
        assert any(m.value.startswith("**Correct.**") for m in app.markdown) == (answer == 2)


def test_shares_are_those_of_the_gap_map(app):
    opened(app)
    [said] = [m.value for m in app.markdown if m.value.startswith("**Sample.**")]
    for kind, name in RUNS.items():
        e = read_embedding(runs.load(name).run)
        assert f"**{100 * gap_map(e.mu, e.logvar).gap:.0f} % of the {kind}'s**" in said
    assert "Of 5,000 draws" in said


def test_others_are_drawn_by_a_button_and_a_seed_draws_the_same_again(app):
    opened(app, answer="1")
    title = "VAE, from the prior N(0, I)"
    first = pictures(galleries(app)[title])
    wanted = runs.load(RUNS["VAE"]).decode(np.random.default_rng(0).standard_normal((11, 2)))
    assert np.abs(first.astype(int) - np.rint(255 * wanted[:, 0])).max() <= 1
    next(b for b in app.button if b.label == "Draw others").click().run()
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
    monkeypatch.setattr(cache, "all_runs", lambda: ([], []))
    opened(app)
    assert "mnist-ae-2d" in app.info[0].value and not galleries(app)
