"""A bucket of permits lets a burst pass, and then a constant rate, for each name."""

from explorer.rooms import rates
from explorer.rooms.rates import RateLimit


def test_a_burst_passes_and_then_a_constant_rate_for_each_name():
    now = [0.0]
    limit = RateLimit(burst=3, rate=2, clock=lambda: now[0])
    assert [limit.take("a") for _ in range(5)] == [True] * 3 + [False] * 2
    assert limit.has_permit("b") and not limit.has_permit("a")
    now[0] = 1.0
    assert [limit.take("a") for _ in range(4)] == [True, True, False, False]
    now[0] = 100.0
    assert [limit.take("a") for _ in range(4)] == [True] * 3 + [False]


def test_of_many_names_the_latest_are_known(monkeypatch):
    monkeypatch.setattr(rates, "MAX_NAMES", 2)
    limit = RateLimit(burst=1, rate=0)
    for name in "abc":
        assert limit.take(name)
    assert not limit.has_permit("c") and limit.has_permit("a")
