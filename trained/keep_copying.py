"""Keep with the included runs what *Copying?* computes at its first opening: distances to the training
images, and the codes of these in conv and gru networks; an mlp computes its codes in less than a second.

From the repository's root: `EXPLORER_RUNS=trained python -m trained.keep_copying`. The image data of the runs
must be on this machine. What is kept already, of the same weights and images, is not computed again.
"""

from explorer.runs.inference import load_training_images
from explorer.runs.training_images import encode_training_images, measure_training_distances
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import Run, read_run
from explorer.views.run_view import RunView


def ignore_progress(done: int, total: int) -> None:
    pass


def keep(run: Run) -> None:
    """Keep what *Copying?* computes of a run, of a ladder at the KL weight of its settings."""
    view, beta = RunView(run), run.spec.beta if run.spec.rungs else None
    x, y = load_training_images(run.spec, ignore_progress)
    measure_training_distances(view.load(beta), view.posteriors(beta), view.scale, x, beta, 0.0)
    if run.spec.network != "mlp":
        encode_training_images(view.load(beta), x, y, ignore_progress, beta, 0.0)


if __name__ == "__main__":
    for name in (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split():
        keep(read_run(SHIPPED_FOLDER / name))
        print(name, flush=True)
