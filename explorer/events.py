"""The events of a training, in order: Reading, Started, then Step and EpochEnd, then Finished, Failed or
Stopped.

Distortions and rates are nats per image, averaged over the images seen since the last event of that kind.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Reading:
    """The number of images that have been read, where they are read one by one."""

    done: int
    total: int


@dataclass(frozen=True)
class Started:
    n_train: int
    n_test: int
    n_parameters: int
    epochs: int
    device: str
    why: str
    skipped: tuple[str, ...] = ()  # images that could not be read, with the reason
    notes: tuple[str, ...] = ()  # what was decided about the images, such as the scale of their pixels
    n_validation: int | None = None  # images of the validation part, which n_train does not count


@dataclass(frozen=True)
class Step:
    epoch: int  # counted from 1
    epochs: int
    done: float  # share of all steps, 0 to 1
    distortion: float
    rate: float
    seconds_left: float


@dataclass(frozen=True)
class Checkpoint:
    """All that a training needs to continue after an epoch as if it had not stopped."""

    epoch: int
    step: int
    seconds: float
    tensors: dict[str, np.ndarray] = field(repr=False)


@dataclass(frozen=True)
class EpochEnd:
    epoch: int
    epochs: int  # after which the training ends, as far as is known: early stopping may lower it
    distortion: float
    rate: float
    beta: float  # the KL weight at the epoch's end
    images_per_second: float
    seconds: float  # of training, since its first start
    # valid until the next event is requested
    checkpoint: Callable[[], Checkpoint] | None = field(repr=False, compare=False, default=None)
    # of the validation part with fixed noise, at the epoch's end; None without one, or if not finite
    validation_distortion: float | None = None
    validation_rate: float | None = None


@dataclass(frozen=True)
class Finished:
    epochs: int
    seconds: float
    weights: dict[str, np.ndarray] = field(repr=False)
    best_epoch: int | None = None  # whose weights these are, where the validation loss chose them
    stopped_because: Literal["limit", "validation"] | None = None  # what ended it, where there was a patience


@dataclass(frozen=True)
class Failed:
    reason: str  # one sentence with the remedy
    epochs: int  # completed epochs before it
    seconds: float
    weights: dict[str, np.ndarray] | None = field(repr=False)  # of the last, or best, epoch without a fault
    best_epoch: int | None = None


@dataclass(frozen=True)
class Stopped:
    reason: str
    epochs: int
    seconds: float
    weights: dict[str, np.ndarray] = field(repr=False)  # of the last, or best, complete epoch
    best_epoch: int | None = None


ACTIVE_MIN_VARIANCE = 0.01


@dataclass(frozen=True)
class RunMetrics:
    """The figures of a run: means over the test split in nats per image, of the weights as stored.

    elbo = −(distortion + rate); None for an AE, which has no prior. active_units: the latent dimensions whose
    posterior mean has a variance above 0.01 over the images (Burda et al., ICLR 2016). This is defined for a
    VAE, whose prior sets the scale; for an AE or a VQ-VAE we count the dimensions with a variance above 1% of
    the largest. For a VQ-VAE: how many codebook entries the codes use, and the perplexity of that use
    (explorer.objectives.codebook) with its 95% interval over images, which runs of earlier versions lack.
    sigma: of a Gaussian likelihood that learns it.
    """

    distortion: float
    rate: float
    elbo: float | None
    active_units: int
    n: int
    rate_per_dimension: list[float]
    codes_used: int | None = None
    perplexity: float | None = None
    sigma: float | None = None
    perplexity_low: float | None = None
    perplexity_high: float | None = None

    @property
    def perplexity_text(self) -> str:
        """Return text such as 30.8 (30.5 to 31.1); without an interval 30.8."""
        if self.perplexity_low is None:
            return f"{self.perplexity:.1f}"
        return f"{self.perplexity:.1f} ({self.perplexity_low:.1f} to {self.perplexity_high:.1f})"

    def to_dict(self) -> dict:
        """Return the figures; those of a codebook only for a VQ-VAE, and sigma only where it is learned."""
        optional = ("codes_used", "perplexity", "perplexity_low", "perplexity_high", "sigma")
        return {
            name: value for name, value in asdict(self).items() if name not in optional or value is not None
        }


Event = Reading | Started | Step | EpochEnd | Finished | Failed | Stopped


def event_name(kind: type) -> str:
    """Return the name of an event, such as epoch_end for EpochEnd."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def event_to_dict(event: Event) -> dict:
    """Return {"event": "epoch_end", "epoch": 3, ...} without weights, checkpoints and optional values that
    are None.
    """
    values = {f.name: getattr(event, f.name) for f in fields(event) if f.repr}
    return {"event": event_name(type(event))} | {
        name: value for name, value in values.items() if value is not None
    }
