"""Read the questions that the lesson on the bound answers after its own."""

from collections.abc import Mapping
from pathlib import Path

from explorer.live.prose import to_html

QUESTIONS_FILE = "questions.md"


def questions(folder: Path, symbols: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Return the questions of the folder's questions.md, which are headings, with their answers as HTML."""
    _, *parts = (folder / QUESTIONS_FILE).read_text(encoding="utf-8").split("## ")
    pairs = (part.split("\n", 1) for part in parts)
    return [{"question": a, "answer": to_html(b, symbols)} for a, b in pairs]
