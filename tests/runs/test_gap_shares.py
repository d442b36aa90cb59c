"""The shares by which gaps are compared: kept with a run."""

import shutil

import pytest

from explorer.runs import gap_shares
from explorer.runs.gap_shares import GAPS_FILE, measure_gap_shares, read_gap_shares
from explorer.runs.measure import measure_gaps
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.run import read_run
from tests.runs.damage import DAMAGES, damage_measurement


def test_shares_are_those_of_the_command_and_are_kept(runs_folder, monkeypatch):
    run = find_run("tiny-vae")
    shares = measure_gap_shares(run)
    gaps = measure_gaps("tiny-vae")
    assert (shares.gap.share, shares.gap.low, shares.gap.high) == (gaps.gap, gaps.gap_low, gaps.gap_high)
    assert shares.unsure is None or shares.unsure.share == gaps.unsure
    monkeypatch.setattr(gap_shares, "_measure", lambda run: pytest.fail("measured again"))
    assert measure_gap_shares(run) == read_gap_shares(run) == shares


def test_an_included_run_is_not_written_to(tmp_path, monkeypatch):
    shipped = tmp_path / "trained"
    run = read_run(shutil.copytree(SHIPPED_FOLDER / "digits-ae-2d", shipped / "digits-ae-2d"))
    monkeypatch.setattr("explorer.store.deletion.SHIPPED_FOLDER", shipped)
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    files = {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    shares = measure_gap_shares(run)
    assert {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()} == files
    monkeypatch.setattr(gap_shares, "_measure", lambda run: pytest.fail("measured again"))
    assert measure_gap_shares(run) == shares
    monkeypatch.undo()
    monkeypatch.setattr("explorer.store.deletion.SHIPPED_FOLDER", shipped)
    monkeypatch.setenv("EXPLORER_RUNS", str(shipped))  # as its trainings do
    assert measure_gap_shares(run) == shares and (run.folder / GAPS_FILE).exists()


@pytest.mark.parametrize("damage", DAMAGES)
def test_shares_of_other_weights_and_damaged_ones_are_measured_again(runs_folder, damage):
    run = find_run("tiny-vae")
    shares = measure_gap_shares(run)
    damage_measurement(run.folder / GAPS_FILE, damage, missing="reverse_gap")
    assert read_gap_shares(run) is None
    assert measure_gap_shares(run) == shares == read_gap_shares(run)
