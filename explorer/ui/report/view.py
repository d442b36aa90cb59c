"""The report of a run: measured in the background, once for all visitors, and shown as its file shows it."""

import json
import threading
from pathlib import Path

from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.export.contents import has_own_images
from explorer.export.report.page import REPORT_STYLE, report_body, report_file_name, report_page
from explorer.live.bundle import join_styles
from explorer.live.fields import BETA
from explorer.runs.report.measure import Report, measure_report
from explorer.runs.report.record import report_record
from explorer.store.run import Run
from explorer.ui.components.address import Address
from explorer.ui.components.background import BackgroundJob, show_progress
from explorer.ui.components.prose import st
from explorer.views.run_view import RunView, run_version

ADDRESS = Address("report")
MAX_JOBS = 16  # finished reports that are kept in memory
ONE_AT_A_TIME = threading.Lock()  # so that many visitors cannot take all of the server's time
_report_component = st.components.v2.component(
    "report",
    html='<div class="live-root"></div>',
    css=f"{join_styles('hosts/streamlit/theme.css')}\n{REPORT_STYLE}",
    js=(Path(__file__).parent / "report.js").read_text(encoding="utf-8"),
)


def show_report(run: Run) -> None:
    """Draw the report of a run, of a ladder at the KL weight in the address, or its progress. Raises
    UserError if it can't be measured.
    """
    beta = _choose_beta(run)
    if (report := _await_report(run, beta)) is None:
        return
    _report_component(key=f"report {_job_key(run, beta)}", data=[report_body(report)])
    with st.container(horizontal=True):
        has_own = has_own_images(run)
        includes_own = has_own and st.checkbox(
            "Show training images in the web page",
            help="They are your own: whoever gets the page can see those that are nearest to samples.",
        )
        st.download_button(
            "Web page, HTML",
            lambda: report_page(report, includes_own).encode(),
            report_file_name(run.name, beta),
            "text/html",
            icon=":material/download:",
            on_click="ignore",
            help="One file that opens by double click, without a server or a network",
        )
        st.download_button(
            "All figures, JSON",
            lambda: json.dumps(report_record(report), indent=1).encode(),
            report_file_name(run.name, beta).replace(".html", ".json"),
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )


def _choose_beta(run: Run) -> float | None:
    """Draw the KL weights of a ladder, and return the one that is chosen; None for 1, and for other runs."""
    if not run.spec.rungs:
        return None
    usual, key = run.spec.beta, f"report KL weight {run.name}"
    weights = {f"{beta:g}": beta for beta in sorted({usual, *run.spec.rungs})}
    if (query := ADDRESS.read_new_query()) is not None or key not in st.session_state:
        st.session_state[key] = weights.get((query or {}).get(BETA, ""), usual)
    beta = st.select_slider("KL weight", [*weights.values()], key=key, format_func="{:g}".format)
    is_usual = beta == usual
    ADDRESS.write({"run": run.name} | ({} if is_usual else {BETA: f"{beta:g}"}))
    return None if is_usual else beta


def _await_report(run: Run, beta: float | None) -> Report | None:
    """Return the report, or None while it is measured, with the progress on the page, or if that was
    stopped. Raises UserError if it fails.
    """
    jobs, key = _started_jobs(), _job_key(run, beta)
    stopped_key = f"stopped report {key}"
    if not (job := jobs.get(key)):
        if st.session_state.get(stopped_key):
            st.button("Measure", on_click=st.session_state.update, args=({stopped_key: False},))
            return None
        RunView(run).assert_unchanged()
        finished = [other for other, its_job in list(jobs.items()) if its_job.finished]
        for oldest in finished[: max(0, len(jobs) - MAX_JOBS)]:
            jobs.pop(oldest, None)
        job = jobs[key] = BackgroundJob().start(lambda on_progress: _measure(run, beta, on_progress))
    if job.fault or job.stopped:
        jobs.pop(key, None)  # another visitor may have removed it
    if job.fault:
        raise UserError(job.fault)
    if job.result is None:
        show_progress(job, "Measuring the latent space", f"stop report {key}", stopped_key)
    return job.result


def _measure(run: Run, beta: float | None, on_progress) -> Report:
    with ONE_AT_A_TIME:
        return measure_report(
            run, lambda share, step: on_progress(share), lambda: check_dataset(run.spec.dataset), beta
        )


@st.cache_resource(show_spinner=False)
def _started_jobs() -> dict[str, BackgroundJob]:
    return {}


def _job_key(run: Run, beta: float | None) -> str:
    return f"{run.folder} {run_version(run)} {beta}"
