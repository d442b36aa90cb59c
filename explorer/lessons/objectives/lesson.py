"""The lesson on three objectives: one network trained with the reconstruction loss only, with KL only, and
with both.
"""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, find_runs, page_of, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "objectives"
PAGE = page_of(NAME)
EPOCHS = 200
EPOCH = Setting("epoch", 1, 1, EPOCHS, page=PAGE)
SHOWN = Setting("shown", "draws", page=PAGE, options=("draws", "means"))
SCALE = Setting("scale", "own", page=PAGE, options=("own", "common"))
RECONSTRUCTION, KL, BOTH = "digits-vae-2d-recon-only", "digits-vae-2d-kl-only", "digits-vae-2d-both"
RUNS = {RECONSTRUCTION: "Reconstruction only", KL: "KL only", BOTH: "Both"}
AE = "digits-ae-2d"
IMAGES = 8

D, R, beta = tex("distortion", "D"), tex("rate", "R"), r"\beta"
mu, mu2, sig, var = tex("mu", r"\mu"), tex("mu", r"\mu^2"), tex("sigma", r"\sigma"), tex("sigma", r"\sigma^2")
eps, z = tex("eps", r"\varepsilon"), tex("z", "z")
MATHEMATICS = read_mathematics(__file__, D=D, beta=beta, R=R, mu=mu, sig=sig, eps=eps, mu2=mu2, var=var, z=z)

LESSON = Lesson(
    NAME,
    "One network is trained three times, from the same initial weights and on the same images; only the loss"
    " differs. **Move the epoch** from the first to the last, and watch the codes. The rings are 1, 2 and 3"
    " standard deviations of the prior.",
    Question(
        "Which of the three becomes a plain autoencoder?",
        tuple(RUNS.values()),
        0,
        "Posteriors that overlap blur the reconstruction. Without the KL term, training moves the means apart"
        " and shrinks σ, until each posterior is almost a point. A stochastic encoder alone does not make a"
        " VAE; the KL term is needed.",
    ),
    MATHEMATICS,
    (
        "explorer.objectives.distortion:Bernoulli.distortion",
        "explorer.objectives.rate:rate_per_dimension",
        "explorer.lessons.objectives.compute:width_of_rate",
    ),
    (EPOCH, SHOWN, SCALE),
    concepts=(5, 9),
    runs=tuple(RUNS),
    accepts=lambda run: _replay(run.folder, run_version(run)) is not None,
)


@st.cache_resource(max_entries=8, show_spinner=False)
def _replay(folder: Path, version: str):
    from explorer.lessons.objectives.compute import replay_of

    return replay_of(folder)


def picture(runs: dict[str, Run]) -> None:
    from explorer.figures.live import fill
    from explorer.figures.prior_map import box_of, code_map, code_map_at
    from explorer.lessons.objectives.compute import drawn, moment

    replays = {name: _replay(run.folder, run_version(run)) for name, run in runs.items()}
    left, right = st.columns([3, 2])
    with left:
        epoch = EPOCH.slider(f"Epoch (of {EPOCHS})")
    with right, st.container(horizontal=True, gap="medium"):
        shown = SHOWN.pick(
            "Codes",
            SHOWN.options,
            {"draws": "Samples", "means": "Means μ"}.get,
            "Samples: one z = μ + σε for each test image, with the σ below; ε stays the same.",
        )
        scale = SCALE.pick("Scale", SCALE.options, {"own": "Per map", "common": "Shared"}.get)
    moments = [moment(r, epoch) for r in replays.values()]
    codes = [m.mu if shown == "means" else drawn(m) for m in moments]
    for column, (name, r), m, z in zip(st.columns(3), replays.items(), moments, codes):
        with column:
            st.markdown(f"**{RUNS[name]}**, β = {runs[name].spec.beta:g}")
            box = box_of(*(codes if scale == "common" else [z]))
            st.vega_lite_chart(
                fill(code_map(r.class_names), **code_map_at(z, r.y, r.class_names, box)), width="content"
            )
            st.markdown(
                f"${sig}$ **{m.sigma:.2g}**, spread of ${mu}$ **{m.spread:.2g}**  \n"
                f"distortion ${D}$ **{m.distortion:.1f}**, rate ${R}$ **{m.rate:.1f}** nats"
            )
            _images(name, r.originals, m)
    st.caption(
        f"Each digit is one of {len(codes[0])} test images, at the last recorded epoch up to the chosen one"
        f" ({', '.join(str(m.epoch) for m in moments)}). Reconstructions are decoded from μ, and samples from"
        " samples of the prior; both are means of p(x|z). σ is the one standard deviation whose KL is the"
        " mean KL of the widths. The spread is a standard deviation. Distortion and rate are means over the"
        " training images of the epoch."
    )
    if LESSON.answer.get():
        _measured(runs | find_runs((AE,)))


def _images(name: str, originals: np.ndarray, m) -> None:
    rows = {"image": originals, "reconstruction": m.recreated, "sample": m.samples}
    gallery(
        f"{PAGE} {name}",
        RUNS[name],
        np.concatenate([part[:IMAGES] for part in rows.values()]),
        [f"{what} {i}" for what in rows for i in range(1, IMAGES + 1)],
        IMAGES,
        heads=[*rows],
    )


def _measured(by_name: dict[str, Run]) -> None:
    """What the trained models measure on test images: it answers the question."""
    runs = {title: by_name[name] for name, title in (RUNS | {AE: "AE"}).items() if name in by_name}
    distortion, away, change = _figures(tuple(run_version(run) for run in runs.values()), runs)
    told = ", ".join(
        f"{title} {mean:.1f} ± {1.96 * error:.1f}" for title, (mean, error) in distortion.items()
    )
    st.markdown(
        f"**After training.** Distortion on {runs[RUNS[BOTH]].test.n} test images, nats (95% interval):"
        f" {told}. *{RUNS[RECONSTRUCTION]}*: for 99% of the images, the nearest other code is at least"
        f" {away:.0f}σ away. *{RUNS[KL]}*: over samples of the prior, no pixel of the decoded image changes"
        f" by more than {change:.2f}."
    )
    if "AE" in runs:
        ae, vae = runs["AE"], runs[RUNS[RECONSTRUCTION]]
        st.caption(
            f"The AE has {ae.spec.width} units per layer and was trained for {ae.epochs} epochs; the others"
            f" have {vae.spec.width} units and were trained for {vae.epochs} epochs."
        )


@st.cache_data(show_spinner="Measuring…", max_entries=4)
def _figures(versions: tuple[str, ...], _runs: dict) -> tuple[dict[str, tuple[float, float]], float, float]:
    from explorer.lessons.objectives.compute import distortion_of, largest_change, nearest_code

    codes = {title: RunView(run).embedding for title, run in _runs.items()}
    alone = codes[RUNS[RECONSTRUCTION]]
    return (
        {
            title: distortion_of(RunView(_runs[title]).load(), e.images, e.mu, e.logvar)
            for title, e in codes.items()
        },
        nearest_code(alone.mu, alone.logvar, 0.01),
        largest_change(RunView(_runs[RUNS[KL]]).load()),
    )
