"""A sheet of exercises: a lesson's figure in a state, its question, its task and its exercise on paper; or
the key to it, with the figure at a solution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from explorer.errors import UserError, unknown_name_error
from explorer.export.contents import lesson_content
from explorer.export.embed import qr_svg
from explorer.live.lesson import LiveLesson
from explorer.live.page import PageContent, Writer, describe_figure
from explorer.live.prose import to_html
from explorer.names import sanitize
from explorer.query import Scalar, read, write
from explorer.registry import LESSONS

N_LINES = 24  # more than a sheet has room for; what exceeds it is cut
UNNAMED_FIELDS = ("draw", "seed")  # of random numbers, which say nothing to a reader
LETTERS = "ABCDEFGH"  # of options


@dataclass(frozen=True)
class Sheet:
    """content: the lesson's figure, whose texts and state are those of the sheet; address: of the lesson, or
    empty.
    """

    lesson: LiveLesson
    content: PageContent
    is_key: bool = False
    address: str = ""

    @property
    def title(self) -> str:
        return LESSONS[self.lesson.name]


def parse_lesson(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name of a lesson, and the values of its figure, from a text such as "kl" or "kl#mu=0&s=-3".
    Raises UserError if there is no such lesson, or the state is invalid.
    """
    name, _, state = text.partition("#")
    lesson = _find_lesson(name)
    parameters = dict(parse_qsl(state, keep_blank_values=True))
    values, problems = read(lesson.fields, parameters)
    names = [field.name for field in lesson.fields]
    known = (*names, lesson.answer.name)  # a link may hold an answer, which is not printed
    problems += [f"it has no {sanitize(other)}" for other in parameters if other not in known]
    if problems or (state and not parameters):
        raise UserError(
            f"The state of the lesson {name} is invalid{': ' * bool(problems)}{'; '.join(problems)}."
            f" Write it as in a link to the lesson, with: {', '.join(names)}."
        )
    return name, values


def check_address(address: str) -> str:
    """Return the address of an app. Raises UserError if it is none."""
    try:
        parts = urlsplit(address)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # an unfinished IPv6 address
        is_valid = False
    if address and not is_valid:
        raise UserError(
            f"{sanitize(address)} is no address of an app. Write it as in https://lab.example.org."
        )
    return address.rstrip("/")


def _find_lesson(name: str) -> LiveLesson:
    if name not in LESSONS:
        raise unknown_name_error("lesson", name, LESSONS)
    return import_module(f"explorer.lessons.{name}.lesson").LESSON


def make_sheet(
    name: str, values: Mapping[str, Any] | None = None, is_key: bool = False, address: str = ""
) -> Sheet:
    """Return the sheet of a lesson, or its key. values: of the figure's fields, where they are not the
    defaults; a key shows a solution instead. address: of the app, for a link to the lesson.

    Raises UserError if there is no such lesson, or a run is missing.
    """
    lesson, content = _find_lesson(name), lesson_content(name)
    answer = {lesson.answer.name: lesson.text.right}
    shown = {**lesson.solution, **answer} if is_key else {**(values or {}), lesson.answer.name: 0}
    options = dict(content.options or {})
    no_texts = {key: type(text)() for key, text in options["lesson"].items()}  # which hold the answer
    content = replace(content, options=options | {"lesson": no_texts}, state={"values": shown})
    link = _lesson_link(lesson, address, {} if is_key else shown)
    return Sheet(lesson, content, is_key, link)


def _lesson_link(lesson: LiveLesson, address: str, values: Mapping[str, Any]) -> str:
    if not address:
        return ""
    query = urlencode(write(lesson.fields, values))
    return f"{address}/learn_{lesson.name}{'?' * bool(query)}{query}"


