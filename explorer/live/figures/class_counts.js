// The counts of a class on the lecturer's page, asked of the server again and again, without a rerun of the page.

import { createElement } from "../view/dom.js";
import { createPlot } from "../view/plots/plot.js";
import { CLASS_POINTS_EVENT } from "./lessons/class_points.js";

const POLL_MS = 500;
const MAX_RETRY_MS = 8_000;
const TIMEOUT_MS = 8_000;
const WATCH_HEADER = "X-Class-Watch";
const LETTERS = "ABCDEF";
const WORDS = { choice: ["answer", "answers"], task: ["has solved it", "have solved it"], point: ["point", "points"] };

const declareMap = ([x, y]) => ({
  title: "Points of the class",
  description: "How many points the class has put into each cell of the map",
  x: { title: x.title, domain: [x.low, x.high], hasGrid: false },
  y: { title: y.title, domain: [y.low, y.high], hasGrid: false },
  height: 300,
  legend: "none",
  parts: [{ kind: "heatMap", name: "points", label: "points in a cell" }],
  buttons: ["values", "png", "svg"],
});

let areBarsHidden = false; // on this page, also at the next question

export class ClassCounts {
  /** options: { address: of the counts, as seen from this script, watch: what the server asks for, round: number of the question, kind, lesson, options: HTML, right, axes: { title, low, high } of points } */
  constructor(root, blocks, { options, palette }) {
    Object.assign(this, { options, isClosed: false, failures: 0 });
    this.total = createElement("p.class-total", { "data-testid": "class-total" }, "Nobody has answered yet.");
    this.note = createElement("p", { role: "status" });
    this.rows = options.options.map((html, i) => this.createRow(html, i));
    this.list = createElement("ol", { hidden: !this.rows.length }, ...this.rows.map(({ element }) => element));
    this.toggle = createElement("button", { hidden: !this.rows.length, onclick: () => this.toggleBars() });
    const map = createElement("div.class-map");
    this.plot = options.axes.length ? createPlot(map, declareMap(options.axes), { palette }) : null;
    this.element = createElement("div.class-counts", {}, this.total, this.list, this.toggle, map, this.note);
    root.replaceChildren(this.element);
    this.showBars();
    this.poll();
  }

  createRow(html, i) {
    const text = createElement("span"), count = createElement("span.class-count", { "data-testid": `class-count-${i + 1}` }), fill = createElement("div");
    text.innerHTML = html; // of the project's own texts, or escaped
    const bar = createElement("div.class-bar", { "aria-hidden": "true" }, fill);
    return { element: createElement("li", {}, `${LETTERS[i]} `, text, " ", count, bar), count, fill, bar };
  }

  toggleBars() {
    areBarsHidden = !areBarsHidden;
    this.showBars();
  }

  showBars() {
    const isHidden = areBarsHidden && this.state !== "revealed";
    for (const { count, bar } of this.rows) count.hidden = bar.hidden = isHidden;
    this.toggle.hidden = !this.rows.length || this.state === "revealed";
    this.toggle.textContent = areBarsHidden ? "Show the bars" : "Hide the bars";
  }

  async poll() {
    while (!this.isClosed) {
      const { address, watch } = this.options, request = { headers: { [WATCH_HEADER]: watch }, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) };
      const response = await fetch(new URL(address, import.meta.url), request).catch(() => null);
      const reply = await response?.json().catch(() => null);
      if (this.isClosed) return;
      if (reply?.state === "ended") return void (this.note.textContent = "This class has ended.");
      if (response?.ok && reply) this.show(reply);
      else this.note.textContent = response && response.status < 500 && reply?.sentence ? reply.sentence : "The server does not answer. The counts continue when it does.";
      this.failures = response?.ok ? 0 : this.failures + 1;
      await new Promise((done) => setTimeout(done, Math.min(POLL_MS * 2 ** this.failures, MAX_RETRY_MS)));
    }
  }

  show({ round, state, result }) {
    if (round !== this.options.round) return; // the server may still answer with the question before
    const { kind, right, lesson } = this.options, { n, counts = [] } = result, [one, many] = WORDS[kind];
    this.state = state;
    this.note.textContent = "";
    this.total.textContent = n ? `${n} ${n === 1 ? one : many}` : "Nobody has answered yet.";
    this.rows.forEach(({ element, count, fill }, i) => {
      const share = n ? Math.round((100 * counts[i]) / n) : 0, isRight = state === "revealed" && i + 1 === right;
      element.classList.toggle("is-right", isRight);
      count.textContent = `${counts[i]} (${share}%)${isRight ? " ✓ right" : ""}`;
      fill.style.width = `${share}%`;
    });
    this.showBars();
    if (kind !== "point") return;
    this.plot.update({ points: n ? { values: result.cells, shape: [result.bins, result.bins], bounds: result.bounds } : null });
    showPoints({ lesson, ...result });
  }

  /** All that is shown stands in the options, or comes from the server. */
  applyState() {}

  close() {
    this.isClosed = true;
    this.plot?.close();
    if (this.options.kind === "point") showPoints(null);
  }
}

/** Tell the lesson's figure, in the same window, which points to show. */
function showPoints(points) {
  globalThis.classPoints = points;
  dispatchEvent(new Event(CLASS_POINTS_EVENT));
}
