"""From answers and solved tasks in two lessons to a code, and from codes to a table, in the app and on a static site."""

import re

from playwright.sync_api import Page, expect

from explorer.assignments.table import check_codes
from explorer.query import write
from explorer.registry import LESSONS
from tests.live.site import write_site
from tests.live.test_lesson import LIVE

CODE = re.compile(r"^LSE1-[A-Z2-7-]+$")
ANSWERED, SOLVED = "kl", "reparameterization"


def solve(page: Page, address: str, name: str, suffix: str, between: str) -> None:
    """Open the link to a solution of a lesson."""
    query = "&".join(f"{k}={v}" for k, v in write(LIVE[name].fields, LIVE[name].solution).items())
    page.goto(f"{address}{name}{suffix}{between}{query}")
    expect(page.get_by_test_id("task")).to_contain_text("✓ solved")


def answer(page: Page, number: int) -> None:
    option = page.get_by_test_id("question").get_by_role("button").nth(number - 1)
    option.click()
    page.wait_for_url(re.compile(rf"[?&#]answer={number}\b"))  # the figure has moved, and rests


def make_code(page: Page, name: str) -> str:
    page.get_by_test_id("student").fill(name)
    page.get_by_test_id("make-code").click()
    expect(page.get_by_test_id("code")).to_have_value(CODE)
    return page.get_by_test_id("code").input_value()


def test_answers_become_a_signed_code_and_codes_a_table(open_page):
    page = open_page(f"/learn_{ANSWERED}")
    right = LIVE[ANSWERED].text.right
    answer(page, right % 2 + 1)  # a wrong one, which later answers do not change
    answer(page, right)
    solve(page, page.url.partition("/learn_")[0] + "/learn_", SOLVED, "", "?")
    answer(page, LIVE[SOLVED].text.right)
    page.get_by_role("link", name="Hand in").click()
    expect(page.get_by_test_id("summary")).to_contain_text(
        f"Answered: 2 of {len(LESSONS)} questions, 1 right at first."
    )
    expect(page.get_by_test_id("summary")).to_contain_text(f"Solved: 1 of {len(LESSONS)} tasks.")
    first = make_code(page, "=Anna <b>")
    page.get_by_test_id("student").fill("Bea")
    expect(page.get_by_test_id("code")).to_be_hidden()  # a code says what the page shows
    second = make_code(page, "Bea")
    assert first != second
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name=re.compile("Copied|Ctrl"))).to_be_visible()
    page.get_by_role("link", name="Check codes").click()
    text = f"Dear all,\n> {first[:40]}=\n> {first[40:]}\nBest, Anna\n{second}\n{second[:30]}"
    page.get_by_label("Codes", exact=True).fill(text)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("3 codes: 2 signed, 1 that can't be read. Problems: 1.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table, CSV").click()
    table = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert table[0].endswith("solved tasks,Reparameterization,The KL divergence")
    assert re.fullmatch(r'1,\'=Anna <b>,,[\d-]+,signed,,1,1,"right, solved",wrong', table[1])
    assert "incomplete" in table[3]


def test_a_link_names_the_assignment_and_its_lessons(open_page):
    page = open_page(f"/hand_in?assignment=week%203&lessons={ANSWERED},{SOLVED},none")
    expect(page.get_by_test_id("summary")).to_contain_text("Answered: 0 of 2 questions")
    expect(page.get_by_test_id("assignment")).to_have_value("week 3")
    [row] = check_codes(make_code(page, ""), None)
    assert row.submission.assignment == "week 3" and not row.submission.results


def test_a_lesson_offers_its_worksheet_and_key(open_page):
    page = open_page(f"/learn_{ANSWERED}?mu=0.5")
    for label, name in (("Worksheet", "worksheet"), ("Key", "key")):
        with page.expect_download() as download:
            page.get_by_role("button", name=label, exact=True).click()
        assert download.value.suggested_filename == f"{ANSWERED}-{name}.html"
        shown = "μ = 0.5" if label == "Worksheet" else "μ = 0."
        assert shown in download.value.path().read_text(encoding="utf-8")


def test_a_site_makes_codes_that_are_not_signed(browser, tmp_path):
    site, page = write_site(tmp_path / "site"), browser.new_page()
    page.goto((site / "learn/kl.html").as_uri())
    answer(page, LIVE[ANSWERED].text.right)
    page.get_by_role("link", name="Hand in").click()
    expect(page.get_by_test_id("summary")).to_contain_text("Answered: 1 of 1 questions, 1 right at first.")
    [row] = check_codes(make_code(page, "Zoë"), None)
    assert row.submission.name == "Zoë" and row.signature == "not signed"
    assert row.submission.results["kl"].answer == "right"
    page.close()
