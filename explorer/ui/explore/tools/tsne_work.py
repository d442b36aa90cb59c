"""t-SNE of a run's codes: computed in the background, once for all visitors."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from explorer.errors import UserError
from explorer.latent.tsne import tsne
from explorer.ui.components.background import BackgroundJob, show_progress
from explorer.ui.components.prose import st
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.views.run_view import run_version


def _compute(codes: np.ndarray, on_progress: Callable[[float], None]) -> np.ndarray:
    with closing(tsne(codes)) as steps:
        for result in steps:
            if not isinstance(result, float):
                return result
            on_progress(result)
    raise AssertionError("t-SNE ends with the positions")


@st.cache_resource(max_entries=16, show_spinner=False)
def _tsne_job(folder: Path, version: str, beta: float | None, _codes: np.ndarray) -> BackgroundJob:
    return BackgroundJob().start(lambda on_progress: _compute(_codes, on_progress))


def tsne_positions(session: ExploreSession, mu: np.ndarray) -> np.ndarray | None:
    """Return the positions [n, 2] of mu [n, D], or None while they are computed, with the progress on the
    page, or if the computation was stopped. Raises UserError if it fails.
    """
    # Not the key of a widget, whose value may come back with a message that is already on its way.
    stopped_key = session_key("t-SNE stopped", session.run)
    if st.session_state.get(stopped_key):
        st.caption("t-SNE was stopped.")
        st.button(
            "Start again",
            key=session_key("start t-SNE", session.run),
            on_click=st.session_state.pop,
            args=(stopped_key, None),
        )
        return None
    job_key = session.run.folder, run_version(session.run), session.beta
    job = _tsne_job(*job_key, mu)
    if job.fault or job.stopped:
        _tsne_job.clear(*job_key, mu)
    if job.fault:
        raise UserError(job.fault)
    if job.result is None:
        stop_key = session_key("stop t-SNE", session.run)
        show_progress(job, f"t-SNE of {len(mu):,} codes", stop_key, stopped_key)
    return job.result
