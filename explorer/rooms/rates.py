"""How often something may happen: for each name a bucket of permits, which fills at a constant rate."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_NAMES = 10_000


class RateLimit:
    """burst: permits of a full bucket; rate: permits that are added to it each second."""

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.rate, self.clock = burst, rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name: permits, at a time
        self._lock = threading.Lock()

    def has_permit(self, name: str) -> bool:
        """Return whether there is a permit, and leave it there."""
        with self._lock:
            return self._permits(name) >= 1

    def take(self, name: str) -> bool:
        """Take a permit, if there is one, and return whether there was."""
        with self._lock:
            permits = self._permits(name)
            self._buckets[name] = (permits - (permits >= 1), self.clock())
            self._buckets.move_to_end(name)
            if len(self._buckets) > MAX_NAMES:
                self._buckets.popitem(last=False)
            return permits >= 1

    def _permits(self, name: str) -> float:
        now = self.clock()
        permits, since = self._buckets.get(name, (self.burst, now))
        return min(self.burst, permits + self.rate * (now - since))
