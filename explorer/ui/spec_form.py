"""A run's settings as a form, made from the fields of RunSpec: each with its range and help, as on the command line."""

from contextlib import suppress
from dataclasses import Field, fields

import streamlit as st

from explorer.data import own
from explorer.data.server_folder import check_dataset
from explorer.errors import UserError
from explorer.privacy import without_key
from explorer.specs import ON_DISK, RunSpec, value_type
from explorer.ui import visitor, words

BY_PATH = tuple(f"{kind}:" for kind in ON_DISK)
FIELDS = {f.name: f for f in fields(RunSpec)}
IMAGES = ("dataset", "image_size", "colour")
IN_VIEW = (*IMAGES, "model", "network", "latent_dim", "beta", "beta_warmup", "epochs", "seed")
FOLDED = ("width", "depth", "likelihood", "sigma", "betas", "rung_epochs", "n_codes", "code_dim", "batch_size", "lr", "schedule")
LABELS = {"dataset": "Images", "latent_dim": "Latent dimension", "beta": "KL weight β", "beta_warmup": "KL warm-up, epochs",
          "betas": "KL weights of the ladder", "rung_epochs": "Epochs a rung", "lr": "Learning rate", "sigma": "Sigma of a pixel",
          "n_codes": "Entries in the codebook", "code_dim": "Numbers in an entry"}


def _key(name: str) -> str:
    return f"setting {name}"


def fill(settings: dict) -> None:
    """Puts these settings into the form, and what is usual into the rest."""
    for name, f in FIELDS.items():
        st.session_state[_key(name)] = settings.get(name, f.default)


def chosen_images() -> dict:
    """The images that are chosen, which a preset leaves as they are."""
    return {name: st.session_state[_key(name)] for name in IMAGES}


def from_address(asked: dict[str, str]) -> str:
    """Fills the form from an address's parameters. Returns a sentence about what is wrong with them, if anything is."""
    settings, wrong = {}, []
    for name, text in asked.items():
        if name not in FIELDS:
            wrong.append(f"there is no setting {name}")
            continue
        try:
            settings[name] = text == "True" if value_type(FIELDS[name]) is bool else value_type(FIELDS[name])(text)
        except ValueError:
            wrong.append(f"{_label(FIELDS[name])} can't be {text!r}")
    try:
        settings = RunSpec(**settings).settings
    except UserError as error:
        wrong.append(str(error).rstrip("."))
        settings = {}
    fill(settings)
    return f"The link can't be followed: {'; '.join(wrong)}." if wrong else ""


def spec_form() -> RunSpec | None:
    """The form, and the spec that it says; None if it says none, with the reason in its place."""
    if _key("model") not in st.session_state:
        fill({})
    model, likelihood = st.session_state[_key("model")], st.session_state[_key("likelihood")]
    hidden = set() if model == "vae" else {"beta", "beta_warmup"}
    hidden |= set() if model == "ladder" else {"betas", "rung_epochs"}
    hidden |= set() if model == "vqvae" else {"n_codes", "code_dim"}
    hidden |= set() if st.session_state[_key("dataset")].startswith(BY_PATH) else {"image_size", "colour"}
    hidden |= {"sigma"} if likelihood != "gaussian" else set()
    hidden |= {"width", "depth"} if st.session_state[_key("network")] == "linear" else set()
    values = {}
    values |= _rows([name for name in IN_VIEW if name not in hidden])
    with st.expander("More settings"):
        values |= _rows([name for name in FOLDED if name not in hidden])
    try:
        spec = RunSpec(**{name: value for name, value in values.items() if value is not None})
        check_dataset(spec.dataset)
        return spec
    except UserError as error:
        st.error(without_key(str(error)))
        return None


def _rows(names: list[str]) -> dict:
    """Widgets, four in a row, and what they say."""
    values = {}
    for first in range(0, len(names), 4):
        for column, name in zip(st.columns(4), names[first : first + 4]):
            with column:
                values[name] = _widget(FIELDS[name])
    return values


def _label(f: Field) -> str:
    return LABELS.get(f.name, f.name.replace("_", " ").capitalize())


def _widget(f: Field):
    """Its value is kept for the session, through page switches."""
    m, key, label, kind = f.metadata, _key(f.name), _label(f), value_type(f)
    how = {"key": key, "help": m["help"][:1].upper() + m["help"][1:], "persist_state": "session"}
    if f.name == "dataset":
        names = [*words.DATASETS, *(f"own:{name}" for name in own.names() if visitor.may_see(name))]
        given = st.session_state[key]
        return st.selectbox(label, names if given in names else [*names, given], format_func=words.choice_of_images, **how)
    if m["choices"]:
        return st.selectbox(label, m["choices"], format_func=lambda choice: words.MODELS.get(choice, str(choice)), **how)
    if kind is bool:
        return st.checkbox(label, **how)
    if kind in (int, float):
        shown = ({"format": "%g"} if kind is float else {}) | ({"value": None} if f.default is None else {})
        return st.number_input(label, kind(m["low"]), kind(m["high"]), step=kind(m["step"]), placeholder=_usual(f.name), **shown, **how)
    return st.text_input(label, placeholder=_usual(f.name), **how) or None


def _usual(name: str) -> str:
    """What stands for an empty field, as far as the choices above it tell."""
    with suppress(UserError):
        above = {other: st.session_state[_key(other)] for other in ("dataset", "model", "network")}
        return f"usual: {getattr(RunSpec(**above), name)}"
    return "usual"
