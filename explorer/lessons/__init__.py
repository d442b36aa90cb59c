"""The lessons: a folder for each, with its text, mathematics, computation and charts."""
