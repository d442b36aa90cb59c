"""Numbers typed as many languages write them: with a comma."""

import dataclasses

import pytest
from playwright.sync_api import Page, expect

from explorer.fields import value_type
from explorer.specs import RunSpec
from explorer.ui.train.spec_form import LABELS

BETA = LABELS["beta"]
COMMAND = '[data-testid="stCode"] >> nth=0'


def field(page: Page, label: str):
    return page.get_by_label(label, exact=True)


@pytest.fixture
def form(open_page):
    page = open_page("/train")
    field(page, BETA).wait_for()
    page.get_by_text("More settings").click()
    field(page, LABELS["lr"]).wait_for()
    page.wait_for_function("globalThis.numberFields")
    return page


def enter(page: Page, label: str, text: str) -> None:
    """Select the content of a field, type, and leave the field."""
    field(page, label).select_text()
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def test_a_decimal_comma_is_a_decimal_point(form):
    for text in ("0,5", "0.5", ",5", "00,50"):
        enter(form, BETA, "3")
        expect(form.locator(COMMAND)).to_contain_text("--beta 3")
        enter(form, BETA, text)
        expect(form.locator(COMMAND)).to_contain_text("--beta 0.5")
        expect(field(form, BETA)).to_have_value("0.5")


def test_every_field_that_takes_fractions_takes_a_comma(form):
    for label, text, flag in (
        (LABELS["beta_warmup"], "2,5", "--beta-warmup 2.5"),
        (LABELS["lr"], "0,003", "--lr 0.003"),
    ):
        enter(form, label, text)
        expect(form.locator(COMMAND)).to_contain_text(flag)


def test_a_whole_number_has_no_comma_and_the_field_keeps_what_it_held(form):
    epochs = field(form, "Epochs")
    for text in ("0,5", "1,5", "1.5", "12,", "1,000"):
        enter(form, "Epochs", "7")
        expect(form.locator(COMMAND)).to_contain_text("--epochs 7")
        epochs.select_text()
        form.keyboard.type(text)
        assert "whole number" in epochs.evaluate("(field) => field.validationMessage")
        form.keyboard.press("Tab")
        expect(epochs).to_have_value("7")
        form.wait_for_timeout(300)
        expect(form.locator(COMMAND)).to_contain_text("--epochs 7")
        enter(form, "Epochs", "12")  # the field is valid again
        expect(form.locator(COMMAND)).to_contain_text("--epochs 12")


def test_what_is_pasted_is_read_alike(form):
    form.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for label, text, flag in (
        (BETA, "0,25", "--beta 0.25"),
        (BETA, " 0,25 ", "--beta 0.25"),
        (BETA, "1.000,5", "--beta 3"),
        ("Epochs", "3,5", "--beta 3"),
        ("Epochs", "35", "--epochs 35"),
    ):
        enter(form, BETA, "3")
        expect(form.locator(COMMAND)).to_contain_text("--beta 3")
        form.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        field(form, label).select_text()
        form.keyboard.press("ControlOrMeta+v")
        form.keyboard.press("Tab")
        expect(form.locator(COMMAND)).to_contain_text(flag)
        assert "--epochs 3 " not in form.locator(COMMAND).inner_text() + " "


def test_a_fields_step_says_whether_it_takes_fractions():
    numbers = {
        f.name: (value_type(f), f.metadata["step"])
        for f in dataclasses.fields(RunSpec)
        if value_type(f) in (int, float)
    }
    numbers = {name: bounds for name, bounds in numbers.items() if bounds[1] is not None}
    assert len(numbers) > 10 and all((kind is float) == (step % 1 != 0) for kind, step in numbers.values()), (
        numbers
    )
