"""Sheets of exercises: what they contain and leave out, whose state they show, and what is refused."""

import re

import pytest

from explorer.errors import UserError
from explorer.export.worksheet.page import worksheet_page
from explorer.export.worksheet.sheet import check_address, make_sheet, parse_lesson
from explorer.registry import LESSONS
from tests.live.test_lesson import LIVE

SMALL = "kl"  # lessons with little data
OTHER = "reparameterization"


def visible(page: str) -> str:
    """Return the text of the sheets in a page."""
    [main] = re.findall(r"<main>(.*)</main>", page, re.DOTALL)
    without_scripts = re.sub(r"<script.*?</script>", "", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", without_scripts))


def start_of(markdown: str) -> str:
    """Return the first words of a text, without its marks."""
    return " ".join(re.sub(r"[*$@{}]", "", markdown).split()[:5])


@pytest.mark.parametrize("name", LESSONS)
def test_each_lesson_has_an_exercise_on_paper_without_its_slip(name):
    exercise = LIVE[name].text.exercise
    assert exercise[0].isupper() and exercise[-1] in ".?" and "slip" not in exercise.lower()


def test_a_sheet_asks_and_leaves_out_what_its_key_answers():
    text = LIVE[SMALL].text
    sheet, key = (worksheet_page([make_sheet(SMALL, is_key=is_key)]) for is_key in (False, True))
    for part in (text.question, text.task, text.exercise, *text.options):
        assert start_of(part) in visible(sheet)
    assert "Name" in visible(sheet) and "Name" not in visible(key)
    assert start_of(text.answer) in visible(key) and start_of(text.teacher) in visible(key)
    for part in (text.answer, text.teacher):
        assert start_of(part) not in sheet  # not in its data either
    assert key.count('class="right"') == 1 and 'class="right"' not in sheet
    assert '"right": 0' in sheet and "@{" not in sheet + key


def test_sheets_share_what_they_have_in_common_and_load_nothing():
    page = worksheet_page([make_sheet("bound"), make_sheet("elbo"), make_sheet("elbo", {"mu0": 1.0})])
    assert page.count('<article class="sheet"') == 3 and page.count('<script type="module">') == 2
    assert page.count('id="block-') == 3  # both lessons show the same run
    assert not re.search(r'(?:src|href)="', page) and "default-src &#x27;none&#x27;" in page


def test_the_state_is_that_of_a_link():
    name, values = parse_lesson(f"{SMALL}#mu=0&s=-3&answer=2")
    assert (name, values) == (SMALL, {"mu": 0.0, "s": -3.0})
    sheet = make_sheet(name, values, address="https://lab.example.org")
    assert sheet.address == "https://lab.example.org/learn_kl?s=-3.0&mu=0.0"
    text = visible(worksheet_page([sheet]))
    assert "The figure shows: s = log σ² = −3; μ = 0." in text
    assert sheet.address.replace("&", "&amp;") in text and "<svg" in worksheet_page([sheet])
    solved = LIVE[SMALL].solution | {"answer": LIVE[SMALL].text.right}
    assert make_sheet(name, values, is_key=True).content.state == {"values": solved}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kll", "Did you mean kl?"),
        ("kl#mu=9", "from -3 to 3"),
        ("kl#<b>=1", "it has no <b>"),
        ("kl#mu", "Write it as in a link"),
    ],
)
def test_other_lessons_and_states_are_refused(text, sentence):
    with pytest.raises(UserError, match=re.escape(sentence)):
        parse_lesson(text)


@pytest.mark.parametrize(
    "address", ["lab", "ftp://lab", "javascript:alert(1)", "https://", "https://[", "//lab"]
)
def test_other_addresses_are_refused(address):
    with pytest.raises(UserError, match="no address"):
        check_address(address)


def test_the_command_writes_sheets_or_their_key(explorer_in_process, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = explorer_in_process("worksheet", SMALL, OTHER, "--address", "https://lab.example.org/")
    assert done.stdout.startswith("lessons-worksheet.html: 2 pages") and not done.returncode
    page = (tmp_path / "lessons-worksheet.html").read_text(encoding="utf-8")
    assert "https://lab.example.org/learn_kl<" in page
    done = explorer_in_process("worksheet", f"{SMALL}#mu=0", "--key", "--out", "k.html")
    assert done.stdout.startswith("k.html: 1 page,") and "Key" in (tmp_path / "k.html").read_text("utf-8")
    done = explorer_in_process("worksheet", "sheet")
    assert done.returncode == 2 and "no lesson named 'sheet'" in done.stderr
