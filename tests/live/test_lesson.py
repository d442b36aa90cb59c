"""The text of a lesson that a browser computes, and what its declaration promises."""

import re
from importlib import import_module

import pytest

from explorer import query
from explorer.live.lesson import LiveLesson, parse_text
from explorer.live.prose import to_html
from explorer.registry import LESSONS

MAX_WORDS = 120  # on a page before anything is unfolded
MODULES = {name: import_module(f"explorer.lessons.{name}.lesson") for name in LESSONS}
LIVE = {name: module.LESSON for name, module in MODULES.items() if isinstance(module.LESSON, LiveLesson)}
TEXT = """Move it.

## Question

What?

- [ ] A
- [x] B

## Answer

B.

## Task

Do it.

## For teachers

Ask.
"""


def words(html: str) -> list[str]:
    return re.sub(r"<[^>]*>", " ", html).split()


def test_a_text_is_read_by_its_headings():
    text = parse_text(TEXT)
    assert (text.intro, text.question, text.options, text.right) == ("Move it.", "What?", ("A", "B"), 2)
    assert (text.answer, text.task, text.teacher) == ("B.", "Do it.", "Ask.")


@pytest.mark.parametrize(
    "change", [("## Task", "## Tasks"), ("- [x] B", "- [ ] B"), ("- [ ] A", "- [x] A"), ("- [ ] A\n", "")]
)
def test_a_text_without_a_part_or_with_no_single_right_option_is_refused(change):
    with pytest.raises(ValueError):
        parse_text(TEXT.replace(*change))


def test_a_formula_becomes_mathml_whose_symbols_are_named():
    html = to_html("With $@{m}^2$ and\n\n$$\\tfrac12 x$$\n\nend *here*.", {"m": ("mu", r"\mu")})
    assert '<mstyle data-symbol="mu"><mrow><mi>&#x003BC;</mi>' in html and "<em>here</em>" in html
    assert html.count("<math") == 2 and 'display="block"' in html and "FORMULA" not in html


@pytest.mark.parametrize("name", LIVE)
def test_a_page_has_few_words_before_anything_is_unfolded(name):
    options = LIVE[name].options
    shown = [options["intro"], options["question"], *options["options"], options["task"]]
    assert len(words(" ".join(shown))) + len(words(LESSONS[name])) <= MAX_WORDS
    for text in (*shown, options["answer"], options["teacher"], options["mathematics"]):
        assert "\\" not in text and "$" not in text and "@{" not in text


@pytest.mark.parametrize("name", LIVE)
def test_what_it_shows_and_its_solution_are_values_of_its_fields(name):
    lesson = LIVE[name]
    fields = {field.name: field for field in lesson.fields}
    for values in (*lesson.shows, lesson.solution):
        assert values
        for key, value in values.items():
            assert fields[key].check(value) == value
    assert query.read((*lesson.fields, lesson.answer), {"answer": "99"})[1]
    assert lesson.code and lesson.concepts and lesson.folder.name == name == lesson.name
