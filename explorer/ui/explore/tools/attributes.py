"""Attribute directions: as a slider in the pad, as a strip, and with their effect on other classes."""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.attributes import class_direction, factor_direction, measure_effect
from explorer.latent.share import share_of_count
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import ATTRIBUTE, FROM_CLASS, STEPS, TO_CLASS
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.classified import class_probabilities
from explorer.ui.explore.tools.known_factors import show_changes, show_separation
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView, run_version

MAX_MULTIPLE = 2.0  # times the direction, in the strip
MAX_EFFECT_CODES = 1000  # codes of other classes to which a direction is added, at most


def _attributes(session: ExploreSession) -> list[str]:
    return [*(["classes"] if len(_classes(session)) > 1 else []), *RunView(session.run).embedding.factors]


def _classes(session: ExploreSession) -> list[str]:
    return [session.run.class_names[label] for label in np.unique(RunView(session.run).embedding.y)]


def _class_indices(session: ExploreSession) -> list[int]:
    """Return the classes from which and to which a direction between classes leads."""
    classes = _classes(session)
    return [
        session.run.class_names.index(s.get() if s.get() in classes else classes[i])
        for i, s in enumerate((FROM_CLASS, TO_CLASS))
    ]


def _direction(session: ExploreSession) -> tuple[str, np.ndarray] | None:
    """Return the name of the direction and the vector to add to a z; None if the images have no classes to
    compare.
    """
    e, kinds = RunView(session.run).embedding, _attributes(session)
    mu = session.posteriors()[0]
    if not kinds:
        return None
    kind = ATTRIBUTE.get() if ATTRIBUTE.get() in kinds else kinds[0]
    if kind != "classes":
        return kind.replace("_", " "), factor_direction(mu, e.factors[kind][: len(mu)])
    from_class, to_class = _class_indices(session)
    return f"{session.run.class_names[from_class]} → {session.run.class_names[to_class]}", class_direction(
        mu, e.y[: len(mu)], from_class, to_class
    )


def overlay(session: ExploreSession) -> dict:
    try:
        direction = _direction(session)
    except UserError:
        return {}  # show() reports the error
    if not (direction and direction[1].any()):
        return {}
    name, vector = direction
    return {"direction": {"name": name, "vector": vector.tolist()}}


def show(session: ExploreSession) -> None:
    kinds, classes = _attributes(session), _classes(session)
    if not kinds:
        st.info(
            "These images have one class and no other known attribute, so there is no direction to follow."
        )
        return
    if len(kinds) > 1:
        ATTRIBUTE.selectbox(
            "Attribute", kinds, lambda kind: "class" if kind == "classes" else kind.replace("_", " ")
        )
    else:
        ATTRIBUTE.set(kinds[0])
    if ATTRIBUTE.get() == "classes":
        for column, setting, label, first in zip(
            st.columns(2), (FROM_CLASS, TO_CLASS), ("From the mean of", "to the mean of"), (0, 1)
        ):
            with column:
                setting.set(setting.get() if setting.get() in classes else classes[first])
                setting.selectbox(label, classes)
    name, vector = _direction(session)
    if not vector.any():
        st.info("Choose two different classes: there is no direction from a class to itself.")
        return
    n = STEPS.slider("Images per row")
    shares = np.linspace(-MAX_MULTIPLE, MAX_MULTIPLE, n)
    zs = session.z + shares[:, None] * vector
    gaps = session.are_in_gaps(zs)
    captions = [f"{'+' if t > 0 else ''}{t:.1f}".replace("-", "−") for t in shares]
    gallery(
        session_key("attribute", session.run),
        f"Along {name}",
        session.decode(zs),
        [f"{c} times {name}" for c in captions],
        n,
        captions=captions,
        underlined=np.flatnonzero(gaps),
        underline_note="Underlined: in a gap (no codes).",
        on_pick=lambda i: session.move(zs[i]),
        caption_suffix=session.title,
    )
    st.caption(
        "0 is z; +1 adds the difference of the two groups' mean codes, of length"
        f" {np.linalg.norm(vector):.2f}."
    )
    if ATTRIBUTE.get() == "classes":
        _show_effect(session, *_class_indices(session))
    show_changes(session, name, vector)
    show_separation(session)


def _show_effect(session: ExploreSession, from_class: int, to_class: int) -> None:
    """Show what the direction does to images of the classes that it does not belong to."""
    if effects := _measure_effect(
        session.run.folder, run_version(session.run), session.beta, from_class, to_class, session
    ):
        n, before, after = effects
        kept, to_target, to_other, kept_before = (
            share_of_count(round(share * n), n)
            for share in (
                after.unchanged,
                after.changed_to_target,
                after.changed_to_other,
                before.unchanged,
            )
        )
        st.caption(
            f"Added to {n:,} codes of other classes, this direction keeps the class of {kept}, turns"
            f" {to_target} into {words.escape_markdown(session.run.class_names[to_class])} and {to_other}"
            f" into another, according to the classifier. Without it, {kept_before} keep their class (95%"
            " intervals)."
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _measure_effect(
    folder: Path, version: str, beta: float | None, from_class: int, to_class: int, _session: ExploreSession
):
    """Return the number of images, and the explorer.latent.attributes.Effect of no direction and of this one;
    None if it cannot be measured.
    """
    mu, y = _session.posteriors()[0], RunView(_session.run).embedding.y
    rows = np.flatnonzero(~np.isin(y[: len(mu)], (from_class, to_class)))
    rows = (
        rows[np.linspace(0, len(rows) - 1, min(MAX_EFFECT_CODES, len(rows))).astype(int)]
        if len(rows)
        else rows
    )
    if not len(rows):
        return None
    class_shares = [
        class_probabilities(_session.run, _session.decode(mu[rows] + vector, y[rows]))
        for vector in (0, _direction(_session)[1])
    ]
    return (
        None
        if class_shares[0] is None
        else (len(rows), *(measure_effect(p.argmax(1), y[rows], to_class) for p in class_shares))
    )


TOOL = Tool(
    "Attributes",
    "Choose a direction. Move its slider, below those of z, and watch what else in the image changes.",
    show,
    (ATTRIBUTE, FROM_CLASS, TO_CLASS, STEPS),
    overlay,
)
