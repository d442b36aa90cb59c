"""Does a VAE only imitate or blend its database? What it decodes, beside the training images that come nearest."""

import numpy as np
import streamlit as st

from explorer.figures.palette import ACCENT, CLASS_COLOURS, GREY
from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (20,)
PAGE = "learn_copying"
DIGITS = tuple("0123456789")
START = Setting("from", "3", page=PAGE, options=DIGITS)
END = Setting("to", "gap", page=PAGE, options=("gap", *DIGITS))
T = Setting("t", 0.5, 0, 1, 0.1, page=PAGE)
DRAWN = Setting("draw", 0, 0, 9999, page=PAGE)
SHOWN = "digits-vae-2d"
STEPS, NEAREST, DRAWS, SHOWN_DRAWS = 11, 4, 64, 11
GROUPS = {"test images": GREY, "the same, decoded from their codes": CLASS_COLOURS[0], f"{DRAWS} draws": ACCENT}  # with their colours

x, z, w, q = tex("x", "x_i"), tex("z", "z"), tex("rate", "w_i(z)"), tex("rate", r"q(z\,|\,x_i)")
xh, x1 = tex("distortion", r"\hat{x}(z)"), tex("x", "x_j")
MATHEMATICS = rf"""
**What should a decoder put out at ${z}$?** Training weighs the distortion of each image ${x}$ by how often its cloud is drawn there. For a
given encoder the loss at ${z}$ is, up to a factor, $\sum_i {q}\; D({x}, {xh})$. Set its derivative by ${xh}$ to 0: for Bernoulli
pixels and Gaussian ones alike the best is a mean of the training images,

$${xh} = \sum_i {w}\, {x}, \qquad {w} = \frac{{{q}}}{{\sum_j q(z\,|\,{x1})}}.$$

So a decoder that could be any function would blend: its weights are positive, sum to 1, and change smoothly with ${z}$. Where one narrow
cloud lies alone, it would copy; where many overlap, the mean is blurred. A network is not any function. It must give one smooth map for
all ${z}$ at once, so that it comes near that mean without reaching it: *weighted by clouds* above is the mean, computed from the posteriors
of all training images.

**Not a cross-fade.** The suspicion is of a *linear combination of the database*. Pixel by pixel it comes near to one; but the weights do
not go in a straight line from one image to another. They are found anew at each ${z}$, so that on the way other images come in and leave
again.
"""

LESSON = Lesson(
    PAGE,
    "A suspicion about VAEs: they only make images like those of the database, or mix some of them. **Move t** from the code of a training "
    "image towards a gap or another image, and see what the decode owes to the images that were learnt from.",
    Question("Somewhere on the way from a code to a gap, what is decoded?",
             ("A copy of one training image", "Almost a blend of several", "Near no image, nor any blend"), 1,
             "No copy, not even at the code of a training image: two numbers can't tell 1,437 images apart, so that what is decoded there "
             "is what many have in common. And that is close to a blend, much closer than a blend comes to a real image. For a small "
             "code the suspicion holds halfway; the mathematics below says why."),
    MATHEMATICS,
    ("explorer.latent.neighbours:nearest", "explorer.latent.neighbours:blend", "explorer.lessons.copying:ideal_decode",
     "explorer.lessons.copying:copies"),
    (START, END, T, DRAWN),
)


@st.cache_resource(max_entries=2, show_spinner="Measuring how near real images are to each other…")
def _yardstick(folder, version: str, _run):
    from explorer.lessons.copying import yardstick

    return yardstick(cache.loaded(_run), cache.view(_run).embedding.images)


