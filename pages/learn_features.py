"""The encoder as a feature extractor: many images without a label, few with one."""

import numpy as np
import streamlit as st

from explorer.ui import cache, words
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (17, 21, 23)
PAGE = "learn_features"
SHOWN = {"mnist": "mnist-vae-16d", "fashion-mnist": "fashion-mnist-vae-16d"}
ENCODERS = {"kept": "Kept as it is", "tuned": "Fine-tuned too"}
IMAGES = Setting("images", "mnist", page=PAGE, options=tuple(SHOWN))
LABELS = Setting("labels", "1", page=PAGE)
ENCODER = Setting("encoder", "kept", page=PAGE, options=tuple(ENCODERS))
CLASS = Setting("class", "3", page=PAGE)
FEW = 100  # labels per class: with more, the classifiers take so long that they wait until asked for
MOST_ROWS, SHARES = 4, np.linspace(-1, 2, 7)
FACES = {"CelebA, if its files are on this machine": {"dataset": "celeba"},
         "A folder of faces of your own": {"dataset": "folder:/home/me/faces", "image_size": "64", "colour": "True"}}

x, mu, y, phi, w = tex("x", "x"), tex("mu", r"\mu_\phi(x)"), tex("distortion", "y"), tex("mu", r"\phi"), tex("rate", "w")
MATHEMATICS = rf"""
**A linear probe** keeps the encoder as it is and learns only weights ${w}$ on what it puts out, by cross-entropy on the labelled images
and a penalty:

$$
p({y} = k \mid {x}) \propto \exp\big({w}_k^\top {mu} + b_k\big), \qquad
\min_{{{w}}} \sum -\log p({y} \mid {x}) + \tfrac12 \lVert {w} \rVert^2.
$$

**Fine-tuning** lets the cross-entropy change the encoder's weights ${phi}$ as well, without the penalty: the decoder is taken away, the
rest is trained jointly. The labels pay for ${w}$, and what ${phi}$ starts from was learnt from 60,000 images without any.

**A fair comparison.** Codes, principal components and pixels are each multiplied by one number, so that all have the same variance in
sum, and the penalty weighs alike. PCA is fitted to the images that may get a label, without their labels.

**A direction.** The score of class $k$ rises fastest along its weights ${w}_k$. What its images have in common lies along the
difference of mean codes. The first asks *what tells it apart?*, the second *what changes?*: they need not agree, and with few labels
neither is known well. Dimensions by themselves need not mean anything: the prior looks alike from all sides.
"""

LESSON = Lesson(
    PAGE,
    "An encoder learns from images that nobody has named. What is it worth when a few of them get a name? **Choose how many labels each "
    "class gets,** and see what a linear classifier makes of the codes, of principal components (PCA), and of the pixels themselves.",
    Question("One label per class, ten in all: on what does a linear classifier do best?", ("The codes", "PCA", "The pixels"), 1,
             "So it is on both sets of images. The prior gives all dimensions in use the same spread, so that what tells classes apart "
             "weighs no more than the rest; PCA leaves large differences large. From five labels per class on, the codes of MNIST lead, "
             "until with several hundred the 784 pixels catch up. Those of Fashion-MNIST never do: this VAE uses only 6 of its 16 "
             "dimensions."),
    MATHEMATICS,
    ("explorer.lessons.features:labelled", "explorer.lessons.features:probe", "explorer.lessons.features:fine_tune",
     "explorer.latent.attributes:along"),
    (IMAGES, LABELS, ENCODER, CLASS),
)


@st.cache_resource(max_entries=2, show_spinner="Reading the images…")
def _data(version: str, _run):
    from explorer.lessons.features import gathered

    return gathered(cache.loaded(_run), cache.view(_run).embedding)


@st.cache_resource(max_entries=8, show_spinner=False)
def _found(version: str, tuned: bool, many: bool, _run) -> dict[str, np.ndarray]:
    """Accuracies of the linear classifiers, or after fine-tuning, with few labels per class or with many."""
    from explorer.lessons import features

    data = _data(version, _run)
    counts = [n for n in data.counts if (n > FEW) == many]
    said = f"{'Fine-tuning the encoder' if tuned else 'Teaching the labels'}{f', up to {counts[-1]:,} per class' if many else ''}…"
    bar = st.progress(0.0, said)
    try:
        if tuned:
            return features.tuned(data, cache.loaded(_run), counts, lambda share: bar.progress(share, said))
        return features.probed(data, counts, lambda share: bar.progress(share, said))
    finally:
        bar.empty()


