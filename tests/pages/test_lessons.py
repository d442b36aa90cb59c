"""What holds for every lesson."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from explorer.live.lesson import LiveLesson
from explorer.live.source import read_source
from explorer.objectives import rate
from explorer.registry import LESSONS
from explorer.ui.learn.lesson import page_name
from tests.pages.conftest import address, follow, mounted

ROOT = Path(__file__).parents[2]
IDEAS = 27  # of the notes


PAGES = {page_name(name): title for name, title in LESSONS.items()}


def lesson(name: str) -> LiveLesson:
    return import_module(f"explorer.lessons.{name}.lesson").LESSON


def shown(app, page: str = "learn_reparameterization") -> dict:
    """Return the values of the lesson in view."""
    [[data]] = mounted(app, f"lesson_{page.removeprefix('learn_')}")
    return data["state"]["values"]


def test_together_they_show_every_idea_of_the_notes():
    concepts = {name: lesson(name).concepts for name in LESSONS}
    assert set().union(*concepts.values()) == set(range(1, IDEAS + 1)) and all(concepts.values())


def test_every_page_of_the_kind_is_a_lesson():
    assert {p.stem for p in (ROOT / "pages").glob("learn_*.py")} == set(PAGES)
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
def test_a_lesson_opens_with_its_title_and_a_link_answers_its_question(app, page):
    follow(page, app, answer=1)
    assert app.title[0].value == PAGES[page] and not app.warning and not app.info
    assert shown(app, page)["answer"] == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_link_gets_a_sentence(app, page):
    follow(page, app, answer="99")
    assert "answer can't be '99'" in app.warning[0].value


@pytest.mark.parametrize("page", PAGES)
def test_the_bare_address_of_the_lesson_in_view_brings_the_usual_again(app, page):
    """Open the address without parameters, as a browser's Back does."""
    follow(page, app, answer=1)
    assert address(app)["answer"] == "1"
    follow(page, app)
    assert shown(app, page)["answer"] == 0 and "answer" not in address(app)


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
