"""The lesson plans: each link shows what they say, in a page of the app that takes every part of it."""

import re
from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

import pytest

from explorer import query
from explorer.live.fields import pad_fields
from explorer.query import Scalar
from explorer.registry import LESSONS
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import read_run
from explorer.ui.lecture import PARAMETER
from tests.conftest import ROOT

TEXT = (ROOT / "docs/teaching.md").read_text(encoding="utf-8")
HOST = "http://localhost:8501"
LINKS = sorted(set(re.findall(rf"\]\({HOST}([^()\s]*)\)", TEXT)))
RUN_FIELDS = {"explore": ("run",), "report": ("run",), "compare": ("ae", "vae")}


def fields_of(page: str, parameters: dict[str, str]):
    """Return the fields of the address of a page."""
    lecture = Scalar(PARAMETER, "", options=("1",))
    if page.startswith("learn_"):
        lesson = import_module(f"explorer.lessons.{page.removeprefix('learn_')}.lesson").LESSON
        return [*lesson.fields, lesson.answer, lecture]
    names = RUN_FIELDS.get(page, ())
    runs = [read_run(SHIPPED_FOLDER / parameters[name]) for name in names if name in parameters]
    dims = dict(zip(("ae_z", "z")[-len(runs) :], (run.spec.latent_dim for run in runs)))
    betas = next((run.spec.betas for run in reversed(runs) if run.spec.betas), ())
    pads = pad_fields(dims, betas) if runs else []
    return [*(Scalar(name, "") for name in names), *pads, lecture]


@pytest.mark.parametrize("link", LINKS)
def test_each_link_of_the_plans_is_taken_whole(link):
    page, parameters = urlsplit(link).path.strip("/"), dict(parse_qsl(urlsplit(link).query))
    assert not page or (ROOT / f"pages/{page}.py").exists()
    fields = fields_of(page, parameters)
    values, problems = query.read(fields, parameters)
    assert not problems and values.keys() == parameters.keys()


def test_every_lesson_has_goals_a_misconception_and_a_place_in_the_two_weeks():
    goals, misconceptions, weeks = (
        TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
        for heading in ("Learning goals", "Misconceptions", "Two weeks")
    )
    for name in LESSONS:
        link = f"]({HOST}/learn_{name}"
        assert link in goals and link in misconceptions and link in weeks, name


def test_the_timetables_are_as_long_as_they_say():
    for minutes in (45, 90):
        plan = TEXT.split(f"## {minutes} minutes\n")[1].split("\n## ")[0]
        rows = re.findall(r"^\| (\d+)–(\d+) \|", plan, re.M)
        assert rows[0][0] == "0" and rows[-1][1] == str(minutes)
        assert [end for _, end in rows[:-1]] == [start for start, _ in rows[1:]]
