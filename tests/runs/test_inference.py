"""Estimates of log p(x), held against quadrature over the latent plane."""

import numpy as np
import pytest
import torch

from explorer.errors import UserError
from explorer.latent.quadrature import Grid
from explorer.objectives.bound import importance_weighted_bound
from explorer.runs import inference
from explorer.runs.load import load_run
from explorer.store.embedding import read_embedding

IMAGES = 24
GRID = Grid(5.0, 250)


@pytest.fixture(scope="module")
def model():
    return load_run("digits-vae-2d")


@pytest.fixture(scope="module")
def images(model):
    return read_embedding(model.run).images[:IMAGES]


@pytest.fixture(scope="module")
def truth(model, images):
    return log_px(model, images)


def log_px(model, images):
    """Return log p(x) of each image in nats: the log of the sum over a grid of p(x|z)·p(z)."""
    prior = GRID.log_normal(0.0, 1.0)[:, None] + GRID.log_normal(0.0, 1.0)
    with torch.inference_mode():
        x_logits = model.model.decode(torch.from_numpy(GRID.points.astype(np.float32)))
        log_pxz = [
            -model.likelihood.distortion(
                x_logits, (torch.from_numpy(x)[None].float() / 255).expand_as(x_logits)
            )
            for x in images
        ]
    return np.array(
        [GRID.log_integral(each.double().numpy().reshape(prior.shape) + prior) for each in log_pxz]
    )


def test_the_estimate_is_log_p_x_within_its_spread(model, images, truth):
    estimates = np.array([inference.log_likelihood(model, x, 1000, lambda done, total: None) for x in images])
    errors, spread = np.abs(estimates[:, 0] - truth), estimates[:, 1]
    assert (errors < 3 * spread + 0.01).mean() > 0.9 and np.median(errors) < 0.05


def test_where_the_posterior_fits_poorly_it_falls_short_by_more(trained_runs, monkeypatch, images):
    """Check the statement of the page; the model was trained for a second."""
    monkeypatch.setenv("EXPLORER_RUNS", str(trained_runs))
    poor = load_run("tiny-vae")
    estimates = np.array([inference.log_likelihood(poor, x, 100, lambda done, total: None) for x in images])
    errors = estimates[:, 0] - log_px(poor, images)
    assert (errors < -3 * estimates[:, 1]).any() and errors.max() < 1


def test_it_is_an_underestimate_on_average_and_no_lower_bound(model, images, truth):
    """Check that single estimates also lie above log p(x), so that the page may not show an inequality
    sign.
    """
    seen = []
    mean = [
        inference.log_likelihood(model, x, 10, lambda done, total: seen.append((done, total)))[0]
        for x in images
    ]
    assert (np.array(mean) - truth).mean() < 0
    assert seen[-1] == (
        10 * inference.REPEATS,
        10 * inference.REPEATS,
    )
    single = [
        [
            importance_weighted_bound(model.model, model.likelihood, x, 10, seed)
            for seed in range(inference.REPEATS)
        ]
        for x in images
    ]
    above = (np.array(single) > truth[:, None]).mean()
    assert 0.05 < above < 0.95
    assert np.allclose(np.mean(single, axis=1), mean)


def test_the_spread_falls_with_the_number_of_samples(model, images):
    with_few, with_many = (
        np.mean([inference.log_likelihood(model, x, n, lambda done, total: None)[1] for x in images[:10]])
        for n in (1, 300)
    )
    assert with_many < with_few / 3


def test_an_ae_has_no_log_p_x(model, images, trained_runs, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(trained_runs))
    with pytest.raises(UserError):
        inference.log_likelihood(load_run("tiny-ae"), images[0], 10, lambda done, total: None)
