"""The files of the pages, as Streamlit's links and navigation name them."""

from pathlib import Path

PAGES = Path(__file__).parents[2] / "pages"


def page_file(name: str) -> str:
    """Return the path of a page, for st.Page and st.page_link."""
    return str(PAGES / f"{name}.py")
