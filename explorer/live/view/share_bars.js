// Bars of the shares that were measured of densities (explorer/runs/density_shares.py), with their 95% intervals.

export const SHARE_PARTS = { gap: "samples in gaps", reverse_gap: "codes without a sample near", unsure: "decoded samples below 90%", uncovered_by_features: "test images not covered" };
const SHARE_STYLES = { gap: { colour: "class 2", fill: "solid" }, reverse_gap: { colour: "class 0", fill: "outlined" }, unsure: { colour: "class 5", fill: "hatched" }, uncovered_by_features: { colour: "class 3", fill: "dotted" } };
const SHARE_WIDTH = 0.2;

/** Return the declaration of a plot of rows { label, shares }, with a marker "present" of a colour. */
export function declareShareBars(rows, { title, axis, n, markerColour }) {
  return {
    title,
    description: `Shares of samples in gaps, of codes without a sample near, of decoded samples below 90%, and of test images that are not covered, for each density; ${n} test codes and as many samples`,
    x: { title: axis, domain: [-0.6, rows.length - 0.4], ticks: rows.map(({ label }, value) => ({ value, label })), hasGrid: false },
    y: { title: "%", domain: [0, 80] },
    height: 270,
    legend: "top",
    parts: [
      { kind: "marker", name: "present", label: "", colour: markerColour },
      ...Object.entries(SHARE_PARTS).map(([name, label]) => ({ kind: "bars", name, label, ...SHARE_STYLES[name] })),
      ...Object.keys(SHARE_PARTS).map((name) => ({ kind: "bars", name: `${name} interval`, label: "", colour: "text", fill: "solid" })),
    ],
    buttons: ["values", "png", "svg"],
  };
}

/** Return the values of these bars, of the rows that isShown(row) lets through. */
export function placeShareBars(rows, isShown = () => true) {
  const shown = rows.map((row, x) => ({ ...row, x })).filter(isShown);
  return Object.fromEntries(Object.keys(SHARE_PARTS).flatMap((part, j) => {
    const x = shown.map((row) => row.x + (j - 1.5) * SHARE_WIDTH), of = (index) => shown.map(({ shares }) => 100 * shares[part][index]);
    return [[part, { x, y: of(0), width: 0.9 * SHARE_WIDTH }], [`${part} interval`, { x, base: of(1), y: of(2), width: 0.04 }]];
  }));
}
