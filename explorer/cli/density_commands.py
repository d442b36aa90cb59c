"""The commands that sample from densities. They import torch when they run."""

import json

from explorer.errors import UserError
from explorer.registry import DENSITIES


def measure_densities_of_runs(args) -> None:
    """Print what was measured of densities, `gaps --density`."""
    from explorer.cli.density_table import print_table, row_of, share_bar
    from explorer.runs.densities import densities_of, density_kind
    from explorer.runs.load import load_run
    from explorer.runs.measure_densities import measure_densities

    loaded_runs = [load_run(name, args.beta) for name in args.run]
    names = [
        list(densities_of(loaded.run.spec) or DENSITIES) if args.density == ["all"] else args.density
        for loaded in loaded_runs
    ]
    for loaded, of_run in zip(loaded_runs, names):  # every mistake is found before anything is measured
        for name in of_run:
            density_kind(loaded.run.spec, name)
    rows = {}
    for loaded, of_run in zip(loaded_runs, names):
        measured = measure_densities(loaded, of_run, args.n, args.seed, args.beta, share_bar)
        rows[loaded.run.name] = list(measured)
        if not args.json:
            print_table(loaded.run.name, rows[loaded.run.name])
    if args.json:
        print(json.dumps({name: [row_of(m) for m in measured] for name, measured in rows.items()}))


def export_samples(args) -> None:
    """Write samples of a density, `export --to samples`."""
    from explorer.cli.arguments import class_number
    from explorer.cli.density_table import share_bar
    from explorer.runs.densities import density_kind, fit_density, samples_npz
    from explorer.runs.load import load_run
    from explorer.store.atomic import write_atomically

    if args.seed < 0:
        raise UserError(f"--seed must not be negative, but it is {args.seed}.")
    loaded = load_run(args.run, args.beta)
    name = args.density or ("prior" if loaded.run.spec.has_prior else "gaussian")
    kind = density_kind(loaded.run.spec, name)
    density = fit_density(loaded, name, args.beta, share_bar(kind.label))
    label = class_number(loaded.run, args.class_name)
    write_atomically(args.out, samples_npz(loaded, density, args.n, args.seed, label=label))
