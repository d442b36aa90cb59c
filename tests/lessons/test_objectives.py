"""What the three objectives' replays say, against other ways to compute it."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from safetensors import safe_open
from scipy.special import lambertw
from torch.distributions import Bernoulli, Normal, kl_divergence

from explorer.data import load_dataset as load_data
from explorer.lessons.objectives.compute import (
    N_LEVELS,
    N_SHOWN,
    blocks,
    frame_figures,
    max_pixel_change,
    mean_distortion,
    nearest_code_distance,
    root_mean_square_sd,
    sigma_for_rate,
)
from explorer.lessons.objectives.lesson import LESSON
from explorer.runs.load import load_run
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.replay import read_replay
from explorer.store.run import read_run

RECON, KL, BOTH = (SHIPPED_FOLDER / f"digits-vae-2d-{name}" for name in ("recon-only", "kl-only", "both"))


@dataclass(frozen=True)
class Frame:
    mu: np.ndarray
    pictures: np.ndarray
    figures: dict[str, float]


def frame_at(folder, epoch: int) -> Frame:
    """Return the last frame of a replay up to an epoch."""
    replay = read_replay(folder)
    i = max(i for i, recorded in enumerate(replay.epochs) if recorded <= epoch)
    figures = {name: values[i] for name, values in frame_figures(replay).items()}
    return Frame(replay.mu[i], replay.pictures[i], figures)


@pytest.mark.parametrize("sigma", [1.0, 0.7, 0.1, 1e-3, 1e-9])
def test_the_width_is_found_again_from_its_price(sigma):
    mu = np.random.default_rng(0).normal(2, 3, (500, 2))
    posterior = Normal(torch.tensor(mu), torch.full((500, 2), sigma, dtype=torch.float64))
    rates = kl_divergence(posterior, Normal(0.0, 1.0)).mean(0).numpy()
    assert sigma_for_rate(mu, rates) == pytest.approx(sigma, rel=1e-4)


def test_unequal_widths_count_by_their_mean_price():
    """Compare with the closed form sigma² = −W(−exp(−2·price − 1)), with Lambert's W."""
    rng = np.random.default_rng(1)
    mu, sd = rng.normal(size=(400, 2)), rng.uniform(0.05, 0.9, (400, 2))
    rates = kl_divergence(Normal(torch.tensor(mu), torch.tensor(sd)), Normal(0.0, 1.0)).mean(0).numpy()
    price = (sd**2 - 1 - np.log(sd**2)).mean() / 2
    assert sigma_for_rate(mu, rates) == pytest.approx(
        np.sqrt(-lambertw(-np.exp(-2 * price - 1)).real), rel=1e-4
    )


def test_the_spread_is_that_of_scaled_points():
    mu = np.random.default_rng(2).normal(5, 1, (100_000, 2)) * 3
    assert root_mean_square_sd(mu) == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize("folder", [RECON, KL, BOTH], ids=lambda p: p.name)
def test_at_the_last_epoch_a_replay_says_what_the_run_is(folder):
    run = read_run(folder)
    frame, e = frame_at(folder, run.epochs), read_embedding(run)
    assert frame.figures["epochs"] == run.epochs == 200
    assert frame.mu == pytest.approx(e.mu, rel=2e-3, abs=2e-2)
    price = (np.exp(e.logvar, dtype=np.float64) - 1 - e.logvar).mean() / 2
    assert frame.figures["sigma"] == pytest.approx(np.sqrt(-lambertw(-np.exp(-2 * price - 1)).real), rel=0.03)
    assert frame.figures["spread"] == pytest.approx(np.sqrt((e.mu.std(0) ** 2).mean()), rel=0.02, abs=1e-3)
    reconstructions = frame.pictures[0]
    expected = load_run(folder.name).decode(e.mu[: len(reconstructions)])
    assert np.abs(reconstructions.astype(int) - np.rint(255 * expected)).max() <= 3


def test_one_network_begins_alike_and_parts_ways():
    specs = [read_run(folder).spec.to_dict() | {"beta": None} for folder in (RECON, KL, BOTH)]
    assert specs[0] == specs[1] == specs[2]
    first, last = ([frame_at(folder, epoch).figures for folder in (RECON, KL, BOTH)] for epoch in (1, 200))
    assert max(m["sigma"] for m in first) - min(m["sigma"] for m in first) < 0.05
    assert max(m["spread"] for m in first) < 0.1
    recon, kl, both = last
    assert recon["sigma"] < recon["spread"] / 1000 and recon["spread"] > 3  # the codes become points
    assert kl["sigma"] > 0.99 and kl["spread"] < 0.01 and kl["rate"] < 0.01  # all posteriors equal the prior
    assert 0.1 < both["sigma"] < 0.5 and 0.8 < both["spread"] < 1.1  # as wide as the prior
    assert recon["distortion"] < both["distortion"] < kl["distortion"]


