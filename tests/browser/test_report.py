"""The file of a report: no violation of WCAG 2.2 A and AA that axe-core finds, in both themes, nothing cut off,
and nothing that its policy forbids.
"""

from explorer.export.report.page import report_page
from explorer.runs.report.measure import measure_report
from explorer.store.catalogue import find_run
from tests.browser.accessibility import cut_off, prepare, violations


def test_a_report_can_be_read_by_everyone(browser, runs_folder, tmp_path):
    file, messages = tmp_path / "report.html", []
    file.write_text(report_page(measure_report(find_run("tiny-vae-6d"))), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=False)
    prepare(context)
    page = context.new_page()
    page.on("console", lambda message: messages.append(message.text))
    page.goto(file.as_uri())
    page.locator("summary").first.click()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert violations(page) == ""
    page.set_viewport_size({"width": 320, "height": 640})
    assert cut_off(page) == "" and not messages
    context.close()
