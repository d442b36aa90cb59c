"""The lesson on points and clouds, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.neighbors import KNeighborsRegressor

from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.pages.conftest import follow, galleries, live_plots

PAGE = "learn_cloud"
ENDS = {"noise": (0.0, 10.0), "way": (0, 100), "light": (0, 100)}
opened = partial(follow, PAGE)


def captions(app) -> dict[str, list[int]]:
    """Return the lit shares under the decoded images of each model."""
    titled = galleries(app).items()
    return {
        title.split()[-1]: [int(c.rstrip("%")) for c in t["captions"]]
        for title, t in titled
        if title.startswith("Decoded by")
    }


def mean_codes(app) -> np.ndarray:
    """Return the means of the two posteriors of the VAE, [2, 2]."""
    means = live_plots(app)[0]["values"]["means"]
    return np.stack([means["x"], means["y"]], 1)


def test_each_setting_goes_to_both_ends(app):
    opened(app)
    for name, ends in ENDS.items():
        for end in ends:
            app.slider(key=f"{PAGE} {name}").set_value(end).run()
            assert not app.exception and not app.error and app.query_params[name] == str(end)
    for pair in ("new-half", "half-gibbous", "half-full"):
        app.selectbox(key=f"{PAGE} pair").set_value(pair).run()
        assert not app.exception and app.query_params["pair"] == pair


def test_without_noise_each_draw_is_the_code_and_with_it_none(app):
    opened(app, noise=0.0)
    for shares in captions(app).values():
        assert len(set(shares[1:4])) == len(set(shares[5:8])) == 1
    assert "**0% (0 to 0%)** (VAE) and **0% (0 to 0%)** (AE)" in (
        text := next(m.value for m in app.markdown if m.value.startswith("The two posteriors"))
    )
    assert [abs(float(v.replace("−", "-"))) for v in re.findall(r"\*\*([−\d.]+) ± 0\.0\*\*", text)] == [0, 0]
    opened(app, noise=10.0)
    assert all(len(set(shares[1:4])) > 1 for shares in captions(app).values())


def test_a_link_restores_the_state_and_its_figures_are_those_of_the_runs(app):
    opened(app, noise=4.0, way=30, pair="half-gibbous", light=25, draw=3)
    assert [app.slider(key=f"{PAGE} {name}").value for name in ENDS] == [4.0, 30, 25]
    assert app.selectbox(key=f"{PAGE} pair").value == "half-gibbous"
    e, loaded = read_embedding(find_run("moons-ladder-2d")), load_run("moons-ladder-2d")
    ends = mean_codes(app)
    rows = [int(np.abs(e.mu - end).sum(1).argmin()) for end in ends]
    assert np.allclose(e.mu[rows], ends, atol=1e-6)
    assert np.allclose(e.factors["phase"][rows], [0.5, 0.75], atol=0.04)
    shown = live_plots(app)[0]["values"]
    for row, end, name in zip(rows, ends, ("first posterior", "second posterior")):
        assert np.allclose(shown[name]["mean"], end)
        assert np.allclose(shown[name]["covariance"], np.diag(4**2 * np.exp(e.logvar[row])), rtol=1e-4)
    assert np.allclose([shown["z"][name] for name in "xy"], 0.7 * ends[0] + 0.3 * ends[1], atol=1e-5)
    reader = KNeighborsRegressor(5).fit(e.images.reshape(len(e.images), -1) / 255, e.factors["phase"])
    decoded = loaded.decode(0.7 * ends[0] + 0.3 * ends[1])
    shown = captions(app)["VAE"]
    assert [shown[0], shown[-1]] == [round(100 * float(v)) for v in e.factors["phase"][rows]]
    assert shown[4] == pytest.approx(100 * reader.predict(decoded.reshape(1, -1))[0], abs=0.6)


def test_at_the_models_own_noise_the_two_posteriors_overlap_and_a_phase_between_is_decoded(app):
    """Compare with the overlap on a grid, by SciPy."""
    opened(app)
    text = next(m.value for m in app.markdown if m.value.startswith("The two posteriors"))
    e = read_embedding(find_run("moons-ladder-2d"))
    ends = mean_codes(app)
    rows = [int(np.abs(e.mu - end).sum(1).argmin()) for end in ends]
    sigma = np.exp(e.logvar[rows] / 2)
    axes = [np.linspace(low - 0.5, high + 0.5, 1000) for low, high in zip(ends.min(0), ends.max(0))]
    grid = np.stack(np.meshgrid(*axes), -1)
    expected = np.minimum(
        *(multivariate_normal(m, np.diag(s**2)).pdf(grid) for m, s in zip(ends, sigma))
    ).sum()
    expected *= 100 * np.prod([axis[1] - axis[0] for axis in axes])
    assert int(re.search(r"\*\*(\d+)% \(\d+ to \d+%\)\*\* \(VAE\)", text)[1]) == pytest.approx(
        expected, abs=1
    )
    assert expected > 15
    lit = captions(app)["VAE"]
    assert lit[0] + 3 < lit[4] < lit[-1] - 3


def test_the_encoder_is_compared_with_the_true_posterior(app):
    """Compute σ of the encoder from its weights, and that of the true posterior on a fine grid around it; the
    conclusion is stated where the mean is far.
    """
    loaded, e = load_run("moons-ladder-2d"), read_embedding(find_run("moons-ladder-2d"))
    opened(app)
    ends = mean_codes(app)
    image = e.images[int(np.abs(e.mu - ends[0]).sum(1).argmin())] / 255
    for light in (100, 40):
        app.slider(key=f"{PAGE} light").set_value(light).run()
        text = next(m.value for m in app.markdown if m.value.startswith(f"At {light}% brightness"))
        encoder, true, distance = map(float, re.findall(r"\*\*([\d.]+)\*\*", text))
        x = (light / 100 * image[None]).astype(np.float32)
        posterior = loaded.encode(x)
        mu, sigma = posterior.mu[0].numpy(), np.exp(posterior.logvar[0].numpy() / 2)
        assert encoder == pytest.approx(np.sqrt(sigma.prod()), abs=6e-4)
        axis = np.linspace(-4, 4, 267)
        z = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
        p = loaded.decode(z).astype(float).reshape(len(z), -1).clip(1e-12, 1 - 1e-7)
        log = np.log(p) @ x.ravel() + np.log1p(-p) @ (1 - x.ravel()) - (z**2).sum(1) / 2
        w = np.exp(log - log.max()) / np.exp(log - log.max()).sum()
        mean = w @ z
        assert true == pytest.approx(np.sqrt(w @ (z - mean) ** 2).prod() ** 0.5, rel=0.03)
        expected = np.hypot(*((mean - mu) / sigma))
        assert distance == pytest.approx(expected, abs=0.1 + 0.02 * expected)
        assert ("misses" in text) == (distance > 3) == (light == 40)


def test_the_same_image_has_another_code_each_time(app):
    opened(app, noise=6.0)
    before, ends = live_plots(app)[0]["values"], captions(app)["VAE"]
    next(b for b in app.button if b.label == "Resample").click().run()
    assert not app.exception and app.query_params["draw"] == "1"
    after = captions(app)["VAE"]
    assert after[1:4] != ends[1:4] and (after[0], after[4], after[-1]) == (ends[0], ends[4], ends[-1])
    again = live_plots(app)[0]["values"]
    assert [name for name in before if before[name] != again[name]] == ["samples"]


def test_without_a_run_it_says_so(app, monkeypatch):
    from explorer.ui import catalogue

    runs = catalogue.visible_runs()
    monkeypatch.setattr(
        catalogue, "visible_runs", lambda: ([run for run in runs[0] if run.name != "moons-ae-2d"], [])
    )
    opened(app)
    assert "moons-ae-2d" in app.info[0].value and not live_plots(app)


@pytest.mark.parametrize(
    "query, message", [({"noise": "-1"}, "noise can't be '-1'"), ({"way": "x"}, "way can't be 'x'")]
)
def test_a_wrong_link_gets_a_sentence(app, query, message):
    opened(app, **query)
    assert message in app.warning[0].value
