"""Ask the class: a code and a QR code, the counts as they come, and what the lecturer shows on all phones."""

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from explorer import query
from explorer.errors import UserError
from explorer.export.embed import qr_description, qr_svg
from explorer.jobs import limits
from explorer.live.figure import CLASS_COUNTS
from explorer.live.lesson import LiveLesson
from explorer.registry import LESSONS
from explorer.rooms import store
from explorer.rooms.counts import answers_csv
from explorer.rooms.room import MAX_OPTION, MAX_OPTIONS, MAX_TEXT, Axis, Room, Round, own_options, own_text
from explorer.ui import visitor
from explorer.ui.classroom.phone import option_htmls, option_texts, question_html
from explorer.ui.classroom.routes import FOLDER
from explorer.ui.components.embed import warn_of_local_address
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.settings import Setting, settings_state
from explorer.ui.faults import show_user_errors
from explorer.ui.learn.class_lead import lead_button
from explorer.ui.learn.own_class import CODE_STATE, own_room

QUESTION, TASK, POINT, OWN_QUESTION, OWN_TASK = (
    *("its question", "its task", "a point on its map"),
    *("my own question", "my own task"),
)
FAULT_STATE, RERUN_STATE = "class fault", "class rerun"


def ask_class(lesson: LiveLesson, settings: Sequence[Setting]) -> None:
    """Draw what asks the class about a lesson, folded until it is opened or a question of the lesson is under
    way. settings: the state of its figure.
    """
    if not limits.max_rooms():
        return
    if st.session_state.pop(RERUN_STATE, False):
        st.rerun()  # the whole page, which gives the browser the lecturer's cookie
    room = own_room()
    is_asked = room is not None and room.current.lesson == lesson.name
    key = f"class {lesson.name}"
    with st.expander("Ask the class", is_asked, key=key, on_change="rerun", icon=":material/groups:") as part:
        if part.open:
            if room is None:
                st.session_state.pop(CODE_STATE, None)  # another tab may have opened one
                room = own_room()
            is_asked = room is not None and room.current.lesson == lesson.name
            with show_user_errors():
                if fault := st.session_state.pop(FAULT_STATE, ""):
                    st.error(fault)
                if room and is_asked:
                    _show_round(room, lesson, settings)
                _show_form(room, lesson, settings)


def _attempt(act: Callable[[], object]) -> None:
    """Do what a button says; a UserError is shown when the page is drawn again."""
    try:
        act()
    except UserError as error:
        st.session_state[FAULT_STATE] = str(error)
    except OSError as error:
        st.session_state[FAULT_STATE] = f"The class could not be reached: {error.strerror}."


def _show_form(room: Room | None, lesson: LiveLesson, settings: Sequence[Setting]) -> None:
    """Draw the choice of what to ask next."""
    if room and room.current.lesson != lesson.name:
        name = LESSONS[room.current.lesson]
        st.caption(f"Your class {room.code} is at *{name}*. Its phones follow when you ask here.")
    kinds = [QUESTION, TASK, *([POINT] if lesson.plane else []), OWN_QUESTION, OWN_TASK]
    kind = st.segmented_control(
        "Ask about", kinds, default=QUESTION, key=f"class kind {lesson.name}", required=True
    )
    text, options, right = "", "", None
    if kind == POINT:
        text = st.text_input("Put your finger where …", max_chars=MAX_TEXT, key="class point")
    elif kind in (OWN_QUESTION, OWN_TASK):
        label = "Question" if kind == OWN_QUESTION else "Task"
        text = st.text_input(label, max_chars=MAX_TEXT, key=f"class {label}")
    if kind == OWN_QUESTION:
        options = st.text_area(
            f"Options, one on each line, at most {MAX_OPTIONS}",
            max_chars=MAX_OPTIONS * (MAX_OPTION + 1),
            key="class options",
        )
        right = st.number_input(
            "Number of the right option", 1, MAX_OPTIONS, None, key="class right", placeholder="none is"
        )
    st.button(
        "Ask the class" if room is None else "Ask this next",
        type="primary" if room is None else "secondary",
        key=f"class ask {lesson.name}",
        on_click=_attempt,
        args=[partial(_ask, room, lesson, settings, kind, text, options, right)],
    )
    if room is None:
        st.caption("Students answer on their phones, without an account. Only counts are kept, for one day.")


def _ask(room, lesson: LiveLesson, settings: Sequence[Setting], kind: str, text: str, options: str, right):
    """Ask a question, in the visitor's room if there is one, or in a new one."""
    new = _new_round(lesson, settings, kind, text, options, int(right or 0))
    if room:
        return store.ask(room.code, new)
    limits.check_disk()
    opened = store.open_room(visitor.ensure_key(), new, limits.max_rooms())
    st.session_state[CODE_STATE] = opened.code
    st.session_state[RERUN_STATE] = True
    return opened


