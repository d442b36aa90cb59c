"""The block of the plots of the KL weight against torch.distributions and scipy."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch.distributions import Normal, kl_divergence

from explorer.latent.aggregate import GRID_POINTS, aggregate_posterior
from explorer.live.block import read_block
from explorer.store.catalogue import find_run
from explorer.views.kl_weight_block import MAX_DIMENSIONS, posteriors_block
from explorer.views.run_view import RunView


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-vae-6d", "tiny-ladder"])
def test_it_has_the_rates_and_the_aggregate_posterior_of_each_frame(runs_folder, name):
    view = RunView(find_run(name))
    metadata, tensors = read_block(posteriors_block(view))
    e = view.embedding
    frames = list(zip(e.film.mu, e.film.logvar)) if e.film else [(e.mu, e.logvar)]
    assert len(frames) == max(len(view.betas), 1)
    assert view.n_mapped == len(frames[0][0])  # what the page says
    shown = metadata["shown"]
    assert len(shown) == min(MAX_DIMENSIONS, len(metadata["labels"]))
    assert tensors["masses"].shape == (len(frames), len(shown), GRID_POINTS)
    for f, (mu, logvar) in enumerate(frames):
        sd = np.exp(logvar.astype(float) / 2)
        rates = kl_divergence(Normal(torch.tensor(mu, dtype=float), torch.tensor(sd)), Normal(0.0, 1.0))
        assert tensors["rates"][f] == pytest.approx(rates.mean(0).numpy(), rel=1e-5, abs=1e-6)
        assert tensors["half_widths"][f] == pytest.approx(1.96 * stats.sem(rates.numpy()), rel=1e-3)
        assert tensors["is_active"][f].tolist() == (mu.astype(float).var(0) > 0.01).tolist()
        for k, d in enumerate(shown):
            low, high = tensors["bounds"][f, k]
            z, density = np.linspace(low, high, GRID_POINTS), tensors["masses"][f, k] / (high - low)
            assert np.trapezoid(density, z) == pytest.approx(1, abs=0.01)
            expected, some = stats.norm.pdf(z[::40, None], mu[:, d], sd[:, d]).mean(1), density[::40]
            assert some == pytest.approx(expected, rel=0.02, abs=0.002)
        assert (tensors["kl"][f] > -1e-4).all()
        assert (tensors["kl"][f] <= tensors["rates"][f][shown] + 1e-4).all()  # I(x; z) is not negative


def test_narrow_posteriors_keep_their_peaks():
    view = RunView(find_run("moons-ladder-2d"))
    metadata, tensors = read_block(posteriors_block(view))
    e = view.embedding
    for f, (mu, logvar) in enumerate(zip(e.film.mu, e.film.logvar)):
        for k, d in enumerate(metadata["shown"]):
            z, density = aggregate_posterior(mu[:, d], logvar[:, d])
            assert tensors["bounds"][f, k] == pytest.approx(z[[0, -1]])
            assert (tensors["masses"][f, k] / (z[-1] - z[0])).max() == pytest.approx(density.max(), rel=1e-4)


def test_active_dimensions_are_those_of_the_run():
    view = RunView(find_run("mnist-ladder-16d"))
    _, tensors = read_block(posteriors_block(view))
    counts = [frame.active_units for frame in view.run.film]
    assert tensors["is_active"].sum(1).tolist() == counts and len(set(counts)) > 2


def test_it_is_made_once_and_belongs_to_the_owner_of_the_run(runs_folder):
    view = RunView(find_run("tiny-ladder"))
    block = posteriors_block(view)
    assert block is posteriors_block(RunView(view.run)) and block.owner is None
    assert 0.5 < block.size / len(block.content) < 2
