import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { CodesOnMap } = await core("playground/codes_on_map"), { CurveHistory } = await core("playground/history"), { TrainingSession } = await core("playground/session");
const { makeToyImages } = await core("playground/toy_images"), { makeDrawnImages, transformStrokes } = await core("playground/drawn_images"), { sha256 } = await core("playground/sha256"), { seedUniform } = await core("random");
const N = 60, PIXELS = 16, N_TRAIN = 40;

for (const expected of cases("playground")) {
  const { latent_dim: latentDim, mu, logvar } = expected;
  test(`a map of ${latentDim} dimensions, ${logvar ? "VAE" : "AE"}`, () => {
    const codes = new CodesOnMap({ labels: new Uint16Array(N), classes: [{ name: "a", colour: "#000000" }], latentDim, shape: [1, 4, 4], name: "" });
    codes.update({ mu, logvar });
    const { axes, points, tensors } = codes, axis = (d) => axes.map((row) => row[d]), root = tensors.unit_matrix.data;
    assertClose(axes[0].map((_, i) => axes[0].map((__, j) => axis(i).reduce((sum, v, k) => sum + v * axis(j)[k], 0))), expected.plane, 1e-5);
    const count = Math.min(latentDim, 2);
    assertClose(expected.squared_radii.map((_, i) => points[2 * i] ** 2 + (count > 1 ? points[2 * i + 1] ** 2 : 0)), expected.squared_radii, 1e-3);
    assertClose(root.reduce((sum, v) => sum + v * v, 0), expected.map_covariance_trace, 1e-3);
    if (logvar) assertClose(expected.posterior_areas.map((_, i) => tensors.posterior_factors.data[3 * i] * tensors.posterior_factors.data[3 * i + 2]), expected.posterior_areas, 1e-4);
    assertClose(codes.covariance, expected.covariance, 1e-4);
    codes.moveBounds(true);
    const [x0, y0, x1, y1] = tensors.bounds.data;
    assert.ok(points.every((v, i) => (i % 2 ? v >= y0 && v <= y1 : v >= x0 && v <= x1)));
    const axesBefore = axes.map((row) => [...row]);
    codes.update({ mu: mu.map((v) => v * 1.001), logvar });
    assertClose(codes.axes, axesBefore, 1e-4); // the map does not rotate
  });
}

const uniform = seedUniform(7), values = Float32Array.from({ length: 60 * PIXELS }, uniform);
const IMAGES = { type: "images", pixels: PIXELS, nTrain: N_TRAIN, train: values.slice(0, N_TRAIN * PIXELS), test: values.slice(N_TRAIN * PIXELS) };
const SETTINGS = { model: "vae", likelihood: "bernoulli", latent_dim: 2, width: 8, depth: 1, beta: 1, beta_warmup: 0, learning_rate: 0.01, batch_size: 16, input_noise: 0, seed: 3 };

/** Return a session whose time passes by 1 ms with every look, and what it has posted. */
function openSession(settings) {
  const posted = [];
  let time = 0;
  const session = new TrainingSession((message) => posted.push(message), () => ++time);
  session.receive(IMAGES);
  session.receive({ type: "open", settings, generation: 1 });
  return { session, posted, pass: (ms) => (time += ms) };
}

test("two models learn batch by batch, and states are posted only if wanted", () => {
  const { session, posted } = openSession([SETTINGS, { ...SETTINGS, model: "ae" }]);
  assert.equal(posted.length, 0);
  session.receive({ type: "want" });
  session.receive({ type: "step", isEpoch: true });
  while (session.isBusy) session.runSlice(0);
  assert.equal(posted.length, 1); // of the beginning; nobody has asked again
  session.receive({ type: "want" });
  const { epochs, step, models, generation } = posted.at(-1);
  assert.deepEqual([posted.length, epochs, step, generation], [2, 1, 3, 1]); // 40 images, 16 at a time
  assert.deepEqual(models.map(({ logvar, mu }) => [logvar === null, mu.length]), [[false, 40], [true, 40]]);
  session.receive({ type: "want" });
  assert.equal(posted.length, 2); // nothing is new
  session.receive({ type: "change", settings: [{ ...SETTINGS, beta: 0 }, { ...SETTINGS, model: "ae" }] });
  assert.equal(posted.length, 3);
  session.receive({ type: "measure" });
  assert.equal(posted.at(-1).epochs, 1);
  const [vae, ae] = posted.at(-1).models;
  assert.deepEqual([vae.settings.beta, ae.settings.model], [0, "ae"]); // those that it has been trained with last
  assert.equal(vae.test.n, 20);
  assertClose(vae.test.elbo, -(vae.test.distortion + vae.test.rate), 1e-9);
  assert.deepEqual([ae.test.elbo, ae.test.rate], [null, 0]);
});

test("presses of 1 epoch train as many whole epochs", () => {
  const { session } = openSession([SETTINGS]);
  session.receive({ type: "step", isEpoch: false });
  session.runSlice(1);
  for (let i = 0; i < 3; i++) session.receive({ type: "step", isEpoch: true });
  while (session.isBusy) session.runSlice(100);
  assert.equal(session.epochs, 3);
});

