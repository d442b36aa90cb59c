"""What the lessons compute, by the project's own models and objectives: arrays in, arrays out. A file for
each page that needs one.
"""
