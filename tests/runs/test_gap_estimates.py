"""The gaps that Compare shows: kept with a run, and with each included run that is no ladder."""

import pytest

from explorer.latent.gap_estimate import estimate_gaps
from explorer.runs import gap_estimates
from explorer.runs.gap_estimates import GAP_ESTIMATES_FILE, measure_gap_estimates, read_gap_estimates
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.views.run_view import RunView
from tests.runs.damage import DAMAGES, damage_measurement


def test_each_included_run_has_its_gaps_and_compare_estimates_nothing(monkeypatch):
    monkeypatch.setattr(gap_estimates, "estimate_gaps", lambda mu, logvar: pytest.fail("estimated again"))
    for name in (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split():
        run = read_run(SHIPPED_FOLDER / name)
        if not run.film:
            gap, prior_gap = read_gap_estimates(run)
            assert (prior_gap is not None) == run.spec.has_prior, name
            if run.spec.latent_dim > 2:  # without a map, which takes longer
                gaps = RunView(run).gap_map
                assert (gaps.estimate, gaps.prior_estimate) == (gap, prior_gap)


def test_what_is_kept_is_what_is_estimated():
    for name in ("digits-ae-2d", "digits-vae-2d"):
        run = read_run(SHIPPED_FOLDER / name)
        e = read_embedding(run)
        for stored, estimated in zip(read_gap_estimates(run), estimate_gaps(e.mu, e.logvar)):
            assert stored == estimated or stored.share == pytest.approx(estimated.share, abs=0.002)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_run_keeps_its_gaps_and_damaged_ones_are_estimated_again(runs_folder, damage):
    run = find_run("tiny-vae")
    e = read_embedding(run)
    estimates = measure_gap_estimates(run, e.mu, e.logvar)
    assert estimates == estimate_gaps(e.mu, e.logvar) == read_gap_estimates(run)
    damage_measurement(run.folder / GAP_ESTIMATES_FILE, damage, missing="gap")
    assert read_gap_estimates(run) is None
    assert measure_gap_estimates(run, e.mu, e.logvar) == estimates == read_gap_estimates(run)
