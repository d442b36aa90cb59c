"""Use cases: measurements of a stored run."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.latent.confidence import LowConfidenceShares, measure_low_confidence
from explorer.latent.gap_estimate import estimate_gap, estimate_prior_gap
from explorer.latent.gaps import (
    K_ENTROPY_NEIGHBOURS,
    K_NEIGHBOURS,
    MAX_CODES,
    fit_gaussian,
    gap_kl,
    gap_kl_error,
    sample_codes,
)
from explorer.latent.share import Z95, median_with_interval
from explorer.runs.inference import draw_classes
from explorer.runs.load import LoadedRun, load_model, load_run
from explorer.store.classifier import MIN_CLASS_PROBABILITY, read_classifier
from explorer.store.embedding import read_embedding
from explorer.store.run import Run
from explorer.training.evaluation import Evaluation, evaluate

MAX_GAP_DIMENSIONS = 64  # for codes from another model: the time grows with the cube


def _evaluated(loaded: LoadedRun) -> Evaluation:
    """Evaluate the run on its test split, whose images must be on this machine."""
    spec = loaded.run.spec
    data = load_data(spec.dataset, spec.image_size, spec.colour)
    return evaluate(loaded.model, loaded.likelihood, data.x[data.test], data.y[data.test])


def evaluate_at_beta(run: Run, beta: float) -> Run:
    """Return the run with the test figures of a ladder at a KL weight, evaluated again, without its
    yardstick and the quality of its samples, which are those at KL weight 1.
    """
    return replace(run, test=_evaluated(load_model(run, beta)).metrics, yardstick=None, samples=None)


def codes_of(loaded: LoadedRun, beta: float | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mu, logvar [n, D] of the test split, those of a ladder at a KL weight encoded again."""
    e = read_embedding(loaded.run) if beta is None else _evaluated(loaded)
    return e.mu, e.logvar


