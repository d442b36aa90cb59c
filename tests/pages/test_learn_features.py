"""The page on codes as features as Streamlit runs it, without a browser; with few seeds, steps and counts, so
that it is quick.
"""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from scipy import stats
from sklearn.linear_model import LogisticRegression
from streamlit.testing.v1 import AppTest
from threadpoolctl import threadpool_limits

from explorer.lessons.features import compute
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.ui.pages import page_file
from tests.pages.conftest import follow, galleries, live_plots, pictures

ROOT = Path(__file__).parents[2]
PAGE = "learn_features"
visit = partial(follow, PAGE)


def told(app) -> str:
    return "\n".join(m.value for m in [*app.markdown, *app.caption])


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    for name, value in {
        "N_SEEDS": 2,
        "N_FINE_TUNING_SEEDS": 2,
        "MIN_STEPS": 2,
        "N_EPOCHS": 0,
        "LABEL_COUNTS": (1, 10, 100),
    }.items():
        monkeypatch.setattr(compute, name, value)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=60).run()
    st.cache_resource.clear()


def accuracies(app) -> dict[str, str]:
    return dict(re.findall(r"\| ([\w -]+) \| \*\*([\d.]+)%\*\*", told(app)))


def test_accuracies_are_hidden_until_the_question_is_answered(app):
    visit(app, labels="10")
    assert not accuracies(app)
    assert not live_plots(app)
    assert "Highest" not in told(app)
    assert "Answer the question" in app.info[0].value
    app.button(key=f"{PAGE} answer 1").click().run()
    assert accuracies(app).keys() == {"codes", "PCA", "pixels"} and live_plots(app) and not app.info


def test_every_setting_at_both_ends_and_every_answer(app):
    visit(app, answer="1")
    ends = {
        "labels": ("100", "1"),
        "images": ("fashion-mnist", "mnist"),
        "class": ("9", "0"),
        "encoder": ("tuned", "kept"),
    }
    for name, values in ends.items():
        for value in values:
            (app.select_slider if name == "labels" else app.button_group)(key=f"{PAGE} {name}").set_value(
                value
            ).run()
            assert not app.exception and app.session_state[f"{PAGE} {name}"] == value
            expected = (
                {"codes", "pixels", "fine-tuned", "from random weights"}
                if value == "tuned"
                else {"codes", "PCA", "pixels"}
            )
            assert accuracies(app).keys() == expected
    for i in (1, 2, 3):
        app.button(key=f"{PAGE} answer {i}").click().run()
        assert not app.exception and ("**Correct.**" in told(app)) == (i == 2)


def test_a_link_restores_it(app):
    visit(app, images="fashion-mnist", labels="10", **{"class": "Bag"}, answer="1")
    assert [app.session_state[f"{PAGE} {name}"] for name in ("images", "labels", "class", "answer")] == [
        "fashion-mnist",
        "10",
        "Bag",
        1,
    ]
    assert galleries(app)["Labelled images"]["n_images"] == 40


def test_the_figures_are_those_of_scikit_learn_on_the_run_s_own_codes(app):
    visit(app, labels="10", answer="2")
    e = read_embedding(find_run("mnist-vae-16d"))
    n, pool = len(e.images), round(0.6 * len(e.images))
    codes = e.mu[:n] * np.sqrt(16 / e.mu[:pool].var(0).sum())
    measured = []
    for seed in range(2):
        order = np.random.default_rng(seed).permutation(pool)
        rows = np.concatenate([[i for i in order if e.y[i] == label][:10] for label in range(10)])
        measured.append(
            LogisticRegression(max_iter=1000).fit(codes[rows], e.y[rows]).score(codes[pool:], e.y[pool:n])
        )
    assert float(accuracies(app)["codes"]) == pytest.approx(100 * np.mean(measured), abs=0.5)
    assert galleries(app)["Labelled images"]["names"] == [str(i % 10) for i in range(40)]
    [plot] = live_plots(app)
    assert plot["values"]["codes"]["y"][1] == pytest.approx(100 * np.mean(measured), abs=0.5)
    interval = stats.t.interval(0.95, 1, np.mean(measured), stats.sem(measured))
    low, high = plot["values"]["interval, codes"]["y"][3:5]
    assert high - low == pytest.approx(100 * np.ptp(interval), abs=6)


