"""What holds for every lesson."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from explorer.live.lesson import LiveLesson
from explorer.live.source import read_source
from explorer.objectives import rate
from explorer.registry import LESSONS
from explorer.ui.learn.lesson import Lesson, page_name
from tests.pages.conftest import address, follow, mounted

ROOT = Path(__file__).parents[2]
IDEAS = 27  # of the notes


def lesson(name: str) -> Lesson | LiveLesson:
    return import_module(f"explorer.lessons.{name}.lesson").LESSON


ALL_PAGES = {page_name(name): title for name, title in LESSONS.items()}
LIVE_PAGES = [page_name(name) for name in LESSONS if isinstance(lesson(name), LiveLesson)]
PAGES = [page for page in ALL_PAGES if page not in LIVE_PAGES]


def test_together_they_show_every_idea_of_the_notes():
    concepts = {name: lesson(name).concepts for name in LESSONS}
    assert set().union(*concepts.values()) == set(range(1, IDEAS + 1)) and all(concepts.values())


def test_every_page_of_the_kind_is_a_lesson():
    assert {p.stem for p in (ROOT / "pages").glob("learn_*.py")} == set(ALL_PAGES)
    assert all(lesson(name).name == name for name in LESSONS)


def test_the_code_shown_is_that_of_the_file():
    assert (
        read_source("explorer.objectives.rate:kl_per_dimension")
        == inspect.getsource(rate.kl_per_dimension).rstrip()
    )
    assert read_source("explorer.models.posterior:GaussianPosterior.sample").startswith(
        "def sample(self, eps"
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_lesson_asks_before_it_answers_and_shows_mathematics_and_code(app, page):
    follow(page, app)
    texts = [m.value for m in app.markdown]
    [question] = [text for text in texts if text.startswith("**Predict:**")]
    assert not any(text.startswith(("**Correct.**", "**Not quite")) for text in texts)
    assert app.title[0].value == ALL_PAGES[page]
    assert [e.label for e in app.expander][-2:] == [
        "Mathematics",
        "Source code",
    ]
    assert any("$" in text for text in texts) and app.code
    for formula in re.findall(
        r"\$\$(.*?)\$\$", "\n".join(texts), re.DOTALL
    ):  # one of several lines has its signs on lines of their own
        assert "\n" not in formula or formula.startswith("\n") and formula.endswith("\n"), formula
    options = [b for b in app.button if b.key and b.key.startswith(f"{page} answer")]
    assert len(options) > 1 and question.endswith("?")
    for i, option in enumerate(options, 1):
        app.button(key=option.key).click().run()
        assert not app.exception and app.query_params["answer"] == str(i)
    verdicts = [m.value for m in app.markdown if m.value.startswith(("**Correct.**", "**Not quite"))]
    assert len(verdicts) == 1


@pytest.mark.parametrize("page", ALL_PAGES)
def test_a_wrong_link_gets_a_sentence(app, page):
    follow(page, app, answer="99")
    assert "answer can't be '99'" in app.warning[0].value


def chosen(app) -> bool:
    return (
        any(m.value.startswith(("**Correct.**", "**Not quite")) for m in app.markdown)
        and address(app).get("answer") == "1"
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_bare_address_of_the_lesson_in_view_brings_the_usual_again(app, page):
    """Open the address without parameters, as a browser's Back does."""
    assert chosen(follow(page, app, answer=1))
    assert not chosen(follow(page, app)) and not app.query_params.get("answer")


def shown(app) -> dict:
    """Return the values of the live lesson in view."""
    [[data]] = mounted(app, "lesson_reparameterization")
    return data["state"]["values"]


def test_a_lesson_that_was_left_is_found_again_as_it_was(app):
    page = "learn_reparameterization"
    follow(page, app, answer=1, mu=-1)
    follow("home", app)
    follow(page, app)
    assert address(app) == {"mu": "-1.0", "answer": "1"}
    assert (shown(app)["mu"], shown(app)["answer"]) == (-1, 1)


def test_a_link_is_completed_without_a_step_of_the_history_until_something_moves(app):
    """Check the history: otherwise Back would only lead to what rewrites it."""
    follow("learn_reparameterization", app, mu="-1", sigma="x", other="1")
    assert app.query_params == {"mu": "-1", "sigma": "x", "other": "1"}
    assert shown(app)["mu"] == -1
    assert address(app) == {"mu": "-1.0"}
    app.session_state["learn_reparameterization mu"] = -2.0  # as a message of the figure sets it
    app.run()
    assert app.query_params == {"mu": "-2.0"}
