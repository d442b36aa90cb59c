"""The report of a run: measured in the background, once for all visitors, and shown as its file shows it."""

import json
import threading
from pathlib import Path

import streamlit as st

from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.export.contents import has_own_images
from explorer.export.report.page import REPORT_STYLE, report_body, report_file_name, report_page
from explorer.live.bundle import join_styles
from explorer.runs.report.measure import Report, measure_report
from explorer.runs.report.record import report_record
from explorer.store.run import Run
from explorer.ui.components.background import BackgroundJob, show_progress
from explorer.views.run_view import RunView, run_version

MAX_JOBS = 16  # finished reports that are kept in memory
ONE_AT_A_TIME = threading.Lock()  # so that many visitors cannot take all of the server's time
_report_component = st.components.v2.component(
    "report",
    html='<div class="live-root"></div>',
    css=f"{join_styles('hosts/streamlit/theme.css')}\n{REPORT_STYLE}",
    js=(Path(__file__).parent / "report.js").read_text(encoding="utf-8"),
)


def show_report(run: Run) -> None:
    """Draw the report of a run, or its progress. Raises UserError if it can't be measured."""
    if (report := _await_report(run)) is None:
        return
    _report_component(key=f"report {_job_key(run)}", data=[report_body(report)])
    with st.container(horizontal=True):
        has_own = has_own_images(run)
        includes_own = has_own and st.checkbox(
            "Show training images in the web page",
            help="They are your own: whoever gets the page can see those that are nearest to samples.",
        )
        st.download_button(
            "Web page, HTML",
            lambda: report_page(report, includes_own).encode(),
            report_file_name(run.name),
            "text/html",
            icon=":material/download:",
            on_click="ignore",
            help="One file that opens by double click, without a server or a network",
        )
        st.download_button(
            "All figures, JSON",
            lambda: json.dumps(report_record(report), indent=1).encode(),
            report_file_name(run.name).replace(".html", ".json"),
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def _await_report(run: Run) -> Report | None:
    """Return the report, or None while it is measured, with the progress on the page, or if that was
    stopped. Raises UserError if it fails.
    """
    jobs, key = _started_jobs(), _job_key(run)
    stopped_key = f"stopped report {key}"
    if key not in jobs:
        if st.session_state.get(stopped_key):
            st.button("Measure", on_click=st.session_state.update, args=({stopped_key: False},))
            return None
        RunView(run).assert_unchanged()
        for finished in [key for key, job in jobs.items() if job.finished][: max(0, len(jobs) - MAX_JOBS)]:
            del jobs[finished]
        jobs[key] = BackgroundJob().start(lambda on_progress: _measure(run, on_progress))
    job = jobs[key]
    if job.fault or job.stopped:
        del jobs[key]
    if job.fault:
        raise UserError(job.fault)
    if job.result is None:
        show_progress(job, "Measuring the latent space", f"stop report {key}", stopped_key)
    return job.result


def _measure(run: Run, on_progress) -> Report:
    with ONE_AT_A_TIME:
        return measure_report(
            run, lambda share, step: on_progress(share), lambda: check_dataset(run.spec.dataset)
        )


@st.cache_resource(show_spinner=False)
def _started_jobs() -> dict[str, BackgroundJob]:
    return {}


def _job_key(run: Run) -> str:
    return f"{run.folder} {run_version(run)}"
