import assert from "node:assert/strict";
import test from "node:test";
import { inflateSync } from "node:zlib";
import { assertClose, cases, core } from "./cases.js";

const { encodeMap } = await core("playground/pad_blocks"), { writePadPage } = await core("playground/pad_page"), { encodePng } = await core("playground/png");
const { parseBlock } = await core("block"), { decodeBase64 } = await core("base64"), { Network } = await core("network"), { crc32 } = await core("playground/files");
const { findGaps, shadeGaps } = await core("playground/gap_shade");
const { template, images, shape, maps, gaps } = cases("pad_page"), page = parseBlock(template);

/** Return the set and what a session measures of a model. */
function trainedModel({ model, mu, logvar, labels, test }) {
  const weight = (...size) => ({ shape: size, data: Float32Array.from({ length: size.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)) });
  const weights = { "encoder.1.weight": weight(4, 12), "decoder.0.weight": weight(5, 2), "decoder.0.bias": weight(5), "decoder.2.weight": weight(12, 5), "decoder.2.bias": weight(12) };
  const settings = { model, likelihood: "continuous-bernoulli", latent_dim: 2, beta: 2, sigma: 0.1, seed: 7 };
  const classes = page.metadata.models[model] && maps[0].metadata.classes;
  return {
    set: { images: Uint8Array.from([...new Array(12).fill(0), ...images]), nTrain: 1, shape, name: "the set", dataset: "digits", classes },
    testClasses: { labels: Uint16Array.from(labels), classes },
    measured: { settings, mu, logvar, weights, test: { elbo: logvar && -1, active_units: 1, ...test } },
  };
}

for (const expected of maps) {
  test(`the block of a map is Python's: ${expected.model}`, () => {
    const { testClasses, measured } = trainedModel(expected);
    const { metadata, tensors } = parseBlock(encodeMap({ ...testClasses, shape, name: "the set" }, measured, page.metadata.models[expected.model].map));
    for (const [name, value] of Object.entries(expected.metadata)) {
      if (name === "dimensions") value.forEach((dimension, i) => assertClose(Object.values(metadata.dimensions[i]).map(Number), Object.keys(metadata.dimensions[i]).map((key) => Number(dimension[key])), 1e-5, name));
      else if (name === "step") assertClose(metadata.step, value, 1e-5, name);
      else if (name === "readouts") assert.deepEqual(metadata.readouts.filter(([title]) => title !== "active units"), value.map(([title, numbers, digits, unit]) => [title, numbers, digits, unit]));
      else assert.deepEqual(metadata[name], value, name);
    }
    const numbers = tensors();
    for (const [name, values] of Object.entries(expected.tensors)) assertClose(numbers[name].data, values, name === "positions" ? 2 : 1e-3, name);
  });
}

for (const { dim, codes, draws, bounds, shade } of gaps)
  test(`gaps have Python's shade: ${dim} dimensions`, () => {
    const found = shadeGaps(codes, draws, dim);
    assertClose(found.bounds, bounds, 1e-3);
    assertClose(found.shade, shade, 2); // levels
    assert.equal(findGaps(new Float32Array(80 * dim).fill(1), null, dim), null);
  });

test("the page of a model holds its blocks, and its words instead of marks", async () => {
  const { set, testClasses, measured } = trainedModel(maps[0]), note = "Trained <here> & now.";
  const html = await writePadPage({ template: page, set, testClasses, measured, note });
  assert.ok(html.includes("<title>The set · VAE · 2-D</title>") && html.includes("<h1>The set · VAE · 2-D</h1>") && html.includes("Trained &lt;here&gt; &amp; now."));
  assert.ok(!/%(TITLE|NOTES|CITATION)%/.test(html) && html.includes("kingma2014") && html.includes("higgins2017"));
  const figure = JSON.parse(html.match(/id="figure">(.*?)<\/script>/)[1]), [side] = figure.blocks.sides;
  const read = (id) => parseBlock(decodeBase64(html.match(new RegExp(`id="${id}" data-encoding="none">([^<]*)</script>`))[1]));
  assert.deepEqual([figure.fields[0].name, figure.fields[0].n, figure.state.row], ["z", 2, 0]);
  assertClose(figure.state.values.z, maps[0].mu.slice(0, 2), 0);
  const image = new Network(read(side.decoder)).forward([0.3, -0.2]);
  assert.ok(image.length === 12 && image.every((value) => value > 0 && value < 1));
  assertClose(read(side.codes).tensors().codes.data, maps[0].mu, 0);
  assert.deepEqual([read(side.map).metadata.latent_dim, read(figure.later.images).metadata.columns], [2, 8]);
});

test("a page of uploaded images has none of them", async () => {
  const { set, testClasses, measured } = trainedModel(maps[1]);
  const html = await writePadPage({ template: page, set: { ...set, isUploaded: true }, testClasses, measured, note: "" });
  const figure = JSON.parse(html.match(/id="figure">(.*?)<\/script>/)[1]);
  assert.deepEqual([figure.state.row, figure.later.images, figure.blocks.sides[0].codes], [null, null, null]);
  assert.ok(html.includes("may be private, and are not in this page") && !html.includes('id="block-2"'));
});

test("a picture as PNG has its pixels, row by row", async () => {
  const size = [3, 2, 4], pixels = Float32Array.from({ length: 24 }, (_, i) => (10 * i) / 255), png = await encodePng(pixels, size), view = new DataView(png.buffer);
  const chunks = {};
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at), body = png.subarray(at + 4, at + 8 + length);
    assert.equal(view.getUint32(at + 8 + length), crc32(body));
    chunks[String.fromCharCode(...body.subarray(0, 4))] = body.subarray(4);
    at += 12 + length;
  }
  assert.deepEqual([...chunks.IHDR], [0, 0, 0, 4, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
  const rows = Uint8Array.from(inflateSync(chunks.IDAT));
  assert.deepEqual([...rows.subarray(0, 7)], [0, 0, 80, 160, 10, 90, 170]);
  assert.deepEqual([rows.length, rows[13]], [26, 0]);
});