@dataclass(frozen=True)
class Gaps:
    """The gaps between the codes of a run: the mean of ten measurements, each of n codes and as many samples;
    low and high are the ends of 95% intervals: of the gaps over samples and images, otherwise over samples.

    gap, gap_nats, unsure and drift are of samples from the Gaussian fitted to the codes, prior_gap of samples
    from N(0, I). gap_nats: an underestimate in more than three dimensions (explorer.latent.gaps). unsure: the
    share of decoded samples that the classifier assigns to a class with a confidence below 90%, of all
    samples, in gaps and outside. drift: the median distance of a sample from the
    code of its decoded image, in standard deviations of that Gaussian. A field is None where there is no
    prior, no classifier, no decoder, or no sample of that kind. A conditional model decodes each sample with
    the class of a random test image.
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
    drift: float | None
    unsure_in_gaps_low: float | None = None
    unsure_in_gaps_high: float | None = None
    unsure_outside_low: float | None = None
    unsure_outside_high: float | None = None
    unsure_low: float | None = None
    unsure_high: float | None = None
    gap_nats_low: float | None = None
    gap_nats_high: float | None = None
    drift_low: float | None = None
    drift_high: float | None = None


def measure_gaps_of_codes(z: np.ndarray, n: int = MAX_CODES, seed: int = 0) -> Gaps:
    """Measure the gaps of codes z [N, D] without a decoder or a prior. Raises UserError if there are too few,
    all are the same point, or D is too large.
    """
    if z.shape[1] > MAX_GAP_DIMENSIONS:
        raise UserError(
            f"Gaps are measured in at most {MAX_GAP_DIMENSIONS} dimensions, and these codes have"
            f" {z.shape[1]:,}. Reduce their dimension, for example by PCA."
        )
    codes = sample_codes(z, None, n, np.random.default_rng(seed))
    if len(codes) <= K_ENTROPY_NEIGHBOURS:
        raise _too_few(len(codes))
    gap = estimate_gap(z, None, n, seed)
    nats, *nats_interval = _estimate_gap_nats(fit_gaussian(codes).whiten(codes))
    return Gaps(
        len(codes),
        K_NEIGHBOURS,
        gap.share,
        gap.low,
        gap.high,
        nats,
        *(None,) * 7,
        gap_nats_low=nats_interval[0],
        gap_nats_high=nats_interval[1],
    )


def _estimate_gap_nats(whitened: np.ndarray) -> tuple[float, float | None, float | None]:
    """Return gap_kl() of whitened codes [n, R], and its interval; None where it has none."""
    nats, error = gap_kl(whitened), gap_kl_error(whitened)
    return (nats, None, None) if error is None else (nats, nats - Z95 * error, nats + Z95 * error)


def _too_few(n: int) -> UserError:
    return UserError(
        f"Gaps are measured with more than {K_ENTROPY_NEIGHBOURS} codes, and there are {n}. Use more test"
        " images."
    )


def measure_gaps(name: str, n: int = MAX_CODES, seed: int = 0, beta: float | None = None) -> Gaps:
    """Measure the gaps of a run. Codes are posterior samples of test images, or an AE's codes. Raises
    UserError if there are too few, or all are the same point.
    """
    return measure_gaps_of(load_run(name, beta), n, seed, beta)


def measure_gaps_of(loaded: LoadedRun, n: int = MAX_CODES, seed: int = 0, beta: float | None = None) -> Gaps:
    """Measure the gaps of a run, as measure_gaps() does. Without an encoder, the drift is not measured."""
    mu, logvar = codes_of(loaded, beta)
    codes = sample_codes(mu, logvar, n, np.random.default_rng(seed))
    if len(codes) <= K_ENTROPY_NEIGHBOURS:
        raise _too_few(len(codes))
    fitted = fit_gaussian(codes)
    gap = estimate_gap(mu, logvar, n, seed)
    prior = (None, None, None)
    if loaded.run.spec.has_prior:
        prior_estimate = estimate_prior_gap(mu, logvar, n, seed)
        prior = prior_estimate.share, prior_estimate.low, prior_estimate.high
    drift: tuple[float | None, ...] = (None, None, None)
    if loaded.has_encoder:
        draws = np.random.default_rng(seed).standard_normal((len(codes), len(fitted.root)))
        y = draw_classes(loaded, len(draws), seed)
        reencoded = loaded.encode(loaded.decode(fitted.unwhiten(draws), y), y).mu.numpy()
        drift = median_with_interval(np.linalg.norm(fitted.whiten(reencoded) - draws, axis=1))
    nats = _estimate_gap_nats(fitted.whiten(codes))
    unsure, intervals = (None, None, None), (None,) * 6
    if below := measure_confidence(loaded, mu, logvar, n, seed):
        unsure = tuple(part and part.share for part in (below.all, below.in_gaps, below.outside))
        intervals = tuple(
            end
            for part in (below.in_gaps, below.outside, below.all)
            for end in ((part.low, part.high) if part else (None, None))
        )
    return Gaps(
        len(codes),
        K_NEIGHBOURS,
        gap.share,
        gap.low,
        gap.high,
        nats[0],
        *prior,
        *unsure,
        drift[0],
        *intervals,
        *nats[1:],
        *drift[1:],
    )


def measure_confidence(
    loaded: LoadedRun, mu: np.ndarray, logvar: np.ndarray | None, n: int = MAX_CODES, seed: int = 0
) -> LowConfidenceShares | None:
    """Measure how often the classifier assigns a decoded image to a class with a probability below
    MIN_CLASS_PROBABILITY; None without a classifier.
    """
    if not (result := read_classifier(loaded.run)):
        return None
    return measure_low_confidence(
        mu,
        logvar,
        lambda z: (
            result[0].probabilities(loaded.decode(z, draw_classes(loaded, len(z), seed))).max(1)
            < MIN_CLASS_PROBABILITY
        ),
        n,
        seed,
    )
