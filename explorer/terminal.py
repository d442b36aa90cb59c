"""Progress for people: bars on a terminal's stderr, nothing where stderr is not a terminal."""

import sys
from collections.abc import Callable

from tqdm import tqdm

from explorer.training.events import EpochEnd, Event, Finished, Started, Step


def training_bar() -> Callable[[Event], None]:
    """Shows a run's events: share done, time left, distortion and rate."""
    bar = tqdm(total=1.0, disable=None, bar_format="{percentage:3.0f}% |{bar}| {postfix}")

    def show(event: Event) -> None:
        if isinstance(event, Started):
            print(f"Training {event.n_parameters:,} weights on {event.n_train:,} images ({event.device}: {event.why}).", file=sys.stderr)
        elif isinstance(event, Step):
            bar.n = event.done
            bar.set_postfix_str(f"epoch {event.epoch}/{event.epochs}, {event.seconds_left:.0f} s left, "
                                f"distortion {event.distortion:.1f}, rate {event.rate:.2f} nats")
        elif isinstance(event, EpochEnd):
            bar.n = event.epoch / event.epochs
            bar.refresh()
        else:
            if isinstance(event, Finished):
                bar.n = 1.0
            bar.close()

    return show


def download_bar() -> Callable[[int, int], None]:
    """Shows bytes, file after file."""
    bar = tqdm(unit="B", unit_scale=True, disable=None)

    def show(done: int, total: int) -> None:
        if done < bar.n:
            bar.reset()
        bar.total = total or None
        bar.n = done
        bar.refresh()

    return show
