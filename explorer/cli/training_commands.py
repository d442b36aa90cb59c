"""The commands that train: train, sweep, jobs, stop. Only those that need torch import it."""

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict

from explorer.cli.output import print_run, run_json
from explorer.cli.settings import usual_spec
from explorer.cli.signals import graceful_stop
from explorer.data.sizes import n_train
from explorer.errors import UserError
from explorer.jobs import queue
from explorer.memory import tune_for_training
from explorer.names import sanitize
from explorer.recipe import count_steps
from explorer.specs import RunSpec

INTERRUPTED = 130  # exit status
JOB_KEYS = {  # the keys in JSON of those attributes of a Job that have another name there
    "entered_at": "since",
    "jobs_ahead": "place",
    "on_cluster": "elsewhere",
    "started_by": "by",
}


def train(args) -> int | None:
    spec, reason = usual_spec(args)
    if args.dry_run:
        return print_plan(spec, reason, args.json)
    if reason:
        print(reason, file=sys.stderr)
    name = args.run or spec.run_id
    from explorer.cli.progress import json_lines, training_bar

    tune_for_training()
    with ExitStack() as stack:
        stop = stack.enter_context(graceful_stop())
        if args.queue and not stack.enter_context(queue.wait_for_turn(name, spec, stop)):
            print("Stopped while waiting in the queue: nothing was trained.", file=sys.stderr)
            return INTERRUPTED
        from explorer.runs.train import find_existing, train_run
        from explorer.store.checkpoint import has_checkpoint

        run = find_existing(spec, name)
        if run and not has_checkpoint(run.folder):
            print(
                f"The run {run.name} has been trained already. Choose another --seed or --run to train a new"
                " one.",
                file=sys.stderr,
            )
        else:
            should_stop = (lambda: stop() or queue.is_stop_requested(name)) if args.queue else stop
            run = train_run(spec, name, json_lines() if args.json else training_bar(), should_stop)
    if args.json:
        print(json.dumps({"event": "stored"} | run_json(run)))
    else:
        print_run(run)
    if run.note and has_checkpoint(run.folder):
        print(run.note, file=sys.stderr)
        return INTERRUPTED
    if run.note:
        raise UserError(run.note)


def print_plan(spec: RunSpec, reason: str, as_json: bool) -> None:
    """Print the settings of a training, its epochs and steps, and its estimated time."""
    from explorer.runs.estimate import estimate_seconds, format_duration

    tune_for_training()
    epochs, steps = sum(epochs for _, epochs in spec.stages), count_steps(spec, n_train(spec.dataset))
    seconds = estimate_seconds(spec)
    if as_json:
        plan = {"event": "plan", "run": spec.run_id, "spec": spec.to_dict(), "epochs": epochs}
        print(json.dumps(plan | {"steps": steps, "seconds": seconds, "reason": reason}))
        return
    print(reason or "The settings are the given ones, and the defaults for all others.")
    print("  " + ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in spec.to_dict().items()))
    limit = "at most " if spec.patience else ""
    print(f"  {limit}{epochs:,} epochs, {steps:,} steps, about {format_duration(seconds)} on this machine")


def sweep(args) -> int | None:
    """Train every combination through the queue, except those that have been trained already."""
    from explorer.jobs.sweep import combinations, format_table, run_sweep

    def make_spec(latent_dim: int, beta: float) -> RunSpec:
        given = vars(args) | {"latent_dim": latent_dim, "beta": beta}
        spec, explanation = usual_spec(argparse.Namespace(**given))
        if explanation:
            print(f"{latent_dim}-D, β {beta:g}: {explanation}", file=sys.stderr)
        return spec

    specs = combinations(make_spec, args.sweep_betas, args.latent_dims, args.seeds)
    with graceful_stop() as stop:
        results = run_sweep(
            specs,
            lambda done, under_way: print(
                f"{done} of {len(specs)} trainings done, {under_way}", file=sys.stderr
            ),
            stop,
        )
    print(json.dumps(results) if args.json else format_table(results))
    if stop():
        print(
            "Stopped, together with the trainings that this sweep had started. Run the same sweep again to"
            " continue.",
            file=sys.stderr,
        )
        return INTERRUPTED
    if partial := [row for row in results if row["fault"]]:
        raise UserError(
            f"{len(partial)} of {len(results)} trainings are not complete. {partial[0]['run']}:"
            f" {partial[0]['fault']}"
        )


def jobs(args) -> None:
    all_jobs = queue.list_jobs()
    if args.json:
        rows = [asdict(job) for job in all_jobs]
        print(json.dumps([{JOB_KEYS.get(name, name): row[name] for name in row} for row in rows]))
        return
    for job in all_jobs:
        waiting = f"waiting for {job.jobs_ahead} other training{'s' * (job.jobs_ahead > 1)}"
        print(f"{job.run}: {job.fault or (waiting if job.jobs_ahead else 'running')}")


def stop(args) -> None:
    """Stop a training; if it has failed, remove it from the list."""
    job = queue.find_job(args.run)
    if not job:
        raise UserError(
            f"No training of {sanitize(args.run)} is running or waiting. `python -m explorer jobs` lists all"
            " trainings."
        )
    (queue.request_stop if job.alive else queue.dismiss)(args.run)
