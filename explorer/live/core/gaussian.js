// Normal densities, and the KL divergence of one from the standard normal.

/** Return the density of N(mean, sd²) at z.
 * @param {number} z @param {number} mean @param {number} sd */
export function normalDensity(z, mean = 0, sd = 1) {
  return Math.exp(-(((z - mean) / sd) ** 2) / 2) / (sd * Math.sqrt(2 * Math.PI));
}

/** Return the two parts of KL(N(mean, sd²) ‖ N(0, 1)), in nats (Kingma and Welling, 2014, appendix B).
 * @param {number} mean @param {number} sd @returns {{ mean: number, width: number }} */
export function klParts(mean, sd) {
  return { mean: mean ** 2 / 2, width: (sd ** 2 - 1) / 2 - Math.log(sd) };
}
