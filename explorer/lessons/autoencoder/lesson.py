"""The lesson on the autoencoder: it encodes an image as a few numbers and decodes it again."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "autoencoder"
RUN = "mnist-ae-2d"


def blocks(runs):
    from explorer.lessons.autoencoder.compute import comparison_block
    from explorer.views.network_blocks import decoder_at_own_weight

    return {"comparison": comparison_block(runs[RUN]), "decoder": decoder_at_own_weight(runs[RUN])}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "AutoencoderLesson", ("view/image_strip.css", "figures/lessons/autoencoder.css")),
    fields=(Scalar("k", 2, 1, 64, label="k"), Scalar("image", 0, 0, 9)),
    symbols={
        "x": ("x", "x"),
        "x_i": ("x", "x_i"),
        "z": ("z", "z"),
        "k": ("mu", "k"),
        "x_hat": ("distortion", r"\hat{x}"),
        "x_hat_i": ("distortion", r"\hat{x}_i"),
    },
    shows=({"k": 8}, {"image": 8, "k": 2}),
    solution={"image": 1, "k": 40},
    code=(
        "explorer.models.autoencoder:Autoencoder.encode",
        "explorer.models.autoencoder:Autoencoder.decode",
        "explorer.networks.mlp:mlp",
        "explorer.objectives.bernoulli:Bernoulli",
        "explorer.lessons.autoencoder.compute:reconstruct_with_pca",
    ),
    concepts=(1, 22),
    runs=(RUN,),
    blocks=blocks,
)
