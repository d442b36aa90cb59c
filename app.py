"""The app: `streamlit run app.py`. Its main script is explorer/ui/main.py."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.serving import HostAnswer, lifespan

MAIN = Path(__file__).parent / "explorer" / "ui" / "main.py"

app = st.App(MAIN, middleware=[Middleware(HostAnswer)], lifespan=lifespan)
