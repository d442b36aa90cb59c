// A position between values that rise: where a film, the weights of a ladder and measured values are interpolated.

/** Return [i, fraction] of a position that lies between the rising values[i] and values[i + 1], clamped to the ends.
 * @param {number[]} values @param {number} position @returns {[number, number]} */
export function findInterval(values, position) {
  if (values.length < 2 || position <= values[0]) return [0, 0];
  let i = values.length - 2;
  while (values[i] > position) i--;
  return [i, Math.min((position - values[i]) / (values[i + 1] - values[i]), 1)];
}

/** Return the value at an interval, [i, fraction] of findInterval; null where one of its neighbours was not measured.
 * @param {(number | null)[]} values @param {[number, number]} interval @returns {number | null} */
export function interpolateMeasured(values, [i, fraction]) {
  const first = values[i], next = fraction ? values[i + 1] : first;
  return first === null || next === null ? null : first + fraction * (next - first);
}

/** Return the row of values [rows, size] at a position between rows, [i, fraction] of findInterval.
 * @param {ArrayLike<number>} values @param {number} size @param {[number, number]} interval */
export function interpolateRow(values, size, [i, fraction]) {
  const first = i * size, next = fraction ? first + size : first;
  return Float64Array.from({ length: size }, (_, k) => values[first + k] + fraction * (values[next + k] - values[first + k]));
}
