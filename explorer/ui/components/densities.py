"""The densities of a run, fitted in the background, once for all visitors."""

from pathlib import Path

from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.latent.densities.density import Density
from explorer.registry import DENSITIES
from explorer.store.run import Run
from explorer.ui.components.background import BackgroundJob, show_progress
from explorer.ui.components.prose import st
from explorer.views.run_view import RunView, run_version

MIXTURE, DIFFUSION = "mixture", "diffusion"  # families of densities, by their names in addresses
MAX_JOBS = 16  # finished fits that are kept in memory


def density_name(family: str, n_components: str) -> str:
    """Return the name of a mixture of that many Gaussians, or of the diffusion model."""
    if family != MIXTURE:
        return family
    return "gaussian" if n_components == "1" else f"mixture-{n_components}"


def ready_density(run: Run, name: str, beta: float | None = None) -> Density | None:
    """Return a density that is kept with the run, or whose fit has ended; None otherwise."""
    from explorer.runs.densities import stored_density

    if density := stored_density(run, name, beta):
        return density
    job = _started_jobs().get(_job_key(run, name, beta))
    return job and job.result


def await_density(run: Run, name: str, beta: float | None = None) -> Density | None:
    """Return a density, or None while it is fitted, with the progress on the page, or if the fit was stopped.
    At another KL weight of a ladder than that of its settings, the fit begins when the visitor asks for it.

    Raises UserError if it fails.
    """
    if density := ready_density(run, name, beta):
        return density
    jobs, job_key = _started_jobs(), _job_key(run, name, beta)
    label = DENSITIES[name].label
    widget_key = "-".join(map(str, job_key))
    stopped_key = f"stopped {widget_key}"
    needs_click = st.session_state.get(stopped_key, beta not in (None, run.spec.beta))
    if job_key not in jobs and needs_click:
        at = "" if beta is None else f" at β = {beta:.3g}"
        st.button(
            f"Fit to the training codes{at}",
            key=f"fit {widget_key}",
            on_click=st.session_state.update,
            args=({stopped_key: False},),
        )
        return None
    if job_key not in jobs:
        check_dataset(run.spec.dataset)
        loaded = RunView(run).load(beta)

        def compute(on_progress):
            from explorer.runs.densities import fit_density

            return fit_density(loaded, name, beta, on_progress)

        for finished in [key for key, job in jobs.items() if job.finished][: max(0, len(jobs) - MAX_JOBS)]:
            del jobs[finished]
        jobs[job_key] = BackgroundJob().start(compute)
    job = jobs[job_key]
    if job.fault or job.stopped:
        del jobs[job_key]
    if job.fault:
        raise UserError(job.fault)
    if job.result is None:
        show_progress(job, f"{label}, fitted to the training codes", f"stop {widget_key}", stopped_key)
    return job.result


@st.cache_resource(show_spinner=False)
def _started_jobs() -> dict[tuple, BackgroundJob]:
    return {}


def _job_key(run: Run, name: str, beta: float | None) -> tuple[Path, str, str, float | None]:
    return run.folder, run_version(run), name, beta
