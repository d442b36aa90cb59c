// What a plot reads out: the values of its curves near a position.

/** Return the sorted positions of all curves, each once, without those that are not finite.
 * @param {ArrayLike<number>[]} arrays */
export function mergePositions(arrays) {
  /** @type {Set<number>} */
  const positions = new Set();
  for (const numbers of arrays) for (let i = 0; i < numbers.length; i++) if (Number.isFinite(numbers[i])) positions.add(numbers[i]);
  return Array.from(positions).sort((a, b) => a - b);
}

/** Return the index of the number nearest to a value; -1 if none is finite. toPixels: nearness is that on the screen.
 * @param {ArrayLike<number>} numbers @param {number} value @param {(value: number) => number} [toPixels] */
export function findNearest(numbers, value, toPixels = (number) => number) {
  let nearest = -1, least = Infinity;
  const target = toPixels(value);
  for (let i = 0; i < numbers.length; i++) {
    const distance = Math.abs(toPixels(numbers[i]) - target);
    if (distance < least) [nearest, least] = [i, distance];
  }
  return nearest;
}

/** Return the index of the cell of [low, high], divided into count cells, that contains a value; clamped to the ends.
 * @param {number} value @param {number} low @param {number} high @param {number} count */
export const findCell = (value, low, high, count) => Math.min(Math.max(Math.floor(((value - low) / (high - low)) * count), 0), count - 1);
