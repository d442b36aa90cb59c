"""The lesson on three objectives: one network trained with the reconstruction loss only, with KL only, and
with both.
"""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer.store.replay import read_replay
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, find_runs, page_name, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "objectives"
PAGE = page_name(NAME)
N_EPOCHS = 200
EPOCH = Setting("epoch", 1, 1, N_EPOCHS, page=PAGE)
CODES = Setting("shown", "draws", page=PAGE, options=("draws", "means"))
SCALE = Setting("scale", "own", page=PAGE, options=("own", "common"))
RECONSTRUCTION_RUN = "digits-vae-2d-recon-only"
KL_RUN = "digits-vae-2d-kl-only"
BOTH_RUN = "digits-vae-2d-both"
RUNS = {RECONSTRUCTION_RUN: "Reconstruction only", KL_RUN: "KL only", BOTH_RUN: "Both"}
AE_RUN = "digits-ae-2d"
GALLERY_COLUMNS = 8

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
        "explorer.objectives.bernoulli:Bernoulli.distortion",
        "explorer.objectives.rate:kl_per_dimension",
        "explorer.lessons.objectives.compute:sigma_for_rate",
    ),
    (EPOCH, CODES, SCALE),
    concepts=(5, 9),
    runs=tuple(RUNS),
    accepts=lambda run: _read_replay(run.folder, run_version(run)) is not None,
)


@st.cache_resource(max_entries=8, show_spinner=False)
def _read_replay(folder: Path, version: str):
    return read_replay(folder)


def picture(runs: dict[str, Run]) -> None:
    from explorer.figures.prior_map import code_map, enclosing_box
    from explorer.lessons.objectives.compute import sample_codes, state_at_epoch

    replays = {name: _read_replay(run.folder, run_version(run)) for name, run in runs.items()}
    left, right = st.columns([3, 2])
    with left:
        epoch = EPOCH.slider(f"Epoch (of {N_EPOCHS})")
    with right, st.container(horizontal=True, gap="medium"):
        codes_shown = CODES.segmented_control(
            "Codes",
            CODES.options,
            {"draws": "Samples", "means": "Means μ"}.get,
            "Samples: one z = μ + σε for each test image, with the σ below; ε stays the same.",
        )
        scale = SCALE.segmented_control("Scale", SCALE.options, {"own": "Per map", "common": "Shared"}.get)
    states = [state_at_epoch(replay, epoch) for replay in replays.values()]
    codes = [state.mu if codes_shown == "means" else sample_codes(state) for state in states]
    for column, (name, replay), state, z in zip(st.columns(3), replays.items(), states, codes):
        with column:
            title = f"{RUNS[name]}, β = {runs[name].spec.beta:g}"
            box = enclosing_box(*(codes if scale == "common" else [z]))
            plots(f"{PAGE} codes {name}", [code_map(title, z, replay.y, replay.class_names, box)])
            st.markdown(
                f"${sig}$ **{state.sigma:.2g}**, spread of ${mu}$ **{state.spread:.2g}**  \n"
                f"distortion ${D}$ **{state.distortion:.1f}**, rate ${R}$ **{state.rate:.1f}** nats"
            )
            _show_images(name, replay.originals, state)
    st.caption(
        f"Each point is one of {len(codes[0])} test images, at the last recorded epoch up to the chosen one"
        f" ({', '.join(str(state.epoch) for state in states)}). Reconstructions are decoded from μ, and"
        " samples from"
        " samples of the prior; both are means of p(x|z). σ is the one standard deviation whose KL is the"
        " mean KL of the widths. The spread is a standard deviation. Distortion and rate are means over the"
        " training images of the epoch."
    )
    if LESSON.answer.get():
        _show_test_figures(runs | find_runs((AE_RUN,)))


def _show_images(name: str, originals: np.ndarray, state) -> None:
    rows = {"image": originals, "reconstruction": state.reconstructions, "sample": state.samples}
    gallery(
        f"{PAGE} {name}",
        RUNS[name],
        np.concatenate([part[:GALLERY_COLUMNS] for part in rows.values()]),
        [f"{row_name} {i}" for row_name in rows for i in range(1, GALLERY_COLUMNS + 1)],
        GALLERY_COLUMNS,
        row_labels=[*rows],
    )


def _show_test_figures(by_name: dict[str, Run]) -> None:
    """Show what the trained models measure on test images: it answers the question."""
    from explorer.lessons.objectives.compute import N_PRIOR_SAMPLES

    runs = {title: by_name[name] for name, title in (RUNS | {AE_RUN: "AE"}).items() if name in by_name}
    distortion, nearest, change = _test_figures(tuple(run_version(run) for run in runs.values()), runs)
    distortions_text = ", ".join(
        f"{title} {mean:.1f} ± {1.96 * error:.1f}" for title, (mean, error) in distortion.items()
    )
    st.markdown(
        f"**After training.** Distortion on {runs[RUNS[BOTH_RUN]].test.n} test images, nats (95% interval):"
        f" {distortions_text}. *{RUNS[RECONSTRUCTION_RUN]}*: for 99% of these images, the nearest other code"
        f" is at least {nearest:.0f}σ away. *{RUNS[KL_RUN]}*: over {N_PRIOR_SAMPLES:,} samples of the prior,"
        f" no pixel of the decoded image changes by more than {change:.2f}."
    )
    if "AE" in runs:
        ae, vae = runs["AE"], runs[RUNS[RECONSTRUCTION_RUN]]
        st.caption(
            f"The AE has {ae.spec.width} units per layer and was trained for {ae.epochs} epochs; the others"
            f" have {vae.spec.width} units and were trained for {vae.epochs} epochs."
        )


@st.cache_data(show_spinner="Measuring…", max_entries=4)
def _test_figures(
    versions: tuple[str, ...], _runs: dict
) -> tuple[dict[str, tuple[float, float]], float, float]:
    from explorer.lessons.objectives.compute import max_pixel_change, mean_distortion, nearest_code_distance

    codes = {title: RunView(run).embedding for title, run in _runs.items()}
    reconstruction_only = codes[RUNS[RECONSTRUCTION_RUN]]
    return (
        {
            title: mean_distortion(RunView(_runs[title]).load(), e.images, e.mu, e.logvar)
            for title, e in codes.items()
        },
        nearest_code_distance(reconstruction_only.mu, reconstruction_only.logvar, 0.01),
        max_pixel_change(RunView(_runs[RUNS[KL_RUN]]).load()),
    )
