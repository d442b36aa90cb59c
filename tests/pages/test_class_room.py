"""The lecturer's part of a lesson: where it is offered, and what it says of a question that is incomplete."""

import pytest

from explorer.errors import UserError
from explorer.jobs import limits
from explorer.lessons.gaps.lesson import LESSON as GAPS
from explorer.lessons.kl.lesson import LESSON as KL
from explorer.registry import LESSONS
from explorer.ui.classroom.phone import find_lesson
from explorer.ui.learn import class_room
from explorer.ui.learn.class_room import OWN_QUESTION, OWN_TASK, POINT, QUESTION, TASK
from explorer.ui.learn.lesson import lesson_settings
from tests.pages.conftest import follow


def is_offered(app) -> bool:
    follow("learn_reparameterization", app)
    return "Ask the class" in [expander.label for expander in app.expander]


def new_round(lesson, kind: str, text="", options="", right=0):
    return class_room._new_round(lesson, lesson_settings(lesson), kind, text, options, right)


def test_it_is_offered_unless_the_server_is_read_only_or_holds_no_rooms(app, monkeypatch):
    assert is_offered(app)
    monkeypatch.setenv("EXPLORER_READONLY", "1")
    assert not is_offered(app)
    monkeypatch.setenv("EXPLORER_MAX_ROOMS", "3")
    assert is_offered(app) and limits.max_rooms() == 3
    monkeypatch.delenv("EXPLORER_READONLY")
    monkeypatch.setenv("EXPLORER_MAX_ROOMS", "0")
    assert not is_offered(app)
    monkeypatch.setenv("EXPLORER_MAX_ROOMS", "many")
    with pytest.raises(UserError, match="EXPLORER_MAX_ROOMS"):
        limits.max_rooms()


@pytest.mark.parametrize(
    "kind, text, options, right, sentence",
    [
        (POINT, " ", "", 0, "one sentence"),
        (OWN_TASK, "", "", 0, "one sentence"),
        (OWN_QUESTION, "Why?", "one", 0, "from 2 to 6 options, and these are 1"),
        (OWN_QUESTION, "Why?", "a\nb", 3, "number 3 can't be"),
    ],
)
def test_an_incomplete_question_gets_a_sentence(kind, text, options, right, sentence):
    with pytest.raises(UserError, match=sentence):
        new_round(KL, kind, text, options, right)


def test_a_question_of_each_kind_says_what_phones_need():
    assert new_round(KL, QUESTION).right == KL.text.right and new_round(KL, TASK).text == ""
    assert new_round(KL, OWN_QUESTION, "Why?", "a\nb", 2).options == ("a", "b")
    point = new_round(GAPS, POINT, "the AE fails")
    assert point.text == "Put your finger where the AE fails"
    assert [(axis.name, axis.low, axis.high) for axis in point.axes] == [("u", -3, 3), ("v", -3, 3)]
    assert point.hash == f"answer={GAPS.text.right}"  # nothing of the map is hidden


@pytest.mark.parametrize("name", LESSONS)
def test_the_map_of_a_lesson_has_two_numbers_of_its_state_as_axes(name):
    lesson = find_lesson(name)
    fields = {field.name: field for field in lesson.fields}
    for axis in lesson.plane or ():
        assert type(fields[axis].default) is float and fields[axis].low < fields[axis].high
        assert fields[axis].scale == "linear"
