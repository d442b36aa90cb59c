"""The lesson on the VQ-VAE: a code is a sequence of entries of one codebook."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "codebook"
UNEDITED = -1  # the code's own entry


def blocks(runs):
    from explorer.lessons.codebook.compute import codes_block
    from explorer.views.network_blocks import decoder_at_own_weight

    [run] = runs.values()
    return {"decoder": decoder_at_own_weight(run), "codes": codes_block(run)}


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "CodebookLesson", ("view/image_strip.css", "figures/lessons/codebook.css")),
    fields=(
        Scalar("image", 0, 0, 359, label="test image"),
        Scalar("place", 1, 1, 4),
        Scalar("entry", UNEDITED, UNEDITED, 31),
        Scalar("seed", 0, 0, 999),
    ),
    symbols={
        "x": ("x", "x"),
        "z": ("z", "z"),
        "ze": ("mu", "z_e"),
        "e": ("z", "e"),
        "ek": ("z", "e_k"),
        "distortion": ("distortion", r"-\log p(x\,|\,z)"),
        "rate": ("rate", r"G \log K"),
    },
    shows=({"seed": 8},),
    solution={"image": 1, "place": 2, "entry": 7},
    code=(
        "explorer.models.vqvae:VQVAE.posterior",
        "explorer.models.posterior:CodebookPosterior",
        "explorer.objectives.codebook:commitment_loss",
        "explorer.objectives.codebook:CodebookAverages.update",
        "explorer.latent.draws:sample_codebook",
    ),
    concepts=(24,),
    runs=("digits-vqvae",),
    blocks=blocks,
)
