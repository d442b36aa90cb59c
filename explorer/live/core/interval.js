// A position between values that rise: where a film, the weights of a ladder and measured values are interpolated.

/** Return [i, fraction] of a position that lies between the rising values[i] and values[i + 1], clamped to the ends.
 * @param {number[]} values @param {number} position @returns {[number, number]} */
export function findInterval(values, position) {
  if (values.length < 2 || position <= values[0]) return [0, 0];
  let i = values.length - 2;
  while (values[i] > position) i--;
  return [i, Math.min((position - values[i]) / (values[i + 1] - values[i]), 1)];
}
