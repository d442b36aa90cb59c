"""The lesson on mixtures as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture

from explorer.lessons.mixture import compute
from explorer.ui.pages import page_file
from tests.pages.conftest import follow, live_plots

opened = partial(follow, "learn_mixture")


def told(app) -> dict[str, str]:
    """Return the parameters of the address."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app) -> str:
    return " ".join(m.value for m in app.markdown).replace("−", "-")


def test_the_figures_are_those_of_the_fits(app):
    opened(app, k="5", z="-0.5")
    x, held_out = compute.sample_truth(0), compute.sample_truth(1)
    score = GaussianMixture(5, random_state=0).fit(x[:, None]).score(held_out[:, None])
    assert f"Mixture **{score:.2f}**" in said(app)
    decoder = compute.train_decoder(x)
    z = (np.arange(4000) + 0.5) / 4000
    mean, sd = compute.decode_gaussians(decoder, stats.norm.ppf(z))
    vae = np.log(stats.norm.pdf(held_out[:, None], mean, sd).mean(1)).mean()
    assert float(re.search(r"VAE \*\*(-\d\.\d\d)\*\*", said(app)).group(1)) == pytest.approx(vae, abs=0.006)
    (mean,), (sd,) = compute.decode_gaussians(decoder, np.array([-0.5]))
    assert (
        f"z = -0.50 selects the mean m(z) = **{mean:.2f}** and the standard deviation s(z) = **{sd:.2f}**"
        in said(app)
    )


def test_a_better_fit_is_said_only_where_a_paired_test_finds_one(app):
    """Check that five Gaussians beat this VAE on a line, and that with three the VAE is better, by SciPy,
    from scikit-learn's mixtures.
    """
    x, test, verdicts = compute.sample_truth(0), compute.sample_truth(1), {}
    decoder = compute.train_decoder(x)
    mean, sd = compute.decode_gaussians(decoder, stats.norm.ppf((np.arange(4000) + 0.5) / 4000))
    vae = np.log(stats.norm.pdf(test[:, None], mean, sd).mean(1))
    for k in range(1, 13):
        gap = stats.ttest_rel(
            GaussianMixture(k, random_state=0).fit(x[:, None]).score_samples(test[:, None]), vae
        )
        interval = gap.confidence_interval(0.95)
        verdicts[k] = (
            "The mixture fits better."
            if interval.low > 0
            else "The VAE fits better."
            if interval.high < 0
            else "not established"
        )
    first = min(k for k in verdicts if all(verdicts[j] == "The mixture fits better." for j in range(k, 13)))
    for k in (1, 3, 4, first, 12):
        opened(app, k=str(k))
        assert verdicts[k] in said(app) and f"From K = {first} on, the mixture fits better." in said(app)
    assert verdicts[3] == "The VAE fits better." and first <= 6


def test_each_slider_goes_to_its_ends_and_into_the_address(app):
    opened(app)
    seen = set()
    for key, values in (("k", (1, 12)), ("z", (-3.0, 3.0))):
        for value in values:
            app.slider(key=f"learn_mixture {key}").set_value(value).run()
            assert not app.exception and not app.error and told(app)[key] == str(value)
            seen.add(said(app))
    assert len(seen) == 4 and "12 Gaussians, and their sum (bold)" in said(app)
    declarations = [plot["declaration"] for plot in live_plots(app)]
    assert [(d["x"]["title"], d["y"]["title"]) for d in declarations] == [
        ("x", "density"),
        ("x", "density"),
        ("z", "x"),
        ("K, number of Gaussians", "nats per number"),
    ]
    assert [part.get("label") for part in declarations[2]["parts"]][:3] == ["± 2 s(z)", "± s(z)", "m(z)"]


def test_what_is_drawn_are_densities(app):
    opened(app, k="4")
    mixture = GaussianMixture(4, random_state=0).fit(compute.sample_truth(0)[:, None])
    left, right = (plot["values"] for plot in live_plots(app)[:2])
    whole, grid = left["total"], np.array(left["total"]["x"])
    assert whole["y"] == pytest.approx(np.exp(mixture.score_samples(grid[:, None])), abs=1e-6)
    assert not {"selected", "partial"} & left.keys()
    for values, expected in ((left, whole), (right, right["partial"])):
        parts = np.array(values["components"]["y"], float).reshape(4, -1)  # each ends with a gap
        assert np.isnan(parts[:, -1]).all()
        assert parts[:, :-1].sum(0) == pytest.approx(expected["y"], abs=1e-6)
    assert np.trapezoid(right["selected"]["high"], grid) == pytest.approx(0.25, abs=0.01)
    for name in ("partial", "total"):
        assert np.trapezoid(right[name]["y"], grid) == pytest.approx(1, abs=0.01)
    x = compute.sample_truth(0)
    for values in (left, right):
        assert np.trapezoid(values["data"]["high"], values["data"]["x"]) == pytest.approx(
            np.mean((x >= -4) & (x <= 4.5)), abs=1e-9
        )


@pytest.mark.parametrize("choice", [1, 2, 3])
def test_each_answer_says_why(app, choice):
    opened(app, answer=str(choice))
    start = "**Correct.**" if choice == 2 else "**Not quite: In one network and the prior of z.**"
    assert any(m.value.startswith(start) for m in app.markdown)


def test_a_link_restores_it_all_or_says_what_is_wrong(app):
    opened(app, k="7", z="1.25", answer="3")
    assert told(app) == {"k": "7", "z": "1.25", "answer": "3"}
    assert app.slider(key="learn_mixture k").value == 7 and app.slider(key="learn_mixture z").value == 1.25
    app.query_params.clear()
    app.query_params.update(k="13")
    app.switch_page(page_file("learn_mixture")).run()
    assert "k can't be '13'" in app.warning[0].value and not app.exception
