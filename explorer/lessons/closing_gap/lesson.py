"""The lesson on closing the gap after training: a density fitted to the codes of an AE."""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "closing_gap"
# AEs with codes of 2 and of 16 dimensions; VAEs of 16: the network of the AE at KL weight 1, and a wider one
MAP, SAMPLES, VAE, WIDE_VAE = RUNS = ("mnist-ae-2d", "mnist-ae-16d", "mnist-ladder-16d", "mnist-vae-16d")


def blocks(runs):
    from explorer.lessons.closing_gap.compute import mixtures_block, shares_block
    from explorer.views.codes_block import codes_on_map
    from explorer.views.network_blocks import decoder_at_own_weight

    return {
        "codes": codes_on_map(runs[MAP]),
        "map_mixtures": mixtures_block(runs[MAP]),
        "mixtures": mixtures_block(runs[SAMPLES]),
        "decoder": decoder_at_own_weight(runs[SAMPLES]),
        "shares": shares_block(runs[SAMPLES], runs[VAE], runs[WIDE_VAE]),
    }


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "ClosingGapLesson", ("view/image_strip.css", "figures/lessons/closing_gap.css")),
    fields=(
        Scalar("k", 1.0, 1, 50, label="Gaussians K", scale="log"),
        Scalar("seed", 0, 0, 9999, label="noise"),
    ),
    symbols={
        "z": ("z", "z"),
        "mu": ("mu", r"\mu_k"),
        "cov": ("sigma", r"\Sigma_k"),
        "root": ("sigma", "L_k"),
        "eps": ("eps", r"\varepsilon"),
        "x": ("x", "x"),
    },
    shows=({"k": 50.0},),
    solution={"k": 10.0},
    code=(
        "explorer.latent.densities.mixture:Mixture.sample",
        "explorer.latent.densities.mixture:fit_mixture",
        "explorer.lessons.closing_gap.compute:order_components",
    ),
    concepts=(2, 12, 19),
    runs=RUNS,
    blocks=blocks,
)
