"""What axe-core says of a page, and what does not fit into its width."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
TAGS = "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"
PAGES = "/", "/explore", "/compare", "/train", "/images", "/library"
TOOLS = "traverse", "grid", "interpolate", "sample", "attributes", "own", "copying", "select", "take"
SETTLED = 500  # ms without anything that runs

# Rules that Streamlit's own markup breaks, where neither its theme nor a style or attribute of ours reaches: [rule, selector].
ALLOWED = [
    # Named sections of the navigation are <div>s inside the sidebar's <ul>. Without sections there would be 18 pages in one row.
    ["list", '[data-testid="stSidebarNavItems"]'],
    ["listitem", '[data-testid="stSidebarNavItems"]'],
]

RUN = """async ([tags, allowed]) => {
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], elementRef: true });
  const counts = (id, element) => !allowed.some(([rule, selector]) => rule === id && element?.closest(selector));
  return violations.flatMap(({ id, nodes }) => nodes.filter(({ element }) => counts(id, element)).map((node) =>
    `${id}: ${node.target.flat().join(" >>> ")}  ${node.html.slice(0, 200)}  ${node.any.concat(node.all, node.none).map((c) => c.message).join(" ")}`));
}"""

# Elements that show something beyond the right edge, in the page or in open shadow roots; not those in a box that scrolls by itself,
# nor tables, which need two dimensions, nor what only those who hear the page are told.
CUT_OFF = """() => {
  const wide = [], scrolls = new Set();
  const shows = (e) => e.matches("canvas, img, input, button, select, textarea, video") || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const visit = (root, inside) => {
    for (const e of root.children) {
      const style = getComputedStyle(e);
      if (style.display === "none" || style.visibility === "hidden" || e.inert || style.clipPath !== "none" || e.matches("svg, .katex-mathml, [data-testid=stSidebar], [data-testid=stDataFrame]")) continue;
      const box = e.getBoundingClientRect(), scrolling = inside || (/auto|scroll/.test(style.overflowX) && !e.matches("[data-testid=stMain]"));
      if (!inside && box.width > 1 && box.height > 1 && (box.right > innerWidth + 1 || box.left < -1) && shows(e)) wide.push(`${e.tagName}.${e.className} ${Math.round(box.left)}-${Math.round(box.right)} ${e.textContent.slice(0, 60)}`);
      visit(e, scrolling);
      if (e.shadowRoot) visit(e.shadowRoot, scrolling);
    }
  };
  visit(document.body, false);
  for (const e of [document.documentElement, document.querySelector("[data-testid=stMain]")])
    if (e.scrollWidth > e.clientWidth + 1) wide.push(`${e.tagName} scrolls: ${e.scrollWidth} of ${e.clientWidth}`);
  return wide;
}"""

QUIET = """(settled) => {
  const busy = document.querySelector('[data-testid="stStatusWidget"], [data-stale="true"], [data-testid="stSpinner"]');
  const filled = document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]');
  if (busy || !filled) window.quietSince = null;
  else window.quietSince ??= performance.now();
  return window.quietSince && performance.now() - window.quietSince > settled;
}"""


def axe_source() -> str:
    """The text of axe-core; without it a test is skipped, except where CI is set."""
    if not AXE.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-core is not installed: npm ci --prefix tests/browser")
    return AXE.read_text()


def quiet(page: Page) -> Page:
    """Waits until the page's script has ended, and stays so."""
    page.wait_for_function(QUIET, arg=SETTLED, polling=50)
    return page


def violations(page: Page) -> str:
    """A line for each violation."""
    return _lasting(page, RUN, [TAGS, ALLOWED])


def cut_off(page: Page) -> str:
    """A line for each element that does not fit."""
    return _lasting(page, CUT_OFF, None)


def show_as(page: Page, theme: str, width: int, height: int) -> None:
    """Another theme and size, as soon as Streamlit has taken on the theme."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    page.wait_for_function("theme => getComputedStyle(document.querySelector('.stApp')).colorScheme === theme", arg=theme)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _lasting(page: Page, check: str, arg) -> str:
    """What a check still finds after a while: parts of a page follow a new theme or size one after another."""
    for wait in (100, 400, 1500, 0):
        found = page.evaluate(check, arg)
        if not found:
            return ""
        page.wait_for_timeout(wait)
    return "\n".join(found)
