"""Upload images, preview them, save them as a data set, and train on them."""

import streamlit as st

from explorer.ui.components.name_field import may_keep
from explorer.ui.faults import plain_faults
from explorer.ui.images.sets import image_sets
from explorer.ui.images.upload import image_upload, kept

st.title("Your images")
st.markdown(
    "**Choose files and save them as a data set.** Folders in a zip file become classes. "
    "The preview shows what a network will see."
)
with plain_faults():
    if may_keep():
        image_upload()
    kept()
    st.subheader("Saved images")
    image_sets()
