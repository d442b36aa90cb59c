"""A form with the settings of a run. It is made from the fields of RunSpec, with the ranges and help texts of
the command line.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import Field, fields
from typing import Any

import streamlit as st

from explorer import recipe
from explorer.data import own
from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.fields import value_type
from explorer.registry import built_in_datasets, unused_options
from explorer.specs import RunSpec
from explorer.store.ownership import public_name
from explorer.ui import visitor
from explorer.ui.train import usual
from explorer.views import words

FIELDS = {f.name: f for f in fields(RunSpec)}
IMAGE_FIELDS = ("dataset", "image_size", "colour")
MAIN_FIELDS = (*IMAGE_FIELDS, "model", "network", "latent_dim", "beta", "beta_warmup", "epochs", "seed")
MODEL_FIELDS = ("dataset", "model", "latent_dim", "beta", "seed")  # kept for other images
KEPT_FIELDS = (*MODEL_FIELDS, "image_size", "colour")  # kept for the same images
LENGTH_FIELDS = ("epochs", "patience", "beta_warmup")  # which the choice of an effort sets
EFFORT_KEYS = {True: "effort", False: "effort of built-in data"}  # by whether the images are the user's own
FILLED_KEY, EDITED_KEY, IS_USUAL_KEY = "values filled in", "edited fields", "usual settings are filled in"
MORE_FIELDS = (
    "width",
    "depth",
    "likelihood",
    "sigma",
    "betas",
    "rung_epochs",
    "n_codes",
    "code_dim",
    "batch_size",
    "lr",
    "schedule",
    "patience",
    "augment",
)
LABELS = {
    "dataset": "Data set",
    "latent_dim": "Latent dimension",
    "beta": "KL weight β",
    "beta_warmup": "KL warm-up (epochs)",
    "betas": "KL weights of the ladder",
    "rung_epochs": "Epochs per rung",
    "lr": "Learning rate",
    "sigma": "σ of the likelihood",
    "n_codes": "Codebook entries",
    "code_dim": "Dimension of an entry",
    "patience": "Patience (epochs)",
    "augment": "Augmentation",
}


def _key(name: str) -> str:
    return f"setting {name}"


def _value(name: str) -> Any:
    value = st.session_state[_key(name)]
    return None if value == "" else value  # of an empty text field


def fill_form(settings: dict, edited: Collection[str] | None = None) -> None:
    """Set the form to these settings, and every other field to its default. edited: the fields that the user
    has chosen; None if these are, of own images, those whose value is not usual.
    """
    for name, f in FIELDS.items():
        st.session_state[_key(name)] = settings.get(name, f.default)
    if edited is None and _has_usual_settings():
        with suppress(UserError):  # spec_form() shows it
            plain = _usual_settings(KEPT_FIELDS)
            edited = {name for name, value in settings.items() if value != plain.get(name)}
    st.session_state[IS_USUAL_KEY] = _has_usual_settings()
    st.session_state[FILLED_KEY] = {name: _value(name) for name in FIELDS}
    st.session_state[EDITED_KEY] = {*(edited or ())} - {*KEPT_FIELDS}


def choose_default_effort() -> None:
    """Choose what a link means by settings it leaves out: good ones, or the defaults of built-in data."""
    for is_own, key in EFFORT_KEYS.items():
        st.session_state[key] = recipe.default_effort(is_own)


def chosen_images() -> dict:
    """Return the settings of the chosen images, which a preset does not change."""
    return {name: _value(name) for name in IMAGE_FIELDS}


def _has_usual_settings() -> bool:
    """Return whether the usual settings for the chosen images are filled in: for a built-in data set, which
    has defaults, if they were chosen.
    """
    return chosen_effort() != recipe.AS_GIVEN


def chosen_effort() -> recipe.EffortOrNone:
    """Return the chosen effort; without a choice the default, which is none for a built-in data set."""
    is_own = usual.is_own(_value("dataset"))
    return st.session_state.get(EFFORT_KEYS[is_own]) or recipe.default_effort(is_own)


def _usual_settings(keep: Collection[str]) -> dict:
    """Return the usual settings of the chosen images, except for the fields to keep. Raises UserError for
    images that cannot be read, and for invalid settings.
    """
    return usual.usual_spec({name: _value(name) for name in keep}, chosen_effort()).settings


def fill_usual(keep: Collection[str]) -> None:
    """Set the form to the usual settings for the chosen images, except for the fields to keep; after usual
    settings, where none are chosen, to the defaults. Settings that cannot be found are left as they are.
    """
    keep = [name for name in FIELDS if name in keep]
    if _has_usual_settings():
        with suppress(UserError):  # spec_form() shows it
            fill_form({name: _value(name) for name in keep} | _usual_settings(keep), keep)
    elif st.session_state[IS_USUAL_KEY]:
        fill_form({name: _value(name) for name in keep})


def _refill(forget: Collection[str] = ()) -> None:
    """Fill in what is usual after a change of one field, and keep the other fields that were edited, except
    for those to forget.
    """
    filled = st.session_state[FILLED_KEY]
    edited = {*st.session_state[EDITED_KEY], *(name for name in FIELDS if _value(name) != filled[name])}
    fill_usual({*KEPT_FIELDS, *edited} - {*forget})


def spec_form() -> RunSpec | None:
    """Show the form, and return its settings; if they are invalid, show the reason and return None."""
    if _key("model") not in st.session_state:
        fill_form({})
    if EFFORT_KEYS[True] not in st.session_state:
        choose_default_effort()
    is_own = usual.is_own(_value("dataset"))
    st.segmented_control(
        "Usual settings",
        recipe.EFFORTS if is_own else (recipe.AS_GIVEN, *recipe.EFFORTS),
        key=EFFORT_KEYS[is_own],
        required=True,
        persist_state="session",
        format_func=lambda effort: "Defaults" if effort == recipe.AS_GIVEN else effort.capitalize(),
        on_change=_refill,
        args=(LENGTH_FIELDS,),
        help="Good fills in settings that follow from these images. Quick takes about a third of its time."
        + " Lessons and included runs have the defaults." * (not is_own),
    )
    hidden = unused_options(*map(_value, ("dataset", "model", "network", "likelihood")))
    values = {}
    values |= _field_rows([name for name in MAIN_FIELDS if name not in hidden])
    with st.expander("More settings"):
        values |= _field_rows([name for name in MORE_FIELDS if name not in hidden])
    try:
        spec = RunSpec(**{name: value for name, value in values.items() if value is not None})
        check_dataset(spec.dataset)
        st.caption(words.escape_markdown(usual.explanation(spec, _has_usual_settings())))
        return spec
    except UserError as error:
        st.error(public_name(str(error)))
        return None


def _field_rows(names: list[str]) -> dict:
    """Show the widgets, four in a row, and return their values."""
    values = {}
    for first in range(0, len(names), 4):
        for column, name in zip(st.columns(4), names[first : first + 4]):
            with column:
                values[name] = _widget(FIELDS[name])
    return values


def label(f: Field) -> str:
    """Return the label of a field in the form."""
    return LABELS.get(f.name, f.name.replace("_", " ").capitalize())


def visible_datasets() -> list[str]:
    """Return the built-in data sets, and the uploaded ones that the visitor may use."""
    return [
        *built_in_datasets(),
        *(f"own:{name}" for name in own.list_names() if visitor.can_view(name)),
    ]


def _widget(f: Field):
    """Draw the widget of a field. Its value persists for the session, also when the page is left."""
    m, key, name, kind = f.metadata, _key(f.name), label(f), value_type(f)
    how = {"key": key, "help": m["help"][:1].upper() + m["help"][1:], "persist_state": "session"}
    if f.name == "dataset":
        names = visible_datasets()
        given = _value("dataset")
        return st.selectbox(
            name,
            names if given in names else [*names, given],
            format_func=words.dataset_option,
            on_change=fill_usual,
            args=(MODEL_FIELDS,),
            **how,
        )
    if f.name in (*IMAGE_FIELDS, "latent_dim", "model", "network", "epochs"):  # the usual ones depend on it
        how["on_change"] = _refill
    if m["choices"]:
        return st.selectbox(
            name, [*m["choices"]], format_func=lambda choice: words.choice(f.name, choice), **how
        )
    if kind is bool:
        return st.checkbox(name, **how)
    if kind in (int, float):
        extra = ({"format": "%g"} if kind is float else {}) | ({"value": None} if f.default is None else {})
        return st.number_input(
            name,
            kind(m["low"]),
            kind(m["high"]),
            step=kind(m["step"]),
            placeholder=_placeholder(f.name),
            **extra,
            **how,
        )
    return st.text_input(name, placeholder=_placeholder(f.name), **how) or None


def _placeholder(name: str) -> str:
    """Return the placeholder of an empty field: the default that follows from the choices above it."""
    with suppress(UserError):
        above = {other: _value(other) for other in ("dataset", "model", "network")}
        default = getattr(RunSpec(**above), name)
        return "off" if default is None else f"default: {default}"
    return "default"
