"""The lesson on gaps: what a decoder outputs where there were no codes in training."""

import numpy as np
import streamlit as st

from explorer.latent.draws import sample_gaussian
from explorer.latent.gap_estimate import is_smaller
from explorer.latent.interpolation import interpolate_linear
from explorer.latent.share import Z95
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, resample_button, tex
from explorer.ui.run_view import RunView, run_version

NAME = "gaps"
PAGE = page_name(NAME)
DIGITS = tuple("0123456789")
T = Setting("t", 0.5, 0, 1, 0.01, page=PAGE)
START, END = Setting("from", "0", page=PAGE, options=DIGITS), Setting("to", "1", page=PAGE, options=DIGITS)
SEED = Setting("seed", 0, 0, 9999, page=PAGE)
RUNS = {"AE": "mnist-ae-2d", "VAE": "mnist-ladder-2d"}  # one network; the ladder at KL weight 1
N_SAMPLES, N_LINE_POINTS, N_MAP_CODES, HIDDEN_GREY = 11, 101, 1000, 0.3

z, a, b, x = tex("z", "z"), tex("z", "a"), tex("z", "b"), tex("x", "x")
draw = tex("eps", r"\tilde z")
MATHEMATICS = read_mathematics(__file__, a=a, b=b, z=z, x=x, draw=draw)

LESSON = Lesson(
    NAME,
    "The decoder of an autoencoder is trained at codes only. **Move t** along the line between two codes, and"
    " watch the decoded images. Grey areas are gaps: they contain no codes.",
    Question(
        "What does the decoder output at a z where there were no codes in training?",
        ("Nothing: the image is blank", "Some image, as at every z", "The nearest training image"),
        1,
        "The decoder is a function: every z has an image. In a gap the loss does not constrain this image: it"
        " may be a mixture of neighbouring images, a broken shape, or a good digit.",
    ),
    MATHEMATICS,
    (
        "explorer.latent.interpolation:interpolate_linear",
        "explorer.latent.gaps:in_gap",
        "explorer.latent.gap_map:GapIndex.log2_distance_ratio",
        "explorer.latent.draws:sample_gaussian",
    ),
    (T, START, END, SEED),
    concepts=(2, 18, 19, 25),
    runs=tuple(RUNS.values()),
    accepts=lambda run: run.class_names == DIGITS and run.spec.latent_dim == 2,
)


@st.cache_resource(max_entries=2, show_spinner="Measuring gaps…")
def _measure_gaps(versions: tuple[str, ...], _runs: dict) -> list:
    """Measure the gaps of each model."""
    from explorer.lessons.gaps.compute import measure_gaps

    codes = {kind: RunView(run).embedding for kind, run in _runs.items()}
    return [
        measure_gaps(RunView(run).load(), RunView(run).gap_index(), codes[kind].mu, codes[kind].logvar)
        for kind, run in _runs.items()
    ]


@st.cache_resource(max_entries=64, show_spinner=False)
def _decode_samples(versions: tuple[str, ...], seed: int, _runs: dict) -> dict:
    """Decode samples of each model: from the prior, or from the Gaussian fitted to the codes of an AE."""
    from explorer.lessons.gaps.compute import decode_points

    return {
        kind: decode_points(
            RunView(run).load(),
            RunView(run).gap_index(),
            sample_gaussian(RunView(run).scale, N_SAMPLES, 1.0, np.random.default_rng(seed)),
        )
        for kind, run in _runs.items()
    }


@st.cache_resource(max_entries=64, show_spinner=False)
def _decode_lines(versions: tuple[str, ...], ends: tuple[str, ...], _runs: dict) -> dict:
    """Return for each model the decoded line between the codes of two test images."""
    from explorer.lessons.gaps.compute import decode_points, most_typical_row

    lines = {}
    for kind, run in _runs.items():
        embedding = RunView(run).embedding
        y = embedding.y[: len(embedding.images)]
        mu = embedding.mu[[most_typical_row(embedding.images, y, DIGITS.index(end)) for end in ends]]
        lines[kind] = decode_points(
            RunView(run).load(), RunView(run).gap_index(), interpolate_linear(*mu, N_LINE_POINTS)
        )
    return lines


def _map_line(kind: str, run: Run, line, step: int) -> tuple[dict, dict]:
    """Return the map of a model with the line and its present step."""
    from explorer.lessons.gaps.figure import gap_strips, line_map

    embedding, gaps = RunView(run).embedding, RunView(run).gap_map
    codes = embedding.mu[:N_MAP_CODES], embedding.y[:N_MAP_CODES]
    strips = gap_strips(gaps.bounds, gaps.shade)
    return line_map(
        f"Codes of the {kind}", strips, gaps.bounds, codes, run.class_names, line.z[[0, -1]], line.z[step]
    )