def test_the_task_asks_for_what_is_reached_long_before_the_end():
    solution, end = frame_at(RECON, LESSON.solution["epoch"]).figures, frame_at(BOTH, 200).figures
    assert abs(solution["distortion"] - end["distortion"]) < 0.2


def test_kl_alone_decodes_the_mean_image_and_no_code_beats_it():
    """Check that of single answers for all images, the mean image has the least Bernoulli distortion: its
    cross-entropy.
    """
    data = load_data("digits")
    mean = data.x[data.train].mean(0) / 255
    frame = frame_at(KL, 200)
    assert np.abs(frame.pictures[0] / 255 - mean).max() < 0.04
    p = np.clip(mean, 1e-9, 1 - 1e-9)
    least = -(mean * np.log(p) + (1 - mean) * np.log(1 - p)).sum()
    assert least <= frame.figures["distortion"] < least + 0.1


def test_the_browser_gets_the_replays_and_what_the_trained_models_measure(tmp_path):
    runs = {folder.name: read_run(folder) for folder in (RECON, KL, BOTH)}
    parts = blocks(runs)
    assert sum(len(part.content) for part in parts.values()) < 1_500_000
    path = tmp_path / "block.safetensors"
    for part, run in zip(parts.values(), runs.values(), strict=True):
        path.write_bytes(part.content)
        with safe_open(path, "numpy") as file:
            metadata = json.loads(file.metadata()["block"])
            levels, y, noise, pictures = (file.get_tensor(n) for n in ("levels", "y", "noise", "pictures"))
        replay = read_replay(run.folder)
        mu = metadata["low"] + metadata["step"] * np.cumsum(levels, axis=0, dtype=np.uint16)
        assert np.abs(mu - replay.mu).max() < 0.51 * np.ptp(replay.mu) / N_LEVELS
        assert np.array_equal(y, replay.y)
        assert np.array_equal(np.cumsum(pictures, axis=0, dtype=np.uint8), replay.pictures[:, :, :N_SHOWN])
        assert metadata["beta"] == run.spec.beta and metadata["epochs"] == list(replay.epochs)
        measured = metadata["measured"]
        # The run's own figure has one sample for each image.
        assert measured["distortion"] == pytest.approx(run.test.distortion, abs=0.26)
        assert 0.2 <= measured["half_width"] <= 0.7
        assert noise.shape == replay.mu.shape[1:] and abs(noise.std() - 1) < 0.08


def test_no_replay_is_none(tmp_path):
    assert read_replay(tmp_path) is None


def test_a_distortion_is_that_of_torch_distributions_and_other_noise_stays_within_its_error():
    loaded, e = load_run("digits-vae-2d-both"), read_embedding(read_run(BOTH))
    mean, error = mean_distortion(loaded, e.images, e.mu, e.logvar)
    x = torch.from_numpy(e.images).double() / 255
    q = Normal(torch.tensor(e.mu), torch.exp(torch.tensor(e.logvar) / 2))
    torch.manual_seed(5)
    with torch.inference_mode():
        logits = [loaded.model.decode(q.sample()).double() for _ in range(40)]
        nats = np.array(
            [-Bernoulli(logits=g, validate_args=False).log_prob(x).sum((1, 2, 3)).numpy() for g in logits]
        )
    assert mean == pytest.approx(nats.mean(), abs=5 * nats.mean(1).std() / np.sqrt(10))
    assert error == pytest.approx(nats.mean(0).std() / np.sqrt(len(x)), rel=0.1)
    assert error > nats.mean(1).std() / np.sqrt(10)
    ae = load_run("digits-ae-2d")
    embedding = read_embedding(ae.run)
    assert mean_distortion(ae, embedding.images, embedding.mu, None)[0] == pytest.approx(
        ae.run.test.distortion, abs=1e-3
    )


def test_without_kl_codes_are_points_and_with_kl_only_the_decoder_ignores_z():
    e, loaded = read_embedding(read_run(RECON)), load_run(KL.name)
    sigma, nearest = np.exp(e.logvar / 2), []
    for i in range(len(e.mu)):
        distances = np.linalg.norm((np.delete(e.mu, i, 0) - e.mu[i]) / sigma[i], axis=1)
        nearest.append(distances.min())
    assert nearest_code_distance(e.mu, e.logvar, 0.01) == pytest.approx(np.quantile(nearest, 0.01), rel=1e-4)
    assert np.quantile(nearest, 0.01) > 5
    both = read_embedding(read_run(BOTH))
    assert nearest_code_distance(both.mu, both.logvar, 0.01) < 0.5
    torch.manual_seed(1)
    with torch.inference_mode():
        decoded = torch.sigmoid(loaded.model.decode(torch.randn(1000, 2)))
    change = (decoded.amax(0) - decoded.amin(0)).max().item()
    assert 0 < max_pixel_change(loaded) < 0.08 and max_pixel_change(loaded) == pytest.approx(change, rel=0.5)
