"""A script with live figures (its path in TEST_SCRIPT), with the routes that they are loaded from."""

import os
from pathlib import Path

import streamlit as st

from explorer.ui import content_routes

app = st.App(Path(os.environ["TEST_SCRIPT"]).resolve(), routes=content_routes.ROUTES)
