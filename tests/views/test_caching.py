"""Results are computed once, also when several threads request them, and errors are not kept."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from explorer.views.caching import cached


def test_threads_share_one_computation():
    computed, barrier = [], Barrier(8)

    @cached(4)
    def square(x, scale=1):
        computed.append(x)
        return [scale * x * x]

    def request(_):
        barrier.wait()
        return square(3)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(request, range(8)))
    assert results == [[9]] * 8 and len({id(result) for result in results}) == 1 == len(computed)
    assert square(3, 1) is square(3, scale=1) is results[0]
    assert square(3, 2) == [18] and computed == [3, 3]


def test_the_results_requested_last_are_kept():
    computed = []

    @cached(2)
    def double(x):
        computed.append(x)
        return 2 * x

    assert [double(x) for x in (1, 2, 1, 3, 1, 2)] == [2, 4, 2, 6, 2, 4]
    assert computed == [1, 2, 3, 2]


def test_an_error_is_raised_and_not_kept():
    @cached(2)
    def fail_once(attempts):
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("not yet")
        return len(attempts)

    class Attempts(list):
        __hash__ = object.__hash__
        __eq__ = object.__eq__

    attempts = Attempts()
    with pytest.raises(OSError, match="not yet"):
        fail_once(attempts)
    assert fail_once(attempts) == 2 == fail_once(attempts)