def picture(runs: dict[str, Run]) -> None:
    from explorer.lessons.gaps.figure import distance_chart

    runs = {kind: runs[name] for kind, name in RUNS.items()}
    versions = tuple(map(run_version, runs.values()))
    step = round((N_LINE_POINTS - 1) * T.slider("t, interpolation fraction"))
    lines = _decode_lines(versions, (START.get(), END.get()), runs)
    for column, (kind, line) in zip(st.columns(2), lines.items()):
        with column:
            _show_point(kind, line, step, _map_line(kind, runs[kind], line, step))
    chart, choice_column = st.columns([5, 1])
    ratios = {kind: line.code_distance / line.sample_distance for kind, line in lines.items()}
    with chart:
        t = np.linspace(0, 1, N_LINE_POINTS)
        plots("learn gaps distances", [distance_chart(t, ratios, step / (N_LINE_POINTS - 1))])
    with choice_column:
        START.selectbox("From a", DIGITS)
        END.selectbox("To a", DIGITS)
    _show_samples(_measure_gaps(versions, runs), _decode_samples(versions, SEED.get(), runs))
    st.markdown(
        "**GANs** train only a decoder. It decodes samples of a fixed prior, and a discriminator judges the"
        " images, so the loss covers the whole prior. But without an encoder, the code of an image must be"
        " searched for (GAN inversion). And the input of a plain GAN does not include a class."
    )


def _hide_gaps(images: np.ndarray, in_gap: np.ndarray) -> np.ndarray:
    """Return images that are grey where they are in a gap and the question is not answered yet."""
    return images if LESSON.answer.get() else np.where(in_gap[:, None, None, None], HIDDEN_GREY, images)


def _show_point(kind: str, line, step: int, line_map: tuple[dict, dict]) -> None:
    """Show the map, the image decoded at the present step, and those along the line."""
    image_column, map_column = st.columns([3, 5])
    with map_column:
        plots(f"learn gaps map {kind}", [line_map])
    visible_images, steps = _hide_gaps(line.x, line.in_gap), np.arange(0, N_LINE_POINTS, 10)
    with image_column:
        st.markdown(f"**{kind}**, {'in a gap' if line.in_gap[step] else 'outside gaps'}")
        st.image(
            visible_images[step, 0],
            width=170,
            clamp=True,
            alt=f"The image decoded by the {kind} at t = {step / (N_LINE_POINTS - 1):.2f}",
        )
        if line.in_gap[step] and not LESSON.answer.get():
            st.caption("This image is shown after your prediction.")
        else:
            unsure_text = (
                "Below 90% confidence. "
                if line.label is not None and line.confidence[step] < MIN_CLASS_PROBABILITY
                else ""
            )
            class_text = (
                ""
                if line.label is None
                else f"Classifier: {DIGITS[line.label[step]]} ({100 * line.confidence[step]:.0f}%). "
            )
            st.caption(
                f"{unsure_text}{class_text}The nearest code is {line.code_distance[step]:.3f} standard"
                " deviations away, and the"
                f" fifth nearest sample {line.sample_distance[step]:.3f}."
            )
    gallery(
        f"learn gaps way {kind}",
        f"Interpolation, {kind}",
        visible_images[steps],
        [f"t = {i / (N_LINE_POINTS - 1):.1f}" for i in steps],
        len(steps),
        captions=["▲" if i == round(step / 10) else "" for i in range(len(steps))],
        underlined=np.flatnonzero(line.in_gap[steps]),
        underline_note="Underlined: in a gap.",
        on_pick=lambda i: T.set(float(steps[i] / (N_LINE_POINTS - 1))),
    )


def _show_samples(shares: list, samples: dict) -> None:
    """Show decoded samples of each model, and the share of them in gaps."""
    measured = dict(zip(RUNS, shares))
    ae, vae = shares
    st.markdown(
        f"Of the **samples** from the Gaussian fitted to the codes, **{ae.gap}** of the AE's and"
        f" **{vae.gap}** of the VAE's are in"
        f" gaps{' (the VAE has fewer)' if is_smaller(vae.gap, ae.gap) else ''}. For equal distributions it"
        " would be 3%."
    )
    if ae.noise_confident:
        shares_text = "; ".join(
            f"{kind} {measurements.in_gaps or '–'} in gaps, {measurements.outside or '–'} outside"
            for kind, measurements in measured.items()
        )
        less_confident = [
            kind for kind, measurements in measured.items() if measurements.is_less_confident_in_gaps
        ]
        st.markdown(
            f"**Images below 90% confidence of the classifier:** {shares_text}."
            + f" The share is higher in gaps for the {' and the '.join(less_confident)}."
            * bool(less_confident)
            + f" The classifier has at least 90% confidence in {ae.noise_confident} of"
            f" {ae.noise_confident.n:,} images of uniform noise"
            + (
                ": confidence does not show that an image is good."
                if ae.noise_confident.share > Z95 * ae.noise_confident.error
                else "."
            )
        )
    resample_button(SEED)
    for column, (kind, points) in zip(st.columns(2), samples.items()):
        with column:
            title = f"{kind}, from " + (
                "the prior N(0, I)" if kind == "VAE" else "the Gaussian fitted to its codes"
            )
            gallery(
                f"learn gaps draws {kind}",
                title,
                _hide_gaps(points.x, points.in_gap),
                [f"z = ({', '.join(map(words.format_number, z))})" for z in points.z],
                N_SAMPLES,
                underlined=np.flatnonzero(points.in_gap),
                underline_note=f"{title}. Underlined: in a gap.",
            )
    st.caption(
        "The images are from MNIST. AE and VAE have the same network; the VAE's KL weight is 1. Gaps are"
        f" measured with {ae.gap.n:,} codes and samples. The maps show posterior means; the gaps are those of"
        " posterior samples. All intervals are 95% intervals."
    )
