"""The lesson on the reparameterization trick: z as a function of μ, σ and noise, so that a loss of z has a
gradient, and how widely the estimates of that gradient spread.
"""

from pathlib import Path

from explorer.live.lesson import LiveLesson, lesson_figure
from explorer.query import Scalar

NAME = "reparameterization"

LESSON = LiveLesson(
    NAME,
    Path(__file__).parent,
    lesson_figure(NAME, "ReparameterizationLesson"),
    fields=(
        Scalar("sigma", 0.8, 0.1, 2, 0.01, label="σ"),
        Scalar("mu", -0.5, -2, 2, 0.01, label="μ"),
        Scalar("n", 10, 1, 1000, label="samples in a batch", scale="log"),
        Scalar("loss", "bowl", options=("bowl", "ripples"), label="loss f(z)"),
        Scalar("draw", 0, 0, 9999),
    ),
    symbols={
        "z": ("z", "z"),
        "mu": ("mu", r"\mu"),
        "sigma": ("sigma", r"\sigma"),
        "sigma2": ("sigma", r"\sigma^2"),
        "mu_x": ("mu", r"\mu_\phi(x)"),
        "sigma_x": ("sigma", r"\sigma_\phi(x)"),
        "eps": ("eps", r"\varepsilon"),
        "slope": ("z", "f'(z)"),
        "loss": ("red", "f(z)"),
    },
    shows=({"loss": "bowl", "mu": -0.5, "sigma": 0.8, "n": 10}, {"sigma": 0.1}),
    solution={"loss": "ripples", "sigma": 2.0},
    code=(
        "explorer.models.posterior:GaussianPosterior.sample",
        "explorer.lessons.reparameterization.compute:pathwise_gradient",
        "explorer.lessons.reparameterization.compute:score_function_gradient",
        "explorer.lessons.reparameterization.compute:direct",
    ),
    concepts=(6,),
)
