"""The lesson on the conditional VAE: one z decoded with each class, and what z knows of the class."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "conditional"
RUNS = ("mnist-cvae-2d", "mnist-vae-2d")  # conditional, and ordinary


def blocks(runs):
    from explorer.lessons.conditional.compute import codes_block
    from explorer.views.network_blocks import decoder_at_own_weight

    return {
        "decoder": decoder_at_own_weight(runs[RUNS[0]]),
        "models": [codes_block(runs[name]) for name in RUNS],
    }


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(
        NAME,
        "ConditionalLesson",
        ("view/image_strip.css", "view/class_buttons.css", "figures/lessons/conditional.css"),
    ),
    fields=(
        Scalar("z0", 1.0, -3, 3, 0.01, label="z₀"),
        Scalar("z1", 0.0, -3, 3, 0.01, label="z₁"),
        Scalar("label", 0, 0, 9, label="class"),
    ),
    symbols={
        "x": ("x", "x"),
        "y": ("mark", "y"),
        "z": ("z", "z"),
        "kl": ("rate", r"\mathrm{KL}"),
    },
    shows=({"label": 0}, {"label": 9}, {"label": 1}),
    solution={"z0": 0.25, "z1": -0.25},
    code=(
        "explorer.models.cvae:CVAE.encode",
        "explorer.models.cvae:CVAE.decode",
        "explorer.lessons.conditional.compute:share_named_by_neighbours",
    ),
    concepts=(17, 25),
    runs=RUNS,
    blocks=blocks,
    plane=("z0", "z1"),
)