def test_a_lead_is_stated_only_where_a_paired_test_finds_one(app, monkeypatch):
    """Compare, with one label per class, with SciPy's test on the accuracies of scikit-learn, and with what
    the properties of the codes would cost PCA.
    """
    monkeypatch.setattr(compute, "N_SEEDS", 10)
    for images, name in (("mnist", "mnist-vae-16d"), ("fashion-mnist", "fashion-mnist-vae-16d")):
        visit(app, images=images, answer="2")
        run = find_run(name)
        e = read_embedding(run)
        n, pool = len(e.images), round(0.6 * len(e.images))
        pixels = e.images[:n].reshape(n, -1) / 255
        centred = pixels - pixels[:pool].mean(0)
        variances, axes = np.linalg.eigh(centred[:pool].T @ centred[:pool])
        pca = centred @ axes[:, :-17:-1]
        active = run.test.active_units
        kinds = {
            "codes": e.mu[:n],
            "PCA": pca,
            "pixels": pixels,
            "even": pca / pca[:pool].std(0),
            "fewer": pca[:, :active],
        }
        kinds = {kind: f * np.sqrt(16 / f[:pool].var(0).sum()) for kind, f in kinds.items()}
        measured = {kind: [] for kind in kinds}
        for seed in range(10):
            order = np.random.default_rng(seed).permutation(pool)
            rows = [next(i for i in order if e.y[i] == label) for label in range(10)]
            for kind, f in kinds.items():
                with threadpool_limits(1):  # or threads slow down products of small matrices
                    probe = LogisticRegression(max_iter=1000).fit(f[rows], e.y[rows])
                measured[kind].append(100 * probe.score(f[pool:], e.y[pool:n]))
        assert "**Highest test accuracy: PCA.**" in told(app)
        stated = dict(
            (name, (float(mean.replace("−", "-")), float(half)))
            for mean, half, name in re.findall(r"([+−]?[\d.]+) ± ([\d.]+) points over (\w+)", told(app))
        )
        for kind in ("codes", "pixels"):
            interval = stats.ttest_rel(measured["PCA"], measured[kind]).confidence_interval(0.95)
            mean, half = stated[kind]
            assert (mean - half, mean + half) == pytest.approx(tuple(interval), abs=1.2)
            assert (interval.low <= 0) == (f"points over {kind} (not established)" in told(app)) or abs(
                interval.low
            ) < 0.6
        costs = re.search(
            r"equal variances: ([+−]?[\d.]+) .*? PCA with (\d+) components.*?: ([+−]?[\d.]+) ±", told(app)
        ).groups()
        assert int(costs[1]) == active
        for cost, kind in ((costs[0], "even"), (costs[2], "fewer")):
            assert float(cost.replace("−", "-")) == pytest.approx(
                np.mean(measured[kind]) - np.mean(measured["PCA"]), abs=0.8
            )


def test_the_strip_is_what_the_run_decodes_on_the_way_to_the_class_mean(app):
    visit(app, labels="100", **{"class": "7"})
    strip, loaded = galleries(app)["Along the class"], load_run("mnist-vae-16d")
    e = read_embedding(loaded.run)
    pool = round(0.6 * len(e.images))
    order = np.random.default_rng(0).permutation(pool)
    rows = np.concatenate([[i for i in order if e.y[i] == label][:100] for label in range(10)])
    step = e.mu[rows[e.y[rows] == 7]].mean(0) - e.mu[rows[e.y[rows] != 7]].mean(0)
    start = e.mu[pool + int(np.argmax(e.y[pool:] != 7))]
    expected = loaded.decode(start + np.linspace(-1, 2, 7)[:, None] * step)[:, 0]
    assert strip["chosen_index"] == 2
    assert np.abs(pictures(strip)[7:].astype(int) - np.rint(255 * expected)).max() <= 1
    chances = [int(c[:-1]) for c in strip["captions"][7:]]
    assert chances == sorted(chances) and chances[-1] > 50 > chances[2]


def test_with_the_training_images_there_are_more_labels_and_a_link_to_many_computes_them(app, monkeypatch):
    e, expected = read_embedding(find_run("mnist-vae-16d")), {1, 10, 100, 150}
    monkeypatch.setattr(
        compute, "load_training_images", lambda spec, on_progress: (e.images, e.y[: len(e.images)])
    )
    monkeypatch.setattr(compute, "LABEL_COUNTS", tuple(sorted(expected)))
    visit(app, labels="150", answer="2")
    assert app.session_state[f"{PAGE} labels"] == "150"
    assert "2,040 training images of this VAE may get a label" in told(app)
    assert counts_drawn(app) == expected
    app.select_slider(key=f"{PAGE} labels").set_value("10").run()
    assert counts_drawn(app) == expected - {150}


def counts_drawn(app) -> set[float]:
    [plot] = live_plots(app)
    return {round(count) for count in plot["values"]["PCA"]["x"]}


def test_a_link_to_more_labels_than_there_are_shows_the_usual_and_says_what_is_missing(app):
    visit(app, labels="1000")
    assert app.session_state[f"{PAGE} labels"] == "1" and "`python -m explorer data mnist`" in told(app)


def test_words_of_a_link_that_mean_nothing_are_named(app):
    app.query_params.update({"images": "celeba", "encoder": "gone", "answer": "2"})
    app.switch_page(page_file(PAGE)).run()
    assert not app.exception
    for problem in ("its images can't be 'celeba'", "its encoder can't be 'gone'"):
        assert problem in app.warning[0].value
    assert accuracies(app).keys() == {"codes", "PCA", "pixels"}


def test_without_its_runs_it_says_so(app, monkeypatch):
    from explorer.ui import catalogue

    monkeypatch.setattr(catalogue, "visible_runs", lambda: ([], []))
    visit(app)
    assert "mnist-vae-16d" in app.info[0].value
