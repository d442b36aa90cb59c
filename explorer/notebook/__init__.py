"""Live figures as widgets of notebooks, by anywidget. Needs no Streamlit."""
