import test from "node:test";
import { assertClose, assertFault, cases, core } from "./cases.js";

const { parseBlock } = await core("block"), { UserFacingError } = await core("errors"), { Network } = await core("network");
const { float16, int8, damaged } = cases("block");

test("every float16 is read", () => assertClose(parseBlock(float16.block).tensors().all.data, float16.expected, 0));

test("rows of int8 are multiplied by their scales", () => assertClose(parseBlock(int8.block).tensors().rows.data, int8.expected, 0));

for (const { name, block, words } of damaged)
  test(`a damaged block gets a sentence: ${name}`, () => assertFault(() => {
    const parsed = parseBlock(block);
    parsed.tensors();
    new Network(parsed);
  }, UserFacingError, words));
