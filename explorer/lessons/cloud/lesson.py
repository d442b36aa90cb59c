"""The lesson on posteriors: an image becomes a distribution over z; two that overlap, and how good the
encoder's is for an image unlike those it was trained on.
"""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "cloud"


def blocks(runs):
    from explorer.lessons.cloud.compute import posteriors_block, truth_block
    from explorer.views.network_blocks import decoder_at_own_weight

    run = next(iter(runs.values()))
    return {
        "decoder": decoder_at_own_weight(run),
        "posteriors": posteriors_block(run),
        "truth": truth_block(run),
    }


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "CloudLesson", ("view/image_strip.css", "figures/lessons/cloud.css")),
    fields=(
        Scalar("way", 50, 0, 100, label="position of z", unit=" %"),
        Scalar("noise", 1.0, 0, 10, 0.1, label="noise × σ"),
        Scalar("light", 100, 0, 100, label="light of moon 1", unit=" %"),
        Scalar("draw", 0, 0, 9999),
    ),
    symbols={
        "x": ("x", "x"),
        "p": ("x", r"p(z \mid x)"),
        "q": ("sigma", r"q(z \mid x)"),
        "z": ("z", "z"),
        "mu": ("mu", r"\mu"),
        "sigma": ("sigma", r"\sigma"),
        "sigma2": ("sigma", r"\sigma^2"),
        "s": ("sigma", "s"),
        "eps": ("eps", r"\varepsilon"),
    },
    shows=({"light": 100}, {"light": 70}),
    solution={"noise": 2.0},
    code=(
        "explorer.models.vae:VAE",
        "explorer.models.posterior:GaussianPosterior",
        "explorer.lessons.cloud.compute:log_joint_parts",
    ),
    concepts=(3, 4, 26),
    runs=("moons-ladder-2d",),
    blocks=blocks,
    later=("truth",),
)
