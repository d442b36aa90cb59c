import test from "node:test";
import { assertClose, cases, core } from "./cases.js";

const { parseBlock } = await core("block"), { Network } = await core("network");

for (const { name, block, inputs, n, position, label, expected, tolerance } of cases("network"))
  test(`a network computes what torch computes: ${name}`, () => {
    const network = new Network(parseBlock(block)), size = inputs.length / n, outputs = new Float32Array(expected.length);
    if (network.classCount) network.forward(inputs.subarray(0, size), position, (label + 1) % network.classCount); // leaves no trace
    for (let i = 0; i < n; i++) outputs.set(network.forward(inputs.subarray(i * size, (i + 1) * size), position, label), i * network.output.length);
    assertClose(outputs, expected, tolerance, name);
  });
