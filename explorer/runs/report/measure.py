"""Use case: measure what shows whether the latent space of a run is good."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from explorer.errors import UserError
from explorer.latent.correlation import Correlation, Direction, correlate_dimensions, narrowest_direction
from explorer.latent.dimensions import CodeMoments, DimensionRates, dimension_rates, measure_moments
from explorer.latent.fidelity import measure_reverse_gap
from explorer.latent.gap_map import GapIndex, build_gap_index
from explorer.latent.gaps import MAX_CODES, FittedGaussian, fit_gaussian, standard_gaussian
from explorer.latent.holes import Holes, find_holes
from explorer.latent.share import Z95, Share, share_of_true
from explorer.latent.surgery import Surgery
from explorer.runs.densities import densities_of, stored_density
from explorer.runs.density_shares import (
    DensityShares,
    measure_density_shares,
    measure_halves,
)
from explorer.runs.gap_shares import measure_gap_shares
from explorer.runs.held_out import held_out_images
from explorer.runs.load import LoadedRun, load_model
from explorer.runs.measure import Gaps, codes_of, evaluate_at_beta, measure_gaps_of
from explorer.runs.measure_densities import measure_uncovered
from explorer.runs.report.copying import Copying, measure_copying
from explorer.runs.report.samples import (
    DecodedSamples,
    WorstSample,
    decode_samples,
    find_worst,
    sample_reference,
)
from explorer.runs.surgery import measure_surgery, read_surgeries
from explorer.runs.verdicts import Verdict, find_faults
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.embedding import Embedding, read_embedding
from explorer.store.run import Run

N_HOLE_SAMPLES = 10_000
PRIOR, FITTED = "prior", "fitted-gaussian"  # names of densities
STEPS = ("gaps", "densities", "dimensions", "rate", "holes", "samples", "training images")
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Report:
    """All measurements of a run. beta: the KL weight of a ladder, None for 1; run: with the test figures at
    it; embedding: with the codes at it. index: of the codes, with samples and units of
    the prior, or, for an AE, of the Gaussian fitted to them. densities: what codes can be sampled from, by
    name: the prior, the fitted Gaussian, and those kept with the run; halves: of one half of the codes and
    test images against the other half, None with too few codes. rates, surgery: None without a prior;
    surgery, copying: also where the training images are not on this machine; `missing` says why.
    """

    run: Run
    beta: float | None
    embedding: Embedding
    index: GapIndex
    gaps: Gaps
    densities: dict[str, DensityShares]
    halves: DensityShares | None
    moments: CodeMoments
    rates: DimensionRates | None
    correlations: list[Correlation]
    narrowest: Direction
    surgery: Surgery | None
    holes: Holes
    hole_images: np.ndarray
    samples: DecodedSamples
    worst: list[WorstSample]
    copying: Copying | None
    missing: list[str]

    @property
    def faults(self) -> list[Verdict]:
        """What is wrong with the training, which is judged at KL weight 1."""
        return find_faults(self.run) if self.beta is None else []

    @property
    def reference(self) -> str:
        """The name of the density that holes and decoded samples are drawn from."""
        return PRIOR if self.run.spec.has_prior else FITTED


def measure_report(
    run: Run,
    on_progress: Progress = lambda share, step: None,
    check_images: Callable[[], object] = lambda: None,
    beta: float | None = None,
) -> Report:
    """Measure the run. on_progress: of the share that is done and what is measured; what it raises ends it.
    check_images: raises UserError if the images of the data set must not be read. beta: the KL weight of a
    ladder; other weights than 1 need the test images.

    Raises UserError for a VQ-VAE, a model without an encoder, if there are too few test images, or if a run
    does not have that KL weight.
    """
    if run.spec.n_codes:
        raise UserError(
            "The codes of a VQ-VAE are entries of a codebook, and a report is about continuous codes. Choose"
            " another run."
        )

    def begin(step: str, done: float = 0.0) -> None:
        on_progress((STEPS.index(step) + done) / len(STEPS), step)

    begin("gaps")
    loaded, e, missing, halves = load_model(run, beta), read_embedding(run), [], None
    if not loaded.has_encoder:
        raise UserError(
            "This model came without an encoder, and a report encodes decoded samples again. Give the encoder"
            " to explorer.open, as encode=…."
        )
    if (beta := None if beta == run.spec.beta else beta) is not None:
        check_images()
        run, codes = evaluate_at_beta(run, beta), codes_of(loaded, beta)
        e = replace(e, mu=codes[0], logvar=codes[1], film=None)
    gaps, gap_shares = measure_gaps_of(loaded, beta=beta), measure_gap_shares(run, beta)
    begin("densities")
    stored_shares = _kept_densities(run) if beta is None else {}
    begin("dimensions")
    index = build_gap_index(e.mu, e.logvar, np.random.default_rng(0), of_prior=run.spec.has_prior)
    assert index is not None  # as the gaps could be measured
    rates = None if e.logvar is None else dimension_rates(e.mu, e.logvar)
    begin("rate")
    surgery = None
    try:
        if run.spec.has_prior:
            if not read_surgeries(run).get(run.spec.beta if beta is None else beta):
                check_images()
            surgery = measure_surgery(
                run,
                beta,
                lambda done, total: begin("rate", 0.5 * done / max(total, 1)),
                lambda done, total: begin("rate", 0.5 + 0.5 * done / max(total, 1)),
            )
    except UserError as error:
        missing.append(str(error))
    begin("holes")
    holes = find_holes(index, sample_reference(index, N_HOLE_SAMPLES, 1), e.y)
    begin("samples")
    samples = decode_samples(loaded, index)
    x, _ = held_out_images(run, MAX_CODES)
    prior = {}
    if run.spec.has_prior:
        uncovered = _uncovered(loaded, standard_gaussian(run.spec.latent_dim), x)
        prior = {PRIOR: replace(_prior_shares(gaps, index, samples), **uncovered)}
    uncovered = _uncovered(loaded, fit_gaussian(index.codes), x)
    fitted = DensityShares(gap_shares.gap, gap_shares.reverse_gap, gap_shares.unsure, **uncovered)
    with suppress(UserError):  # too few codes for halves of them
        halves = measure_halves(loaded, e.mu, e.logvar, x)
    begin("training images")
    copying = None
    try:
        check_images()
        copying = measure_copying(
            loaded, e, samples.x, lambda done, total: begin("training images", done / max(total, 1))
        )
    except UserError as error:
        missing.append(str(error))
    return Report(
        run,
        beta,
        e,
        index,
        gaps,
        prior | {FITTED: fitted} | stored_shares,
        halves,
        measure_moments(e.mu, e.logvar),
        rates,
        correlate_dimensions(index.codes),
        narrowest_direction(index.codes),
        surgery,
        holes,
        _decode_holes(loaded, holes),
        samples,
        find_worst(samples),
        copying,
        list(dict.fromkeys(missing)),
    )


def _kept_densities(run: Run) -> dict[str, DensityShares]:
    """Return the shares of the mixtures and the diffusion model that are kept with the run, if there are
    any.
    """
    names = [name for name, kind in densities_of(run.spec).items() if kind.is_fitted and name != "gaussian"]
    if not any(stored_density(run, name) for name in names):
        return {}
    return {name: shares for name, shares in measure_density_shares(run).items() if name in names}


def _uncovered(loaded: LoadedRun, gaussian: FittedGaussian, x: np.ndarray) -> dict[str, Share | None]:
    noise = np.random.default_rng(0).standard_normal((len(x), len(gaussian.root)))
    by_pixels, by_features = measure_uncovered(loaded, gaussian.unwhiten(noise), x)
    return {"uncovered_by_pixels": by_pixels, "uncovered_by_features": by_features}


def _prior_shares(gaps: Gaps, index: GapIndex, samples: DecodedSamples) -> DensityShares:
    """Return the shares of the prior, with distances in its own standard deviations, as in `gaps`."""
    assert gaps.prior_gap is not None and gaps.prior_gap_low is not None and gaps.prior_gap_high is not None
    error = (gaps.prior_gap_high - gaps.prior_gap_low) / (2 * Z95)
    unsure = None
    if samples.confidence is not None:
        unsure = share_of_true(samples.confidence < MIN_CLASS_PROBABILITY)
    return DensityShares(
        Share(gaps.prior_gap, gaps.prior_gap_low, gaps.prior_gap_high, gaps.n, error),
        measure_reverse_gap(index.codes, index.draws),
        unsure,
    )


def _decode_holes(loaded: LoadedRun, holes: Holes) -> np.ndarray:
    """Return the image at the deepest place of each hole, of a conditional model with the class of the codes
    around it, float32 [holes, C, H, W].
    """
    if not holes.holes:
        return np.empty((0, *loaded.run.shape), np.float32)
    y = np.array([hole.classes[0][0] for hole in holes.holes])
    return loaded.decode(np.stack([hole.z for hole in holes.holes]), y)
