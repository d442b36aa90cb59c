"""The lesson on the terms of the rate: information, dependence of the dimensions, and marginals."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "rate"


def blocks(runs):
    from explorer.lessons.rate.compute import terms_block

    [run] = runs.values()
    return {"terms": terms_block(run)}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "RateLesson", ("figures/lessons/rate.css",)),
    fields=(Scalar("beta", 4.0, 0.001, 10, scale="log", label="KL weight β"),),
    symbols={
        "x": ("x", "x"),
        "z": ("z", "z"),
        "R": ("rate", "R"),
        "I": ("x", "I(x; z)"),
        "TC": ("sigma", r"\mathrm{TC}(z)"),
        "KL": ("mu", r"\mathrm{KL}_{\mathrm{marg}}"),
        "kl": ("rate", r"\mathrm{KL}"),
    },
    shows=({"beta": 0.001},),
    solution={"beta": 1.0},
    code=(
        "explorer.latent.surgery:take_rate_apart",
        "explorer.latent.aggregate:aggregate_masses",
        "explorer.runs.surgery:read_surgeries",
    ),
    concepts=(8, 11),
    runs=("mnist-ladder-2d",),
    blocks=blocks,
)
