"""A lesson that a browser computes: its text, its figure, and the state that the figure moves."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from explorer.live.block import BlockTree
from explorer.live.figure import LECTURE_STYLES, LiveFigure
from explorer.live.prose import to_html
from explorer.live.source import read_source
from explorer.query import Scalar

TEXT_FILE, MATHEMATICS_FILE = "lesson.md", "mathematics.md"
PARTS = ("Question", "Answer", "Task", "For teachers")  # the headings of lesson.md, after what to move
# The exercise on paper ends before what a lecturer alone should read.
EXERCISE = re.compile(r"On\s+paper:\s+(.+?)(?=\s+A common slip\b|\Z)", re.DOTALL)
OPTION = re.compile(r"^- \[([ x])\] (.+)$", re.MULTILINE)
MINUTES = re.compile(r"\*(\d+) minutes\.\*")
LESSON_STYLES = (
    "view/controls.css",
    "view/plots/plots.css",
    "view/button.css",
    "figures/lessons/lesson.css",
)


def lesson_figure(name: str, class_name: str, styles: tuple[str, ...] = ()) -> LiveFigure:
    """Return the figure of explorer/live/figures/lessons/NAME.js. styles: files besides those of all
    lessons.
    """
    styles = (*LESSON_STYLES, *styles, LECTURE_STYLES)
    return LiveFigure(f"lesson_{name}", f"figures/lessons/{name}.js", class_name, styles)


@dataclass(frozen=True)
class LessonText:
    """The text of a lesson, as Markdown. options: of the question; right: the number of the right one, from
    1.
    """

    intro: str
    question: str
    options: tuple[str, ...]
    right: int
    answer: str
    task: str
    teacher: str

    @property
    def exercise(self) -> str:
        """Return the exercise on paper that the note for teachers names; an empty text if there is none."""
        match = EXERCISE.search(self.teacher)
        return match[1][0].upper() + match[1][1:] if match else ""


def parse_text(markdown: str) -> LessonText:
    """Return the text of lesson.md: what to move and what to watch, and a part under each heading of PARTS.
    The options of the question are a list of `- [ ]`, and `- [x]` for the right one. Raises ValueError if a
    part is missing, or not one option is right.
    """
    intro, *sections = re.split(r"^## (.+)$", markdown, flags=re.MULTILINE)
    parts = {heading.strip(): body.strip() for heading, body in zip(sections[::2], sections[1::2])}
    if tuple(parts) != PARTS:
        raise ValueError(f"A lesson has the parts {', '.join(PARTS)}, not {', '.join(parts)}.")
    options = OPTION.findall(parts["Question"])
    right = [number for number, (mark, _) in enumerate(options, 1) if mark == "x"]
    if len(options) < 2 or len(right) != 1:
        raise ValueError("A question has several options, one of which is right.")
    question = OPTION.sub("", parts["Question"]).strip()
    texts = tuple(text for _, text in options)
    return LessonText(
        intro.strip(), question, texts, right[0], parts["Answer"], parts["Task"], parts["For teachers"]
    )


@dataclass(frozen=True)
class LiveLesson:
    """A lesson whose figure is computed in the browser; the text lies in lesson.md and mathematics.md of its
    folder.

    fields: the state that the figure moves; symbols: for each @{name} of a formula, its symbol in the figure
    and its LaTeX; shows: values to which the figure moves one after the other when the question is answered;
    solution: values that solve the task; code: the functions shown, as "module:name"; concepts: rows of the
    notes' ideas that the lesson shows; runs: the names of the runs that it needs; blocks: what the figure
    gets, of these runs; later: the names of those that it can begin without; constants: JSON values that it
    gets; plane: the names of two fields that are the coordinates of a point on its map, if it has one.
    """

    name: str
    folder: Path
    figure: LiveFigure
    fields: tuple[Scalar, ...]
    symbols: Mapping[str, tuple[str, str]]
    shows: tuple[Mapping[str, Any], ...]
    solution: Mapping[str, Any]
    code: tuple[str, ...]
    concepts: tuple[int, ...]
    runs: tuple[str, ...] = ()
    blocks: Callable[[Mapping[str, Any]], BlockTree] = lambda runs: None
    later: tuple[str, ...] = ()
    constants: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda runs: {}
    plane: tuple[str, str] | None = None

    def split_blocks(self, runs: Mapping[str, Any]) -> tuple[BlockTree, BlockTree]:
        """Return the blocks that the figure begins with, and those that arrive later."""
        blocks = self.blocks(runs)
        if not self.later:
            return blocks, None
        later = {name: blocks.pop(name) for name in self.later}
        return blocks, later

    @cached_property
    def text(self) -> LessonText:
        return parse_text((self.folder / TEXT_FILE).read_text(encoding="utf-8"))

    @property
    def minutes(self) -> int:
        """Return how long the lesson takes, as the part for teachers says in its first words; 0 if it does
        not.
        """
        match = MINUTES.match(self.text.teacher)
        return int(match[1]) if match else 0

    @property
    def answer(self) -> Scalar:
        """Return the number of the chosen option, from 1; 0 before an answer."""
        return Scalar("answer", 0, 0, len(self.text.options))

    @cached_property
    def options(self) -> dict[str, Any]:
        """Return what the figure gets of the lesson's text, as JSON values; texts are HTML."""
        text, symbols = self.text, self.symbols
        mathematics = (self.folder / MATHEMATICS_FILE).read_text(encoding="utf-8")
        return {
            "name": self.name,
            "intro": to_html(text.intro, symbols),
            "question": to_html(text.question, symbols),
            "options": [to_html(option, symbols) for option in text.options],
            "right": text.right,
            "answer": to_html(text.answer, symbols),
            "task": to_html(text.task, symbols),
            "teacher": to_html(text.teacher, symbols),
            "mathematics": to_html(mathematics, symbols),
            "code": [
                {"file": f"{code.partition(':')[0].replace('.', '/')}.py", "source": read_source(code)}
                for code in self.code
            ],
            "shows": [dict(values) for values in self.shows],
        }
