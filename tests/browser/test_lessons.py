"""Plots of a lesson in a real browser."""

from playwright.sync_api import expect

SLOW = 30_000  # ms, for a busy machine
TICKS = ["−40", "−35", "−30", "−25", "−20", "−15"]


def test_a_plot_takes_on_other_data_and_other_ends_of_its_axis_without_being_made_anew(open_page):
    page = open_page("/learn_elbo")
    plot = page.get_by_role("img", name="log p(x) and the bound")
    ticks = plot.locator(".plot-tick.plot-middle:visible")
    expect(ticks).to_have_text(TICKS, timeout=SLOW)
    plot.evaluate("plot => plot.stayed = true")
    page.get_by_label("Test image").fill("200")
    page.get_by_label("Test image").press("Enter")
    expect(ticks).not_to_have_text(TICKS, timeout=SLOW)
    assert plot.evaluate("plot => plot.stayed")


def test_the_ascent_is_played_to_its_end_in_the_same_plots(open_page):
    page = open_page("/learn_elbo?by=climb")
    ascent = page.get_by_role("img", name="The ascent")
    plane = page.get_by_role("img", name="q and the true posterior")
    expect(ascent).to_be_visible(timeout=SLOW)
    for plot in (ascent, plane):
        plot.evaluate("plot => plot.stayed = true")
    marker = ascent.locator(".plot-marker-point")
    marker.evaluate(
        """marker => { globalThis.moves = [];
        new MutationObserver(() => moves.push(parseFloat(marker.getAttribute("d").slice(1))))
            .observe(marker, { attributes: true, attributeFilter: ["d"] }); }"""
    )
    page.get_by_role("button", name="Play").click()
    path = ascent.locator(".plot-line").first
    end = path.evaluate("path => path.getPointAtLength(path.getTotalLength()).x")
    page.wait_for_function(
        "end => moves.length && Math.abs(moves.at(-1) + 6 - end) < 1", arg=end, timeout=SLOW
    )
    moves = page.evaluate("moves")
    assert len(moves) >= 5 and moves[1:] == sorted(moves[1:])  # the first leads back to the start
    assert ascent.evaluate("plot => plot.stayed") and plane.evaluate("plot => plot.stayed")
    expect(page.get_by_role("slider")).to_have_value("40")
