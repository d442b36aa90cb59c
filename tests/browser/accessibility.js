// What a test asks of a page: injected beside axe-core into each.

window.audit = {
  /** A line for each element that breaks a rule with one of the tags; allowed: [rule, selector], of what is passed over. */
  async violations([tags, allowed]) {
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], elementRef: true });
    const counts = (id, element) => !allowed.some(([rule, selector]) => rule === id && element?.closest(selector));
    const says = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message).join(" ");
    return violations.flatMap(({ id, nodes }) => nodes.filter(({ element }) => counts(id, element)).map((node) =>
      `${id}: ${says(node)}  ${node.html.slice(0, 200)}  ${node.target.flat().join(" >>> ")}`));
  },

  /**
   * A line for each element that shows something beyond an edge, in the page or in open shadow roots. Not those in a box that scrolls by
   * itself, nor tables, which need two dimensions, nor what only those who hear the page are told.
   */
  cutOff() {
    const found = [], passedOver = "svg, .katex-mathml, [data-testid=stSidebar], [data-testid=stDataFrame]";
    const shows = (e) => e.matches("canvas, img, input, button, select, textarea") || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    const visit = (root, inside) => {
      for (const e of root.children) {
        const style = getComputedStyle(e), { left, right, width, height } = e.getBoundingClientRect();
        if (style.display === "none" || style.visibility === "hidden" || style.clipPath !== "none" || e.inert || e.matches(passedOver)) continue;
        if (!inside && width > 1 && height > 1 && (right > innerWidth + 1 || left < -1) && shows(e))
          found.push(`${e.tagName} from ${Math.round(left)} to ${Math.round(right)} of ${innerWidth}: ${e.textContent.slice(0, 60)}`);
        const scrolls = inside || (/auto|scroll/.test(style.overflowX) && !e.matches("[data-testid=stMain]"));
        visit(e, scrolls);
        if (e.shadowRoot) visit(e.shadowRoot, scrolls);
      }
    };
    visit(document.body, false);
    for (const e of [document.documentElement, document.querySelector("[data-testid=stMain]")])
      if (e && e.scrollWidth > e.clientWidth + 1) found.push(`${e.tagName} scrolls: ${e.scrollWidth} in ${e.clientWidth}`);
    return found;
  },

  /** Whether the page's script has ended, and nothing has run for so many ms. */
  quiet(settled) {
    const busy = document.querySelector('[data-testid="stStatusWidget"], [data-stale="true"], [data-testid="stSpinner"]');
    const filled = document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]');
    if (busy || !filled) this.since = null;
    else this.since ??= performance.now();
    return Boolean(this.since) && performance.now() - this.since > settled;
  },
};
