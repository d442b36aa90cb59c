"""The lesson on copying: a decoded image beside the training images that are nearest, and blends of them."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "copying"
DIGITS = tuple("0123456789")


def blocks(runs):
    from explorer.lessons.copying.compute import training_block
    from explorer.views.network_blocks import decoder_at_own_weight

    [run] = runs.values()
    return {"decoder": decoder_at_own_weight(run), "training": training_block(run)}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "CopyingLesson", ("view/image_strip.css", "figures/lessons/copying.css")),
    fields=(
        Scalar("t", 0.5, 0, 1, 0.01),
        Scalar("from", "3", options=DIGITS, label="from"),
        Scalar("to", "gap", options=("gap", *DIGITS), label="to"),
    ),
    symbols={
        "z": ("z", "z"),
        "x": ("x", "x_i"),
        "x1": ("x", "x_j"),
        "w": ("rate", "w_i(z)"),
        "q": ("rate", r"q(z\,|\,x_i)"),
        "xh": ("distortion", r"\hat{x}(z)"),
    },
    shows=({"t": 0.0}, {"t": 1.0}),
    solution={"to": "6", "t": 0.96},
    code=(
        "explorer.latent.neighbours:nearest_points",
        "explorer.latent.neighbours:fit_blend",
        "explorer.lessons.copying.compute:is_copy",
    ),
    concepts=(20,),
    runs=("digits-vae-2d",),
    blocks=blocks,
)