@st.cache_data(max_entries=20, show_spinner=False)
def _draws(folder, version: str, seed: int, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What DRAWS codes from the prior decode to, and how near that comes to training images, and to blends of them."""
    from explorer.latent.draws import from_gaussian
    from explorer.lessons.copying import blended, two_nearest

    zs = from_gaussian(cache.view(_run).scale, DRAWS, 1.0, np.random.default_rng(seed))
    images, learnt = cache.loaded(_run).decode(zs), _yardstick(folder, version, _run).learnt.x
    return images, two_nearest(learnt, images), blended(learnt, images)


def picture() -> None:
    run = next((run for run in cache.all_runs()[0] if run.name == SHOWN), None)
    if run is None:
        st.info(f"This page needs the run {SHOWN}, which comes along in the folder trained/ and is not there.")
        return
    known = _yardstick(run.folder, cache.version(run), run)
    z = _way(run, known)
    strip, yardstick = st.columns([5, 3], gap="medium")
    here = z[round(T.get() * (STEPS - 1))]
    with strip:
        found, n = cache.between(run), STEPS
        away = _over_nearest(known, "On the way", ["decoded\nat t", "nearest\nimage"], cache.loaded(run).decode(z),
                             [f"{t:.1f}" for t in np.linspace(0, 1, n)], chosen=round(T.get() * (n - 1)),
                             marked=np.flatnonzero(found.farther(z) > 0) if found else (), mark="Underlined: in a gap, where no code lies.",
                             on_pick=lambda i: T.set(i % n / (n - 1)))
        _beside(run, known, here)
    with yardstick:
        _measured(known, away[round(T.get() * (STEPS - 1))])
    _many(run, known)
    st.page_link("pages/explore.py", label="Ask the same of any other place, and of any other run", icon=":material/arrow_forward:",
                 query_params={"run": SHOWN, "tool": "copying", "z": ",".join(f"{v:.4g}" for v in here)})


def _way(run, known) -> np.ndarray:
    """The codes on the way that was chosen [STEPS, 2]."""
    from explorer.latent.gap_map import widest
    from explorer.latent.interpolation import linear

    gap = widest(cache.gaps(run))
    first = {name: known.learnt.mu[np.argmax(known.learnt.y == i)] for i, name in enumerate(run.class_names)}
    ends = ({} if gap is None else {"gap": gap}) | first
    def said(name: str) -> str:
        return "the widest gap" if name == "gap" else f"the code of a {name}"

    slider, choices = st.columns([5, 3], gap="medium", vertical_alignment="bottom")
    with slider:
        T.slider("t, how far on the way")
    with choices, st.container(horizontal=True):
        START.select("From a training image", run.class_names, said)
        END.select("To", list(ends), said)
    return linear(first[START.get()], ends[END.get()], STEPS)


def _over_nearest(known, title: str, heads: list[str], images: np.ndarray, captions: list[str], **how) -> np.ndarray:
    """Images over their nearest training images; how far they are from those."""
    from explorer.latent.neighbours import nearest

    rows, away = (np.concatenate(part) for part in zip(*(nearest(known.learnt.x, image, 1) for image in images)))
    both = np.concatenate([images, known.learnt.x[rows] / np.float32(255)])
    said = [f"{d:.1f}" for d in away]
    names = [f"decoded {caption}" for caption in captions] + [f"a training image, {d} away" for d in said]
    gallery(f"{PAGE} {title}", title, both, names, len(images), heads=heads, captions=captions + said, **how)
    return away


def _beside(run, known, z: np.ndarray) -> None:
    """The decode at z, two blends, and what is nearest in pixels and in code."""
    from explorer.latent.neighbours import nearest
    from explorer.lessons.copying import best_blend, ideal_decode

    decoded = cache.loaded(run).decode(z)[0]
    mixed, ideal = best_blend(known.learnt.x, decoded), ideal_decode(known.learnt.x, known.learnt.mu, known.logvar, z)
    made, pixel, code = st.columns([3, NEAREST, NEAREST])
    with made:
        st.markdown(f"**At t = {T.get():.1f}**")
        captions = ["decoded", f"best blend\n{mixed.distance:.2f}", f"weighted by clouds\n{np.linalg.norm(decoded - ideal):.2f}"]
        gallery(f"{PAGE} made", "Decode and blends", np.stack([decoded, np.clip(mixed.image, 0, 1), ideal]), captions, 3,
                captions=captions)
    for column, title, among, to in ((pixel, "Nearest in pixels", known.learnt.x, decoded), (code, "Nearest in code", known.learnt.mu, z)):
        rows, away = nearest(among, to, NEAREST)
        with column:
            st.markdown(f"**{title}**")
            captions = [f"a {run.class_names[known.learnt.y[row]]}\n{distance:.2f}" for row, distance in zip(rows, away)]
            gallery(f"{PAGE} {title}", title, known.learnt.x[rows], captions, NEAREST, captions=captions)
    st.caption(f"Distances are roots of summed squares, of pixels from 0 to 1; in code, of z. The best blend is of the 60 nearest training "
               f"images with weights of 0 or more: {(mixed.weights > 1e-3).sum()} are in it. To a test image it usually comes as near as "
               f"{np.median(known.blended):.2f}.")


def _measured(known, distance: float) -> None:
    from explorer.figures.lesson_copying import histogram, histogram_at
    from explorer.figures.live import fill

    usual = known.test[:, 0]
    share = (usual < distance).mean()
    st.markdown(f"**{distance:.2f}** from the nearest training image. Of {len(usual)} test images, none of them learnt from, "
                f"**{share:.0%}** come nearer; the middle one is {np.median(usual):.2f} away.")
    name = f"{len(usual)} test images"
    st.vega_lite_chart(fill(histogram(((name, GREY),), 230), **histogram_at({name: usual}, [distance])), width="stretch")


def _many(run, known) -> None:
    """Draws from the prior, by the same yardstick."""
    from explorer.figures.lesson_copying import histogram, histogram_at
    from explorer.figures.live import fill
    from explorer.lessons.copying import copies, nearer

    images, found, blends = _draws(run.folder, cache.version(run), DRAWN.get(), run)
    st.subheader("Many new images")
    strip, measured = st.columns([5, 3], gap="medium")
    with strip:
        st.markdown(f"Of {DRAWS} draws from the prior, **{copies(found).sum()}** are copies, by a usual test: nearer to one training image "
                    f"than a third of the distance to the next. **{nearer(found, known.test):.0%}** are nearer to a training image than "
                    f"the middle test image is. But a blend comes as near to them as **{np.median(blends):.2f}**, and to a test image "
                    f"{np.median(known.blended):.2f}.")
        _over_nearest(known, "Draws", ["drawn", "nearest\nimage"], images[:SHOWN_DRAWS], [""] * SHOWN_DRAWS)
        st.button("Draw again", key=f"{PAGE} again", on_click=lambda: DRAWN.set((DRAWN.get() + 1) % 10_000))
    with measured:
        told = histogram_at(dict(zip(GROUPS, (known.test[:, 0], known.recreated[:, 0], found[:, 0]))))
        st.vega_lite_chart(fill(histogram(tuple(GROUPS.items()), 290), **told), width="stretch")
    st.caption("Near is not copied: what is decoded is blurred, and a blurred image lies near many. Even test images, which it did not "
               f"learn from, come nearer once they are decoded from their codes: {nearer(known.recreated, known.test):.0%} of them are "
               "then nearer than the middle test image was.")


teach(LESSON, picture)
