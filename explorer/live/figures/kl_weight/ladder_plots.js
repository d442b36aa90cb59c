// What was measured of a ladder: distortion over rate, and the gaps over the KL weight.

import { formatNumber, formatRounded } from "../../core/format.js";
import { interpolateMeasured } from "../../core/interval.js";
import { joinIntervals } from "../../core/plot_paths.js";

export const PLOT_HEIGHT = 220; // px, of the area of the data

/** Return a selection of x and y by index. */
const select = (x, y, rows) => ({ x: rows.map((i) => x[i]), y: rows.map((i) => y[i]) });

/** options: { betas, rungs: the indices of the trained ones, rate, distortion: at each, ae_distortion: of the AE on the left, or null, unit }. */
export function createRateDistortion({ betas, rungs, rate, distortion, ae_distortion: aeDistortion, unit }) {
  const declaration = {
    title: "Rate–distortion curve",
    description: "Distortion over rate at the KL weights of the ladder, with the present one marked",
    x: { title: `rate, ${unit}` },
    y: { title: `distortion, ${unit}` },
    height: PLOT_HEIGHT,
    legend: "none",
    parts: [
      { kind: "line", name: "curve", label: "", colour: "accent", dash: "solid" },
      { kind: "scatter", name: "trained β", radius: 3.5, groups: rungs.map((i) => ({ label: `β ${betas[i]}`, colour: "accent", shape: "circle" })) },
      { kind: "marker", name: "AE", colour: "grey" },
      { kind: "marker", name: "present β", colour: "mark", radius: 7 },
    ],
  };
  const values = { curve: { x: rate, y: distortion }, "trained β": { ...select(rate, distortion, rungs), group: rungs.map((_, k) => k) }, AE: aeDistortion === null ? null : { y: aeDistortion, label: "AE" } };
  const show = (interval, beta) => {
    const [x, y] = [rate, distortion].map((measured) => interpolateMeasured(measured, interval)), name = `β ${formatRounded(beta, 2)}`;
    return { values: { "present β": { x, y, label: name } }, note: `${name}: rate ${formatNumber(x, 1)}, distortion ${formatNumber(y, 1)} ${unit}.` };
  };
  return { declaration, values, show };
}

/** options: { betas, rungs, gap, prior_gap: { shares: in percent at each β or null, intervals: [low, high] of each rung or null, texts: of each rung },
 * left: { name, label, share, low, high } of the model on the left or null, top: of the axis }. */
export function createGap({ betas, rungs, gap, prior_gap: priorGap, left, top }) {
  const ends = [betas[0], betas.at(-1)], leftName = left?.name ?? "left model", leftInterval = `${leftName}, 95% interval`;
  const curves = [["gap", gap, "accent", "solid"], ["prior gap", priorGap, "grey", "dashed"]];
  const declaration = {
    title: "Gap and KL weight",
    description: "Shares of samples in gaps over the KL weight, with 95% intervals at the trained ones and the present one marked",
    x: { title: "KL weight β", scale: "log", domain: ends },
    y: { title: "samples in gaps, %", domain: [0, top] },
    height: PLOT_HEIGHT,
    legend: "direct",
    parts: [
      { kind: "area", name: leftInterval, label: "", colour: "grey", opacity: 0.2 },
      { kind: "marker", name: leftName, colour: "grey" },
      ...curves.flatMap(([name, , colour, dash]) => [
        { kind: "line", name, colour, dash },
        { kind: "line", name: `${name}, 95% intervals`, label: "", colour, dash: "solid", width: 1.5 },
        { kind: "scatter", name: `${name}, trained β`, label: "", colour, shape: "circle", radius: 3 },
      ]),
      { kind: "marker", name: "present β", colour: "mark", radius: 7 },
    ],
  };
  const values = { [leftInterval]: left && { x: ends, low: [left.low, left.low], high: [left.high, left.high] }, [leftName]: left && { y: left.share, label: left.label } };
  for (const [name, { shares, intervals }] of curves) {
    values[name] = { x: betas, y: shares };
    values[`${name}, trained β`] = select(betas, shares, rungs);
    values[`${name}, 95% intervals`] = joinIntervals(rungs.map((i) => betas[i]), intervals);
  }
  const show = (interval, beta) => {
    const share = interpolateMeasured(gap.shares, interval), position = interval[0] + interval[1], nearest = rungs.reduce((a, b, k) => (Math.abs(b - position) < Math.abs(rungs[a] - position) ? k : a), 0);
    return {
      values: { "present β": share === null ? null : { x: beta, y: share, label: `β ${formatRounded(beta, 2)}` } },
      note: `Nearest trained β, ${betas[rungs[nearest]]}: gap ${gap.texts[nearest]}, prior gap ${priorGap.texts[nearest]}.`,
    };
  };
  return { declaration, values, show };
}
