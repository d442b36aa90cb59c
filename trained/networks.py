"""Print the table of the networks in README.md: the MNIST VAEs of two dimensions, from their records.

From the repository's root: `python -m trained.networks`
"""

from explorer.latent.gap_estimate import estimate_gap
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import Run, read_run

RUNS = ("mnist-vae-2d", "mnist-vae-conv-2d", "mnist-vae-gru-2d")
HEAD = ("run", "weights", "epochs", "distortion", "rate", "−ELBO", "gap", "seconds")


def networks_table() -> str:
    """Return the table in Markdown."""
    rows = [_line(read_run(SHIPPED_FOLDER / name)) for name in RUNS]
    head = f"| {' | '.join(HEAD)} |\n|{'-|' * len(HEAD)}"
    return "\n".join([head, *(f"| {' | '.join(row)} |" for row in rows)])


def _line(run: Run) -> list[str]:
    t, e = run.test, read_embedding(run)
    nats = (f"{value:.1f}" for value in (t.distortion, t.rate, t.distortion + t.rate))
    gap = str(estimate_gap(e.mu, e.logvar))
    return [f"`{run.name}`", f"{run.n_parameters:,}", str(run.epochs), *nats, gap, f"{run.seconds:.0f}"]


if __name__ == "__main__":
    print(networks_table())
