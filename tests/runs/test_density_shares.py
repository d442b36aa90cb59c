"""The shares of densities: kept with a run."""

import json

import pytest

from explorer.runs import density_shares
from explorer.runs.densities import stored_density
from explorer.runs.density_shares import DENSITIES_FILE, measure_density_shares, read_density_shares
from explorer.runs.load import load_model
from explorer.runs.measure import codes_of
from explorer.runs.measure_densities import measure_gaps_of_density
from explorer.store.catalogue import find_run
from explorer.store.run import CHECKSUM_KEY, encode_record


def test_shares_are_those_of_the_command_and_are_kept(runs_folder, monkeypatch):
    run = find_run("tiny-vae")
    shares = measure_density_shares(run)
    gap, reverse_gap = measure_gaps_of_density(stored_density(run, "prior"), *codes_of(load_model(run), None))
    assert (shares["prior"].gap.low, shares["prior"].reverse_gap) == (gap.low, reverse_gap)
    monkeypatch.setattr(density_shares, "_measure", lambda run: pytest.fail("measured again"))
    assert measure_density_shares(run) == read_density_shares(run) == shares


@pytest.mark.parametrize("damage", ["other model", "not json", "no share", "changed"])
def test_shares_of_other_weights_and_damaged_ones_are_measured_again(runs_folder, damage):
    run = find_run("tiny-vae")
    shares = measure_density_shares(run)
    path = run.folder / DENSITIES_FILE
    record = json.loads(path.read_bytes())
    if damage == "other model":
        record["model"] = "0" * 64
    if damage == "no share":
        record["densities"]["prior"]["gap"]["share"] = 1.5
    del record[CHECKSUM_KEY]
    content = b"{" if damage == "not json" else encode_record(record)
    path.write_bytes(content.replace(b'"share": ', b'"share": 0') if damage == "changed" else content)
    assert read_density_shares(run) is None
    assert measure_density_shares(run) == shares == read_density_shares(run)
