"""Streamlit by itself, to compare with: one slider, which runs alone."""

import streamlit as st


@st.fragment
def slider() -> None:
    st.slider("z", -4.0, 4.0, 0.0, 0.01, key="z")


slider()
