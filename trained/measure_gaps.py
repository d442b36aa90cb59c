"""Measure the gaps of the ladders in this folder anew, at each KL weight of their films, and store them in
run.json; those of the other runs, in their gap-estimates.json; the shares of the runs that the lesson on gaps
compares, in their gaps.json; and those of the densities that the lesson on closing the gap and a report
compare, in their densities.json. Nothing else changes.

From the repository's root: `EXPLORER_RUNS=trained python -m trained.measure_gaps`. The image data must be on
this machine.
"""

import json

from explorer.data import load_dataset as load_data
from explorer.latent.gap_map import build_gap_map
from explorer.lessons.closing_gap.lesson import SAMPLES, VAE, WIDE_VAE
from explorer.lessons.gaps.lesson import RUNS
from explorer.runs.density_shares import DENSITIES_FILE, measure_density_shares
from explorer.runs.gap_estimates import GAP_ESTIMATES_FILE
from explorer.runs.gap_shares import GAPS_FILE, measure_gap_shares
from explorer.runs.load import load_model
from explorer.runs.save import frame_gaps
from explorer.store.atomic import write_atomically
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import RECORD_FILE, Run, encode_record, read_run
from explorer.training.evaluation import evaluate
from explorer.views.run_view import RunView

REPORTED = "mnist-ae-2d"  # whose densities take a minute to measure, for its report


def measure(run: Run) -> None:
    spec, record = run.spec, json.loads((run.folder / RECORD_FILE).read_bytes())
    data = load_data(spec.dataset, spec.image_size, spec.colour)
    for frame in record["film"]:
        loaded = load_model(run, frame["beta"])
        evaluation = evaluate(loaded.model, loaded.likelihood, data.x[data.test])
        frame |= frame_gaps(build_gap_map(evaluation.mu, evaluation.logvar))
    write_atomically(run.folder / RECORD_FILE, encode_record(record))


if __name__ == "__main__":
    for name in (SHIPPED_FOLDER / "shipped.txt").read_text().split():
        if (run := read_run(SHIPPED_FOLDER / name)).film:
            measure(run)
            print(
                f"{name}: gap {run.film[0].gap:.3f} to {read_run(run.folder).film[0].gap:.3f} at KL weight"
                f" {run.film[0].beta:g}"
            )
        else:
            (run.folder / GAP_ESTIMATES_FILE).unlink(missing_ok=True)
            print(f"{name}: gap {RunView(run).gap_map.estimate}")
    for name in RUNS:
        run = read_run(SHIPPED_FOLDER / name)
        (run.folder / GAPS_FILE).unlink(missing_ok=True)
        print(f"{name}: gap {measure_gap_shares(run).gap}")
    for name in (SAMPLES, VAE, WIDE_VAE, REPORTED):
        run = read_run(SHIPPED_FOLDER / name)
        (run.folder / DENSITIES_FILE).unlink(missing_ok=True)
        for density, shares in measure_density_shares(run).items():
            print(f"{name}, {density}: gap {shares.gap}")
