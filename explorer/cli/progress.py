"""Progress bars on stderr, if it is a terminal; events as JSON on stdout."""

import json
import os
import sys
from collections.abc import Callable

from tqdm import tqdm

from explorer.events import EpochEnd, Event, Finished, Reading, Started, Step, event_to_dict
from explorer.latent.share import format_percent

MAX_NAMED = 20


def json_lines() -> Callable[[Event], None]:
    """Print each event as one line of JSON. Training continues when the reader closes the pipe."""
    reader = True

    def tell(event: Event) -> None:
        nonlocal reader
        if reader:
            try:
                print(json.dumps(event_to_dict(event)), flush=True)
            except OSError:
                reader = False
                sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it replaces stdout until the end

    return tell


def print_skipped(skipped: tuple[str, ...], notes: tuple[str, ...] = ()) -> None:
    """Print what was decided about the images, how many of them could not be read, and the first of those
    with the reason.
    """
    for note in notes:
        print(note, file=sys.stderr)
    if skipped:
        more = f", and {len(skipped) - MAX_NAMED} more" if len(skipped) > MAX_NAMED else ""
        many = "images were" if len(skipped) > 1 else "image was"
        print(f"{len(skipped)} {many} skipped: {'; '.join(skipped[:MAX_NAMED])}{more}", file=sys.stderr)


def training_bar() -> Callable[[Event], None]:
    """Show progress, time left, distortion and rate of a training, and those of its validation part."""
    bar = tqdm(total=1.0, disable=None, bar_format="{percentage:3.0f}% |{bar}| {postfix}")
    validation = ""

    def show(event: Event) -> None:
        nonlocal validation
        if isinstance(event, Reading):
            bar.set_postfix_str(f"reading images: {event.done:,} of {event.total:,}")
        elif isinstance(event, Started):
            apart = f", {event.n_validation:,} validation images" if event.n_validation else ""
            print(
                f"Training {event.n_parameters:,} weights on {event.n_train:,} images{apart} ({event.device}:"
                f" {event.why}).",
                file=sys.stderr,
            )
            print_skipped(event.skipped, event.notes)
        elif isinstance(event, Step):
            bar.n = event.done
            bar.set_postfix_str(
                f"epoch {event.epoch}/{event.epochs},{' at most' * bool(validation)} {event.seconds_left:.0f}"
                " s left, "
                f"distortion {event.distortion:.1f}, rate {event.rate:.2f} nats{validation}"
            )
        elif isinstance(event, EpochEnd):
            bar.n = event.epoch / event.epochs
            if event.validation_distortion is not None and event.validation_rate is not None:
                validation = (
                    f"; validation: distortion {event.validation_distortion:.1f},"
                    f" rate {event.validation_rate:.2f} nats"
                )
            bar.refresh()
        else:
            if isinstance(event, Finished):
                bar.n = 1.0
            bar.close()

    return show


def counting_bar(unit: str) -> Callable[[int, int], None]:
    """Show how many of something are done: the bytes of a download, or the images of a folder."""
    bar = tqdm(unit=unit, unit_scale=True, disable=None)

    def show(done: int, total: int) -> None:
        if done < bar.n:
            bar.reset()
        bar.total = total or None
        bar.n = done
        bar.refresh()

    return show


def gaps_in_words(name: str, g) -> str:
    """Describe the gaps of a run, explorer.runs.measure.Gaps, in one line, with 95% intervals in brackets."""
    nats = "" if g.gap_nats_low is None else f" ({g.gap_nats_low:.2f} to {g.gap_nats_high:.2f})"
    phrases = [f"gap {format_percent(g.gap, g.gap_low, g.gap_high)}", f"{g.gap_nats:.2f} nats{nats}"]
    if g.prior_gap is not None:
        phrases.append(f"prior gap {format_percent(g.prior_gap, g.prior_gap_low, g.prior_gap_high)}")
    if g.unsure is not None:
        shares = {
            "in gaps": (g.unsure_in_gaps, g.unsure_in_gaps_low, g.unsure_in_gaps_high),
            "outside": (g.unsure_outside, g.unsure_outside_low, g.unsure_outside_high),
        }
        parts = [
            f"{region} {format_percent(*share)}" for region, share in shares.items() if share[0] is not None
        ]
        share = format_percent(g.unsure, g.unsure_low, g.unsure_high)
        phrases.append(f"below 90% confidence {', '.join([share, *parts])}")
    if g.drift is not None:
        phrases.append(f"drift {g.drift:.2f} ({g.drift_low:.2f} to {g.drift_high:.2f}) standard deviations")
    return f"{name}, {g.n:,} codes: {', '.join(phrases)}"
