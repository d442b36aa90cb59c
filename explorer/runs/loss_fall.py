"""How much the loss of a training was still falling when it ended."""

from dataclasses import dataclass

import numpy as np

from explorer.latent.share import Z95
from explorer.store.events import read_events
from explorer.store.run import Run

MIN_FALL_EPOCHS = 6  # with which it can be seen whether a loss is falling
MIN_FALL_SHARE = 0.1  # of what a model gains over the mean image: a fall below this does not matter


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
