"""Whether all threads of the CPU share a step, or one takes it alone: whichever has been faster of late."""

# seconds of steps, two of them at least, by which speed is judged: as it goes, and when the other way is
# tried
WINDOW_SECONDS = 0.1
TRIAL_SECONDS = 0.03
MAX_REST_WINDOWS = (
    50  # windows from one trial to the next; at first fewer, and few after a change, to be sure of it
)
SLOWDOWN_RATIO, SPEEDUP_RATIO = (
    0.7,
    1.1,
)  # than before, which is a reason to try; than without it, which is a reason to stay


class ThreadTuner:
    """Threads that share a step wait for each other at each of its operations. Alone on a machine they are
    nearly as much faster as there are cores; beside a program that takes one of these they may be ten times
    slower than one thread. So the other way is tried every so often, and when steps take longer all of a
    sudden.
    """

    def __init__(self, max_threads: int):
        self.max_threads = self.threads = max_threads
        self._steps, self._seconds, self._is_trial = 0, 0.0, False
        self._last = self._recent_speed = (
            # steps a second in the last window, and in the better of the last two, as one may be disturbed
            0.0
        )
        self._windows_left, self._rest_windows = 3, 10

    def record_step(self, seconds: float) -> bool:
        """Record how long a step took. Return whether `threads` is another number now."""
        self._steps, self._seconds = self._steps + 1, self._seconds + seconds
        if (
            self.max_threads == 1
            or self._steps < 2
            or self._seconds < (TRIAL_SECONDS if self._is_trial else WINDOW_SECONDS)
        ):
            return False
        speed, self._steps, self._seconds = self._steps / self._seconds, 0, 0.0
        if self._is_trial:
            is_faster = speed > SPEEDUP_RATIO * self._recent_speed
            self._is_trial, self._windows_left = False, 3 if is_faster else self._rest_windows
            self._rest_windows = 5 if is_faster else min(2 * self._rest_windows, MAX_REST_WINDOWS)
            if is_faster:
                self._last = self._recent_speed = speed
                return False
        else:
            better = max(self._last, speed)
            dropped, self._last, self._recent_speed = (
                better < SLOWDOWN_RATIO * self._recent_speed,
                speed,
                better,
            )
            self._windows_left -= 1
            if self._windows_left > 0 and not dropped:
                return False
            self._is_trial = True
        self.threads = self.max_threads + 1 - self.threads  # the other of the two
        return True
