"""Trainings brought under way from a page: the visitor's, within what the server lets a visitor do."""

from explorer import limits
from explorer.data.sizes import n_train
from explorer.jobs import executor, queue
from explorer.privacy import owner, private
from explorer.specs import RunSpec
from explorer.store.checkpoint import can_go_on
from explorer.ui import cache, visitor

LETTERS = 70  # of a name, to which a key can be added


def name_of(spec: RunSpec, alone: bool) -> str:
    """Of the run: everyone's, or the visitor's alone; a run of private images is private by its name."""
    name = spec.run_id
    return private(visitor.key(), name[-LETTERS:].lstrip("-")) if alone and not owner(name) else name


def start(specs: dict[str, RunSpec]) -> None:
    """By their runs' names; what is there or under way already is left as it is.

    Raises UserError, and starts none, for what a visitor may not do, besides what can't be started.
    """
    limits.check_writable()
    alive = [job for job in queue.jobs() if job.alive]
    there = {run.name for run in cache.all_runs()[0] if not can_go_on(run.folder)} | {job.run for job in alive}
    if not (new := {name: spec for name, spec in specs.items() if name not in there}):
        return
    limits.check_disk()
    for spec in new.values():
        limits.check_work(sum(epochs for _, epochs in spec.stages), n_train(spec.dataset))
    limits.check_jobs(sum(visitor.is_mine(job.by) for job in alive), len(new), len(alive))
    for name, spec in new.items():
        executor().start(name, spec, visitor.key())
