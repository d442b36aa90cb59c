"""Charts of a lesson in a real browser."""

from playwright.sync_api import expect

SLOW = 30_000  # ms, for a busy machine
AXIS = "X-axis titled 'nats' for a linear scale with values from −40 to −15"


def test_a_chart_takes_on_other_data_and_other_ends_of_its_axis_without_being_made_anew(open_page):
    page = open_page("/learn_elbo")
    chart = page.get_by_test_id("stVegaLiteChart").first
    axis = chart.locator("g[aria-label^='X-axis']")
    axis.wait_for()
    expect(axis).to_have_attribute("aria-label", AXIS)
    chart.locator(".marks").evaluate("marks => marks.stayed = true")
    page.get_by_label("Test image").fill("200")
    page.get_by_label("Test image").press("Enter")
    expect(axis).not_to_have_attribute("aria-label", AXIS, timeout=SLOW)
    assert chart.locator(".marks").evaluate("marks => marks.stayed")
    page.get_by_role("radio", name="Gradient ascent").click()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(3, timeout=SLOW)
