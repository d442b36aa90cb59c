"""The runs and their figures."""

import streamlit as st
st.title("Library")
