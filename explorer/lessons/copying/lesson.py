"""Does a VAE only copy or average its training set? Compare decoded images with the nearest training images
and blends of them.
"""

import numpy as np
import streamlit as st

from explorer.figures.palette import ACCENT, CLASS_COLOURS, GREY
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.pages import page_file
from explorer.ui.run_view import RunView, run_version

NAME = "copying"
PAGE = page_of(NAME)
DIGITS = tuple("0123456789")
START = Setting("from", "3", page=PAGE, options=DIGITS)
END = Setting("to", "gap", page=PAGE, options=("gap", *DIGITS))
T = Setting("t", 0.5, 0, 1, 0.1, page=PAGE)
DRAWN = Setting("draw", 0, 0, 9999, page=PAGE)
SHOWN = "digits-vae-2d"
STEPS, NEAREST, SAMPLES, SHOWN_SAMPLES = 11, 4, 64, 11
GROUPS = {
    "test images": GREY,
    "test images, decoded": CLASS_COLOURS[0],
    f"{SAMPLES} samples": ACCENT,
}  # with their colours

x, z, w, q = tex("x", "x_i"), tex("z", "z"), tex("rate", "w_i(z)"), tex("rate", r"q(z\,|\,x_i)")
xh, x1 = tex("distortion", r"\hat{x}(z)"), tex("x", "x_j")
MATHEMATICS = read_mathematics(__file__, z=z, x=x, q=q, xh=xh, w=w, x1=x1)

LESSON = Lesson(
    NAME,
    "Do VAEs only average their training set? **Move t** from the code of a training image towards a gap or"
    " another image, and compare the decoded image with the training images.",
    Question(
        "What does the decoder output on the line from a code to a gap?",
        ("A copy of one training image", "Almost a blend of several", "Nothing close to an image or a blend"),
        1,
        "Two numbers could distinguish all training images, but the noise on z and the smoothness of the"
        " network prevent copies. Compare the distances to the best blend and to the nearest image below. The"
        " mathematics explains why.",
    ),
    MATHEMATICS,
    (
        "explorer.latent.neighbours:nearest",
        "explorer.latent.neighbours:blend",
        "explorer.lessons.copying.compute:ideal_decode",
        "explorer.lessons.copying.compute:copies",
    ),
    (START, END, T, DRAWN),
    concepts=(20,),
    runs=(SHOWN,),
)


@st.cache_resource(max_entries=2, show_spinner="Measuring distances between real images…")
def _yardstick(folder, version: str, _run):
    from explorer.lessons.copying.compute import yardstick

    return yardstick(RunView(_run).load(), RunView(_run).embedding.images)


