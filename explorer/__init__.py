"""Latent Space Explorer: train, map and walk through the latent spaces of autoencoders.

`explorer.open(…)` opens a model of yours, and `explorer.load_run(…)`, `pair_widget(…)` and `lesson_widget(…)`
show runs and lessons in a notebook (docs/own-models.md). Importing this package imports neither torch nor
streamlit.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

# GNU OpenMP threads that spin while they wait starve each other on a busy machine. The variable is read once,
# when torch is imported, so it is set before anything can do that.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# Those of OpenBLAS spin too, even for products of 2×2 matrices. It is read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def open(
    decode: Callable,
    encode: Callable | None = None,
    *,
    codes: Any = None,
    images: Any = None,
    labels: Any = None,
    name: str = "my-model",
    logits: bool = False,
    training_images: Any = None,
) -> Any:
    """Open an autoencoder or a VAE, and return an OpenedModel (explorer.own_models.opened): show it in the
    app, write it as one HTML file, measure it, or save it as a run.

    Functions take and return NumPy arrays or torch tensors, or are torch modules. All other arrays can be
    NumPy arrays, tensors, or lists. Give codes, or encode and images; a message says what can't be shown
    without the others.

    decode: codes [n, D] to images [n, C, H, W] or [n, H, W, C] in [0, 1], or to their logits (logits=True).
    encode: images, float32 in [0, 1] with the axes of `images`, to codes [n, D], or to (mu, log σ²). codes
    [n, D], or (mu, log σ²). images, labels [n]: of the codes. training_images: images, or (images, labels).
    name: of the model, and of the run that save() writes.

    Raises explorer.errors.UserError, in one sentence, for what does not fit together.
    """
    open_model = import_module("explorer.own_models.opened").open_model
    return open_model(decode, encode, codes, images, labels, name, logits, training_images)


def load_run(name: str, beta: float | None = None) -> Any:
    """Load a run by its name, and return a NotebookRun (explorer.notebook.runs): decode, encode, or show it
    in a notebook with widget(). beta: the KL weight of a ladder.

    Raises explorer.errors.UserError if there is no such run.
    """
    return import_module("explorer.notebook.runs").load_run(name, beta)


def pair_widget(left: str, right: str, with_images: bool = True) -> Any:
    """Return two runs of the same images side by side, an AE and a VAE, as a widget
    (explorer.notebook.pad.PadWidget). with_images: with the test images also where these are
    your own.

    Raises explorer.errors.UserError if they can't be compared.
    """
    return import_module("explorer.notebook.runs").pair_widget(left, right, with_images)


def lesson_widget(name: str) -> Any:
    """Return a lesson, such as "gaps", as a widget (explorer.notebook.widget.LiveWidget).

    Raises explorer.errors.UserError if there is no such lesson.
    """
    return import_module("explorer.notebook.runs").lesson_widget(name)
