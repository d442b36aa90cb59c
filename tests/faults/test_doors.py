"""A short form of `python -m tests.faults.doors`, which tries as many inputs as one likes."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.corruption_doors import DOORS as CORRUPTION
from tests.faults.doors import DOORS, attempt
from tests.faults.scene import scene

SHORT = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def loaded_scene():
    with scene() as files:
        yield files


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("door", sorted(DOORS.keys() - CORRUPTION.keys()))
def test_what_comes_in_is_accepted_or_refused_in_a_sentence(loaded_scene, door):
    @SHORT
    @given(rng=st.randoms(use_true_random=False))
    def try_it(rng):
        attempt(door, rng, loaded_scene)

    try_it()


@pytest.mark.parametrize(("door", "n"), [("changed byte", 300), ("cut file", 150), ("swapped file", 50)])
def test_a_damaged_run_is_refused_or_intact_and_the_others_stay(loaded_scene, door, n):
    accepted = [attempt(door, Random(f"{door} {i}"), loaded_scene) for i in range(n)]
    # Accepted if the replay or the events were changed, refused otherwise.
    assert True in accepted and False in accepted


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "door", sorted(DOORS.keys() - CORRUPTION.keys() - {"checkpoint", "classifier", "events"})
)
def test_each_door_opens_to_some_and_stays_shut_to_others(loaded_scene, door):
    """Check all doors except those for which a damaged file only means that there is none."""
    tries = (attempt(door, Random(f"{door} {i}"), loaded_scene) for i in range(200))
    first = next(tries)
    assert (not first) in tries  # tries until the other outcome occurs
