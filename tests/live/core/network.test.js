import assert from "node:assert/strict";
import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { parseBlock } = await core("block"), { Network } = await core("network"), { BatchDecoder } = await core("batch_decoder");

for (const { name, block, inputs, n, position, label, expected, tolerance } of cases("network"))
  test(`a network computes what torch computes: ${name}`, () => {
    const network = new Network(parseBlock(block)), size = inputs.length / n, outputs = new Float32Array(expected.length);
    if (network.classCount) network.forward(inputs.subarray(0, size), position, (label + 1) % network.classCount); // leaves no trace
    for (let i = 0; i < n; i++) outputs.set(network.forward(inputs.subarray(i * size, (i + 1) * size), position, label), i * network.output.length);
    assertClose(outputs, expected, tolerance, name);
  });

test("many inputs at once give what one after the other gives", () => {
  let dense = 0;
  for (const { name, block, inputs, n, position, label, expected, tolerance } of cases("network")) {
    const network = new Network(parseBlock(block)), batch = new BatchDecoder(network), size = inputs.length / n;
    network.label = label;
    if (batch.lanes) dense++;
    for (const count of [n, Math.min(n, 5), 1]) {
      const outputs = batch.forward(Array.from({ length: count }, (_, i) => inputs.subarray(i * size, (i + 1) * size)), position);
      outputs.forEach((output, i) => assertClose(output, expected.subarray(i * output.length, (i + 1) * output.length), tolerance, `${name}, ${i} of ${count}`));
    }
  }
  assert.ok(dense > 8 && dense < cases("network").length, `${dense} networks have dense layers only`);
});
