"""Start trainings from a page, within the limits that the server sets for a visitor."""

from explorer.data.sizes import n_train
from explorer.jobs import create_executor, limits, queue
from explorer.specs import RunSpec
from explorer.store.checkpoint import has_checkpoint
from explorer.store.ownership import owner_key, private_name
from explorer.ui import catalogue, visitor

MAX_RUN_NAME_LENGTH = 70  # the longest run name to which a key can be added


def run_name(spec: RunSpec, is_private: bool) -> str:
    """Return the name of the run. is_private: it is private; a run of private images always is, as its name
    contains the key.
    """
    name = spec.run_id
    return (
        private_name(visitor.ensure_key(), name[-MAX_RUN_NAME_LENGTH:].lstrip("-"))
        if is_private and not owner_key(name)
        else name
    )


def start_trainings(specs: dict[str, RunSpec]) -> None:
    """Start trainings. specs: by the names of their runs; runs that exist already, or are being trained, are
    left alone.

    Raises UserError, and starts nothing, if a limit would be exceeded or the trainings cannot be started.
    """
    limits.check_writable()
    alive = [job for job in queue.list_jobs() if job.alive]
    existing = {run.name for run in catalogue.visible_runs()[0] if not has_checkpoint(run.folder)} | {
        job.run for job in alive
    }
    if not (new := {name: spec for name, spec in specs.items() if name not in existing}):
        return
    limits.check_disk()
    for spec in new.values():
        limits.check_work(sum(epochs for _, epochs in spec.stages), n_train(spec.dataset))
    limits.check_jobs(sum(visitor.owns(job.started_by) for job in alive), len(new), len(alive))
    for name, spec in new.items():
        create_executor().start(name, spec, visitor.ensure_key())
