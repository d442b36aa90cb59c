"""The pages of students' phones: one that takes a code, and one with the question of a room. They set no
cookie, load nothing from outside, and say what the server refuses.
"""

import json
from functools import cache
from html import escape
from importlib import import_module
from pathlib import Path

from explorer.live.lesson import LiveLesson
from explorer.live.page import content_digest, head_elements
from explorer.registry import LESSONS
from explorer.rooms.codes import CODE_LENGTH
from explorer.rooms.room import Round
from explorer.ui.classroom.views import RoomView

LETTERS = "ABCDEF"
POINT_HELP = (
    "Move the point, and send it. You can move it and send it again until the question is closed; the last"
    " one counts."
)
TASK_HELP = "This page reports once that it is solved."
OWN_TASK_HELP = "Press the button when you have solved it."


@cache
def find_lesson(name: str) -> LiveLesson:
    return import_module(f"explorer.lessons.{name}.lesson").LESSON


def question_html(round: Round) -> str:
    """Return what a question asks: the lecturer's words, without markup, or the lesson's."""
    if round.text:
        return f"<p>{escape(round.text)}</p>"
    return find_lesson(round.lesson).options["task" if round.kind == "task" else "question"]


def option_htmls(round: Round) -> list[str]:
    """Return the options of a choice."""
    if round.kind != "choice":
        return []
    if round.options:
        return [escape(option) for option in round.options]
    return list(find_lesson(round.lesson).options["options"])


def option_texts(round: Round) -> list[str]:
    """Return the same as plain text: of a lesson its Markdown."""
    return list(round.options or find_lesson(round.lesson).text.options)


def code_page(action: str, sentence: str = "", code: str = "") -> str:
    """Return the page that takes a code. action: the address that receives it, as seen from the page;
    sentence: of what was wrong with the last one.
    """
    body = (
        f'<form action="{action}"><label for="code">Code of the class</label>'
        f'<input id="code" name="code" value="{escape(code)}" maxlength="20" autocomplete="off"'
        ' autocapitalize="characters" spellcheck="false" required aria-describedby="hint sentence">'
        f'<p id="hint">{CODE_LENGTH} letters and digits, on the lecturer\'s screen</p>'
        "<button>Join</button></form>"
    )
    alert = f'<p id="sentence" role="alert">{escape(sentence)}</p>' if sentence else ""
    return _page("Join a class", f"<h1>Join a class</h1>{alert}{body}")


def room_page(view: RoomView) -> str:
    """Return the page of a room's present question."""
    room, current = view.room, view.room.current
    lesson = find_lesson(current.lesson)
    defaults = {field.name: field.default for field in lesson.fields}
    data = {
        "code": room.code,
        "ticket": room.ticket,
        "kind": current.kind,
        "isOwn": bool(current.text),
        "lesson": current.lesson,
        "hash": current.hash,
        "axes": [
            {"name": axis.name, "low": axis.low, "high": axis.high, "default": defaults[axis.name]}
            for axis in current.axes
        ],
        "state": view.for_students(),
    }
    text = json.dumps(data).replace("<", "\\u003c")
    body = [
        f'<p class="place">Class <strong>{room.code}</strong> · {escape(LESSONS[current.lesson])}</p>',
        f'<h1>Question {room.number}</h1><div class="question">{question_html(current)}</div>',
        *_answers(current),
        '<section id="result" hidden aria-labelledby="result-title"><h2 id="result-title">The class</h2>'
        '<ol id="bars"></ol><p id="total"></p></section>',
        f'<div id="figure" data-title="{escape(LESSONS[current.lesson])}" hidden></div>',
        *_actions(current),
        "<noscript><p>This page needs JavaScript.</p></noscript>",
        f'<script type="application/json" id="room">{text}</script>',
    ]
    return _page(f"Class {room.code}", "".join(body), _source("phone.js"))


STATUS = '<p id="status" role="status"></p>'


def _answers(round: Round) -> list[str]:
    """Return what stands above the figure: the options of a choice, or what to do in the figure."""
    if round.kind == "choice":
        buttons = (
            f'<button class="option" value="{i}"><span class="letter">{LETTERS[i - 1]}</span>'
            f'<span class="text">{html}</span></button>'
            for i, html in enumerate(option_htmls(round), 1)
        )
        return ['<div id="options" role="group" aria-label="Answers">', *buttons, "</div>", STATUS]
    help = POINT_HELP if round.kind == "point" else OWN_TASK_HELP if round.text else TASK_HELP
    return [f'<p id="help">{help}</p>']


def _actions(round: Round) -> list[str]:
    """Return what stays in view below the figure that a student moves."""
    if round.kind == "choice":
        return []
    label = "Send my point" if round.kind == "point" else "I have solved it" if round.text else ""
    button = f'<button id="send" hidden>{label}</button>' if label else ""
    return [f'<div class="actions">{STATUS}{button}</div>']


def _page(title: str, body: str, script: str = "") -> str:
    style = _source("phone.css")
    policy = (
        f"default-src 'none'; script-src '{content_digest(script)}'; style-src '{content_digest(style)}';"
        " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
    )
    end = f'<script type="module">{script}</script>' if script else ""
    head = head_elements(title, policy, style)
    return "\n".join([*head, f"<main>{body}</main>", end, "</html>\n"])


@cache
def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
