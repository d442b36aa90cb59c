"""What the compare page says of two runs follows from what was measured of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from explorer.latent.confidence import LowConfidenceShares
from explorer.latent.gap_estimate import GapEstimate
from explorer.latent.share import Share
from explorer.runs.load import load_model
from explorer.runs.measure import measure_confidence
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.classifier import MIN_CLASS_PROBABILITY, read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.ui.compare.notes import are_gaps_drawn, beta_note, gap_comparison_note, gap_note
from explorer.views import pairs, words
from explorer.views.readouts import film_readouts, frame_gap

AES = ("mnist-ae-2d", "fashion-mnist-ae-2d", "digits-ae-2d", "moons-ae-2d")


def below(gaps: float, outside: float, n: int = 1000) -> LowConfidenceShares:
    shares = [Share.from_error(share, np.sqrt(share * (1 - share) / n), n) for share in (gaps, outside)]
    return LowConfidenceShares(shares[0], *shares)


def gap(share: float, n: int = 5000, error: float = 0.005) -> GapEstimate:
    return GapEstimate.from_error(share, error, n)


@pytest.mark.parametrize(
    "gaps, outside, conclusion",
    [
        (0.26, 0.17, "more often in gaps"),
        (0.17, 0.26, "less often in gaps"),
        (0.20, 0.19, "no clear difference"),
    ],
)
def test_more_often_is_said_only_where_the_shares_differ(gaps, outside, conclusion):
    note = gap_note(below(gaps, outside))
    assert note.endswith(f": {conclusion}.")
    assert f"{gaps:.0%} (" in note
    assert f"{outside:.0%} (" in note
    assert f"below {MIN_CLASS_PROBABILITY:.0%} confidence" in note


def test_nobody_is_sent_to_a_grey_area_that_is_not_drawn():
    assert "grey" in gap_note(below(0.26, 0.17)) and "grey" in gap_note(None)
    note = gap_note(below(0.26, 0.17), is_drawn=False)
    assert "grey" not in note and note.endswith(": more often in gaps.")
    assert not are_gaps_drawn(read_run(SHIPPED_FOLDER / "mnist-ae-16d"))
    assert are_gaps_drawn(read_run(SHIPPED_FOLDER / "mnist-ae-2d"))


@pytest.mark.parametrize("name", AES)
def test_what_is_said_of_a_shipped_ae_holds_for_other_draws(name):
    """Compare with a test of the two proportions, on samples with another seed."""
    loaded = load_model(read_run(SHIPPED_FOLDER / name))
    e = read_embedding(loaded.run)
    note = gap_note(measure_confidence(loaded, e.mu, e.logvar))
    other = measure_confidence(loaded, e.mu, e.logvar, seed=1)
    counts = [
        [round(part.share * part.n), part.n - round(part.share * part.n)]
        for part in (other.in_gaps, other.outside)
    ]
    p = stats.chi2_contingency(counts, correction=False).pvalue
    if p < 1e-5:
        assert "no clear difference" not in note
    assert "more often" not in note or other.in_gaps.share > other.outside.share
    assert "less often" not in note or other.in_gaps.share < other.outside.share
    assert name != "mnist-ae-2d" or "more often in gaps" in note


@pytest.mark.parametrize("name, at_least", [("mnist-vae-2d", 0.25), ("fashion-mnist-vae-2d", 0.5)])
def test_the_classifier_is_confident_about_noise_as_the_help_says(name, at_least):
    run = read_run(SHIPPED_FOLDER / name)
    noise = np.random.default_rng(0).random((500, *run.shape), dtype=np.float32)
    classifier = read_classifier(run)[0]
    assert (classifier.probabilities(noise).max(1) >= MIN_CLASS_PROBABILITY).mean() > at_least
    assert classifier.probabilities(np.ones((1, *run.shape), np.float32)).max() >= MIN_CLASS_PROBABILITY


def test_a_gap_shrinks_only_beyond_its_uncertainty_and_to_more_than_equality():
    assert "The gap shrinks, but for two equal distributions it would be 3%." in beta_note(
        gap(0.27), gap(0.06), gap(0.29), 0.001, 10
    )
    assert beta_note(gap(0.27), gap(0.032), None, 0.001, 10).endswith("The gap shrinks.")
    assert "no clear decrease" in beta_note(gap(0.09, 360, 0.02), gap(0.06, 360, 0.02), None, 0.001, 10)
    assert "no clear decrease" in beta_note(gap(0.06), gap(0.27), None, 0.001, 10)
    assert "%" not in beta_note(None, None, gap(0.29), 0.001, 10)


def test_two_gaps_are_told_apart_only_of_as_many_codes():
    assert "the VAE's is smaller" in gap_comparison_note(gap(0.29), gap(0.12))
    assert "the AE's is smaller" in gap_comparison_note(gap(0.1), gap(0.2))
    assert "no clear difference" in gap_comparison_note(gap(0.120), gap(0.121))
    assert "no clear difference" in gap_comparison_note(gap(0.29), gap(0.12, 360))
    assert "%" not in gap_comparison_note(None, gap(0.1))


@pytest.mark.slow
def test_a_rate_is_the_information_and_the_kl_of_the_aggregate_posterior():
    """Compute by Monte Carlo with torch.distributions, on the trained rungs of an included ladder; I(x; z) is
    at most ln n.
    """
    run = read_run(SHIPPED_FOLDER / "digits-ladder-2d")
    film, rng = read_embedding(run).film, torch.manual_seed(0)  # noqa: F841
    for i in (0, 12, 18):
        mu = torch.from_numpy(film.mu[i]).double()
        sd = torch.from_numpy(film.logvar[i]).double().mul(0.5).exp()
        each = Independent(Normal(mu, sd), 1)
        whole = MixtureSameFamily(Categorical(torch.ones(len(mu)).double()), each)
        z = each.sample((200,))
        q, q_whole = each.log_prob(z), whole.log_prob(z)
        information = (q - q_whole).mean().item()
        kl = (q_whole - Normal(0, 1).log_prob(z).sum(-1)).mean().item()
        assert information + kl == pytest.approx(run.film[i].rate, rel=0.02, abs=1e-3)
        assert 0 <= information <= np.log(len(mu)) + 0.01
        assert kl >= 0
        assert information <= run.film[i].rate + 1e-3


def test_a_ladder_shows_each_gap_with_its_interval():
    run = read_run(SHIPPED_FOLDER / "mnist-ladder-2d")
    name, shares, digits, unit, intervals = film_readouts(run)[0]
    for frame, share, (low, high) in zip(run.film, shares, intervals, strict=True):
        estimate = frame_gap(frame)
        assert (share, low, high) == pytest.approx(
            (100 * estimate.share, 100 * estimate.low, 100 * estimate.high)
        )
        assert low < share < high
        assert estimate.n == 5000
        assert frame_gap(frame, prior=True).share == frame.prior_gap
    assert (name, digits, unit) == ("gap", 0, "%")


def test_a_ladder_of_an_earlier_version_shows_its_gaps_without_intervals():
    run = read_run(SHIPPED_FOLDER / "mnist-ladder-2d")
    old = replace(
        run, film=tuple(replace(f, gap_error=None, prior_gap_error=None, gap_codes=None) for f in run.film)
    )
    assert all(frame_gap(f) is None for f in old.film) and film_readouts(old)[0][4] == [None] * len(old.film)
    assert film_readouts(old)[0][1] == [100 * f.gap for f in run.film]


def test_networks_of_different_settings_are_named(runs_folder):
    assert "width 200 and 400" in pairs.difference_sentence(
        read_run(SHIPPED_FOLDER / "mnist-ae-2d"), read_run(SHIPPED_FOLDER / "mnist-vae-2d")
    )
    assert (
        pairs.difference_sentence(
            read_run(SHIPPED_FOLDER / "mnist-ae-2d"), read_run(SHIPPED_FOLDER / "mnist-ladder-2d")
        )
        == ""
    )
    assert "latent dim 2 and 6" in pairs.difference_sentence(find_run("tiny-ae"), find_run("tiny-vae-6d"))


def test_a_ladder_says_where_its_weights_are_interpolated(runs_folder):
    assert "interpolated" in words.ladder_sentence(find_run("tiny-ladder"))
    assert not words.ladder_sentence(find_run("tiny-vae"))
