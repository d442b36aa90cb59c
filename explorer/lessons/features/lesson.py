"""The encoder as a feature extractor: many unlabelled images, few labelled ones."""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.pages import page_file
from explorer.ui.run_view import RunView, run_version

NAME = "features"
PAGE = page_of(NAME)
SHOWN = {"mnist": "mnist-vae-16d", "fashion-mnist": "fashion-mnist-vae-16d"}
ENCODERS = {"kept": "Frozen", "tuned": "Fine-tuned"}
IMAGES = Setting("images", "mnist", page=PAGE, options=tuple(SHOWN))
LABELS = Setting("labels", "1", page=PAGE)
ENCODER = Setting("encoder", "kept", page=PAGE, options=tuple(ENCODERS))
CLASS = Setting("class", "3", page=PAGE)
FEW = 100  # labels per class: above, classifiers take long, and are trained only when asked for
MOST_ROWS, SHARES = 4, np.linspace(-1, 2, 7)
FACES = {
    "CelebA, if it is on this machine": {"dataset": "celeba"},
    "Your own folder of faces": {"dataset": "folder:/home/me/faces", "image_size": "64", "colour": "True"},
}

x = tex("x", "x")
mu = tex("mu", r"\mu_\phi(x)")
y = tex("distortion", "y")
phi = tex("mu", r"\phi")
w = tex("rate", "w")
MATHEMATICS = read_mathematics(__file__, w=w, y=y, x=x, mu=mu, phi=phi)

LESSON = Lesson(
    NAME,
    "An encoder learns from unlabelled images. How useful are its codes as features? **Choose the number of"
    " labels per class,** and compare a linear classifier on the codes, on principal components (PCA), and on"
    " the pixels.",
    Question(
        "With one label per class (ten in all), which features give the highest test accuracy?",
        ("The codes", "PCA", "The pixels"),
        1,
        "PCA keeps the large variances of the images. The prior gives all active dimensions of a code about"
        " the same variance, so that the directions that separate classes weigh no more than the others. This"
        " is only a part of the explanation: the effect of equal variances on PCA is measured below. Then add"
        " labels.",
    ),
    MATHEMATICS,
    (
        "explorer.lessons.features.compute:labelled",
        "explorer.lessons.features.compute:probe",
        "explorer.lessons.features.compute:fine_tune",
        "explorer.latent.attributes:along",
    ),
    (IMAGES, LABELS, ENCODER, CLASS),
    concepts=(17, 21, 23),
    runs=tuple(SHOWN.values()),
    any_run=True,
)


@st.cache_resource(max_entries=2, show_spinner="Reading the images…")
def _data(version: str, _run):
    from explorer.lessons.features.compute import gathered

    return gathered(RunView(_run).load(), RunView(_run).embedding)


@st.cache_resource(max_entries=8, show_spinner=False)
def _found(version: str, tuned: bool, many: bool, _run) -> dict[str, np.ndarray]:
    """Accuracies of the linear classifiers, or after fine-tuning, with few labels per class or with many."""
    from explorer.lessons.features import compute

    data = _data(version, _run)
    counts = [n for n in data.counts if (n > FEW) == many]
    what = "encoders" if tuned else "linear classifiers"
    label = f"Training {what}{f' on up to {counts[-1]:,} labels per class' if many else ''}…"
    bar = st.progress(0.0, label)
    try:
        if tuned:
            return compute.tuned(data, RunView(_run).load(), counts, lambda share: bar.progress(share, label))
        return compute.probed(data, counts, lambda share: bar.progress(share, label))
    finally:
        bar.empty()


def picture(runs: dict[str, Run]) -> None:
    from explorer.figures.live import fill
    from explorer.lessons.features.figure import accuracy_curve, accuracy_curve_at, accuracy_table

    images = [name for name in SHOWN if SHOWN[name] in runs]
    controls = st.columns([2, 4, 3])
    with controls[0]:
        run = runs[SHOWN[IMAGES.pick("Images", images, words.choice_of_images)]]
    data = _data(run_version(run), run)
    with controls[1]:
        per_class = _slider([str(n) for n in data.counts])
    with controls[2]:
        tuned = ENCODER.pick("Encoder", list(ENCODERS), ENCODERS.get) == "tuned"
    chart, beside = st.columns([5, 3], gap="medium")
    answered = LESSON.answer.get()
    with chart:
        if answered:
            found = _accuracies(run, False, per_class > FEW)
            if tuned:
                found = {name: found[name] for name in ("codes", "pixels")} | _accuracies(
                    run, True, per_class > FEW
                )
            counts = tuple(data.counts[: len(found["codes"])])
            st.vega_lite_chart(
                fill(accuracy_curve(tuple(found), counts), **accuracy_curve_at(found, counts, per_class)),
                width="stretch",
            )
        else:
            st.info("Answer the question to see the test accuracies.")
    with beside:
        if answered:
            at = data.counts.index(per_class)
            st.markdown(accuracy_table(found, at))
            st.caption(
                "± standard deviation over"
                f" {' or '.join(map(str, sorted({a.shape[1] for a in found.values()})))} choices of the"
                " labelled images."
            )
            st.markdown(_lead(found, at))
            if per_class == 1 and not tuned:
                st.markdown(_reasons(run_version(run), run))
        _labels(run, data, per_class)
    _direction(run, data, per_class)
    _faces()


