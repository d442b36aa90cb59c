"""The test images that samples are measured against, and what equal distributions give."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.share import Share
from explorer.runs.density_shares import DENSITIES_FILE, measure_density_shares, measure_halves
from explorer.runs.held_out import held_out_images
from explorer.runs.load import load_model
from explorer.runs.measure_densities import measure_real_images, measure_uncovered
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import CHECKSUM_KEY, encode_record, read_run

RUN = read_run(SHIPPED_FOLDER / "digits-ae-2d")


def test_held_out_images_are_random_and_have_their_codes():
    x, rows = held_out_images(RUN, 100)
    data, e = load_dataset("digits"), read_embedding(RUN)
    assert len(set(rows)) == 100 and not np.array_equal(rows, np.arange(100))
    assert np.array_equal(x, data.x[data.test][rows])
    assert load_model(RUN).encode(x).mu.numpy() == pytest.approx(e.mu[rows], abs=1e-4)


@pytest.mark.parametrize("dataset", ["folder:/etc", "mnist"])
def test_without_the_data_or_for_a_folder_they_are_those_kept_with_the_run(dataset, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    x, rows = held_out_images(replace(RUN, spec=replace(RUN.spec, dataset=dataset)), 100)
    assert np.array_equal(x, read_embedding(RUN).images[:100]) and np.array_equal(rows, np.arange(100))


def test_halves_are_about_what_equal_distributions_give():
    loaded, e = load_model(RUN), read_embedding(RUN)
    halves = measure_halves(loaded, e.mu, e.logvar, e.images)
    for name in ("gap", "reverse_gap", "uncovered_by_pixels", "uncovered_by_features"):
        share = getattr(halves, name)
        assert share.n == 180 and share.low <= 1 / 2**5 <= share.high, name
    assert halves.unsure.n == 360 and halves.unsure.share < 0.1


@pytest.mark.parametrize("n", [0, 1, 9])
def test_of_too_few_images_coverage_is_not_measured(n):
    loaded, x = load_model(RUN), read_embedding(RUN).images[:n]
    assert measure_real_images(loaded, x)[1:] == (None, None)
    assert measure_uncovered(loaded, np.zeros((n, 2)), x) == (None, None)


def test_without_a_classifier_there_are_no_features(monkeypatch):
    monkeypatch.setattr("explorer.runs.measure_densities.read_classifier", lambda run: None)
    unsure, by_pixels, by_features = measure_real_images(load_model(RUN), read_embedding(RUN).images)
    assert unsure is None and by_features is None and by_pixels.n == 180


def test_distinct_samples_are_of_different_images():
    mu, rng = np.arange(20.0).reshape(10, 2), np.random.default_rng(0)
    codes = AggregatePosterior(mu, None, is_distinct=True).sample(10, rng)
    assert sorted(map(tuple, codes)) == sorted(map(tuple, mu))
    with pytest.raises(UserError, match="too few codes"):
        AggregatePosterior(mu, None, is_distinct=True).sample(11, rng)


def test_a_complement_has_the_interval_of_the_other_end():
    assert Share(0.2, 0.1, 0.4, 50, 0.05).complement() == Share(0.8, 0.6, 0.9, 50, 0.05)


@pytest.mark.parametrize("lack", ["an earlier version", "a density", "a classifier"])
def test_shares_that_lack_something_are_measured_again(runs_folder, lack):
    run = find_run("tiny-vae")
    shares, path = measure_density_shares(run), run.folder / DENSITIES_FILE
    record = json.loads(path.read_bytes())
    del record[CHECKSUM_KEY]
    if lack == "an earlier version":
        del record["densities"]["prior"]["uncovered_by_pixels"]
    if lack == "a density":
        del record["densities"]["prior"]
    if lack == "a classifier":
        record["densities"]["prior"] |= {"unsure": None, "uncovered_by_features": None}
    path.write_bytes(encode_record(record))
    assert measure_density_shares(run) == shares
    assert all(getattr(shares["prior"], field.name) for field in fields(shares["prior"]))


def test_of_large_images_there_are_fewer(monkeypatch):
    monkeypatch.setattr("explorer.runs.held_out.MAX_VALUES", 30 * 64)
    assert held_out_images(RUN, 100)[0].shape == (30, 1, 8, 8)
