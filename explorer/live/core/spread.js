// How widely numbers scatter: histograms, standard deviations and their ratio.

const Z_95 = 1.96; // standard errors on each side of a 95% interval

/** @param {ArrayLike<number>} values */
export function computeMean(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Return the standard deviation, with the divisor n.
 * @param {ArrayLike<number>} values */
export function standardDeviation(values) {
  const mean = computeMean(values);
  return Math.sqrt(computeMean(Array.from(values, (value) => (value - mean) ** 2)));
}

/** Return the mean of independent values with half the width of its 95% interval.
 * @param {ArrayLike<number>} values @returns {{ mean: number, halfWidth: number }} */
export const meanInterval = (values) => ({ mean: computeMean(values), halfWidth: (Z_95 * standardDeviation(values)) / Math.sqrt(values.length - 1) });

/** Return the share of count in n independent trials with its 95% interval by Wilson (1927).
 * @param {number} count @param {number} n @returns {{ share: number, low: number, high: number }} */
export function shareInterval(count, n) {
  const share = count / n, ratio = Z_95 ** 2 / n, middle = (share + ratio / 2) / (1 + ratio);
  const half = Math.sqrt(ratio * share * (1 - share) + ratio ** 2 / 4) / (1 + ratio);
  return { share, low: Math.max(middle - half, 0), high: Math.min(middle + half, 1) };
}

/** Return the standard deviation of a divided by that of b, with its 95% interval, for pairs a[i], b[i]. The variance of the logarithm of the
 * ratio is that of (a' ² − b' ²) / 2 divided by n, where a' and b' are standardized (delta method).
 * @param {ArrayLike<number>} a @param {ArrayLike<number>} b @returns {{ ratio: number, low: number, high: number }} */
export function spreadRatio(a, b) {
  const standardize = (/** @type {ArrayLike<number>} */ values) => {
    const mean = computeMean(values), sd = standardDeviation(values);
    return { sd, squares: Array.from(values, (value) => ((value - mean) / sd) ** 2) };
  };
  const [{ sd: sdA, squares: squaresA }, { sd: sdB, squares: squaresB }] = [standardize(a), standardize(b)];
  const error = standardDeviation(squaresA.map((square, i) => (square - squaresB[i]) / 2)) / Math.sqrt(a.length);
  const ratio = sdA / sdB, factor = Math.exp(Z_95 * error);
  return { ratio, low: ratio / factor, high: ratio * factor };
}

/** Return how many values lie in each of equal bins from low to high; those beyond an end are in the last bin there.
 * @param {ArrayLike<number>} values @param {number} low @param {number} high @param {number} binCount */
export function countInBins(values, low, high, binCount) {
  const counts = new Float64Array(binCount);
  for (let i = 0; i < values.length; i++) counts[Math.min(Math.max(Math.floor(((values[i] - low) / (high - low)) * binCount), 0), binCount - 1)]++;
  return counts;
}
