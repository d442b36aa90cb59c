"""The lesson on the evidence lower bound: log p(x) is constant in q, and the KL divergence falls by as much
as the bound rises.
"""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar
from explorer.views.evidence_block import IMAGES, OTHERS, evidence_blocks

NAME = "elbo"
FOLDER = Path(__file__).parent
SYMBOLS = {
    "px": ("x", r"\log\,p(x)"),
    "L": ("z", "L_b"),
    "gap": ("mu", r"\mathrm{KL}(q\,\|\,p(z|x))"),
    "fit": ("distortion", r"\mathrm{E}_q \log\,p(x|z)"),
    "paid": ("rate", r"\mathrm{KL}(q\,\|\,p(z))"),
}


def blocks(runs):
    from explorer.views.network_blocks import decoder_at_own_weight

    [run] = runs.values()
    return {**evidence_blocks(run), "decoder": decoder_at_own_weight(run)}


def constants(runs):
    from explorer.lessons.elbo.compute import questions

    return {"questions": questions(FOLDER, SYMBOLS)}


LESSON = LiveLesson(
    NAME,
    FOLDER,
    lesson_figure(NAME, "ElboLesson"),
    fields=(
        Scalar("mu0", 0.5, -3, 3, 0.05, label="μ₀"),
        Scalar("mu1", 0.5, -3, 3, 0.05, label="μ₁"),
        Scalar("s0", -0.7, -2.75, 0, 0.05, label="log σ₀"),
        Scalar("s1", -0.7, -2.75, 0, 0.05, label="log σ₁"),
        Scalar("image", str(IMAGES[0]), options=tuple(map(str, IMAGES)), label="test image"),
    ),
    symbols=SYMBOLS,
    shows=(
        {"mu0": -0.1, "mu1": -0.1, "s0": -1.5, "s1": -1.5},
        {"mu0": -0.3, "mu1": -0.55, "s0": -1.5, "s1": -1.5},
    ),
    solution={"mu0": -0.3, "mu1": -0.35, "s0": -2.0, "s1": -1.95},
    code=(
        "explorer.latent.quadrature:Grid.log_integral",
        "explorer.runs.evidence:grid_log_likelihood",
        "explorer.runs.evidence:log_evidence",
        "explorer.objectives.rate:kl_per_dimension",
    ),
    concepts=(13, 14, 15, 16, 27),
    runs=("digits-vae-2d",),
    blocks=blocks,
    later=(OTHERS,),
    constants=constants,
)
