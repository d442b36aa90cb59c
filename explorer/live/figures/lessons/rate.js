// The terms of the rate at each rung of a ladder, and its codes, which follow the KL weight.

import { Film } from "../../core/film.js";
import { informationShare, logIndex, stackTerms } from "../../core/rate_terms.js";
import { createElement } from "../../view/dom.js";
import { LessonFigure } from "./lesson.js";

const TASK_SHARE = 0.9; // of the rate, that is information
const BAR_WIDTH = 0.7;
const MIN_TOP = 13; // nats, of the axis: so that ln n is in view
const findHeight = () => (matchMedia("(max-width: 640px)").matches ? 190 : 300);
const TERMS = { mutual_information: "I(x; z)", total_correlation: "total correlation", marginal_kl: "KL of the marginals" };

const declareRates = (rungs, title, description, legend, parts) => ({
  title,
  description,
  x: { title: "KL weight β", domain: [-0.6, rungs.length - 0.4], ticks: rungs.map(({ beta }, value) => ({ value, label: String(beta) })), hasGrid: false },
  y: { title: "nats" },
  height: findHeight(),
  legend,
  parts: [...parts, { kind: "marker", name: "present", label: "β", colour: "mark", draggable: "x" }],
});
const declareTotals = (rungs) => declareRates(rungs, "Rate at the trained KL weights", "A bar for each trained KL weight: the rate in nats", "none", [{ kind: "bars", name: "rate", colour: "rate", fill: "outlined" }]);
const declareTerms = (rungs, limit) => declareRates(rungs, "Terms of the rate at the trained KL weights", "A bar for each trained KL weight: the rate in nats, divided into its terms", "top", [
  { kind: "bars", name: "information", label: "I(x; z)", colour: "x", fill: "solid" },
  { kind: "bars", name: "correlation", label: "total correlation", colour: "sigma", fill: "solid" },
  { kind: "bars", name: "marginal", label: "KL of the marginals", colour: "mu", fill: "solid" },
  { kind: "bars", name: "undetermined", label: "any of these", colour: "grey", fill: "hatched" },
  { kind: "marker", name: "limit", label: limit, colour: "text" },
]);
const declareCodes = () => ({
  title: "Codes of test images",
  description: "Codes of test images at the present KL weight, and the prior as circles of one and two standard deviations",
  x: { title: "z₀", hasGrid: false },
  y: { title: "z₁", hasGrid: false },
  height: findHeight(),
  toScale: true,
  legend: "none",
  parts: [
    { kind: "scatter", name: "codes", label: "codes", colour: "z", shape: "circle", radius: 1.6, opacity: 0.6 },
    { kind: "ellipse", name: "prior", label: "prior", colour: "text", dash: "dashed" },
  ],
});

export class RateLesson extends LessonFigure {
  static controlSymbols = { beta: "mark" };

  buildFigure() {
    const { metadata: { rungs, n } } = this.blocks.terms;
    Object.assign(this, { rungs, film: new Film(this.blocks.terms), betas: rungs.map(({ beta }) => beta) });
    const follow = { onMarkerMove: (_, { x }) => this.move({ beta: this.betaAt(x) }) }, mostInformation = Math.log(n);
    this.totals = this.addPlot(declareTotals(rungs), follow);
    this.terms = this.addPlot(declareTerms(rungs, `ln n = ${mostInformation.toFixed(1)}`), follow);
    const codes = this.addPlot(declareCodes()), bars = createElement("div.rate-bars", {}, this.totals.element, this.terms.element);
    this.codes = codes.plot;
    this.totals.plot.update({ rate: { x: rungs.map((_, i) => i), y: rungs.map(({ rate }) => rate), width: BAR_WIDTH } });
    this.terms.plot.update({ ...this.stackBars(), limit: { y: mostInformation } });
    this.codes.update({ prior: { mean: [0, 0], covariance: [[1, 0], [0, 1]] } });
    this.veil = createElement("p.veil.wide", {}, "Predict first: then the bars show how much of the rate is information.");
    this.note = createElement("p.readout.wide");
    return [bars, codes.element, this.veil, this.note];
  }

  /** Return the β at a position on the axis of rungs. */
  betaAt(position) {
    const i = Math.min(Math.max(Math.floor(position), 0), this.betas.length - 2), fraction = Math.min(Math.max(position - i, 0), 1);
    return this.betas[i] ** (1 - fraction) * this.betas[i + 1] ** fraction;
  }

  /** Return the bars of the terms, one above the other. */
  stackBars() {
    const stacks = this.rungs.map(stackTerms), x = stacks.map((_, i) => i);
    let base = stacks.map(() => 0);
    return Object.fromEntries(["information", "correlation", "marginal", "undetermined"].map((name) => {
      const bars = { x, y: base.map((low, i) => low + stacks[i][name]), base, width: BAR_WIDTH };
      base = bars.y;
      return [name, bars];
    }));
  }

  paintFigure({ beta }, isAnswered) {
    const position = logIndex(this.betas, beta), { rungs, film } = this, i = Math.floor(position), next = Math.min(i + 1, rungs.length - 1);
    const rate = rungs[i].rate + (position - i) * (rungs[next].rate - rungs[i].rate);
    this.totals.element.hidden = isAnswered;
    this.terms.element.hidden = !isAnswered;
    (isAnswered ? this.terms : this.totals).plot.update({ present: { x: position } }, { y: [0, Math.max(1.1 * rate, MIN_TOP)] });
    if (film.seek(Math.log10(beta))) {
      const [x0, y0, x1, y1] = film.interpolate("bounds"), { points } = film;
      this.codes.update({ codes: { x: points.filter((_, k) => k % 2 === 0), y: points.filter((_, k) => k % 2) } }, { x: [x0, x1], y: [y0, y1] });
    }
    this.veil.hidden = isAnswered;
    this.nearest = rungs[Math.round(position)];
    this.note.textContent = this.describeRung(isAnswered);
  }

  /** Return the measured figures of the nearest rung as a text. */
  describeRung(isAnswered) {
    const { beta, rate } = this.nearest, head = `Nearest trained β: ${beta}. Rate of ${this.blocks.terms.metadata.n.toLocaleString("en")} training images: ${rate.toFixed(2)} nats`;
    if (!isAnswered) return `${head}.`;
    const terms = Object.entries(TERMS).map(([key, name]) => `${name} ${this.nearest[key].text}`);
    return `${head} = ${terms.join(" + ")}. The intervals of 95% are for all digits, of which these are a sample; of these alone, I(x; z) is at most ln n.`;
  }

  checkTask({ answer }) {
    const { beta, rate, mutual_information: information } = this.nearest, percent = (nats) => Math.floor((100 * nats) / rate);
    const enough = this.rungs.filter((rung) => informationShare(rung) >= TASK_SHARE), { value, low, high } = information;
    const share = value === null ? `at least ${percent(low)}%` : `${percent(value)}% (${percent(low)} to ${Math.ceil((100 * high) / rate)}%)`;
    const status = `At β = ${beta}, I(x; z) is ${share} of the rate.`;
    return { isSolved: answer > 0 && this.nearest === enough[0], status: answer ? status : "" };
  }
}
