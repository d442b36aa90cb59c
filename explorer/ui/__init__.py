"""All code that uses Streamlit, besides app.py and pages/."""
