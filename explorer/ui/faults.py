"""Show an error that the user can correct as one sentence."""

from contextlib import contextmanager

import streamlit as st

from explorer.errors import UserError
from explorer.logs import LOGGER
from explorer.store.ownership import public_name


@contextmanager
def show_user_errors():
    """Show a UserError, or an error of the file system, instead of raising it."""
    try:
        yield
    except UserError as error:
        st.error(public_name(str(error)))
    except OSError as error:
        LOGGER.warning("A visitor met an error of the file system", exc_info=True)
        st.error(
            f"{error.filename or 'A file'} could not be read: {error.strerror}. Check its path and its"
            " permissions."
        )
