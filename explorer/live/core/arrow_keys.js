// What arrow keys do to a value.

/** Return how many steps [x, y] an arrow key moves, five with Shift; null for any other key.
 * @param {{ key: string, shiftKey?: boolean }} event */
export function arrowStep({ key, shiftKey }) {
  const stepSize = shiftKey ? 5 : 1;
  const steps = new Map([["ArrowLeft", [-stepSize, 0]], ["ArrowRight", [stepSize, 0]], ["ArrowDown", [0, -stepSize]], ["ArrowUp", [0, stepSize]]]);
  return steps.get(key) ?? null;
}

/** Return value plus step, limited to the range. A value already outside the range does not move back against the step.
 * @param {number} value @param {number} step @param {{ low: number, high: number }} range */
export function stepWithinRange(value, step, { low, high }) {
  return step > 0 ? Math.max(value, Math.min(value + step, high)) : Math.min(value, Math.max(value + step, low));
}
