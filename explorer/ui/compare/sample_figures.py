"""What was measured of the samples of two models, beside real test images, and what it says."""

import numpy as np

from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.densities.density import Density
from explorer.latent.gaps import MAX_CODES
from explorer.latent.share import Share, is_larger
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.run import Run
from explorer.ui.components.prose import st
from explorer.views.run_view import RunView

N_DECODED = 2000  # samples whose confidence is measured
N_COVERED = 2000  # test images, of which is measured how many have a sample near
AGGREGATE = "aggregate"
TTL = "10m"  # after which a new classifier, or data that have arrived, are used
GAPS_HELP = (
    "The gap is the share of samples without a code of a test image near, the reverse gap the share of codes"
    f" without a sample near, of at most {MAX_CODES:,} codes and as many samples. Of two equal distributions"
    " both are 3%. Codes of test images are compared half with half. Intervals are at 95%, over samples and"
    " codes."
)
COVERAGE_HELP = (
    "A test image is covered if a decoded sample is nearer to it than its fifth nearest other test image, by"
    " pixels or by features of the classifier; there are as many samples. Of two equal distributions, 3% are"
    " not covered, or less if there are fewer than 40 images."
)


@st.cache_resource(max_entries=64, show_spinner="Measuring gaps…")
def gaps_of_samples(version: str, name: str, _run: Run, _density: Density) -> tuple[Share, Share]:
    from explorer.runs.measure_densities import measure_gaps_of_density, measure_gaps_of_halves

    e = RunView(_run).embedding
    if name == AGGREGATE:
        return measure_gaps_of_halves(e.mu, e.logvar)
    return measure_gaps_of_density(_density, e.mu, e.logvar)


@st.cache_resource(max_entries=64, show_spinner=False, ttl=TTL)
def low_confidence_of_samples(
    version: str, name: str, beta: float | None, _run: Run, _density: Density
) -> Share | None:
    from explorer.runs.measure_densities import measure_low_confidence_of_density

    return measure_low_confidence_of_density(RunView(_run).load(beta), _density, N_DECODED)


@st.cache_resource(max_entries=8, show_spinner=False, ttl=TTL)
def held_out(version: str, _run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return test images and the rows of their codes: those that are measured, and as many others."""
    from explorer.runs.held_out import held_out_images

    return held_out_images(_run, 2 * N_COVERED)


@st.cache_resource(max_entries=64, show_spinner="Measuring coverage…", ttl=TTL)
def uncovered_by_samples(
    version: str, name: str, beta: float | None, n: int, _run: Run, _density: Density
) -> tuple[Share | None, Share | None]:
    """Return the share of n test images without a decoded sample near (measure_uncovered); the codes of test
    images are those of n others.
    """
    from explorer.runs.measure_densities import measure_uncovered

    view, (x, rows) = RunView(_run), held_out(version, _run)
    if isinstance(_density, AggregatePosterior):
        e, others = view.embedding, rows[n : 2 * n]
        logvar = None if e.logvar is None else e.logvar[others]
        _density = AggregatePosterior(e.mu[others], logvar, is_distinct=True)
    z = _density.sample(n, np.random.default_rng(0))
    return measure_uncovered(view.load(beta), z, x[:n])


@st.cache_resource(max_entries=64, show_spinner=False, ttl=TTL)
def figures_of_real_images(
    version: str, n: int, _run: Run
) -> tuple[Share | None, tuple[Share | None, Share | None]]:
    from explorer.runs.measure_densities import measure_real_images

    x, _ = held_out(version, _run)
    unsure, *uncovered = measure_real_images(RunView(_run).load(), x[: 2 * n])
    return unsure, tuple(uncovered)


def figures_sentence(
    gaps: tuple[Share, Share] | None, unsure: Share | None, uncovered: tuple[Share | None, Share | None]
) -> str:
    """Return what was measured of the samples of one model; uncovered: by pixels and by features."""
    parts = [f"gap {gaps[0]}, reverse gap {gaps[1]} ({gaps[0].n:,} codes)"] if gaps else []
    if unsure:
        parts.append(f"below {MIN_CLASS_PROBABILITY:.0%} confidence: {unsure} of {unsure.n:,} images")
    kinds = [f"{share} by {kind}" for share, kind in zip(uncovered, ("pixels", "features")) if share]
    if kinds and (first := uncovered[0]):
        parts.append(f"not covered: {' and '.join(kinds)}, of {first.n:,} test images")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if parts else ""


def conclude_coverage(
    ae: tuple[Share | None, Share | None],
    vae: tuple[Share | None, Share | None],
    names: tuple[str, str] = ("AE", "VAE"),
) -> str:
    """Return how the samples of two models cover the test images, by features where there are any; an empty
    string if it was not measured. ae, vae: the shares that are not covered, by pixels and by features.
    """
    left, right, kind = (ae[1], vae[1], "features") if ae[1] and vae[1] else (ae[0], vae[0], "pixels")
    if not left or not right:
        return ""
    if is_larger(left, right):
        return f"By {kind}, the {names[0]}'s samples cover fewer test images than the {names[1]}'s."
    if is_larger(right, left):
        return f"By {kind}, the {names[0]}'s samples cover more test images than the {names[1]}'s."
    return f"By {kind}, the coverage of test images shows no clear difference."


def conclude_confidence(ae: Share | None, vae: Share | None, names: tuple[str, str] = ("AE", "VAE")) -> str:
    """Return how the confidence of the classifier in the samples compares; an empty string if it was not
    measured.
    """
    if not ae or not vae:
        return ""
    if is_larger(ae, vae):
        comparison = f"for more of the {names[0]}'s samples than of the {names[1]}'s"
    elif is_larger(vae, ae):
        comparison = f"for fewer of the {names[0]}'s samples than of the {names[1]}'s"
    else:
        return "The classifier's confidence in the samples of the two models shows no clear difference."
    return f"The classifier is below {MIN_CLASS_PROBABILITY:.0%} confidence {comparison}."
