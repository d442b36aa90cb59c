"""Worksheets in Chromium, with half of the lessons each: each figure is drawn, and each lesson fills one page of A4 and of US Letter."""

import re

import pytest
from playwright.sync_api import expect

from explorer.export.worksheet.page import worksheet_page
from explorer.export.worksheet.sheet import make_sheet
from explorer.registry import LESSONS

HALVES = list(LESSONS)[::2], list(LESSONS)[1::2]
PAGE = re.compile(rb"/Type\s*/Page\b")
FACTS = """() => [...document.querySelectorAll('.sheet')].map((sheet) => ({
  name: sheet.dataset.figure, excess: sheet.scrollHeight - sheet.clientHeight, solved: sheet.classList.contains('is-solved'),
  lines: Math.min(...[...sheet.querySelectorAll('.lines')].map((lines) => lines.clientHeight)),
  fills: sheet.querySelector('.picture').clientHeight / sheet.clientHeight, measured: sheet.querySelector('.measured')?.textContent,
  ids: sheet.querySelectorAll('.picture [id]').length, painted: sheet.querySelectorAll('.picture :is(svg path, canvas)').length }))"""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("lessons, is_key", [(HALVES[0], False), (HALVES[1], True)], ids=["sheets", "key"])
def test_each_lesson_is_one_page_with_its_figure(browser, tmp_path, lessons, is_key):
    file = tmp_path / "lessons.html"
    file.write_text(worksheet_page([make_sheet(name, is_key=is_key) for name in lessons]), encoding="utf-8")
    page, errors = browser.new_page(color_scheme="dark", viewport={"width": 500, "height": 800}), []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("html.is-drawn", timeout=240_000)
    page.emulate_media(media="print")  # as it will be printed
    facts = page.evaluate(FACTS)
    assert len(facts) == len(lessons) and not errors
    for fact in facts:
        assert fact["excess"] <= 0 and fact["painted"] > 0 and 0.1 < fact["fills"] < 0.6, fact
        if is_key:
            assert fact["solved"] and fact["measured"], fact
        else:
            assert fact["lines"] > 28 and fact["measured"] is None, fact  # one line, 7.5 mm
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))  # otherwise a figure would be clipped as another one
    assert page.evaluate("Object.keys(localStorage).length") == 0  # a key solves no task of the reader
    page.emulate_media()
    for paper in ("A4", "Letter"):
        assert len(PAGE.findall(page.pdf(format=paper))) == len(lessons), paper
    page.close()


def test_a_figure_is_fine_enough_for_print_and_says_when_it_cannot_be_drawn(browser, tmp_path):
    file = tmp_path / "kl.html"
    file.write_text(worksheet_page([make_sheet("rate"), make_sheet("kl")]), encoding="utf-8")
    page = browser.new_page()
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(file.as_uri())
    expect(page.locator(".picture").first).to_contain_text("Open it in a newer one.")
    page.close()
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("html.is-drawn")
    expect(page.locator("#progress")).to_contain_text("Print this page")
    canvas = page.locator(".picture .plot-box > canvas:not([hidden])").first
    assert canvas.evaluate("e => e.width / e.getBoundingClientRect().width") >= 3  # 288 dots per inch
    assert "hidden" not in page.locator(".veil").first.evaluate("e => e.outerHTML")
    expect(page.locator(".veil").first).to_have_text("Sketch here what you expect.")
    page.close()
