"""The lesson on a second stage: a diffusion model that leads noise to the codes of an AE."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "second_stage"
MAP, SAMPLES = RUNS = ("mnist-ae-2d", "mnist-ae-16d")  # AEs with codes of 2 and of 16 dimensions


def blocks(runs):
    from explorer.lessons.second_stage.compute import shares_block, target_block
    from explorer.views.codes_block import codes_on_map
    from explorer.views.network_blocks import decoder_at_own_weight, second_stage_of

    return {
        "codes": codes_on_map(runs[MAP]),
        "target": target_block(runs[MAP]),
        "map_stage": second_stage_of(runs[MAP]),
        "map_decoder": decoder_at_own_weight(runs[MAP]),
        "stage": second_stage_of(runs[SAMPLES]),
        "decoder": decoder_at_own_weight(runs[SAMPLES]),
        "shares": shares_block(runs[SAMPLES]),
    }


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "SecondStageLesson", ("view/image_strip.css", "figures/lessons/second_stage.css")),
    fields=(
        Scalar("time", 0.0, 0, 1, 0.01),
        Scalar("u", -1.8, -3, 3, 0.01, label="start ε₁"),
        Scalar("v", 0.5, -3, 3, 0.01, label="start ε₂"),
        Scalar("seed", 0, 0, 9999, label="other noise"),
    ),
    symbols={
        "w": ("z", "w"),
        "z": ("z", "z"),
        "eps": ("eps", r"\varepsilon"),
        "v": ("mu", "v"),
        "x": ("x", "x"),
    },
    shows=({"time": 1.0},),
    solution={"time": 1.0, "u": -0.6, "v": -1.78},
    code=(
        "explorer.latent.densities.diffusion:Diffusion.path",
        "explorer.latent.densities.diffusion:Diffusion.velocity",
        "explorer.training.second_stage:train_denoiser",
    ),
    concepts=(2, 19),
    runs=RUNS,
    blocks=blocks,
    later=("map_decoder", "stage", "decoder", "shares"),
)
