"""The lesson on importance-weighted bounds: how far they lie below log p(x), and how often a single estimate
lies above it.
"""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar
from explorer.views.evidence_block import IMAGES, OTHERS, evidence_blocks

NAME = "bound"


def blocks(runs):
    [run] = runs.values()
    return evidence_blocks(run)


LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "BoundLesson", ("figures/lessons/bound.css",)),
    fields=(
        Scalar("k", 1, 1, 1000, label="draws K", scale="log"),
        Scalar("q", "prior", options=("prior", "encoder", "best"), label="draws from q"),
        Scalar("image", str(IMAGES[0]), options=tuple(map(str, IMAGES)), label="test image"),
        Scalar("draw", 0, 0, 9999),
    ),
    symbols={
        "px": ("x", r"\log\,p(x)"),
        "L": ("z", r"\mathcal{L}_K"),
        "L1": ("z", r"\mathcal{L}_1"),
        "estimate": ("z", r"\log\,\hat p_K(x)"),
        "w": ("z", "w_k"),
        "gap": ("mu", r"\mathrm{KL}(q\,\|\,p(z|x))"),
        "best": ("sigma", r"\mathrm{KL}(q^*\,\|\,p(z|x))"),
    },
    shows=({"image": "19", "q": "prior", "k": 1}, {"k": 1000}),
    solution={"image": "200", "k": 300},
    code=(
        "explorer.objectives.bound:importance_weighted_bound",
        "explorer.runs.evidence:log_evidence",
    ),
    concepts=(13, 14, 16),
    runs=("digits-vae-2d",),
    blocks=blocks,
    later=(OTHERS,),
)