def _slider(counts: list[str]) -> int:
    """The chosen number of labels per class."""
    LABELS.set(LABELS.get() if LABELS.get() in counts else LABELS.usual)
    said = {count: f"{int(count):,}" for count in counts}
    return int(
        st.select_slider(
            "Labels per class", counts, format_func=said.get, key=LABELS.key, persist_state="session"
        )
    )


def _accuracies(run, tuned: bool, many: bool) -> dict[str, np.ndarray]:
    """With few labels per class, and with many if asked for."""
    parts = [_found(run_version(run), tuned, above, run) for above in ((False, True) if many else (False,))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _lead(found: dict[str, np.ndarray], at: int) -> str:
    """Which way has the highest accuracy, and by how much; a lead is stated only where its 95% interval
    excludes 0.
    """
    from explorer.lessons.features.compute import leader

    best, leads = leader({name: a[at] for name, a in found.items()})
    said = [
        f"{lead.text()} points over {name}{'' if lead.sign > 0 else ' (not established)'}"
        for name, lead in leads.items()
    ]
    return (
        f"**Highest test accuracy: {best}.** Its lead is {', '.join(said)}. ± is a 95% interval over these"
        " choices."
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _reasons(version: str, _run) -> str:
    """How much two properties of the codes would cost PCA, with one label per class."""
    from explorer.lessons.features.compute import changed_pca

    active = _run.test.active_units
    even, fewer = changed_pca(_data(version, _run), active, 1)
    return (
        f"**Why?** Two changes are measured. PCA with equal variances: {even.text()} points. PCA with"
        f" {active} components, as many as active units: {fewer.text()} points."
    )


def _labels(run, data, per_class: int) -> None:
    """Show the labelled images."""
    classes, n_test, images = np.unique(data.y), len(data.y) - data.n_pool, words.as_text(words.dataset(run))
    rows = data.rows(per_class, 0).reshape(len(classes), -1)[:, :MOST_ROWS].T.ravel()
    st.markdown(
        f"**Labelled images{'' if per_class <= MOST_ROWS else f', {MOST_ROWS} of {per_class:,} rows'}**"
    )
    gallery(
        f"{PAGE} labelled images",
        "Labelled images",
        data.images[rows],
        [run.class_names[label] for label in data.y[rows]],
        len(classes),
    )
    whence = (
        f"{images}: {data.n_pool:,} training images of this VAE may get a label; accuracy is measured on"
        f" {n_test:,} test images."
        if data.learnt
        else (
            f"{images}: {data.n_pool:,} images that this VAE was not trained on may get a label; accuracy is"
            f" measured on {n_test:,} others. For up to 1,000 labels per class, run `python -m explorer data"
            f" {run.spec.dataset}` and restart the app."
        )
    )
    st.caption(f"{whence} Active units: {run.test.active_units} of {run.spec.latent_dim}.")


def _direction(run, data, per_class: int) -> None:
    """Decode along two directions that the labels give for one class."""
    from explorer.lessons.features.compute import along_class

    st.subheader("A direction as an attribute")
    if CLASS.get() not in run.class_names:
        CLASS.set(run.class_names[3])
    CLASS.pick("Towards class", run.class_names)
    label = run.class_names.index(CLASS.get())
    zs, chances = along_class(data, per_class, label, SHARES)
    images = RunView(run).load().decode(zs.reshape(-1, zs.shape[-1]))
    captions = [f"{chance:.0%}" for chance in chances.ravel()]
    gallery(
        f"{PAGE} along",
        "Along the class",
        images,
        [f"probability of {run.class_names[label]}: {c}" for c in captions],
        len(SHARES),
        heads=["weights of\nthe probe", "mean of the\nclass"],
        captions=captions,
        chosen=int(np.argmin(abs(SHARES))),
    )
    st.caption(
        "The framed image is E[x|z] at the code of a test image. To its right the code moves towards"
        f" *{CLASS.get()}*, to its left away from it. The directions use the labelled images only. The"
        " percentages are probabilities of this class by the linear classifier."
    )
    st.page_link(
        page_file("explore"),
        label="Move any image along an attribute",
        icon=":material/arrow_forward:",
        query_params={"run": run.name, "tool": "attributes"},
    )


def _faces() -> None:
    st.markdown(
        "**Faces.** For faces, such directions can change the height of the nose or of the eyebrows. The app"
        " includes no faces. You can train a model on:"
    )
    with st.container(horizontal=True):
        for label, settings in FACES.items():
            st.page_link(
                page_file("train"),
                label=label,
                icon=":material/model_training:",
                query_params=settings | {"network": "conv", "latent_dim": "32"},
            )
