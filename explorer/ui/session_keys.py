"""Keys of the session state that more than one module reads."""

PAGE_KEY = "current_page"
