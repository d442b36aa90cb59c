"""Attribute directions: as a slider in the pad, as a strip, and with what they do to other classes."""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.attributes import along, between, effect
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import KIND, LESS, MORE, STEPS
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.classified import probabilities
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView, run_version

FARTHEST = 2.0  # times the direction, in the strip
TRIED = 1000  # codes of other classes to which a direction is added, at most


def _kinds(here: ExploreSession) -> list[str]:
    return [*(["classes"] if len(_classes(here)) > 1 else []), *RunView(here.run).embedding.factors]


def _classes(here: ExploreSession) -> list[str]:
    return [here.run.class_names[label] for label in np.unique(RunView(here.run).embedding.y)]


def _ends(here: ExploreSession) -> list[int]:
    """The classes from which and to which a direction between classes leads."""
    classes = _classes(here)
    return [
        here.run.class_names.index(s.get() if s.get() in classes else classes[i])
        for i, s in enumerate((LESS, MORE))
    ]


def _direction(here: ExploreSession) -> tuple[str, np.ndarray] | None:
    """Its name, and what to add to a z; None where the images are of one kind."""
    e, kinds = RunView(here.run).embedding, _kinds(here)
    mu = here.codes()[0]
    if not kinds:
        return None
    kind = KIND.get() if KIND.get() in kinds else kinds[0]
    if kind != "classes":
        return kind, along(mu, e.factors[kind][: len(mu)])
    less, more = _ends(here)
    return f"{here.run.class_names[less]} → {here.run.class_names[more]}", between(
        mu, e.y[: len(mu)], less, more
    )


def drawn(here: ExploreSession) -> dict:
    try:
        found = _direction(here)
    except UserError:
        return {}  # which show() tells
    return {"direction": {"name": found[0], "vector": found[1].tolist()}} if found and found[1].any() else {}


def show(here: ExploreSession) -> None:
    kinds, classes = _kinds(here), _classes(here)
    if not kinds:
        st.info(
            "These images have one class and no other known attribute, so there is no direction to follow."
        )
        return
    if len(kinds) > 1:
        KIND.select("Attribute", kinds, lambda kind: "class" if kind == "classes" else kind.replace("_", " "))
    else:
        KIND.set(kinds[0])
    if KIND.get() == "classes":
        for column, setting, label, first in zip(
            st.columns(2), (LESS, MORE), ("From the mean of", "to the mean of"), (0, 1)
        ):
            with column:
                setting.set(setting.get() if setting.get() in classes else classes[first])
                setting.select(label, classes)
    name, vector = _direction(here)
    if not vector.any():
        st.info("Choose two different classes: there is no direction from a class to itself.")
        return
    n = STEPS.slider("Images per row")
    shares = np.linspace(-FARTHEST, FARTHEST, n)
    zs = here.z + shares[:, None] * vector
    gaps = here.in_gap(zs)
    captions = [f"{'+' if t > 0 else ''}{t:.1f}".replace("-", "−") for t in shares]
    gallery(
        key("attribute", here.run),
        f"Along {name}",
        here.decode(zs),
        [f"{c} times {name}" for c in captions],
        n,
        captions=captions,
        marked=np.flatnonzero(gaps),
        mark="Underlined: in a gap (no codes).",
        on_pick=lambda i: here.go(zs[i]),
        about=here.name,
    )
    st.caption(
        "0 is z; +1 adds the difference of the two groups' mean codes, of length"
        f" {np.linalg.norm(vector):.2f}."
    )
    if KIND.get() == "classes":
        _others(here, *_ends(here))


def _others(here: ExploreSession, less: int, more: int) -> None:
    """What the direction does to images of the classes that it does not belong to."""
    if found := _effect(here.run.folder, run_version(here.run), here.beta, less, more, here):
        n, before, after = found
        error = 100 * 0.98 / np.sqrt(n)  # half of a 95% interval, where it is widest
        st.caption(
            f"Added to {n:,} codes of other classes, this direction keeps the class of {after.kept:.0%},"
            f" turns {after.became:.0%} into {words.as_text(here.run.class_names[more])} and"
            f" {after.other:.0%} into another (±{error:.0f}%, according to the classifier). Without it,"
            f" {before.kept:.0%} keep their class."
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _effect(folder: Path, version: str, beta: float | None, less: int, more: int, _here: ExploreSession):
    """The number of images, and the explorer.latent.attributes.Effect of no direction and of this one; None
    if it can't be measured.
    """
    mu, y = _here.codes()[0], RunView(_here.run).embedding.y
    rows = np.flatnonzero(~np.isin(y[: len(mu)], (less, more)))
    rows = rows[np.linspace(0, len(rows) - 1, min(TRIED, len(rows))).astype(int)] if len(rows) else rows
    if not len(rows):
        return None
    named = [
        probabilities(_here.run, _here.decode(mu[rows] + vector)) for vector in (0, _direction(_here)[1])
    ]
    return None if named[0] is None else (len(rows), *(effect(p.argmax(1), y[rows], more) for p in named))


TOOL = Tool(
    "Attributes",
    "Choose a direction. Move its slider, below those of z, and watch what else in the image changes.",
    show,
    (KIND, LESS, MORE, STEPS),
    drawn,
)
