"""Train the included runs again with other seeds, for figures with their spread."""

from dataclasses import replace

from explorer.runs.train import train_run
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import Run, read_run

SEEDS = (0, 1, 2)  # the included runs have the first


def train_with_seed(name: str, seed: int) -> Run:
    """Return an included run, or one with its settings and another seed; of a ladder only the rungs up to KL
    weight 1, which the later ones do not change.
    """
    run = read_run(SHIPPED_FOLDER / name)
    if seed == run.spec.seed:
        return run
    rungs = [rung for rung in (run.spec.betas or "").split(",") if rung and float(rung.split(":")[0]) <= 1]
    return train_run(replace(run.spec, seed=seed, betas=",".join(rungs) or None))
