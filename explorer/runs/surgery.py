"""Use case: the terms of the rate of a run over its training images (explorer.latent.surgery), kept as
surgery.json beside its other files. Torch is imported where it is needed.
"""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from explorer.errors import UserError
from explorer.latent.surgery import Surgery, Term, take_rate_apart
from explorer.store.measurement import keep_measurement, read_measurement
from explorer.store.run import Run

SURGERY_FILE = "surgery.json"
TERMS = ("mutual_information", "total_correlation", "marginal_kl")
Progress = Callable[[int, int], None]


def measure_surgery(run: Run, beta: float | None, on_images: Progress, on_samples: Progress) -> Surgery:
    """Return the terms of the mean rate of the training images, of a ladder at a KL weight, None for 1: as
    they were kept with the run, or measured now and then kept.

    on_images, on_samples: of (number of images encoded, or samples measured; of all). Raises UserError for a
    run that is not a VAE, or if its training images are not on this machine.
    """
    assert_has_terms(run)
    key = run.spec.beta if beta is None else beta
    if kept := read_surgeries(run).get(key):
        return kept
    from explorer.runs.inference import load_training_images, posteriors
    from explorer.runs.load import load_model

    loaded = load_model(run, beta)
    x, y = load_training_images(run.spec, on_images)
    mu, logvar = posteriors(loaded, x, on_images, y)
    assert logvar is not None  # as the run has a prior
    surgery = take_rate_apart(mu, logvar, on_progress=on_samples)
    _keep(run, key, surgery)
    return surgery


def assert_has_terms(run: Run) -> None:
    """Raise UserError unless the run has Gaussian posteriors and a Gaussian prior."""
    if not run.spec.has_prior:
        kind = run.spec.model_kind
        raise UserError(
            f"{run.name} is {kind.article} {kind.label}, whose rate does not have these terms. Choose a VAE"
            " or a ladder."
        )


def read_surgeries(run: Run) -> dict[float, Surgery]:
    """Return what was measured of this run, by KL weight: nothing of the weights that it had before it was
    trained again, and nothing of a damaged file.
    """

    def parse(record: dict) -> dict[float, Surgery]:
        return {float(entry["beta"]): _parse(entry) for entry in record["surgeries"]}

    return read_measurement(run, SURGERY_FILE, parse) or {}


def _parse(entry: dict) -> Surgery:
    terms = [
        Term(None if term["value"] is None else float(term["value"]), float(term["low"]), float(term["high"]))
        for term in (entry[name] for name in TERMS)
    ]
    numbers = [entry["rate"], *(number or 0.0 for term in terms for number in asdict(term).values())]
    if not np.isfinite(numbers).all() or not 1 < entry["n_samples"] <= entry["n"]:
        raise ValueError("terms that no rate has")
    return Surgery(int(entry["n"]), int(entry["n_samples"]), float(entry["rate"]), *terms)


def _keep(run: Run, beta: float, surgery: Surgery) -> None:
    """Write the terms at a KL weight beside the others, if the folder of the run can be written to."""
    entries = sorted((read_surgeries(run) | {beta: surgery}).items())
    keep_measurement(
        run, SURGERY_FILE, {"surgeries": [{"beta": beta} | asdict(surgery) for beta, surgery in entries]}
    )