@st.cache_data(max_entries=20, show_spinner=False)
def _draws(folder, version: str, seed: int, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """SAMPLES decoded samples of the prior, their distances to the two nearest training images, and to the
    best blend.
    """
    from explorer.latent.draws import from_gaussian
    from explorer.lessons.copying.compute import blended, two_nearest

    zs = from_gaussian(RunView(_run).scale, SAMPLES, 1.0, np.random.default_rng(seed))
    images, learnt = RunView(_run).load().decode(zs), _yardstick(folder, version, _run).learnt.x
    return images, two_nearest(learnt, images), blended(learnt, images)


def picture(runs: dict[str, Run]) -> None:
    run = runs[SHOWN]
    known = _yardstick(run.folder, run_version(run), run)
    z = _way(run, known)
    strip, yardstick = st.columns([5, 3], gap="medium")
    here = z[round(T.get() * (STEPS - 1))]
    with strip:
        found, n = RunView(run).gap_index(), STEPS
        away = _over_nearest(
            known,
            "Along the line",
            ["decoded\nat t", "nearest\nimage"],
            RunView(run).load().decode(z),
            [f"{t:.1f}" for t in np.linspace(0, 1, n)],
            chosen=round(T.get() * (n - 1)),
            marked=np.flatnonzero(found.farther(z) > 0) if found else (),
            mark="Underlined: in a gap.",
            on_pick=lambda i: T.set(i % n / (n - 1)),
        )
        _beside(run, known, here)
    with yardstick:
        _measured(known, away[round(T.get() * (STEPS - 1))])
    _many(run, known)
    st.page_link(
        page_file("explore"),
        label="Measure another z or another run",
        icon=":material/arrow_forward:",
        query_params={"run": SHOWN, "tool": "copying", "z": ",".join(f"{v:.4g}" for v in here)},
    )


def _way(run, known) -> np.ndarray:
    """The codes on the chosen line [STEPS, 2]."""
    from explorer.latent.gap_map import widest
    from explorer.latent.interpolation import linear

    gap = widest(RunView(run).gap_map)
    first = {name: known.learnt.mu[np.argmax(known.learnt.y == i)] for i, name in enumerate(run.class_names)}
    ends = ({} if gap is None else {"gap": gap}) | first

    def said(name: str) -> str:
        return "the widest gap" if name == "gap" else f"the code of a digit {name}"

    slider, choices = st.columns([5, 3], gap="medium", vertical_alignment="bottom")
    with slider:
        T.slider("t, interpolation fraction")
    with choices, st.container(horizontal=True):
        START.select("From", run.class_names, said)
        END.select("To", list(ends), said)
    return linear(first[START.get()], ends[END.get()], STEPS)


def _over_nearest(
    known, title: str, heads: list[str], images: np.ndarray, captions: list[str], **how
) -> np.ndarray:
    """Show images over their nearest training images; return their distances."""
    from explorer.latent.neighbours import nearest

    rows, away = (
        np.concatenate(part) for part in zip(*(nearest(known.learnt.x, image, 1) for image in images))
    )
    both = np.concatenate([images, known.learnt.x[rows] / np.float32(255)])
    said = [f"{d:.1f}" for d in away]
    names = [f"decoded {caption}" for caption in captions] + [
        f"a training image at distance {d}" for d in said
    ]
    gallery(f"{PAGE} {title}", title, both, names, len(images), heads=heads, captions=captions + said, **how)
    return away


def _beside(run, known, z: np.ndarray) -> None:
    """The image decoded at z, two blends, and the nearest training images in pixels and in code."""
    from explorer.latent.neighbours import nearest
    from explorer.lessons.copying.compute import best_blend, ideal_decode

    decoded = RunView(run).load().decode(z)[0]
    mixed = best_blend(known.learnt.x, decoded)
    ideal = ideal_decode(known.learnt.x, known.learnt.mu, known.logvar, z)
    made, pixel, code = st.columns([3, NEAREST, NEAREST])
    with made:
        st.markdown(f"**At t = {T.get():.1f}**")
        captions = [
            "decoded",
            f"best blend\n{mixed.distance:.2f}",
            f"posterior-weighted\nmean {np.linalg.norm(decoded - ideal):.2f}",
        ]
        gallery(
            f"{PAGE} made",
            "Decoded image and blends",
            np.stack([decoded, np.clip(mixed.image, 0, 1), ideal]),
            captions,
            3,
            captions=captions,
        )
    for column, title, among, to in (
        (pixel, "Nearest in pixels", known.learnt.x, decoded),
        (code, "Nearest in code", known.learnt.mu, z),
    ):
        rows, away = nearest(among, to, NEAREST)
        with column:
            st.markdown(f"**{title}**")
            captions = [
                f"digit {run.class_names[known.learnt.y[row]]}\n{distance:.2f}"
                for row, distance in zip(rows, away)
            ]
            gallery(f"{PAGE} {title}", title, known.learnt.x[rows], captions, NEAREST, captions=captions)
    st.caption(
        "Distances are Euclidean, of pixels from 0 to 1 or of z. The best blend is a sum of the 60 nearest"
        f" training images with weights ≥ 0; here {(mixed.weights > 1e-3).sum()} have a positive weight."
        " Decoded images are means E[x|z]."
    )


def _measured(known, distance: float) -> None:
    from explorer.figures.live import fill
    from explorer.lessons.copying.figure import histogram, histogram_at

    usual = known.test[:, 0]
    share = (usual < distance).mean()
    st.markdown(
        f"Distance to the nearest training image: **{distance:.2f}**. Of {len(usual)} test images,"
        f" **{share:.0%}** are nearer; their median distance is {np.median(usual):.2f}."
    )
    name = f"{len(usual)} test images"
    st.vega_lite_chart(
        fill(histogram(((name, GREY),), 230), **histogram_at({name: usual}, [distance])), width="stretch"
    )


def _many(run, known) -> None:
    """Samples of the prior, by the same distances."""
    from explorer.figures.live import fill
    from explorer.lessons.copying.compute import nearer, share_of_copies
    from explorer.lessons.copying.figure import histogram, histogram_at

    images, found, blends = _draws(run.folder, run_version(run), DRAWN.get(), run)
    st.subheader("Many samples")
    strip, measured = st.columns([5, 3], gap="medium")
    with strip:
        st.markdown(
            "**Copies** (less than a third as far from one training image as from the next):"
            f" {share_of_copies(found)} of {len(found)} samples, {share_of_copies(known.relearnt)} of"
            f" {len(known.relearnt):,} decoded training images.  \n**Nearer to a training image than the"
            f" median test image is:** {nearer(found, known.test)} of the samples,"
            f" {nearer(known.recreated, known.test)} of the decoded test images.  \n**Distance to the best"
            f" blend,** median: {np.median(blends):.2f} for samples, {np.median(known.blended):.2f} for test"
            " images."
        )
        _over_nearest(
            known, "Samples", ["sample", "nearest\nimage"], images[:SHOWN_SAMPLES], [""] * SHOWN_SAMPLES
        )
        st.button("Resample", key=f"{PAGE} again", on_click=lambda: DRAWN.set((DRAWN.get() + 1) % 10_000))
    with measured:
        told = histogram_at(dict(zip(GROUPS, (known.test[:, 0], known.recreated[:, 0], found[:, 0]))))
        st.vega_lite_chart(fill(histogram(tuple(GROUPS.items()), 290), **told), width="stretch")
    n, nats = len(known.learnt.x), known.information
    st.caption(
        "Brackets contain 95% intervals. A small distance does not mean a copy: a blurred image is close to"
        f" many images. I(x; z) is {nats:.1f} of at most ln {n:,} = {np.log(n):.1f} nats: z distinguishes"
        f" about {np.exp(nats):.0f} groups of training images."
    )
