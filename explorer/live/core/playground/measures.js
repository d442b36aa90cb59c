// The figures of a model on test images, as explorer/training/evaluation.py defines them; its noise is that of the trainer.

export const MIN_ACTIVE_VARIANCE = 0.01; // of the posterior means of an active dimension: ACTIVE_MIN_VARIANCE of explorer/events.py

/** Return { settings: of the trainer, mu, logvar, weights, test: as in run.json }.
 * @param {import("../training/trainer.js").Trainer} trainer @param {Float32Array} images */
export function measureModel(trainer, images) {
  const { mu, logvar } = trainer.encode(images), { distortion, n } = trainer.evaluate(images), D = trainer.settings.latent_dim, weights = trainer.readWeights();
  const rates = new Array(D).fill(0), means = new Array(D).fill(0), squares = new Array(D).fill(0);
  for (let i = 0; i < n * D; i++) {
    const d = i % D;
    if (logvar) rates[d] += (0.5 * (mu[i] ** 2 + Math.exp(logvar[i]) - logvar[i] - 1)) / n;
    means[d] += mu[i] / n;
  }
  for (let i = 0; i < n * D; i++) squares[i % D] += (mu[i] - means[i % D]) ** 2 / n;
  const rate = rates.reduce((a, b) => a + b, 0), least = MIN_ACTIVE_VARIANCE * (logvar ? 1 : Math.max(...squares));
  const sigma = weights.log_sigma ? { sigma: Math.exp(weights.log_sigma.data[0]) } : {};
  const test = { distortion, rate, elbo: logvar ? -(distortion + rate) : null, active_units: squares.filter((variance) => variance > least).length, n, rate_per_dimension: rates, ...sigma };
  return { settings: trainer.settings, mu, logvar, weights, test };
}
