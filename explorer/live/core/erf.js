// The error function.

/** Return erf(x), to a relative error of 1.2e-7 of its complement (Press et al., Numerical Recipes, 2nd ed., §6.2).
 * @param {number} x */
export function erf(x) {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const polynomial = COEFFICIENTS.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  const complement = t * Math.exp(-x * x + polynomial);
  return x >= 0 ? 1 - complement : complement - 1;
}

const COEFFICIENTS = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
