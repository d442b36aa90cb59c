"""The lesson on decoder noise: the variance of the pixels decides how much a code keeps, as β does."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "noise"


def blocks(runs):
    from explorer.lessons.noise.compute import components_block

    [run] = runs.values()
    return {"components": components_block(run)}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "NoiseLesson"),
    fields=(
        Scalar("sigma", 0.3, 0.05, 2.5, scale="log", label="noise σ of a pixel"),
        Scalar("draw", 0, 0, 9999),
    ),
    symbols={
        "x": ("x", "x"),
        "mean": ("mu", r"\hat{x}"),
        "z": ("z", "z"),
        "m": ("mu", "m"),
        "sigma": ("sigma", r"\sigma"),
        "sigma2": ("sigma", r"\sigma^2"),
        "eps": ("sigma", r"\varepsilon"),
        "lambda": ("z", r"\lambda_i"),
        "D": ("distortion", "D"),
        "R": ("rate", "R"),
        "R_i": ("rate", "R_i"),
        "error_i": ("distortion", "E_i"),
    },
    shows=({"sigma": 0.2}, {"sigma": 1.0}),
    solution={"sigma": 0.0965},
    code=(
        "explorer.objectives.gaussian:Gaussian",
        "explorer.objectives.bernoulli:Bernoulli",
        "explorer.lessons.noise.compute:fit_spectrum",
    ),
    concepts=(10, 11),
    runs=("mnist-vae-2d",),
    blocks=blocks,
)
