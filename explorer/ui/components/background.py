"""A computation in a thread of the app, with its progress on the page."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

import streamlit as st

from explorer.errors import UserError
from explorer.runs.estimate import format_duration

T = TypeVar("T")


class Stopped(Exception):
    """Raised in a computation that a visitor has stopped."""


@dataclass
class BackgroundJob(Generic[T]):
    """share: that is done; result: once it is done; fault: why it failed; began: on the clock of
    time.monotonic.
    """

    share: float = 0.0
    result: T | None = None
    fault: str = ""
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def finished(self) -> bool:
        return self.result is not None or bool(self.fault) or self.stopped

    def start(self, compute: Callable[[Callable[[float], None]], T]) -> Self:
        """Start compute(on_progress) in a thread; on_progress raises Stopped once the job is stopped."""
        threading.Thread(target=self._run, args=(compute,), daemon=True).start()
        return self

    def _run(self, compute: Callable[[Callable[[float], None]], T]) -> None:
        try:
            self.result = compute(self._receive_progress)
        except Stopped:
            pass
        except UserError as error:
            self.fault = str(error)
        except BaseException:
            self.fault = "The computation failed. Reload the page to start it again."
            raise

    def _receive_progress(self, share: float) -> None:
        if self.stopped:
            raise Stopped
        self.share = share


@st.fragment(run_every=0.5)
def show_progress(job: BackgroundJob, label: str, stop_key: str, stopped_key: str) -> None:
    """Draw the progress of a job and a button that stops it; the page is rerun when it is finished.
    stopped_key: of the session, set to True when the job is stopped.
    """
    if job.finished:
        st.rerun()

    def stop() -> None:
        job.stopped = st.session_state[stopped_key] = True

    seconds_left = (time.monotonic() - job.began) * (1 - job.share) / max(job.share, 1e-3)
    st.progress(
        min(job.share, 1.0),
        f"{label}: " + (f"{format_duration(seconds_left)} left" if job.share else "starting"),
    )
    st.button("Stop", key=stop_key, on_click=stop)
