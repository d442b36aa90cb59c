"""The lesson on the evidence lower bound as Streamlit runs it."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.objectives.bound import importance_weighted_bound
from explorer.runs.load import load_model
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.ui import catalogue
from explorer.ui.pages import page_file
from tests.pages.conftest import follow, live_plots

ROOT = Path(__file__).parents[2]
opened = partial(follow, "learn_elbo")


def figures(app) -> tuple[float, float, float, float, float]:
    """Return log p(x), the bound, KL to the true posterior, E log p(x|z), and KL to the prior, as shown on
    the page.
    """
    (whole, bound, short), (again, fit, paid) = (
        [float(n) for n in re.findall(r"underbrace{(-?\d+\.\d\d)}", m.value)] for m in app.latex
    )
    assert again == bound
    assert whole == pytest.approx(bound + short, abs=1e-6)
    assert bound == pytest.approx(fit - paid, abs=1e-6)
    return whole, bound, short, fit, paid


def told(app) -> dict[str, str]:
    """Return the parameters of the address."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def set_to(app, key, value):
    [slider] = [s for s in app.slider if s.key == f"learn_elbo {key}"]
    slider.set_value(value).run()
    assert not app.exception and not app.error


def test_the_figures_are_those_of_the_image_and_of_q(app):
    opened(app, image="7", mu0="0.5", mu1="-1.2", s0="-0.5", s1="-1.0")
    whole, bound, short, fit, paid = figures(app)
    run = read_run(ROOT / "trained/digits-vae-2d")
    loaded, x = load_model(run), read_embedding(run).images[7]
    assert whole == pytest.approx(
        importance_weighted_bound(loaded.model, loaded.likelihood, x, 5000), abs=0.1
    )
    q = torch.distributions.Normal(torch.tensor([0.5, -1.2]), torch.tensor([-0.5, -1.0]).exp())
    assert paid == pytest.approx(
        torch.distributions.kl_divergence(q, torch.distributions.Normal(0, 1)).sum().item(), abs=0.011
    )
    z = q.mean + q.stddev * torch.randn(20_000, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        x_logits = loaded.model.decode(z)
        draws = -loaded.likelihood.distortion(
            x_logits, (torch.from_numpy(x.copy()) / 255).expand_as(x_logits)
        )
    assert fit == pytest.approx(draws.mean().item(), abs=5 * draws.std().item() / np.sqrt(20_000) + 0.01)


def test_the_bars_end_where_the_figures_say(app):
    opened(app, image="7", mu0="0.6", mu1="-0.7", s0="-1.0", s1="-1.0")
    whole, bound, _, fit, _ = figures(app)
    bars, plane = live_plots(app)
    pieces, lowest = bars["values"], bars["declaration"]["x"]["domain"][0]
    parts = [pieces[name] for name in ("bound L_b", "KL(q‖p(z|x))", "KL(q‖p(z))")]
    assert [part["x"] for part in parts] == [[1, 0], [1], [0]]  # above, below
    starts, ends = ([n for part in parts for n in part[side]] for side in ("base", "y"))
    assert starts == pytest.approx([lowest, lowest, bound, bound], abs=0.006)
    assert ends == pytest.approx([max(n, lowest) for n in (bound, bound, whole, fit)], abs=0.006)
    assert pieces["log p(x)"]["x"] == pytest.approx(whole, abs=0.006)
    q = plane["values"]["q"]
    assert np.array(q["mean"]) == pytest.approx([0.6, -0.7])
    assert np.array(q["covariance"]) == pytest.approx(np.exp(-2) * np.eye(2))
    shown = plane["values"]["posterior"]
    (rows, columns), (left, low, right, high) = shown["shape"], shown["bounds"]
    assert (right - left) / columns == pytest.approx(0.125) == (high - low) / rows
    blocks = np.array(shown["values"], float).reshape(rows, columns)
    assert np.nanmax(blocks) == 1
    # the density has its mode where the encoder says, within two standard deviations
    row, column = np.unravel_index(np.nanargmax(blocks), blocks.shape)
    mode = left + 0.125 * (column + 0.5), low + 0.125 * (row + 0.5)
    encoder = plane["values"]["encoder"]
    offset = (np.array(mode) - encoder["mean"]) / np.sqrt(np.diag(encoder["covariance"]))
    assert np.abs(offset).max() < 2


def test_what_the_bernoulli_likelihood_of_grey_pixels_lacks_is_said_where_log_p_first_stands(app):
    opened(app, image="7", mu0="0.6", mu1="-0.7")
    [caption] = [c.value for c in app.caption if "normalised density" in c.value]
    with torch.no_grad():
        logits = (
            load_model(read_run(ROOT / "trained/digits-vae-2d"))
            .model.decode(torch.tensor([[0.6, -0.7]]))
            .double()
            .flatten()
        )
    # the normaliser is what torch's two densities differ by, at any grey value
    grey = torch.full_like(logits, 0.3)
    expected = (
        (
            torch.distributions.ContinuousBernoulli(logits=logits).log_prob(grey)
            - torch.distributions.Bernoulli(logits=logits, validate_args=False).log_prob(grey)
        )
        .sum()
        .item()
    )
    assert f"**{expected:.1f} nats**" in caption and "Loaiza-Ganem" in caption and expected > 50


def test_only_the_bound_moves_with_q(app):
    opened(app)
    whole = figures(app)[0]
    seen = set()
    for key, low, high in (("mu0", -3.0, 3.0), ("mu1", -3.0, 3.0), ("s0", -2.75, 0.0), ("s1", -2.75, 0.0)):
        for value in (low, high):
            set_to(app, key, value)
            assert figures(app)[0] == whole
            assert value == 0 or told(app)[key] == str(value)
            seen.add(figures(app)[1])
    assert len(seen) == 6  # a width goes back to 1 twice


def test_the_encoders_q_comes_at_a_click(app):
    opened(app, image="3")
    next(b for b in app.button if b.label == "Use the encoder's q").click().run()
    e = read_embedding(read_run(ROOT / "trained/digits-vae-2d"))
    values = {s.key.split()[1]: s.value for s in app.slider}
    expected = dict(zip(("mu0", "mu1", "s0", "s1"), [*e.mu[3], *(e.logvar[3] / 2)]))
    assert all(values[name] == pytest.approx(float(expected[name]), abs=0.0251) for name in expected)
    assert figures(app)[2] < 0.3


def test_the_ascent_raises_the_bound_and_leaves_the_evidence(app):
    opened(app, by="climb", image="5")
    steps = []
    for step in (0, 10, 40):
        set_to(app, "step", step)
        steps.append(figures(app))
    assert len({whole for whole, *_ in steps}) == 1
    assert steps[0][1] < steps[1][1] < steps[2][1] and steps[2][2] < 0.1 and steps[0][4] == 0
    set_to(app, "step", 3)
    next(b for b in app.button if b.label == "Play").click().run()
    assert not app.exception
    assert figures(app) == steps[2]
    assert app.slider[0].value == 40
    assert told(app)["step"] == "40"


@pytest.mark.parametrize("choice", [1, 2, 3])
def test_each_answer_says_why(app, choice):
    opened(app, answer=str(choice))
    assert any(
        m.value.startswith("**Correct.**" if choice == 2 else "**Not quite: It is constant.**")
        for m in app.markdown
    )


def test_a_link_restores_it_all(app):
    query = {"image": "200", "by": "climb", "step": "17", "mu0": "-1.5", "s1": "-1.25", "answer": "1"}
    opened(app, **query)
    assert told(app) == query and app.slider[0].value == 17 and app.number_input[0].value == 200


def test_a_number_that_is_no_test_image_is_refused_and_the_last_is_taken(app):
    opened(app, image="359")
    assert app.number_input[0].value == 359
    app.query_params.clear()
    app.query_params.update(image="360")
    app.switch_page(page_file("learn_elbo")).run()
    assert "image can't be '360'" in app.warning[0].value and not app.exception


def test_without_its_run_it_says_so(app, monkeypatch):
    monkeypatch.setattr(catalogue, "visible_runs", lambda: ([], []))
    opened(app)
    assert "needs the run digits-vae-2d" in app.info[0].value and not app.latex
