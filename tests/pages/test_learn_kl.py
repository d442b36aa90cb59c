"""The lesson on the KL divergence, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence

from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.pages.conftest import follow, live_plots

PAGE = "learn_kl"
opened = partial(follow, PAGE)


def price(app) -> list[float]:
    """Return σ, KL, and its parts for the mean and for the width."""
    text = next(m.value for m in app.markdown if m.value.startswith("σ ="))
    whole, mean_part, width = re.search(
        r"\*\*([\d.]+) nats\*\*: ([\d.]+) for the mean and ([\d.]+) for the width", text
    ).groups()
    return [float(n) for n in (re.search(r"σ = ([\d.]+)\. ", text)[1], whole, mean_part, width)]


@pytest.mark.parametrize("mu", [-3.0, 0.0, 3.0])
@pytest.mark.parametrize("s", [-11.0, 0.0, 2.0])
def test_the_price_is_that_of_torch_distributions_and_the_marks_stand_there(app, mu, s):
    opened(app, mu=mu, s=s, answer=1)
    sigma, whole, mean_part, width = price(app)
    expected = kl_divergence(Normal(mu, np.exp(s / 2)), Normal(0.0, 1.0)).item()
    assert sigma == pytest.approx(np.exp(s / 2), rel=0.03) and whole == pytest.approx(expected, abs=0.0051)
    assert mean_part == pytest.approx(mu**2 / 2, abs=0.0051)
    assert whole == pytest.approx(mean_part + width, abs=0.011)
    curve, surface = (plot["values"]["present"] for plot in live_plots(app)[1:])
    assert curve["x"] == s and curve["y"] / 2 == pytest.approx(expected - mu**2 / 2, abs=1e-6)
    assert surface == {"x": mu, "y": s}


def test_the_sliders_go_to_both_ends_and_into_the_address(app):
    opened(app)
    for name, ends in {"mu": (-3.0, 3.0), "s": (-11.0, 2.0)}.items():
        for end in ends:
            app.slider(key=f"{PAGE} {name}").set_value(end).run()
            assert not app.exception and app.query_params[name] == str(end)


def test_the_surface_is_the_price_in_the_middle_of_each_cell(app):
    cells = live_plots(opened(app, answer=2))[2]["values"]["nats"]
    left, low, right, high = cells["bounds"]
    assert cells["shape"] == [26, 30] and (left, low, right, high) == (-3, -11, 3, 2)
    mu, s = (
        torch.tensor(low + (high - low) * (np.arange(n) + 0.5) / n)
        for low, high, n in ((left, right, 30), (low, high, 26))
    )
    expected = kl_divergence(Normal(mu, torch.exp(s / 2)[:, None]), Normal(0.0, 1.0))
    assert np.allclose(cells["values"], expected.ravel())


def test_the_densities_are_those_of_torch_distributions(app):
    opened(app, mu=-1.5, s=-1.0)
    shown = live_plots(app)[0]["values"]
    for name, distribution in (
        ("posterior", Normal(-1.5, np.exp(-0.5))),
        ("prior N(0, 1)", Normal(0.0, 1.0)),
    ):
        z, density = shown[name]["x"], shown[name]["y"]
        assert np.allclose(density, distribution.log_prob(torch.tensor(z)).exp())
        assert shown[f"area of {name}"] == {"x": z, "low": [0] * len(z), "high": density}
    sigma = np.exp(-0.5)
    assert np.allclose(shown["μ ± σ"]["x"], [-1.5 - sigma, -1.5 + sigma]) and shown["μ"]["x"] == -1.5


def test_where_it_is_lowest_is_shown_after_the_prediction(app):
    def drawn():
        return set(live_plots(app)[1]["values"]) - {"present"}

    opened(app, mu=0)
    assert drawn() == {"exp(s)", "1 + s"}
    assert len(live_plots(app)) == 2 and live_plots(app)[1]["values"]["present"] is None
    assert any("After your prediction" in c.value for c in app.caption)
    app.button(key=f"{PAGE} answer 3").click().run()
    assert drawn() == {"exp(s)", "1 + s", "exp(s) − (1 + s)"} and len(live_plots(app)) == 3


def test_the_aggregate_posterior_is_as_far_from_the_prior_as_it_says(app):
    """Compute each dimension on a fine grid, and both jointly by samples of the mixture, with
    torch.distributions.
    """
    text = next(m.value for m in opened(app).markdown if m.value.startswith("**The aggregate posterior**"))
    e, z = read_embedding(find_run("mnist-vae-2d")), np.linspace(-12, 12, 4801)
    marginals = re.findall(r"([\d.]+) for z", text)
    for i, marginal in enumerate(marginals):
        mu, sd = e.mu[:, i].astype(float), np.exp(e.logvar[:, i].astype(float) / 2)
        q = sum(np.exp(-(((z - m) / w) ** 2) / 2) / (w * np.sqrt(2 * np.pi)) for m, w in zip(mu, sd)) / len(
            mu
        )
        kl = np.trapezoid(
            np.where(
                q > 1e-300,
                q * (np.log(np.maximum(q, 1e-300)) + z**2 / 2 + np.log(2 * np.pi) / 2),
                0,
            ),
            z,
        )
        assert float(marginal) == pytest.approx(kl, abs=0.0061)
    joint = float(re.search(r"\*\*([\d.]+) nats\*\*", text)[1])
    total_correlation = float(re.search(r"and ([\d.]+) because", text)[1])
    of_images = Independent(Normal(torch.tensor(e.mu), torch.exp(torch.tensor(e.logvar) / 2)), 1)
    q = MixtureSameFamily(Categorical(logits=torch.zeros(len(e.mu))), of_images)
    torch.manual_seed(0)
    z = q.sample((3000,))
    ratio = torch.cat([q.log_prob(part) for part in z.split(250)]) - Normal(0.0, 1.0).log_prob(z).sum(1)
    assert joint == pytest.approx(ratio.mean().item(), abs=4 * ratio.std().item() / 3000**0.5)
    assert len(marginals) == 2
    # The marginals hide most of the divergence.
    assert total_correlation == pytest.approx(joint - sum(map(float, marginals)), abs=0.016)
    assert total_correlation > 0.1
    assert f"is {find_run('mnist-vae-2d').test.rate:.1f} nats on average" in text


def test_the_sliders_reach_the_posteriors_of_the_run_and_their_variances_are_said(app):
    text = next(m.value for m in opened(app).markdown if m.value.startswith("**The aggregate posterior**"))
    e = read_embedding(find_run("mnist-vae-2d"))
    s, mu = app.slider(key=f"{PAGE} s"), app.slider(key=f"{PAGE} mu")
    assert s.min <= e.logvar.min()
    assert e.logvar.max() <= s.max
    assert ((e.mu > mu.min) & (e.mu < mu.max)).mean() > 0.98
    low, high = map(float, re.search(r"between ([\d.]+) and ([\d.]+)\.$", text).groups())
    variances = np.sort(np.exp(e.logvar.astype(float)).ravel())
    assert [low, high] == pytest.approx(
        [variances[int(q * len(variances))] for q in (0.025, 0.975)], rel=0.06
    )


@pytest.mark.parametrize("query, message", [({"mu": "4"}, "mu can't be '4'"), ({"s": "x"}, "s can't be 'x'")])
def test_a_wrong_link_gets_a_sentence(app, query, message):
    assert message in opened(app, **query).warning[0].value
