"""Images of one's own: upload them, see what they will be, keep them, train on them."""

import streamlit as st

from explorer.ui.entry import require_app
from explorer.ui.faults import plain_faults
from explorer.ui.image_sets import image_sets
from explorer.ui.image_upload import image_upload, kept
from explorer.ui.place_for_new import may_keep

require_app()
st.title("Your images")
st.markdown("**Choose a zip, some images, or an .npz:** folders in a zip become classes. See what a network will get of them, and choose "
            "how small they may be; what you keep can be trained on, explored and compared like any other images.")
with plain_faults():
    if may_keep():
        image_upload()
    kept()
    st.subheader("Kept images")
    image_sets()
