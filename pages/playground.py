"""A model that the browser trains, while the visitor turns its settings."""

from explorer.ui.playground.view import playground_view

playground_view()
