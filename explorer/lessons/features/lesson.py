"""The encoder as a feature extractor: many unlabelled images, few labelled ones."""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, tex
from explorer.ui.pages import page_file
from explorer.ui.run_view import RunView, run_version

NAME = "features"
PAGE = page_name(NAME)
RUNS = {"mnist": "mnist-vae-16d", "fashion-mnist": "fashion-mnist-vae-16d"}
ENCODERS = {"kept": "Frozen", "tuned": "Fine-tuned"}
IMAGES = Setting("images", "mnist", page=PAGE, options=tuple(RUNS))
LABELS = Setting("labels", "1", page=PAGE)
ENCODER = Setting("encoder", "kept", page=PAGE, options=tuple(ENCODERS))
CLASS = Setting("class", "3", page=PAGE)
MAX_QUICK_LABELS = 100  # per class: with more, classifiers take long, and are trained on request
MAX_ROWS, DIRECTION_STEPS = 4, np.linspace(-1, 2, 7)
DRAWN_FACES = "faces-vae-12d"
FACE_TRAININGS = {
    "CelebA, if it is on this machine": {"dataset": "celeba"},
    "Your own folder of faces": {"dataset": "folder:/home/me/faces", "image_size": "64", "colour": "True"},
}

x, y, w = tex("x", "x"), tex("distortion", "y"), tex("rate", "w")
mu, phi = tex("mu", r"\mu_\phi(x)"), tex("mu", r"\phi")

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
    read_mathematics(__file__, w=w, y=y, x=x, mu=mu, phi=phi),
    (
        "explorer.lessons.features.compute:build_features",
        "explorer.lessons.features.compute:fit_probe",
        "explorer.lessons.features.compute:fine_tune",
        "explorer.latent.attributes:factor_direction",
    ),
    (IMAGES, LABELS, ENCODER, CLASS),
    concepts=(17, 21, 23),
    runs=tuple(RUNS.values()),
    any_run=True,
)


@st.cache_resource(max_entries=2, show_spinner="Reading the images…")
def _labelled_images(version: str, _run):
    from explorer.lessons.features.compute import gather_images

    return gather_images(RunView(_run).load(), RunView(_run).embedding)


@st.cache_resource(max_entries=8, show_spinner=False)
def _train_classifiers(version: str, tuned: bool, with_many_labels: bool, _run) -> dict[str, np.ndarray]:
    """Return the accuracies of the linear classifiers, or after fine-tuning, with few labels or with many."""
    from explorer.lessons.features import compute

    data = _labelled_images(version, _run)
    counts = [n for n in data.counts if (n > MAX_QUICK_LABELS) == with_many_labels]
    trained = "encoders" if tuned else "linear classifiers"
    label = f"Training {trained}{f' on up to {counts[-1]:,} labels per class' if with_many_labels else ''}…"
    bar = st.progress(0.0, label)

    def on_progress(share: float) -> None:
        bar.progress(share, label)

    try:
        if tuned:
            return compute.fine_tuning_accuracies(data, RunView(_run).load(), counts, on_progress)
        return compute.probe_accuracies(data, counts, on_progress)
    finally:
        bar.empty()


def picture(runs: dict[str, Run]) -> None:
    from explorer.lessons.features.figure import accuracy_curve, accuracy_table

    images = [name for name in RUNS if RUNS[name] in runs]
    controls = st.columns([2, 4, 3])
    with controls[0]:
        run = runs[RUNS[IMAGES.segmented_control("Images", images, words.dataset_option)]]
    data = _labelled_images(run_version(run), run)
    with controls[1]:
        per_class = _choose_label_count([str(n) for n in data.counts])
    with controls[2]:
        tuned = ENCODER.segmented_control("Encoder", list(ENCODERS), ENCODERS.get) == "tuned"
    chart_column, table_column = st.columns([5, 3], gap="medium")
    is_answered = LESSON.answer.get()
    with chart_column:
        if is_answered:
            with_many_labels = per_class > MAX_QUICK_LABELS
            accuracies = _accuracies(run, False, with_many_labels)
            if tuned:
                frozen = {name: accuracies[name] for name in ("codes", "pixels")}
                accuracies = frozen | _accuracies(run, True, with_many_labels)
            counts = tuple(data.counts[: len(accuracies["codes"])])
            plots(f"{PAGE} accuracies", [accuracy_curve(accuracies, counts, per_class)])
        else:
            st.info("Answer the question to see the test accuracies.")
    with table_column:
        if is_answered:
            count_index = data.counts.index(per_class)
            st.markdown(accuracy_table(accuracies, count_index))
            n_choices = " or ".join(map(str, sorted({a.shape[1] for a in accuracies.values()})))
            st.caption(f"± is a 95% interval over {n_choices} choices of the labelled images.")
            st.markdown(_lead_sentence(accuracies, count_index))
            if per_class == 1 and not tuned:
                st.markdown(_reasons_sentence(run_version(run), run))
        _show_labelled_images(run, data, per_class)
    _show_directions(run, data, per_class)
    _link_face_trainings()


