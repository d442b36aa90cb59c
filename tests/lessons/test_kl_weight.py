"""What a KL weight costs, against other ways to compute it."""

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Normal

from explorer import runs
from explorer.lessons.kl_weight import choices, decoded, distortions
from explorer.store.catalogue import SHIPPED
from explorer.store.embedding import read_embedding
from explorer.store.run import Frame, read

LADDERS = "mnist-ladder-2d", "fashion-mnist-ladder-2d", "digits-ladder-2d", "moons-ladder-2d"


@pytest.fixture(scope="module")
def x():
    return read_embedding(read(SHIPPED / "mnist-ladder-2d")).images[:500]


@torch.inference_mode()
def independent(loaded, x, draws: int) -> tuple[float, float]:
    """By torch's own distributions, from the mean and from as many draws of each posterior."""
    images = torch.from_numpy(x).float() / 255
    posterior = loaded.model.encode(images)

    def distortion(z):
        return -Bernoulli(logits=loaded.model.decode(z), validate_args=False).log_prob(images).flatten(1).sum(1).mean().item()

    torch.manual_seed(0)
    around = Normal(posterior.mu, (posterior.logvar / 2).exp())
    return distortion(posterior.mu), float(np.mean([distortion(around.sample()) for _ in range(draws)]))


@pytest.mark.parametrize("beta", [0.01, 1.0, 10.0])
def test_distortions_are_those_of_torchs_distributions(x, beta):
    loaded = runs.load("mnist-ladder-2d", beta)
    mean, drawn = distortions(loaded.model, loaded.likelihood, x)
    wanted_mean, wanted_drawn = independent(loaded, x, 20)
    assert mean == pytest.approx(wanted_mean, abs=1e-2)
    assert drawn == pytest.approx(wanted_drawn, abs=0.1 + 0.1 * beta)  # one draw an image beside twenty


@pytest.mark.parametrize("beta", [1.0, 4.0, 10.0])
def test_in_two_dimensions_noise_costs_about_beta_nats(x, beta):
    """Where the widths are best, sigma² = beta/(beta + h): ½·h·sigma² a dimension, beta/2 for h far above beta."""
    loaded = runs.load("mnist-ladder-2d", beta)
    mean, drawn = distortions(loaded.model, loaded.likelihood, x)
    assert drawn - mean == pytest.approx(beta, rel=0.25)


def test_of_an_ae_mean_and_draw_are_the_same(x):
    loaded = runs.load("mnist-ae-2d")
    mean, drawn = distortions(loaded.model, loaded.likelihood, x)
    assert mean == pytest.approx(drawn, rel=1e-6)


@pytest.mark.parametrize("name", LADDERS[:2])
def test_between_two_heavy_weights_the_curve_falls_by_a_weight_between(name):
    """dD/dR = −beta: of a chord, some weight between its ends. Of those data sets whose test images are many."""
    film = [f for f in read(SHIPPED / name).film if f.beta in (1.0, 2.0, 4.0, 10.0)]
    assert len(film) == 4
    for a, b in zip(film, film[1:]):
        assert 0.9 * a.beta < (b.distortion - a.distortion) / (a.rate - b.rate) < 1.1 * b.beta


@pytest.mark.parametrize("name", LADDERS)
def test_no_choice_is_beaten_by_another_weight(name):
    film = read(SHIPPED / name).film
    best = choices(film)
    for f in film:
        assert best["distortion"].distortion <= f.distortion and best["prior_gap"].prior_gap <= f.prior_gap
        assert best["elbo"].distortion + best["elbo"].rate <= f.distortion + f.rate
    assert len({f.beta for f in best.values()}) == 3  # each figure would choose another


def test_gaps_that_were_not_measured_choose_nothing():
    film = [Frame(0.1, 3.0, 5.0, 2, None, None), Frame(1.0, 4.0, 1.0, 2, None, None)]
    assert {figure: f.beta for figure, f in choices(film).items()} == {"distortion": 0.1, "elbo": 1.0}


def test_decoded_rows_are_the_models(x):
    ae, vae = runs.load("mnist-ae-2d"), runs.load("mnist-ladder-2d", 1.0)
    rows = decoded(ae, vae, x[:3], 5)
    assert list(rows) == ["image", "AE", "VAE", "draws"] and len(rows["draws"]) == 5 and "AE" not in decoded(None, vae, x[:3], 5)
    with torch.inference_mode():
        images = torch.from_numpy(x[:3]).float() / 255
        for name, loaded in (("AE", ae), ("VAE", vae)):
            wanted = torch.sigmoid(loaded.model.decode(loaded.model.encode(images).mu))
            assert np.allclose(rows[name], wanted, atol=1e-6)
    assert np.array_equal(np.rint(rows["image"] * 255), x[:3])
