"""Measure the gaps of the ladders in this folder anew, at each KL weight of their films, and store them in
run.json; nothing else changes.

From the repository's root: `python -m trained.measure_gaps`. The image data must be on this machine.
"""

import json

from explorer.data import load as load_data
from explorer.latent.gap_map import gap_map
from explorer.runs.load import load_model
from explorer.runs.save import frame_gaps
from explorer.store.atomic import write_whole
from explorer.store.catalogue import SHIPPED
from explorer.store.run import RECORD, Run, read, signed
from explorer.training.evaluation import evaluate


def measure(run: Run) -> None:
    spec, record = run.spec, json.loads((run.folder / RECORD).read_bytes())
    data = load_data(spec.dataset, spec.image_size, spec.colour)
    for frame in record["film"]:
        at = load_model(run, frame["beta"])
        found = evaluate(at.model, at.likelihood, data.x[data.test])
        frame |= frame_gaps(gap_map(found.mu, found.logvar))
    write_whole(run.folder / RECORD, signed(record))


if __name__ == "__main__":
    for name in (SHIPPED / "shipped.txt").read_text().split():
        if (run := read(SHIPPED / name)).film:
            measure(run)
            print(
                f"{name}: gap {run.film[0].gap:.3f} to {read(run.folder).film[0].gap:.3f} at KL weight"
                f" {run.film[0].beta:g}"
            )
