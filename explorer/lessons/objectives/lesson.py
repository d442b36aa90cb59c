"""The lesson on three objectives: one network trained with the reconstruction loss only, with KL only, and
with both.
"""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "objectives"


def blocks(runs):
    from explorer.lessons.objectives.compute import blocks

    return blocks(runs)


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "ObjectivesLesson"),
    fields=(
        Scalar("epoch", 1, 1, 200),
        Scalar("shown", "draws", options=("draws", "means"), label="codes"),
        Scalar("scale", "own", options=("own", "common"), label="scale"),
    ),
    symbols={
        "D": ("distortion", "D"),
        "R": ("rate", "R"),
        "beta": ("mark", r"\beta"),
        "mu": ("mu", r"\mu"),
        "mu2": ("mu", r"\mu^2"),
        "sig": ("sigma", r"\sigma"),
        "var": ("sigma", r"\sigma^2"),
        "eps": ("eps", r"\varepsilon"),
        "z": ("z", "z"),
    },
    shows=({"epoch": 1}, {"epoch": 200}),
    solution={"epoch": 46},
    code=(
        "explorer.objectives.bernoulli:Bernoulli.distortion",
        "explorer.objectives.rate:kl_per_dimension",
        "explorer.lessons.objectives.compute:sigma_for_rate",
    ),
    concepts=(5, 9),
    runs=tuple(f"digits-vae-2d-{name}" for name in ("recon-only", "kl-only", "both")),
    blocks=blocks,
    later=("reconstruction",),
)
