"""The commands of the command line. Only those that need torch import it."""

import json
import os
import sys
from contextlib import ExitStack
from dataclasses import asdict, fields
from pathlib import Path

from explorer.errors import UserError
from explorer.jobs import queue
from explorer.names import shown
from explorer.process import to_train
from explorer.registry import DATASETS
from explorer.specs import RunSpec
from explorer.stopping import stopping

INTERRUPTED = 130  # exit status


def train(args) -> int | None:
    spec = spec_of(args)
    name = args.run or spec.run_id
    from explorer.terminal import json_lines, training_bar

    to_train()
    with ExitStack() as stack:
        stop = stack.enter_context(stopping())
        if args.queue and not stack.enter_context(queue.turn(name, spec, stop)):
            print("Stopped while waiting in the queue: nothing was trained.", file=sys.stderr)
            return INTERRUPTED
        from explorer import runs

        run = runs.existing(spec, name)
        if run and not runs.can_go_on(run.folder):
            print(
                f"The run {run.name} has been trained already. Choose another --seed or --run to train a new"
                " one.",
                file=sys.stderr,
            )
        else:
            asked = (lambda: stop() or queue.is_asked_to_stop(name)) if args.queue else stop
            run = runs.train(spec, name, json_lines() if args.json else training_bar(), asked)
    if args.json:
        print(json.dumps({"event": "stored"} | _shown(run)))
    else:
        _print_run(run)
    if run.note and runs.can_go_on(run.folder):
        print(run.note, file=sys.stderr)
        return INTERRUPTED
    if run.note:
        raise UserError(run.note)


def spec_of(args) -> RunSpec:
    given = {f.name: getattr(args, f.name) for f in fields(RunSpec) if hasattr(args, f.name)}
    return RunSpec(**given | ({"dataset": dataset_named(given["dataset"])} if "dataset" in given else {}))


def dataset_named(text: str) -> str:
    """A data set as it may be typed: its name, or the path of a folder or file that is there, also without
    folder: or file: before it.
    """
    place = os.path.expanduser(text)
    if text.partition(":")[0] in DATASETS.names() or not os.path.exists(place):
        return text
    return f"{'folder' if os.path.isdir(place) else 'file'}:{place}"


def sweep(args) -> int | None:
    """Train every combination through the queue, except those that have been trained already."""
    from explorer.jobs.sweep import combinations, follow, table

    specs = combinations(spec_of(args), args.sweep_betas, args.latent_dims, args.seeds)
    with stopping() as stop:
        found = follow(
            specs,
            lambda done, under_way: print(
                f"{done} of {len(specs)} trainings done, {under_way}", file=sys.stderr
            ),
            stop,
        )
    print(json.dumps(found) if args.json else table(found))
    if stop():
        print(
            "Stopped, together with the trainings that this sweep had started. Run the same sweep again to"
            " continue.",
            file=sys.stderr,
        )
        return INTERRUPTED
    if partial := [row for row in found if row["fault"]]:
        raise UserError(
            f"{len(partial)} of {len(found)} trainings are not complete. {partial[0]['run']}:"
            f" {partial[0]['fault']}"
        )


def jobs(args) -> None:
    found = queue.jobs()
    if args.json:
        print(json.dumps([asdict(job) for job in found]))
        return
    for job in found:
        waiting = f"waiting for {job.place} other training{'s' * (job.place > 1)}"
        print(f"{job.run}: {job.fault or (waiting if job.place else 'running')}")


def stop(args) -> None:
    """Stop a training; if it has failed, remove it from the list."""
    job = queue.job_of(args.run)
    if not job:
        raise UserError(
            f"No training of {shown(args.run)} is running or waiting. `python -m explorer jobs` lists all"
            " trainings."
        )
    (queue.ask_to_stop if job.alive else queue.dismiss)(args.run)


def list_run(args) -> None:
    from explorer.store.catalogue import catalogue

    runs, faults = catalogue()
    told = ("dataset", "model", "network", "latent_dim", "beta")
    rows = [{"run": r.name} | {k: getattr(r.spec, k) for k in told} | {"elbo": r.test.elbo} for r in runs]
    if args.json:
        print(json.dumps(rows))
    else:
        cells = [[key.replace("_", " ") for key in rows[0]] if rows else ["There are no runs yet."]]
        cells += [
            ["–" if v is None else f"{v:.2f}" if k == "elbo" else str(v) for k, v in row.items()]
            for row in rows
        ]
        widths = [max(map(len, column)) for column in zip(*cells)]
        for row in cells:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for fault in faults:
        print(fault, file=sys.stderr)


def show(args) -> None:
    from explorer.store.catalogue import find

    run = find(args.run)
    if args.beta is not None:
        from explorer import measuring

        run = measuring.at_beta(run, args.beta)
    at = {} if args.beta is None else {"beta": args.beta}
    print(json.dumps(_shown(run) | at)) if args.json else _print_run(run)


def _shown(run) -> dict:
    return {
        "run": run.name,
        "spec": run.spec.to_dict(),
        "test": run.test.to_dict(),
        "epochs": run.epochs,
        "seconds": run.seconds,
        "device": run.device,
        "note": run.note,
    }


