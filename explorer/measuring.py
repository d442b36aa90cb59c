"""Use cases: what is measured of a run anew."""

import time
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from explorer.data import load as load_data
from explorer.device import choose
from explorer.errors import UserError
from explorer.latent.gaps import K_ENTROPY, MOST_CODES, K, fitted_gaussian, gap_nats, in_gap, interval, sampled
from explorer.runs import LoadedRun, load, loaded
from explorer.specs import RunSpec
from explorer.store.classifier import SURE, classifier_of
from explorer.store.embedding import read_embedding
from explorer.store.run import Run
from explorer.training.evaluation import Evaluation, evaluate
from explorer.training.events import Failed, Finished, Step
from explorer.training.trainer import train as training


def _evaluated(loaded: LoadedRun) -> Evaluation:
    """On its test split, whose images must be on this machine."""
    spec = loaded.run.spec
    data = load_data(spec.dataset, spec.image_size, spec.colour)
    return evaluate(loaded.model, loaded.likelihood, data.x[data.test])


def at_beta(run: Run, beta: float) -> Run:
    """The run with a ladder's test figures at a KL weight, measured anew."""
    return replace(run, test=_evaluated(loaded(run, beta)).figures)


def codes_of(loaded: LoadedRun, beta: float | None) -> tuple[np.ndarray, np.ndarray | None]:
    """mu, logvar [n, D] of the test split; of a ladder at a KL weight, encoded anew."""
    e = read_embedding(loaded.run) if beta is None else _evaluated(loaded)
    return e.mu, e.logvar


@dataclass(frozen=True)
class Gaps:
    """What lies between a run's codes, measured on n of them and as many draws; shares are of draws.

    gap, gap_nats, unsure and drift ask of the Gaussian fitted to the codes, prior_gap of N(0, I). unsure: decoded draws that
    the classifier does not name, within gaps and outside; drift: median distance of a draw from the code of its own image,
    in standard deviations of that Gaussian. None where there is no prior, no classifier, or no draw of that kind.
    """

    n: int
    k: int
    gap: float
    gap_low: float
    gap_high: float
    gap_nats: float
    prior_gap: float | None
    prior_gap_low: float | None
    prior_gap_high: float | None
    unsure: float | None
    unsure_in_gaps: float | None
    unsure_outside: float | None
    drift: float


def gaps(name: str, n: int = MOST_CODES, seed: int = 0, beta: float | None = None) -> Gaps:
    """Codes are posterior samples of test images, an AE's its points. Raises UserError if there are too few, or all are one point."""
    loaded = load(name, beta)
    run, rng = loaded.run, np.random.default_rng(seed)
    codes = sampled(*codes_of(loaded, beta), n, rng)
    if len(codes) <= K_ENTROPY:
        raise UserError(f"Gaps are measured with more than {K_ENTROPY} codes, and there are {len(codes)}. Use more test images.")
    fitted = fitted_gaussian(codes)
    whitened = fitted.whiten(codes)
    draws = rng.standard_normal(whitened.shape)
    alone = in_gap(draws, whitened)
    prior = (None, None, None)
    if run.spec.has_prior:
        alone_of_prior = in_gap(rng.standard_normal(codes.shape), codes)
        prior = (float(alone_of_prior.mean()), *interval(alone_of_prior, rng))
    images = loaded.decode(fitted.place(draws))
    drift = np.median(np.linalg.norm(fitted.whiten(loaded.encode(images).mu.numpy()) - draws, axis=1))
    unsure = (None, None, None)
    if found := classifier_of(run):
        doubted = found[0].probabilities(images).max(1) < SURE
        unsure = tuple(float(d.mean()) if len(d) else None for d in (doubted, doubted[alone], doubted[~alone]))
    return Gaps(len(codes), K, float(alone.mean()), *interval(alone, rng), gap_nats(whitened), *prior, *unsure, float(drift))


def check(spec: RunSpec) -> None:
    """Raises UserError for what can't be trained here."""
    next(training(spec, load_data(spec.dataset, spec.image_size, spec.colour), choose(spec.network)))


def seconds_per_epoch(spec: RunSpec, trial: int) -> float:
    """By the fastest of so many stretches between training's progress reports, which other work has held up least.

    Raises UserError for what can't be trained here, or diverges at once.
    """
    data, seen = load_data(spec.dataset, spec.image_size, spec.colour), []
    for event in training(spec, data, choose(spec.network)):
        if isinstance(event, Step):
            seen.append((time.perf_counter(), event.done))
        if isinstance(event, Failed):
            raise UserError(f"A short trial of this training diverged: the loss became infinite. Try a learning rate below {spec.lr:g}.")
        if isinstance(event, Finished):
            return event.seconds / event.epochs
        if len(seen) > trial:
            break
    share_a_second = max((after - before) / (end - start) for (start, before), (end, after) in pairwise(seen))
    return 1 / share_a_second / sum(epochs for _, epochs in spec.stages)
