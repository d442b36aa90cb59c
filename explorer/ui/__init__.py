"""All that speaks to Streamlit, besides app.py and pages/."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# Until st.navigation has run once, Streamlit takes a folder named pages/ for the whole app: a server whose first
# visitor follows a link to a page would run that file without app.py. Then: say it is not so, and begin again.
if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False
    st.rerun()
