"""The lesson on the KL weight, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
import streamlit as st

from explorer import runs
from explorer.data import load as load_data
from explorer.lessons.kl_weight import distortions
from explorer.store import catalogue
from explorer.store.catalogue import SHIPPED
from explorer.store.run import read
from explorer.training.evaluation import evaluate
from tests.pages.conftest import charts, follow, mounted, tables

visit = partial(follow, "learn_kl_weight")


def table(app) -> dict[str, list[str]]:
    """Its columns by their heads: distortion, rate, elbo, gap, prior gap, active units."""
    text = next(m.value for m in app.markdown if "| distortion" in m.value)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return {head: [row[i] for row in rows[2:]] for i, head in enumerate(rows[0]) if i}


def price(app) -> list[float]:
    """Whole, of the noise, and of the codes."""
    said = next(m.value for m in app.markdown if m.value.startswith("**The price.**"))
    return [float(n.replace("−", "-")) for n in re.findall(r"[+−]?\d+\.\d", said)]


def test_the_figures_are_those_of_an_evaluation_at_that_weight(app):
    """Of the digits, whose test images are all at hand."""
    visit(app, images="digits", beta="0.3")
    data = load_data("digits")
    loaded, ae = runs.load("digits-ladder-2d", 0.3), runs.load("digits-ae-2d")
    vae, other = (evaluate(run.model, run.likelihood, data.x[data.test]).figures for run in (loaded, ae))
    shown = table(app)["VAE, β = 0.3"]
    assert float(shown[0]) == pytest.approx(vae.distortion, abs=0.051) and float(shown[1]) == pytest.approx(vae.rate, abs=0.051)
    assert float(shown[2].replace("−", "-")) == pytest.approx(vae.elbo, abs=0.051) and shown[5] == f"{vae.active_units} of 2"
    assert float(table(app)["AE"][0]) == pytest.approx(other.distortion, abs=0.051)
    whole, noise, rest = price(app)
    apart = [distortions(loaded.model, loaded.likelihood, data.x[data.test])[i] for i in (1, 0)]
    assert noise == pytest.approx(apart[0] - apart[1], abs=0.051)
    assert whole == pytest.approx(vae.distortion - other.distortion, abs=0.051) and whole == pytest.approx(noise + rest, abs=0.11)


def test_map_and_curve_hold_what_was_measured(app):
    visit(app, images="digits", beta="4")
    found, run = tables(*charts(app)), read(SHIPPED / "digits-ladder-2d")
    codes = next(t for t in found if "class" in t)
    curve = next(t for t in found if len(t) == len(run.film) and "beta" in t)
    assert np.allclose(curve[["beta", "rate", "distortion"]], [(f.beta, f.rate, f.distortion) for f in run.film])
    assert 0.97 * run.test.n < len(codes) < run.test.n  # but for what lies far out
    assert np.abs(codes[["z0", "z1"]].std() - 1).max() < 0.1  # collapsed: all posteriors are the prior
    assert table(app)["VAE, β = 4"][5] == "0 of 2"


@pytest.mark.parametrize("images", ["mnist", "fashion-mnist", "digits", "moons"])
def test_the_slider_goes_to_both_ends_of_every_ladder(app, images):
    visit(app, images=images)
    for beta in (0.001, 10.0):
        app.select_slider[0].set_value(beta).run()
        assert not app.exception and not app.error and f"VAE, β = {beta:g}" in table(app)
        assert app.query_params["beta"] == str(beta)


def test_opened_without_a_link_it_shows_the_usual(app):
    visit(app)
    assert app.get("button_group")[0].value == "mnist" and "VAE, β = 1" in table(app)
    app.get("button_group")[0].set_value("moons").run()
    assert not app.exception and app.query_params["images"] == "moons"


def test_images_stand_in_rows_with_their_names(app):
    visit(app, beta="2")
    [told] = mounted(app, "gallery")
    assert told["n"] == 30 and told["columns"] == 6 and told["heads"] == ["image", "AE", "VAE", "draws", ""]


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_an_answer_is_judged_and_what_each_figure_chooses_shown_only_then(app, answer):
    visit(app, images="digits")
    assert not any(m.value.startswith("**By experiment,**") for m in app.markdown)
    app.button[answer - 1].click().run()
    said = [m.value for m in app.markdown]
    assert any(text.startswith("**Correct.**" if answer == 3 else "**Not quite: It depends on the use.**") for text in said)
    film = read(SHIPPED / "digits-ladder-2d").film
    lowest = min((f.distortion, f.beta) for f in film)[1]
    assert any(f"the lowest distortion is at β = {lowest:.2g}" in text and "no unit is active" in text for text in said)


def test_a_link_restores_all_or_says_what_is_wrong(app):
    visit(app, beta="0.0055", images="moons", answer="1")
    assert app.select_slider[0].value == 0.0055 and app.get("button_group")[0].value == "moons"
    assert app.query_params["beta"] == "0.0055"
    visit(app, beta="3.9")
    assert app.select_slider[0].value == 4.0  # the nearest
    assert "beta can't be '11'" in visit(app, beta="11").warning[0].value
    assert table(visit(app, images="nothing")) and "images can't be 'nothing'" in app.warning[0].value


def test_without_its_runs_it_says_so(app, monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path)
    st.cache_data.clear()
    visit(app)
    assert "none of those that come along" in app.info[0].value and not app.get("vega_lite_chart")
