"""A Streamlit component whose script and styles the browser loads from a route, under their hash."""

import json
from pathlib import Path

import streamlit as st

from explorer.live.bundle import join_modules, join_styles
from explorer.ui.content_routes import FOLDER, STORE

THEME = "hosts/streamlit/theme.css"
LOADER = Path(__file__).with_name("loader.js").read_text(encoding="utf-8")


def live_component(name: str, entry: str, *styles: str):
    """Return a component that shows what a module of explorer/live/ exports; styles: its CSS files there."""
    css = json.dumps(join_styles(THEME, *styles))
    id = STORE.register_script(f"{join_modules(entry)}\nexport const styles = {css};\n")
    return st.components.v2.component(name, js=LOADER.replace("ADDRESS", f"{FOLDER}/{id}", 1))
