"""Fields in which a visitor draws an image, or uploads one."""

import numpy as np

from explorer.data.formats import FORMAT_NAMES
from explorer.data.own_image import convert_drawing, invert, looks_inverted, read_own_image, rendering_notes
from explorer.errors import UserError
from explorer.ui.components.drawing import drawing
from explorer.ui.components.prose import st
from explorer.ui.explore.session import ExploreSession, session_key


def drawing_field(session: ExploreSession, images: np.ndarray) -> None:
    """Draw a field to draw an image in. images: of the data set, whose look the drawing gets."""

    def take(strokes: np.ndarray) -> None:
        session.posterior_noise = None
        try:
            session.own_images["draw"] = convert_drawing(strokes, session.run.shape, images)
        except UserError:
            session.own_images.pop("draw", None)  # an empty one

    st.caption(
        "Draw with the mouse, a pen or a finger. The drawing is centred and scaled like the images of the"
        " data set."
    )
    drawing(session_key("drawing", session.run), on_draw=take)


def upload_field(session: ExploreSession, images: np.ndarray) -> None:
    """Draw a field to upload an image with. images: of the data set, whose look it gets."""
    name = session_key("upload", session.run)

    def take() -> None:
        session.posterior_noise, session.upload_error, session.upload_notes = None, "", []
        session.own_images.pop("upload", None)
        if file := st.session_state[name]:
            try:
                x = read_own_image(file.getvalue(), session.run.shape)
                session.own_images["upload"] = invert(x) if looks_inverted(x, images) else x
                session.upload_notes = rendering_notes(file.getvalue())
            except UserError as error:
                session.upload_error = str(error)

    st.file_uploader(
        "An image file", key=name, on_change=take, help=f"{FORMAT_NAMES}. The central square is used."
    )
    if session.upload_error and st.session_state.get(name):
        st.error(session.upload_error)
    if "upload" in session.own_images:
        for note in session.upload_notes:
            st.caption(note)
        st.button(
            "Invert",
            key=session_key("invert", session.run),
            on_click=lambda: session.own_images.update(upload=invert(session.own_images["upload"])),
            help="A dark drawing on white paper is inverted automatically if the data set is light on dark.",
        )
