"""Save the result of a training: a run with the figures of its stored weights."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.events import Failed, Finished, RunMetrics, Stopped
from explorer.latent.estimate import estimate_perplexity
from explorer.latent.gap_map import GapMap, build_gap_map
from explorer.latent.ladder import film_kl_weights
from explorer.models.autoencoder import Autoencoder
from explorer.objectives.distortion import Likelihood, build_likelihood
from explorer.runs.executed import ImportedPair
from explorer.runs.load import LoadedRun, build_model
from explorer.runs.quality import measure_quality
from explorer.specs import RunSpec
from explorer.store.embedding import FilmCodes, n_film_codes, pack_embedding
from explorer.store.film_frame import FilmFrame
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run, write_run
from explorer.training.evaluation import Evaluation, evaluate

LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn")


def save_run(
    spec: RunSpec,
    folder: Path,
    data: Dataset,
    device_name: str,
    end: Finished | Failed | Stopped,
    imported: ImportedPair | None = None,
) -> Run:
    """Evaluate on the test split, of a ladder at every frame of its film, measure the quality, and store.
    imported: networks, whose weights stay as they are. Raises UserError if there is
    nothing to keep.
    """
    if end.weights is None:
        raise UserError(end.reason)
    weights = end.weights if imported else {key: w.astype(np.float16) for key, w in end.weights.items()}
    model, likelihood = _build(spec, data, weights, imported=imported)
    e = evaluate(model, likelihood, data.x[data.test], data.y[data.test])
    if not (np.isfinite(e.metrics.distortion + e.metrics.rate) and np.isfinite(e.mu).all()):
        raise UserError(
            "The test figures of the model are not finite numbers, and nothing was saved. "
            + ("Import another network." if imported else f"Try a learning rate below {spec.lr:g}.")
        )
    frames, film, shaded = [], [], []
    n_codes = n_film_codes(len(e.mu), spec.latent_dim)
    for beta in film_kl_weights(spec.rungs):
        at_beta = _build(spec, data, weights, beta)
        evaluation = evaluate(*at_beta, data.x[data.test], data.y[data.test])
        gap_map = build_gap_map(evaluation.mu, evaluation.logvar)
        frames.append(
            FilmFrame(
                beta,
                evaluation.metrics.distortion,
                evaluation.metrics.rate,
                evaluation.metrics.active_units,
                **frame_gaps(gap_map),
            )
        )
        film.append((evaluation.mu[:n_codes], evaluation.logvar[:n_codes]))
        shaded.append(gap_map)
    run = Run(
        folder.name,
        folder,
        spec,
        data.shape,
        data.class_names,
        data.n_train,
        sum(w.size for w in weights.values()),
        _add_perplexity_interval(e, spec.n_codes),
        end.epochs,
        round(end.seconds, 2),
        device_name,
        {name: version(name) for name in LIBRARIES},
        None if isinstance(end, Finished) else end.reason,
        {},
        tuple(frames),
        best_epoch=end.best_epoch,
        layers=imported and imported.to_dict(),
    )
    run = measure_quality(LoadedRun(run, model, likelihood), data)
    factors = {name: values[data.test] for name, values in data.factors.items()}
    packed = pack_embedding(
        e.mu, e.logvar, data.x[data.test], data.y[data.test], factors, _film(film, shaded)
    )
    return write_run(run, {MODEL_FILE: weights, EMBEDDING_FILE: packed})


def _add_perplexity_interval(e: Evaluation, n_codes: int | None) -> RunMetrics:
    """Return the metrics of an evaluation; of a VQ-VAE with the interval of its perplexity over images."""
    if e.index is None or not n_codes or not (use := estimate_perplexity(e.index, n_codes)):
        return e.metrics
    return replace(e.metrics, perplexity_low=use.low, perplexity_high=use.high)


def _build(
    spec: RunSpec,
    data: Dataset,
    weights: dict[str, np.ndarray],
    beta: float | None = None,
    imported: ImportedPair | None = None,
) -> tuple[Autoencoder, Likelihood]:
    networks = imported and imported.build()
    model = build_model(spec, data.shape, len(data.class_names), weights, beta, networks)
    return model, build_likelihood(spec, model)


def frame_gaps(gap_map: GapMap | None) -> dict[str, float | None]:
    """Return the fields of a frame that describe the gaps of a VAE, with None for both gaps if there is no
    gap map.
    """
    if gap_map is None:
        return {"gap": None, "prior_gap": None}
    gap, prior = gap_map.estimate, gap_map.prior_estimate
    return {
        "gap": gap.share,
        "prior_gap": prior.share,
        "gap_error": gap.error,
        "prior_gap_error": prior.error,
        "gap_codes": gap.n,
    }


def _film(codes: list[tuple[np.ndarray, np.ndarray]], shaded: list[GapMap | None]) -> FilmCodes | None:
    if not codes:
        return None
    mu, logvar = map(np.stack, zip(*codes))
    if not all(gap_map and gap_map.shade is not None for gap_map in shaded):
        return FilmCodes(mu, logvar)
    return FilmCodes(
        mu,
        logvar,
        np.stack([gap_map.bounds for gap_map in shaded]),
        np.stack([gap_map.shade for gap_map in shaded]),
    )
