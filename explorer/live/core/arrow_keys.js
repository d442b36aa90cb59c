// What arrow keys do to a value.

/** Return how many steps [x, y] an arrow key moves, five with Shift; null for any other key. */
export function arrowStep({ key, shiftKey }) {
  const stepSize = shiftKey ? 5 : 1;
  return { ArrowLeft: [-stepSize, 0], ArrowRight: [stepSize, 0], ArrowDown: [0, -stepSize], ArrowUp: [0, stepSize] }[key] ?? null;
}

/** Return value plus step, limited to the range. A value already outside the range does not move back against the step. */
export function stepWithinRange(value, step, { low, high }) {
  return step > 0 ? Math.max(value, Math.min(value + step, high)) : Math.min(value, Math.max(value + step, low));
}
