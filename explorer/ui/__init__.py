"""All that speaks to Streamlit, besides app.py and pages/."""
