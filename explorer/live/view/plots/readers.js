// What a plot reads out under the pointer or by arrow keys: its curves at an x, a point, or a cell of a heat map. A reader locates a
// position in data units, steps from one, and describes it: { x, y: of the guide in data units or NaN, head, rows: [{ index, text, y }] }.

import { findCell, findNearest, mergePositions } from "../../core/plot_readout.js";
import { formatSignificant } from "../../core/ticks.js";

const shortTitle = (axis, name) => axis.title?.replace(/,[^,]*$/, "") || name; // without the unit
const clampIndex = (index, count) => Math.min(Math.max(index, 0), count - 1);

/** Read all curves at the positions of any. entries: [{ part, values, index, label }] of parts that can be read. */
export function readCurves(entries, axes, frame) {
  const positions = mergePositions(entries.flatMap(({ values }) => values.x === undefined ? [] : [values.x]));
  return positions.length && {
    locate: ({ x }) => findNearest(positions, x, frame.x.toPixels),
    step: (index, [dx, dy]) => clampIndex(index + dx + dy, positions.length),
    ends: [0, positions.length - 1],
    describe(index) {
      const position = positions[index], rows = [];
      for (const { part, values, index: partIndex, label } of entries) {
        const reading = part.read(values, position, frame);
        if (reading) rows.push({ index: partIndex, label, text: reading.values.map((value) => formatSignificant(value)).join(" to "), y: reading.y });
      }
      return { x: position, y: NaN, head: `${shortTitle(axes.x, "x")} ${formatSignificant(position, 4)}`, rows };
    },
  };
}

/** Read the nearest point of a scatter plot; arrow keys go from point to point by x. */
export function readPoints({ part, values, index, label }, axes, frame) {
  const order = Array.from(values.x, (_, i) => i).filter((i) => Number.isFinite(values.x[i] + values.y[i])).sort((i, j) => values.x[i] - values.x[j]);
  return order.length && {
    locate({ x, y }) {
      const px = frame.x.toPixels(x), py = frame.y.toPixels(y);
      return findNearest(order.map((i) => Math.hypot(frame.x.toPixels(values.x[i]) - px, frame.y.toPixels(values.y[i]) - py)), 0);
    },
    step: (place, [dx, dy]) => clampIndex(place + dx + dy, order.length),
    ends: [0, order.length - 1],
    describe(place) {
      const i = order[place], texts = [values.x[i], values.y[i]].map((value) => formatSignificant(value));
      return { x: values.x[i], y: values.y[i], head: part.groupOf(values, i) || label, rows: [{ index, label: shortTitle(axes.x, "x"), text: texts[0], y: values.y[i] }, { index, label: shortTitle(axes.y, "y"), text: texts[1], y: NaN }] };
    },
  };
}

/** Read the cell of a heat map. */
export function readCells({ values: { values, shape: [rows, columns], bounds: [x0, y0, x1, y1] }, index, label }, axes) {
  return {
    locate: ({ x, y }) => findCell(y, y0, y1, rows) * columns + findCell(x, x0, x1, columns),
    step: (cell, [dx, dy]) => clampIndex(Math.floor(cell / columns) + dy, rows) * columns + clampIndex((cell % columns) + dx, columns),
    ends: [0, rows * columns - 1],
    describe(cell) {
      const x = x0 + (((cell % columns) + 0.5) * (x1 - x0)) / columns, y = y0 + ((Math.floor(cell / columns) + 0.5) * (y1 - y0)) / rows;
      return { x, y, head: `${shortTitle(axes.x, "x")} ${formatSignificant(x)}, ${shortTitle(axes.y, "y")} ${formatSignificant(y)}`, rows: [{ index, label, text: formatSignificant(values[cell]), y: NaN }] };
    },
  };
}
