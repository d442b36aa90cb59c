"""Keys of the session state that more than one module reads."""

PAGE_KEY = "current_page"
LESSON_ADDRESS_KEY = "lesson_address"  # the query that a lesson followed last, and the state that it led to
