"""t-SNE of a run's codes: computed in the background, once for all visitors."""

import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.tsne import tsne
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.run_view import run_version
from explorer.ui.train.estimate import format_duration


@dataclass
class TsneJob:
    share: float = 0.0
    positions: np.ndarray | None = None  # [n, 2], once it is done
    fault: str = ""
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def finished(self) -> bool:
        return self.positions is not None or bool(self.fault) or self.stopped

    def run(self, codes: np.ndarray) -> None:
        try:
            with closing(tsne(codes)) as steps:
                for result in steps:
                    if self.stopped:
                        return
                    if isinstance(result, float):
                        self.share = result
                    else:
                        self.positions = result
        except UserError as error:
            self.fault = str(error)


@st.cache_resource(max_entries=16, show_spinner=False)
def _tsne_job(folder: Path, version: str, beta: float | None, _codes: np.ndarray) -> TsneJob:
    work = TsneJob()
    threading.Thread(target=work.run, args=(_codes,), daemon=True).start()
    return work


def tsne_positions(session: ExploreSession, mu: np.ndarray) -> np.ndarray | None:
    """Return the positions [n, 2] of mu [n, D], or None while they are computed, with the progress on the
    page, or if the computation was stopped. Raises UserError if it fails.
    """
    if st.session_state.get(stopped := _stopped_key(session)):
        st.caption("t-SNE was stopped.")
        st.button(
            "Start again",
            key=session_key("start t-SNE", session.run),
            on_click=st.session_state.pop,
            args=(stopped, None),
        )
        return None
    job_key = session.run.folder, run_version(session.run), session.beta
    work = _tsne_job(*job_key, mu)
    if work.fault or work.stopped:
        _tsne_job.clear(*job_key, mu)
    if work.fault:
        raise UserError(work.fault)
    if work.positions is None:
        _show_progress(work, session, len(mu))
    return work.positions


def _stopped_key(session: ExploreSession) -> str:
    """Return the session key under which a run is marked as stopped. It is not the key of a widget, whose
    value may come back with a message that is already on its way.
    """
    return session_key("t-SNE stopped", session.run)


@st.fragment(run_every=0.5)
def _show_progress(work: TsneJob, session: ExploreSession, n: int) -> None:
    if work.finished:
        st.rerun()

    def stop() -> None:
        work.stopped = st.session_state[_stopped_key(session)] = True

    seconds_left = (time.monotonic() - work.began) * (1 - work.share) / max(work.share, 1e-3)
    st.progress(
        work.share,
        f"t-SNE of {n:,} codes: " + (f"{format_duration(seconds_left)} left" if work.share else "starting"),
    )
    st.button("Stop", key=session_key("stop t-SNE", session.run), on_click=stop)
