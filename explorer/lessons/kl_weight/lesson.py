"""The KL weight: as β rises, the dimensions of a ladder collapse one after the other."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "kl_weight"


def blocks(runs):
    from explorer.lessons.kl_weight.compute import ladder_block
    from explorer.views.network_blocks import decoder_of_ladder
    from explorer.views.readouts import frame_gap

    [run] = runs.values()
    gaps = {frame.beta: frame_gap(frame, prior=True) for frame in run.film if frame.beta in run.spec.rungs}
    return {"ladder": ladder_block(run, gaps), "decoder": decoder_of_ladder(run)}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "KlWeightLesson"),
    fields=(Scalar("beta", 1.0, 0.1, 8, scale="log", label="KL weight β"),),
    symbols={
        "D": ("distortion", "D"),
        "R": ("rate", "R"),
        "beta": ("mark", r"\beta"),
        "mu": ("mu", r"\mu"),
        "var": ("sigma", r"\sigma^2"),
        "sig2": ("eps", "s^2"),
    },
    shows=({"beta": 0.1}, {"beta": 8.0}),
    solution={"beta": 2.6},
    code=(
        "explorer.objectives.rate:kl_per_dimension",
        "explorer.latent.ladder:interpolate_weights",
        "explorer.lessons.kl_weight.compute:distortions",
        "explorer.lessons.kl_weight.compute:lowest_mean",
    ),
    concepts=(10, 11),
    runs=("mnist-ladder-16d",),
    blocks=blocks,
)
