"""The reparameterization trick: noise on one side, μ and σ on the other, so that the gradient has a path."""

import numpy as np
import pandas as pd
import streamlit as st

from explorer.ui import words
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (6,)
PAGE = "learn_reparameterization"
MU = Setting("mu", -0.5, -2, 2, 0.1, page=PAGE)
SIGMA = Setting("sigma", 0.8, 0.1, 2, 0.1, page=PAGE)
N = Setting("n", 10, 1, 1000, page=PAGE)
LOSS = Setting("loss", "bowl", page=PAGE, options=("bowl", "ripples"))
DRAW = Setting("draw", 0, 0, 9999, page=PAGE)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SHOWN = {"bowl": "a bowl, (z − 1)²", "ripples": "ripples, cos 4z"}
LINES = 40  # samples drawn, at most

mu, sigma, eps, z = tex("mu", r"\mu"), tex("sigma", r"\sigma"), tex("eps", r"\varepsilon"), tex("z", "z")
sigma2, mu_x, sigma_x = tex("sigma", r"\sigma^2"), tex("mu", r"\mu_\phi(x)"), tex("sigma", r"\sigma_\phi(x)")
MATHEMATICS = rf"""
A decoder's loss $f$ is paid at ${z} \sim N({mu}, {sigma2})$, and its mean over all draws has a gradient:

$$\nabla_{{{mu}, {sigma}}}\;\mathbb{{E}}_{{{z} \sim N({mu}, {sigma2})}}\,f({z}).$$

**Simply drawn,** ${z}$ is a number that came out of a generator. Backpropagation can't ask it how it would have come out elsewhere, so it
counts as a constant: the gradient is 0.

**Reparameterized** (Kingma and Welling, 2014, §2.4), the same draw is a sum and a product of what the encoder says and of noise that does
not depend on it:

$${z} = {mu_x} + {sigma_x} \cdot {eps}, \qquad {eps} \sim N(0, 1).$$

Now the gradient goes inside the mean, and the chain rule does the rest: for each sample $f'({z})$ with respect to ${mu}$, and
$f'({z})\,{eps}$ with respect to ${sigma}$.

**The score function** (REINFORCE; Williams, 1992) needs no slope of $f$. From $\nabla q = q\,\nabla \log q$ follows the mean of
$f({z})\,{eps} / {sigma}$ with respect to ${mu}$, and of $f({z})\,({eps}^2 - 1) / {sigma}$ with respect to ${sigma}$. Its mean is right as
well, but it learns where to go only by comparing losses, and scatters the more the narrower the posterior is. Subtracting a baseline from
$f$ calms it; here there is none.

**Which is better?** Where $f$ is smooth over the width of the posterior, the path, often by far. Where $f$ turns many times within it,
the slopes contradict each other, and the path can scatter more: take the ripples and a large ${sigma}$ (Mohamed et al., 2020).

*A slip that is easy to make:* to write that ${eps}$ comes from Normal(1, 0). It is $N(0, 1)$: mean 0, variance 1. Another: the
${sigma}$ by which ${eps}$ is multiplied is the standard deviation, and an encoder that puts out $s = \log {sigma2}$ multiplies by
$e^{{s/2}}$.
"""

LESSON = Lesson(
    PAGE,
    "An encoder must learn from what becomes of a random z. **Move μ and σ:** the noise ε stays as it is, and each z moves with them.",
    Question("What happens to the gradient if one simply samples z from N(μ, σ²)?",
             ("It gets noisier", "There is none", "It points the wrong way"), 1,
             "A sampled z is a mere number: it no longer depends on μ and σ, and the gradient is 0 in every batch, as the row *z drawn* "
             "now shows. The encoder would not learn."),
    MATHEMATICS,
    ("explorer.models.posterior:Gaussian.sample", "explorer.lessons.reparameterization:pathwise",
     "explorer.lessons.reparameterization:score", "explorer.lessons.reparameterization:drawn"),
    (MU, SIGMA, N, LOSS, DRAW),
)


def picture() -> None:
    from explorer.figures.lesson_reparameterization import REACH, estimates, estimates_at, losses, losses_at, moved, moved_at
    from explorer.figures.live import fill
    from explorer.lessons.reparameterization import curve, gradients, noise, path

    left, right = st.columns(2)
    with left:
        one, other = st.columns(2)
        with one:
            MU.slider("μ")
        with other:
            SIGMA.slider("σ")
    with right:
        one, other = st.columns(2, vertical_alignment="bottom")
        with one:
            N.set(min(SIZES, key=lambda size: abs(size - N.get())))
            st.select_slider("Samples in a batch", SIZES, key=N.key, format_func="{:,}".format, persist_state="session")
        with other:
            LOSS.select("Loss of z", LOSS.options, SHOWN.get)
    mu, sigma, loss, n = MU.get(), SIGMA.get(), LOSS.get(), N.get()
    eps, grid = noise(DRAW.get())[:, :n], np.linspace(-REACH, REACH, 241)
    shown = ("drawn", "score", "pathwise") if LESSON.answer.get() else ("score", "pathwise")  # what is drawn is to be predicted first
    found, sampled = gradients(loss, mu, sigma, eps), path(loss, mu, sigma, eps[0, :LINES])
    spreads = found.pathwise.std(0), found.score.std(0)
    with left:
        st.vega_lite_chart(fill(moved(), **moved_at(sampled, mu, sigma)), width="stretch")
        st.vega_lite_chart(fill(losses(loss), curve=pd.DataFrame({"z": grid, "loss": curve(loss, grid)}), **losses_at(sampled, loss)),
                           width="stretch")
    with right:
        for i, name in enumerate(("μ", "σ")):
            ways = {way: getattr(found, way)[:, i] for way in shown}
            reach = _round_up(1.5 * max(s[i] for s in spreads) * np.sqrt(n) + abs(found.exact[i]))
            st.vega_lite_chart(fill(estimates(shown, name, reach), **estimates_at(ways, found.exact[i])), width="stretch")
    exact = " and ".join(f"{words.minus(found.exact[i], 2)} for {name}" for i, name in enumerate(("μ", "σ")))
    st.markdown(f"z = μ + σ·ε and the score function both find the exact gradient on average, {exact}. From batch to batch the "
                f"score function scatters {_ratio(0, *spreads)} for μ, and {_ratio(1, *spreads)} for σ.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Left: {'the' if n <= LINES else 'the first'} {min(n, LINES)} of a batch; μ ± σ; the slope of the loss at each z. "
                   f"Right: a dot for each of {len(eps)} batches of {n:,}, ± their standard deviation; orange is the exact gradient. "
                   "Dots beyond the axis stand at its end.", width="stretch")
        st.button("Draw other noise", on_click=lambda: DRAW.set((DRAW.get() + 1) % 10_000))


def _ratio(i: int, path: np.ndarray, score: np.ndarray) -> str:
    """Of the standard deviations of the batches' estimates, to two digits."""
    ratio = score[i] / path[i]
    return f"**{ratio:.{2 if ratio < 1 else 1 if ratio < 10 else 0}f} times as much**"


def _round_up(value: float) -> float:
    """To 1, 2 or 5 of its power of ten, so that an axis keeps still."""
    power = 10 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if value <= step * power))


teach(LESSON, picture)
