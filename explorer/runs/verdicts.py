"""Use case: say what is wrong with a run, and what to change, from its record and events, in milliseconds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.fields import MAX_BETA
from explorer.latent.share import Z95, Share
from explorer.quality import format_error
from explorer.runs import remedies
from explorer.runs.loss_fall import measure_fall
from explorer.specs import RunSpec
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.run import Run

MIN_ACTIVE_SHARE = 0.5  # of the latent dimensions
MIN_ERROR_RATIO = 2  # of the error on test images to that on training images, of a model that overfits
MIN_REJECTED_DIFFERENCE = 0.3  # between the shares of samples and of reconstructions that fail


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a run: a sentence with the figures. remedy: the label of what to change, "" if it is
    not known; settings: the new values, none if the training only has to continue.
    """

    kind: str
    sentence: str
    remedy: str
    settings: dict

    def changed_spec(self, spec: RunSpec) -> RunSpec:
        """Return the settings of a run with those of the remedy."""
        return RunSpec.from_dict(spec.to_dict() | self.settings)


def list_remedies(run: Run, verdicts: list[Verdict]) -> dict[str, RunSpec]:
    """Return the settings to train with instead, by label, each once."""
    return {verdict.remedy: verdict.changed_spec(run.spec) for verdict in verdicts if verdict.remedy}


def find_faults(run: Run) -> list[Verdict]:
    """Return what is wrong with a run, the worst first; nothing if unmeasured, or if its images are equal."""
    if run.yardstick and not run.yardstick.n_components:
        return []
    faults = [verdict for find in FINDERS for verdict in find(run)]
    can_train = run.spec.network_kind.is_trainable  # otherwise there is no remedy
    return [fault if can_train else Verdict(fault.kind, fault.sentence, "", {}) for fault in faults]


def _worse_than_pca(run: Run) -> Iterator[Verdict]:
    if not (run.yardstick and run.yardstick.is_worse):
        return
    y = run.yardstick
    sentence = (
        f"The model reconstructs worse than PCA with {y.components}: its mean squared error per pixel is"
        f" larger by {format_error(y.difference_low)} to {format_error(y.difference_high)}"
        f" (95%, {y.n:,} test images)."
    )
    spec = run.spec
    remedy = (
        remedies.resume(run)
        or remedies.smaller_beta(spec)
        or remedies.use_usual_settings(run)
        or remedies.train_longer(run)
    )
    if not remedy and spec.has_prior and not spec.likelihood_kind.learned:
        remedy = "Train with a learned σ", {"likelihood": "learned-gaussian"}
    if not remedy and "width" in spec.network_kind.options:
        remedy = "Train a wider network", {"width": min(2 * (spec.width or 1), 4096)}
    yield Verdict("worse than PCA", sentence, *(remedy or ("", {})))


def _collapsed(run: Run) -> Iterator[Verdict]:
    active, n = run.test.active_units, run.spec.latent_dim
    if not run.spec.has_prior or active >= MIN_ACTIVE_SHARE * n:
        return
    if active:
        sentence = f"{n - active} of {n} latent dimensions have collapsed: they say nothing about an image."
    else:
        sentence = (
            f"Every latent dimension has collapsed (0 of {n} are active): all images are reconstructed as the"
            " same image."
        )
    remedy = (
        remedies.resume(run)
        or remedies.smaller_beta(run.spec)
        or remedies.train_longer(run, only_if_short=True)
    )
    if not remedy and "beta" in run.spec.model_kind.options:
        if run.spec.beta_warmup:
            remedy = remedies.with_beta(run.spec.beta / 4)
        else:
            warmup = float(max(1, (run.spec.epochs or 1) // 2))
            remedy = f"Train with a KL warm-up of {warmup:g} epochs", {"beta_warmup": warmup}
    yield Verdict("collapsed dimensions", sentence, *(remedy or ("", {})))


def _falling(run: Run) -> Iterator[Verdict]:
    if run.spec.has_prior and not run.test.active_units:  # which says more
        return
    if (fall := measure_fall(run)) and fall.is_unfinished:
        of = f", {fall.nats / fall.gain:.0%} of what the model gains over the mean image" * (fall.gain > 0)
        yield Verdict(
            "loss still falling",
            "The loss was still falling when the training ended: in the last half of the epochs by"
            f" {float(f'{fall.nats:.3g}'):g} ± {float(f'{fall.half_width:.1g}'):g} nats per image (95%){of}.",
            *(remedies.resume(run) or remedies.train_longer(run) or ("", {})),
        )


def _overfitted(run: Run) -> Iterator[Verdict]:
    y = run.yardstick
    if not (y and y.train_mse and y.ratio_low) or y.ratio_low <= MIN_ERROR_RATIO:
        return
    yield Verdict(
        "overfitting",
        "The model overfits: the mean squared error per pixel is"
        f" {format_error(y.mse)} on test images, {y.mse / y.train_mse:.1f} times ({y.ratio_low:.1f} to"
        f" {y.ratio_high:.1f}, 95%) the {format_error(y.train_mse)} on training images.",
        *(remedies.resume(run) or remedies.augment(run) or ("", {})),
    )


def _rejected(run: Run) -> Iterator[Verdict]:
    if not (s := run.samples):
        return
    error = np.hypot(s.error, s.reconstruction_error)
    if s.share - s.reconstruction_share - Z95 * error <= MIN_REJECTED_DIFFERENCE:
        return
    samples = Share.from_error(s.share, s.error, s.n)
    reconstructions = Share.from_error(s.reconstruction_share, s.reconstruction_error, s.n)
    facts = {
        "classifier": f"the classifier names {samples} of them with a confidence below"
        f" {MIN_CLASS_PROBABILITY:.0%}, and {reconstructions} of reconstructions",
        "pixels": f"{samples} of the test images have no sample near them, and {reconstructions} no"
        " reconstruction of another image",
    }[s.judge]
    remedy = remedies.resume(run) or remedies.train_longer(run, only_if_short=True)
    if not remedy and "beta" in run.spec.model_kind.options:
        remedy = remedies.with_beta(min(max(4 * run.spec.beta, 1.0), MAX_BETA))
    yield Verdict(
        "samples rejected",
        f"Samples from the prior are unlike the images: {facts} ({s.n:,} of each).",
        *(remedy or ("", {})),
    )


FINDERS = (_worse_than_pca, _collapsed, _falling, _overfitted, _rejected)
