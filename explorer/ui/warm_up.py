"""Heavy imports, made once in the background while the first page is already on screen."""

import gc
import threading

import streamlit as st


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    thread = threading.Thread(target=_import_heavy, daemon=True)
    thread.start()
    return thread


def _import_heavy() -> None:
    import sklearn.decomposition  # noqa: F401

    import explorer.runs  # noqa: F401

    gc.collect()
    gc.freeze()  # what is imported stays; no later collection walks through it
