"""Upload images, preview them, save them as a data set, and train on them."""

import streamlit as st

from explorer.ui.components.name_field import can_save
from explorer.ui.faults import show_user_errors
from explorer.ui.images.sets import show_image_sets
from explorer.ui.images.upload import show_last_saved, upload_form

st.title("Your images")
st.markdown(
    "**Choose files and save them as a data set.** Folders in a zip file become classes. "
    "The preview shows what a network will see."
)
with show_user_errors():
    if can_save():
        upload_form()
    show_last_saved()
    st.subheader("Saved images")
    show_image_sets()