def _new_round(
    lesson: LiveLesson, settings: Sequence[Setting], kind: str, text: str, options: str, right: int
) -> Round:
    """Return the question that a lecturer has chosen. Raises UserError."""
    text, name = own_text(text), lesson.name
    if kind not in (QUESTION, TASK) and not text:
        raise UserError("Write what the students are to do, in one sentence.")
    if kind == QUESTION:
        return Round("choice", name, n_options=len(lesson.text.options), right=lesson.text.right)
    if kind == OWN_QUESTION:
        own = own_options(options)
        if right > len(own):
            raise UserError(f"There are {len(own)} options, so that number {right} can't be the right one.")
        return Round("choice", name, text, own, len(own), right)
    if kind == POINT:
        _answer_question(lesson, settings)  # some maps are hidden before
    answered = _hash(settings, {"answer": settings_state(settings)["values"]["answer"]})
    if kind == POINT:
        fields = {field.name: field for field in lesson.fields}
        axes = tuple(Axis(axis, float(fields[axis].low), float(fields[axis].high)) for axis in lesson.plane)
        return Round("point", name, f"Put your finger where {text}", axes=axes, hash=answered)
    return Round("task", name, text if kind == OWN_TASK else "", hash=answered)


def _answer_question(lesson: LiveLesson, settings: Sequence[Setting]) -> None:
    """Let the figure show what it hides before its question is answered."""
    if not (answer := settings[-1]).get():
        answer.set(lesson.text.right)


def _hash(settings: Sequence[Setting], values: dict) -> str:
    return urlencode(query.write(settings, values), safe=",")


def _show_round(room: Room, lesson: LiveLesson, settings: Sequence[Setting]) -> None:
    """Draw the present question: how to join, the counts, and what can be done with it."""
    link = f"{st.context.url.partition('?')[0].rpartition('/')[0]}/{FOLDER}/{room.code}"
    current, labels = room.current, {field.name: field.label for field in lesson.fields}
    code_column, count_column = st.columns([1, 2], gap="medium")
    with code_column:
        st.html(f'<p class="class-code" data-testid="class-code">{room.code}</p>')
        st.image(qr_svg(link), width=240, alt=qr_description(link))
        st.markdown(f"<{link}>")
        warn_of_local_address(link)
    with count_column:
        st.html(f'<div data-testid="class-question">{question_html(current)}</div>')
        live_figure(
            CLASS_COUNTS,
            f"class counts {room.code} {room.number}",
            options={
                "address": f"../{FOLDER}/{room.code}/counts",
                "watch": room.watch,
                "round": room.number,
                "kind": current.kind,
                "lesson": lesson.name,
                "options": option_htmls(current),
                "right": current.right,
                "axes": [
                    {"title": labels[axis.name], "low": axis.low, "high": axis.high} for axis in current.axes
                ],
            },
        )
        with st.container(horizontal=True):
            _draw_buttons(room, lesson, settings)
        if current.state == "revealed":
            lead_button(room)


def _draw_buttons(room: Room, lesson: LiveLesson, settings: Sequence[Setting]) -> None:
    current, number = room.current, room.number

    def button(label: str, act: Callable[[], object], help: str, **options) -> None:
        st.button(label, key=f"class {label}", on_click=_attempt, args=[act], help=help, **options)

    def change(**changes) -> Callable[[], object]:
        return partial(store.set_state, room.code, number, **changes)

    def reveal() -> None:
        _answer_question(lesson, settings)
        change(state="revealed", hash=_hash(settings, settings_state(settings)["values"]))()

    if current.state == "revealed":
        button("Show my figure", reveal, "Move the figure on all phones to its present state here")
    else:
        button("Reveal", reveal, "Show the answers and this figure on all phones", type="primary")
        if current.state == "open":
            button("Close", change(state="closed"), "Take no more answers")
        else:
            button("Open again", change(state="open"), "Take answers again")
    st.download_button(
        "CSV",
        lambda: answers_csv(room, store.answers_of, option_texts).encode(),
        f"class-{room.code}.csv",
        "text/csv",
        on_click="ignore",
        help="The counts of all questions of this class",
        icon=":material/download:",
    )
    button("End the class", partial(_end, room.code), "Delete the class and its answers now")


def _end(code: str) -> None:
    store.end_room(code)
    st.session_state[CODE_STATE] = None
