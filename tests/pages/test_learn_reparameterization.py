"""The lesson on the reparameterization trick, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from explorer.lessons.reparameterization.compute import sample_noise
from tests.pages.conftest import follow, live_plots

PAGE = "learn_reparameterization"
ENDS = {"mu": (-2.0, 2.0), "sigma": (0.1, 2.0)}
opened = partial(follow, PAGE)


ESTIMATORS = {"score function", "z = μ + σ·ε", "sampled directly"}


def values(app, i: int) -> dict:
    """Return the values of plot i."""
    return live_plots(app)[i]["values"]


def samples(app) -> tuple[np.ndarray, np.ndarray]:
    """Return eps and z of the samples, each of which a line connects."""
    shown = values(app, 0)
    ends = np.array(shown["samples"]["x"], float).reshape(-1, 3)
    assert np.array_equal(ends[:, 0], shown["ε"]["x"]) and np.array_equal(ends[:, 1], shown["z"]["x"])
    assert np.isnan(ends[:, 2]).all()
    return ends[:, 0], ends[:, 1]


def test_each_setting_goes_to_both_ends(app):
    opened(app)
    for name, ends in ENDS.items():
        for end in ends:
            app.slider(key=f"{PAGE} {name}").set_value(end).run()
            assert not app.exception and not app.error and app.query_params[name] == str(end)
    for n in (1, 1000):
        app.select_slider(key=f"{PAGE} n").set_value(n).run()
        assert not app.exception
        assert app.query_params["n"] == str(n)
        assert len(samples(app)[0]) == min(n, 40)
    app.selectbox(key=f"{PAGE} loss").set_value("ripples").run()
    assert not app.exception and app.query_params["loss"] == "ripples"


def test_the_noise_stays_while_mu_and_sigma_move_until_others_are_drawn(app):
    opened(app)
    before, _ = samples(app)
    app.slider(key=f"{PAGE} mu").set_value(1.5).run()
    app.slider(key=f"{PAGE} sigma").set_value(0.3).run()
    after, z = samples(app)
    assert np.array_equal(before, after) and np.allclose(z, 1.5 + 0.3 * after)
    assert values(app, 0)["μ"]["x"] == 1.5 and np.allclose(values(app, 0)["μ ± σ"]["x"], [1.2, 1.8])
    next(b for b in app.button if b.label == "Resample").click().run()
    assert app.query_params["draw"] == "1" and not np.allclose(samples(app)[0], before)


def test_a_link_restores_the_state_and_the_figures_are_those_of_torch_distributions(app):
    opened(app, mu=1.2, sigma=0.4, n=50, loss="ripples", draw=7, answer=2)
    assert (app.slider(key=f"{PAGE} mu").value, app.slider(key=f"{PAGE} sigma").value) == (1.2, 0.4)
    assert app.select_slider(key=f"{PAGE} n").value == 50
    assert app.selectbox(key=f"{PAGE} loss").value == "ripples"
    eps = sample_noise(7)[:, :50]
    m, s = (torch.full((len(eps), 1), v, dtype=torch.float64, requires_grad=True) for v in (1.2, 0.4))
    z = m + s * eps
    path = torch.cat(torch.autograd.grad(torch.cos(4 * z).mean(1).sum(), (m, s), retain_graph=True), 1)
    log_q = Normal(m, s).log_prob(z.detach())
    score = torch.cat(torch.autograd.grad((torch.cos(4 * z.detach()) * log_q).mean(1).sum(), (m, s)), 1)
    for i in (0, 1):
        shown = values(app, 2 + i)
        for way, expected in (("z = μ + σ·ε", path[:, i]), ("score function", score[:, i])):
            assert np.allclose(shown[way]["x"], expected)
            deviation = float(shown[f"deviation, {way}"]["text"].removeprefix("±"))
            assert deviation == pytest.approx(expected.std(correction=0).item(), rel=0.051)
        assert set(shown["sampled directly"]["x"]) == {0}
    [text] = [m.value for m in app.markdown if "same expectation" in m.value]
    ratios = score.std(0) / path.std(0)
    estimates = re.findall(r"\*\*([\d.]+)\*\* \(([\d.]+) to ([\d.]+)\)", text)
    assert [float(ratio) for ratio, *_ in estimates] == pytest.approx(ratios.tolist(), abs=0.051)
    assert all(
        0.6 * float(ratio) < float(low) < float(ratio) < float(high) < 1.7 * float(ratio)
        for ratio, low, high in estimates
    )


def test_what_becomes_of_a_mere_draw_is_shown_after_the_prediction(app):
    opened(app)
    assert ESTIMATORS & set(values(app, 2)) == ESTIMATORS - {"sampled directly"}
    app.button(key=f"{PAGE} answer 1").click().run()
    assert set(values(app, 2)) >= ESTIMATORS


def test_a_link_with_another_number_of_samples_takes_the_nearest_and_a_wrong_one_gets_a_sentence(app):
    opened(app, n=60)
    assert app.select_slider(key=f"{PAGE} n").value == 50
    opened(app, n=0)
    assert "n can't be '0'" in app.warning[0].value
    opened(app, loss="cliff")
    assert "loss can't be 'cliff'" in app.warning[0].value


def test_every_axis_is_titled(app):
    opened(app)
    assert [plot["declaration"]["x"].get("title") for plot in live_plots(app)] == [
        None,
        "z",
        "gradient with respect to μ",
        "gradient with respect to σ",
    ]


def test_the_exact_gradient_is_marked_and_said(app):
    """Check the gradient of E (z − 1)² = (μ − 1)² + σ², at the default μ and σ."""
    opened(app)
    marked = [plot["values"]["exact"]["x"] for plot in live_plots(app)[2:]]
    assert marked == pytest.approx([-3, 1.6])
    assert any("the exact gradient: −3.00 for μ and 1.60 for σ." in m.value for m in app.markdown)
