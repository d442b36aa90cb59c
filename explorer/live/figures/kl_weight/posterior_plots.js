// The posteriors of a model at its KL weight: the rate of each dimension, and the aggregate posterior.

import { formatNumber } from "../../core/format.js";
import { normalDensity } from "../../core/gaussian.js";
import { interpolateRow } from "../../core/interval.js";
import { joinIntervals } from "../../core/plot_paths.js";
import { PLOT_HEIGHT } from "./ladder_plots.js";

const BAR_WIDTH = 0.7;
const LINES = [["accent", "solid"], ["mark", "dashed"], ["class 5", "dotted"], ["class 8", "dashdot"]]; // as many as MAX_DIMENSIONS of kl_weight_block.py
const MARGIN = 1.05; // of the highest value, to the end of an axis

/** Return so many numbers at equal distances. */
const spaceEvenly = (low, high, count) => Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** Return the name of a model as the end of a title. name: of one of two models, or "". */
const nameModel = (name) => (name ? ` of the ${name}` : "");

/** options: { model: its name if there are two, or "", unit }; posteriors: the block. */
export function createRates({ model, unit }, posteriors) {
  const { rates, half_widths: halfWidths, is_active: isActive } = posteriors.tensors(), { labels } = posteriors.metadata, count = labels.length;
  const top = MARGIN * rates.data.reduce((most, rate, i) => Math.max(most, rate + halfWidths.data[i]), 0), x = Array.from(labels.keys());
  const declaration = {
    title: `Rate of each dimension${nameModel(model)}`,
    description: `A bar for each latent dimension${nameModel(model)}: its rate at the present KL weight, with its 95% interval`,
    x: { title: "dimension", domain: [-0.6, count - 0.4], ticks: labels.map((label, value) => ({ value, label })), hasGrid: false },
    y: { title: `rate, ${unit}`, domain: [0, top || 1] },
    height: PLOT_HEIGHT,
    legend: "top",
    parts: [
      { kind: "bars", name: "active", colour: "accent", fill: "solid" },
      { kind: "bars", name: "inactive", colour: "grey", fill: "outlined" },
      { kind: "line", name: "95% intervals", label: "", colour: "text", dash: "solid", width: 1.5 },
    ],
  };
  const show = (interval) => {
    const [nats, widths] = [rates, halfWidths].map(({ data }) => interpolateRow(data, count, interval)), frame = Math.round(interval[0] + interval[1]);
    const active = x.map((i) => Boolean(isActive.data[frame * count + i])), activeCount = active.filter(Boolean).length;
    const bars = (wanted) => ({ x, y: x.map((i) => (active[i] === wanted ? nats[i] : NaN)), width: BAR_WIDTH });
    return {
      values: { active: bars(true), inactive: bars(false), "95% intervals": joinIntervals(x, x.map((i) => [nats[i] - widths[i], nats[i] + widths[i]])) },
      note: `${rates.shape[0] > 1 ? "At the nearest measured β, " : ""}${activeCount} of ${count} ${count > 1 ? "dimensions are" : "dimension is"} active.`,
    };
  };
  return { declaration, values: {}, show };
}

/** options: { model }; posteriors: the block. */
export function createAggregate({ model }, posteriors) {
  const { bounds, masses, kl } = posteriors.tensors(), { labels, shown } = posteriors.metadata, [, count, pointCount] = masses.shape;
  const names = shown.map((index) => labels[index]);
  const declaration = {
    title: `Aggregate posterior${nameModel(model)}`,
    description: `Densities of the aggregate posterior${nameModel(model)} in its dimensions, and of the prior`,
    x: { title: "z", domain: [-4, 4] },
    y: { title: "density", domain: [0, 0.5] },
    height: PLOT_HEIGHT,
    legend: "top",
    parts: [
      { kind: "area", name: "area of the prior", label: "", colour: "grey" },
      { kind: "line", name: "prior N(0, 1)", colour: "grey", dash: "solid", width: 1 },
      ...names.map((name, k) => ({ kind: "line", name, colour: LINES[k][0], dash: LINES[k][1] })),
    ],
  };
  const show = (interval) => {
    const ends = interpolateRow(bounds.data, 2 * count, interval), row = interpolateRow(masses.data, count * pointCount, interval), divergences = interpolateRow(kl.data, count, interval);
    const lines = names.map((_, k) => {
      const low = ends[2 * k], high = ends[2 * k + 1];
      return { x: spaceEvenly(low, high, pointCount), y: row.subarray(k * pointCount, (k + 1) * pointCount).map((mass) => mass / (high - low)) };
    });
    const domain = [Math.min(...lines.map((line) => line.x[0])), Math.max(...lines.map((line) => line.x[pointCount - 1]))];
    const x = spaceEvenly(...domain, pointCount), prior = x.map((z) => normalDensity(z)), top = [prior, ...lines.map(({ y }) => y)].reduce((most, y) => Math.max(most, ...y), 0);
    return {
      values: { "area of the prior": { x, low: new Float64Array(pointCount), high: prior }, "prior N(0, 1)": { x, y: prior }, ...Object.fromEntries(names.map((name, k) => [name, lines[k]])) },
      domains: { x: domain, y: [0, MARGIN * top] },
      note: `KL from the prior: ${names.map((name, k) => `${name} ${formatNumber(divergences[k], 2)}`).join(", ")} nats.`,
    };
  };
  return { declaration, values: {}, show };
}
