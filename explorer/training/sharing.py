"""Choose between all threads of the CPU and one for a training step: whichever has been faster recently."""

# The speed is measured over windows of at least two steps: WINDOW_SECONDS long with the present number of
# threads, TRIAL_SECONDS long during a trial of the other number.
WINDOW_SECONDS = 0.1
TRIAL_SECONDS = 0.03
# The largest number of windows between two trials. It is smaller at first and after a change of the number.
MAX_REST_WINDOWS = 50
# A trial starts at once if the speed falls below this multiple of the recent speed.
SLOWDOWN_RATIO = 0.7
# The number that is tried is kept if it is faster than this multiple of the recent speed.
SPEEDUP_RATIO = 1.1


class ThreadTuner:
    """Measures training steps and sets the number of threads to one or to the maximum.

    Threads that share a step wait for each other at each operation. Alone on a machine, they are faster than
    one thread by a factor of almost the number of cores; beside a program that occupies a core, they may be
    ten times slower than one thread. So the other number is tried regularly, and when steps suddenly take
    longer.
    """

    def __init__(self, max_threads: int):
        self.max_threads = self.threads = max_threads
        self._steps, self._seconds, self._is_trial = 0, 0.0, False
        # Steps per second in the last window, and in the better of the last two, as one may be disturbed.
        self._last = self._recent_speed = 0.0
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
            best_speed = max(self._last, speed)
            dropped = best_speed < SLOWDOWN_RATIO * self._recent_speed
            self._last, self._recent_speed = speed, best_speed
            self._windows_left -= 1
            if self._windows_left > 0 and not dropped:
                return False
            self._is_trial = True
        self.threads = self.max_threads + 1 - self.threads  # switches between 1 and the maximum
        return True
