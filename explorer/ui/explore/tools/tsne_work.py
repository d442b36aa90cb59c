"""t-SNE of a run's codes: worked out beside the pages, once for everyone, and watched by who asked."""

import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.tsne import tsne
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.run_view import run_version
from explorer.ui.train.estimate import in_words


@dataclass
class Work:
    share: float = 0.0
    places: np.ndarray | None = None  # [n, 2], once it is done
    fault: str = ""
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        return self.places is not None or bool(self.fault) or self.stopped

    def do(self, codes: np.ndarray) -> None:
        try:
            with closing(tsne(codes)) as steps:
                for found in steps:
                    if self.stopped:
                        return
                    if isinstance(found, float):
                        self.share = found
                    else:
                        self.places = found
        except UserError as error:
            self.fault = str(error)


@st.cache_resource(max_entries=16, show_spinner=False)
def _work(folder: Path, version: str, beta: float | None, _codes: np.ndarray) -> Work:
    work = Work()
    threading.Thread(target=work.do, args=(_codes,), daemon=True).start()
    return work


def tsne_places(here: ExploreSession, mu: np.ndarray) -> np.ndarray | None:
    """mu [n, D] -> [n, 2], or None while it is worked out, with its progress on the page, or stopped. Raises
    UserError if it can't be.
    """
    if st.session_state.get(stopped := _stopped(here)):
        st.caption("t-SNE was stopped.")
        st.button(
            "Start again",
            key=key("start t-SNE", here.run),
            on_click=st.session_state.pop,
            args=(stopped, None),
        )
        return None
    asked = here.run.folder, run_version(here.run), here.beta
    work = _work(*asked, mu)
    if work.fault or work.stopped:
        _work.clear(*asked, mu)
    if work.fault:
        raise UserError(work.fault)
    if work.places is None:
        _watch(work, here, len(mu))
    return work.places


def _stopped(here: ExploreSession) -> str:
    """Where a session says so of a run: no widget's key, whose value may come back with a message that is
    already on its way.
    """
    return key("t-SNE stopped", here.run)


@st.fragment(run_every=0.5)
def _watch(work: Work, here: ExploreSession, n: int) -> None:
    if work.over:
        st.rerun()

    def stop() -> None:
        work.stopped = st.session_state[_stopped(here)] = True

    left = (time.monotonic() - work.began) * (1 - work.share) / max(work.share, 1e-3)
    st.progress(
        work.share, f"t-SNE of {n:,} codes: " + (f"{in_words(left)} left" if work.share else "starting")
    )
    st.button("Stop", key=key("stop t-SNE", here.run), on_click=stop)