def picture() -> None:
    from explorer.figures.lesson_features import accuracy_curve, accuracy_curve_at, accuracy_table
    from explorer.figures.live import fill

    there = {run.name: run for run in cache.all_runs()[0]}
    images = [name for name in SHOWN if SHOWN[name] in there]
    if not images:
        st.info(f"This page needs the run {' or '.join(SHOWN.values())}, which come along in the folder trained/ and are not there.")
        return
    controls = st.columns([2, 4, 3])
    with controls[0]:
        run = there[SHOWN[IMAGES.pick("Images", images, words.DATASETS.get)]]
    data = _data(cache.version(run), run)
    with controls[1]:
        per_class = _slider([str(n) for n in data.counts])
    with controls[2]:
        tuned = ENCODER.pick("Encoder", list(ENCODERS), ENCODERS.get) == "tuned"
    chart, beside = st.columns([5, 3], gap="medium")
    with chart:
        found = _accuracies(run, False, per_class > FEW)
        if tuned:
            found = {name: found[name] for name in ("codes", "pixels")} | _accuracies(run, True, per_class > FEW)
        counts = tuple(data.counts[: len(found["codes"])])
        st.vega_lite_chart(fill(accuracy_curve(tuple(found), counts), **accuracy_curve_at(found, counts, per_class)), width="stretch")
    with beside:
        st.markdown(accuracy_table(found, data.counts.index(per_class)))
        _labels(run, data, per_class, sorted({a.shape[1] for a in found.values()}))
    _direction(run, data, per_class)
    _faces()


def _slider(counts: list[str]) -> int:
    """How many labels each class gets."""
    LABELS.set(LABELS.get() if LABELS.get() in counts else LABELS.usual)
    said = {count: f"{int(count):,}" for count in counts}
    return int(st.select_slider("Labels per class", counts, format_func=said.get, key=LABELS.key, persist_state="session"))


def _accuracies(run, tuned: bool, many: bool) -> dict[str, np.ndarray]:
    """With few labels per class, and if asked for with many."""
    parts = [_found(cache.version(run), tuned, above, run) for above in ((False, True) if many else (False,))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _labels(run, data, per_class: int, choices: list[int]) -> None:
    """The images that get a label."""
    classes, n_test, images = np.unique(data.y), len(data.y) - data.n_pool, words.as_text(words.dataset(run))
    rows = data.rows(per_class, 0).reshape(len(classes), -1)[:, :MOST_ROWS].T.ravel()
    st.markdown(f"**All that has a label{'' if per_class <= MOST_ROWS else f', {MOST_ROWS} of {per_class:,} rows'}**")
    gallery(f"{PAGE} labelled images", "Labelled images", data.images[rows],
            [run.class_names[label] for label in data.y[rows]], len(classes))
    whence = (f"{images}: {data.n_pool:,} of the images that this VAE learnt from, without their labels, may get one here, and {n_test:,} "
              "others are the test." if data.learnt else
              f"{images}: of {len(data.y):,} images that this VAE was not trained on, {data.n_pool:,} may get a label, and {n_test:,} are "
              f"the test. For up to 1,000 labels per class its training images are needed: `python -m explorer data {run.spec.dataset}` "
              "fetches them; then start the app again.")
    st.caption(f"{whence} ± is the standard deviation over {' or '.join(map(str, choices))} choices of the labelled ones. The codes use "
               f"{run.test.active_units} of their {run.spec.latent_dim} dimensions.")


def _direction(run, data, per_class: int) -> None:
    """Decodes along what the labels say of one class."""
    from explorer.lessons.features import along_class

    st.subheader("A direction as an attribute")
    if CLASS.get() not in run.class_names:
        CLASS.set(run.class_names[3])
    CLASS.pick("More of", run.class_names)
    label = run.class_names.index(CLASS.get())
    zs, chances = along_class(data, per_class, label, SHARES)
    images = cache.loaded(run).decode(zs.reshape(-1, zs.shape[-1]))
    captions = [f"{chance:.0%}" for chance in chances.ravel()]
    gallery(f"{PAGE} along", "Along the class", images, [f"{c} {run.class_names[label]} by the probe" for c in captions], len(SHARES),
            heads=["the probe's\nweights", "mean of the\nclass"], captions=captions, chosen=int(np.argmin(abs(SHARES))))
    st.caption(f"Framed: a test image, decoded. To its right the code goes towards *{CLASS.get()}*, to its left away from it, by what the "
               "labelled images tell alone. Below each, how probable the linear classifier on the codes finds that class. More labels make "
               "the direction surer.")
    st.page_link("pages/explore.py", label="Move any image along an attribute", icon=":material/arrow_forward:",
                 query_params={"run": run.name, "tool": "attributes"})


def _faces() -> None:
    st.markdown("**Faces.** Of a face, such directions may be the height of a nose or an eyebrow. No faces come along with this app; it "
                "learns from those you have:")
    with st.container(horizontal=True):
        for label, settings in FACES.items():
            st.page_link("pages/train.py", label=label, icon=":material/model_training:",
                         query_params=settings | {"network": "conv", "latent_dim": "32"})


teach(LESSON, picture)