test("a session continues what another has saved, and a training of other images does not fit", () => {
  const train = (session) => {
    session.receive({ type: "step", isEpoch: true });
    while (session.isBusy) session.runSlice(100);
  };
  const { session, posted } = openSession([SETTINGS, { ...SETTINGS, model: "ae" }]);
  train(session);
  session.receive({ type: "save" });
  const saved = structuredClone(posted.at(-1));
  train(session);
  const { session: next, posted: answers } = openSession([SETTINGS, { ...SETTINGS, model: "ae" }]);
  next.receive({ ...saved, type: "restore" });
  assert.deepEqual([answers.at(-1).type, next.epochs], ["restored", 1]);
  train(next);
  for (const one of [session, next]) one.receive({ type: "measure" });
  for (const i of [0, 1]) assert.deepEqual(answers.at(-1).models[i].mu, posted.at(-1).models[i].mu);
  const { session: other, posted: none } = openSession([SETTINGS, SETTINGS]);
  other.receive({ type: "restore", seconds: 1, trainers: [saved.trainers[0], { ...saved.trainers[1], n: 7 }] });
  assert.deepEqual([none.length, other.models.map(({ trainer }) => trainer.step)], [0, [0, 0]]);
});

test("a state says with which likelihood its weights were trained", () => {
  const { session, posted } = openSession([SETTINGS]);
  session.receive({ type: "want" });
  session.receive({ type: "want" });
  session.receive({ type: "change", settings: [{ ...SETTINGS, likelihood: "gaussian" }] });
  assert.deepEqual(posted.map(({ models: [model] }) => model.likelihood), ["bernoulli", "gaussian"]);
});

test("the same seed and settings train the same model", () => {
  const train = () => {
    const { session, posted } = openSession([SETTINGS]);
    session.receive({ type: "step", isEpoch: true });
    while (session.isBusy) session.runSlice(100);
    session.receive({ type: "want" });
    return posted.at(-1).models[0].mu;
  };
  assert.deepEqual(train(), train());
});

test("at a slow speed batches wait until they are due", () => {
  const { session, pass } = openSession([SETTINGS]);
  session.receive({ type: "run", isRunning: true, speed: "five batches a second" });
  for (let i = 0; i < 10; i++, pass(100)) session.runSlice(1000);
  const { step } = session.models[0].trainer;
  assert.ok(step >= 5 && step <= 7, `${step} batches in a second`);
  assert.ok(session.isWaiting);
});

test("a training that diverges stops with finite weights", () => {
  const { session, posted } = openSession([{ ...SETTINGS, learning_rate: 1e30 }]);
  session.receive({ type: "run", isRunning: true, speed: "full" });
  for (let i = 0; i < 20 && session.isBusy; i++) session.runSlice(0);
  session.receive({ type: "want" });
  assert.ok(posted.at(-1).hasFault && !session.isRunning && posted.at(-1).models[0].mu.every(Number.isFinite));
});

test("curves stay short and keep their mean", () => {
  const history = new CurveHistory();
  for (let i = 0; i < 5000; i++) history.add(i, { a: i, b: i % 2 ? NaN : 1 });
  const a = history.curves.get("a");
  assert.ok(history.epochs.length <= 401 && history.epochs.length > 150 && history.epochs.at(-1) === 4999);
  assert.ok(a.every((v, i) => !i || v > a[i - 1]) && Math.abs(a[0] - (history.stride - 1) / 2) < 1);
  assert.ok(history.curves.get("b").every((v) => v === 1));
});

test("a drawing becomes images that differ", () => {
  const drawing = [{ points: [[0.3, 0.5], [0.7, 0.5]] }], { images, labels, nTrain } = makeDrawnImages([drawing, [{ points: [[0.5, 0.5]] }]]);
  assert.deepEqual(images, makeDrawnImages([drawing, [{ points: [[0.5, 0.5]] }]]).images);
  assert.deepEqual([labels[0], labels[1], nTrain, images.length / 256], [0, 1, 192, 240]);
  assert.notDeepEqual(images.slice(0, 256), images.slice(512, 768));
  assertClose(transformStrokes(drawing, { rotation: Math.PI / 2, size: 0.5, shift: [0, 0.1] })[0].points, [[0.5, 0.5], [0.5, 0.7]], 1e-12);
});

test("dots lie on their curve, in the order of their parts", () => {
  const { images, labels, nTrain, shape: [, side] } = makeToyImages("ring");
  assert.deepEqual([nTrain, images.length, labels.length], [800, 1000 * side ** 2, 1000]);
  for (let i = 0; i < 50; i++) {
    let sum = 0, x = 0, y = 0;
    for (let p = 0; p < side ** 2; p++) {
      const light = images[i * side ** 2 + p];
      sum += light;
      x += (light * ((p % side) + 0.5)) / side;
      y += (light * (Math.floor(p / side) + 0.5)) / side;
    }
    const [right, down] = [x / sum - 0.5, y / sum - 0.5], angle = (Math.atan2(down, right) / (2 * Math.PI) + 1) % 1;
    assert.ok(Math.abs(Math.hypot(right, down) - 0.3) < 0.1);
    assert.ok(Math.abs(((angle - (labels[i] + 0.5) / 8 + 1.5) % 1) - 0.5) < 0.1);
  }
});

test("hashes are those of Node", () => {
  for (const n of [0, 55, 56, 64, 1000]) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => 7 * i);
    assert.equal(sha256(bytes), createHash("sha256").update(bytes).digest("hex"));
  }
});