def sheet_elements(sheet: Sheet, id: str, write_block: Writer) -> list[str]:
    """Return the HTML of a sheet. write_block: returns the id of a block's element."""
    data = describe_figure(sheet.content, write_block, write_block)
    parts = _key_parts(sheet) if sheet.is_key else _exercise_parts(sheet)
    kind = " key" if sheet.is_key else ""
    return [
        f'<article class="sheet{kind}" id="{id}" data-figure="{sheet.content.figure.name}">',
        *_header(sheet),
        f'<div class="picture" role="img" aria-label="Figure of the lesson {escape(sheet.title)}">'
        "<noscript>The figure is drawn by JavaScript.</noscript></div>",
        f'<div class="caption">{_prose(sheet, sheet.lesson.text.intro)}{_state(sheet)}</div>',
        *parts,
        *_footer(sheet),
        f'<script type="application/json">{data}</script>',
        "</article>",
    ]


def _header(sheet: Sheet) -> list[str]:
    number = list(LESSONS).index(sheet.lesson.name) + 1
    kind = f"Lesson {number} of {len(LESSONS)}{' · key' if sheet.is_key else ''}"
    name = "" if sheet.is_key else '<p class="name">Name <i></i> Date <i></i></p>'
    return [f'<header><div><p class="number">{kind}</p><h1>{escape(sheet.title)}</h1></div>{name}</header>']


def _exercise_parts(sheet: Sheet) -> list[str]:
    text = sheet.lesson.text
    options = "".join(f"<li>{_prose(sheet, option)}</li>" for option in text.options)
    question = f'{_prose(sheet, text.question)}<ul class="options">{options}</ul>'
    parts = [("Predict, and give a reason", question)]
    parts.append(("With the live figure", f"{_prose(sheet, text.task)}<p>Write down your values.</p>"))
    if text.exercise:
        parts.append(("On paper", _prose(sheet, text.exercise)))
    lines = f'<div class="lines" aria-hidden="true">{"<i></i>" * N_LINES}</div>'
    return [_section(n, title, html + lines) for n, (title, html) in enumerate(parts, 1)]


def _key_parts(sheet: Sheet) -> list[str]:
    text = sheet.lesson.text
    marks = [' class="right"' if number == text.right else "" for number in range(1, len(text.options) + 1)]
    options = "".join(f"<li{mark}>{_prose(sheet, o)}</li>" for mark, o in zip(marks, text.options))
    right = f'<ul class="options">{options}</ul>{_prose(sheet, text.answer)}'
    task = f'{_prose(sheet, text.task)}<p>The figure shows one solution. <span class="measured"></span></p>'
    return [
        _section(1, "Predict", right),
        _section(2, "With the live figure", task),
        _section(3, "On paper, and for teachers", _prose(sheet, text.teacher)),
    ]


def _section(number: int, title: str, html: str) -> str:
    return f"<section><h2>{number}. {title}</h2>{html}</section>"


def _state(sheet: Sheet) -> str:
    """Return the sentence that names the values of the figure."""
    values = sheet.content.state["values"] if sheet.content.state else {}
    parts = [
        f"{field.label or field.name} = {_format(field, values.get(field.name, field.default))}"
        for field in sheet.lesson.fields
        if field.name not in UNNAMED_FIELDS
    ]
    return f"<p>The figure shows: {escape('; '.join(parts))}.</p>"


def _format(field: Scalar, value: Any) -> str:
    text = f"{value:g}".replace("-", "−") if isinstance(value, int | float) else str(value)
    return text + field.unit


def _footer(sheet: Sheet) -> list[str]:
    """Return the end of a sheet: its licences (the last note), and the way to the lesson."""
    notes: Sequence[str] = sheet.content.notes
    address, code = "", ""
    if sheet.address:
        address, code = f"<p>{escape(sheet.address)}</p>", qr_svg(sheet.address, has_size=False)
    return [f"<footer><div><p>{escape(notes[-1])}</p>{address}</div>{code}</footer>"]


def _prose(sheet: Sheet, markdown: str) -> str:
    return to_html(markdown, sheet.lesson.symbols)
