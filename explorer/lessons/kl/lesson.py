"""The lesson on the KL divergence of a posterior from the prior, and of all posteriors together."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "kl"


def blocks(runs):
    from explorer.lessons.kl.compute import blocks

    return blocks(runs)


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "KlLesson"),
    fields=(
        Scalar("s", -2.0, -11, 2, 0.1, label="s = log σ²"),
        Scalar("mu", 1.0, -3, 3, 0.1, label="μ"),
    ),
    symbols={
        "kl": ("rate", r"\mathrm{KL}"),
        "mu": ("mu", r"\mu"),
        "mu2": ("mu", r"\mu^2"),
        "var": ("sigma", r"\sigma^2"),
        "s": ("sigma", "s"),
        "sig": ("sigma", r"\sigma"),
        "exp_s": ("sigma", "e^{s}"),
        "line": ("sigma", "(1 + s)"),
        "z": ("z", "z"),
    },
    shows=({"mu": 0.0, "s": -4.6}, {"s": -6.0}),
    solution={"mu": 0.0, "s": 1.5},
    code=("explorer.objectives.rate:kl_per_dimension", "explorer.models.posterior:GaussianPosterior"),
    concepts=(7, 8),
    runs=("mnist-vae-2d",),
    blocks=blocks,
    plane=("mu", "s"),
)
