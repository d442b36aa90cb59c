// What the tests of core/ share: the cases that Python has computed, and comparisons of numbers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const { CORE, CASES } = process.env;

/** Return a module of explorer/live/core/. */
export const core = (name) => import(join(CORE, `${name}.js`));

/** Return the cases of a module. Arrays come as { shape, data: numbers }, bytes as a Uint8Array. */
export const cases = (name) => JSON.parse(readFileSync(join(CASES, `${name}.json`), "utf8"), (_, value) => {
  if (value?.bytes !== undefined) return new Uint8Array(Buffer.from(value.bytes, "base64"));
  if (value?.float32 !== undefined) return new Float32Array(new Uint8Array(Buffer.from(value.float32, "base64")).buffer);
  return value;
});

/** Assert that two arrays of numbers, nested or not, differ by at most a tolerance. */
export function assertClose(actual, expected, tolerance, message = "") {
  const [a, b] = [actual, expected].map((numbers) => (ArrayBuffer.isView(numbers) ? numbers : [numbers].flat(Infinity)));
  assert.equal(a.length, b.length, `${message}: lengths`);
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i] - b[i]) <= tolerance, `${message}: ${a[i]} for ${b[i]} at ${i}`);
}

/** Assert that an act throws an error of this kind, whose message contains the words. */
export function assertFault(act, ErrorKind, words) {
  assert.throws(act, (error) => error instanceof ErrorKind && error.message.includes(words));
}