def _print_run(run) -> None:
    t = run.test
    print(f"{run.name}: {run.epochs} epochs in {run.seconds:.0f} s on {run.device}")
    print("  " + ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in run.spec.to_dict().items()))
    elbo = "" if t.elbo is None else f", elbo {t.elbo:.2f}"
    print(
        f"  test split, {t.n:,} images, nats per image: distortion {t.distortion:.2f}, rate"
        f" {t.rate:.2f}{elbo}"
        + (f"; active units {t.active_units}" if run.spec.has_prior else "")
        + (f"; {t.codes_used} codebook entries used, perplexity {t.perplexity:.1f}" if t.perplexity else "")
    )


def decode(args) -> None:
    try:
        z = [float(number) for number in args.z.split(",")]
    except ValueError:
        raise UserError(
            f"--z must be numbers separated by commas, as in 0.5,-1, not {shown(repr(args.z))}."
        ) from None
    from explorer import runs
    from explorer.figures.images import png
    from explorer.store.files import write_whole

    write_whole(args.out, png(runs.load(args.run, args.beta).decode(z)[0]))


def export(args) -> None:
    """As --to says, or the file's suffix."""
    from explorer.exporting import exported, table_format
    from explorer.store.catalogue import find
    from explorer.store.files import write_whole

    write_whole(args.out, exported(find(args.run), args.to or table_format(args.out.name), args.beta))


def import_(args) -> None:
    from explorer import importing
    from explorer.foreign import check_foreign, is_zip
    from explorer.terminal import counting_bar

    file, *others = args.file
    if file.stat().st_size > importing.MOST_BYTES:
        raise UserError(f"{file} is larger than the limit of {importing.MOST_BYTES / 1e6:,.0f} MB.")
    content = file.read_bytes()
    check_foreign(file.name, content)
    if others:
        raise UserError(f"Only one file can be imported at a time. Leave out {shown(others[0].name)}.")
    if not is_zip(content):
        run = importing.import_weights(content, spec_of(args), args.run or file.stem, counting_bar(" images"))
    elif given := [f.name for f in fields(RunSpec) if hasattr(args, f.name)]:
        raise UserError(
            f"The zip file of a run contains its settings. Leave out --{given[0].replace('_', '-')}."
        )
    else:
        run = importing.import_run(content, args.run, file.stem)
    print(json.dumps(_shown(run))) if args.json else _print_run(run)


def gaps(args) -> None:
    if args.seed < 0:
        raise UserError(f"--seed must not be negative, but it is {args.seed}.")
    from explorer import measuring
    from explorer.data.codes_file import read_codes_files
    from explorer.terminal import gaps_in_words

    def measure(name: str):
        if (path := Path(name)).suffix.lower() in (".tsv", ".zip") and path.is_file():
            return measuring.gaps_of_codes(
                read_codes_files({path.name: path.read_bytes()}).z, args.n, args.seed
            )
        return measuring.gaps(name, args.n, args.seed, args.beta)

    found = {name: measure(name) for name in args.run}
    if args.json:
        print(json.dumps({name: asdict(g) for name, g in found.items()}))
        return
    for name, g in found.items():
        print(gaps_in_words(name, g))


def classifier(args) -> None:
    from explorer.store.catalogue import find

    run = find(args.run)
    from explorer import runs
    from explorer.terminal import counting_bar

    made, place = runs.classify(run, counting_bar(" images"), counting_bar(" steps"))
    if args.json:
        print(
            json.dumps(
                {
                    "dataset": run.spec.dataset,
                    "accuracy": made.accuracy,
                    "n_test": run.test.n,
                    "file": str(place),
                }
            )
        )
    else:
        print(f"{place}: accuracy {made.accuracy:.1%} on {run.test.n:,} test images")


def data(args) -> None:
    from explorer.data import data_folder, load
    from explorer.data.torchvision_sets import DOWNLOADS, download
    from explorer.terminal import counting_bar, print_skipped

    name = RunSpec(dataset=dataset_named(args.dataset)).dataset
    if name in DOWNLOADS:
        download(name, counting_bar("B"))
    data = load(name, on_progress=counting_bar(" images"))
    about = {
        "dataset": data.name,
        "n_train": data.n_train,
        "n_test": data.n_test,
        "shape": data.shape,
        "class_names": data.class_names,
        "factors": list(data.factors),
        "skipped": data.skipped,
        "notes": data.notes,
    }
    if args.json:
        print(json.dumps(about | {"folder": str(data_folder())}))
        return
    channels, height, width = data.shape
    print(
        f"{data.name}: {data.n_train:,} training and {data.n_test:,} test images, {width}×{height} px, "
        f"{'colour' if channels == 3 else 'grey'}; classes: {', '.join(data.class_names)}"
    )
    print_skipped(data.skipped, data.notes)


def doctor(args) -> None:
    from explorer.doctor import LABELS, findings

    found = findings()
    print(
        json.dumps(found)
        if args.json
        else "\n".join(f"{LABELS.get(name, name):<12} {value}" for name, value in found.items())
    )
