import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, assertFault, cases, core } from "./cases.js";

const { Trainer } = await core("training/trainer"), { UserFacingError } = await core("errors"), { LIKELIHOODS } = await core("training/likelihoods");
const { fillNormal, seedUniform } = await core("random");
const { images } = cases("training"), pixels = 64, n = images.length / pixels;
const create = (settings = {}, more = {}) => new Trainer({ images, n, pixels, settings: { width: 20, depth: 2, batch_size: 16, ...settings }, ...more });
const losses = (trainer, batches) => Array.from({ length: batches }, () => trainer.runBatch().loss);

for (const model of ["ae", "vae"])
  for (const likelihood of Object.keys(LIKELIHOODS))
    test(`gradients are differences of the loss: ${model}, ${likelihood}`, () => {
      const trainer = create({ model, likelihood, latent_dim: 3, input_noise: 0.2 }), { autoencoder, settings } = trainer, rows = 8, beta = 0.7;
      const input = trainer.prepareBatch(rows), { parameters, gradients } = autoencoder;
      autoencoder.computeLoss(input, rows, { ...settings, beta }, true);
      const weights = parameters.slice(), slopes = gradients.slice();
      for (const { name, weight, bias, n_out } of autoencoder.layers)
        for (const [first, end] of [[weight, bias], [bias, bias + n_out]]) {
          let length = 0;
          for (let i = first; i < end; i++) length = Math.hypot(length, slopes[i]);
          const [above, below] = [1e-3, -1e-3].map((step) => { // along the gradient of this weight
            for (let i = first; i < end; i++) parameters[i] = weights[i] + (step * slopes[i]) / length;
            return autoencoder.computeLoss(input, rows, { ...settings, beta }, false).loss;
          });
          parameters.set(weights);
          assertClose((above - below) / 2e-3, length, 5e-3 * length, `${name}, from ${first}`);
        }
    });

test("a seed repeats a training, and another seed does not", () => {
  const [first, again, other] = [1, 1, 2].map((seed) => losses(create({ seed }), 12));
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

test("trainers of one seed see the same batches and noise, whatever their model and KL weight", () => {
  const [a, b] = [create({ beta: 4 }), create({ model: "ae" })];
  losses(a, 7);
  losses(b, 7);
  assert.deepEqual(a.order, b.order);
  assert.deepEqual(a.autoencoder.x, b.autoencoder.x);
  const batch = a.autoencoder.x.subarray(0, pixels), row = a.order[a.position - 16];
  assert.deepEqual(batch, images.subarray(row * pixels, (row + 1) * pixels));
  assert.deepEqual([...a.order].sort((i, k) => i - k), Array.from({ length: n }, (_, i) => i));
});

test("first weights are uniform between ±1/√n_in", () => {
  const { "encoder.1.weight": w, "decoder.0.bias": b } = create({ width: 500 }).readWeights(), expected = 1 / Math.sqrt(pixels);
  assert.deepEqual([w.shape, b.shape], [[500, pixels], [250]]);
  const largest = w.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0), square = w.data.reduce((sum, value) => sum + value * value, 0) / w.data.length;
  assert.ok(largest <= expected && largest > 0.99 * expected);
  assertClose(square, expected ** 2 / 3, 0.05 * expected ** 2); // six standard errors
});

test("noise is standard normal and without correlation", () => {
  const noise = new Float32Array(100_001), { quantiles, expected, tolerance } = cases("random");
  fillNormal(noise, 100_000, seedUniform(3));
  assert.equal(noise[100_000], 0);
  const values = noise.subarray(0, 100_000), sum = values.reduce((total, value, i) => total + (i % 2 ? value * values[i - 1] : 0), 0);
  assert.ok(Math.abs(sum) < 6 * Math.sqrt(50_000));
  const sorted = values.toSorted();
  quantiles.forEach((q, i) => assert.ok(Math.abs(sorted[Math.floor(q * 100_000)] - expected[i]) < tolerance[i], `quantile ${q}`));
});

test("what may be changed takes effect at the next batch, and the rest needs a new training", () => {
  const trainer = create({ beta_warmup: 2 });
  assert.equal(trainer.runBatch().beta, 0);
  trainer.update({ beta: 3, beta_warmup: 0, model: "ae", likelihood: "gaussian", batch_size: 50, input_noise: 0.1 });
  assert.equal(trainer.runBatch().rate, 0);
  assert.equal(trainer.position, 16 + 50);
  assert.deepEqual(trainer.readWeights()["encoder.5.weight"].shape, [2, 10]);
  trainer.update({ model: "vae" });
  const { beta, rate, loss, distortion, step, epoch, epochsDone } = trainer.runBatch();
  assert.deepEqual([beta, step, epoch, epochsDone], [3, 3, 1, 66 / n]);
  assertClose(loss, distortion + 3 * rate, 1e-9 * Math.abs(loss));
  assertFault(() => trainer.update({ width: 30 }), UserFacingError, "width needs a new training");
  for (const nonsense of [{ beta: NaN }, { likelihood: "toString" }, { batch_size: 1.5 }, { learning_rate: "fast" }, { model: "gan" }])
    assertFault(() => trainer.update(nonsense), UserFacingError, "Choose another");
  assert.equal(trainer.settings.beta, 3);
});

test("a training that diverges keeps its last good weights, and goes on from them", () => {
  const trainer = create({ likelihood: "gaussian", batch_size: n });
  trainer.runBatch();
  const { data } = trainer.readWeights()["decoder.0.weight"], { loss } = trainer.evaluate();
  trainer.update({ learning_rate: 1e30 });
  while (trainer.runBatch());
  assert.ok(trainer.hasDiverged);
  assert.equal(trainer.runBatch(), null);
  assert.ok(Object.values(trainer.readWeights()).every((weight) => weight.data.every(Number.isFinite)));
  assert.deepEqual(trainer.readWeights()["decoder.0.weight"].data, data);
  trainer.update({ learning_rate: 1e-3 });
  assert.ok(!trainer.hasDiverged && losses(trainer, 30).at(-1) < loss);
});

test("a restored state goes on as if nothing had happened", () => {
  const trainer = create({ likelihood: "learned-gaussian" }), restored = create({ likelihood: "learned-gaussian" });
  losses(trainer, 8);
  const state = structuredClone(trainer.state()), expected = losses(trainer, 9);
  restored.restore(state);
  assert.deepEqual(losses(restored, 9), expected);
  for (const wrong of [{}, { ...state, means: state.means.map(() => NaN) }, { ...state, n: n + 1 }]) assertFault(() => restored.restore(wrong), UserFacingError, "Restart");
  assertFault(() => create({ width: 21 }).restore(state), UserFacingError, "Restart");
  assertFault(() => trainer.loadWeights({}), UserFacingError, "do not fit");
});
