"""Use case: say what is wrong with a run, and what to change, from its record and events, in milliseconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from explorer.data.facts import N_SAMPLED, describe
from explorer.errors import UserError
from explorer.fields import MAX_BETA, MAX_EPOCHS
from explorer.latent.share import Z95, Share
from explorer.quality import format_error
from explorer.recipe import count_steps, usual_settings
from explorer.specs import RunSpec
from explorer.store.checkpoint import has_checkpoint
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.embedding import read_embedding
from explorer.store.events import read_events
from explorer.store.run import Run

MIN_STEPS = 3000  # of a training: with fewer, the remedy is to train longer
SMALL_DATASET, SMALL_BATCH = 2000, 32  # training images; the batch size of fewer
MIN_FALL_EPOCHS = 6  # with which it can be seen whether a loss is falling
MIN_FALL_SHARE = 0.1  # of what a model gains over the mean image: a fall below this does not matter
GIVEN_FIELDS = ("dataset", "image_size", "colour", "model", "latent_dim", "beta", "seed")  # not of the recipe
MIN_ACTIVE_SHARE = 0.5  # of the latent dimensions
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


@dataclass(frozen=True)
class Fall:
    """How much the loss of a training fell in the last half of its epochs, in nats per image, with the
    half-width of its 95% interval; gain: the distortion of the mean image less that of the model.
    """

    nats: float
    half_width: float
    gain: float

    @property
    def is_unfinished(self) -> bool:
        """Return whether the fall is larger than its noise, and a large part of the gain."""
        return self.nats > max(self.half_width, MIN_FALL_SHARE * self.gain, 0)


def find_faults(run: Run) -> list[Verdict]:
    """Return what is wrong with a run, the worst first; nothing if unmeasured, or if its images are equal."""
    if run.yardstick and not run.yardstick.n_components:
        return []
    faults = [verdict for find in (_worse_than_pca, _collapsed, _falling, _rejected) for verdict in find(run)]
    can_train = run.spec.network_kind.is_trainable  # otherwise there is no remedy
    return [fault if can_train else Verdict(fault.kind, fault.sentence, "", {}) for fault in faults]


def measure_fall(run: Run) -> Fall | None:
    """Return how much the loss fell at the end of the training: of a ladder that of its first rung, and of
    the validation images where there are any. None with few epochs, or without a yardstick.

    The fall is that of the line fitted to the losses of the last half of the epochs. The noise of an epoch is
    estimated from the second differences of these losses, which a line or a slow curve leaves out.
    """
    ends = [e for e in read_events(run.folder) if e["event"] == "epoch_end"]
    if run.spec.rungs:
        ends = ends[: run.spec.stages[0][1]]
    if not run.yardstick or len(ends) < MIN_FALL_EPOCHS:
        return None
    last = ends[len(ends) // 2 :]
    losses = np.array([_loss(e) for e in last])
    x = np.arange(len(last)) - (len(last) - 1) / 2
    noise = np.sqrt(np.square(np.diff(losses, 2)).mean() / 6)
    scale = (len(last) - 1) / (x @ x)
    return Fall(
        float(-scale * (x @ losses)),
        float(Z95 * noise * scale * np.sqrt(x @ x)),
        run.yardstick.constant_distortion - last[-1]["distortion"],
    )


def _loss(end: dict) -> float:
    """Return the loss at the end of an epoch: of the validation images where there are any."""
    of = "" if end.get("validation_distortion") is None else "validation_"
    return end[f"{of}distortion"] + end["beta"] * end[f"{of}rate"]


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
    remedy = _resume(run) or _smaller_beta(spec) or _usual_settings(run) or _train_longer(run)
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
    remedy = _resume(run) or _smaller_beta(run.spec) or _train_longer(run, only_if_short=True)
    if not remedy and "beta" in run.spec.model_kind.options:
        if run.spec.beta_warmup:
            remedy = _with_beta(run.spec.beta / 4)
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
            *(_resume(run) or _train_longer(run) or ("", {})),
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
    remedy = _resume(run) or _train_longer(run, only_if_short=True)
    if not remedy and "beta" in run.spec.model_kind.options:
        remedy = _with_beta(min(max(4 * run.spec.beta, 1.0), MAX_BETA))
    yield Verdict(
        "samples rejected",
        f"Samples from the prior are unlike the images: {facts} ({s.n:,} of each).",
        *(remedy or ("", {})),
    )


def _resume(run: Run) -> tuple[str, dict] | None:
    """Return the remedy of a training that was stopped, or that diverged; None for another one."""
    if has_checkpoint(run.folder):
        return "Continue training", {}
    if run.note and run.epochs:
        return "Train with a smaller learning rate", {"lr": run.spec.lr / 4}
    return None


def _usual_settings(run: Run, only_if_longer: bool = False) -> tuple[str, dict] | None:
    """Return the remedy of a run on own images whose settings are not those of a good training
    (explorer.recipe), with only_if_longer not even in its steps; None for another one, and for imported
    weights.
    """
    spec = run.spec
    if not (run.epochs and spec.dataset_kind.argument):
        return None
    try:
        images = read_embedding(run).images[:N_SAMPLED]
    except UserError:  # another part of the run is damaged, which its page says
        return None
    facts = describe([*images], run.n_train, run.shape[1], run.shape[0])
    given = {name: getattr(spec, name) for name in GIVEN_FIELDS}
    usual, _ = usual_settings(facts, given)
    values = usual.to_dict()
    if not (
        settings := {name: values[name] for name, value in spec.to_dict().items() if value != values[name]}
    ):
        return None
    if only_if_longer and count_steps(usual, run.n_train) <= count_steps(spec, run.n_train):
        return None
    limit = "at most " if usual.patience else ""
    return f"Train with the usual settings ({limit}{count_steps(usual, run.n_train):,} steps)", settings


def _train_longer(run: Run, only_if_short: bool = False) -> tuple[str, dict] | None:
    """Return the remedy of a training of few steps, or whose loss was still falling, which only_if_short
    leaves out; None for another one, and for imported weights, of which the training is not known.
    """
    spec = run.spec
    if not run.epochs:
        return None
    assert spec.epochs is not None  # as RunSpec sets it
    if longer := _usual_settings(run, only_if_longer=True):
        return longer
    is_own = bool(spec.dataset_kind.argument)  # how many steps are enough depends on the images
    is_short = not is_own and spec.epochs * ceil(run.n_train / spec.batch_size) < MIN_STEPS
    is_falling = not only_if_short and (fall := measure_fall(run)) is not None and fall.is_unfinished
    if not (is_short or is_falling):
        return None
    is_small = is_short and run.n_train < SMALL_DATASET
    batch_size = min(spec.batch_size, SMALL_BATCH) if is_small else spec.batch_size
    enough = ceil(MIN_STEPS / ceil(run.n_train / batch_size))
    epochs = min(max(enough, 2 * spec.epochs * batch_size // spec.batch_size), MAX_EPOCHS)
    if epochs <= spec.epochs and batch_size == spec.batch_size:
        return None
    batches = {} if batch_size == spec.batch_size else {"batch_size": batch_size}
    n_steps = epochs * ceil(run.n_train / batch_size)
    label = f"Train for {n_steps:,} steps ({epochs:,} epochs{f' in batches of {batch_size}' * bool(batches)})"
    return label, {"epochs": epochs} | batches


def _smaller_beta(spec: RunSpec) -> tuple[str, dict] | None:
    return _with_beta(1.0) if "beta" in spec.model_kind.options and spec.beta > 1 else None


def _with_beta(beta: float) -> tuple[str, dict]:
    return f"Train with β = {beta:g}", {"beta": beta}
