"""The lesson on codes as features: many unlabelled images, few labelled ones."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "features"
RUNS = {"mnist": "mnist-vae-16d", "fashion-mnist": "fashion-mnist-vae-16d"}
ENCODERS = ("kept", "tuned")
CLASSES = tuple("0123456789")


def blocks(runs):
    from explorer.lessons.features.block import features_block
    from explorer.views.network_blocks import decoder_at_own_weight

    ordered = [runs[name] for name in RUNS.values()]
    return {"decoder": decoder_at_own_weight(ordered[0]), "features": features_block(ordered)}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "FeaturesLesson", ("view/image_strip.css", "figures/lessons/features.css")),
    fields=(
        Scalar("labels", 1, 1, 1000, label="labels per class", scale="log"),
        Scalar("images", "mnist", options=tuple(RUNS)),
        Scalar("encoder", "kept", options=ENCODERS),
        Scalar("class", "3", options=CLASSES, label="direction to class"),
    ),
    symbols={
        "x": ("x", "x"),
        "y": ("distortion", "y"),
        "w": ("rate", "w"),
        "mu": ("mu", r"\mu_\phi(x)"),
        "phi": ("mu", r"\phi"),
    },
    shows=({"labels": 10}, {"labels": 1000}),
    solution={"images": "fashion-mnist", "encoder": "tuned", "labels": 500},
    code=(
        "explorer.lessons.features.compute:build_features",
        "explorer.lessons.features.compute:fit_probe",
        "explorer.lessons.features.compute:fine_tune",
        "explorer.latent.attributes:factor_direction",
    ),
    concepts=(17, 21, 23),
    runs=tuple(RUNS.values()),
    blocks=blocks,
)
