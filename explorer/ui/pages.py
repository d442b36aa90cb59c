"""The main script and the files of the pages, as Streamlit's links and navigation name them."""

from pathlib import Path

from explorer.store.folders import app_file

MAIN_SCRIPT = Path(__file__).with_name("main.py")


def page_file(name: str) -> str:
    """Return the path of a page, for st.Page and st.page_link."""
    return str(app_file(f"pages/{name}.py"))
