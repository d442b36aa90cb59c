"""Keys of the session state that more than one module reads."""

PAGE = "page in view"
LESSON_ADDRESS = "lesson address"  # the query that a lesson followed last, and the state that it led to
