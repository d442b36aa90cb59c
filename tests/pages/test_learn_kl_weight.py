"""The lesson on the KL weight, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
from scipy import stats

from explorer.data import load_dataset as load_data
from explorer.latent.gap_estimate import estimate_gap, estimate_prior_gap
from explorer.lessons.kl_weight.compute import distortions
from explorer.runs.load import load_run
from explorer.store import catalogue
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.training.evaluation import evaluate
from explorer.ui.components.readouts import frame_gap
from tests.pages.conftest import expire_catalogue, follow, galleries, live_plots

RUN = "digits-ladder-2d"
visit = partial(follow, "learn_kl_weight")


def table(app) -> dict[str, list[str]]:
    """Return the columns of the table by their headers: distortion, rate, elbo, gap, prior gap, active
    units.
    """
    text = next(m.value for m in app.markdown if "| distortion" in m.value)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return {head: [row[i] for row in rows[2:]] for i, head in enumerate(rows[0]) if i}


def differences(app) -> list[tuple[float, float]]:
    """Return the differences in total, of the noise, and of the training, each with the half width of its
    interval.
    """
    text = next(m.value for m in app.markdown if m.value.startswith("**Distortion, VAE − AE:"))
    return [
        (float(mean.replace("−", "-")), float(half))
        for mean, half in re.findall(r"([+−]?\d+\.\d) ± (\d+\.\d)", text)
    ]


def test_the_figures_are_those_of_an_evaluation_at_that_weight(app):
    """Use the digits, whose test images are all available, and compute the differences by SciPy's paired
    test.
    """
    visit(app, images="digits", beta="0.3")
    data = load_data("digits")
    x = data.x[data.test]
    loaded, ae = load_run("digits-ladder-2d", 0.3), load_run("digits-ae-2d")
    vae, other = (evaluate(run.model, run.likelihood, x).metrics for run in (loaded, ae))
    shown = table(app)["VAE, β = 0.3"]
    assert float(shown[0]) == pytest.approx(vae.distortion, abs=0.051)
    assert float(shown[1]) == pytest.approx(vae.rate, abs=0.051)
    assert float(shown[2].replace("−", "-")) == pytest.approx(vae.elbo, abs=0.051)
    assert shown[5] == f"{vae.active_units} of 2"
    assert float(table(app)["AE"][0]) == pytest.approx(other.distortion, abs=0.051)
    assert table(app)["AE"][5] == "–"
    mean, sampled = distortions(loaded.model, loaded.likelihood, x)
    of_ae = evaluate(ae.model, ae.likelihood, x).distortion
    pairs = (sampled.mean(0), of_ae), (sampled.mean(0), mean), (mean, of_ae)
    for (shown_mean, half), (a, b) in zip(differences(app), pairs, strict=True):
        expected = stats.ttest_rel(a, b).confidence_interval(0.95)
        assert (shown_mean - half, shown_mean + half) == pytest.approx(expected, abs=0.11)


@pytest.mark.parametrize(
    "images, beta", [("mnist", "0.3"), ("mnist", "10"), ("digits", "0.001"), ("moons", "1")]
)
def test_a_conclusion_about_the_ae_stands_only_where_the_intervals_carry_it(app, images, beta):
    visit(app, images=images, beta=beta)
    text, (mean, half) = " ".join(m.value for m in app.markdown), differences(app)[0]
    expected = (
        "The sign is not established."
        if abs(mean) <= half
        else f"The VAE's is {'higher' if mean > 0 else 'lower'}."
    )
    assert abs(abs(mean) - half) < 0.11 or f"nats.** {expected}" in text
    (a, a_low, a_high), (b, b_low, b_high) = (
        map(int, re.findall(r"\d+", column[3])) for column in table(app).values()
    )
    assert a_low <= a <= a_high and b_low <= b <= b_high
    if a_high < b_low:
        assert "the VAE's is smaller than the AE's" in text
    if a == b:
        assert "the difference from the AE is not established" in text


def test_gaps_are_those_of_the_record_and_of_as_many_codes(app):
    """Compare the prior gap with a new estimate, from the codes that the film contains."""
    visit(app, images="moons", beta="4")
    ladder, ae = (read_run(SHIPPED_FOLDER / name) for name in ("moons-ladder-2d", "moons-ae-2d"))
    frame = [f.beta for f in ladder.film].index(4.0)
    e = read_embedding(ladder)
    assert table(app)["VAE, β = 4"][3:5] == [
        str(frame_gap(ladder.film[frame])),
        str(frame_gap(ladder.film[frame], prior=True)),
    ]
    new_estimate = estimate_prior_gap(e.film.mu[frame], e.film.logvar[frame], seed=1)
    assert new_estimate.n == 1000
    assert frame_gap(ladder.film[frame], prior=True).share == pytest.approx(new_estimate.share, abs=0.02)
    assert table(app)["AE"][3] == str(estimate_gap(read_embedding(ae).mu, None))
    assert any("fitted to 1,000 posterior samples" in c.value for c in app.caption)


def test_map_and_curve_hold_what_was_measured(app):
    visit(app, images="digits", beta="4")
    (codes, curve), run = (plot["values"] for plot in live_plots(app)), read_run(SHIPPED_FOLDER / RUN)
    for name in ("curve", "weights"):
        assert np.allclose(curve[name]["x"], [f.rate for f in run.film])
        assert np.allclose(curve[name]["y"], [f.distortion for f in run.film])
    [present] = [f for f in run.film if f.beta == 4]
    assert curve["present"] == {"x": present.rate, "y": present.distortion, "label": "β = 4"}
    (x, further), (y, lower) = curve["slope"]["x"], curve["slope"]["y"]
    assert (lower - y) / (further - x) == pytest.approx(-4)
    assert curve["ae"]["y"] == read_run(SHIPPED_FOLDER / "digits-ae-2d").test.distortion
    z = np.array([codes["codes"]["x"], codes["codes"]["y"]])
    assert 0.97 * run.test.n < z.shape[1] < run.test.n  # except codes far outside
    assert np.abs(z.std(1, ddof=1) - 1).max() < 0.1  # collapsed: all posteriors are the prior
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
    [gallery] = galleries(app).values()
    assert gallery["n_images"] == 30
    assert gallery["columns"] == 6
    assert gallery["row_labels"] == ["image", "AE", "VAE", "samples", ""]


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_an_answer_is_judged_and_the_best_weights_shown_only_then(app, answer):
    visit(app, images="digits")
    assert not any(m.value.startswith("**Best trained β**") for m in app.markdown)
    app.button[answer - 1].click().run()
    texts = [m.value for m in app.markdown]
    assert any(
        text.startswith("**Correct.**" if answer == 3 else "**Not quite: It depends on the use.**")
        for text in texts
    )
    [best] = [text for text in texts if text.startswith("**Best trained β**")]
    rungs = read_run(SHIPPED_FOLDER / "digits-ladder-2d").spec.rungs
    data = load_data("digits")
    loaded = {beta: load_run("digits-ladder-2d", beta) for beta in rungs}
    figures = {
        beta: evaluate(run.model, run.likelihood, data.x[data.test]).metrics for beta, run in loaded.items()
    }
    for label, score in (("lowest distortion", lambda t: t.distortion), ("highest ELBO", lambda t: -t.elbo)):
        named = [
            float(b)
            for b in re.findall(r"[\d.]+\d|\d", re.search(rf"{label} at β = ([^;]*?)(?:;|\. A)", best)[1])
        ]
        # Only trained KL weights are named.
        assert set(named) <= set(rungs)
        assert min(rungs, key=lambda beta: score(figures[beta])) in named
    assert "smallest prior gap at β = " in best


def test_a_link_restores_all_or_says_what_is_wrong(app):
    visit(app, beta="0.0055", images="moons", answer="1")
    assert app.select_slider[0].value == 0.0055 and app.get("button_group")[0].value == "moons"
    assert app.query_params["beta"] == "0.0055"
    visit(app, beta="3.9")
    assert app.select_slider[0].value == 4.0  # the nearest
    assert "beta can't be '11'" in visit(app, beta="11").warning[0].value
    assert table(visit(app, images="nothing")) and "images can't be 'nothing'" in app.warning[0].value


def test_without_its_runs_it_says_so(app, monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "SHIPPED_FOLDER", tmp_path)
    expire_catalogue()
    visit(app)
    assert "needs one of the runs mnist-ladder-2d, " in app.info[0].value and not live_plots(app)
