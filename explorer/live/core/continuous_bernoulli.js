// The continuous Bernoulli distribution.

/** Return the mean of the continuous Bernoulli with x_logits a, ½ + ½·coth(a/2) − 1/a, near a = 0 by its series, as
 * explorer/objectives/continuous_bernoulli.py does.
 * @param {number} a */
export function continuousBernoulliMean(a) {
  if (Math.abs(a) >= 0.5) return 0.5 + 0.5 / Math.tanh(a / 2) - 1 / a;
  const square = a * a;
  return 0.5 + a * (1 / 12 - square * (1 / 720 - square * (1 / 30240 - square / 1209600)));
}
