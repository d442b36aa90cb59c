"""Whether all threads of the CPU share a step, or one takes it alone: whichever has been faster of late."""

# seconds of steps, two of them at least, by which speed is judged: as it goes, and when the other way is
# tried
WINDOW = 0.1
TRIAL = 0.03
REST = 50  # windows from one trial to the next; at first fewer, and few after a change, to be sure of it
SLOWER, FASTER = 0.7, 1.1  # than before, which is a reason to try; than without it, which is a reason to stay


class Sharing:
    """Threads that share a step wait for each other at each of its operations. Alone on a machine they are
    nearly as much faster as there are cores; beside a program that takes one of these they may be ten times
    slower than one thread. So the other way is tried every so often, and when steps take longer all of a
    sudden.
    """

    def __init__(self, most: int):
        self.most = self.threads = most
        self._steps, self._seconds, self._trying = 0, 0.0, False
        self._last = self._speed = (
            # steps a second in the last window, and in the better of the last two, as one may be disturbed
            0.0
        )
        self._windows_left, self._rest = 3, 10

    def took(self, seconds: float) -> bool:
        """After each step: whether `threads` is another number now."""
        self._steps, self._seconds = self._steps + 1, self._seconds + seconds
        if self.most == 1 or self._steps < 2 or self._seconds < (TRIAL if self._trying else WINDOW):
            return False
        speed, self._steps, self._seconds = self._steps / self._seconds, 0, 0.0
        if self._trying:
            is_faster = speed > FASTER * self._speed
            self._trying, self._windows_left = False, 3 if is_faster else self._rest
            self._rest = 5 if is_faster else min(2 * self._rest, REST)
            if is_faster:
                self._last = self._speed = speed
                return False
        else:
            better = max(self._last, speed)
            dropped, self._last, self._speed = better < SLOWER * self._speed, speed, better
            self._windows_left -= 1
            if self._windows_left > 0 and not dropped:
                return False
            self._trying = True
        self.threads = self.most + 1 - self.threads  # the other of the two
        return True
