// Where text stands in a plot. Lengths are in pixels; measure(text) returns the width of a text.

/** Return a text as lines that are at most so wide. A word that is wider has a line of its own.
 * @param {string} text @param {number} maxWidth @param {(text: string) => number} measure */
export function wrapWords(text, maxWidth, measure) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && measure(longer) <= maxWidth) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Return the place { left, row } of items of these widths, one beside the other in rows that are at most so wide.
 * @param {number[]} widths @param {number} maxWidth @param {number} gap */
export function flowItems(widths, maxWidth, gap) {
  let left = 0, row = 0;
  return widths.map((width) => {
    if (left && left + width > maxWidth) [left, row] = [0, row + 1];
    const place = { left, row };
    left += width + gap;
    return place;
  });
}

/** Move positions apart until they are at least a distance from each other, between low and high as far as there is room.
 * @param {number[]} positions @param {number} distance @param {number} low @param {number} high */
export function spreadPositions(positions, distance, low, high) {
  const order = positions.map((_, i) => i).sort((i, j) => positions[i] - positions[j]);
  const result = [...positions];
  let limit = low;
  for (const i of order) limit = (result[i] = Math.max(result[i], limit)) + distance;
  limit = high;
  for (const i of order.reverse()) limit = (result[i] = Math.min(result[i], limit)) - distance;
  return result;
}

/** Return every how manieth of texts centred at positions can be drawn, at least gap px apart.
 * @param {number[]} positions @param {number[]} widths @param {number} gap */
export function findLabelStride(positions, widths, gap) {
  for (let stride = 1; stride < positions.length; stride++) {
    const kept = positions.map((_, i) => i).filter((i) => i % stride === 0);
    if (kept.slice(1).every((i, k) => Math.abs(positions[i] - positions[kept[k]]) >= (widths[i] + widths[kept[k]]) / 2 + gap)) return stride;
  }
  return Math.max(positions.length, 1);
}
