// The posteriors of a model at its KL weight: the rate of each dimension, and the aggregate posterior.

import { formatNumber } from "../../core/format.js";
import { normalDensity } from "../../core/gaussian.js";
import { interpolateRow } from "../../core/interval.js";
import { joinSegments, PLOT_HEIGHT } from "./ladder_plots.js";

const BAR_WIDTH = 0.7;
const LINES = [["accent", "solid"], ["mark", "dashed"], ["distortion", "dotted"], ["mu", "dashdot"]];
const MARGIN = 1.05; // of the highest value, to the end of an axis

/** options: { of: the model's name, or "", unit }; posteriors: the block. */
export function createRates({ of, unit }, posteriors) {
  const { rates, half_widths: halfWidths, is_active: isActive } = posteriors.tensors(), { labels } = posteriors.metadata, count = labels.length;
  const top = MARGIN * rates.data.reduce((most, rate, i) => Math.max(most, rate + halfWidths.data[i]), 0);
  const declaration = {
    title: `Rate of each dimension${of}`,
    description: `A bar for each latent dimension${of}: its rate at the present KL weight, with its 95% interval`,
    x: { title: "dimension", domain: [-0.6, count - 0.4], ticks: labels.map((label, value) => ({ value, label })), hasGrid: false },
    y: { title: `rate, ${unit}`, domain: [0, top || 1] },
    height: PLOT_HEIGHT,
    legend: "top",
    parts: [
      { kind: "bars", name: "active", colour: "accent", fill: "solid" },
      { kind: "bars", name: "inactive", colour: "grey", fill: "outlined" },
      { kind: "line", name: "intervals", label: "", colour: "text", dash: "solid", width: 1.5 },
    ],
  };
  const show = (interval) => {
    const [nats, widths] = [rates, halfWidths].map(({ data }) => interpolateRow(data, count, interval)), frame = Math.round(interval[0] + interval[1]);
    const all = Array.from(nats.keys()), active = all.filter((i) => isActive.data[frame * count + i]);
    const bars = (rows) => ({ x: rows, y: rows.map((i) => nats[i]), width: BAR_WIDTH });
    return {
      values: { active: bars(active), inactive: bars(all.filter((i) => !active.includes(i))), intervals: joinSegments(all.map((i) => [i, [nats[i] - widths[i], nats[i] + widths[i]]])) },
      note: `${active.length} of ${count} ${count > 1 ? "dimensions are" : "dimension is"} active.`,
    };
  };
  return { declaration, values: {}, show };
}

/** options: { of }; posteriors: the block. */
export function createAggregate({ of }, posteriors) {
  const { bounds, masses, kl } = posteriors.tensors(), { labels, shown } = posteriors.metadata, [, count, pointCount] = masses.shape;
  const names = shown.map((index) => labels[index]);
  const declaration = {
    title: `Aggregate posterior${of}`,
    description: `Densities of the aggregate posterior${of} in its dimensions, and of the prior`,
    x: { title: "z", domain: [-4, 4] },
    y: { title: "density", domain: [0, 0.5] },
    height: PLOT_HEIGHT,
    legend: "top",
    parts: [{ kind: "area", name: "prior", label: "prior N(0, 1)", colour: "grey" }, ...names.map((name, k) => ({ kind: "line", name, colour: LINES[k][0], dash: LINES[k][1] }))],
  };
  const show = (interval) => {
    const [low, high] = interpolateRow(bounds.data, 2, interval), row = interpolateRow(masses.data, count * pointCount, interval);
    const x = Float64Array.from({ length: pointCount }, (_, i) => low + ((high - low) * i) / (pointCount - 1)), divergences = interpolateRow(kl.data, count, interval);
    const densities = row.map((mass) => mass / (high - low)), prior = x.map((z) => normalDensity(z));
    return {
      values: { prior: { x, low: new Float64Array(pointCount), high: prior }, ...Object.fromEntries(names.map((name, k) => [name, { x, y: densities.subarray(k * pointCount, (k + 1) * pointCount) }])) },
      domains: { x: [low, high], y: [0, MARGIN * densities.reduce((most, density) => Math.max(most, density), Math.max(...prior))] },
      note: `KL from the prior: ${names.map((name, k) => `${name} ${formatNumber(divergences[k], 2)}`).join(", ")} nats.`,
    };
  };
  return { declaration, values: {}, show };
}
