"""The commands that use runs and data sets. Only those that need torch import it."""

import json
import runpy
import sys
from dataclasses import asdict
from pathlib import Path

from explorer.cli import animation_commands, density_commands, page_commands
from explorer.cli.arguments import class_number
from explorer.cli.output import print_factors, print_run, print_surgeries, run_json, surgery_json
from explorer.cli.settings import dataset_named
from explorer.errors import UserError, unknown_name_error
from explorer.names import sanitize
from explorer.registry import ANIMATION_FORMATS
from explorer.specs import RunSpec

SAMPLES = "samples"  # a format of `export`: draws from a density


def list_run(args) -> None:
    from explorer.store.catalogue import list_runs

    runs, faults = list_runs()
    setting_names = ("dataset", "model", "network", "latent_dim", "beta")
    rows = [
        {"run": r.name} | {k: getattr(r.spec, k) for k in setting_names} | {"elbo": r.test.elbo} for r in runs
    ]
    if args.json:
        yardsticks = [{"yardstick": r.yardstick and asdict(r.yardstick)} for r in runs]
        print(json.dumps([row | yardstick for row, yardstick in zip(rows, yardsticks)]))
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
    from explorer.store.catalogue import find_run

    run = find_run(args.run)
    if args.beta is not None and args.yardstick:
        raise UserError(
            "The yardstick of a ladder is measured at KL weight 1. Leave out --beta or --yardstick."
        )
    if args.beta is not None:
        from explorer.runs import measure

        run = measure.evaluate_at_beta(run, args.beta)
    elif args.yardstick and not run.yardstick:
        from explorer.runs.quality import keep_quality

        run = keep_quality(run)
    surgeries = _surgeries(run, args.beta) if args.surgery else {}
    report = None
    if args.factors:
        from explorer.runs.factors import measure_factors

        report = measure_factors(run, args.beta)
    if args.json:
        record = run_json(run) | ({} if args.beta is None else {"beta": args.beta})
        if args.surgery:
            record["surgery"] = [surgery_json(beta, surgery) for beta, surgery in surgeries.items()]
        print(json.dumps(record | ({"factors": report.to_dict()} if report else {})))
        return
    print_run(run)
    if report:
        print_factors(report)
    if surgeries:
        print_surgeries(surgeries)


def _surgeries(run, beta: float | None) -> dict:
    """Return the terms of the run's rate by KL weight: of a ladder at all of its rungs, or at that weight."""
    from explorer.cli.progress import counting_bar
    from explorer.runs.surgery import measure_surgery

    betas = run.spec.rungs if beta is None and run.spec.rungs else (beta,)
    return {
        run.spec.beta if beta is None else beta: measure_surgery(
            run, beta, counting_bar(" images"), counting_bar(" samples")
        )
        for beta in betas
    }


def decode(args) -> None:
    try:
        z = [float(number) for number in args.z.split(",")]
    except ValueError:
        raise UserError(
            f"--z must be numbers separated by commas, as in 0.5,-1, not {sanitize(repr(args.z))}."
        ) from None
    from explorer.figures.images import to_png
    from explorer.runs.load import load_run
    from explorer.store.atomic import write_atomically

    loaded = load_run(args.run, args.beta)
    label = class_number(loaded.run, args.class_name)
    write_atomically(args.out, to_png(loaded.decode(z, label)[0]))


def export(args) -> None:
    """Export what is named in the format that --to names."""
    from explorer.runs.export_run import FORMATS

    if args.to == page_commands.PAGE or args.lesson is not None or args.playground:
        return page_commands.export_page(args)
    known = (*FORMATS, SAMPLES, page_commands.PAGE, *ANIMATION_FORMATS)
    if not args.to:
        raise UserError(f"Add the format, --to and one of {', '.join(known)}.")
    if args.to not in known:
        raise unknown_name_error("format", args.to, known)
    if len(args.run) != 1:
        raise UserError(f"One run is exported as {args.to}. Give one name.")
    if not args.out:
        raise UserError("Add the file to write: --out FILE.")
    [args.run] = args.run
    if args.to in ANIMATION_FORMATS:
        return animation_commands.export_animation(args)
    if args.to == SAMPLES:
        return density_commands.export_samples(args)
    _write_export(args)


def embed(args) -> None:
    """Write the codes of a run as the table that the suffix of the file names."""
    from explorer.runs.export_run import table_format

    args.to = table_format(args.out.name)
    _write_export(args)


def _write_export(args) -> None:
    from explorer.runs.export_run import export_run
    from explorer.store.atomic import write_atomically
    from explorer.store.catalogue import find_run

    write_atomically(args.out, export_run(find_run(args.run), args.to, args.beta))


def gaps(args) -> None:
    if args.seed < 0:
        raise UserError(f"--seed must not be negative, but it is {args.seed}.")
    from explorer.cli.progress import gaps_in_words
    from explorer.data.codes_file import read_codes_files
    from explorer.runs import measure

    def measure_one(name: str):
        if (path := Path(name)).suffix.lower() in (".tsv", ".zip") and path.is_file():
            return measure.measure_gaps_of_codes(
                read_codes_files({path.name: path.read_bytes()}).z, args.n, args.seed
            )
        return measure.measure_gaps(name, args.n, args.seed, args.beta)

    if args.density:
        return density_commands.measure_densities_of_runs(args)
    gaps_by_run = {name: measure_one(name) for name in args.run}
    if args.json:
        print(json.dumps({name: asdict(g) for name, g in gaps_by_run.items()}))
        return
    for name, g in gaps_by_run.items():
        print(gaps_in_words(name, g))


def data(args) -> None:
    from explorer.cli.progress import counting_bar, print_skipped
    from explorer.data import data_folder, load_dataset

    spec = RunSpec(dataset=dataset_named(args.dataset))
    if spec.dataset_kind.download:
        spec.dataset_kind.source.download_dataset(spec.dataset, counting_bar("B"))
    data = load_dataset(spec.dataset, on_progress=counting_bar(" images"))
    summary = {
        "dataset": data.name,
        "n_train": data.n_train,
        "n_test": data.n_test,
        "shape": data.shape,
        "class_names": data.class_names,
        "factors": list(data.factors),
        "units": data.units,
        "skipped": data.skipped,
        "notes": data.notes,
    }
    if args.json:
        print(json.dumps(summary | {"folder": str(data_folder())}))
        return
    channels, height, width = data.shape
    print(
        f"{data.name}: {data.n_train:,} training and {data.n_test:,} test images, {width}×{height} px, "
        f"{'colour' if channels == 3 else 'grey'}; classes: {', '.join(data.class_names)}"
    )
    print_skipped(data.skipped, data.notes)


def open_app(args) -> None:
    """Serve the app, as `streamlit run app.py` does, until it is interrupted."""
    from explorer.store.folders import app_file

    sys.argv = ["streamlit", "run", str(app_file("app.py")), *args.options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def doctor(args) -> None:
    from explorer.cli.doctor import LABELS, findings

    results = findings()
    print(
        json.dumps(results)
        if args.json
        else "\n".join(f"{LABELS.get(name, name):<12} {value}" for name, value in results.items())
    )
