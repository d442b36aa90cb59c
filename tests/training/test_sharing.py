"""Threads as a simulated machine has them: what a step takes with all of them, and with one."""

from random import Random

import pytest

from explorer.training.sharing import ThreadTuner


def simulated(machine, seconds: float, sharing: ThreadTuner) -> tuple[float, float]:
    """Return the share of the time spent on one thread, and the steps per second. machine(t, threads): the
    duration of a step that begins at t.
    """
    now, steps, single_thread_seconds = 0.0, 0, 0.0
    while now < seconds:
        took = machine(now, sharing.threads)
        single_thread_seconds += took * (sharing.threads == 1)
        now, steps = now + took, steps + 1
        sharing.record_step(took)
    return single_thread_seconds / now, steps / now


@pytest.mark.parametrize(
    "shared_seconds, single_seconds",
    [(0.001, 0.0019), (0.2, 0.39), (0.003, 0.00095), (0.03, 0.001), (0.9, 0.4)],
)
def test_the_faster_way_is_found_and_what_it_costs_to_look_is_small(shared_seconds, single_seconds):
    on_one, speed = simulated(
        lambda t, threads: shared_seconds if threads == 2 else single_seconds, 200, ThreadTuner(2)
    )
    assert (on_one > 0.9) == (single_seconds < shared_seconds)
    assert speed > 0.94 / min(shared_seconds, single_seconds)


def test_a_moment_s_delay_misleads_it_but_for_a_moment():
    rng = Random(0)
    # Every two seconds, a step is delayed by half of a window or more.
    delays = [(t := t0 + rng.uniform(0, 1), t + 0.15) for t0 in range(0, 200, 2)]

    def machine(t, threads):
        return 0.02 if any(begin < t < end for begin, end in delays) else 0.001 if threads == 2 else 0.0019

    on_one, _ = simulated(machine, 200, ThreadTuner(2))
    assert on_one < 0.15


def test_it_follows_a_machine_that_gets_busy_and_free_again():
    sharing = ThreadTuner(4)

    def machine(t, threads):
        return 0.004 if threads == 1 else 0.02 if 20 < t < 60 else 0.001

    on_one, _ = simulated(machine, 20, sharing)
    assert on_one < 0.1 and sharing.threads == 4
    on_one, _ = simulated(lambda t, threads: machine(20.1 + t, threads), 39, sharing)
    assert on_one > 0.9 and sharing.threads == 1
    on_one, _ = simulated(lambda t, threads: machine(60 + t, threads), 40, sharing)
    assert on_one < 0.25 and sharing.threads == 4


def test_a_busy_machine_is_noticed_within_a_second():
    sharing = ThreadTuner(2)
    simulated(lambda t, threads: 0.001 * (3 - threads), 20, sharing)
    assert sharing.threads == 2
    simulated(lambda t, threads: 0.03 if threads == 2 else 0.002, 1, sharing)
    assert sharing.threads == 1


def test_one_thread_is_one_thread():
    sharing = ThreadTuner(1)
    assert not any(sharing.record_step(0.5) for _ in range(100)) and sharing.threads == 1
