"""The lesson on three objectives, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest

from explorer.store import catalogue
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.replay import read_replay
from tests.pages.conftest import expire_catalogue, follow, galleries, live_plots, pictures

RUNS = "digits-vae-2d-recon-only", "digits-vae-2d-kl-only", "digits-vae-2d-both"
visit = partial(follow, "learn_objectives")


def codes(app) -> list[np.ndarray]:
    """Return the codes on each map, [n, 2]."""
    return [np.transpose([plot["values"]["codes"][axis] for axis in "xy"]) for plot in live_plots(app)]


def classes(app) -> list[list[str]]:
    """Return the classes of the codes on each map, as the legend names them."""
    named = []
    for plot in live_plots(app):
        [part] = [part for part in plot["declaration"]["parts"] if part["name"] == "codes"]
        named.append([part["groups"][label]["label"] for label in plot["values"]["codes"]["group"]])
    return named


def figures(app) -> list[list[float]]:
    """Return sigma, spread, distortion and rate under each map."""
    return [
        [float(n) for n in re.findall(r"\*\*([\d.e+-]+)\*\*", m.value)]
        for m in app.markdown
        if "spread of" in m.value
    ]


def test_at_an_epoch_maps_and_figures_are_those_of_the_replays(app):
    visit(app, epoch="200", shown="means")
    replays = [read_replay(SHIPPED_FOLDER / name) for name in RUNS]
    for z, names, shown, r in zip(codes(app), classes(app), figures(app), replays, strict=True):
        assert np.allclose(z, r.mu[-1], atol=1e-4)
        assert names == [str(label) for label in r.y]
        assert shown[1:] == pytest.approx(
            [np.sqrt(r.mu[-1].var(0).mean()), r.distortion[-1], r.rate[-1]], rel=0.03, abs=0.051
        )
        price = (r.rates[-1] - (r.mu[-1] ** 2).mean(0) / 2).mean()
        assert (shown[0] ** 2 - 1) / 2 - np.log(shown[0]) == pytest.approx(price, rel=0.03, abs=0.02)


def test_the_pictures_are_those_of_the_replays(app):
    visit(app, epoch="200")
    for gallery, name in zip(galleries(app).values(), RUNS, strict=True):
        recreated, samples = read_replay(SHIPPED_FOLDER / name).pictures[-1]
        originals = read_replay(SHIPPED_FOLDER / name).originals
        expected = np.concatenate([originals[:8], recreated[:8], samples[:8]])[:, 0]
        assert gallery["row_labels"] == ["image", "reconstruction", "sample"]
        assert np.array_equal(pictures(gallery), expected)


def test_what_they_measure_stands_there_after_the_prediction(app):
    assert not any("After training" in m.value for m in visit(app, epoch="200").markdown)
    text = next(m.value for m in visit(app, epoch="200", answer="2").markdown if "After training" in m.value)
    # These are estimated with one sample per image.
    expected = [catalogue.find_run(name).test.distortion for name in (*RUNS, "digits-ae-2d")]
    measured = [(float(mean), float(half)) for mean, half in re.findall(r"(\d+\.\d) ± (\d\.\d)", text)]
    assert [mean for mean, _ in measured] == pytest.approx(expected, abs=0.26)
    assert all(0.2 <= half <= 0.7 for _, half in measured)
    assert float(re.search(r"at least (\d+)σ", text)[1]) > 3
    assert 0 < float(re.search(r"more than (0\.\d\d)\.", text)[1]) < 0.1


def test_draws_lie_as_wide_around_the_means_as_it_says(app):
    draws, means = (codes(visit(app, epoch="200", shown=shown)) for shown in ("draws", "means"))
    for a, b, row in zip(draws, means, figures(app), strict=True):
        assert (a - b).std() == pytest.approx(row[0], rel=0.1)


@pytest.mark.parametrize("epoch", [1, 200])
def test_the_slider_moves_all_three_and_the_address(app, epoch):
    visit(app, epoch="20")
    app.slider[0].set_value(epoch).run()
    assert not app.exception and app.query_params.get("epoch") == (str(epoch) if epoch > 1 else None)
    caption = next(c.value for c in app.caption if "last recorded epoch" in c.value)
    recorded = [max(e for e in read_replay(SHIPPED_FOLDER / name).epochs if e <= epoch) for name in RUNS]
    assert f"({', '.join(map(str, recorded))})" in caption


def test_a_common_scale_is_the_same_on_each_map(app):
    def scales():
        return {
            tuple(plot["declaration"][axis]["domain"][end] for axis in "xy" for end in (0, 1))
            for plot in live_plots(app)
        }

    visit(app, epoch="200")
    assert len(scales()) == 3
    app.get("button_group")[1].set_value("common").run()
    assert len(scales()) == 1 and app.query_params["scale"] == "common"


@pytest.mark.parametrize("answer, begins", [(1, "**Correct.**"), (2, "**Not quite"), (3, "**Not quite")])
def test_an_answer_is_judged(app, answer, begins):
    visit(app)
    assert not any("Posteriors that overlap" in m.value for m in app.markdown)
    app.button[answer - 1].click().run()
    text = next(m.value for m in app.markdown if "Posteriors that overlap" in m.value)
    assert text.startswith(begins) and ("Reconstruction only.**" in text) == (answer != 1)
    assert app.query_params["answer"] == str(answer)


def test_a_link_restores_all_or_says_what_is_wrong(app):
    visit(app, epoch="57", shown="means", scale="common", answer="3")
    assert app.slider[0].value == 57 and [g.value for g in app.get("button_group")] == ["means", "common"]
    assert "**Not quite" in " ".join(m.value for m in app.markdown)
    assert "epoch can't be '999'" in visit(app, epoch="999").warning[0].value


def test_without_its_runs_it_says_so(app, monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "SHIPPED_FOLDER", tmp_path)
    expire_catalogue()
    visit(app)
    assert "Missing: digits-vae-2d-recon-only, " in app.info[0].value and not live_plots(app)
