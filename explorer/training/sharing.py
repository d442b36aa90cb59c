"""Whether all threads of the CPU share a step, or one takes it alone: whichever has been faster of late."""

WINDOW = 0.1  # seconds of steps, two of them at least, by which speed is judged
REST = 50  # windows from one trial to the next
SLOWER, FASTER = 0.7, 1.1  # than in the window before: a reason to try; than without it: a reason to stay


class Sharing:
    """Threads that share a step wait for each other at each of its operations. Alone on a machine they are nearly as much faster as
    there are cores; beside a program that takes one of these they may be ten times slower than one thread. So the other way is tried
    every so often, and whenever steps suddenly take longer.
    """

    def __init__(self, most: int):
        self.most = self.threads = most
        self._steps, self._seconds, self._windows_left = 0, 0.0, 3
        self._speed = 0.0  # steps a second in the last window that was no trial
        self._trying = False

    def took(self, seconds: float) -> bool:
        """After each step: whether `threads` is another number now."""
        self._steps, self._seconds = self._steps + 1, self._seconds + seconds
        if self.most == 1 or self._steps < 2 or self._seconds < WINDOW:
            return False
        speed, self._steps, self._seconds = self._steps / self._seconds, 0, 0.0
        if self._trying:
            self._trying, self._windows_left = False, REST
            if speed > FASTER * self._speed:
                self._speed = speed
                return False
        else:
            dropped, self._speed = speed < SLOWER * self._speed, speed
            self._windows_left -= 1
            if self._windows_left and not dropped:
                return False
            self._trying = True
        self.threads = self.most + 1 - self.threads  # the other of the two
        return True
