"""Put what a browser needs into a block: the measured accuracies, and labelled codes with their images."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.errors import UserError
from explorer.latent.difference import Difference, mean_difference
from explorer.lessons.features.accuracies import ACCURACIES_FILE, Accuracies, read_accuracies
from explorer.lessons.features.compute import EVEN_PCA, FEWER_PCA
from explorer.live.block import LazyBlock, make_block, share_block
from explorer.store.embedding import Embedding, read_embedding
from explorer.store.run import MODEL_FILE, Run

FROZEN, TUNED = ("codes", "PCA", "pixels"), "fine-tuned"
MAX_LABELLED = 100  # images of each class whose codes are in the block
N_SHOWN = 6  # of them, with images


def features_block(runs: Sequence[Run]) -> LazyBlock:
    """Return the block of the accuracies of runs, by data set, and of labelled images of the first. Raises
    UserError if the accuracies were measured of other weights.
    """
    measured = {run.spec.dataset: _measured(run) for run in runs}
    digest = hashlib.sha256(ACCURACIES_FILE.read_bytes()).hexdigest()
    id = f"features {runs[0].files[MODEL_FILE]['sha256']} {digest}"
    return share_block(LazyBlock(id, lambda id: _build(id, runs[0], measured)))


def _measured(run: Run) -> list[Accuracies]:
    rows = read_accuracies(run.files[MODEL_FILE]["sha256"])
    if not rows:
        raise UserError(
            f"The accuracies were measured of other weights than those of {run.name}: run `python -m"
            " explorer.lessons.features.measure`."
        )
    return rows


def _build(id: str, run: Run, measured: dict[str, list[Accuracies]]):
    codes, images, start = labelled_images(read_embedding(run))
    tensors = {"codes": codes, "images": images, "start": start}
    metadata = {"data": {dataset: describe(rows) for dataset, rows in measured.items()}}
    return make_block(id, metadata, tensors)


def labelled_images(e: Embedding) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return codes [classes, MAX_LABELLED, D] of the first test images of each class, the images uint8
    [classes, N_SHOWN, C, H, W] of the first of them, and the codes [classes, D] of an image of another class
    for each class, the first one.
    """
    y = e.y[: len(e.images)]
    rows = np.stack([np.flatnonzero(y == label)[:MAX_LABELLED] for label in np.unique(y)])
    start = [e.mu[np.argmax(y != label)] for label in np.unique(y)]
    return e.mu[rows].astype(np.float16), e.images[rows[:, :N_SHOWN]], np.stack(start).astype(np.float32)


def describe(rows: list[Accuracies]) -> dict:
    """Return the counts of labels, the mean accuracies and half the widths of their 95% intervals over seeds
    in percent, by kind of features, and sentences on the leads.
    """
    counts = sorted({row.labels for row in rows})
    by_kind: dict[str, dict[int, np.ndarray]] = {}
    for row in rows:
        by_kind.setdefault(row.features, {})[row.labels] = 100 * row.values
    curves = {kind: found for kind, found in by_kind.items() if len(found) == len(counts)}
    at_count = {n: {kind: found[n] for kind, found in curves.items()} for n in counts}
    return {
        "counts": counts,
        "n_pool": rows[0].n_pool,
        "n_test": rows[0].n_test,
        "curves": {
            kind: {
                "mean": [float(found[n].mean()) for n in counts],
                "half": [mean_difference(found[n], np.zeros(len(found[n]))).half_width for n in counts],
                "seeds": len(found[counts[0]]),
            }
            for kind, found in curves.items()
        },
        "leads": {
            "kept": [describe_lead(at_count[n], FROZEN) for n in counts],
            "tuned": [describe_lead(at_count[n], tuple(curves)) for n in counts],
        },
        "is_tuned_ahead": [is_tuned_ahead(at_count[n]) for n in counts],
        "changes": describe_changes({kind: found[1] for kind, found in by_kind.items()}),
    }


def compare_best(accuracies: Mapping[str, np.ndarray]) -> tuple[str, dict[str, Difference]]:
    """Return the name with the highest mean of accuracies [seeds], and its lead over each other one, paired
    by seed: the same seed labels the same images.
    """
    best = max(accuracies, key=lambda name: accuracies[name].mean())
    n = min(map(len, accuracies.values()))
    return best, {
        name: mean_difference(accuracies[best][:n], a[:n]) for name, a in accuracies.items() if name != best
    }


def describe_lead(accuracies: Mapping[str, np.ndarray], kinds: Sequence[str]) -> str:
    """Return a sentence on the highest accuracy [seeds] of some kinds, and its leads over the others."""
    best, leads = compare_best({kind: accuracies[kind] for kind in kinds})
    parts = [
        f"{lead.format()} points over {kind}{'' if lead.sign > 0 else ' (not established)'}"
        for kind, lead in leads.items()
    ]
    return f"Highest: {best}, by {', '.join(parts)}."


def is_tuned_ahead(accuracies: Mapping[str, np.ndarray]) -> bool:
    """Return whether a fine-tuned encoder has an established lead over the frozen kinds of features."""
    best, leads = compare_best({kind: accuracies[kind] for kind in (*FROZEN, TUNED)})
    return best == TUNED and all(lead.sign > 0 for lead in leads.values())


def describe_changes(accuracies: Mapping[str, np.ndarray]) -> str:
    """Return a sentence on what equal variances and fewer components change for PCA, with one label."""
    even, fewer = (mean_difference(accuracies[kind], accuracies["PCA"]) for kind in (EVEN_PCA, FEWER_PCA))
    return (
        f"With one label per class, PCA with equal variances, as codes have, changes by {even.format()}"
        f" points, and PCA with as many components as active units by {fewer.format()}."
    )
