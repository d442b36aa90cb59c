import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { Trainer } = await core("training/trainer");
const { images, rows, eps, noise, settings, change_step: changeStep, rates, betas, runs } = cases("training");
const pixels = 64, n = images.length / pixels;

/** Return a trainer whose batches and noise are those of torch. */
function trainerOfTorch(own, weights) {
  const trainer = new Trainer({ images, n, pixels, weights, settings: { ...settings, ...own, beta: betas[0], learning_rate: rates[0] } });
  trainer.prepareBatch = () => {
    const { x, input, eps: latentNoise } = trainer.autoencoder, step = trainer.step;
    rows[step].forEach((row, r) => x.set(images.subarray(row * pixels, (row + 1) * pixels), r * pixels));
    latentNoise.set(eps[step]);
    if (!own.input_noise) return x;
    noise[step].forEach((value, i) => (input[i] = x[i] + value));
    return input;
  };
  return trainer;
}

for (const run of runs) {
  const { model, likelihood, depth, input_noise } = run.settings;
  test(`200 steps have torch's losses: ${model}, ${likelihood}, depth ${depth}, input noise ${input_noise}`, () => {
    const trainer = trainerOfTorch(run.settings, run.first);
    run.losses.forEach(([distortion, rate], step) => {
      if (step === changeStep) trainer.update({ learning_rate: rates[1], beta: betas[1] });
      const progress = trainer.runBatch(), loss = distortion + (model === "vae" ? progress.beta : 0) * rate;
      assertClose([progress.loss, progress.distortion], [loss, distortion], 1e-4 * Math.abs(loss) + 1e-5, `step ${step}`);
      assertClose(progress.rate, rate, 1e-4 * (1 + rate), `rate of step ${step}`);
    });
    const weights = trainer.readWeights();
    assert.deepEqual(Object.keys(weights).sort(), Object.keys(run.last).sort());
    for (const [key, { shape, data }] of Object.entries(run.last)) {
      assert.deepEqual(weights[key].shape, shape);
      assertClose(weights[key].data, data, 1e-4, key);
    }
    trainer.loadWeights(run.last);
    assertClose(trainer.encode().mu, run.mu, 2e-5, "mu");
    assert.equal(trainer.encode().logvar === null, run.logvar === null);
    if (run.logvar) assertClose(trainer.encode().logvar, run.logvar, 2e-5, "logvar");
    assertClose(trainer.decode(run.mu), run.decoded, 2e-5, "images");
  });
}
