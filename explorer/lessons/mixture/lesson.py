"""The lesson on mixtures: K Gaussians, and a VAE as an infinite mixture, in which one network gives the mean
and the width of each Gaussian.
"""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "mixture"


def blocks(runs):
    from explorer.lessons.mixture.fits import fits_block

    return {"fits": fits_block()}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "MixtureLesson"),
    fields=(
        Scalar("z", 0.0, -3, 3, 0.01, label="z"),
        Scalar("k", 3, 1, 100, label="K, Gaussians", scale="log"),
    ),
    symbols={
        "px": ("x", "p(x)"),
        "x": ("x", "x"),
        "z": ("z", "z"),
        "m": ("mu", "m"),
        "s": ("sigma", "s"),
    },
    shows=({"k": 3}, {"k": 5}),
    solution={"z": -0.28},
    code=(
        "explorer.lessons.mixture.compute:Mixture",
        "explorer.lessons.mixture.compute:infinite_mixture",
        "explorer.lessons.mixture.compute:elbo",
    ),
    concepts=(12,),
    blocks=blocks,
)
