"""A direction that changes one thing, as a slider in the pad and as a strip."""

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.attributes import along, between
from explorer.ui import cache, words
from explorer.ui.gallery import gallery
from explorer.ui.settings import KIND, LESS, MORE, STEPS
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

FARTHEST = 2.0  # times the direction, in the strip


def _kinds(here: Visit) -> list[str]:
    return [*(["classes"] if len(_classes(here)) > 1 else []), *cache.view(here.run).embedding.factors]


def _classes(here: Visit) -> list[str]:
    return [here.run.class_names[label] for label in np.unique(cache.view(here.run).embedding.y)]


def _direction(here: Visit) -> tuple[str, np.ndarray] | None:
    """Its name, and what to add to a z; None where the images are of one kind."""
    e, kinds, classes = cache.view(here.run).embedding, _kinds(here), _classes(here)
    mu = here.codes()[0]
    if not kinds:
        return None
    kind = KIND.get() if KIND.get() in kinds else kinds[0]
    if kind != "classes":
        return kind, along(mu, e.factors[kind][: len(mu)])
    less, more = (s.get() if s.get() in classes else classes[i] for i, s in enumerate((LESS, MORE)))
    labels = [here.run.class_names.index(name) for name in (less, more)]
    return f"{less} → {more}", between(mu, e.y[: len(mu)], *labels)


def drawn(here: Visit) -> dict:
    try:
        found = _direction(here)
    except UserError:
        return {}  # which show() tells
    return {"direction": {"name": found[0], "vector": found[1].tolist()}} if found and found[1].any() else {}


def show(here: Visit) -> None:
    kinds, classes = _kinds(here), _classes(here)
    if not kinds:
        st.info("These images are of one class, and nothing else is known of them: there is no attribute to follow.")
        return
    if len(kinds) > 1:
        KIND.select("What to change", kinds, lambda kind: "from class to class" if kind == "classes" else kind.replace("_", " "))
    else:
        KIND.set(kinds[0])
    if KIND.get() == "classes":
        for column, setting, label, first in zip(st.columns(2), (LESS, MORE), ("From the mean of", "to the mean of"), (0, 1)):
            with column:
                setting.set(setting.get() if setting.get() in classes else classes[first])
                setting.select(label, classes)
    name, vector = _direction(here)
    if not vector.any():
        st.info("Choose two different classes: between a class and itself there is no direction.")
        return
    n = STEPS.slider("Images in a row")
    shares = np.linspace(-FARTHEST, FARTHEST, n)
    zs = here.z + shares[:, None] * vector
    gaps = here.in_gap(zs)
    captions = [f"{'+' if t > 0 else ''}{t:.1f}".replace("-", "−") for t in shares]
    gallery(key("attribute", here.run), f"Along {name}", here.decode(zs), [f"{c} times {name}" for c in captions], n, captions=captions,
            marked=np.flatnonzero(gaps), mark="Underlined: in a gap, where no code lies.", on_pick=lambda i: here.go(zs[i]))
    st.caption(f"0 is z; 1 further is one step of *{words.as_text(name)}*, the difference of the two groups' mean codes, "
               f"{np.linalg.norm(vector):.2f} long. The same direction is added wherever z is: in two dimensions it may lead into "
               "another class, in many it changes the one thing.")


TOOL = Tool("Attributes", "Attribute directions", "Choose what to change: a slider under the pad's own moves z along it. Take any image "
            "first, then see whether it changes that one thing, or more.", show, (KIND, LESS, MORE, STEPS), drawn)
