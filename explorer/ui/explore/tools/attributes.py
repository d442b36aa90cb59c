"""Attribute directions: as a slider in the pad, as a strip, and with their effect on other classes."""

from pathlib import Path

import numpy as np

from explorer.errors import UserError
from explorer.latent.attributes import class_direction, factor_direction, group_direction, measure_effect
from explorer.latent.share import share_of_count
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import (
    ATTRIBUTE,
    FROM_CLASS,
    FROM_IMAGES,
    STEPS,
    TO_CLASS,
    TO_IMAGES,
)
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.classified import class_probabilities
from explorer.ui.explore.tools.image_groups import group_rows, show_group_change, show_groups
from explorer.ui.explore.tools.known_factors import show_changes, show_separation
from explorer.ui.explore.tools.tool import Tool
from explorer.views import words
from explorer.views.run_view import RunView, run_version

MAX_MULTIPLE = 2.0  # times the direction, in the strip
MAX_EFFECT_CODES = 1000  # codes of other classes to which a direction is added, at most
LABELS = {"classes": "class", "groups": "two groups of images"}


def _attributes(session: ExploreSession) -> list[str]:
    classes = ["classes"] if len(_classes(session)) > 1 else []
    return [*classes, *RunView(session.run).embedding.factors, "groups"]


def _label(kind: str) -> str:
    return LABELS.get(kind, kind.replace("_", " "))


def _kind(session: ExploreSession) -> str:
    """Return what the direction is between: "classes", "groups", or the name of a known factor."""
    kinds = _attributes(session)
    return ATTRIBUTE.get() if ATTRIBUTE.get() in kinds else kinds[0]


def _classes(session: ExploreSession) -> list[str]:
    return [session.run.class_names[label] for label in np.unique(RunView(session.run).embedding.y)]


def _class_indices(session: ExploreSession) -> list[int]:
    """Return the classes from which and to which a direction between classes leads."""
    classes = _classes(session)
    return [
        session.run.class_names.index(s.get() if s.get() in classes else classes[i])
        for i, s in enumerate((FROM_CLASS, TO_CLASS))
    ]


def _direction(session: ExploreSession) -> tuple[str, np.ndarray]:
    """Return the name of the direction and the vector to add to a z. Raises UserError if there is none."""
    e, mu, kind = RunView(session.run).embedding, session.posteriors()[0], _kind(session)
    if kind == "groups":
        groups = (group_rows(session, setting) for setting in (FROM_IMAGES, TO_IMAGES))
        return "first → second group", group_direction(mu, *groups)
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
    name, vector = direction
    if not vector.any():
        return {}
    return {"direction": {"name": name, "vector": vector.tolist()}}


def show(session: ExploreSession) -> None:
    kinds, classes = _attributes(session), _classes(session)
    ATTRIBUTE.selectbox("Attribute", kinds, _label)
    if ATTRIBUTE.get() == "groups":
        show_groups(session)
        if not all(group_rows(session, setting) for setting in (FROM_IMAGES, TO_IMAGES)):
            st.info("Choose images for both groups: of two people, or with and without glasses, for example.")
            return
    elif ATTRIBUTE.get() == "classes":
        for column, setting, label, first in zip(
            st.columns(2), (FROM_CLASS, TO_CLASS), ("From the mean of", "to the mean of"), (0, 1)
        ):
            with column:
                setting.set(setting.get() if setting.get() in classes else classes[first])
                setting.selectbox(label, classes)
    name, vector = _direction(session)
    if not vector.any():
        what = "groups" if ATTRIBUTE.get() == "groups" else "classes"
        st.info(f"Choose two different {what}: there is no direction from one to itself.")
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
    if ATTRIBUTE.get() == "groups":
        show_group_change(session)
    elif ATTRIBUTE.get() == "classes":
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
    (ATTRIBUTE, FROM_CLASS, TO_CLASS, FROM_IMAGES, TO_IMAGES, STEPS),
    overlay,
)
