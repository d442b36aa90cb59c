"""The lesson on gaps: what a decoder outputs where there were no codes in training."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "gaps"
# AE and VAE of one network, in 2 and in 16 dimensions; the ladders at KL weight 1
RUNS = ("mnist-ae-2d", "mnist-ladder-2d", "mnist-ae-16d", "mnist-ladder-16d")


def blocks(runs):
    from explorer.lessons.gaps.compute import codes_block
    from explorer.views.network_blocks import classifier_of, decoder_at_own_weight

    models = [
        {"codes": codes_block(runs[name]), "decoder": decoder_at_own_weight(runs[name])} for name in RUNS
    ]
    deep_decoders = [model.pop("decoder") for model in models[2:]]
    return {"models": models, "deep_decoders": deep_decoders, "classifier": classifier_of(runs[RUNS[0]])}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "GapsLesson", ("view/image_strip.css", "figures/lessons/gaps.css")),
    fields=(
        Scalar("u", 0.0, -3, 3, 0.01, label="w₁"),
        Scalar("v", 0.0, -3, 3, 0.01, label="w₂"),
        Scalar("seed", 0, 0, 9999, label="sample"),
    ),
    symbols={
        "z": ("z", "z"),
        "w": ("z", "w"),
        "x": ("x", "x"),
        "draw": ("eps", r"\tilde{z}"),
    },
    shows=({"u": 0.1, "v": -1.9}, {"u": 1.4, "v": -1.8}),
    solution={"u": 1.0, "v": 0.3},
    code=(
        "explorer.latent.gaps:in_gap",
        "explorer.latent.gaps:FittedGaussian.unwhiten",
        "explorer.latent.gap_map:GapIndex.log2_distance_ratio",
    ),
    concepts=(2, 18, 19, 25),
    runs=RUNS,
    blocks=blocks,
    later=("deep_decoders", "classifier"),
    plane=("u", "v"),
)
