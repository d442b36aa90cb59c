"""The curves of a training over its epochs, and what they show."""

import numpy as np
import streamlit as st

from explorer.runs.overfitting import find_overfitting
from explorer.specs import RunSpec
from explorer.store.replay import Replay
from explorer.ui.components.plots import plots
from explorer.views import words


def show_curves(
    run: str, spec: RunSpec | None, events: list[dict], replay: Replay | None, is_running: bool
) -> None:
    """Draw curves over the epochs, in nats per image: losses and rate of the training images, of the
    validation part if there is one, and the rate of each dimension. A sentence names overfitting.
    """
    ends = [e for e in events if e["event"] == "epoch_end"]
    if not ends:
        return
    from explorer.figures.training_curves import training_curves

    validated = [e for e in ends if None not in (e.get("validation_distortion"), e.get("validation_rate"))]
    if spec and validated:
        n = next((e["n_validation"] for e in events if e.get("n_validation")), None)
        content = _validated_curves(ends, validated, spec.beta, n)
    else:
        content = _training_curves(ends)
    if replay and any(e["rate"] for e in ends):
        content.append(
            training_curves(
                "Rate per dimension, test images",
                "Rate of the dimensions that have the highest rate at last.",
                np.array(replay.epochs),
                _largest_rates(replay),
            )
        )
    plots(f"curves {run}", content)
    if spec and (sentence := overfitting_sentence(spec, validated, is_running)):
        st.warning(sentence)


def _training_curves(ends: list[dict]) -> list[tuple[dict, dict]]:
    from explorer.figures.training_curves import training_curves

    epochs, distortion, rate, beta = _columns(ends, "epoch", "distortion", "rate", "beta")
    content = [
        training_curves(
            "Distortion and total loss",
            "Distortion and total loss of the training images at the end of each epoch.",
            epochs,
            {"distortion": distortion, "total": distortion + beta * rate},
        )
    ]
    if any(rate):
        content.append(
            training_curves("Rate", "Rate of the training images at each epoch.", epochs, {"rate": rate})
        )
    return content


def _validated_curves(
    ends: list[dict], validated: list[dict], beta: float, n_validation: int | None
) -> list[tuple[dict, dict]]:
    """Return the curves of the total loss at the final KL weight, and of distortion and rate if there is a
    rate, each of training and of validation images.
    """
    from explorer.figures.training_curves import training_curves

    number = f"{n_validation:,} " if n_validation else ""
    epochs, distortion, rate = _columns(ends, "epoch", "distortion", "rate")
    later, v_distortion, v_rate = _columns(validated, "epoch", "validation_distortion", "validation_rate")
    figures = {"Total loss": (distortion + beta * rate, v_distortion + beta * v_rate)}
    if any(rate):
        figures |= {"Distortion": (distortion, v_distortion), "Rate": (rate, v_rate)}
    return [
        training_curves(
            title,
            f"{title} of the training images during each epoch, and of {number}validation images at its end.",
            epochs,
            {"training": training},
            {"validation": (later, validation)},
        )
        for title, (training, validation) in figures.items()
    ]


def overfitting_sentence(spec: RunSpec, validated: list[dict], is_running: bool) -> str:
    """Return a sentence that names overfitting where the validation loss has clearly risen, or "". Epochs
    during a KL warm-up do not count.
    """
    counted = [e for e in validated if e["epoch"] >= spec.beta_warmup]
    epochs, distortion, rate, v_distortion, v_rate = _columns(
        counted, "epoch", "distortion", "rate", "validation_distortion", "validation_rate"
    )
    found = find_overfitting(epochs, distortion + spec.beta * rate, v_distortion + spec.beta * v_rate)
    if not found:
        return ""
    return (
        f"The model overfits after epoch {found.best_epoch}: the loss of the training images falls, but that"
        f" of the validation images has risen by {found.rise:.1f} nats ({found.low:.1f} to"
        f" {found.high:.1f}). The weights of epoch {found.best_epoch}"
        f" {'are' if is_running else 'were'} kept."
    )


def _columns(events: list[dict], *names: str) -> list[np.ndarray]:
    return [np.array([e[name] for e in events]) for name in names]


def _largest_rates(replay: Replay) -> dict[str, np.ndarray]:
    """Return the rates of the dimensions that have the highest rate in the last frame, by their names."""
    from explorer.figures.training_curves import LINE_COLOURS

    largest = np.argsort(-replay.rates[-1])[: len(LINE_COLOURS)]
    return {words.dimension_label(int(i)): replay.rates[:, i] for i in largest}