def _choose_label_count(counts: list[str]) -> int:
    """Show the slider, and return the chosen number of labels per class."""
    LABELS.set(LABELS.get() if LABELS.get() in counts else LABELS.default)
    labels = {count: f"{int(count):,}" for count in counts}
    return int(
        st.select_slider(
            "Labels per class", counts, format_func=labels.get, key=LABELS.key, persist_state="session"
        )
    )


def _accuracies(run, tuned: bool, with_many_labels: bool) -> dict[str, np.ndarray]:
    """Return the accuracies with few labels per class, and with many if they are requested."""
    version, requested = run_version(run), (False, True) if with_many_labels else (False,)
    parts = [_train_classifiers(version, tuned, above, run) for above in requested]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _lead_sentence(accuracies: dict[str, np.ndarray], count_index: int) -> str:
    """Return the sentence on the highest accuracy, and its leads where their 95% intervals exclude 0."""
    from explorer.lessons.features.compute import compare_best

    best, leads = compare_best({name: a[count_index] for name, a in accuracies.items()})
    leads_text = [
        f"{lead.format()} points over {name}{'' if lead.sign > 0 else ' (not established)'}"
        for name, lead in leads.items()
    ]
    return (
        f"**Highest test accuracy: {best}.** Its lead is {', '.join(leads_text)}. ± is a 95% interval over"
        " these choices."
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _reasons_sentence(version: str, _run) -> str:
    """Return the sentence on what two properties of the codes cost PCA, with one label per class."""
    from explorer.lessons.features.compute import pca_changes

    active = _run.test.active_units
    equal_variances, fewer = pca_changes(_labelled_images(version, _run), active, 1)
    return (
        f"**Why?** Two changes are measured. PCA with equal variances: {equal_variances.format()} points."
        f" PCA with {active} components, as many as active units: {fewer.format()} points."
    )


def _show_labelled_images(run, data, per_class: int) -> None:
    """Show the labelled images, and where they come from."""
    classes, n_test = np.unique(data.y), len(data.y) - data.n_pool
    images = words.escape_markdown(words.run_dataset_label(run))
    rows = data.rows(per_class, 0).reshape(len(classes), -1)[:, :MAX_ROWS].T.ravel()
    st.markdown(
        f"**Labelled images{'' if per_class <= MAX_ROWS else f', {MAX_ROWS} of {per_class:,} rows'}**"
    )
    gallery(
        f"{PAGE} labelled images",
        "Labelled images",
        data.images[rows],
        [run.class_names[label] for label in data.y[rows]],
        len(classes),
    )
    origin = (
        f"{images}: {data.n_pool:,} training images of this VAE may get a label; accuracy is measured on"
        f" {n_test:,} test images."
        if data.from_training_set
        else (
            f"{images}: {data.n_pool:,} images that this VAE was not trained on may get a label; accuracy is"
            f" measured on {n_test:,} others. For up to 1,000 labels per class, run `python -m explorer data"
            f" {run.spec.dataset}` and restart the app."
        )
    )
    st.caption(f"{origin} Active units: {run.test.active_units} of {run.spec.latent_dim}.")


def _show_directions(run, data, per_class: int) -> None:
    """Show images decoded along two directions that the labels give for one class."""
    from explorer.lessons.features.compute import class_directions

    st.subheader("A direction as an attribute")
    if CLASS.get() not in run.class_names:
        CLASS.set(run.class_names[3])
    CLASS.segmented_control("Towards class", run.class_names)
    label = run.class_names.index(CLASS.get())
    zs, chances = class_directions(data, per_class, label, DIRECTION_STEPS)
    images = RunView(run).load().decode(zs.reshape(-1, zs.shape[-1]))
    captions = [f"{chance:.0%}" for chance in chances.ravel()]
    gallery(
        f"{PAGE} along",
        "Along the class",
        images,
        [f"probability of {run.class_names[label]}: {c}" for c in captions],
        len(DIRECTION_STEPS),
        row_labels=["weights of\nthe probe", "mean of the\nclass"],
        captions=captions,
        chosen=int(np.argmin(abs(DIRECTION_STEPS))),
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


def _link_face_trainings() -> None:
    """Show a link to the included faces, and links to trainings on photographs."""
    st.markdown(
        "**Faces.** Such directions can change the length of a nose or the height of eyebrows. A model of"
        " drawn faces is included, and you can train one on photographs."
    )
    network, icon = {"network": "conv", "latent_dim": "32"}, ":material/model_training:"
    query = {"run": DRAWN_FACES, "tool": "attributes"}
    with st.container(horizontal=True):
        st.page_link(page_file("explore"), label="Drawn faces", icon=":material/tune:", query_params=query)
        for label, settings in FACE_TRAININGS.items():
            st.page_link(page_file("train"), label=label, icon=icon, query_params=settings | network)
