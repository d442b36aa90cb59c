"""A short form of `python -m tests.faults.kills`, which kills as often as one likes."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.faults.kills import killed

pytestmark = pytest.mark.process


def test_what_is_killed_at_random_moments_leaves_nothing_half_written_and_goes_on(
    tmp_path, monkeypatch, capfd
):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    with ProcessPoolExecutor(
        1, get_context("spawn")
    ) as pool:  # a process of its own, because it forks, and the thread of a browser test may be running
        counts = pool.submit(killed, 4, seed=0, kinds=["vae"], of_apps=1 / 4, pages_every=4).result()
    assert not counts["faults"], capfd.readouterr().err
    assert counts["of trainers"] == 3 and counts["of apps"] == 1 and counts["pages"] > 10
    assert counts["resumed to the same model"] and not counts["lost"] and not counts["left behind"]
